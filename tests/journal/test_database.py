"""One writer with group commit, readers beside it, migrations."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from server.database import FILE_NAME, Connection, Database, MigrationError


@pytest.fixture
async def table(db: Database) -> Database:
    async def create(connection: Connection) -> None:
        await connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")

    await db.write(create)
    return db


async def insert(connection: Connection, n: int) -> int:
    await connection.execute("INSERT INTO t VALUES (?)", (n,))
    return n


async def numbers(db: Database) -> list[int]:
    return [row["n"] for row in await db.read("SELECT n FROM t ORDER BY n")]


async def test_a_result_comes_back_after_it_is_there_for_everybody(table: Database) -> None:
    assert await table.write(lambda c: insert(c, 7)) == 7
    with sqlite3.connect(table.path) as other:
        assert other.execute("SELECT n FROM t").fetchall() == [(7,)]
    other.close()


async def test_waiting_jobs_share_a_transaction_and_a_failure_undoes_its_own_part_only(
    table: Database,
) -> None:
    transactions: list[object] = []

    async def job(connection: Connection, n: int) -> None:
        await insert(connection, n)
        await insert(connection, 100 + n)
        transactions.append((await connection.execute_fetchall("SELECT count(*) FROM t"))[0][0])  # type: ignore[index]
        if n == 2:
            raise LookupError("two")

    results = await asyncio.gather(
        *(table.write(partial(job, n=n)) for n in (1, 2, 3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), LookupError, type(None)]
    assert await numbers(table) == [1, 3, 101, 103]
    assert transactions == [2, 4, 4]


async def test_a_single_failing_job_leaves_nothing_behind(table: Database) -> None:
    async def job(connection: Connection) -> None:
        await insert(connection, 1)
        raise LookupError

    with pytest.raises(LookupError):
        await table.write(job)
    assert await numbers(table) == []
    assert await table.write(lambda c: insert(c, 2)) == 2


async def test_a_statement_that_fails_is_raised_to_its_caller_alone(table: Database) -> None:
    first, second, third = await asyncio.gather(
        *(table.write(partial(insert, n=n)) for n in (1, 1, 2)), return_exceptions=True
    )
    assert (first, third) == (1, 2)
    assert isinstance(second, sqlite3.IntegrityError)


async def test_readers_do_not_wait_for_the_writer(table: Database) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: Connection) -> None:
        await insert(connection, 1)
        inside.set()
        await go_on.wait()

    writing = asyncio.create_task(table.write(slow))
    await inside.wait()
    assert await numbers(table) == []
    go_on.set()
    await writing
    assert await numbers(table) == [1]


async def test_a_reader_can_not_write(table: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await table.read("INSERT INTO t VALUES (1)")


async def test_commits_are_synced(db: Database) -> None:
    async def settings(connection: Connection) -> list[int]:
        rows = [
            await connection.execute_fetchall(f"PRAGMA {name}") for name in ("synchronous", "foreign_keys")
        ]
        return [next(iter(row))[0] for row in rows]

    assert await db.write(settings) == [2, 1]  # FULL, on
    mode = await db.read_one("PRAGMA journal_mode")
    assert mode is not None
    assert mode[0] == "wal"


async def test_what_waits_at_the_end_is_still_written(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "new" / "data")
    waiting = asyncio.create_task(db.write(lambda c: c.execute("CREATE TABLE t (n)")))
    await asyncio.sleep(0)
    await db.close()
    await waiting
    with pytest.raises(RuntimeError, match="closed"):
        await db.write(lambda c: insert(c, 1))
    with sqlite3.connect(tmp_path / "new" / "data" / FILE_NAME) as other:
        assert other.execute("SELECT count(*) FROM t").fetchone() == (0,)
    other.close()


async def test_a_folder_that_can_not_be_used_is_an_error_and_leaves_no_thread(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(sqlite3.OperationalError):
        await Database.open(tmp_path)


async def test_two_databases_on_one_file_write_in_turn(table: Database, tmp_path: Path) -> None:
    other = await Database.open(tmp_path)
    try:
        await asyncio.gather(*(db.write(partial(insert, n=n)) for n, db in enumerate([table, other] * 20)))
        assert await numbers(other) == list(range(40))
    finally:
        await other.close()


class TestMigrations:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "migrations"
        folder.mkdir()
        (folder / "001_t.sql").write_text(
            "-- a comment; with a semicolon\nCREATE TABLE t (n INTEGER);\n"
            "CREATE TRIGGER g BEFORE DELETE ON t\nBEGIN\n  SELECT RAISE(ABORT, 'never');\nEND;\n"
        )
        return folder

    async def test_each_script_runs_once(self, db: Database, folder: Path) -> None:
        await db.migrate("room", folder)
        await db.migrate("room", folder)
        (folder / "002_more.sql").write_text("ALTER TABLE t ADD COLUMN m INTEGER;\n")
        await db.migrate("room", folder)
        assert [tuple(row) for row in await db.read("SELECT room, number, name FROM migrations")] == [
            ("room", 1, "001_t.sql"),
            ("room", 2, "002_more.sql"),
        ]

    async def test_two_processes_may_start_at_once(self, db: Database, folder: Path, tmp_path: Path) -> None:
        other = await Database.open(tmp_path)
        try:
            await asyncio.gather(db.migrate("room", folder), other.migrate("room", folder))
        finally:
            await other.close()

    async def test_a_changed_script_is_refused(self, db: Database, folder: Path) -> None:
        await db.migrate("room", folder)
        (folder / "001_t.sql").write_text("CREATE TABLE other (n);")
        with pytest.raises(MigrationError, match=r"001_t\.sql was applied"):
            await db.migrate("room", folder)

    async def test_a_gap_and_a_wrong_name_are_refused(self, db: Database, folder: Path) -> None:
        (folder / "003_late.sql").write_text("SELECT 1;")
        with pytest.raises(MigrationError, match="without a gap"):
            await db.migrate("room", folder)
        (folder / "003_late.sql").rename(folder / "late.sql")
        with pytest.raises(MigrationError, match="is named like"):
            await db.migrate("room", folder)

    async def test_a_script_that_fails_leaves_nothing(self, db: Database, folder: Path) -> None:
        (folder / "002_bad.sql").write_text("CREATE TABLE u (n);\nCREATE TABLE u (n);\n")
        with pytest.raises(sqlite3.OperationalError):
            await db.migrate("room", folder)
        tables = [row["name"] for row in await db.read("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        assert tables == []
