"""The journal's store in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import chain
from typing import TypeVar

from server.audit.state import Record
from server.database import Connection, Database
from server.journal.store import Erasure, Forked, Head, Original, Row, Tail, Transaction

T = TypeVar("T")

_RECORD = (
    "seq, raw, standing, received_at, hash, skew_ms, reason, digest, CASE digest WHEN '' THEN '' ELSE id END"
)
_RECORDS = f"SELECT {_RECORD} FROM entries WHERE audit = ? AND seq > ? ORDER BY seq LIMIT ?"
_ROWS = f"SELECT id, checksum, {_RECORD} FROM entries WHERE audit = ? ORDER BY seq"
_HEAD = "SELECT seq, hash FROM heads WHERE audit = ?"
_INSERT = (
    "INSERT INTO entries (audit, seq, id, raw, standing, reason, received_at, skew_ms, hash, checksum,"
    " digest) VALUES "
)
_VALUES = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ROWS_AT_ONCE = (32, 8, 1)
_IDS_AT_ONCE = 500
_MAX_SEQ = 2**63 - 1


class SqliteStore:
    """Entries and heads in the tables of `migrations/`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, job: Callable[[Transaction], Awaitable[T]]) -> T:
        return await self._db.write(lambda connection: job(_SqliteTransaction(connection)))

    async def head(self, audit: str) -> Head | None:
        row = await self._db.read_one(_HEAD, audit)
        return Head(*row) if row else None

    async def records(self, audit: str, after: int = 0, limit: int | None = None) -> list[Record]:
        return await self._db.read_with(lambda raw: _records(raw, audit, after, limit))

    async def whole(self, audit: str) -> tuple[list[Row], Head | None]:
        return await self._db.read_with(lambda raw: _whole(raw, audit))

    async def audits(self) -> list[str]:
        return [row[0] for row in await self._db.read("SELECT audit FROM heads ORDER BY audit")]

    async def audits_with_held(self) -> list[str]:
        rows = await self._db.read("SELECT DISTINCT audit FROM entries WHERE standing = 'held'")
        return [row[0] for row in rows]

    async def adopt(
        self,
        audit: str,
        rows: Sequence[Row],
        erasures: Sequence[Erasure],
        beside: Callable[[Connection], Awaitable[None]],
    ) -> int:
        async def job(connection: Connection) -> int:
            added = await connection.run(lambda raw: _adopt(raw, audit, rows))
            if added:
                await connection.run(lambda raw: _erase(raw, erasures))
            await beside(connection)
            return added

        return await self._db.write(job)


class _SqliteTransaction:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def tails(self, after: Mapping[str, int]) -> dict[str, Tail]:
        return await self._connection.run(
            lambda raw: {audit: _tail(raw, audit, seq) for audit, seq in after.items()}
        )

    async def originals(self, audit: str, ids: Sequence[str]) -> dict[str, Original]:
        return await self._connection.run(lambda raw: dict(_originals(raw, audit, ids)))

    async def add(self, rows: Sequence[Row], heads: Mapping[str, Head], stale: Mapping[str, int]) -> None:
        await self._connection.run(lambda raw: _add(raw, rows, heads, stale))

    async def erase(self, erasures: Sequence[Erasure]) -> None:
        await self._connection.run(lambda raw: _erase(raw, erasures))


def _records(raw: sqlite3.Connection, audit: str, after: int, limit: int | None) -> list[Record]:
    # A cursor comes from outside and may be any number; SQLite knows 64 bits.
    rows = raw.execute(_RECORDS, (audit, min(after, _MAX_SEQ), -1 if limit is None else limit))
    return [Record(*row) for row in rows]


def _tail(raw: sqlite3.Connection, audit: str, after: int) -> Tail:
    head = raw.execute(_HEAD, (audit,)).fetchone()
    if head is None or head["seq"] == after:
        return Tail(head and Head(*head), [])
    return Tail(Head(*head), _records(raw, audit, after, None))


def _whole(raw: sqlite3.Connection, audit: str) -> tuple[list[Row], Head | None]:
    raw.execute("BEGIN")  # both queries see the same moment
    try:
        head = raw.execute(_HEAD, (audit,)).fetchone()
        rows = raw.execute(_ROWS, (audit,)).fetchall()
    finally:
        raw.execute("COMMIT")
    found = [Row(audit, entry_id, Record(*rest), checksum) for entry_id, checksum, *rest in rows]
    return found, head and Head(*head)


def _originals(raw: sqlite3.Connection, audit: str, ids: Sequence[str]) -> Iterable[tuple[str, Original]]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[start : start + _IDS_AT_ONCE]
        marks = ",".join("?" * len(some))
        rows = raw.execute(
            f"SELECT id, seq, raw, digest FROM entries WHERE audit = ? AND id IN ({marks})", (audit, *some)
        )
        yield from ((entry_id, Original(*stored)) for entry_id, *stored in rows)


def _add(
    raw: sqlite3.Connection, rows: Sequence[Row], heads: Mapping[str, Head], stale: Mapping[str, int]
) -> None:
    _insert(raw, [_columns(row) for row in rows])
    raw.executemany(
        "INSERT INTO heads (audit, seq, hash) VALUES (?, ?, ?)"
        " ON CONFLICT (audit) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
        [(audit, head.seq, head.hash) for audit, head in heads.items()],
    )
    raw.executemany(
        "INSERT INTO stale_audits (audit, seq) VALUES (?, ?)"
        " ON CONFLICT (audit) DO UPDATE SET seq = excluded.seq",
        stale.items(),
    )


def _columns(row: Row) -> tuple[object, ...]:
    r = row.record
    server_made = (r.standing, r.reason, r.received_at, r.skew_ms, r.hash, row.checksum, r.digest)
    return (row.audit, r.seq, row.id, r.raw, *server_made)


def _insert(raw: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    """Many rows by one statement: SQLite gives the interpreter's lock back once, not once a row.

    A thread that must ask a busy event loop for that lock waits milliseconds each time. Few numbers of rows
    at once, so that the statements stay prepared.
    """
    start = 0
    for at_once in _ROWS_AT_ONCE:
        sql = _INSERT + ", ".join([_VALUES] * at_once)
        while len(rows) - start >= at_once:
            raw.execute(sql, tuple(chain.from_iterable(rows[start : start + at_once])))
            start += at_once


def _erase(raw: sqlite3.Connection, erasures: Sequence[Erasure]) -> None:
    """Only what `erased` entries name passes the triggers. The bytes are overwritten in the file, too."""
    if not erasures:
        return
    raw.execute("PRAGMA secure_delete = ON")
    for one in erasures:
        here = raw.execute(
            "SELECT raw FROM entries WHERE audit = ? AND id = ? AND digest = ''", (one.audit, one.entry)
        ).fetchone()
        if here is None:  # erased before, or brought here without its bytes
            continue
        raw.execute("INSERT INTO erasures (audit, entry, erased_by) VALUES (?, ?, ?)", _fields(one))
        raw.execute(
            "UPDATE entries SET raw = x'', digest = ? WHERE audit = ? AND id = ?",
            (sha256(here["raw"]).hexdigest(), one.audit, one.entry),
        )


def _fields(erasure: Erasure) -> tuple[str, str, str]:
    return erasure.audit, erasure.entry, erasure.erased_by


def _adopt(raw: sqlite3.Connection, audit: str, rows: Sequence[Row]) -> int:
    """Add what follows the entries here; both must agree as far as both go."""
    known = raw.execute(
        "SELECT seq, hash, standing, reason, skew_ms FROM entries WHERE audit = ? ORDER BY seq", (audit,)
    ).fetchall()
    for here, row in zip(known, rows, strict=False):
        there = row.record
        if (here["seq"], here["hash"]) != (there.seq, there.hash):
            raise Forked(there.seq)
        if (here["standing"], here["reason"], here["skew_ms"]) != (
            there.standing,
            there.reason,
            there.skew_ms,
        ):
            raise Forked(there.seq, standing=True)
    newer = rows[len(known) :]
    if newer:
        last = newer[-1].record
        _add(raw, newer, {audit: Head(last.seq, last.hash)}, {audit: last.seq})
    return len(newer)
