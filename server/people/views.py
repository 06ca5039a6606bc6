"""Who looked at which audit: one line per account, audit and ten minutes, however many pages they turned."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from server.database import Connection, Database
from server.people.security_log import note

EVERY_SECONDS = 600
_REMEMBERED = 20_000


class Views:
    """Remembers in memory what was noted; a line is written beside the requests, never in their way.

    Several processes may serve one database: whether a line is due is decided again where it is written.
    """

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()

    def viewed(self, account: str, audit: str) -> None:
        """Somebody was shown something of an audit."""
        now = self._now()
        key = (account, audit)
        noted = self._noted.get(key)
        if noted is not None and now - noted < EVERY_SECONDS:
            return
        self._noted[key] = now
        self._noted.move_to_end(key)
        if len(self._noted) > _REMEMBERED:
            self._noted.popitem(last=False)
        task = asyncio.create_task(self._write(account, audit, now))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def settled(self) -> None:
        """Wait until every line is written."""
        while self._writing:
            await asyncio.gather(*self._writing)

    async def _write(self, account: str, audit: str, now: float) -> None:
        since = datetime.fromtimestamp(now, UTC) - timedelta(seconds=EVERY_SECONDS)

        async def insert(connection: Connection) -> None:
            async with connection.execute(
                "SELECT 1 FROM security_log INDEXED BY security_log_at"
                " WHERE at > ? AND actor = ? AND audit = ? AND event = 'audit_viewed' LIMIT 1",
                (since.isoformat(timespec="milliseconds"), account, audit),
            ) as cursor:
                if await cursor.fetchone() is not None:
                    return
            await note(connection, "audit_viewed", actor=account, account=account, audit=audit)

        try:
            await self._db.write(insert)
        except BaseException:
            self._noted.pop((account, audit), None)  # the next page tries again
            raise
