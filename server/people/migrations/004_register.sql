-- The house's people: who can be put into a team, with an account or without. `id` is the principal: an account
-- of the same person has the same id. `body` is JSON (registrations, languages, declared interests); `expires`
-- the earliest end of a registration, `words` what a search looks at.
CREATE TABLE persons (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  name_en TEXT NOT NULL,
  body    TEXT NOT NULL,
  expires TEXT NOT NULL,
  words   TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX persons_by_name ON persons (name, id);
