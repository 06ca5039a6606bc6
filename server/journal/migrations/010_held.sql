-- Which audits have entries that wait, or waited, for somebody to accept them.
CREATE INDEX entries_held ON entries (audit) WHERE standing = 'held';
