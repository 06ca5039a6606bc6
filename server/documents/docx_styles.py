"""The empty Word document: page, real styles, header and footer with page numbers."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import docx
import docx.document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from server.documents.docx_xml import LINE, QUIET, RULE, Xml, element, field, line_of, run, w
from server.documents.printed import Document, Words
from server.documents.wording import flat

_CHINESE, _CHINESE_HEADING = "宋体", "黑体"
_LATIN, _LATIN_HEADING = "Times New Roman", "Arial"
_HEADINGS = {1: (15, 18, 9), 2: (12, 14, 6), 3: (10.5, 10, 5)}
"""Level → size, space before, space after, in points."""


def new(document: Document) -> docx.document.Document:
    """A Word document with styles, page and properties set, and nothing in it."""
    made = docx.Document()
    _page(made, document)
    _styles(made)
    _ruled(made)
    properties = made.core_properties
    properties.title = f"{flat(document.title)} {document.number}".strip()
    properties.author = flat(document.house)
    properties.language = "en" if document.lang == "en" else "zh-CN"
    properties.comments = ""
    stamp = datetime.combine(document.day(), time(), UTC)
    properties.created = properties.modified = stamp
    properties.last_modified_by = ""
    return made


def _page(made: docx.document.Document, document: Document) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(23)
    section.top_margin, section.bottom_margin = Mm(26), Mm(23)
    section.header_distance = section.footer_distance = Mm(12)
    section.different_first_page_header_footer = document.cover is not None
    head = section.header.paragraphs[0]
    head._p.append(element(run(document.number)))
    head._p.append(element(w("r", w("tab"))))
    for piece in line_of(document.house):
        head._p.append(element(piece))
    head._p.get_or_add_pPr().append(element(w("pBdr", w("bottom", val="single", sz=4, space=3, color=RULE))))
    for foot in (section.footer, section.first_page_footer):
        paragraph = foot.paragraphs[0]
        for piece in (
            *line_of(document.title),
            w("r", w("tab")),
            *_page_number(document.terms["page"]),
        ):
            paragraph._p.append(element(piece))


def _page_number(words: Words) -> list[Xml]:
    """第 1 页 共 30 页 with fields in place of {page} and {pages}."""
    made: list[Xml] = []
    for at, one in enumerate(words):
        if at:
            made.append(run("  "))
        before, _, rest = one.text.partition("{page}")
        between, _, after = rest.partition("{pages}")
        made += [run(before), *field("PAGE", run("1")), run(between)]
        made += [*field("NUMPAGES", run("1")), run(after)]
    return made


def _styles(made: docx.document.Document) -> None:
    normal = made.styles["Normal"]
    _font(normal, 10.5, _LATIN, _CHINESE)
    _spacing(normal, 0, 4)
    normal.paragraph_format.line_spacing = 1.15
    for level, (points, before, after) in _HEADINGS.items():
        heading = made.styles[f"Heading {level}"]
        _font(heading, points, _LATIN_HEADING, _CHINESE_HEADING, bold=True)
        _spacing(heading, before, after)
        heading.paragraph_format.keep_with_next = True
    for name, points, bold in (
        ("Title", 26, True),
        ("Subtitle", 14, False),
        ("Caption", 9, False),
        ("TOC Heading", 15, True),
    ):
        style = made.styles[name]
        _font(style, points, _LATIN_HEADING, _CHINESE_HEADING, bold=bold)
        _spacing(style, 6, 6)
        borders = style.element.find(qn("w:pPr") + "/" + qn("w:pBdr"))
        if borders is not None:
            borders.getparent().remove(borders)
    for name, points, before, after in (("Cell", 9.5, 1, 1), ("Element", 10.5, 8, 3), ("Note", 9, 2, 3)):
        style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _font(style, points, _LATIN, _CHINESE, bold=name == "Element")
        _spacing(style, before, after)
        style.paragraph_format.line_spacing = 1.1
    made.styles["Element"].paragraph_format.keep_with_next = True
    made.styles["Note"].font.color.rgb = RGBColor.from_string(QUIET)
    for level in (1, 2, 3):
        contents = made.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        contents.base_style = normal
        _spacing(contents, 0, 2)
        contents.paragraph_format.left_indent = Pt(12 * (level - 1))
        contents.paragraph_format.tab_stops.add_tab_stop(
            Pt(LINE / 20), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
    for name in ("Header", "Footer"):
        style = made.styles[name]
        style.font.size = Pt(8.5)
        style.font.color.rgb = RGBColor.from_string(QUIET)
        for stop in list(style.paragraph_format.tab_stops):
            style.paragraph_format.tab_stops[0]._tab.getparent().remove(stop._tab)
        style.paragraph_format.tab_stops.add_tab_stop(Pt(LINE / 20), WD_TAB_ALIGNMENT.RIGHT)


def _font(style: Any, points: float, latin: str, chinese: str, *, bold: bool | None = None) -> None:
    """Fonts of both scripts; theme fonts and colours of the template go."""
    style.font.size, style.font.name = Pt(points), latin
    style.font.color.rgb = RGBColor(0x1B, 0x22, 0x26)
    style.font.italic = False
    if bold is not None:
        style.font.bold = bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in [name for name in fonts.attrib if "heme" in name]:
        del fonts.attrib[attribute]
    for script, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{script}"), name)


def _spacing(style: Any, before: float, after: float) -> None:
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _ruled(made: docx.document.Document) -> None:
    """The style of all tables: thin grey rules, a little air in the cells."""
    style = made.styles.add_style("Ruled", WD_STYLE_TYPE.TABLE)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = w("tblBorders", *(w(side, val="single", sz=4, space=0, color=RULE) for side in sides))
    margins = w(
        "tblCellMar",
        *(
            w(side, w=width, type="dxa")
            for side, width in (("top", 40), ("left", 90), ("bottom", 40), ("right", 90))
        ),
    )
    style.element.append(element(w("tblPr", borders, margins)))
