"""Device credentials: what lets a phone deliver one account's items, whoever is signed in on it now.

A credential adds entries and photos of its account and opens nothing else. It ends when it is revoked.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from server.database import Connection, Database
from server.people.principal import Principal, principal_of
from server.people.security_log import note
from server.people.sessions import MAX_AGENT, SEEN_EVERY, digest_of

_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class BadDevice(ValueError):
    """What a phone called itself is no id of a device."""


def check_device(device: str) -> None:
    """Raise BadDevice for what is no id of a device."""
    if not _DEVICE.fullmatch(device):
        raise BadDevice(device[:64])


class Credential(Struct, frozen=True, kw_only=True):
    """A credential in the list of an account's devices; `session` is the one that asked for it."""

    id: str
    session: str
    agent: str
    issued_at: int
    seen_at: int


class Devices:
    """Issues, finds and revokes credentials."""

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now

    async def issue(self, account: str, device: str, *, session: str, agent: str = "") -> str:
        """A new credential; the one that the account had on this device ends. Raises BadDevice."""
        check_device(device)
        token = secrets.token_urlsafe(32)
        now = int(self._now())
        key = secrets.token_hex(16)

        async def insert(connection: Connection) -> None:
            await connection.execute(
                "UPDATE device_credentials SET revoked_at = ?"
                " WHERE account = ? AND device = ? AND revoked_at IS NULL",
                (now, account, device),
            )
            await connection.execute(
                "INSERT INTO device_credentials"
                " (id, token_hash, account, device, session, agent, issued_at, seen_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (key, digest_of(token), account, device, session, agent[:MAX_AGENT], now, now),
            )
            await note(connection, "device_added", actor=account, account=account, object=key)

        await self._db.write(insert)
        return token

    async def find(self, token: str) -> Principal | None:
        """Whose items this credential delivers, unless it was revoked."""
        now = int(self._now())
        row = await self._db.read_one(
            "SELECT a.id, a.name, a.role, a.language, a.theme, a.hand, a.version, a.disabled_at,"
            " d.seen_at, d.id FROM device_credentials d JOIN accounts a ON a.id = d.account"
            " WHERE d.token_hash = ? AND d.revoked_at IS NULL",
            digest_of(token),
        )
        if row is None:
            return None
        if now - row[8] >= SEEN_EVERY:
            await self._db.write(
                lambda connection: connection.execute(
                    "UPDATE device_credentials SET seen_at = ? WHERE id = ?", (now, row[9])
                )
            )
        return replace(principal_of(row), disabled=row[7] is not None)

    async def of(self, account: str) -> list[Credential]:
        """The credentials in use of an account, the one seen last first."""
        rows = await self._db.read(
            "SELECT id, session, agent, issued_at, seen_at FROM device_credentials"
            " WHERE account = ? AND revoked_at IS NULL ORDER BY seen_at DESC, id",
            account,
        )
        return [
            Credential(id=row[0], session=row[1], agent=row[2], issued_at=row[3], seen_at=row[4])
            for row in rows
        ]

    async def end(self, account: str, key: str, *, actor: str) -> bool:
        """End one device of an account, named by its session or by its credential: both stop at once.

        False where the account has no such device.
        """
        now = int(self._now())

        async def stop(connection: Connection) -> bool:
            async with connection.execute(
                "SELECT session FROM device_credentials WHERE account = ? AND id = ? AND revoked_at IS NULL",
                (account, key),
            ) as cursor:
                row = await cursor.fetchone()
            session = row[0] if row else key
            ended = await connection.execute(
                "DELETE FROM sessions WHERE account = ? AND id = ?", (account, session)
            )
            revoked = await connection.execute(
                "UPDATE device_credentials SET revoked_at = ?"
                " WHERE account = ? AND (session = ? OR id = ?) AND revoked_at IS NULL",
                (now, account, session, key),
            )
            if not ended.rowcount and not revoked.rowcount:
                return False
            await note(connection, "device_ended", actor=actor, account=account, object=key)
            return True

        return await self._db.write(stop)

    async def end_others(self, account: str, *, but: str, actor: str) -> None:
        """End every device of an account except the one of the session `but` ("": all of them)."""
        now = int(self._now())

        async def stop(connection: Connection) -> None:
            await stop_devices(connection, account, now, but=but)
            await note(connection, "sessions_ended", actor=actor, account=account)

        await self._db.write(stop)


async def stop_devices(connection: Connection, account: str, now: int, *, but: str = "") -> None:
    """Inside a write: end sessions and credentials of an account, except those of the session `but`."""
    await connection.execute("DELETE FROM sessions WHERE account = ? AND id <> ?", (account, but))
    await connection.execute(
        "UPDATE device_credentials SET revoked_at = ?"
        " WHERE account = ? AND session <> ? AND revoked_at IS NULL",
        (now, account, but),
    )
