"""Criteria as they were, by hash, and names of people who have no account here."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from server.archive.layout import Person, Rooms
from server.audit.state import State
from server.criteria.document import Document, read_documents
from server.criteria.editions import in_editions
from server.criteria.load import LAID_DOWN, Criteria, as_begun
from server.database import Connection, Database

_KNOWN = 8
"""Versions of all criteria kept in memory: audits that began on the same day share one."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class File(Struct, frozen=True, kw_only=True):
    """A file of criteria: its kind and id, and its bytes."""

    kind: str
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


async def open_tables(db: Database) -> None:
    """Make this room's tables, or bring them up to date."""
    await db.migrate("archive", Path(__file__).parent / "migrations")


async def keep_criteria(db: Database, criteria: Criteria, folders: Sequence[Path]) -> None:
    """Keep every file of criteria in `folders` that is not kept yet: an upgrade may change or remove it."""
    known = {row[0] for row in await db.read("SELECT sha256 FROM pinned_files")}
    if set(criteria.digests.values()) <= known:
        return
    documents = await asyncio.to_thread(read_documents, folders)
    new = [document for document in documents if document.digest and document.digest not in known]
    files = [File(kind=document.kind, name=document.id, content=document.content) for document in new]
    await db.write(partial(put_files, files=files))


class AsBegun:
    """Criteria by audit: each keeps those that it began with, whatever is changed or added later."""

    def __init__(self, db: Database, current: Criteria) -> None:
        self._db, self._current = db, current
        self._known: OrderedDict[frozenset[tuple[str, str]], Criteria] = OrderedDict()
        """By what an audit pinned and which editions it names."""

    async def of(self, state: State) -> Criteria:
        """The criteria of an audit, in the numbers of the editions it names.

        What it pinned and nobody kept here is taken as it is now.
        """
        pins = state.setup.pins
        editions = {one.scheme: one.standard for one in state.setup.visit.criteria if one.standard}
        key = frozenset((*pins.items(), *editions.items()))
        if key not in self._known:
            self._known[key] = in_editions(await self._made(pins), editions)
            if len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    async def _made(self, pins: Mapping[str, str]) -> Criteria:
        standing = {f"{kind}:{name}": digest for (kind, name), digest in self._current.digests.items()}
        other = {digest for pin, digest in pins.items() if standing.get(pin) != digest}
        later = {pin for pin in standing.keys() - pins.keys() if pin.partition(":")[0] in LAID_DOWN}
        if not other and not (later and any(pin.startswith("list:") for pin in pins)):
            return self._current
        files = await pinned_files(self._db, other)
        documents = [Document(Path(file.name), content=file.content, kind=file.kind) for file in files]
        return await asyncio.to_thread(as_begun, self._current, pins, documents)


async def put_files(connection: Connection, files: Iterable[File]) -> None:
    """Keep files inside the caller's write."""
    await connection.executemany(
        "INSERT INTO pinned_files (sha256, kind, name, content) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(file.sha256, file.kind, file.name, file.content) for file in files],
    )


def pins_of(state: State) -> set[str]:
    """Digests of everything an audit has pinned, at its set-up and at each release."""
    pinned = [*state.setup.pins.values()]
    for release in state.releases:
        pinned += release.pins.values()
    return {digest for digest in pinned if isinstance(digest, str) and _SHA256.fullmatch(digest)}


async def pinned_files(db: Database, digests: Iterable[str]) -> list[File]:
    """Those of the pinned files that are kept here, by digest."""
    wanted = sorted(digests)
    marks = ",".join("?" * len(wanted))
    rows = await db.read(
        f"SELECT kind, name, content FROM pinned_files WHERE sha256 IN ({marks}) ORDER BY sha256", *wanted
    )
    return [File(kind=row["kind"], name=row["name"], content=row["content"]) for row in rows]


async def names_of(rooms: Rooms, audit: str, principals: Iterable[str]) -> dict[str, str]:
    """Names of these people: as the audit brought them, else by their account; the unknown are left out.

    Somebody who came without a name stays so, even where an account has the same id.
    """
    accounts = {row["id"]: row["name"] for row in await rooms.db.read("SELECT id, name FROM accounts")}
    brought = {
        row["principal"]: row["name"]
        for row in await rooms.db.read("SELECT principal, name FROM names_brought WHERE audit = ?", audit)
    }
    names = accounts | brought
    return {principal: names[principal] for principal in sorted(set(principals)) if names.get(principal)}


async def put_names(connection: Connection, audit: str, people: Iterable[Person]) -> None:
    """Keep names inside the caller's write; one that is kept already stays."""
    await connection.executemany(
        "INSERT INTO names_brought (audit, principal, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(audit, person.id, person.name) for person in people],
    )
