"""审核计划 laid out for print: facts, team, a table for each day, notes."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.plan.paper import PlanPaper
from server.documents.grids import grid
from server.documents.layout import document
from server.documents.printed import Document, Grid, Heading, Languages, Node, Para
from server.documents.wording import plain, term, words

_STOPS = [4, 13, 15, 7]
"""Shares of the line: time, department and process, clauses, auditors."""
_TEAM = [3, 5, 5, 13, 9]


def lay_out_plan(paper: PlanPaper, lang: Languages) -> Document:
    """The printed plan in `lang`."""
    return document(paper.header, lang, None, list(_body(paper, lang)))


def _body(paper: PlanPaper, lang: Languages) -> Iterator[Node]:
    yield Heading(level=1, words=term("outline", lang), anchor="plan")
    rows = [[words(label, lang), words(text, lang)] for label, text in paper.facts]
    yield Grid(columns=[], rows=rows, widths=[1, 6])
    yield Heading(level=1, words=words(paper.team.title, lang), anchor="team")
    team = grid(paper.team, lang)
    yield Grid(columns=team.columns, rows=team.rows, widths=_TEAM)
    for at, one in enumerate(paper.days):
        title = plain(one.day, lang) or term("no_time", lang)
        yield Heading(level=1, words=title, anchor=f"day-{at}")
        made = grid(one.stops, lang)
        yield Grid(columns=made.columns, rows=made.rows, widths=_STOPS)
    if not paper.days:
        yield Para(words=term("no_plan", lang), look="note")
    for note in paper.notes:
        yield Para(words=words(note, lang), look="note")
