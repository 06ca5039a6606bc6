-- A session as its owner sees it in the list of devices: `id` is no secret, `agent` is what the browser called itself.
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET id = lower(hex(randomblob(16))), seen_at = started_at;

-- What lets one phone deliver one account's items, whoever is signed in: append-only, until it is revoked.
-- `device` is what the phone calls itself, `session` the session that asked for it.
CREATE TABLE device_credentials (
  id         TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  account    TEXT NOT NULL REFERENCES accounts (id),
  device     TEXT NOT NULL,
  session    TEXT NOT NULL,
  agent      TEXT NOT NULL,
  issued_at  INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE UNIQUE INDEX device_credentials_in_use ON device_credentials (account, device) WHERE revoked_at IS NULL;

-- `actor` did it (null: nobody signed in, or the command line), `account` is whom it was done to. `audit` and `object`
-- are ids alone. `login` is no longer written: what fails at sign-in may be a password in the wrong field.
ALTER TABLE security_log ADD COLUMN actor TEXT;
ALTER TABLE security_log ADD COLUMN audit TEXT;
ALTER TABLE security_log ADD COLUMN object TEXT;
CREATE INDEX security_log_of_actor ON security_log (actor, number);
CREATE INDEX security_log_of_account ON security_log (account, number);
CREATE INDEX security_log_of_audit ON security_log (audit, number);
CREATE INDEX security_log_at ON security_log (at);
