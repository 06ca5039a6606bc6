"""Uploads through HTTP by tus 1.0: whole and verified, or resumable; never half."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient, Response

from server.database import Database
from server.evidence import Evidence
from server.evidence.uploads import Locked
from tests.evidence.pictures_made import photo, png_bomb

Client = AsyncClient
BYTES_TYPE = {"Content-Type": "application/offset+octet-stream"}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def create(
    client: Client, data: bytes, *, audit: str = "audit-1", sha256: str = "", **headers: str
) -> Response:
    metadata = f"filename {b64encode('照片.jpg'.encode()).decode()},sha256 "
    metadata += b64encode((sha256 or sha(data)).encode()).decode()
    return await client.post(
        f"/audits/{audit}/uploads",
        headers={"Upload-Length": str(len(data)), "Upload-Metadata": metadata, **headers},
    )


async def patch(client: Client, url: str, data: bytes, offset: int = 0) -> Response:
    return await client.patch(url, content=data, headers={**BYTES_TYPE, "Upload-Offset": str(offset)})


async def offset_of(client: Client, url: str) -> int:
    answer = await client.head(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


async def test_a_photo_arrives_whole(client: Client, evidence: Evidence) -> None:
    data = photo()
    created = await create(client, data)
    assert created.status_code == 201
    assert created.headers["Upload-Offset"] == "0"
    assert "Clausewalk-Receipt" not in created.headers
    url = created.headers["Location"]
    answer = await patch(client, url, data)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Upload-Offset"] == str(len(data))
    assert answer.headers["Clausewalk-Receipt"] == sha(data)
    assert evidence.blobs.path(sha(data)).read_bytes() == data
    held = await evidence.blobs.held("audit-1", sha(data))
    assert held is not None
    assert (held.media, held.size) == ("image/jpeg", len(data))
    for response in (created, answer):
        assert response.headers["Tus-Resumable"] == "1.0.0"


async def test_an_answer_that_was_lost_can_be_asked_for_again(client: Client) -> None:
    data = photo()
    url = (await create(client, data)).headers["Location"]
    await patch(client, url, data)
    seen = await client.head(url)
    assert seen.headers["Upload-Offset"] == seen.headers["Upload-Length"] == str(len(data))
    assert seen.headers["Clausewalk-Receipt"] == sha(data)
    again = await create(client, data)
    assert (again.status_code, again.headers["Location"]) == (201, url)
    assert again.headers["Upload-Offset"] == str(len(data))
    repeated = await patch(client, url, data)
    assert (repeated.status_code, repeated.json()) == (409, {"error": "wrong_offset"})
    assert repeated.headers["Upload-Offset"] == str(len(data))


async def test_pieces_add_up_and_a_wrong_offset_adds_nothing(client: Client, evidence: Evidence) -> None:
    data = photo(size=(800, 600))
    url = (await create(client, data)).headers["Location"]
    assert (await patch(client, url, data[:1000])).headers["Upload-Offset"] == "1000"
    for wrong in (0, 999, 1001):
        refused = await patch(client, url, b"x" * 10, wrong)
        assert (refused.status_code, refused.headers["Upload-Offset"]) == (409, "1000")
    assert await offset_of(client, url) == 1000
    assert (await patch(client, url, data[1000:2000], 1000)).headers["Upload-Offset"] == "2000"
    assert (await patch(client, url, data[2000:], 2000)).headers["Clausewalk-Receipt"] == sha(data)
    assert evidence.blobs.path(sha(data)).read_bytes() == data


async def test_creating_is_idempotent_for_one_account_and_audit(client: Client) -> None:
    data = photo()
    first, second = await asyncio.gather(create(client, data), create(client, data))
    assert first.headers["Location"] == second.headers["Location"]
    url = first.headers["Location"]
    await patch(client, url, data[:100])
    assert (await create(client, data)).headers["Upload-Offset"] == "100"
    client.headers["Account"] = "tong photo.upload"
    assert (await create(client, data)).headers["Upload-Offset"] == "0"
    await patch(client, url, b"x" * 50)
    client.headers["Account"] = "wen photo.upload"
    assert await offset_of(client, url) == 100


async def test_what_arrived_before_a_restart_is_still_there(tmp_path: Path) -> None:
    data = photo(size=(800, 600))
    for opening in range(2):
        db = await Database.open(tmp_path)
        uploads = (await Evidence.open(db, tmp_path)).uploads
        upload = uploads.begin("audit-1", "wen", sha(data), len(data))
        offset = await uploads.offset(upload)
        assert offset == opening * 1500
        rest = data[:1500] if opening == 0 else data[1500:]
        assert await uploads.append(upload, offset, pieces(rest)) == offset + len(rest)
        await db.close()


def arrived_whole(folder: Path, name: str, data: bytes) -> None:
    """Leave an upload's file as a server does that was killed after its last write."""
    [part] = folder.rglob(name)
    part.write_bytes(data)


@pytest.mark.parametrize("right", [True, False])
async def test_a_server_killed_before_it_verified_the_last_byte_promises_nothing_unverified(
    client: Client, evidence: Evidence, tmp_path: Path, right: bool
) -> None:
    """All bytes are on disk, and the server died before it looked at them."""
    data = photo(size=(800, 600))
    other = data[:-1] + bytes([data[-1] ^ 1])
    begun = await create(client, data)
    [upload_id] = begun.headers["Location"].rsplit("/", 1)[1:]
    upload = evidence.uploads.find("audit-1", "wen", upload_id)
    assert await evidence.uploads.append(upload, 0, pieces(data[:1500])) == 1500
    arrived_whole(tmp_path, upload.file_name, data if right else other)
    answer = await create(client, data)
    assert answer.headers["Upload-Offset"] == (str(len(data)) if right else "0")
    assert answer.headers.get("Clausewalk-Receipt") == (sha(data) if right else None)
    assert await evidence.blobs.has("audit-1", sha(data)) is right


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_what_came_before_the_sender_went_away_is_kept(evidence: Evidence) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        yield data[:700]
        yield data[700:1200]
        raise ConnectionResetError

    data = photo()
    upload = evidence.uploads.begin("audit-1", "wen", sha(data), len(data))
    with pytest.raises(ConnectionResetError):
        await evidence.uploads.append(upload, 0, breaks_off())
    assert await evidence.uploads.offset(upload) == 1200
    assert await evidence.uploads.append(upload, 1200, pieces(data[1200:])) == len(data)


async def test_one_writer_at_a_time_even_across_processes(evidence: Evidence, tmp_path: Path) -> None:
    data = photo()
    writing, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield data[:100]
        writing.set()
        await go_on.wait()
        yield data[100:]

    upload = evidence.uploads.begin("audit-1", "wen", sha(data), len(data))
    first = asyncio.create_task(evidence.uploads.append(upload, 0, slowly()))
    await writing.wait()
    other_db = await Database.open(tmp_path)
    try:
        for room in (evidence, await Evidence.open(other_db, tmp_path)):
            with pytest.raises(Locked):
                await room.uploads.append(upload, 0, pieces(data))
    finally:
        await other_db.close()
    go_on.set()
    assert await first == len(data)


async def test_a_locked_upload_answers_423(client: Client, evidence: Evidence) -> None:
    data = photo()
    url = (await create(client, data)).headers["Location"]
    upload = evidence.uploads.find("audit-1", "wen", url.rsplit("/", 1)[1])
    writing, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        writing.set()
        await go_on.wait()
        yield data

    first = asyncio.create_task(evidence.uploads.append(upload, 0, slowly()))
    await writing.wait()
    refused = await patch(client, url, data)
    assert (refused.status_code, refused.json()) == (423, {"error": "locked"})
    go_on.set()
    await first
    assert await offset_of(client, url) == len(data)


class TestBadInput:
    """Each gets a stable code, and nothing half-stored is left."""

    async def nothing_stored(self, client: Client, evidence: Evidence, url: str, sha256: str) -> None:
        assert await offset_of(client, url) == 0
        assert not await evidence.blobs.has("audit-1", sha256)
        assert not evidence.blobs.path(sha256).exists()

    async def test_a_wrong_hash_starts_again_at_nothing(self, client: Client, evidence: Evidence) -> None:
        data, damaged = photo(), bytearray(photo())
        damaged[500] ^= 1
        url = (await create(client, data)).headers["Location"]
        refused = await patch(client, url, bytes(damaged))
        assert (refused.status_code, refused.json()) == (460, {"error": "wrong_hash"})
        assert refused.headers["Upload-Offset"] == "0"
        await self.nothing_stored(client, evidence, url, sha(data))
        assert (await patch(client, url, data)).headers["Clausewalk-Receipt"] == sha(data)

    async def test_a_wrong_hash_in_pieces_too(self, client: Client, evidence: Evidence) -> None:
        data = photo()
        url = (await create(client, data)).headers["Location"]
        await patch(client, url, b"x" * 100)
        refused = await patch(client, url, data[100:], 100)
        assert refused.status_code == 460
        await self.nothing_stored(client, evidence, url, sha(data))

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"<html><script>alert(1)</script></html>", "not_a_picture"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
            (b"%PDF-1.7\n", "not_a_picture"),
            (photo(kind="GIF"), "not_a_picture"),
            (b"\xff\xd8\xff", "not_a_picture"),
            (png_bomb(20_000, 20_000), "too_many_pixels"),
            (png_bomb(8_000, 8_000), "too_many_pixels"),
        ],
        ids=["html", "svg", "pdf", "gif", "three bytes", "400 megapixels", "64 megapixels"],
    )
    async def test_what_is_no_picture_is_refused(
        self, client: Client, evidence: Evidence, data: bytes, code: str
    ) -> None:
        url = (await create(client, data)).headers["Location"]
        refused = await patch(client, url, data)
        assert (refused.status_code, refused.json()) == (422, {"error": code})
        await self.nothing_stored(client, evidence, url, sha(data))

    async def test_too_large_is_refused_before_anything_is_sent(self, client: Client) -> None:
        refused = await create(client, b"x", **{"Upload-Length": str(64 * 1024 * 1024 + 1)})
        assert (refused.status_code, refused.json()) == (413, {"error": "too_large"})

    async def test_more_than_announced_leaves_what_was_there(self, client: Client) -> None:
        data = photo()
        url = (await create(client, data)).headers["Location"]
        await patch(client, url, data[:100])
        refused = await patch(client, url, data[100:] + b"more", 100)
        assert (refused.status_code, refused.json()) == (413, {"error": "too_large"})
        assert await offset_of(client, url) == 100

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ({"Upload-Length": ""}, "upload_length"),
            ({"Upload-Length": "-5"}, "upload_length"),
            ({"Upload-Length": "1e3"}, "upload_length"),
            ({"Upload-Length": "9" * 30}, "upload_length"),
            ({"Upload-Length": "0"}, "upload_metadata"),
            ({"Upload-Metadata": "filename eA=="}, "sha256_missing"),
            ({"Upload-Metadata": "sha256 ***"}, "upload_metadata"),
            ({"Upload-Metadata": "sha256 " + b64encode(b"../../etc/passwd").decode()}, "upload_metadata"),
            ({"Upload-Metadata": "sha256 " + b64encode(b"A" * 64).decode()}, "upload_metadata"),
        ],
    )
    async def test_a_creation_says_which_header_is_wrong(
        self, client: Client, headers: dict[str, str], code: str
    ) -> None:
        refused = await create(client, b"x", **headers)
        assert (refused.status_code, refused.json()) == (400, {"error": code})

    async def test_wrong_headers_of_a_piece(self, client: Client) -> None:
        url = (await create(client, photo())).headers["Location"]
        headers = {"Content-Type": "image/jpeg", "Upload-Offset": "0"}
        wrong_type = await client.patch(url, content=b"x", headers=headers)
        assert (wrong_type.status_code, wrong_type.json()) == (415, {"error": "content_type"})
        no_offset = await client.patch(url, content=b"x", headers=BYTES_TYPE)
        assert (no_offset.status_code, no_offset.json()) == (400, {"error": "upload_offset"})

    async def test_no_such_upload(self, client: Client) -> None:
        refused = await patch(client, "/audits/audit-1/uploads/nothing", b"x")
        assert (refused.status_code, refused.json()) == (404, {"error": "no_such_upload"})


async def test_another_version_of_the_protocol_is_refused(client: Client) -> None:
    for version in ("0.2.2", ""):
        refused = await create(client, photo(), **{"Tus-Resumable": version})
        assert (refused.status_code, refused.headers["Tus-Version"]) == (412, "1.0.0")


async def test_options_tell_what_the_server_can_do(client: Client) -> None:
    del client.headers["Tus-Resumable"]
    answer = await client.request("OPTIONS", "/audits/audit-1/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation"
    assert answer.headers["Tus-Max-Size"] == str(64 * 1024 * 1024)


async def test_the_guard_decides_on_every_route(client: Client) -> None:
    data = photo()
    url = (await create(client, data)).headers["Location"]
    client.headers["Account"] = "wen photo.read"
    assert (await create(client, data)).status_code == 401
    assert (await client.head(url)).status_code == 401
    assert (await patch(client, url, data)).status_code == 401
    client.headers["Account"] = "wen photo.upload"
    await patch(client, url, data)
    assert (await client.get(f"/audits/audit-1/photos/{sha(data)}")).status_code == 401


async def test_equal_bytes_of_another_audit_are_uploaded_again(client: Client, evidence: Evidence) -> None:
    data = photo()
    await patch(client, (await create(client, data)).headers["Location"], data)
    other = await create(client, data, audit="audit-2")
    assert other.headers["Upload-Offset"] == "0"
    assert (await client.get(f"/audits/audit-2/photos/{sha(data)}")).status_code == 404
    await patch(client, other.headers["Location"], data)
    assert await evidence.blobs.has("audit-2", sha(data))
    assert evidence.blobs.path(sha(data)).read_bytes() == data


async def test_what_the_disk_has_lost_can_be_sent_again(client: Client, evidence: Evidence) -> None:
    data = photo()
    url = (await create(client, data)).headers["Location"]
    await patch(client, url, data)
    evidence.blobs.path(sha(data)).unlink()
    assert await offset_of(client, url) == 0
    assert (await patch(client, url, data)).headers["Clausewalk-Receipt"] == sha(data)
