-- The lists across audits, made anew: what filters, sorting and pages need, and by what a client is known again.
-- Rows are only ever made from the states of audits, so they are dropped here and made again when a list is read.
DROP TABLE members;
DROP TABLE audits;

CREATE TABLE audits (
  row INTEGER PRIMARY KEY,
  audit TEXT NOT NULL UNIQUE,
  number TEXT NOT NULL,
  client TEXT NOT NULL,
  client_en TEXT NOT NULL,
  -- The credit code and the name with blanks, full-width forms and case folded: see `audits_of_client`.
  client_code TEXT NOT NULL,
  client_name TEXT NOT NULL,
  schemes TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  leader TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'open', 'released')),
  words TEXT NOT NULL
) STRICT;

-- Sorting and pages: each order ends with the audit, so that no two rows are equal in it.
CREATE INDEX audits_by_start ON audits (starts, audit);
CREATE INDEX audits_by_number ON audits (number, audit);
CREATE INDEX audits_by_client ON audits (client, audit);
CREATE INDEX audits_by_leader ON audits (leader, audit);
CREATE INDEX audits_by_state ON audits (state, audit);

CREATE INDEX audits_by_client_code ON audits (client_code, starts) WHERE client_code <> '';
CREATE INDEX audits_by_client_name ON audits (client_name, starts) WHERE client_name <> '';

CREATE TABLE audit_schemes (
  scheme TEXT NOT NULL,
  row INTEGER NOT NULL REFERENCES audits (row) ON DELETE CASCADE,
  PRIMARY KEY (scheme, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_schemes_by_row ON audit_schemes (row);

CREATE TABLE members (
  principal TEXT NOT NULL,
  starts TEXT NOT NULL,
  audit TEXT NOT NULL REFERENCES audits (audit) ON DELETE CASCADE,
  role TEXT NOT NULL,
  PRIMARY KEY (principal, starts DESC, audit)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_audit ON members (audit);

-- How many audits are in each state: counted as they change, because a list of all shows it each time.
CREATE TABLE audit_counts (
  state TEXT PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO audit_counts (state, n) VALUES ('planned', 0), ('open', 0), ('released', 0);

CREATE TRIGGER audits_are_counted AFTER INSERT ON audits
BEGIN
  UPDATE audit_counts SET n = n + 1 WHERE state = NEW.state;
END;

CREATE TRIGGER audits_are_counted_again AFTER UPDATE OF state ON audits
BEGIN
  UPDATE audit_counts SET n = n - 1 WHERE state = OLD.state;
  UPDATE audit_counts SET n = n + 1 WHERE state = NEW.state;
END;

CREATE TRIGGER audits_are_no_more_counted AFTER DELETE ON audits
BEGIN
  UPDATE audit_counts SET n = n - 1 WHERE state = OLD.state;
END;

INSERT OR REPLACE INTO stale_audits (audit, seq) SELECT audit, seq FROM heads;
