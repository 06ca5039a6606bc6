"""审核记录表 laid out for print: per stop and auditor a head and a table clause · record · outcome."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.report import tree
from server.documents import appendix
from server.documents.layout import document
from server.documents.printed import Document, Grid, Heading, Languages, Node, Para, Words
from server.documents.wording import named, plain, term, words


def lay_out_sheets(sheets: tree.Sheets, lang: Languages) -> Document:
    """All record sheets of an audit, then their photos. Each sheet but the first begins a page."""
    body: list[Node] = [
        node
        for at, sheet in enumerate(sheets.sheets)
        for node in _sheet(sheets.header, sheet, lang, fresh=at > 0)
    ]
    if not body:
        body.append(Para(words=term("nothing", lang), look="note"))
    body += appendix.photos(sheets.pictures, lang)
    body += appendix.untranslated(sheets.untranslated, lang)
    return document(sheets.header, lang, None, body)


def _sheet(header: tree.Header, sheet: tree.Sheet, lang: Languages, *, fresh: bool) -> Iterator[Node]:
    place = appendix.place_words(sheet.place, lang)
    yield Heading(
        level=1,
        words=place,
        anchor=f"sheet-{sheet.place.key or 'unsorted'}-{sheet.lines[0].id}",
        fresh=fresh,
    )
    rows: list[list[Words]] = [
        [
            term("client", lang),
            words(header.client, lang),
            term("number", lang),
            plain(header.number, lang),
        ],
        [
            term("department", lang),
            words(sheet.place.department, lang),
            term("process", lang),
            words(sheet.place.process, lang),
        ],
        [
            term("auditor", lang),
            plain(named([sheet.auditor], [sheet.auditor_en], lang), lang),
            term("date", lang),
            plain(sheet.date, lang),
        ],
        [
            term("escort", lang),
            plain(named(sheet.escort, sheet.escort_en, lang), lang),
            term("people", lang),
            plain(named(sheet.people, sheet.people_en, lang), lang),
        ],
    ]
    yield Grid(columns=[], rows=rows, widths=[3, 8, 3, 8])
    yield from appendix.records(sheet.lines, lang)
