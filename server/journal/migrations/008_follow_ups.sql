-- Nonconformities across audits and where each stands: made from the state of each audit, and made again by `rebuild`.
CREATE TABLE follow_ups (
  audit TEXT NOT NULL,
  finding TEXT NOT NULL,
  number TEXT NOT NULL,
  grade TEXT NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('awaiting', 'answered', 'asked_again', 'accepted', 'closed')),
  due TEXT NOT NULL,
  PRIMARY KEY (audit, finding)
) STRICT, WITHOUT ROWID;

CREATE INDEX follow_ups_by_due ON follow_ups (due, audit) WHERE stage <> 'closed';

-- Audits that were there before get theirs with the next list.
INSERT OR REPLACE INTO stale_audits SELECT audit, seq FROM heads;
