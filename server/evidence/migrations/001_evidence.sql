-- Which audits hold which bytes. The bytes are files named by their SHA-256 and shared by all audits that hold them.
CREATE TABLE blobs_held (
  audit TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  media TEXT NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (audit, sha256)
) STRICT, WITHOUT ROWID;
