"""The hash chain of an audit's entries."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from zlib import crc32

from server.audit.state import Record

START = "0" * 64
"""What stands for the previous hash at the first entry."""


def link(previous: str, seq: int, received_at: str, raw: bytes) -> str:
    """SHA-256(previous hash ‖ seq as 8 bytes big-endian ‖ received_at ‖ SHA-256(bytes)), hashes as bytes."""
    return link_digest(previous, seq, received_at, sha256(raw).hexdigest())


def link_digest(previous: str, seq: int, received_at: str, digest: str) -> str:
    """The same from the digest of the bytes: all that is left of them once they were erased."""
    chained = bytes.fromhex(previous) + seq.to_bytes(8, "big") + received_at.encode() + bytes.fromhex(digest)
    return sha256(chained).hexdigest()


def checksum(record: Record) -> int:
    """CRC-32 over a record's hash and what the server decided about it, which the chain leaves out."""
    return crc32(f"{record.hash} {record.standing} {record.skew_ms} {record.reason}".encode())


def standing_digest(records: Iterable[Record]) -> str:
    """SHA-256 over what the server decided about each of these entries: a line each, JSON-free and stable.

    The chain leaves it out, so that whoever has an entry and its time can compute a hash. It is proved by
    what carries this digest elsewhere: the `released` entry, which is in the chain, and every export.
    """
    digest = sha256()
    for record in records:
        skew = "" if record.skew_ms is None else record.skew_ms
        digest.update(f"{record.seq}\t{record.hash}\t{record.standing}\t{skew}\t{record.reason}\n".encode())
    return digest.hexdigest()
