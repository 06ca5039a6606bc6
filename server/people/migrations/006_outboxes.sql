-- What each phone said last of what it still holds of an audit: a report, no fact of the audit. Time in seconds since 1970.
CREATE TABLE outboxes (
  audit    TEXT NOT NULL,
  account  TEXT NOT NULL REFERENCES accounts (id),
  device   TEXT NOT NULL,
  agent    TEXT NOT NULL,
  entries  INTEGER NOT NULL,
  photos   INTEGER NOT NULL,
  heard_at INTEGER NOT NULL,
  PRIMARY KEY (audit, account, device)
) STRICT, WITHOUT ROWID;
