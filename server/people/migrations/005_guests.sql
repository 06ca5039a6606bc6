-- Links that let people without an account into one audit. `starts_at`: before it the link lets nobody in;
-- `guest`: it moves this guest to another phone and lets nobody else in; `label`: what its maker calls it.
ALTER TABLE links ADD COLUMN starts_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN guest TEXT;
ALTER TABLE links ADD COLUMN label TEXT NOT NULL DEFAULT '';

-- Who came in by a link: a name, bound to one phone by the cookie whose digest is kept. `id` is the principal of
-- their entries. Times in seconds since 1970; nothing done after `until` counts.
CREATE TABLE guests (
  id         TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  link       TEXT NOT NULL REFERENCES links (id),
  audit      TEXT NOT NULL,
  role       TEXT NOT NULL CHECK (role IN ('guide', 'attendee', 'auditee')),
  name       TEXT NOT NULL,
  department TEXT NOT NULL,
  position   TEXT NOT NULL,
  agent      TEXT NOT NULL,
  bound_at   INTEGER NOT NULL,
  until      INTEGER NOT NULL,
  ended_at   INTEGER
) STRICT;

CREATE INDEX guests_of_audit ON guests (audit, bound_at);
CREATE INDEX guests_of_link ON guests (link);
