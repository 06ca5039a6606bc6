"""The office's tasks across audits: a projection of what teams changed on site, and who did what of it.

That a task was done is no fact of the audit (it may be done long after release, and is about reporting to the
authority), so it is a row with who and when, kept apart from the projection and untouched by `rebuild`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime

from msgspec import Struct

from server.audit.entries import Text
from server.audit.office_tasks import Task
from server.database import Connection, Database


class TaskRow(Struct, frozen=True, kw_only=True):
    """A task in the list. `done_by` and `done_at` are empty while it is open; moments are ISO, UTC."""

    entry: str
    audit: str
    number: str
    client: str
    client_en: str
    kind: str
    made_at: str
    by: str
    text: Text
    done_by: str = ""
    done_at: str = ""


_JOINED = (
    " FROM tasks JOIN audits ON audits.audit = tasks.audit"
    " LEFT JOIN tasks_done AS done ON done.audit = tasks.audit AND done.entry = tasks.entry"
)
_LIST = (
    "SELECT tasks.entry, tasks.audit, number, client, client_en, kind, made_at, tasks.by_whom, zh, en,"
    f" coalesce(done.by_whom, '') AS done_by, coalesce(done_at, '') AS done_at{_JOINED}"
)


class Tasks:
    """Open and finished tasks. `refresh` brings the projections up to date before they are read."""

    def __init__(self, db: Database, refresh: Callable[[], Awaitable[None]]) -> None:
        self._db = db
        self._refresh = refresh

    async def open(self, *, limit: int = 200) -> list[TaskRow]:
        """Open tasks, the oldest first."""
        await self._refresh()
        rows = await self._db.read(
            f"{_LIST} WHERE done_at IS NULL ORDER BY made_at, tasks.entry LIMIT ?", limit
        )
        return [_row(row) for row in rows]

    async def finished(self, *, limit: int = 50) -> list[TaskRow]:
        """Tasks that were done, the latest first."""
        await self._refresh()
        rows = await self._db.read(f"{_LIST} WHERE done_at IS NOT NULL ORDER BY done_at DESC LIMIT ?", limit)
        return [_row(row) for row in rows]

    async def count(self) -> int:
        """How many are open."""
        await self._refresh()
        row = await self._db.read_one(f"SELECT count(*){_JOINED} WHERE done_at IS NULL")
        return row[0] if row else 0

    async def finish(self, audit: str, entry: str, by: str) -> None:
        """Note who did a task, now. The first to do it stays; a task that there is not is ignored."""
        now = datetime.now(UTC).isoformat(timespec="seconds")

        async def insert(connection: Connection) -> None:
            await connection.execute(
                "INSERT OR IGNORE INTO tasks_done (entry, audit, by_whom, done_at)"
                " SELECT entry, audit, ?, ? FROM tasks WHERE audit = ? AND entry = ?",
                (by, now, audit, entry),
            )

        await self._db.write(insert)

    async def reopen(self, audit: str, entry: str) -> None:
        """Take back that a task was done."""

        async def delete(connection: Connection) -> None:
            await connection.execute("DELETE FROM tasks_done WHERE audit = ? AND entry = ?", (audit, entry))

        await self._db.write(delete)


async def replace(connection: Connection, found: Iterable[tuple[str, list[Task]]]) -> None:
    """Put the tasks of these audits in the place of those they had."""
    listed = list(found)
    await connection.executemany("DELETE FROM tasks WHERE audit = ?", [(audit,) for audit, _ in listed])
    await connection.executemany(
        "INSERT OR REPLACE INTO tasks (entry, audit, kind, made_at, by_whom, zh, en)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (one.entry, audit, one.kind, one.at.astimezone(UTC).isoformat(), one.by, one.text.zh, one.text.en)
            for audit, tasks in listed
            for one in tasks
        ],
    )


def _row(row: sqlite3.Row) -> TaskRow:
    return TaskRow(
        entry=row["entry"],
        audit=row["audit"],
        number=row["number"],
        client=row["client"],
        client_en=row["client_en"],
        kind=row["kind"],
        made_at=row["made_at"],
        by=row["by_whom"],
        text=Text(zh=row["zh"], en=row["en"]),
        done_by=row["done_by"],
        done_at=row["done_at"],
    )
