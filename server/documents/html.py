"""The report as one HTML file that needs nothing else, and its parts for the preview page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.documents.jpeg import read_frame
from server.documents.printed import Document
from server.documents.wording import drafted, flat
from server.settings import data_root

Address = Callable[[str], str]
"""An id or hash → an address, or "" where there is none."""


def nowhere(_: str) -> str:
    return ""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(data_root("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def render(
    document: Document,
    pictures: Mapping[str, Path],
    target: Path,
    *,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Write the document as HTML to `target`, pictures and styles inside.

    `pictures`: SHA-256 → JPEG or PNG; what is not there prints as 无文件. `tick` is called once for every
    picture. Pieces are written as they are made, so memory holds one picture at a time.
    """

    def photo(sha: str) -> str:
        return f"picture:{sha}" if sha in pictures else ""

    styles = (data_root("templates") / "report" / "report.css").read_text(encoding="utf-8")
    template = _environment().get_template("report/report.html")
    made = template.render(
        document=document,
        title=f"{flat(document.title)} {document.number}",
        css=Markup(styles),
        link=nowhere,
        photo=photo,
        qr=qr,
        drafted=drafted(document),
    )
    with target.open("w", encoding="utf-8") as output:
        for at, piece in enumerate(made.split('src="picture:')):
            if at == 0:
                output.write(piece)
                continue
            sha, rest = piece[:64], piece[64:]
            output.write('src="')
            output.write(_data(pictures[sha]))
            output.write(rest)
            tick()


def body(document: Document, link: Address, photo: Address) -> Markup:
    """The chapters for the preview page: `link` leads from elements to their observations.

    Its classes are styled by `templates/report/report.css` under an element of class `report`.
    """
    nodes = _environment().get_template("report/nodes.html").module
    made = (
        nodes.node(node, document, link, photo, qr)  # type: ignore[attr-defined]
        for node in document.body
    )
    return Markup("").join(made)


def qr(text: str) -> Markup:
    """A QR code as SVG."""
    return Markup(segno.make(text, error="m").svg_inline(scale=4, border=1))


def _data(path: Path) -> str:
    media = "image/jpeg" if read_frame(path) else "image/png"
    return f"data:{media};base64,{base64.b64encode(path.read_bytes()).decode()}"
