"""Files from outside: what they are by their bytes, and which of them are taken.

A file is kept as it came and only ever handed out as something to save. What can carry a program along —
macros, web pages, scripts, drawings with scripts — is not taken at all.
"""

from __future__ import annotations

import io
import zipfile

MAX_PAPER_BYTES = 20 * 1024 * 1024

TAKEN = ("pdf", "jpg", "jpeg", "png", "webp", "heic", "docx", "xlsx", "pptx")
"""Endings of the names of files that are taken."""

_OFFICE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_OFFICE_MEDIA = "application/vnd.openxmlformats-officedocument"
_MEDIA = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "docx": f"{_OFFICE_MEDIA}.wordprocessingml.document",
    "xlsx": f"{_OFFICE_MEDIA}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE_MEDIA}.presentationml.presentation",
}
_MOST_PARTS = 10_000
_PART = b"PK\x01\x02"
"""How each line of an archive's list of parts begins."""


def media_of(name: str, data: bytes) -> str | None:
    """The media type of a file that is taken; None where name and bytes don't say the same, or it isn't."""
    ending = name.rpartition(".")[2].lower()
    if ending not in TAKEN or not data or not _fits(ending, data):
        return None
    return _MEDIA[ending]


def _fits(ending: str, data: bytes) -> bool:
    if ending in _OFFICE:
        return _is_office(_OFFICE[ending], data)
    return {
        "pdf": data[:1024].find(b"%PDF-") >= 0,
        "png": data.startswith(b"\x89PNG\r\n\x1a\n"),
        "webp": data[:4] == b"RIFF" and data[8:12] == b"WEBP",
        "heic": data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"),
    }.get(ending, data.startswith(b"\xff\xd8\xff"))


def _is_office(folder: str, data: bytes) -> bool:
    """Whether it is a document of that kind without macros; nothing is unpacked."""
    if data.count(_PART) > _MOST_PARTS:  # before anything is read: each part costs memory and time
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    if "[Content_Types].xml" not in names:
        return False
    return any(one.startswith(folder) for one in names) and not any(
        "vbaproject" in one.lower() for one in names
    )
