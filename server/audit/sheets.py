"""Codes of sheets that are printed, signed, photographed and filed: which sheet it is, and what stood on it.

The head of the journal it was printed at, and a hash of what stood on it: so a photographed sheet is filed as
the one that was signed, whatever was added since.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"(\d{1,9})-?([0-9a-f]{12})")


def code_of(seq: int, sha256: str) -> str:
    """What a sheet is filed by: where it was printed, and the beginning of its hash."""
    return f"{seq}-{sha256[:12]}"


def address_of(audit: str, sheet: str, seq: int, sha256: str) -> str:
    """What its QR code holds: the audit, the sheet and its whole hash."""
    return f"{audit}/{sheet}/{seq}-{sha256}"


def read_code(typed: str) -> tuple[int, str] | None:
    """The head and the beginning of the hash in a code as typed, or in all that the QR code holds."""
    last = re.sub(r"\s", "", typed).lower().rsplit("/", 1)[-1]
    head, _, sha256 = last.partition("-")
    found = _CODE.fullmatch(f"{head}-{sha256.replace('-', '')[:12]}")
    return (int(found[1]), found[2]) if found else None
