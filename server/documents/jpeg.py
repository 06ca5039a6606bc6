"""Reading the size of a JPEG from its header, without decoding or loading it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_FRAMES = {0xC0, 0xC1, 0xC2}
_ALONE = {0x01, *range(0xD0, 0xD9)}


class Frame(NamedTuple):
    """Width and height in pixels, and the number of colour components (1 grey, 3 colour)."""

    width: int
    height: int
    components: int


def read_frame(path: Path) -> Frame | None:
    """The frame of a baseline or progressive JPEG; None for anything else."""
    with path.open("rb") as file:
        if file.read(2) != b"\xff\xd8":
            return None
        while (marker := file.read(2)) and marker[0] == 0xFF:
            if marker[1] in _ALONE:
                continue
            length = int.from_bytes(file.read(2), "big")
            if marker[1] in _FRAMES:
                frame = file.read(6)
                if len(frame) < 6:
                    return None
                return Frame(int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big"), frame[5])
            file.seek(length - 2, 1)
    return None
