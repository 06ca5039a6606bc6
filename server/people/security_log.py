"""The security log: who signed in, what evidence was looked at, which rights were changed.

Rows are only ever added, and hold ids alone: no names, no texts of audits, nothing that was typed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, get_args

from msgspec import Struct

from server.database import Connection, Database

Event = Literal[
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "sessions_ended",
    "device_added",
    "device_ended",
    "password_changed",
    "password_failed",
    "password_reset",
    "account_added",
    "account_renamed",
    "role_changed",
    "account_disabled",
    "account_enabled",
    "link_made",
    "link_used",
    "link_failed",
    "link_ended",
    "guest_admitted",
    "guest_ended",
    "team_changed",
    "person_changed",
    "audit_viewed",
    "photo_opened",
    "downloaded",
]
EVENTS: tuple[Event, ...] = get_args(Event)


async def note(
    connection: Connection,
    event: Event,
    *,
    actor: str | None = None,
    account: str | None = None,
    address: str | None = None,
    audit: str | None = None,
    object: str | None = None,  # noqa: A002 - the word of the column
) -> None:
    """Add a row inside the caller's write, so that the fact and its log stand or fall together.

    `actor` did it (None: nobody signed in, or the command line), `account` is whom it was done to.
    """
    await connection.execute(
        "INSERT INTO security_log (at, event, actor, account, address, audit, object)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (now_text(), event, actor, account, address, audit, object),
    )


def now_text() -> str:
    """This moment as rows have it: UTC, in milliseconds, so that text sorts by time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Line(Struct, frozen=True, kw_only=True):
    """A row as it was written; who and what by id."""

    number: int
    at: str
    event: str
    actor: str | None
    account: str | None
    address: str | None
    audit: str | None
    object: str | None


class Wanted(Struct, frozen=True, kw_only=True):
    """Which rows to look at. `people`, `audits`: ids (None: all); `since`, `until`: moments as text."""

    people: frozenset[str] | None = None
    audits: frozenset[str] | None = None
    event: str = ""
    since: str = ""
    until: str = ""


_FIELDS = ", ".join(Line.__struct_fields__)
_MOST_NAMED = 500


class SecurityLog:
    """Reads the log. Only `note` writes it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, wanted: Wanted, *, before: int | None = None, limit: int = 100) -> list[Line]:
        """Rows, the newest first, with a number below `before`."""
        where, params = _where(wanted)
        if before is not None:
            where.append("number < ?")
            params.append(before)
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        rows = await self._db.read(
            f"SELECT {_FIELDS} FROM security_log{condition} ORDER BY number DESC LIMIT ?", *params, limit
        )
        return [Line(**dict(row)) for row in rows]


def _where(wanted: Wanted) -> tuple[list[str], list[object]]:
    where: list[str] = []
    params: list[object] = []
    if wanted.people is not None:
        ids = sorted(wanted.people)[:_MOST_NAMED]
        places = ", ".join("?" * len(ids))
        where.append(f"(actor IN ({places}) OR account IN ({places}))")
        params += [*ids, *ids]
    if wanted.audits is not None:
        ids = sorted(wanted.audits)[:_MOST_NAMED]
        where.append(f"audit IN ({', '.join('?' * len(ids))})")
        params += ids
    for condition, value in (
        ("event = ?", wanted.event),
        ("at >= ?", wanted.since),
        ("at < ?", wanted.until),
    ):
        if value:
            where.append(condition)
            params.append(value)
    return where, params
