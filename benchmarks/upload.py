"""P5: photos received through the application, and their copies, beside the least that does the same work.

Uploads: the same framework reads the same bytes in the same pieces; the comparator's handler hashes, writes
and syncs them and answers. Ours creates the upload, locks it, verifies, renames, syncs the folder and notes
the blob.
Copies: Pillow alone decodes at a reduced size, resizes and encodes the same three sizes.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, put
from PIL import Image

from benchmarks.common import Figure, interleave
from server.audit.entries import Shape
from server.database import Database
from server.evidence import Evidence
from server.evidence.pictures import QUALITY, WIDTHS
from server.evidence.tus import AnyRequest, make_upload_router

PHOTOS = 24
AT_ONCE = 4
PIECE = 256 * 1024
"""What uvicorn hands over at a time from a fast network."""
AUDIT = "0190f000-0000-7000-8000-000000000000"


def _drawn(size: tuple[int, int], **save: Any) -> bytes:
    """A photo with about as much detail as a real one."""
    out = io.BytesIO()
    base = Image.effect_noise((size[0] // 4, size[1] // 4), 60).resize(size).convert("RGB")
    base.save(out, "JPEG", quality=85, **save)
    return out.getvalue()


def _uploads() -> dict[str, bytes]:
    """Photos as phones send them, 2,560 pixels wide, by their hashes."""
    photo = _drawn((2560, 1920))
    photos = [photo + number.to_bytes(4, "big") for number in range(PHOTOS)]
    return {hashlib.sha256(data).hexdigest(): data for data in photos}


UPLOADS = _uploads()


async def _ask(app: Any, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
    """Send a request straight into an application; its status must be 2xx, its headers are returned."""
    pieces = [body[start : start + PIECE] for start in range(0, len(body), PIECE)] or [b""]
    messages = iter(
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    )
    answer: dict[str, str] = {}

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert 200 <= message["status"] < 300, message
            answer.update({name.decode().lower(): value.decode() for name, value in message["headers"]})

    scope: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1"}
    scope |= {"scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1)}
    scope |= {"method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
    scope["headers"] = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await app(scope, receive, send)
    return answer


async def _megabytes_per_second(upload: Callable[[str, bytes], Awaitable[None]]) -> float:
    waiting = iter(UPLOADS.items())

    async def phone() -> None:
        for sha256, photo in waiting:
            await upload(sha256, photo)

    start = time.perf_counter()
    await asyncio.gather(*(phone() for _ in range(AT_ONCE)))
    return sum(map(len, UPLOADS.values())) / (time.perf_counter() - start) / 1e6


async def _ours(folder: Path) -> float:
    async def guard(request: AnyRequest, audit: str, action: str) -> str:
        return "account"

    def evidence_of(_: AnyRequest) -> Evidence:
        return evidence

    async def refusal_of(_: AnyRequest, audit: str, sha256: str) -> str:
        return ""

    async def layer_of(_: AnyRequest, audit: str, sha256: str) -> list[Shape]:
        return []

    async def upload(sha256: str, photo: bytes) -> None:
        metadata = f"sha256 {b64encode(sha256.encode()).decode()}"
        tus = {"Tus-Resumable": "1.0.0", "Host": "bench"}
        announced = {**tus, "Upload-Length": str(len(photo)), "Upload-Metadata": metadata}
        created = await _ask(app, "POST", f"/audits/{AUDIT}/uploads", announced, b"")
        piece = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        length = {"Content-Length": str(len(photo))}
        taken = await _ask(app, "PATCH", created["location"], {**piece, **length}, photo)
        assert taken["clausewalk-receipt"] == sha256

    db = await Database.open(folder)
    try:
        evidence = await Evidence.open(db, folder)
        evidence.pictures.prepare_soon = lambda sha256: None  # type: ignore[method-assign]
        app = Litestar([make_upload_router(evidence_of, guard, refusal_of, layer_of)], openapi_config=None)
        return await _megabytes_per_second(upload)
    finally:
        await db.close()


async def _bare(folder: Path) -> float:
    @put("/{sha256:str}", request_max_body_size=64 * 1024 * 1024)
    async def keep(request: Request[Any, Any, Any]) -> str:
        body = b"".join([piece async for piece in request.stream()])
        return await asyncio.to_thread(_hash_write_sync, folder, body)

    async def upload(sha256: str, photo: bytes) -> None:
        await _ask(app, "PUT", f"/{sha256}", {"Host": "bench", "Content-Length": str(len(photo))}, photo)

    app = Litestar([keep], openapi_config=None)
    return await _megabytes_per_second(upload)


def _hash_write_sync(folder: Path, body: bytes) -> str:
    sha256 = hashlib.sha256(body).hexdigest()
    with (folder / sha256).open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    return sha256


PHOTO = _drawn((4032, 3024))
COPIES = 4


async def _our_copies(folder: Path) -> float:
    db = await Database.open(folder)
    try:
        evidence = await Evidence.open(db, folder)
        shas = [
            await evidence.blobs.put(AUDIT, PHOTO + bytes([number]), media="image/jpeg")
            for number in range(COPIES)
        ]
        start = time.perf_counter()
        for sha256 in shas:
            await evidence.pictures.prepare(sha256)
        return (time.perf_counter() - start) / COPIES * 1000
    finally:
        await db.close()


def _bare_copies(folder: Path) -> float:
    (folder / "photo.jpg").write_bytes(PHOTO)
    start = time.perf_counter()
    for _ in range(COPIES):
        with Image.open(folder / "photo.jpg") as image:
            image.draft("RGB", (1600, 1200))
            picture: Image.Image = image
            for width in WIDTHS:
                picture = picture.resize((width, width * 3 // 4), Image.Resampling.LANCZOS, reducing_gap=2.0)
                picture.save(folder / f"{width}.jpg", quality=QUALITY)
    return (time.perf_counter() - start) / COPIES * 1000


def measure() -> list[Figure]:
    """The figures of this file."""
    ours, theirs = interleave(lambda f: asyncio.run(_ours(f)), lambda f: asyncio.run(_bare(f)))
    copies, bare_copies = interleave(lambda f: asyncio.run(_our_copies(f)), _bare_copies)
    return [
        Figure(f"P5 photo upload, {AT_ONCE} phones", "MB/s", ours, theirs, 0.7, "higher"),
        Figure("P5 three copies of 12 megapixels", "ms", copies, bare_copies, 1.5, "lower"),
    ]


if __name__ == "__main__":
    for figure in measure():
        print(figure)
