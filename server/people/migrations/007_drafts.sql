-- What somebody is writing on one of their devices and has not saved: no fact of an audit, for their own other devices
-- alone. `id` is the id that the note will have. `words` is its beginning. Time in seconds since 1970.
CREATE TABLE drafts (
  account  TEXT NOT NULL REFERENCES accounts (id),
  id       TEXT NOT NULL,
  audit    TEXT NOT NULL,
  stop     TEXT NOT NULL,
  item     TEXT NOT NULL,
  words    TEXT NOT NULL,
  device   TEXT NOT NULL,
  agent    TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
