-- What the office has to do because a team changed dates, team or address on site: made from the state of each
-- audit, and made again by `rebuild`. `entry` is the configured entry that it follows from.
CREATE TABLE tasks (
  entry TEXT NOT NULL,
  audit TEXT NOT NULL,
  kind TEXT NOT NULL,
  made_at TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  zh TEXT NOT NULL,
  en TEXT NOT NULL,
  PRIMARY KEY (audit, entry)
) STRICT, WITHOUT ROWID;

-- Who of the office did a task, and when. No projection: housekeeping of the office, not a fact of the audit.
CREATE TABLE tasks_done (
  entry TEXT NOT NULL,
  audit TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  done_at TEXT NOT NULL,
  PRIMARY KEY (audit, entry)
) STRICT, WITHOUT ROWID;

-- Audits that were there before get their tasks with the next list.
INSERT OR REPLACE INTO stale_audits SELECT audit, seq FROM heads;
