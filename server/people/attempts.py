"""Limits on attempts — to sign in, to give the old password, to open links — counted in the database.

Every process counts alike, and a restart forgets nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from server.database import Connection, Database

_FIRST_WAIT = 2
_LONGEST_WAIT = 15 * 60
_FORGET_AFTER = 24 * 3600


class Subject(NamedTuple):
    """What failures are counted for. `free` failures cost nothing.

    `shared`: many people may stand behind it, so that the success of one doesn't forget what others failed.
    """

    name: str
    free: int
    shared: bool = False


def login_subject(login: str) -> Subject:
    """Signing in with one login."""
    return Subject(f"login {login[:64]}", 5)


def address_subject(address: str) -> Subject:
    """Signing in from one address: a whole office often shares one."""
    return Subject(f"address {address}", 30, shared=True)


def password_subject(account: str) -> Subject:
    """Giving one's old password: whoever found an unlocked phone guesses there."""
    return Subject(f"password {account}", 5)


def link_subject(address: str) -> Subject:
    """Opening links that there aren't."""
    return Subject(f"links {address}", 10, shared=True)


class TooMany(Exception):
    """Too many failed attempts. `until` is the moment (seconds since 1970) from which one may try again."""

    def __init__(self, until: int) -> None:
        super().__init__(f"try again at {until}")
        self.until = until

    @property
    def wait(self) -> int:
        """Seconds from now on, at least one."""
        return max(1, self.until - int(time.time()))


class Attempts:
    """Counts failures; each one beyond the free ones doubles the wait, from 2 s up to 15 min."""

    def __init__(self, db: Database, now: Callable[[], float] = time.time) -> None:
        self._db = db
        self._now = now

    async def begin(self, *subjects: Subject) -> None:
        """Count an attempt as failed until it succeeds; raises TooMany while one of them has to wait."""
        now = int(self._now())

        async def count(connection: Connection) -> int:
            await connection.execute("DELETE FROM attempts WHERE last_at < ?", (now - _FORGET_AFTER,))
            until = max([await _blocked_to(connection, subject) for subject in subjects])
            if until <= now:
                for subject in subjects:
                    await _count(connection, subject, now)
            return until

        until = await self._db.write(count)
        if until > now:
            raise TooMany(until)

    async def succeeded(self, *subjects: Subject) -> None:
        """Forget the failures; for what is shared take back this one attempt alone."""

        async def forget(connection: Connection) -> None:
            for subject in subjects:
                if subject.shared:
                    await connection.execute(
                        "UPDATE attempts SET failures = max(failures - 1, 0), blocked_to = 0"
                        " WHERE subject = ?",
                        (subject.name,),
                    )
                else:
                    await connection.execute("DELETE FROM attempts WHERE subject = ?", (subject.name,))

        await self._db.write(forget)


async def _blocked_to(connection: Connection, subject: Subject) -> int:
    async with connection.execute(
        "SELECT blocked_to FROM attempts WHERE subject = ?", (subject.name,)
    ) as cursor:
        row = await cursor.fetchone()
    return row[0] if row else 0


async def _count(connection: Connection, subject: Subject, now: int) -> None:
    await connection.execute(
        "INSERT INTO attempts (subject, failures, last_at, blocked_to) VALUES (?, 1, ?, 0)"
        " ON CONFLICT (subject) DO UPDATE SET failures = failures + 1, last_at = excluded.last_at",
        (subject.name, now),
    )
    async with connection.execute(
        "SELECT failures FROM attempts WHERE subject = ?", (subject.name,)
    ) as cursor:
        row = await cursor.fetchone()
    over = (row[0] if row else 0) - subject.free
    if over >= 0:
        wait = min(_FIRST_WAIT * 2 ** min(over, 20), _LONGEST_WAIT)
        await connection.execute(
            "UPDATE attempts SET blocked_to = ? WHERE subject = ?", (now + wait, subject.name)
        )
