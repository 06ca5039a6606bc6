"""WordprocessingML as text: paragraphs, runs, tables, fields and pictures, each a piece of XML.

Pieces are put together as strings and parsed once: a report of thirty pages takes a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.oxml.parser import parse_xml

from server.documents.printed import Words

Xml = str
"""A piece of well-formed XML; its text is escaped."""

LINE = 9298
"""Width of the text on the page in twentieths of a point: A4 without margins of 23 mm."""
QUIET, ALARM, SHADE, RULE = "566066", "A3301C", "F1F4F3", "9AA4A8"
EMU_PER_TWIP = 635
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BOXES = "Segoe UI Symbol"
_PICTURE = (
    "<w:drawing"
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{w}" cy="{h}"/>'
    '<wp:docPr id="{id}" name="Picture {id}" descr={said}/><wp:cNvGraphicFramePr>'
    '<a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
    '<pic:cNvPr id="{id}" name="Picture {id}" descr={said}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
    '<a:blip r:embed="{rel}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
)


def w(tag: str, *children: Xml, **attributes: str | int) -> Xml:
    """An element of the main namespace: `w("jc", val="center")`."""
    written = "".join(f" w:{name}={quoteattr(str(value))}" for name, value in attributes.items())
    return f"<w:{tag}{written}>{''.join(children)}</w:{tag}>" if children else f"<w:{tag}{written}/>"


def element(xml: Xml) -> Any:
    """A piece of XML as an element of python-docx."""
    return parse_xml(re.sub(r"^<w:(\w+)", rf'<w:\1 xmlns:w="{_NAMESPACE}"', xml, count=1))


def run(text: str, *properties: Xml, lang: str = "zh") -> Xml:
    """A run of text in a language; line breaks inside stay."""
    script = [w("rFonts", hint="eastAsia"), w("lang", val="en-US", eastAsia="zh-CN")] if lang == "zh" else []
    style = w("rPr", *_ordered([*properties, *script])) if properties or script else ""
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:r>{style}{'<w:br/>'.join(lines)}</w:r>"


_ORDER = ("rStyle", "rFonts", "b", "color", "sz", "szCs", "shd", "vertAlign", "lang")


def _ordered(properties: Iterable[Xml]) -> list[Xml]:
    """Properties of a run in the order that the schema asks for."""
    return sorted(properties, key=lambda xml: _ORDER.index(_tag(xml)))


def _tag(xml: Xml) -> str:
    return xml[3:].split(" ", 1)[0].split("/", 1)[0].split(">", 1)[0]


def bold() -> Xml:
    return w("b")


def colour(value: str) -> Xml:
    return w("color", val=value)


def size(points: float) -> Xml:
    return w("sz", val=round(points * 2))


def runs(words: Words, *properties: Xml, joint: Xml | None = None) -> list[Xml]:
    """Words as runs: a line per language (or `joint` between), the second quieter, marks in superscript."""
    made: list[Xml] = []
    for at, one in enumerate(words):
        if at:
            made.append(joint if joint is not None else w("r", w("br")))
        own = list(properties)
        if at and joint is None and "color" not in map(_tag, own):
            own.append(colour(QUIET))
        made.append(run(one.text, *own, lang=one.lang))
        if one.mark:
            made.append(run("†", w("vertAlign", val="superscript")))
    return made


def line_of(words: Words, *properties: Xml) -> list[Xml]:
    """Words in one line, languages side by side."""
    return runs(words, *properties, joint=run(" "))


def box(chosen: bool) -> Xml:
    """A ticked or empty box before an option."""
    fonts = w("rFonts", ascii=_BOXES, hAnsi=_BOXES, eastAsia=_BOXES, cs=_BOXES)
    return run("☑ " if chosen else "☐ ", fonts, lang="en")


def paragraph(
    style: str, *content: Xml, fresh: bool = False, together: bool = False, placed: Xml = ""
) -> Xml:
    """A paragraph of a style. `fresh`: begins a page; `together`: stays with the next."""
    keep = w("keepNext") if together else ""
    page = w("pageBreakBefore") if fresh else ""
    return w("p", w("pPr", w("pStyle", val=style), keep, page, placed), *content)


def bookmarked(content: Sequence[Xml], name: str, number: int) -> list[Xml]:
    return [w("bookmarkStart", id=number, name=name), *content, w("bookmarkEnd", id=number)]


def link(anchor: str, *content: Xml) -> Xml:
    return w("hyperlink", *content, anchor=anchor, history=1)


def field(instruction: str, *shown: Xml, dirty: bool = False) -> list[Xml]:
    """A field: its instruction and what it shows until it is updated."""
    begin = w("fldChar", fldCharType="begin", **({"dirty": "true"} if dirty else {}))
    code = f'<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText>'
    end = w("r", w("fldChar", fldCharType="end"))
    return [w("r", begin), w("r", code), w("r", w("fldChar", fldCharType="separate")), *shown, end]


def cell(width: int, content: Sequence[Xml], *, shaded: bool = False, ruled: bool = True) -> Xml:
    """A table cell; a cell must end with a paragraph."""
    properties = [w("tcW", w=width, type="dxa")]
    if not ruled:
        none = [w(side, val="nil") for side in ("top", "left", "bottom", "right")]
        properties.append(w("tcBorders", *none))
    if shaded:
        properties.append(w("shd", val="clear", color="auto", fill=SHADE))
    listed = list(content)
    if not listed or listed[-1].startswith("<w:tbl>"):
        listed.append(paragraph("Cell"))
    return w("tc", w("tcPr", *properties), *listed)


_TALL = 620
"""The height of a row to be signed in, in twentieths of a point."""


def row(cells: Sequence[Xml], *, header: bool = False, whole: bool = False, tall: bool = False) -> Xml:
    """A table row. `header`: repeated on every page; `whole`: never torn; `tall`: with room to write."""
    properties = []
    if whole:
        properties.append(w("cantSplit"))
    if tall:
        properties.append(w("trHeight", val=_TALL, hRule="atLeast"))
    if header:
        properties.append(w("tblHeader"))
    return w("tr", *([w("trPr", *properties)] if properties else []), *cells)


def table(shares: Sequence[float], rows: Sequence[Xml], *, line: int = LINE) -> Xml:
    """A table over a line; `shares` divide its width."""
    grid = w("tblGrid", *(w("gridCol", w=width) for width in widths(shares, line)))
    properties = w(
        "tblPr",
        w("tblStyle", val="Ruled"),
        w("tblW", w=line, type="dxa"),
        w("tblInd", w=90, type="dxa"),
        w("tblLayout", type="fixed"),
    )
    return w("tbl", properties, grid, *rows)


def widths(shares: Sequence[float], line: int = LINE) -> list[int]:
    """Widths of columns in twentieths of a point."""
    total = sum(shares)
    return [round(line * share / total) for share in shares]


def picture(relation: str, number: int, width: int, height: int, description: str) -> Xml:
    """An inline picture; sizes in twentieths of a point. `description` is for those who can't see it."""
    drawing = _PICTURE.format(
        id=number,
        rel=relation,
        w=width * EMU_PER_TWIP,
        h=height * EMU_PER_TWIP,
        said=quoteattr(description),
    )
    return w("r", drawing)
