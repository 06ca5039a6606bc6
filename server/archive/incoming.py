"""Taking an audit in: an exported one as it is, or an interchange file; told apart by their first bytes."""

from __future__ import annotations

import asyncio
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

from server.archive import keeping, layout
from server.archive.export import authors_of
from server.archive.layout import Blob, Person, Rooms
from server.archive.reading import Archive, is_zip, open_blob, read_archive
from server.audit.interchange import Problem, Refused
from server.audit.interchange.problems import refusal
from server.audit.interchange.source import MAX_BYTES
from server.database import Connection
from server.evidence.blobs import Held
from server.evidence.pictures import MEDIA, NotAPicture, media_of
from server.importing import Imported, ImportFailed, import_file
from server.journal.store import Forked

_PIECE = 1024 * 1024


async def take_in(rooms: Rooms, file: Path) -> Imported:
    """Import a file of either kind.

    Raises `Refused` with every place that is wrong, `ImportFailed` where a sound file could not be stored,
    `OSError` where it can't be read. Nothing is half-stored.
    """
    if await asyncio.to_thread(_begins_as_zip, file):
        return await import_archive(rooms, file)
    if (await asyncio.to_thread(file.stat)).st_size > MAX_BYTES:
        raise refusal((), "文件超过32 MB", "the file is larger than 32 MB")
    data = await asyncio.to_thread(file.read_bytes)
    return await import_file(rooms.journal, rooms.evidence.blobs, rooms.criteria, data)


async def import_archive(rooms: Rooms, file: Path) -> Imported:
    """Take over an exported audit: ids, seq, times and hashes stay as they are.

    What goes on from what is here extends it, the same adds nothing, a fork is refused. Raises as `take_in`.
    """
    archive = await asyncio.to_thread(read_archive, file)
    audit = archive.manifest.audit
    await _check_no_fork(rooms, archive)
    wanted = await _wanted(rooms, archive)
    brought = await _bring(rooms, archive, wanted)

    async def beside(connection: Connection) -> None:
        held = [
            Held(sha256=one.sha256, size=one.size, media=one.media, received_at=one.received_at)
            for one in wanted
        ]
        await rooms.evidence.blobs.hold(connection, audit, held)
        await keeping.put_files(connection, files)
        await keeping.put_names(connection, audit, people)

    files = await asyncio.to_thread(_pinned, archive)
    people = await asyncio.to_thread(_people, archive)
    try:
        added = await rooms.journal.adopt(audit, archive.rows, beside)
    except BaseException as error:
        await _take_back(rooms, brought)
        if isinstance(error, Forked):
            raise _forked(error) from error
        raise
    await let_go_of_erased(rooms, archive)
    return Imported(
        audit=audit, number=archive.manifest.number, added=added, warnings=tuple(_warnings(archive))
    )


async def let_go_of_erased(rooms: Rooms, archive: Archive) -> None:
    """Drop blobs that the audit erased elsewhere and that are still here."""
    gone = await rooms.evidence.blobs.let_go(archive.manifest.audit, archive.state.erased_blobs)
    for sha256 in gone:
        await asyncio.to_thread(rooms.evidence.pictures.discard, sha256)


async def _check_no_fork(rooms: Rooms, archive: Archive) -> None:
    """Look before photos are written; the transaction looks again."""
    audit = archive.manifest.audit
    if await rooms.journal.head(audit) is None:
        return
    here = await rooms.journal.records(audit)
    for record, row in zip(here, archive.rows, strict=False):
        if record.hash != row.record.hash:
            raise _forked(Forked(record.seq))
        if (record.standing, record.reason, record.skew_ms) != (
            row.record.standing,
            row.record.reason,
            row.record.skew_ms,
        ):
            raise _forked(Forked(record.seq, standing=True))


def _forked(fork: Forked) -> Refused:
    where = f"{layout.INDEX}:{fork.seq}"
    if fork.standing:
        return _refusal(
            where,
            f"第{fork.seq}条的收录状态与本机不同，没有导入",
            f"forked at seq {fork.seq}: the entry is the same, its standing here is another",
        )
    return _refusal(
        where,
        f"在第{fork.seq}条分叉：本机的日志从这一条起不同，没有导入",
        f"forked at seq {fork.seq}: from there on the journal here is another",
    )


def _refusal(where: str, zh: str, en: str) -> Refused:
    return Refused([Problem(where, zh, en)])


async def _wanted(rooms: Rooms, archive: Archive) -> list[Blob]:
    """Blobs that the audit is to hold: all of them but those erased here or there."""
    erased = archive.state.erased_blobs
    if await rooms.journal.head(archive.manifest.audit) is not None:
        erased |= (await rooms.journal.state(archive.manifest.audit)).erased_blobs
    return [blob for blob in archive.manifest.blobs if blob.sha256 not in erased]


async def _bring(rooms: Rooms, archive: Archive, wanted: list[Blob]) -> list[str]:
    """Put the bytes of these blobs in their places; returns the ones that were not there."""
    blobs, brought = rooms.evidence.blobs, list[str]()
    try:
        with await asyncio.to_thread(zipfile.ZipFile, archive.path) as zipped:
            for blob in wanted:
                if not blobs.is_there(blob.sha256):
                    brought.append(blob.sha256)
                    sha256, _ = await blobs.bring(_pieces(zipped, blob.sha256))
                    if sha256 != blob.sha256:
                        raise ImportFailed(f"{archive.path.name} changed while it was read; import it again")
                await asyncio.to_thread(_check_media, blobs.path(blob.sha256), blob)
    except BaseException:
        await _take_back(rooms, brought)
        raise
    return brought


def _check_media(path: Path, blob: Blob) -> None:
    """A picture is one: its type decides how browsers are shown it."""
    if blob.media not in MEDIA.values():
        return
    try:
        media = media_of(path)
    except NotAPicture as error:
        media = str(error)
    if media != blob.media:
        raise _refusal(
            layout.BLOBS + blob.sha256,
            f"不是{blob.media}的图片",
            f"is no picture of type {blob.media}: {media}",
        )


async def _take_back(rooms: Rooms, brought: list[str]) -> None:
    for sha256 in brought:
        await rooms.evidence.blobs.drop_unheld(sha256)


async def _pieces(zipped: zipfile.ZipFile, sha256: str) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(open_blob, zipped, sha256) as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _pinned(archive: Archive) -> list[keeping.File]:
    with zipfile.ZipFile(archive.path) as zipped:
        return [
            keeping.File(kind=one.kind, name=one.name, content=zipped.read(layout.PINNED + one.sha256))
            for one in archive.manifest.pinned
        ]


def _people(archive: Archive) -> list[Person]:
    """Everybody who wrote, by name where one came along: known here by that name alone."""
    names = {person.id: person.name for person in archive.people}
    unnamed = authors_of(archive.rows) - names.keys()
    return [Person(id=key, name=name) for key, name in [*names.items(), *((key, "") for key in unnamed)]]


def _warnings(archive: Archive) -> list[Problem]:
    return [
        Problem(layout.BLOBS + sha256, "导出时已经没有这个原件", "the exporting server had lost these bytes")
        for sha256 in archive.manifest.lost
    ]


def _begins_as_zip(file: Path) -> bool:
    with file.open("rb") as opened:
        return is_zip(opened.read(4))


async def import_command(rooms: Rooms, file: Path) -> int:
    """`clausewalk audit import FILE`: the audit's id alone on the last line; 2: bad input, 1: failure."""
    try:
        imported = await take_in(rooms, file)
    except Refused as refused:
        for problem in refused.problems:
            print(f"{file.name} {problem}", file=sys.stderr)
        return 2
    except ImportFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    except OSError as error:
        if error.filename != str(file):
            raise
        print(f"{file}: {error.strerror}", file=sys.stderr)
        return 2
    for warning in imported.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    print(f"{imported.number}: {imported.added} entries", file=sys.stderr)
    print(imported.audit)
    return 0
