-- Search by pairs of characters: names of two are common, and the trigrams of full-text search begin at three.
-- Only an index: what it finds is looked up in `audits`, whose rows are made again together with it.
DROP INDEX audits_by_words;

CREATE VIRTUAL TABLE audit_grams USING fts5 (grams, content = '', detail = none, columnsize = 0);

DELETE FROM audits;

INSERT OR REPLACE INTO stale_audits (audit, seq) SELECT audit, seq FROM heads;
