-- Whose turn it is to send reminders: one row, taken until a moment (seconds since 1970) by one process.
CREATE TABLE reminder_turn (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  until INTEGER NOT NULL
) STRICT;

-- What was sent: a nonconformity is reminded of once for each due day and number of days before it. No projection.
CREATE TABLE reminders_sent (
  audit   TEXT NOT NULL,
  finding TEXT NOT NULL,
  due     TEXT NOT NULL,
  days    INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  PRIMARY KEY (audit, finding, due, days)
) STRICT, WITHOUT ROWID;
