"""Phones that send entries and photos, and don't give up: what was not acknowledged is sent again."""

from __future__ import annotations

import asyncio
import hashlib
import io
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import msgspec
from PIL import Image

from tests.support.world import AUDIT, entry, observed

AUTHOR = "auditor"
PATIENCE, PAUSE = 600, 0.1
"""Attempts before a phone says that something was never taken, and the seconds between them."""


@dataclass
class Acknowledged:
    """What a server has said it keeps: entries by id, photos by hash, as sent."""

    entries: dict[str, bytes] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)
    _milestones: list[tuple[int, asyncio.Event]] = field(default_factory=list)

    def add(self, kept: dict[str, bytes], name: str, data: bytes) -> None:
        """Note an acknowledgement in `entries` or `photos`."""
        kept[name] = data
        for count, reached in self._milestones:
            if len(self.entries) + len(self.photos) >= count:
                reached.set()

    async def until(self, count: int) -> None:
        """Wait until so many things have been acknowledged."""
        if len(self.entries) + len(self.photos) >= count:
            return
        reached = asyncio.Event()
        self._milestones.append((count, reached))
        await reached.wait()


def drawn(number: int) -> bytes:
    """A small photo unlike any other."""
    out = io.BytesIO()
    picture = Image.effect_noise((96, 72), 50 + number % 50).convert("RGB")
    picture.save(out, "JPEG", comment=f"photo {number}".encode())
    return out.getvalue()


class Phone:
    """One writer. `server` says where the server is now, as it may move."""

    def __init__(self, server: Callable[[], str], token: str, kept: Acknowledged) -> None:
        self._server = server
        self._kept = kept
        self._client = httpx.AsyncClient(
            headers={"Cookie": f"clausewalk={token}", "Clausewalk": "1", "Tus-Resumable": "1.0.0"}, timeout=60
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def note_with_photo(self, number: int) -> None:
        """An observation, its photo's entry and its photo, as one capture makes them."""
        note, data = observed(text=f"记录 {number}"), drawn(number)
        sha256 = hashlib.sha256(data).hexdigest()
        photo = entry("photographed", {"observation": note["id"], "sha256": sha256}, by=AUTHOR)
        await self.send(msgspec.json.encode(note), str(note["id"]))
        await self.upload(data, sha256)
        await self.send(msgspec.json.encode(photo), str(photo["id"]))

    async def send(self, raw: bytes, entry_id: str) -> None:
        """Send an entry until a server says that it has it."""
        url = f"/audits/{AUDIT}/entries"
        headers = {"Content-Type": "application/json"}
        for _ in range(PATIENCE):
            answer = await self._ask("POST", url, headers, b"[" + raw + b"]")
            if answer is not None and answer.status_code == 200:
                (result,) = answer.json()["results"]
                assert result["status"] in ("stored", "already"), result
                return self._kept.add(self._kept.entries, entry_id, raw)
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"entry {entry_id} was never taken: {answer and answer.text}")

    async def upload(self, data: bytes, sha256: str) -> None:
        """Send a photo in two pieces until a server gives its receipt, resuming where it stands."""
        metadata = "sha256 " + b64encode(sha256.encode()).decode()
        headers = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        for _ in range(PATIENCE):
            url = f"/audits/{AUDIT}/uploads"
            answer = await self._ask("POST", url, headers, b"")
            while answer is not None and answer.status_code in (201, 204):
                if answer.headers.get("Clausewalk-Receipt") == sha256:
                    return self._kept.add(self._kept.photos, sha256, data)
                url = answer.headers.get("Location", url)
                answer = await self._send_piece(url, data, int(answer.headers["Upload-Offset"]))
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"photo {sha256} was never taken: {answer and answer.text}")

    async def _send_piece(self, url: str, data: bytes, offset: int) -> httpx.Response | None:
        piece = data[offset : offset + len(data) // 2 + 1]
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return await self._ask("PATCH", url, headers, piece)

    async def _ask(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response | None:
        """The answer, or None where there was none: a phone can't know whether it was taken."""
        try:
            return await self._client.request(method, self._server() + url, headers=headers, content=body)
        except httpx.TransportError:
            return None
