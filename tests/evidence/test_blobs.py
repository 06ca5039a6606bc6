"""Blobs: durable, shared by hash, held per audit; and whether they are still what they were."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.audit.state import Record
from server.evidence import BlobDamage, Blobs, Evidence, check_blobs
from tests.journal.entries import entry, id_of, new_id

AUDIT = new_id()


async def test_bytes_and_streams_become_the_same_blob(evidence: Evidence) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b""
        yield b"c" * 3_000_000

    data = b"ab" + b"c" * 3_000_000
    blobs = evidence.blobs
    assert await blobs.put("a", data, media="text/plain") == hashlib.sha256(data).hexdigest()
    sha256 = await blobs.put("b", stream(), media="text/plain")
    assert blobs.path(sha256).read_bytes() == data
    assert await blobs.has("a", sha256)
    assert await blobs.has("b", sha256)
    assert not await blobs.has("c", sha256)
    held = await blobs.held("b", sha256)
    assert held is not None
    assert (held.size, held.media) == (len(data), "text/plain")


async def test_nothing_is_left_of_a_stream_that_breaks(evidence: Evidence, tmp_path: Path) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"ab"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await evidence.blobs.put("a", breaks(), media="text/plain")
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


async def test_missing_is_per_audit(evidence: Evidence) -> None:
    here = await evidence.blobs.put("a", b"here", media="text/plain")
    there = await evidence.blobs.put("b", b"there", media="text/plain")
    assert await evidence.blobs.missing("a", [here, there]) == {there}
    assert await evidence.blobs.missing("b", []) == set()


@pytest.mark.parametrize("name", ["", "abc", "../" * 21 + "x", "A" * 64, "0" * 65, "0" * 63 + "\n"])
def test_only_a_hash_names_a_blob(name: str, tmp_path: Path) -> None:
    blobs = Blobs(None, tmp_path)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="64 hexadecimal"):
        blobs.path(name)


class TestChecking:
    async def records(self, evidence: Evidence) -> tuple[list[Record], dict[str, str], dict[str, str]]:
        """Records that refer to blobs in every way there is; hashes and entry ids by name."""
        names = ("photo", "amended", "file", "signature", "tree", "docx", "pdf", "source")
        sha = {name: await evidence.blobs.put(AUDIT, name.encode(), media="image/jpeg") for name in names}
        observation = new_id()
        release: dict[str, Any] = {name: sha[name] for name in ("tree", "docx", "pdf")}
        photo = {"observation": observation}
        raws = {
            "source": entry("opened", {"number": "1", "source": sha["source"]}, AUDIT),
            "photo": entry("photographed", {**photo, "sha256": sha["photo"]}, AUDIT),
            "amended": entry(
                "amended",
                {"target": observation, "bases": [], "photo": {**photo, "sha256": sha["amended"]}},
                AUDIT,
            ),
            "file": entry("attached", {"title": {"zh": "证书"}, "sha256": sha["file"]}, AUDIT),
            "signature": entry(
                "signed", {"what": "report", "name": "文", "picture": sha["signature"]}, AUDIT
            ),
            "released": entry("released", {**release, "head": 1, "head_hash": "0" * 64, "build": "1"}, AUDIT),
            "none": entry("photographed", photo, AUDIT),
            "unknown": entry("hologram", {}, AUDIT),
            "damaged": b"\x00",
        }
        records = [Record(n, raw, "stored", "", "") for n, raw in enumerate(raws.values(), 1)]
        ids = {name: id_of(raw) for name, raw in raws.items() if raw != b"\x00"}
        return records, sha, {**ids, **dict.fromkeys(("tree", "docx", "pdf"), ids["released"])}

    async def test_what_is_there_and_unchanged_is_fine(self, evidence: Evidence) -> None:
        records, _, _ = await self.records(evidence)
        assert await check_blobs(evidence.blobs, AUDIT, records) == []

    async def test_every_changed_or_lost_blob_is_named_with_its_entries(self, evidence: Evidence) -> None:
        records, sha, ids = await self.records(evidence)
        for name, sha256 in sha.items():
            path = evidence.blobs.path(sha256)
            path.write_bytes(b"other")
            changed = BlobDamage(sha256=sha256, problem="changed", entries=[ids[name]])
            assert await check_blobs(evidence.blobs, AUDIT, records) == [changed]
            path.unlink()
            missing = BlobDamage(sha256=sha256, problem="missing", entries=[ids[name]])
            assert await check_blobs(evidence.blobs, AUDIT, records) == [missing]
            path.write_bytes(name.encode())

    async def test_what_never_came_is_awaited(self, evidence: Evidence) -> None:
        raw = entry("photographed", {"observation": new_id(), "sha256": "0" * 64}, AUDIT)
        records = [Record(1, raw, "stored", "", "")]
        awaited = BlobDamage(sha256="0" * 64, problem="awaited", entries=[id_of(raw)])
        assert await check_blobs(evidence.blobs, AUDIT, records) == [awaited]

    async def test_bytes_that_no_entry_names_yet_are_checked_too(self, evidence: Evidence) -> None:
        sha256 = await evidence.blobs.put(AUDIT, b"early", media="image/jpeg")
        evidence.blobs.path(sha256).write_bytes(b"late")
        changed = BlobDamage(sha256=sha256, problem="changed", entries=[])
        assert await check_blobs(evidence.blobs, AUDIT, []) == [changed]
