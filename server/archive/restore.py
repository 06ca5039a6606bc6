"""A backup becomes a data folder again, after everything in it has been verified."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from server.archive import snapshot
from server.archive.snapshot import BackupError, Description, Progress
from server.database import FILE_NAME, Database
from server.evidence.rooms import Evidence
from server.files import sync_folder
from server.journal import Journal, NoSuchAudit


class Restored(Struct, frozen=True, kw_only=True):
    """What came back. `lost` was missing when the backup was made, `damaged` since, or is: by name."""

    made_at: str
    audits: int
    blobs: int
    lost: tuple[str, ...]
    damaged: tuple[str, ...]


async def restore(given: Path, data: Path, *, salvage: bool = False, progress: Progress) -> Restored:
    """Make the data folder `data` (missing or empty) from a backup, the newest in a folder of them.

    Everything is verified: database, every entry's chain, every blob. Where something is damaged nothing is
    made and `BackupError` names it; with `salvage` what is whole is restored and the rest named. Everybody
    has to sign in again. Raises `BackupError`, `OSError`.
    """
    data = await asyncio.to_thread(data.resolve)
    found, folder = await asyncio.to_thread(snapshot.find, given)
    description = snapshot.describe(found)
    part = await asyncio.to_thread(_begin, data)
    try:
        damaged = await asyncio.to_thread(_take_files, found, part, description)
        damaged += await asyncio.to_thread(_take_blobs, folder, part, description, progress)
        damaged += await _verify(part, description)
        if damaged and not salvage:
            raise BackupError(
                f"{found} is damaged: {'; '.join(damaged[:20])}{' …' if len(damaged) > 20 else ''}; restore"
                " another backup, or what is whole of this one with --salvage"
            )
        await asyncio.to_thread(_finish, part, data)
    finally:
        await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
    return Restored(
        made_at=description.made_at,
        audits=len(description.audits),
        blobs=len(description.blobs),
        lost=tuple(description.lost),
        damaged=tuple(damaged),
    )


def _begin(data: Path) -> Path:
    """A folder beside the one to be: half a restored folder must never be served."""
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise BackupError(f"{data} is not empty; name a folder that is missing or empty with --data")
    data.parent.mkdir(parents=True, exist_ok=True)
    part = data.with_name(data.name + ".restoring")
    if part.exists():
        shutil.rmtree(part)
    part.mkdir(mode=0o700)
    return part


def _finish(part: Path, data: Path) -> None:
    snapshot.sync_tree(part)
    if data.exists():
        data.rmdir()
    part.replace(data)
    sync_folder(data.parent)


def _take_files(found: Path, part: Path, description: Description) -> list[str]:
    """The database and the files beside it. A database that is not the one that was taken is never used."""
    taken = description.database
    if _copied(found / FILE_NAME, part / FILE_NAME) != (taken.sha256, taken.size):
        raise BackupError(f"{found / FILE_NAME}: is missing or was changed; restore another backup")
    with closing(sqlite3.connect(part / FILE_NAME)) as database:
        wrong = [row[0] for row in database.execute("PRAGMA integrity_check")]
    if wrong != ["ok"]:
        raise BackupError(f"{found / FILE_NAME}: {wrong[0]}; restore another backup")
    damaged = []
    for one in description.files:
        target = snapshot.inside(part, one.path)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _copied(snapshot.inside(found / snapshot.FILES, one.path), target) != (one.sha256, one.size):
            target.unlink(missing_ok=True)
            damaged.append(f"{one.path} is missing or was changed")
    return damaged


def _take_blobs(folder: Path, part: Path, description: Description, progress: Progress) -> list[str]:
    total, done = sum(blob.size for blob in description.blobs), 0
    damaged = []
    for blob in description.blobs:
        target = snapshot.blob_path(part, blob.sha256)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _copied(snapshot.blob_path(folder, blob.sha256), target) != (blob.sha256, blob.size):
            target.unlink(missing_ok=True)
            damaged.append(f"blob {blob.sha256} is missing or was changed")
        done += blob.size
        progress(done, total)
    return damaged


def _copied(source: Path, target: Path) -> tuple[str, int] | None:
    try:
        return snapshot.copy(source, target)
    except FileNotFoundError:
        return None


async def _verify(part: Path, description: Description) -> list[str]:
    """Every chain, the end of every audit, every blob held; then sessions end: they may have ended since."""
    db = await Database.open(part)
    try:
        journal, evidence = await Journal.open(db), await Evidence.open(db, part)
        damaged = []
        for end in description.audits:
            damaged += await _wrong_with(journal, end.audit)
            if await journal.head(end.audit) != (end.seq, end.hash):
                damaged.append(f"audit {end.audit}: doesn't end where it did")
        if set(await journal.audits()) != {end.audit for end in description.audits}:
            damaged.append("the database holds other audits than the backup says")
        named = {blob.sha256 for blob in description.blobs} | set(description.lost)
        rows = await db.read("SELECT DISTINCT sha256 FROM blobs_held")
        damaged += [f"blob {row[0]} is not in the backup" for row in rows if row[0] not in named]
        if await db.read("SELECT 1 FROM sqlite_master WHERE name = 'sessions'"):
            await db.write(lambda connection: connection.execute_insert("DELETE FROM sessions"))
        await asyncio.to_thread(evidence.pictures.clear)
        return damaged
    finally:
        await db.close()


async def _wrong_with(journal: Journal, audit: str) -> list[str]:
    try:
        damages = await journal.verify(audit)
    except NoSuchAudit:
        return [f"audit {audit}: is missing"]
    return [f"audit {audit}: entry {one.seq} {one.problem}" for one in damages if one.problem != "erased"]
