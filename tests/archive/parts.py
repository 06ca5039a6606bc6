"""An export taken apart, to be damaged in one place and put together again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zipfile
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from server.archive import zipped
from server.archive.layout import ENTRIES, INDEX, MANIFEST, PEOPLE
from server.archive.zipped import Member


class Parts:
    """Members by name. `manifest`, `index` and `raws` are what three of them say; `seal` writes them back."""

    def __init__(self, file: Path) -> None:
        with zipfile.ZipFile(file) as source:
            self.members = {name: source.read(name) for name in source.namelist()}
        self.manifest: dict[str, Any] = json.loads(self.members[MANIFEST])
        self.index: list[dict[str, Any]] = [json.loads(line) for line in self.members[INDEX].splitlines()]
        self.raws: list[bytes] = []
        offset = 0
        for line in self.index:
            self.raws.append(self.members[ENTRIES][offset : offset + line["size"]])
            offset += line["size"] + (0 if line.get("erased") else 1)
        self.blobs = sorted(name for name in self.members if name.startswith("blobs/"))

    def seal(self) -> None:
        """Write entries, index and manifest back, with sizes and hashes that fit."""
        for line, raw in zip(self.index, self.raws, strict=True):
            if not line.get("erased"):
                line |= {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        self.members[ENTRIES] = b"".join(
            raw + b"\n" for line, raw in zip(self.index, self.raws, strict=True) if not line.get("erased")
        )
        self.members[INDEX] = b"".join(json.dumps(line).encode() + b"\n" for line in self.index)
        self.seal_manifest()

    def seal_manifest(self) -> None:
        """Write the manifest back, with the hashes of what the members are now."""
        for key, name in (("entries", ENTRIES), ("index", INDEX), ("people", PEOPLE)):
            data = self.members[name]
            self.manifest[key] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        self.members[MANIFEST] = json.dumps(self.manifest).encode()

    def packed(self) -> bytes:
        """The zip of the members as they are."""
        return packed(list(self.members.items()))


def packed(members: list[tuple[str, bytes]]) -> bytes:
    """A zip of stored members, the same name twice if need be."""

    def member(name: str, data: bytes) -> Member:
        async def pieces() -> AsyncIterator[bytes]:
            yield data

        return Member(name=name, size=len(data), crc=zlib.crc32(data), pieces=pieces)

    async def join() -> bytes:
        return b"".join([piece async for piece in zipped.stream([member(*one) for one in members])])

    return asyncio.run(join())
