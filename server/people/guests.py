"""Guests: people without an account who come into one audit by a link: at a meeting, as guides, as auditee.

Looking at a link never uses it up; giving a name does, and binds the phone by a cookie of its own. What a
guest did in time counts even where it arrives late, but nothing done after the end does.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import get_args
from uuid import uuid4

from msgspec import Struct

from server.audit.admission import Admission, Admit
from server.audit.entries import Entry
from server.audit.state import State
from server.criteria.model import Language
from server.database import Connection, Database
from server.people.links import Link, use
from server.people.principal import GuestRole, Principal
from server.people.rights import admit_for
from server.people.security_log import note
from server.people.sessions import MAX_AGENT, digest_of

GUEST_ROLES: tuple[GuestRole, ...] = get_args(GuestRole)

LATE = 72 * 3600
"""Seconds after the end in which what was done before it still arrives by itself; later it is held."""

MAX_NAME = 80
CLOCK_SKEW = 5 * 60
"""Seconds by which a phone's clock may be ahead of ours before what it dates counts as done later."""


class Guest(Struct, frozen=True, kw_only=True):
    """Somebody who came in by a link. `ended_at`: they or their link were ended."""

    id: str
    link: str
    audit: str
    role: GuestRole
    name: str
    department: str
    position: str
    agent: str
    bound_at: int
    until: int
    ended_at: int | None

    @property
    def ends(self) -> datetime:
        """The moment after which nothing they do counts."""
        return datetime.fromtimestamp(self.until, UTC)

    @property
    def came(self) -> datetime:
        """When this phone was bound."""
        return datetime.fromtimestamp(self.bound_at, UTC)

    def is_in(self, now: float) -> bool:
        """Whether they see and do things at `now` (seconds since 1970)."""
        return self.ended_at is None and now < self.until

    def principal(self, language: Language) -> Principal:
        """Who is acting."""
        return Principal(id=self.id, name=self.name, role=self.role, language=language, audit=self.audit)


class Named(Struct, frozen=True, kw_only=True):
    """What somebody says of themselves when they come in."""

    name: str
    department: str = ""
    position: str = ""


_FIELDS = (
    "g.id, g.link, g.audit, g.role, g.name, g.department, g.position, g.agent, g.bound_at, g.until,"
    " min(ifnull(g.ended_at, l.ended_at), ifnull(l.ended_at, g.ended_at)) AS ended_at"
)
_FROM = "FROM guests g JOIN links l ON l.id = g.link"


class Guests:
    """Lets guests in, finds and ends them."""

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now

    async def admit(
        self, link: Link, token: str, named: Named, *, agent: str = ""
    ) -> tuple[Guest, str] | None:
        """Let somebody in and return them with the token of their phone; None where the link lets nobody in.

        By a link that names a guest, that guest goes on here; the phone before is shut out.
        """
        assert link.audit is not None
        now, secret = int(self._now()), secrets.token_urlsafe(32)
        audit = link.audit

        async def bind(connection: Connection) -> str | None:
            if link.starts_at > now:
                return None
            used = await use(connection, token, now, link.purpose)
            if used is None:
                return None
            bound = (digest_of(secret), link.id, agent[:MAX_AGENT], now, link.expires_at)
            if link.guest is not None:
                await connection.execute(
                    "UPDATE guests SET token_hash = ?, link = ?, agent = ?, bound_at = ?, until = ?,"
                    " ended_at = NULL WHERE id = ? AND audit = ?",
                    (*bound, link.guest, audit),
                )
                key = link.guest
            else:
                key = str(uuid4())
                about = (named.name[:MAX_NAME], named.department[:MAX_NAME], named.position[:MAX_NAME])
                await connection.execute(
                    "INSERT INTO guests (token_hash, link, agent, bound_at, until, id, audit, role, name,"
                    " department, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*bound, key, audit, link.purpose, *about),
                )
            await note(connection, "guest_admitted", actor=key, account=key, audit=audit, object=link.id)
            return key

        key = await self._db.write(bind)
        guest = await self.get(key) if key else None
        return (guest, secret) if guest else None

    async def find(self, key: str, token: str) -> Guest | None:
        """The guest with this id, if the token is their phone's; whether they are still in, `is_in` says."""
        row = await self._db.read_one(
            f"SELECT {_FIELDS} {_FROM} WHERE g.id = ? AND g.token_hash = ?", key, digest_of(token)
        )
        return Guest(**dict(row)) if row else None

    async def get(self, key: str) -> Guest | None:
        """The guest with this id."""
        row = await self._db.read_one(f"SELECT {_FIELDS} {_FROM} WHERE g.id = ?", key)
        return Guest(**dict(row)) if row else None

    async def of(self, audit: str, roles: Iterable[GuestRole] = GUEST_ROLES) -> list[Guest]:
        """The guests of an audit in these roles, whoever came last first."""
        wanted = tuple(roles)
        rows = await self._db.read(
            f"SELECT {_FIELDS} {_FROM} WHERE g.audit = ? AND g.role IN ({', '.join('?' * len(wanted))})"
            " ORDER BY g.bound_at DESC, g.id",
            audit,
            *wanted,
        )
        return [Guest(**dict(row)) for row in rows]

    async def end(self, key: str, *, audit: str, actor: str) -> bool:
        """Shut a guest of this audit out at once; False where there is none who is still in."""
        now = int(self._now())

        async def stop(connection: Connection) -> bool:
            cursor = await connection.execute(
                "UPDATE guests SET ended_at = ? WHERE id = ? AND audit = ? AND ended_at IS NULL",
                (now, key, audit),
            )
            # Nor by a link that would let them in on another phone and hasn't been used.
            await connection.execute(
                "UPDATE links SET ended_at = ? WHERE guest = ? AND audit = ? AND ended_at IS NULL"
                " AND used_at IS NULL",
                (now, key, audit),
            )
            if cursor.rowcount:
                await note(connection, "guest_ended", actor=actor, account=key, audit=audit)
            return bool(cursor.rowcount)

        return await self._db.write(stop)


def admit_guest(guest: Guest, language: Language, now: float) -> Admit:
    """What `journal.append` asks about each entry of a guest, arriving at `now` (seconds since 1970).

    Done after the end: refused. Done before it: taken, held where it comes from somebody who was shut out
    meanwhile, or more than 72 h late.
    """
    verdict = admit_for(guest.principal(language))

    def admit(state: State, entry: Entry) -> Admission:
        admission = verdict(state, entry)
        if admission.status == "refused":
            return admission
        done = entry.made_at.timestamp()
        if done > now + CLOCK_SKEW:
            return Admission("refused", "bad_value", "made_at lies in the future")
        if done > guest.until or (guest.ended_at is not None and done > guest.ended_at):
            return Admission("refused", "link_over")
        if done < guest.bound_at - CLOCK_SKEW:
            return Admission("refused", "bad_value", "made_at lies before this phone was let in")
        if guest.ended_at is not None:
            return Admission("held", "link_ended")
        if now > guest.until + LATE:
            return Admission("held", "link_late")
        return admission

    return admit
