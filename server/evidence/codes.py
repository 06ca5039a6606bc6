"""What the QR codes on a photo say: a signed sheet is found again by the one that was printed on it."""

from __future__ import annotations

import io

import zxingcpp

from server.evidence.pictures import upright

_LONGEST_SIDE = 4_096
"""A code of 3 cm on a sheet of A4 still has some eight pixels a module."""

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def read_codes(data: bytes) -> list[str]:
    """The text of every QR code on a picture, which may be askew. Blocks. Raises `NotAPicture`."""
    picture = upright(io.BytesIO(data), _LONGEST_SIDE).convert("L")
    found = zxingcpp.read_barcodes(picture, formats=_QR)
    return [one.text for one in found if one.valid]
