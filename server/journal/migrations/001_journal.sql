-- Every fact of every audit, as received. `hash` chains the entries of one audit; `checksum` covers what the
-- server added beside the chain (standing, reason, skew).
CREATE TABLE entries (
  audit TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
  id TEXT NOT NULL,
  raw BLOB NOT NULL,
  standing TEXT NOT NULL CHECK (standing IN ('stored', 'held')),
  reason TEXT NOT NULL,
  received_at TEXT NOT NULL,
  skew_ms INTEGER,
  hash TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

-- A table by rowid: rows of a kilobyte would each take an overflow page in an index-organised one.
CREATE UNIQUE INDEX entries_by_seq ON entries (audit, seq);

CREATE UNIQUE INDEX entries_by_id ON entries (audit, id);

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are never changed');
END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are never deleted');
END;

-- The end of each audit's chain: where the next entry goes.
CREATE TABLE heads (
  audit TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Projections for lists across audits: made from the state of each audit, and made again by `rebuild`.
CREATE TABLE audits (
  audit TEXT PRIMARY KEY,
  number TEXT NOT NULL,
  client TEXT NOT NULL,
  client_en TEXT NOT NULL,
  schemes TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  leader TEXT NOT NULL,
  released INTEGER NOT NULL,
  begun INTEGER NOT NULL,
  words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX audits_by_start ON audits (starts DESC, audit);

CREATE TABLE members (
  principal TEXT NOT NULL,
  starts TEXT NOT NULL,
  audit TEXT NOT NULL REFERENCES audits (audit),
  role TEXT NOT NULL,
  PRIMARY KEY (principal, starts DESC, audit)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_audit ON members (audit);

-- Audits whose projection is behind the entry `seq`; written with that entry, taken out with the new projection.
CREATE TABLE stale_audits (
  audit TEXT PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
