"""SQLite under the data directory: one writer with group commit, readers that never wait for it.

Everything that waits to be written becomes one transaction: a hundred writers share one fsync. A job's
exception undoes that job alone. Several processes may share the file: WAL, `BEGIN IMMEDIATE`, a busy timeout.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from server.files import sync_folder

T = TypeVar("T")

FILE_NAME = "clausewalk.db"
LARGEST = 2**63 - 1
"""The largest number that SQLite holds; what an address asks for may be larger."""
BUSY_SECONDS = 30
"""How long a transaction waits for another process's before it fails with `sqlite3.OperationalError`."""

_MIGRATION = re.compile(r"(\d{3})_\w+\.sql")


class MigrationError(RuntimeError):
    """A migration is misnamed, missing or was changed after it had been applied; the text names the file."""


class Connection(aiosqlite.Connection):
    """A connection with a thread of its own."""

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` in the connection's thread: several statements for one change of threads."""
        result: T = await self._execute(job, self._conn)  # type: ignore[no-untyped-call]
        return result


@dataclass(slots=True)
class _Job:
    run: Callable[[Connection], Awaitable[Any]]
    done: asyncio.Future[Any]

    def resolve(self, result: object) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Database:
    """The tables of all rooms in one file. Made by `open`; used by one event loop."""

    def __init__(self, path: Path, writer: Connection, readers: list[Connection]) -> None:
        self.path = path
        self._writer = writer
        self._readers = readers
        self._idle: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for reader in readers:
            self._idle.put_nowait(reader)
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._closed = False
        self._task = asyncio.create_task(self._write_until_closed(), name="database writer")

    @classmethod
    async def open(cls, data: Path, *, readers: int = 4) -> Database:
        """Open or create the database in the folder `data` (created if missing)."""
        path = data / FILE_NAME
        is_new = await asyncio.to_thread(_make_folder, path)
        connections: list[Connection] = []
        try:
            writer = await _connect(path, connections)
            await writer.run(_make_durable)
            if is_new:
                await asyncio.to_thread(sync_folder, data)
            for _ in range(readers):
                reader = await _connect(path, connections)
                await reader.run(lambda raw: raw.execute("PRAGMA query_only = ON"))
        except BaseException:
            for connection in connections:
                await connection.close()
            raise
        return cls(path, writer, connections[1:])

    async def close(self) -> None:
        """Commit what waits and close every connection."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put_nowait(None)
        await self._task
        for connection in (*self._readers, self._writer):
            await connection.close()

    async def write(self, job: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `job` inside the next transaction and return its result once that is durable on disk.

        `job` must not end the transaction. Its exception undoes what it wrote and is raised here.
        `sqlite3.Error` is raised where the transaction as a whole fails (disk full, locked for too long).
        """
        if self._closed:
            raise RuntimeError("the database is closed")
        waiting = _Job(job, asyncio.get_running_loop().create_future())
        self._jobs.put_nowait(waiting)
        result: T = await waiting.done
        return result

    async def read(self, sql: str, *params: Any) -> list[sqlite3.Row]:
        """All rows of a query over what is committed; never waits for the writer."""
        return await self.read_with(lambda raw: raw.execute(sql, params).fetchall())

    async def read_one(self, sql: str, *params: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        row: sqlite3.Row | None = await self.read_with(lambda raw: raw.execute(sql, params).fetchone())
        return row

    async def read_with(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function with a read-only connection in its thread: several queries for one thread change."""
        reader = await self._idle.get()
        try:
            return await reader.run(job)
        finally:
            self._idle.put_nowait(reader)

    async def migrate(self, room: str, folder: Path) -> None:
        """Apply the room's numbered scripts (`001_name.sql` …) that this file has not seen, in order.

        Raises `MigrationError` where a script that was applied has since been changed or lost.
        """
        scripts = await asyncio.to_thread(_scripts, folder)
        await self.write(partial(_migrate, room=room, scripts=scripts))

    async def _write_until_closed(self) -> None:
        while (job := await self._jobs.get()) is not None:
            batch = [job]
            while not self._jobs.empty():
                following = self._jobs.get_nowait()
                if following is None:
                    self._jobs.put_nowait(None)
                    break
                batch.append(following)
            await self._write_batch([job for job in batch if not job.done.cancelled()])

    async def _write_batch(self, jobs: list[_Job]) -> None:
        """One transaction for all jobs. Nobody is answered before COMMIT, not even a job that failed."""
        answers: list[Callable[[], None]] = []
        try:
            await self._writer.run(_begin)
            for job in jobs:
                answers.append(await self._run_job(job, alone=len(jobs) == 1))
            await self._writer.run(_commit)
        except Exception as error:
            if self._writer.in_transaction:
                await self._writer.run(_roll_back)
            answers = [partial(job.fail, error) for job in jobs]
        for answer in answers:
            answer()

    async def _run_job(self, job: _Job, *, alone: bool) -> Callable[[], None]:
        if alone:
            return partial(job.resolve, await job.run(self._writer))
        await self._writer.run(lambda raw: raw.execute("SAVEPOINT job"))
        try:
            result = await job.run(self._writer)
        except Exception as error:
            # After a full disk or an I/O error there is no savepoint left: this raises, and all jobs fail.
            await self._writer.run(_undo_job)
            return partial(job.fail, error)
        await self._writer.run(lambda raw: raw.execute("RELEASE job"))
        return partial(job.resolve, result)


def _begin(raw: sqlite3.Connection) -> None:
    raw.execute("BEGIN IMMEDIATE")


def _commit(raw: sqlite3.Connection) -> None:
    raw.execute("COMMIT")


def _roll_back(raw: sqlite3.Connection) -> None:
    raw.execute("ROLLBACK")


def _undo_job(raw: sqlite3.Connection) -> None:
    raw.execute("ROLLBACK TO job")
    raw.execute("RELEASE job")


async def _connect(path: Path, opened: list[Connection]) -> Connection:
    def connector() -> sqlite3.Connection:
        raw = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
        raw.row_factory = sqlite3.Row
        raw.execute("PRAGMA foreign_keys = ON")
        # Without it, INSERT OR REPLACE would delete rows past the triggers that forbid it.
        raw.execute("PRAGMA recursive_triggers = ON")
        return raw

    connection = Connection(connector, iter_chunk_size=64)
    opened.append(connection)
    await connection
    return connection


def _make_folder(path: Path) -> bool:
    """Make the data folder; whether the database file is still to be made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return not path.exists()


def _make_durable(raw: sqlite3.Connection) -> None:
    """Readers beside the writer (WAL), and an fsync before each COMMIT returns (FULL)."""
    mode = raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise RuntimeError(f"SQLite can't use WAL on the file system of the data folder (it uses {mode})")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA journal_size_limit = 67108864")


def truncate_log(path: Path) -> None:
    """Bring the write-ahead log of a database into its file and empty it: nothing old is left in either."""
    raw = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _scripts(folder: Path) -> dict[int, Path]:
    paths = sorted(folder.glob("*.sql"))
    for path in paths:
        if not _MIGRATION.fullmatch(path.name):
            raise MigrationError(f"{path.name}: a migration is named like 001_entries.sql")
    scripts = {int(path.name[:3]): path for path in paths}
    if len(scripts) < len(paths) or sorted(scripts) != list(range(1, len(paths) + 1)):
        raise MigrationError(f"{folder}: scripts are numbered 001, 002, 003 … without a gap")
    return scripts


async def _migrate(connection: Connection, room: str, scripts: dict[int, Path]) -> None:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations"
        " (room TEXT, number INTEGER, name TEXT, digest TEXT, PRIMARY KEY (room, number)) STRICT"
    )
    rows = await connection.execute_fetchall(
        "SELECT number, name, digest FROM migrations WHERE room = ?", (room,)
    )
    for number in _pending(room, scripts, rows):
        script = scripts[number]
        for statement in _statements(script.read_text("utf-8")):
            await connection.execute(statement)
        await connection.execute(
            "INSERT INTO migrations (room, number, name, digest) VALUES (?, ?, ?, ?)",
            (room, number, script.name, _digest(script)),
        )


def pending_migrations(raw: sqlite3.Connection, room: str, folder: Path) -> list[str]:
    """Names of the room's scripts that this file has not seen yet; changes nothing.

    Raises `MigrationError` where one that was applied has since been changed or lost.
    """
    scripts = _scripts(folder)
    known = raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone()
    rows = raw.execute("SELECT number, name, digest FROM migrations WHERE room = ?", (room,)) if known else ()
    return [scripts[number].name for number in _pending(room, scripts, rows)]


def _pending(room: str, scripts: dict[int, Path], rows: Iterable[Any]) -> list[int]:
    applied = {number: (name, digest) for number, name, digest in rows}
    for number, (name, digest) in applied.items():
        script = scripts.get(number)
        if script is None or (script.name, _digest(script)) != (name, digest):
            raise MigrationError(
                f"{room}: {name} was applied to this data and has since been changed or removed"
            )
    return sorted(scripts.keys() - applied.keys())


def _digest(script: Path) -> str:
    return hashlib.sha256(script.read_bytes()).hexdigest()


def _statements(script: str) -> Iterator[str]:
    """Single statements: `executescript` would commit the transaction they belong to."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise MigrationError(f"a statement does not end: {statement.strip()[:60]}")
