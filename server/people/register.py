"""The register of the house's people: registrations per scheme, languages, declared interests.

A person and their account share the principal id; a person may have no account. What an audit's team was made
of is copied into its journal, so that a later change here changes no audit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from server.audit.setup import Interest, Registration
from server.database import Connection, Database
from server.people.security_log import note

EXPIRES_SOON = timedelta(days=60)
"""So long before a registration ends, lists and forms begin to warn."""

_NEVER = "9999-12-31"


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a person beside the names."""

    registrations: list[Registration] = []
    languages: list[str] = []
    interests: list[Interest] = []


class Person(Struct, frozen=True, kw_only=True):
    """One person. `version` counts up with each change; 0 was never kept."""

    id: str
    name: str
    name_en: str = ""
    facts: Facts = Facts()
    version: int = 0

    @property
    def registrations(self) -> list[Registration]:
        """Registrations, each for one scheme."""
        return self.facts.registrations

    def ending(self, today: date) -> list[Registration]:
        """Registrations that have ended or end within `EXPIRES_SOON`."""
        limit = (today + EXPIRES_SOON).isoformat()
        return [one for one in self.registrations if one.valid_until and one.valid_until <= limit]


class PersonChanged(Exception):
    """Somebody else changed the person meanwhile: what they wrote must not vanish."""


class Register:
    """The people of one certification body."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, search: str = "", *, limit: int = 100, offset: int = 0) -> list[Person]:
        """People by name whose names, numbers, schemes or codes hold each of the words, in that order."""
        words = search.casefold().split()
        where = " AND ".join(["words LIKE ? ESCAPE '!'"] * len(words)) or "1"
        rows = await self._db.read(
            f"SELECT id, name, name_en, body, version FROM persons WHERE {where}"
            " ORDER BY name, id LIMIT ? OFFSET ?",
            *(f"%{_escape(word)}%" for word in words),
            limit,
            offset,
        )
        return [_person(row) for row in rows]

    async def get(self, person: str) -> Person | None:
        """One person by principal."""
        row = await self._db.read_one(
            "SELECT id, name, name_en, body, version FROM persons WHERE id = ?", person
        )
        return _person(row) if row else None

    async def known(self) -> set[str]:
        """Principals of everybody in the register."""
        return {row["id"] for row in await self._db.read("SELECT id FROM persons")}

    async def names(self) -> dict[str, str]:
        """The name of everybody in the register, by principal."""
        return {row["id"]: row["name"] for row in await self._db.read("SELECT id, name FROM persons")}

    async def ending(self, today: date) -> int:
        """How many people have a registration that has ended or ends soon."""
        limit = (today + EXPIRES_SOON).isoformat()
        row = await self._db.read_one("SELECT count(*) FROM persons WHERE expires <= ?", limit)
        return row[0] if row else 0

    async def keep(self, person: Person, *, actor: str | None = None) -> None:
        """Add a person (`version` 0) or replace the version that was seen; raises `PersonChanged`."""

        async def store(connection: Connection) -> None:
            row = (*_columns(person), person.id, person.version)
            if person.version:
                cursor = await connection.execute(
                    "UPDATE persons SET name = ?, name_en = ?, body = ?, expires = ?, words = ?,"
                    " version = version + 1 WHERE id = ? AND version = ?",
                    row,
                )
            else:
                cursor = await connection.execute(
                    "INSERT INTO persons (name, name_en, body, expires, words, id, version)"
                    " VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT (id) DO NOTHING",
                    row[:-1],
                )
            if cursor.rowcount == 0:
                raise PersonChanged
            await note(connection, "person_changed", actor=actor, account=person.id)

        await self._db.write(store)

    async def add_missing(self, people: Iterable[Person]) -> None:
        """Add those who are not there yet, and leave the others as they are."""
        known = await self.known()
        for person in people:
            if person.id not in known:
                await self.keep(person)


def _columns(person: Person) -> tuple[str, str, str, str, str]:
    body = msgspec.json.encode(person.facts).decode()
    ends = [one.valid_until for one in person.registrations if one.valid_until]
    told = [
        part for one in person.registrations for part in (one.scheme, one.number, *one.professional_codes)
    ]
    words = " ".join((person.name, person.name_en, *told, *person.facts.languages)).casefold()
    return person.name, person.name_en, body, min(ends, default=_NEVER), words


def _person(row: sqlite3.Row) -> Person:
    facts = msgspec.json.decode(row["body"], type=Facts)
    return Person(id=row["id"], name=row["name"], name_en=row["name_en"], facts=facts, version=row["version"])


def _escape(words: str) -> str:
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")
