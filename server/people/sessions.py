"""Sessions on the server: the browser holds a random token, the database its digest."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from msgspec import Struct

from server.database import Connection, Database
from server.people.principal import Principal, principal_of
from server.people.security_log import note
from server.settings import Settings

_DAY = 24 * 3600
# A session's end moves once this share of its life has passed, not at every request.
_RENEW_SHARE = 20
SEEN_EVERY = 15 * 60
"""When something was last seen is written this rarely, in seconds: looking it up must not become writing."""
MAX_AGENT = 300


class Session(Struct, frozen=True, kw_only=True):
    """A running session. `id` is no secret, unlike the token.

    `renewed_for` is set where its end has just moved: the cookie has to follow, in seconds.
    """

    id: str
    principal: Principal
    own_phone: bool
    renewed_for: int | None = None


class Running(Struct, frozen=True, kw_only=True):
    """A session in the list of an account's devices. `agent` is what the browser called itself."""

    id: str
    agent: str
    own_phone: bool
    started_at: int
    seen_at: int


class Sessions:
    """Starts, finds, renews and ends sessions.

    Nothing is remembered between requests: an ended session is over.
    """

    def __init__(self, db: Database, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._settings = settings
        self._now = now

    def lifetime(self, own_phone: bool) -> int:
        """Seconds without use after which a session ends; on 本人手机 it is longer."""
        if own_phone:
            return self._settings.own_phone_days * _DAY
        return self._settings.session_hours * 3600

    async def start(self, account: str, *, own_phone: bool, address: str = "", agent: str = "") -> str:
        """Begin a session and return its token."""
        token = secrets.token_urlsafe(32)
        now = int(self._now())
        row = (digest_of(token), account, own_phone, now, now + self.lifetime(own_phone))
        shown = (secrets.token_hex(16), agent[:MAX_AGENT], now)

        async def insert(connection: Connection) -> None:
            await connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))
            await connection.execute(
                "INSERT INTO sessions"
                " (token_hash, account, own_phone, started_at, expires_at, id, agent, seen_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, *shown),
            )
            await note(
                connection, "signed_in", actor=account, account=account, address=address, object=shown[0]
            )

        await self._db.write(insert)
        return token

    async def find(self, token: str) -> Session | None:
        """The session of a token, unless it has ended or its account was disabled.

        Looked up anew each time.
        """
        now = int(self._now())
        digest = digest_of(token)
        row = await self._db.read_one(
            "SELECT a.id, a.name, a.role, a.language, a.theme, a.hand, a.version, s.own_phone, s.expires_at,"
            " s.seen_at, s.id FROM sessions s JOIN accounts a ON a.id = s.account"
            " WHERE s.token_hash = ? AND s.expires_at > ? AND a.disabled_at IS NULL",
            digest,
            now,
        )
        if row is None:
            return None
        own_phone = bool(row[7])
        lifetime = self.lifetime(own_phone)
        renewed = row[8] - now < lifetime - lifetime // _RENEW_SHARE
        if renewed or now - row[9] >= SEEN_EVERY:
            await self._touch(digest, now, now + lifetime if renewed else row[8])
        return Session(
            id=row[10],
            principal=principal_of(row),
            own_phone=own_phone,
            renewed_for=lifetime if renewed else None,
        )

    async def of(self, account: str) -> list[Running]:
        """The running sessions of an account, the one seen last first."""
        rows = await self._db.read(
            "SELECT id, agent, own_phone, started_at, seen_at FROM sessions"
            " WHERE account = ? AND expires_at > ? ORDER BY seen_at DESC, id",
            account,
            int(self._now()),
        )
        return [
            Running(id=row[0], agent=row[1], own_phone=bool(row[2]), started_at=row[3], seen_at=row[4])
            for row in rows
        ]

    async def rotate(self, session: str) -> str:
        """Give a session another token, so that the one before opens nothing; returns it."""
        token = secrets.token_urlsafe(32)
        await self._db.write(
            lambda connection: connection.execute(
                "UPDATE sessions SET token_hash = ? WHERE id = ?", (digest_of(token), session)
            )
        )
        return token

    async def end(self, token: str) -> None:
        """End the session of a token: somebody signs out."""

        async def delete(connection: Connection) -> None:
            async with connection.execute(
                "DELETE FROM sessions WHERE token_hash = ? RETURNING account, id", (digest_of(token),)
            ) as cursor:
                row = await cursor.fetchone()
            if row is not None:
                await note(connection, "signed_out", actor=row[0], account=row[0], object=row[1])

        await self._db.write(delete)

    async def _touch(self, digest: bytes, now: int, until: int) -> None:
        async def update(connection: Connection) -> None:
            await connection.execute(
                "UPDATE sessions SET seen_at = ?, expires_at = ? WHERE token_hash = ?", (now, until, digest)
            )

        await self._db.write(update)


async def end_sessions(connection: Connection, account: str, *, but: str = "") -> None:
    """Inside a write: end every session of an account, except the one with the id `but`."""
    await connection.execute("DELETE FROM sessions WHERE account = ? AND id <> ?", (account, but))


def digest_of(token: str) -> bytes:
    """What is kept of a token: whoever reads the file can't use it."""
    return hashlib.sha256(token.encode()).digest()
