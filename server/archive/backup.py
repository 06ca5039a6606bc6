"""A backup while the server runs: the database at one moment, then every blob that it holds."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from server.archive import snapshot
from server.archive.snapshot import BackupError, Description, End, Part, Progress, Stored
from server.database import BUSY_SECONDS, FILE_NAME
from server.evidence.blobs import hash_file
from server.files import sync_folder


class Made(Struct, frozen=True, kw_only=True):
    """A finished backup. `copied` are blobs that earlier backups in the folder did not have yet."""

    path: Path
    audits: int
    blobs: int
    copied: int
    lost: tuple[str, ...]


def back_up(data: Path, out: Path, *, program: str, keep: int | None = None, progress: Progress) -> Made:
    """Make a backup of a data folder in the folder `out`, whose earlier backups stay, or the newest `keep`.

    Everything that was acknowledged before the call is in it. It appears under its name once it is whole and
    on disk. Blocks. Raises `BackupError`, `OSError`, `sqlite3.Error`.
    """
    if not (data / FILE_NAME).is_file():
        raise BackupError(f"there is no data in {data}; name the folder with --data")
    if out.resolve().is_relative_to(data.resolve()):
        raise BackupError(f"{out} lies in the data folder; choose a place outside, best on another disk")
    with snapshot.alone_in(out):
        snapshot.remove_unfinished(out)
        name = _free_name(out, datetime.now(UTC))
        part = out / f"{name}.part"
        part.mkdir(mode=0o700)
        try:
            description, copied = _fill(data, out, part, program, progress)
            snapshot.write_description(part, description)
            snapshot.sync_tree(part)
            part.replace(out / name)
            sync_folder(out)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        if keep is not None:
            _forget(out, keep)
    return Made(
        path=out / name,
        audits=len(description.audits),
        blobs=len(description.blobs),
        copied=copied,
        lost=tuple(description.lost),
    )


def _fill(data: Path, out: Path, part: Path, program: str, progress: Progress) -> tuple[Description, int]:
    made_at = datetime.now(UTC)
    _copy_database(data / FILE_NAME, part / FILE_NAME)
    with closing(sqlite3.connect(part / FILE_NAME)) as taken:
        held = dict(taken.execute("SELECT sha256, max(size) FROM blobs_held GROUP BY sha256 ORDER BY sha256"))
        ends = [End(audit=audit, seq=seq, hash=digest) for audit, seq, digest in taken.execute(_ENDS)]
    blobs, lost, copied = _copy_blobs(data, out, held, progress)
    _check_lost(data, lost)
    sha256, size = hash_file(part / FILE_NAME)
    description = Description(
        format=snapshot.FORMAT,
        version=snapshot.VERSION,
        made_at=made_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        program=program,
        database=Part(path=FILE_NAME, size=size, sha256=sha256),
        files=[_copy_file(data, path, part / snapshot.FILES) for path in snapshot.beside_the_database(data)],
        blobs=blobs,
        audits=ends,
        lost=lost,
    )
    return description, copied


_ENDS = "SELECT audit, seq, hash FROM heads ORDER BY audit"


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online backup: one read transaction, beside which everybody goes on writing."""
    with (
        closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as live,
        closing(sqlite3.connect(target)) as taken,
    ):
        live.execute("PRAGMA query_only = ON")
        # All pages in one step: step by step, each write in between would begin the copy anew.
        live.backup(taken, pages=-1)
        taken.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        wrong = [row[0] for row in taken.execute("PRAGMA integrity_check")]
    if wrong != ["ok"]:
        raise BackupError(
            f"the database is damaged: {wrong[0]}; keep the last backup and run `clausewalk doctor`"
        )
    target.chmod(0o600)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _copy_blobs(
    data: Path, out: Path, held: dict[str, int], progress: Progress
) -> tuple[list[Stored], list[str], int]:
    total, done, copied = sum(held.values()), 0, 0
    blobs: list[Stored] = []
    lost: list[str] = []
    for sha256, size in held.items():
        target = snapshot.blob_path(out, sha256)
        if not (target.is_file() and target.stat().st_size == size):
            if not _copy_blob(snapshot.blob_path(data, sha256), target, sha256):
                lost.append(sha256)
                continue
            copied += 1
        blobs.append(Stored(sha256=sha256, size=size))
        done += size
        progress(done, total)
    if copied:
        snapshot.sync_tree(out / snapshot.BLOBS)
    return blobs, lost, copied


def _copy_blob(source: Path, target: Path, sha256: str) -> bool:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        found, _ = snapshot.copy(source, target)
    except FileNotFoundError:
        return False
    if found != sha256:
        target.unlink()
        return False
    return True


def _check_lost(data: Path, lost: list[str]) -> None:
    """Nothing may be called lost that was erased while the backup ran."""
    if not lost:
        return
    with closing(sqlite3.connect(data / FILE_NAME, timeout=BUSY_SECONDS)) as live:
        for sha256 in lost:
            if live.execute("SELECT 1 FROM blobs_held WHERE sha256 = ?", (sha256,)).fetchone() is None:
                raise BackupError("something was erased while the backup ran; run it again")


def _copy_file(data: Path, path: Path, files: Path) -> Part:
    place = path.relative_to(data).as_posix()
    target = files / place
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sha256, size = snapshot.copy(path, target)
    return Part(path=place, size=size, sha256=sha256)


def _free_name(out: Path, now: datetime) -> str:
    name = f"{now:%Y-%m-%dT%H%M%SZ}"
    taken = {path.name for path in snapshot.snapshots(out)}
    return next(one for one in (name, *(f"{name}-{number}" for number in range(2, 1000))) if one not in taken)


def _forget(out: Path, keep: int) -> None:
    """Remove all backups but the newest, then the blobs that none of the rest names."""
    found = snapshot.snapshots(out)
    for old in found[: max(0, len(found) - keep)]:
        gone = old.with_name(old.name + ".part")  # half a backup must never stand under a backup's name
        old.replace(gone)
        shutil.rmtree(gone)
    named = {blob.sha256 for one in snapshot.snapshots(out) for blob in snapshot.describe(one).blobs}
    for path in (out / snapshot.BLOBS).rglob("*"):
        if path.is_file() and path.name not in named:
            path.unlink()
