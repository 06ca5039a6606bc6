"""An audit as one file: its journal byte for byte, its photos, what it was made with, the hashes of all."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from msgspec import Struct

from server.archive import keeping, layout, zipped
from server.archive.layout import Blob, Content, Line, Manifest, Person, Pinned, Rooms
from server.archive.zipped import Member
from server.audit.state import State
from server.evidence.blobs import Blobs, Held
from server.evidence.check import carried_by, readable
from server.files import sync_folder
from server.journal.chain import standing_digest
from server.journal.store import Row
from server.journal.verify import find_damage

_PIECE = 1024 * 1024


class ExportFailed(RuntimeError):
    """The audit can't be handed out as it is; the text is one line that says what to do."""


class Export(Struct, frozen=True, kw_only=True):
    """An export that is ready to be written. `lost` are blobs without bytes, which it only names."""

    audit: str
    name: str
    size: int
    lost: tuple[str, ...]
    stream: Callable[[], AsyncIterator[bytes]]


async def export_audit(rooms: Rooms, audit: str) -> Export:
    """The export of an audit as of now. The same audit gives the same bytes, whenever and wherever.

    Raises `NoSuchAudit`, and `ExportFailed` where its entries are damaged.
    """
    rows, head = await rooms.journal.whole(audit)
    damages = [
        one for one in await asyncio.to_thread(find_damage, audit, rows, head) if one.problem != "erased"
    ]
    if damages or head is None:
        raise ExportFailed(
            f"audit {audit} is damaged at entry {damages[0].seq}; `clausewalk audit verify` it"
        )
    state = await rooms.journal.state(audit)
    blobs, lost = await _blobs(rooms.evidence.blobs, audit)
    pinned = await keeping.pinned_files(rooms.db, keeping.pins_of(state))
    names = await keeping.names_of(rooms, audit, await asyncio.to_thread(authors_of, rows))
    entries, index = await asyncio.to_thread(_journal, rows)
    people = layout.encode_lines([Person(id=key, name=name) for key, name in names.items()])
    manifest = Manifest(
        format=layout.FORMAT,
        version=layout.VERSION,
        audit=audit,
        number=_number(state),
        head=layout.Head(seq=head.seq, hash=head.hash),
        standing=standing_digest(row.record for row in rows),
        entries=_content(entries),
        index=_content(index),
        people=_content(people),
        blobs=[blob for blob, _ in blobs],
        pinned=[
            Pinned(kind=one.kind, name=one.name, sha256=one.sha256, size=len(one.content)) for one in pinned
        ],
        lost=lost,
    )
    members = [
        _in_memory(layout.MANIFEST, layout.encode_manifest(manifest)),
        _in_memory(layout.ENTRIES, entries),
        _in_memory(layout.INDEX, index),
        _in_memory(layout.PEOPLE, people),
        *(_in_memory(layout.PINNED + one.sha256, one.content) for one in pinned),
        *(_on_disk(rooms.evidence.blobs, blob, crc) for blob, crc in blobs),
    ]
    return Export(
        audit=audit,
        name=f"{_file_name(manifest.number) or audit}.zip",
        size=zipped.length(members),
        lost=tuple(lost),
        stream=lambda: zipped.stream(members),
    )


async def write_export(export: Export, out: Path) -> None:
    """Write an export to a file that is there as a whole or not at all. Raises `OSError`."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            async for piece in export.stream():
                await asyncio.to_thread(file.write, piece)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        part.replace(out)
        await asyncio.to_thread(sync_folder, out.parent)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def authors_of(rows: Sequence[Row]) -> set[str]:
    """Everybody who wrote or carried an entry that can be read."""
    entries = list(readable(row.record for row in rows if not row.record.digest))
    return {one.by for entry in entries for one in (entry, *carried_by(entry))}


def _journal(rows: Sequence[Row]) -> tuple[bytes, bytes]:
    """The entries as they are stored, a line break after each, and the index that says where each ends."""
    raws = b"".join(row.record.raw + b"\n" for row in rows if not row.record.digest)
    return raws, layout.encode_lines([_line(row) for row in rows])


def _line(row: Row) -> Line:
    record = row.record
    return Line(
        seq=record.seq,
        id=row.id,
        size=len(record.raw),
        sha256=record.digest or hashlib.sha256(record.raw).hexdigest(),
        received_at=record.received_at,
        hash=record.hash,
        standing=record.standing,
        reason=record.reason,
        skew_ms=record.skew_ms,
        erased=bool(record.digest),
    )


async def _blobs(blobs: Blobs, audit: str) -> tuple[list[tuple[Blob, int]], list[str]]:
    """What the audit holds, each with its CRC-32, and what it has lost."""
    found, lost = [], []
    for held in await blobs.all_held(audit):
        crc = await asyncio.to_thread(_checked, blobs.path(held.sha256), held)
        if crc is None:
            lost.append(held.sha256)
        else:
            blob = Blob(sha256=held.sha256, size=held.size, media=held.media, received_at=held.received_at)
            found.append((blob, crc))
    return found, lost


def _checked(path: Path, held: Held) -> int | None:
    """The CRC-32 of a blob's bytes; None where they are not there or not what their name says."""
    digest, crc, size = hashlib.sha256(), 0, 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                crc = crc32(piece, crc)
                size += len(piece)
    except FileNotFoundError:
        return None
    return crc if (digest.hexdigest(), size) == (held.sha256, held.size) else None


def _content(data: bytes) -> Content:
    return Content(size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _in_memory(name: str, data: bytes) -> Member:
    async def pieces() -> AsyncIterator[bytes]:
        yield data

    return Member(name=name, size=len(data), crc=crc32(data), pieces=pieces)


def _on_disk(blobs: Blobs, blob: Blob, crc: int) -> Member:
    async def pieces() -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(blobs.path(blob.sha256).open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece
        finally:
            file.close()

    return Member(name=layout.BLOBS + blob.sha256, size=blob.size, crc=crc, pieces=pieces)


def _number(state: State) -> str:
    return state.opened.number if state.opened else ""


def _file_name(number: str) -> str:
    """The audit's number as a file's name."""
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in number).strip(".-")[:80]
