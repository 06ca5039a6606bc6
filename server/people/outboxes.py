"""What phones said last of what they still hold of an audit. One row a phone and account; no history."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from server.audit.leaving import Outbox
from server.database import Database
from server.people.devices import check_device
from server.people.sessions import MAX_AGENT


class Outboxes:
    """The reports of phones; several processes may serve one database."""

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now

    async def tell(
        self, audit: str, account: str, device: str, *, entries: int, photos: int, agent: str = ""
    ) -> None:
        """Note what a phone holds now. Raises BadDevice."""
        check_device(device)
        row = (audit, account, device, agent[:MAX_AGENT], entries, photos, int(self._now()))
        await self._db.write(
            lambda connection: connection.execute(
                "INSERT INTO outboxes (audit, account, device, agent, entries, photos, heard_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (audit, account, device) DO UPDATE SET"
                " agent = excluded.agent, entries = excluded.entries, photos = excluded.photos,"
                " heard_at = excluded.heard_at",
                row,
            )
        )

    async def of(self, audit: str) -> list[Outbox]:
        """What each phone said last, the one heard longest ago first."""
        rows = await self._db.read(
            "SELECT account, device, agent, entries, photos, heard_at FROM outboxes"
            " WHERE audit = ? ORDER BY heard_at, account, device",
            audit,
        )
        return [
            Outbox(
                by=row[0],
                device=row[1],
                agent=row[2],
                entries=row[3],
                photos=row[4],
                heard_at=datetime.fromtimestamp(row[5], UTC),
            )
            for row in rows
        ]
