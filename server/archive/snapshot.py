"""The folder of backups: whole states of the server beside each other, and one store of blobs for all.

OUT/blobs/ab/ab12…                     every photo once, however many backups hold it
OUT/2026-11-23T121500Z/backup.json     what belongs to this backup, by hash
                      /clausewalk.db   the database at one moment
                      /files/…         what else the data folder holds: certificates
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from server.audit.entries import Sha256
from server.database import FILE_NAME
from server.files import sync_folder

FORMAT, VERSION = "clausewalk-backup", 1
DESCRIPTION = "backup.json"
BLOBS = "blobs"
FILES = "files"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")
_PIECE = 1024 * 1024

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been looked at."""

Plain = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")]
"""A path inside a folder; whether it stays inside is checked by `inside`."""


class Part(Struct, frozen=True, kw_only=True):
    """A file of a backup."""

    path: Plain
    size: int
    sha256: Sha256


class Stored(Struct, frozen=True, kw_only=True):
    """A blob of a backup."""

    sha256: Sha256
    size: int


class End(Struct, frozen=True, kw_only=True):
    """Where an audit ended."""

    audit: str
    seq: int
    hash: str


class Description(Struct, frozen=True, kw_only=True):
    """`backup.json`. `lost` are blobs whose bytes the server had no longer, or no longer intact."""

    format: str
    version: int
    made_at: str
    program: str
    database: Part
    files: list[Part]
    blobs: list[Stored]
    audits: list[End]
    lost: list[Sha256] = []


class BackupError(RuntimeError):
    """A backup can't be made or used; the text is one line that says what to do."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """No other backup writes to this folder meanwhile. Raises `BackupError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"another backup is writing to {folder}; wait for it") from error
        yield
    finally:
        os.close(lock)


def snapshots(folder: Path) -> list[Path]:
    """The finished backups in a folder, the oldest first."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name))


def find(given: Path) -> tuple[Path, Path]:
    """The backup meant by a path and the folder it lies in: the path itself, or the newest inside.

    Raises `BackupError`.
    """
    if not given.is_dir():
        raise BackupError(f"{given}: there is no such folder")
    if (given / DESCRIPTION).is_file():
        return given, given.parent
    found = snapshots(given)
    if not found:
        raise BackupError(f"{given}: holds no finished backup; name the folder that was given to `backup`")
    return found[-1], given


def describe(snapshot: Path) -> Description:
    """What a backup says of itself. Raises `BackupError`."""
    path = snapshot / DESCRIPTION
    try:
        data = path.read_bytes()
        named = msgspec.json.decode(data)
        version = named.get("version") if isinstance(named, dict) else None
        if not isinstance(named, dict) or named.get("format") != FORMAT:
            raise BackupError(f"{path}: is no backup of Clausewalk")
        if version != VERSION:
            raise BackupError(f"{path}: is version {version}; this program reads version {VERSION}")
        return msgspec.json.decode(data, type=Description)
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BackupError(f"{path}: can't be understood: {error}") from error


def write_description(snapshot: Path, description: Description) -> None:
    """Write `backup.json`, durably."""
    data = msgspec.json.format(msgspec.json.encode(description), indent=1)
    with (snapshot / DESCRIPTION).open("wb") as file:
        file.write(data + b"\n")
        file.flush()
        os.fsync(file.fileno())


def blob_path(folder: Path, sha256: str) -> Path:
    """Where a blob lies in a folder of backups or of data."""
    return folder / BLOBS / sha256[:2] / sha256


def inside(folder: Path, path: str) -> Path:
    """A path below a folder; raises `BackupError` where it leads outside."""
    found = folder / path
    if not found.resolve().is_relative_to(folder.resolve()):
        raise BackupError(f"{path}: leads outside the backup")
    return found


def copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy a file so that its name appears with all of its bytes on disk; returns their SHA-256 and size."""
    part = target.with_name(target.name + ".part")
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as incoming, part.open("wb") as outgoing:
            os.fchmod(outgoing.fileno(), 0o600)
            while piece := incoming.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                outgoing.write(piece)
            outgoing.flush()
            os.fsync(outgoing.fileno())
        part.replace(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return digest.hexdigest(), size


def sync_tree(folder: Path) -> None:
    """Make every name in a folder and below it durable."""
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync_folder(path)


def remove_unfinished(folder: Path) -> None:
    """Remove what a backup that was killed left behind."""
    for path in folder.glob("*.part"):
        if NAME.fullmatch(path.name.removesuffix(".part")):
            shutil.rmtree(path)


def beside_the_database(data: Path) -> list[Path]:
    """Files of a data folder that are neither database nor blobs nor made from them nor unfinished: keys."""
    left_out = {BLOBS, "pictures", "uploads"}
    found = []
    for path in sorted(data.rglob("*")):
        first = path.relative_to(data).parts[0]
        if path.is_file() and first not in left_out and not first.startswith(FILE_NAME):
            found.append(path)
    return found
