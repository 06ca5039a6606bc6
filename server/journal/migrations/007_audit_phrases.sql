-- With positions, so that pairs that follow each other are found as such: numbers share all their pairs.
DROP TABLE audit_grams;

CREATE VIRTUAL TABLE audit_grams USING fts5 (grams, content = '');

DELETE FROM audits;

INSERT OR REPLACE INTO stale_audits (audit, seq) SELECT audit, seq FROM heads;
