-- Search reads the words alone, not whole rows.
CREATE INDEX audits_by_words ON audits (words);
