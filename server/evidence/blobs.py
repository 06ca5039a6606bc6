"""Bytes known by their SHA-256, durable before anybody is told so."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from msgspec import Struct

from server.database import Connection, Database
from server.files import sync_folder

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PIECE = 1024 * 1024
_LAST_FOLDER = "ff"


class Digest(Protocol):
    """A hash that is being computed."""

    def update(self, data: bytes | bytearray, /) -> None: ...

    def hexdigest(self) -> str: ...


class Held(Struct, frozen=True, kw_only=True):
    """What an audit knows of a blob it holds. `media` is what the bytes are, not what a sender claimed."""

    sha256: str
    size: int
    media: str
    received_at: str


class Blobs:
    """A folder of files named by hash, and which audits hold which. Equal bytes are stored once."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self._folder = folder

    @classmethod
    async def open(cls, db: Database, folder: Path) -> Blobs:
        """The blobs in a folder, their tables made or brought up to date."""
        await db.migrate("evidence", Path(__file__).parent / "migrations")
        await asyncio.to_thread(_make_folders, folder)
        return cls(db, folder)

    def path(self, sha256: str) -> Path:
        """Where a blob's bytes are, if they are there; `ValueError` for what is no SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("a blob is named by 64 hexadecimal digits")
        return self._folder / sha256[:2] / sha256

    def is_there(self, sha256: str) -> bool:
        """Whether there are bytes under this name, whoever holds them."""
        return self.path(sha256).is_file()

    async def put(self, audit: str, data: bytes | AsyncIterator[bytes], *, media: str) -> str:
        """Store bytes for an audit and return their SHA-256 once they are durable."""
        sha256, size = await self.bring(data)
        await self.note(audit, sha256, size=size, media=media)
        return sha256

    async def bring(self, data: bytes | AsyncIterator[bytes]) -> tuple[str, int]:
        """Put bytes in their place, for whoever holds them next; returns their SHA-256 and size."""
        part = self._folder / f"{uuid4()}.part"
        try:
            sha256, size = await _write(part, data)
            await asyncio.to_thread(self.place, part, sha256)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return sha256, size

    def place(self, part: Path, sha256: str) -> None:
        """Make a complete, synced file on the same disk a blob; the caller has checked its hash. Blocks."""
        place = self.path(sha256)
        part.replace(place)
        sync_folder(place.parent)

    async def note(self, audit: str, sha256: str, *, size: int, media: str) -> None:
        """Note durably that an audit holds a blob that is in its place."""
        received_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        held = Held(sha256=sha256, size=size, media=media, received_at=received_at)
        await self._db.write(partial(self.hold, audit=audit, held=[held]))

    async def hold(self, connection: Connection, audit: str, held: Sequence[Held]) -> None:
        """Note inside the caller's write that an audit holds blobs that are in their places.

        Raises `FileNotFoundError` where one is not: bytes that nobody held may have been dropped meanwhile.
        """
        rows = [(audit, one.sha256, one.size, one.media, one.received_at) for one in held]
        await connection.run(partial(_hold, paths=[self.path(one.sha256) for one in held], rows=rows))

    async def let_go(self, audit: str, shas: Iterable[str]) -> list[str]:
        """The audit no longer holds these blobs; returns those whose bytes are gone, as nobody else does."""
        return await self._db.write(partial(self._let_go, audit=audit, shas=list(shas)))

    async def _let_go(self, connection: Connection, audit: str, shas: list[str]) -> list[str]:
        def work(raw: sqlite3.Connection) -> list[str]:
            gone = []
            for sha256 in shas:
                raw.execute("DELETE FROM blobs_held WHERE audit = ? AND sha256 = ?", (audit, sha256))
                others = raw.execute("SELECT 1 FROM blobs_held WHERE sha256 = ? LIMIT 1", (sha256,))
                if others.fetchone() is None:
                    # Inside the transaction: whoever brings the same bytes now notices that they are gone.
                    self.path(sha256).unlink(missing_ok=True)
                    gone.append(sha256)
            return gone

        return await connection.run(work)

    async def unheld(self) -> list[Path]:
        """Files in the folder that no audit holds: what an interrupted import or upload left behind."""
        held = {row[0] for row in await self._db.read("SELECT DISTINCT sha256 FROM blobs_held")}
        return await asyncio.to_thread(
            lambda: [path for path in _files(self._folder) if path.name not in held]
        )

    async def drop_unheld(self, sha256: str) -> None:
        """Remove a file that no audit holds; nothing happens where one does by now."""
        await self._db.write(partial(self._let_go, audit="", shas=[sha256]))

    async def held(self, audit: str, sha256: str) -> Held | None:
        """What the audit holds under this hash; None if it holds nothing, whoever else may."""
        row = await self._db.read_one(
            "SELECT sha256, size, media, received_at FROM blobs_held WHERE audit = ? AND sha256 = ?",
            audit,
            sha256,
        )
        return Held(**dict(row)) if row else None

    async def has(self, audit: str, sha256: str) -> bool:
        """Whether the audit holds these bytes."""
        return await self.held(audit, sha256) is not None

    async def all_held(self, audit: str) -> list[Held]:
        """Everything the audit holds."""
        rows = await self._db.read(
            "SELECT sha256, size, media, received_at FROM blobs_held WHERE audit = ? ORDER BY sha256", audit
        )
        return [Held(**dict(row)) for row in rows]

    async def hashes(self, audit: str) -> frozenset[str]:
        """The hashes of everything the audit holds."""
        rows = await self._db.read("SELECT sha256 FROM blobs_held WHERE audit = ?", audit)
        return frozenset(row[0] for row in rows)

    async def count(self, audit: str) -> int:
        """How many blobs the audit holds."""
        row = await self._db.read_one("SELECT count(*) FROM blobs_held WHERE audit = ?", audit)
        return int(row[0]) if row else 0

    async def missing(self, audit: str, shas: Iterable[str]) -> set[str]:
        """Those of the hashes that the audit does not hold (yet)."""
        return set(shas) - await self.hashes(audit)


def _make_folders(folder: Path) -> None:
    """All folders for the first two digits, so that storing a blob syncs no more than the one it lies in."""
    if (folder / _LAST_FOLDER).is_dir():
        return
    for number in range(0x100):
        (folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)
    sync_folder(folder)
    sync_folder(folder.parent)


def _hold(raw: sqlite3.Connection, paths: Sequence[Path], rows: Sequence[tuple[object, ...]]) -> None:
    for path in paths:
        path.stat()
    raw.executemany(
        "INSERT INTO blobs_held (audit, sha256, size, media, received_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        rows,
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path


async def _write(part: Path, data: bytes | AsyncIterator[bytes]) -> tuple[str, int]:
    if isinstance(data, bytes):
        return await asyncio.to_thread(_write_whole, part, data)
    digest = hashlib.sha256()
    file = await asyncio.to_thread(_create, part)
    try:
        async for piece in data:
            await asyncio.to_thread(_append, file, piece, digest)
        await asyncio.to_thread(os.fsync, file)
        return digest.hexdigest(), os.fstat(file).st_size
    finally:
        os.close(file)


def _write_whole(part: Path, data: bytes) -> tuple[str, int]:
    file = _create(part)
    try:
        write_all(file, data)
        os.fsync(file)
    finally:
        os.close(file)
    return hashlib.sha256(data).hexdigest(), len(data)


def _create(part: Path) -> int:
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _append(file: int, piece: bytes, digest: Digest) -> None:
    write_all(file, piece)
    digest.update(piece)


def write_all(file: int, data: bytes | bytearray) -> None:
    """`os.write` may write less than it was given."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file's bytes as they are on disk."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
