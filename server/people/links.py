"""Links: addresses that open one thing for whoever holds them, until they expire, are used or are ended.

The token stands in the address alone; the database has its digest. A link serves the purpose it was made for
and no other. Looking at one never uses it up: previews of messengers and scanners of mail look at everything.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from server.database import Connection, Database
from server.people.principal import GuestRole
from server.people.security_log import note
from server.people.sessions import digest_of

Purpose = Literal["invite", "reset", "plan", GuestRole]
"""invite: choose the first password; reset: choose another one; plan: read the plan of an audit; a role: come
into an audit as a guest of that role (`server.people.guests`)."""

Standing = Literal["open", "early", "used", "expired", "ended"]

_HOUR = 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Link(Struct, frozen=True, kw_only=True):
    """A link. `id` is no secret. `account` or `audit` is what it opens; `once`: its first use ends it.

    `starts_at`: before it nobody comes in. `guest`: it moves this guest to another phone.
    """

    id: str
    purpose: Purpose
    account: str | None
    audit: str | None
    made_by: str
    made_at: int
    expires_at: int
    once: bool
    used_at: int | None
    ended_at: int | None
    starts_at: int
    guest: str | None
    label: str

    @property
    def starts(self) -> datetime:
        """The moment before which it opens nothing."""
        return datetime.fromtimestamp(self.starts_at, UTC)

    @property
    def expires(self) -> datetime:
        """The moment from which it opens nothing."""
        return datetime.fromtimestamp(self.expires_at, UTC)

    def standing(self, now: float) -> Standing:
        """Whether it can be used at `now` (seconds since 1970), or why not."""
        if self.ended_at is not None:
            return "ended"
        if self.expires_at <= now:
            return "expired"
        if self.once and self.used_at is not None:
            return "used"
        return "early" if now < self.starts_at else "open"


_FIELDS = ", ".join(Link.__struct_fields__)
_OPEN = "ended_at IS NULL AND expires_at > ? AND (used_at IS NULL OR NOT once)"


def link_of(row: sqlite3.Row) -> Link:
    """The link in a row that has its fields."""
    return Link(**{**dict(row), "once": bool(row["once"])})


class Links:
    """Makes, finds and ends links."""

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now

    async def make(
        self,
        purpose: Purpose,
        *,
        made_by: str,
        hours: int = 0,
        account: str | None = None,
        audit: str | None = None,
        once: bool = True,
        starts_at: int = 0,
        expires_at: int | None = None,
        guest: str | None = None,
        label: str = "",
    ) -> str:
        """Make a link and return its token; it expires after `hours`, or at `expires_at` (in seconds).

        One for an account that is used once ends those made before for the same.
        """
        token = secrets.token_urlsafe(32)
        key, now = secrets.token_hex(16), int(self._now())
        until = now + hours * _HOUR if expires_at is None else expires_at
        row = (key, digest_of(token), purpose, account, audit, once, made_by, now, until)

        async def insert(connection: Connection) -> None:
            if once and account:
                await end_links(connection, now, purpose, account=account, audit=audit)
            await connection.execute(
                "INSERT INTO links"
                " (id, token_hash, purpose, account, audit, once, made_by, made_at, expires_at,"
                " starts_at, guest, label) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, starts_at, guest, label),
            )
            await note(connection, "link_made", actor=made_by, account=account, audit=audit, object=key)

        await self._db.write(insert)
        return token

    async def find(self, token: str, *purposes: Purpose) -> Link | None:
        """The link of a token, if it may be used now for one of the purposes."""
        if not _TOKEN.fullmatch(token):
            return None
        row = await self._db.read_one(
            f"SELECT {_FIELDS} FROM links WHERE token_hash = ? AND {_OPEN}",
            digest_of(token),
            int(self._now()),
        )
        link = link_of(row) if row else None
        return link if link and link.purpose in purposes else None

    async def known(self, token: str, *purposes: Purpose) -> Link | None:
        """The link of a token for one of the purposes, whether it can be used or not: see `standing`."""
        if not _TOKEN.fullmatch(token):
            return None
        row = await self._db.read_one(f"SELECT {_FIELDS} FROM links WHERE token_hash = ?", digest_of(token))
        link = link_of(row) if row else None
        return link if link and link.purpose in purposes else None

    async def of(
        self, purpose: Purpose, *, account: str | None = None, audit: str | None = None
    ) -> list[Link]:
        """The links for a purpose that can be used now, of an account or of an audit, the newest first."""
        rows = await self._db.read(
            f"SELECT {_FIELDS} FROM links"
            f" WHERE purpose = ? AND account IS ? AND audit IS ? AND {_OPEN} ORDER BY made_at DESC, id",
            purpose,
            account,
            audit,
            int(self._now()),
        )
        return [link_of(row) for row in rows]

    async def end(
        self,
        key: str,
        *purposes: Purpose,
        actor: str,
        account: str | None = None,
        audit: str | None = None,
    ) -> bool:
        """End a link of this account or audit, made for one of the purposes, at once.

        False where there is none to end.
        """
        now = int(self._now())

        async def stop(connection: Connection) -> bool:
            cursor = await connection.execute(
                f"UPDATE links SET ended_at = ? WHERE id = ? AND account IS ? AND audit IS ? AND {_OPEN}"
                f" AND purpose IN ({', '.join('?' * len(purposes))})",
                (now, key, account, audit, now, *purposes),
            )
            if cursor.rowcount:
                await note(connection, "link_ended", actor=actor, account=account, audit=audit, object=key)
            return bool(cursor.rowcount)

        return await self._db.write(stop)


async def use(connection: Connection, token: str, now: int, *purposes: Purpose) -> Link | None:
    """Inside a write: the link of a token, used from now on; None where it can't be used (any more).

    Two who use the same link at once: one of them gets it.
    """
    if not _TOKEN.fullmatch(token):
        return None
    async with connection.execute(
        f"UPDATE links SET used_at = ? WHERE token_hash = ? AND {_OPEN}"
        f" AND purpose IN ({', '.join('?' * len(purposes))}) RETURNING {_FIELDS}",
        (now, digest_of(token), now, *purposes),
    ) as cursor:
        row = await cursor.fetchone()
    if row is None:
        return None
    link = link_of(row)
    await note(connection, "link_used", account=link.account, audit=link.audit, object=link.id)
    return link


async def end_links(
    connection: Connection,
    now: int,
    *purposes: Purpose,
    account: str | None = None,
    audit: str | None = None,
) -> None:
    """Inside a write: end all links for these purposes of an account or an audit."""
    await connection.execute(
        f"UPDATE links SET ended_at = ? WHERE account IS ? AND audit IS ? AND {_OPEN}"
        f" AND purpose IN ({', '.join('?' * len(purposes))})",
        (now, account, audit, now, *purposes),
    )
