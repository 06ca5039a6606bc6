-- Files of criteria by hash: what an audit was made with stays at hand when the program's own files change.
CREATE TABLE pinned_files (
  sha256 TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- People of audits that came from elsewhere: known by name alone, without an account.
CREATE TABLE names_brought (
  audit TEXT NOT NULL,
  principal TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (audit, principal)
) STRICT, WITHOUT ROWID;
