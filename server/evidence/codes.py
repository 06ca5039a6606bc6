"""What the QR codes on a photo say: a signed sheet is found again by the one that was printed on it.

Read in a process of its own (`python -m server.evidence.codes`, the picture on its standard input): bytes
that bring the reader down, or keep it busy, take nothing of the server with them.
"""

from __future__ import annotations

import asyncio
import io
import sys
from asyncio.subprocess import DEVNULL, PIPE

import msgspec

from server.evidence.pictures import NotAPicture, upright
from server.processes import child

_LONGEST_SIDE = 4_096
"""A code of 3 cm on a sheet of A4 still has some eight pixels a module."""
_LONGEST_S = 30


async def read_codes(data: bytes) -> list[str]:
    """The text of every QR code on a picture, which may be askew; none where it can't be read."""
    async with child(__name__, stdin=PIPE, stderr=DEVNULL) as reader:
        try:
            answer, _ = await asyncio.wait_for(reader.communicate(data), _LONGEST_S)
        except TimeoutError:
            return []
    return msgspec.json.decode(answer, type=list[str]) if reader.returncode == 0 else []


def main() -> int:
    """Read the picture on standard input, write the texts of its codes as JSON."""
    import zxingcpp  # only here: it is no part of the server's own process

    try:
        picture = upright(io.BytesIO(sys.stdin.buffer.read()), _LONGEST_SIDE).convert("L")
    except NotAPicture:
        return 1
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=wanted)
    sys.stdout.buffer.write(msgspec.json.encode([one.text for one in found if one.valid]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
