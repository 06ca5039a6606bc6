"""P4: durable appends of entries by 64 writers to one audit, against raw sqlite3 with group commit.

The comparator stores the same columns under the same indexes, but reads, judges and chains nothing.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from benchmarks.common import Figure, interleave
from server.audit.admission import admit
from server.database import Database
from server.journal import Journal

WRITERS = 64
ENTRIES_EACH = 60
AUTHOR = str(uuid4())
NOW, HASH = "2026-09-10T02:00:00.000Z", "0" * 64
TEXT = "查:2026 年 1 至 6 月不合格品评审处置单 32 份,抽 5 份,处置方式、批准人与返工后复检记录齐全。" * 3


def time_ordered_id() -> str:
    """A UUIDv7, as phones make them."""
    stamp, rest = time.time_ns() // 1_000_000, uuid4().int & (1 << 76) - 1
    return str(UUID(int=stamp << 80 | 7 << 76 | rest & ~(3 << 62) | 2 << 62))


def entry(audit: str, kind: str, body: object) -> bytes:
    """The bytes of one entry as a phone makes them."""
    head = {"kind": kind, "id": time_ordered_id(), "audit": audit, "made_at": "2026-09-10T10:00:00+08:00"}
    return msgspec.json.encode({**head, "by": AUTHOR, "device": "bench", "body": body})


def entry_id(raw: bytes) -> str:
    """The id in an entry's bytes, found without reading them."""
    start = raw.index(b'"id":"') + 6
    return raw[start : start + 36].decode()


def observation(audit: str) -> bytes:
    body = {"stop": "s1", "text": {"zh": TEXT}, "clauses": [{"scheme": "QMS", "number": "8.7.1"}]}
    return entry(audit, "observed", body)


async def _race(append: Callable[[bytes], Awaitable[object]], audit: str) -> float:
    """Entries per second when every writer sends its next entry once the last one is durable."""
    work = iter([observation(audit) for _ in range(ENTRIES_EACH * WRITERS)])

    async def writer() -> None:
        for raw in work:
            await append(raw)

    start = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return WRITERS * ENTRIES_EACH / (time.perf_counter() - start)


async def _journal(folder: Path) -> float:
    audit = str(uuid4())
    db = await Database.open(folder)
    try:
        journal = await Journal.open(db)
        opened = entry(audit, "opened", {"number": "1"})
        await journal.append(audit, [opened], sender="", admit=admit, create=True)

        async def append(raw: bytes) -> None:
            appended = await journal.append(audit, [raw], sender=AUTHOR, admit=admit)
            if appended.results[0].status != "stored":
                raise RuntimeError(appended)

        return await _race(append, audit)
    finally:
        await db.close()


class _RawWriter(threading.Thread):
    """Stores the same rows as durably: a thread that commits whatever waits in one transaction."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.waiting: queue.SimpleQueue[tuple[asyncio.Future[None], bytes] | None] = queue.SimpleQueue()
        self.loop = asyncio.get_running_loop()

    def run(self) -> None:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "CREATE TABLE entries (audit TEXT, seq INTEGER, id TEXT, raw BLOB, standing TEXT, reason TEXT,"
            " received_at TEXT, skew_ms INTEGER, hash TEXT, checksum INTEGER) STRICT"
        )
        connection.execute("CREATE UNIQUE INDEX by_seq ON entries (audit, seq)")
        connection.execute("CREATE UNIQUE INDEX by_id ON entries (audit, id)")
        seq = 0
        while (first := self.waiting.get()) is not None:
            batch = [first]
            while not self.waiting.empty() and (following := self.waiting.get()) is not None:
                batch.append(following)
            rows = [
                (AUTHOR, seq + n, entry_id(raw), raw, "stored", "", NOW, None, HASH, 12345)
                for n, (_, raw) in enumerate(batch)
            ]
            seq += len(rows)
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            connection.execute("COMMIT")
            self.loop.call_soon_threadsafe(_resolve, [done for done, _ in batch])
        connection.close()


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        future.set_result(None)


async def _raw(folder: Path) -> float:
    writer = _RawWriter(folder / "raw.db")
    writer.start()

    async def append(raw: bytes) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        writer.waiting.put((done, raw))
        await done

    try:
        return await _race(append, str(uuid4()))
    finally:
        writer.waiting.put(None)
        writer.join()


def measure() -> list[Figure]:
    """The figures of this file."""
    ours, theirs = interleave(lambda f: asyncio.run(_journal(f)), lambda f: asyncio.run(_raw(f)))
    return [Figure("P4 durable append, 64 writers", "entries/s", ours, theirs, 0.5, "higher")]


if __name__ == "__main__":
    for figure in measure():
        print(figure)
