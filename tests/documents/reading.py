"""Reading documents back as a reader meets them: the words of a Word file, of a PDF and of a page."""

from __future__ import annotations

import re
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
from docx.oxml.parser import parse_xml

_MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def words(path: Path) -> str:
    """All words of a document without any blanks: line breaks differ between formats."""
    read = {".docx": _word, ".pdf": _pdf, ".html": _page}[path.suffix]
    return squeezed(read(path))


def squeezed(text: str) -> str:
    """A text without blanks and without the marks that set right-to-left words apart."""
    return re.sub(r"[\s\u202a-\u202e\u2066-\u2069\u00ad]+", "", text)


def _word(path: Path) -> str:
    docx.Document(str(path))  # it opens as Word would open it
    with zipfile.ZipFile(path) as package:
        body = parse_xml(package.read("word/document.xml"))
    return "\n".join("".join(t.text or "" for t in p.iter(f"{_MAIN}t")) for p in body.iter(f"{_MAIN}p"))


def _pdf(path: Path) -> str:
    """The words of the pages between header and footer, cell by cell as they were set."""
    crop = ["-x", "0", "-y", "70", "-W", "600", "-H", "710"]
    made = subprocess.run(
        ["pdftotext", "-raw", *crop, "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True
    )
    return made.stdout.decode()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _page(path: Path) -> str:
    parser = _Words()
    parser.feed(path.read_text(encoding="utf-8"))
    return "".join(parser.parts)
