"""Which files from outside are taken."""

from __future__ import annotations

import io
import zipfile

import pytest

from server.evidence.papers import media_of
from tests.evidence.pictures_made import photo


def office(*names: str) -> bytes:
    """An archive with empty parts of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return made.getvalue()


WORD = office("[Content_Types].xml", "word/document.xml")
TAKEN = [
    ("整改证据.pdf", b"%PDF-1.7\n...", "application/pdf"),
    ("IMG_1.JPG", photo((64, 48)), "image/jpeg"),
    ("培训记录.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("x.png", b"\x89PNG\r\n\x1a\n....", "image/png"),
]
REFUSED = [
    ("page.html", b"<html><script>alert(1)</script>"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("x.pdf", b"<html><script>alert(1)</script>"),
    ("x.pdf", b""),
    ("x.jpg.exe", photo((64, 48))),
    ("x.exe", b"MZ\x90"),
    ("x.docm", office("[Content_Types].xml", "word/document.xml")),
    ("x.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
    ("x.docx", office("[Content_Types].xml", "xl/workbook.xml")),
    ("x.docx", office("[Content_Types].xml", *(f"word/{n}" for n in range(10_001)))),
    ("x.xlsx", office("nothing.txt")),
    ("x.docx", b"PK\x03\x04 but no archive"),
    ("nothing", b"%PDF-1.7"),
    ("", b"%PDF-1.7"),
]


@pytest.mark.parametrize(("name", "data", "media"), TAKEN)
def test_what_it_says_it_is_and_is_harmless_is_taken(name: str, data: bytes, media: str) -> None:
    assert media_of(name, data) == media


@pytest.mark.parametrize(("name", "data"), REFUSED)
def test_what_can_run_or_is_something_else_is_not(name: str, data: bytes) -> None:
    assert media_of(name, data) is None
