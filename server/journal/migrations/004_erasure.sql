-- Erasure drops the bytes of an entry and keeps their digest, so that the chain still holds. Nothing else may ever
-- change a row, and this only where an `erased` entry of the same audit names the entry.
ALTER TABLE entries ADD COLUMN digest TEXT NOT NULL DEFAULT '';

CREATE TABLE erasures (
  audit TEXT NOT NULL,
  entry TEXT NOT NULL,
  erased_by TEXT NOT NULL,
  PRIMARY KEY (audit, entry)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER erasures_need_their_entry BEFORE INSERT ON erasures
WHEN NOT EXISTS (
  SELECT 1 FROM entries, json_each(CAST(entries.raw AS TEXT), '$.body.entries') AS named
  WHERE entries.audit = NEW.audit AND entries.id = NEW.erased_by AND entries.standing = 'stored'
    AND json_extract(CAST(entries.raw AS TEXT), '$.kind') = 'erased' AND named.value = NEW.entry
)
BEGIN
  SELECT RAISE(ABORT, 'only what an erased entry names is erased');
END;

CREATE TRIGGER erasures_are_never_changed BEFORE UPDATE ON erasures
BEGIN
  SELECT RAISE(ABORT, 'erasures are never changed');
END;

CREATE TRIGGER erasures_are_never_deleted BEFORE DELETE ON erasures
BEGIN
  SELECT RAISE(ABORT, 'erasures are never deleted');
END;

DROP TRIGGER entries_are_never_changed;

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
WHEN NOT (
  OLD.digest = '' AND length(NEW.digest) = 64 AND length(NEW.raw) = 0
  AND NEW.rowid = OLD.rowid AND NEW.audit = OLD.audit AND NEW.seq = OLD.seq AND NEW.id = OLD.id
  AND NEW.standing = OLD.standing AND NEW.reason = OLD.reason AND NEW.received_at = OLD.received_at
  AND NEW.skew_ms IS OLD.skew_ms AND NEW.hash = OLD.hash AND NEW.checksum = OLD.checksum
  AND EXISTS (SELECT 1 FROM erasures WHERE erasures.audit = OLD.audit AND erasures.entry = OLD.id)
)
BEGIN
  SELECT RAISE(ABORT, 'entries are never changed');
END;
