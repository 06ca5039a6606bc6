"""Photos that came damaged, from a broken card or cut on the way: shown where that can be, never a 500."""

from __future__ import annotations

import errno
import hashlib
import struct
from base64 import b64encode
from pathlib import Path

import pytest
from httpx import AsyncClient, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from server.evidence import Evidence, NotAPicture
from server.evidence.pictures import FORMATS, media_of
from tests.evidence.pictures_made import is_red_upper_left, photo, with_exif

AUDIT = "audit-1"
TURNED = struct.pack(">HHI4s", 0x0112, 3, 1, b"\0\6\0\0")
WIDTH_IN_WORDS = struct.pack(">HHI4s", 0x0100, 2, 4, b"abc\0")
"""Can be read, and not be written again: the width of a picture is a number."""
UNWRITABLE = b"MM\0*\0\0\0\x08\0\2" + WIDTH_IN_WORDS + TURNED + bytes(4)
BOUNDED = settings(
    max_examples=60, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)


def small(kind: str) -> bytes:
    return photo((48, 32), kind=kind)


def misplaced(box: bytes, at: int, value: int) -> bytes:
    """A HEIC of which one byte, so far behind the name of a box, is another one."""
    pytest.importorskip("pillow_heif")
    data = bytearray(small("HEIF"))
    data[data.index(box) + at] = value
    return bytes(data)


async def upload(client: AsyncClient, data: bytes) -> list[Response]:
    """What the server says to bytes sent whole, to how far they are, and to their being begun again."""
    sha256 = hashlib.sha256(data).hexdigest()
    begin = {
        "Upload-Length": str(len(data)),
        "Upload-Metadata": f"sha256 {b64encode(sha256.encode()).decode()}",
    }
    begun = await client.post(f"/audits/{AUDIT}/uploads", headers=begin)
    url = begun.headers["Location"]
    piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    return [
        await client.patch(url, content=data, headers=piece),
        await client.head(url),
        await client.post(f"/audits/{AUDIT}/uploads", headers=begin),
    ]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_exif_that_can_not_be_written_again_still_turns_the_photo(
    evidence: Evidence, kind: str
) -> None:
    data = with_exif((200, 100), UNWRITABLE, orientation=6, kind=kind)
    sha256 = await evidence.blobs.put(AUDIT, data, media="image/jpeg")
    with Image.open(await evidence.pictures.derivative(sha256, 320)) as copy:
        assert (copy.size, is_red_upper_left(copy)) == ((200, 100), True)
        assert not copy.getexif()


async def test_exif_that_can_not_be_read_leaves_the_photo_as_it_came(evidence: Evidence) -> None:
    data = with_exif((200, 100), b"no TIFF at all", kind="JPEG")
    sha256 = await evidence.blobs.put(AUDIT, data, media="image/jpeg")
    with Image.open(await evidence.pictures.derivative(sha256, 320)) as copy:
        assert (copy.size, is_red_upper_left(copy)) == ((200, 100), True)


@pytest.mark.parametrize(
    "box", [(b"ispe", 8, 0x10), (b"iloc", 19, 0x10)], ids=["too large to decode", "pixels somewhere else"]
)
async def test_a_damaged_heic_is_a_broken_picture(
    client: AsyncClient, evidence: Evidence, box: tuple[bytes, int, int]
) -> None:
    sha256 = await evidence.blobs.put(AUDIT, misplaced(*box), media="image/heic")
    refused = await client.get(f"/audits/{AUDIT}/photos/{sha256}?w=320")
    assert (refused.status_code, refused.json()) == (422, {"error": "broken_picture"})


async def test_a_jpeg_with_a_second_picture_behind_it_is_a_jpeg(
    client: AsyncClient, evidence: Evidence
) -> None:
    data = photo((200, 100), kind="MPO", save_all=True, append_images=[Image.new("L", (50, 25))])
    assert [answer.status_code for answer in await upload(client, data)] == [204, 200, 201]
    held = await evidence.blobs.held(AUDIT, hashlib.sha256(data).hexdigest())
    assert held is not None
    assert held.media == "image/jpeg"
    with Image.open(await evidence.pictures.derivative(held.sha256, 320)) as copy:
        assert (copy.size, is_red_upper_left(copy)) == ((200, 100), True)


@BOUNDED
@given(kind=st.sampled_from(FORMATS), share=st.floats(0, 1))
async def test_a_photo_that_was_cut_is_taken_or_refused_as_a_picture(
    client: AsyncClient, kind: str, share: float
) -> None:
    whole = small(kind)
    data = whole[: max(1, round(len(whole) * share))]
    patched, asked, begun = await upload(client, data)
    assert (asked.status_code, begun.status_code) == (200, 201)
    assert asked.headers["Upload-Offset"] == begun.headers["Upload-Offset"]
    if asked.headers["Upload-Offset"] == "0":
        assert patched.status_code == 422
        assert patched.json()["error"] in ("not_a_picture", "broken_picture")
        return
    assert asked.headers["Upload-Offset"] == str(len(data))
    sha256 = asked.headers["Clausewalk-Receipt"]
    shown = await client.get(f"/audits/{AUDIT}/photos/{sha256}?w=320")
    assert shown.status_code in (200, 422)


async def test_a_disk_that_can_not_be_read_says_nothing_of_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "photo"
    path.write_bytes(small("JPEG"))

    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Image, "open", broken)
    with pytest.raises(OSError, match="Input/output error") as caught:
        media_of(path)
    assert not isinstance(caught.value, NotAPicture)
