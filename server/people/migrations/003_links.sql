-- Addresses that open one thing for whoever holds them: an invitation, a new password, a printed plan.
-- Only the digest of a token is kept. `audit` or `account` is what it opens; `once`: the first use ends it.
-- Times in seconds since 1970.
CREATE TABLE links (
  id         TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  purpose    TEXT NOT NULL,
  account    TEXT REFERENCES accounts (id),
  audit      TEXT,
  once       INTEGER NOT NULL,
  made_by    TEXT NOT NULL,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,
  ended_at   INTEGER
) STRICT;

CREATE INDEX links_of_account ON links (account) WHERE account IS NOT NULL;
CREATE INDEX links_of_audit ON links (audit) WHERE audit IS NOT NULL;
