"""签到表 laid out for print: a line a person with room to sign, the code to file it by, what was drawn."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.attendance import AttendancePaper, Attending
from server.audit.entries import SignedBody
from server.audit.names import name_of
from server.audit.signing import MEETING_NAMES, MEETINGS
from server.documents.filing import bare, filed_by
from server.documents.grids import grid
from server.documents.layout import document
from server.documents.printed import Document, Grid, Heading, Languages, Node, Sign, Words
from server.documents.wording import plain, term, words

_MEETINGS = [6, 6, 6, 8, 6]
_SHARES = [5, 5, 6, 7, 7]


def lay_out_attendance(paper: AttendancePaper, lang: Languages) -> Document:
    """The printed sheet in `lang`."""
    return document(paper.header, lang, None, list(_body(paper, lang)))


def _body(paper: AttendancePaper, lang: Languages) -> Iterator[Node]:
    yield Heading(level=1, words=term("outline", lang), anchor="outline")
    rows = [[words(label, lang), words(text, lang)] for label, text in paper.facts]
    yield Grid(columns=[], rows=rows, widths=[1, 6])
    meetings = grid(paper.meetings, lang)
    yield Grid(columns=meetings.columns, rows=meetings.rows, widths=_MEETINGS, tall=True)
    yield Heading(level=1, words=term("attending", lang), anchor="attending")
    columns = [term(name, lang) for name in ("name", "department", "position")]
    columns += [words(MEETING_NAMES[meeting], lang) for meeting in MEETINGS]
    empty: list[list[Words]] = [[[] for _ in columns] for _ in range(paper.empty_lines)]
    people = [[*_about(one, lang), *(_mark(signed, lang) for signed in one.signed)] for one in paper.people]
    yield Grid(columns=columns, rows=[*people, *empty], widths=_SHARES, tall=True)
    yield filed_by(paper.address, paper.code, lang)
    drawn = [sign for one in paper.people for sign in _drawn(one, lang)]
    if drawn:
        yield Heading(level=1, words=term("drawn", lang), anchor="drawn")
        yield bare("drawn", list(drawn))


def _about(one: Attending, lang: Languages) -> list[Words]:
    """Who it is. Whoever is still to sign has room to write the rest by hand."""
    name = name_of(one).en if lang == "en" else one.name
    department = one.department_en if lang == "en" else ""
    about = [plain(department or one.department, lang), words(one.position, lang)]
    if one.role.zh:
        about = [about[0] or term("team", lang), about[1] or words(one.role, lang)]
    if any(one.signed):
        about = [told or term("not_told", lang) for told in about]
    return [plain(name, lang), *about]


def _mark(signed: SignedBody | None, lang: Languages) -> Words:
    """Room to sign, or how and when it was signed."""
    if signed is None:
        return []
    how = "imported" if signed.imported else "drawn" if signed.picture else "on_paper"
    return [*term(how, lang), *plain(signed.signed_at[:10], lang)]


def _drawn(one: Attending, lang: Languages) -> Iterator[Sign]:
    for meeting, signed in zip(MEETINGS, one.signed, strict=True):
        if signed and signed.picture:
            role, date = words(MEETING_NAMES[meeting], lang), signed.signed_at[:10]
            yield Sign(
                name=name_of(one).get("en" if lang == "en" else "zh"),
                role=role,
                date=date,
                picture=signed.picture,
                note=[],
            )
