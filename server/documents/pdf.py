"""The PDF: archivable (PDF/A-2a), accessible (PDF/UA-1), the same bytes for the same content."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst
from PIL import Image

from server.documents.glyphs import replaced, unprintable
from server.documents.jpeg import read_frame
from server.documents.printed import Code, Document, Sign
from server.documents.splice import placeholder, splice
from server.documents.wording import drafted
from server.settings import data_root

STANDARDS: Any = ["a-2a", "ua-1"]
_TEMPLATE = "report.typ"
_SPLICED = (1, 3)
"""Numbers of colour components that a placeholder can stand for; others are typeset as they are."""


def render(
    document: Document,
    pictures: Mapping[str, Path],
    target: Path,
    *,
    fonts: Sequence[Path],
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Write the document as PDF to `target`.

    `pictures`: SHA-256 → JPEG (photos) or PNG (signatures); what is not there prints as 无文件. `tick` is
    called once for every photo.
    """
    with tempfile.TemporaryDirectory(prefix="clausewalk-pdf-") as folder:
        work = Path(folder)
        files, photos = _prepare(document, pictures, work)
        source = _typeset(document, files, work, fonts)
        with target.open("wb") as output:
            splice(source, photos, output, tick)


def _prepare(
    document: Document, pictures: Mapping[str, Path], work: Path
) -> tuple[dict[str, dict[str, Any]], dict[str, Path]]:
    """Put into `work` what the typesetter reads; returns what it knows of each file, and photos to splice."""
    files: dict[str, dict[str, Any]] = {}
    spliced: dict[str, Path] = {}
    wanted = dict.fromkeys([*(photo.sha256 for photo in document.photos()), *_signed(document)])
    for sha in wanted:
        path = pictures.get(sha)
        if not sha or path is None:
            continue
        frame = read_frame(path)
        if frame and frame.components in _SPLICED:
            name, size = f"{sha}.jpeg", (frame.width, frame.height)
            (work / name).write_bytes(placeholder(sha, frame.components))
            spliced[sha] = path
        else:
            with Image.open(path) as picture:
                name, size = f"{sha}.{(picture.format or 'png').lower()}", picture.size
            shutil.copyfile(path, work / name)
        files[sha] = {"path": name, "width": size[0], "height": size[1]}
    if code := _code(document):
        segno.make(code.text, error="m").save(str(work / "qr.png"), scale=8, border=1)
    shutil.copyfile(data_root("templates") / "report" / _TEMPLATE, work / _TEMPLATE)
    return files, spliced


def _code(document: Document) -> Code | None:
    """The one QR code that a document has: on its cover, or in its body."""
    if document.cover and document.cover.code:
        return document.cover.code
    blocks = (block for item in document.items() for block in item.blocks)
    return next((block for block in blocks if isinstance(block, Code)), None)


def _signed(document: Document) -> list[str]:
    """Hashes of all pictures of signatures."""
    items = [*(document.cover.fields if document.cover else []), *document.items()]
    return [block.picture for item in items for block in item.blocks if isinstance(block, Sign)]


def _typeset(document: Document, files: Mapping[str, Any], work: Path, fonts: Sequence[Path]) -> bytes:
    day = document.day()
    data = {
        "document": document,
        "files": files,
        "date": [day.year, day.month, day.day],
        "drafted": drafted(document),
    }
    written = msgspec.json.encode(data).decode()
    (work / "data.json").write_text(written, encoding="utf-8")
    compiler = typst.Compiler(
        input=str(work / _TEMPLATE),
        root=str(work),
        font_paths=[str(f) for f in fonts],
        ignore_system_fonts=True,
    )
    try:
        return _compiled(compiler)
    except typst.TypstError:
        refused = unprintable(written, work, fonts, STANDARDS)
        if not refused:
            raise
        (work / "data.json").write_text(replaced(written, refused), encoding="utf-8")
        return _compiled(compiler)


def _compiled(compiler: typst.Compiler) -> bytes:
    made = compiler.compile(pdf_standards=STANDARDS, timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave no single file")
    return made
