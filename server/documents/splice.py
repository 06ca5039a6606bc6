"""Photos put into a finished PDF: the typesetter sees placeholders, the file gets the JPEGs byte for byte.

Typesetting a thousand photos would decode them all and take a gigabyte. So each photo is set as a tiny JPEG
that carries its hash in a comment; afterwards its bytes are replaced while the file is copied, and the
table of offsets is written anew. Memory stays that of the text.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from server.documents.jpeg import read_frame

_IMAGE = re.compile(
    rb"<</Length \d+/Type/XObject/Subtype/Image/Filter/DCTDecode/Width \d+/Height \d+"
    rb"(/ColorSpace[^>]*?/BitsPerComponent 8)>>\nstream\n"
)
_MARK = b"clausewalk:"
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) n")


def placeholder(name: str, components: int) -> bytes:
    """A one-pixel JPEG, grey or in colour like the photo, that names the photo in a comment."""
    comment = _MARK + name.encode()
    pixel = _pixel(components)
    return pixel[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + pixel[2:]


@cache
def _pixel(components: int) -> bytes:
    target = io.BytesIO()
    Image.new("L" if components == 1 else "RGB", (1, 1)).save(target, "JPEG")
    return target.getvalue()


class Replacement:
    """Where a placeholder stands in the file, and what takes its place."""

    def __init__(self, start: int, end: int, head: bytes, photo: Path) -> None:
        self.start, self.end, self.head, self.photo = start, end, head, photo
        self.growth = len(head) + photo.stat().st_size - (end - start)


def splice(
    source: bytes, photos: Mapping[str, Path], target: BinaryIO, tick: Callable[[], None] = lambda: None
) -> None:
    """Write `source` (a PDF with a plain table of offsets) to `target` with the photos in it.

    `photos`: name in the placeholder → JPEG file. `tick` is called after each. `ValueError` if the PDF is not
    laid out as expected or a placeholder is missing.
    """
    replacements = list(_find(source, photos))
    if len(replacements) != len(photos):
        raise ValueError(f"{len(photos)} photos, but {len(replacements)} places for them in the PDF")
    table = int(source[source.rindex(b"startxref") + 9 :].split()[0])
    if source[table : table + 4] != b"xref":
        raise ValueError("the PDF has no plain table of offsets")
    at = 0
    for one in replacements:
        target.write(source[at : one.start] + one.head)
        with one.photo.open("rb") as photo:
            shutil.copyfileobj(photo, target)
        at = one.end
        tick()
    target.write(source[at:table])
    total = sum(one.growth for one in replacements)
    tail = _ENTRY.sub(lambda entry: _moved(entry, replacements), source[table:])
    tail = re.sub(rb"startxref\n\d+", b"startxref\n%d" % (table + total), tail)
    target.write(tail)


def _find(source: bytes, photos: Mapping[str, Path]) -> list[Replacement]:
    found = []
    for match in _IMAGE.finditer(source):
        end = source.index(b"\nendstream", match.end())
        mark = source.find(_MARK, match.end(), end)
        if mark < 0:
            continue
        name = source[mark + len(_MARK) : mark + len(_MARK) + 64].decode("ascii")
        photo = photos[name]
        frame = read_frame(photo)
        if frame is None:
            raise ValueError(f"{photo.name} is no JPEG")
        head = (
            b"<</Length %d/Type/XObject/Subtype/Image/Filter/DCTDecode/Width %d/Height %d%s>>\nstream\n"
            % (
                photo.stat().st_size,
                frame.width,
                frame.height,
                match.group(1),
            )
        )
        found.append(Replacement(match.start(), end, head, photo))
    return found


def _moved(entry: re.Match[bytes], replacements: list[Replacement]) -> bytes:
    """An entry of the table, moved by what grew before it."""
    offset = int(entry.group(1))
    grown = sum(one.growth for one in replacements if one.start < offset)
    return b"%010d %s n" % (offset + grown, entry.group(2))
