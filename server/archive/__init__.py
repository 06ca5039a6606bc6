"""What leaves the server and comes back: exports of an audit, backups of everything, erasure, the doctor."""
