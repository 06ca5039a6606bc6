"""Uploads that survive a bad network and a killed server: what has arrived is what lies on disk."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from server.evidence.blobs import Blobs, hash_file, write_all
from server.evidence.pictures import media_of

MAX_UPLOAD_BYTES = 64 * 1024 * 1024
_MUCH, _LONG = 4 * 1024 * 1024, 1.0
"""Bytes and seconds after which what has arrived is written to its file."""
OLD_UPLOADS = 7 * 24 * 3600
"""Seconds after which what was begun and not gone on with is swept."""
T = TypeVar("T")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"(?P<size>[1-9][0-9]{0,9})-(?P<sha256>[0-9a-f]{64})")


class UploadError(Exception):
    """An upload can't go on. `code` is stable; the HTTP status of each is in `server.evidence.tus`."""

    code = "upload"


class NoSuchUpload(UploadError):
    code = "no_such_upload"


class TooLarge(UploadError):
    code = "too_large"


class WrongOffset(UploadError):
    """`offset` is where the upload really stands."""

    code = "wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__(f"the upload stands at {offset}")
        self.offset = offset


class Locked(UploadError):
    """Another request is writing to this upload."""

    code = "locked"


class SenderGone(UploadError):
    """The sender went away in the middle; what came before is kept."""

    code = "sender_gone"


class WrongHash(UploadError):
    """All bytes arrived and are not those announced; the upload stands at 0 again."""

    code = "wrong_hash"
    offset = 0


class Upload(Struct, frozen=True, kw_only=True):
    """`size` bytes with the hash `sha256` that an account sends to an audit.

    The id says it all, so that beginning an upload stores nothing and beginning it again is the same upload.
    """

    audit: str
    account: str
    sha256: str
    size: int

    @property
    def id(self) -> str:
        """The upload within its audit and account, as it stands in its address."""
        return f"{self.size}-{self.sha256}"

    @property
    def file_name(self) -> str:
        """Where its bytes arrive."""
        whole = "\n".join((self.audit, self.account, self.id))
        return hashlib.sha256(whole.encode()).hexdigest() + ".part"


class Uploads:
    """Uploads of one data folder. `part` files hold what arrived; a complete one becomes the audit's blob."""

    def __init__(self, blobs: Blobs, folder: Path, *, max_bytes: int = MAX_UPLOAD_BYTES) -> None:
        self._blobs = blobs
        self.folder = folder
        self.max_bytes = max_bytes

    def begin(self, audit: str, account: str, sha256: str, size: int) -> Upload:
        """The upload of these bytes by this account.

        Raises `TooLarge`, and `ValueError` for what is no SHA-256 or no size.
        """
        if not _SHA256.fullmatch(sha256):
            raise ValueError("sha256 is 64 hexadecimal digits in lower case")
        if size < 1:
            raise ValueError("an upload has at least one byte")
        if size > self.max_bytes:
            raise TooLarge(f"{size} bytes, at most {self.max_bytes}")
        return Upload(audit=audit, account=account, sha256=sha256, size=size)

    def find(self, audit: str, account: str, upload_id: str) -> Upload:
        """The upload with this id; raises `NoSuchUpload` for what is no id."""
        named = _ID.fullmatch(upload_id)
        if named is None or int(named["size"]) > self.max_bytes:
            raise NoSuchUpload(upload_id)
        return self.begin(audit, account, named["sha256"], int(named["size"]))

    async def offset(self, upload: Upload) -> int:
        """How many bytes are durable on disk; `upload.size` only once they are the audit's blob.

        A server killed between the last byte and the blob leaves a full file that nobody verified: that is
        done now. Raises `Locked` where another request is at it.
        """
        if await self._is_complete(upload):
            return upload.size
        part = self.folder / upload.file_name
        arrived = await asyncio.to_thread(_durable_size, part) if _exists(part) else 0
        if arrived < upload.size:
            return arrived
        with _locked(part) as file:
            try:
                await self._finish(upload, part, _Incoming(file, arrived))
            except (WrongHash, ValueError):
                return 0
        return upload.size

    async def append(self, upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> int:
        """Write what arrives at `offset` and return the new offset once it is durable.

        At `upload.size` the hash has been verified and the bytes are the audit's blob. What arrived before
        the sender went away is kept. Raises `Locked`, `WrongOffset`, `TooLarge`, `WrongHash` and, for bytes
        that are no picture, `NotAPicture`; after the last two the upload stands at 0.
        """
        if await self._is_complete(upload):
            raise WrongOffset(upload.size)
        part = self.folder / upload.file_name
        with _locked(part) as file:
            stands_at = os.fstat(file).st_size
            if stands_at != offset:
                raise WrongOffset(stands_at)
            incoming = _Incoming(file, offset)
            await incoming.take(pieces, upload.size)
            if incoming.end < upload.size:
                await _to_its_end(incoming.sync)
                return incoming.end
            await self._finish(upload, part, incoming)
        return upload.size

    async def _finish(self, upload: Upload, part: Path, incoming: _Incoming) -> None:
        """Make what arrived the audit's blob. Raises as `append` does; the upload then stands at 0."""
        media = await _to_its_end(self._complete, upload, part, incoming)
        await self._blobs.note(upload.audit, upload.sha256, size=upload.size, media=media)

    def _complete(self, upload: Upload, part: Path, incoming: _Incoming) -> str:
        """Sync and verify what arrived, make it a blob, return its media type: all in one thread change."""
        incoming.sync()
        try:
            sha256 = incoming.sha256 or hash_file(part)[0]
            if sha256 != upload.sha256:
                raise WrongHash(f"the bytes have the hash {sha256}")
            media = media_of(part)
        except (WrongHash, ValueError):
            incoming.cut(0)
            raise
        self._blobs.place(part, upload.sha256)
        return media

    async def _is_complete(self, upload: Upload) -> bool:
        """Whether the audit holds the bytes and they are there: what a disk has lost may be sent again."""
        # The file first: looking for a name takes microseconds, and a new photo has none.
        is_there = self._blobs.is_there(upload.sha256)
        return is_there and await self._blobs.has(upload.audit, upload.sha256)


def unfinished(folder: Path, older_than: float) -> list[Path]:
    """Files of uploads in a folder at which nobody has been for so many seconds. Blocks."""
    since = time.time() - older_than
    return [part for part in sorted(folder.glob("*.part")) if part.stat().st_mtime < since]


def sweep(folder: Path, older_than: float) -> int:
    """Remove those files, none that is being written to; returns how many. A phone begins again at 0."""
    swept = 0
    for part in unfinished(folder, older_than):
        with suppress(Locked), _locked(part):
            part.unlink(missing_ok=True)
            swept += 1
    return swept


class _Incoming:
    """Bytes on their way into a part file, gathered so that a fast network takes few thread changes."""

    def __init__(self, file: int, offset: int) -> None:
        self._file = file
        self._start = offset
        self._waiting = bytearray()
        self._flushed_at = time.monotonic()
        self._digest = hashlib.sha256()
        self.end = offset
        os.lseek(file, offset, os.SEEK_SET)

    @property
    def sha256(self) -> str:
        """The hash of the whole file; empty where its beginning arrived earlier."""
        return "" if self._start else self._digest.hexdigest()

    async def take(self, pieces: AsyncIterator[bytes], size: int) -> None:
        """Take pieces up to `size`, to be synced after; if the stream breaks, what came before is synced."""
        try:
            async for piece in pieces:
                if self.end + len(piece) > size:
                    raise TooLarge(f"more than the {size} bytes announced")
                self.end += len(piece)
                self._waiting += piece
                if self._is_due():
                    await _to_its_end(self._flush)
        except TooLarge:
            await _to_its_end(self.cut, self._start)
            raise
        except BaseException:
            await _to_its_end(self.sync)
            raise

    def _is_due(self) -> bool:
        """On a slow network time decides: a server that is killed has lost a second's worth at most."""
        return len(self._waiting) >= _MUCH or time.monotonic() - self._flushed_at >= _LONG

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        write_all(self._file, waiting)
        self._digest.update(waiting)
        self._flushed_at = time.monotonic()

    def sync(self) -> None:
        """Everything taken is durable."""
        self._flush()
        os.fsync(self._file)

    def cut(self, size: int) -> None:
        """Forget what lies behind `size`."""
        os.ftruncate(self._file, size)
        os.fsync(self._file)


async def _to_its_end(work: Callable[..., T], *args: Any) -> T:
    """Run in a thread and never leave before it has ended: it uses a file that is closed afterwards."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _exists(part: Path) -> bool:
    return part.exists()


def _durable_size(part: Path) -> int:
    """What a killed server left may still be in the page cache only: sync it before it is promised."""
    try:
        file = os.open(part, os.O_RDONLY)
    except FileNotFoundError:
        return 0
    try:
        os.fsync(file)
        return os.fstat(file).st_size
    finally:
        os.close(file)


@contextmanager
def _locked(part: Path) -> Iterator[int]:
    """The part file, open for this request alone, whichever process it is in; a killed one leaves no lock."""
    part.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked("another request is writing to this upload") from error
        if not _is_still(part, file):
            raise Locked("the upload was finished at this moment")
        yield file
    finally:
        os.close(file)


def _is_still(part: Path, file: int) -> bool:
    """Whether the name still means the file that was locked: a finished upload's file has moved away."""
    try:
        return os.path.samestat(part.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
