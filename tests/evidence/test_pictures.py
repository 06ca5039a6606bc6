"""Copies of photos, and how photos are given back."""

from __future__ import annotations

import asyncio
import hashlib
import io
from pathlib import Path

import pytest
from httpx import AsyncClient
from PIL import Image

from server.evidence import Evidence, NotAPicture, Pictures
from server.evidence.pictures import WIDTHS, Width, make_copies
from tests.evidence.pictures_made import is_red_upper_left, photo, png_bomb

AUDIT = "audit-1"


async def put(evidence: Evidence, data: bytes, media: str = "image/jpeg") -> str:
    return await evidence.blobs.put(AUDIT, data, media=media)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
async def test_copies_are_upright_and_fit(evidence: Evidence, orientation: int) -> None:
    sha256 = await put(evidence, photo((2000, 1000), orientation=orientation))
    for width in WIDTHS:
        with Image.open(await evidence.pictures.derivative(sha256, width)) as copy:
            assert copy.format == "JPEG"
            assert copy.size == (width, width // 2)
            assert is_red_upper_left(copy)
            assert not copy.getexif()


async def test_a_small_photo_is_not_blown_up(evidence: Evidence) -> None:
    sha256 = await put(evidence, photo((400, 300)))
    with Image.open(await evidence.pictures.derivative(sha256, 1600)) as copy:
        assert copy.size == (400, 300)


async def test_twelve_megapixels_of_a_phone(evidence: Evidence) -> None:
    sha256 = await put(evidence, photo((4032, 3024), orientation=6))
    with Image.open(await evidence.pictures.derivative(sha256, 1600)) as copy:
        assert max(copy.size) == 1600
        assert is_red_upper_left(copy)


async def test_heic_is_read(evidence: Evidence) -> None:
    pytest.importorskip("pillow_heif")
    sha256 = await put(evidence, photo((200, 100), kind="HEIF"), "image/heic")
    with Image.open(await evidence.pictures.derivative(sha256, 320)) as copy:
        assert (copy.format, copy.size) == ("JPEG", (200, 100))
        assert is_red_upper_left(copy)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
async def test_every_kind_of_pixel_becomes_a_jpeg(evidence: Evidence, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (50, 40)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    sha256 = await put(evidence, out.getvalue())
    with Image.open(await evidence.pictures.derivative(sha256, 320)) as copy:
        assert (copy.mode, copy.size) == ("RGB", (50, 40))


async def test_transparent_becomes_white(evidence: Evidence) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(await evidence.pictures.derivative(await put(evidence, out.getvalue()), 320)) as copy:
        assert copy.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no picture at all", "not_a_picture"),
        (photo((600, 400))[:-2000], "broken_picture"),
        (photo((600, 400), kind="PNG")[:300], "broken_picture"),
        (png_bomb(12_000, 12_000), "too_many_pixels"),
        (png_bomb(20_000, 20_000), "too_many_pixels"),
    ],
    ids=["text", "cut jpeg", "cut png", "144 megapixels", "400 megapixels"],
)
async def test_what_can_not_be_shown_has_a_reason_each_time(
    evidence: Evidence, data: bytes, reason: str
) -> None:
    sha256 = await put(evidence, data)
    for _ in range(2):
        with pytest.raises(NotAPicture) as caught:
            await evidence.pictures.derivative(sha256, 960)
        assert caught.value.reason == reason
    assert evidence.blobs.path(sha256).read_bytes() == data


async def test_bytes_that_are_not_there(evidence: Evidence) -> None:
    with pytest.raises(FileNotFoundError):
        await evidence.pictures.derivative("0" * 64, 960)
    with pytest.raises(ValueError, match="64 hexadecimal"):
        await evidence.pictures.derivative("../../etc/passwd", 960)


async def test_many_who_ask_at_once_wait_for_one_work(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[Path] = []

    def counting(path: Path, targets: dict[Width, Path]) -> None:
        worked.append(path)
        make_copies(path, targets)

    monkeypatch.setattr("server.evidence.pictures.make_copies", counting)
    sha256 = await put(evidence, photo())
    pictures = Pictures(evidence.blobs, tmp_path / "pictures")
    pictures.prepare_soon(sha256)
    await asyncio.gather(*(pictures.derivative(sha256, width) for width in WIDTHS * 5))
    assert len(worked) == 1
    await Pictures(evidence.blobs, tmp_path / "pictures").derivative(sha256, 960)
    assert len(worked) == 1


class TestGivingBack:
    async def test_the_photo_comes_back_byte_for_byte_and_can_do_nothing(
        self, client: AsyncClient, evidence: Evidence
    ) -> None:
        data = photo()
        sha256 = await put(evidence, data)
        answer = await client.get(f"/audits/{AUDIT}/photos/{sha256}")
        assert (answer.status_code, answer.content) == (200, data)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{sha256}.jpg"'
        assert "private" in answer.headers["Cache-Control"]

    async def test_a_copy_by_width(self, client: AsyncClient, evidence: Evidence) -> None:
        sha256 = await put(evidence, photo((2000, 1000), kind="PNG"), "image/png")
        answer = await client.get(f"/audits/{AUDIT}/photos/{sha256}?w=320")
        assert answer.headers["Content-Type"] == "image/jpeg"
        with Image.open(io.BytesIO(answer.content)) as copy:
            assert copy.size == (320, 160)
        refused = await client.get(f"/audits/{AUDIT}/photos/{sha256}?w=5000")
        assert (refused.status_code, refused.json()) == (400, {"error": "width"})

    async def test_only_pictures_are_given_out(self, client: AsyncClient, evidence: Evidence) -> None:
        for data, media in (
            (b"<script>", "text/html"),
            (b"{}", "application/json"),
            (b"<svg/>", "image/svg+xml"),
        ):
            sha256 = await put(evidence, data, media)
            for query in ("", "?w=320"):
                assert (await client.get(f"/audits/{AUDIT}/photos/{sha256}{query}")).status_code == 404

    async def test_a_broken_photo_has_no_copies(self, client: AsyncClient, evidence: Evidence) -> None:
        sha256 = await put(evidence, photo((600, 400))[:-2000])
        refused = await client.get(f"/audits/{AUDIT}/photos/{sha256}?w=320")
        assert (refused.status_code, refused.json()) == (422, {"error": "broken_picture"})

    async def test_a_name_that_is_no_hash(self, client: AsyncClient) -> None:
        for name in ("..%2F..%2Fclausewalk.db", "x", hashlib.sha256(b"").hexdigest()):
            assert (await client.get(f"/audits/{AUDIT}/photos/{name}")).status_code == 404
