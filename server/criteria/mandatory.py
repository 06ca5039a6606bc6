"""What an audit may not leave out, as data: by scheme, kind of audit and the days on which a rule applies."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date

from server.criteria.lines import Path
from server.criteria.model import (
    ClauseRef,
    Confidence,
    Data,
    Form,
    SurveillancePoint,
    Text,
)


class Mention(Data, frozen=True, kw_only=True):
    """What a record of a point also has to say: one of ``words``, or a day where ``dated``."""

    what: Text
    words: tuple[str, ...] = ()
    dated: bool = False


class Point(Data, frozen=True, kw_only=True):
    """One mandatory point.

    ``rule`` is the source that gaps name. ``audits``: kinds of audit it is for, empty for all.
    ``effective_from`` and ``effective_to`` are the first and the last day of an audit's beginning on which it
    applies. ``confidence``: only what is high makes an error.

    It is satisfied, for each scheme apart, by an observation of one of ``clauses`` (sub-clauses included)
    that says one of ``words`` where there are any, or that answers one of ``items``, or that holds a card of
    ``cards``; for every scheme by an answer to one of ``elements``: 无, or a text with one of ``words``.
    What such observations all leave out of ``mentions`` is told too. ``letter``: the point of ISO/IEC
    17021-1:2015, 9.6.2.2 that it is; ``clauses`` then add to what items and elements of the form say of it.
    """

    id: str
    title: Text
    rule: Text
    schemes: tuple[str, ...]
    audits: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    letter: SurveillancePoint | None = None
    clauses: tuple[ClauseRef, ...] = ()
    items: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    confidence: Confidence
    remark: Text | None = None

    @property
    def rests_on_one_item(self) -> bool:
        """Whether nothing but the answer to a single item satisfies it."""
        return len(self.items) == 1 and not (self.letter or self.clauses or self.elements or self.cards)

    def applies(self, scheme: str, kind: str, day: date | None) -> bool:
        """Whether it is asked of a scheme in an audit of that kind that begins on ``day``."""
        if scheme not in self.schemes or (self.audits and kind not in self.audits):
            return False
        return day is None or (self.effective_from or day) <= day <= (self.effective_to or day)


class ReportPoint(Data, frozen=True, kw_only=True):
    """What a report must contain: none of ``elements`` may be empty in it; 无 is an answer."""

    id: str
    title: Text
    rule: Text
    elements: tuple[str, ...]
    confidence: Confidence


class MeetingPoints(Data, frozen=True, kw_only=True):
    """The points of a meeting that a rule asks for, by their ``ref`` in the house's list."""

    meeting: str
    rule: Text
    refs: tuple[str, ...]
    confidence: Confidence


class Mandatory(Data, frozen=True, kw_only=True):
    """One file of mandatory points."""

    id: str
    points: tuple[Point, ...]
    report: tuple[ReportPoint, ...] = ()
    meetings: tuple[MeetingPoints, ...] = ()

    def letters(self) -> Iterator[tuple[ClauseRef, SurveillancePoint]]:
        """Clauses and the letters of 9.6.2.2 that an observation of them touches."""
        for point in self.points:
            if point.letter:
                for clause in point.clauses:
                    yield clause, point.letter


def together(files: Iterable[Mandatory]) -> Mandatory:
    """What several files ask for, as one."""
    files = list(files)
    return Mandatory(
        id="+".join(one.id for one in files),
        points=tuple(point for one in files for point in one.points),
        report=tuple(part for one in files for part in one.report),
        meetings=tuple(part for one in files for part in one.meetings),
    )


def problems(
    value: Mandatory,
    *,
    items: Container[str],
    cards: Container[str],
    forms: Iterable[Form],
    schemes: Container[str],
) -> Iterator[tuple[Path, str]]:
    """What is wrong with a file: where in it, and why. Elements stand in one of the ``forms`` at least."""
    elements = {element.key for form in forms for element in form.elements}
    known: Mapping[str, Container[str]] = {
        "items": items,
        "cards": cards,
        "elements": elements,
        "schemes": schemes,
    }
    for at, point in enumerate(value.points):
        for key, names in known.items():
            yield from _unknown(("points", at, key), getattr(point, key), names)
        if not point.schemes:
            yield ("points", at, "schemes"), f"schemes of {point.id} is empty"
        if not (point.letter or point.clauses or point.items or point.elements or point.cards):
            yield ("points", at), f"nothing could satisfy {point.id}"
        if point.effective_from and point.effective_to and point.effective_to < point.effective_from:
            yield ("points", at, "effective_to"), f"{point.id} ends before it begins"
    for at, part in enumerate(value.report):
        yield from _unknown(("report", at, "elements"), part.elements, elements)


def _unknown(path: Path, names: tuple[str, ...], known: Container[str]) -> Iterator[tuple[Path, str]]:
    for n, name in enumerate(names):
        if name not in known:
            yield (*path, n), f"unknown {str(path[-1]).removesuffix('s')} {name}"
