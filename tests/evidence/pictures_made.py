"""Pictures drawn for the tests."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw

TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""How a camera turns what it saw, in degrees counter-clockwise, by the EXIF orientation it then notes."""


def photo(
    size: tuple[int, int] = (400, 300), *, orientation: int = 1, kind: str = "JPEG", **save: Any
) -> bytes:
    """A photo whose upper left quarter, seen upright, is red, and the rest blue."""
    upright = Image.new("RGB", size, "blue")
    ImageDraw.Draw(upright).rectangle((0, 0, size[0] // 2 - 1, size[1] // 2 - 1), fill="red")
    stored = upright.rotate(TURNS[orientation], expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    stored.save(out, kind, exif=exif, **save)
    return out.getvalue()


def with_exif(size: tuple[int, int], exif: bytes, *, orientation: int = 1, kind: str) -> bytes:
    """Such a photo with these bytes for its EXIF."""
    with Image.open(io.BytesIO(photo(size, orientation=orientation, kind="PNG"))) as stored:
        out = io.BytesIO()
        stored.convert("RGB").save(out, kind, exif=b"Exif\0\0" + exif)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A valid PNG of one grey level: small to send, huge to decode."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def is_red_upper_left(image: Image.Image) -> bool:
    width, height = image.size
    x, y = width // 8, height // 8
    corners = [(x, y), (width - x, y), (x, height - y)]
    colours = [image.convert("RGB").getpixel(corner) for corner in corners]
    return [_is_red(colour) for colour in colours] == [True, False, False]


def _is_red(colour: Any) -> bool:
    return bool(colour[0] > 200 and colour[2] < 60)
