CREATE TABLE accounts (
  id            TEXT PRIMARY KEY,
  login         TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  role          TEXT NOT NULL CHECK (role IN ('admin', 'office', 'auditor', 'reviewer')),
  password_hash TEXT NOT NULL,
  language      TEXT NOT NULL DEFAULT 'zh' CHECK (language IN ('zh', 'en')),
  theme         TEXT NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'light', 'dark')),
  hand          TEXT NOT NULL DEFAULT 'left' CHECK (hand IN ('left', 'right')),
  version       INTEGER NOT NULL DEFAULT 1,
  disabled_at   TEXT
) STRICT;

-- Times in seconds since 1970. Only the digest of a token is kept: whoever reads the file can't sign in with it.
CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  account    TEXT NOT NULL REFERENCES accounts (id),
  own_phone  INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_account ON sessions (account);

-- One row per login name and per address with failed attempts to sign in.
CREATE TABLE attempts (
  subject    TEXT PRIMARY KEY,
  failures   INTEGER NOT NULL,
  last_at    INTEGER NOT NULL,
  blocked_to INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE security_log (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  at      TEXT NOT NULL,
  event   TEXT NOT NULL,
  account TEXT,
  login   TEXT,
  address TEXT
) STRICT;

CREATE TRIGGER security_log_keeps BEFORE UPDATE ON security_log
BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END;
CREATE TRIGGER security_log_stays BEFORE DELETE ON security_log
BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END;
