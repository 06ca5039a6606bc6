"""Nonconformities across audits that are not closed, by their due day: a projection of each audit's state."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterable

from msgspec import Struct

from server.audit.followup import FollowUp, Stage
from server.database import Connection, Database


class FollowUpRow(Struct, frozen=True, kw_only=True):
    """A nonconformity in the list. `due` is an ISO day in the audit's zone, "" where none was agreed."""

    audit: str
    finding: str
    number: str
    grade: str
    stage: Stage
    due: str
    audit_number: str
    client: str
    client_en: str
    leader: str


_LIST = (
    "SELECT one.audit, finding, one.number, grade, stage, due, audits.number AS audit_number,"
    " client, client_en, leader FROM follow_ups AS one JOIN audits ON audits.audit = one.audit"
)
_OPEN = "stage <> 'closed' AND (audits.state = 'released' OR audits.ends <> '' AND audits.ends <= ?)"
_ORDER = "ORDER BY due = '', due, client, one.audit, one.number"


class FollowUps:
    """What is still open. `refresh` brings the projections up to date before they are read."""

    def __init__(self, db: Database, refresh: Callable[[], Awaitable[None]]) -> None:
        self._db = db
        self._refresh = refresh

    async def open(self, principal: str | None, today: str, *, limit: int = 500) -> list[FollowUpRow]:
        """Open ones of audits released, or whose last day has come by `today` (ISO), the most urgent first.

        `principal`: only of audits with this person in the team; None: of all audits.
        """
        await self._refresh()
        narrowed = (
            "" if principal is None else "AND one.audit IN (SELECT audit FROM members WHERE principal = ?)"
        )
        who = () if principal is None else (principal,)
        rows = await self._db.read(f"{_LIST} WHERE {_OPEN} {narrowed} {_ORDER} LIMIT ?", today, *who, limit)
        return [_row(row) for row in rows]


async def replace(connection: Connection, found: Iterable[tuple[str, list[FollowUp]]]) -> None:
    """Put the nonconformities of these audits in the place of those they had."""
    listed = list(found)
    await connection.executemany("DELETE FROM follow_ups WHERE audit = ?", [(audit,) for audit, _ in listed])
    await connection.executemany(
        "INSERT INTO follow_ups (audit, finding, number, grade, stage, due) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (audit, one.id, one.finding.number, one.finding.grade, one.stage, one.due)
            for audit, follow_ups in listed
            for one in follow_ups
        ],
    )


def _row(row: sqlite3.Row) -> FollowUpRow:
    return FollowUpRow(**{name: row[name] for name in FollowUpRow.__struct_fields__})
