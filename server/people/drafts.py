"""Drafts that somebody's other devices may see: what is being written, and where. Private to the account."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

from server.database import Connection, Database
from server.people.devices import check_device
from server.people.sessions import MAX_AGENT

KEPT_SECONDS = 12 * 3600
"""Longer nobody writes on one note; what is older is deleted."""

MOST = 20
"""So many drafts of an account are kept, the newest."""


class Draft(Struct, frozen=True, kw_only=True):
    """A note being written on `device`; `id` is the id that it will have. Time in seconds since 1970."""

    id: str
    stop: str
    item: str = ""
    words: str = ""
    device: str = ""
    agent: str = ""
    saved_at: int = 0


class Drafts:
    """The drafts of all accounts; each account reaches its own."""

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now

    async def keep(self, account: str, audit: str, draft: Draft) -> None:
        """Keep a draft as it is now, and delete what is too old or too much. Raises BadDevice."""
        check_device(draft.device)
        now = int(self._now())
        row = (draft.stop, draft.item, draft.words, draft.device, draft.agent[:MAX_AGENT], now)

        async def write(connection: Connection) -> None:
            await connection.execute(
                "INSERT OR REPLACE INTO drafts"
                " (account, audit, id, stop, item, words, device, agent, saved_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (account, audit, draft.id, *row),
            )
            await connection.execute("DELETE FROM drafts WHERE saved_at < ?", (now - KEPT_SECONDS,))
            await connection.execute(
                "DELETE FROM drafts WHERE account = ? AND id NOT IN"
                " (SELECT id FROM drafts WHERE account = ? ORDER BY saved_at DESC, id LIMIT ?)",
                (account, account, MOST),
            )

        await self._db.write(write)

    async def drop(self, account: str, draft: str) -> None:
        """The note was saved or given up."""
        await self._db.write(
            lambda connection: connection.execute(
                "DELETE FROM drafts WHERE account = ? AND id = ?", (account, draft)
            )
        )

    async def of(self, account: str, audit: str) -> list[Draft]:
        """An account's drafts in an audit, the newest first."""
        rows = await self._db.read(
            "SELECT id, stop, item, words, device, agent, saved_at FROM drafts"
            " WHERE account = ? AND audit = ? AND saved_at >= ? ORDER BY saved_at DESC, id",
            account,
            audit,
            int(self._now()) - KEPT_SECONDS,
        )
        return [
            Draft(
                id=row[0],
                stop=row[1],
                item=row[2],
                words=row[3],
                device=row[4],
                agent=row[5],
                saved_at=row[6],
            )
            for row in rows
        ]
