"""Which reminders were sent, and which process sends the next: rows of the database, whoever asks."""

from __future__ import annotations

from server.database import Connection, Database


class Reminders:
    """One sender at a time over all processes, and nothing sent twice."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def take_turn(self, now: int, seconds: int) -> bool:
        """Whether it is this process's turn from `now` (seconds since 1970) on, for so many seconds."""

        async def take(connection: Connection) -> bool:
            cursor = await connection.execute(
                "INSERT INTO reminder_turn (one, until) VALUES (1, ?)"
                " ON CONFLICT (one) DO UPDATE SET until = excluded.until WHERE until <= ?",
                (now + seconds, now),
            )
            return cursor.rowcount == 1

        return await self._db.write(take)

    async def was_sent(self, audit: str, finding: str, due: str, days: int) -> bool:
        """Whether this due day was reminded of so many days before."""
        row = await self._db.read_one(
            "SELECT 1 FROM reminders_sent WHERE audit = ? AND finding = ? AND due = ? AND days = ?",
            audit,
            finding,
            due,
            days,
        )
        return row is not None

    async def note(self, audit: str, finding: str, due: str, days: int, now: int) -> None:
        """Note that it was."""

        async def insert(connection: Connection) -> None:
            await connection.execute(
                "INSERT OR IGNORE INTO reminders_sent (audit, finding, due, days, sent_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (audit, finding, due, days, now),
            )

        await self._db.write(insert)
