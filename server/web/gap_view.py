"""Gaps as pages show them: by gate, gravity and place, each with the way to where it is put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.audit.entries import DismissedBody
from server.audit.gaps import GATES, KINDS, SEVERITIES, Found, Gap, Gate, Severity
from server.audit.gaps.catalogue import code_of
from server.audit.state import Version
from server.criteria.model import Language, letter_of
from server.web import shown
from server.web.overview import Overview
from server.web.texts import texts

GROUP_FROM = 4
"""So many gaps of one kind and gravity at one gate stand folded under one line."""

STATUS: dict[Severity, str] = {"error": "nc", "warning": "wait", "note": "na"}
_HAVE_PAGES = ("team", "plan", "cycle", "ledger", "meetings", "stops", "findings", "leave")
_EARLIER = "4.effectiveness"


@dataclass(frozen=True, slots=True)
class Row:
    """One gap on the page, or `stands_for` several of one kind. `kept`: why it can't be dismissed."""

    gap: Gap
    href: str
    message: str
    mend: str
    k: str
    kept: str = ""
    was: str = ""
    """By whom and why an earlier one at the same place was dismissed: its facts have changed since."""
    stands_for: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Gaps of one kind (folded under its title), or all else at one place."""

    key: str
    title: str
    k: str
    rows: list[Row]
    folded: bool

    @property
    def total(self) -> int:
        return sum(row.stands_for for row in self.rows)


@dataclass(frozen=True, slots=True)
class Graded:
    """Gaps of one gravity at one gate."""

    severity: Severity
    k: str
    groups: list[Group]

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)


@dataclass(frozen=True, slots=True)
class Section:
    """What is due at one gate."""

    gate: Gate
    k: str
    graded: list[Graded]

    @property
    def total(self) -> int:
        return sum(graded.total for graded in self.graded)


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A gap that was dismissed: what it says, by whom, when and why."""

    gap: Gap
    href: str
    message: str
    by: str
    at: datetime
    reason: str


def sections(found: Overview, gaps: Iterable[Gap], language: Language) -> list[Section]:
    """Open gaps gate by gate; gates without any are left out."""
    was = _dismissed_before(found, language)
    rows = _points_together([row(found, gap, language, was) for gap in gaps], found, language)
    made = [_section(gate, [one for one in rows if one.gap.gate == gate], found, language) for gate in GATES]
    return [section for section in made if section.total]


def row(found: Overview, gap: Gap, language: Language, was: dict[str, str] | None = None) -> Row:
    """One gap as a line."""
    kind = KINDS[gap.code]
    return Row(
        gap,
        href(found, gap),
        gap.message.get(language),
        kind.mend.get(language),
        STATUS[gap.severity],
        kind.kept.get(language) if kind.kept else "",
        (was or {}).get(_place_of(gap.id), ""),
    )


def dismissed(found: Overview, looked: Found, language: Language) -> list[Dismissed]:
    """What was dismissed and still holds."""
    return [
        Dismissed(
            gap,
            href(found, gap),
            gap.message.get(language),
            _who(found, said, language),
            said.made_at,
            said.reason,
        )
        for gap, said in looked.dismissed
    ]


def counts(gaps: Iterable[Gap]) -> dict[Gate, int]:
    """How many gaps ask for something before each gate: due at it or earlier, notes left out."""
    due = [GATES.index(gap.gate) for gap in gaps if gap.severity != "note"]
    return {gate: sum(at <= place for at in due) for place, gate in enumerate(GATES)}


def _who(found: Overview, said: Version[DismissedBody], language: Language) -> str:
    return found.name(said.by, language) or said.by


def _place_of(gap: str) -> str:
    """Code and place in a gap's id, without the digest of its facts."""
    return gap.rpartition(":")[0]


def _dismissed_before(found: Overview, language: Language) -> dict[str, str]:
    """Code and place → who dismissed a gap there, and why, where the facts are no longer the same."""
    t = texts(language)
    return {
        _place_of(key): t("gaps.was_dismissed", name=_who(found, said, language), reason=said.reason)
        for key, said in found.state.dismissals.items()
        if said.content and not said.content.again and code_of(key) in KINDS
    }


def _section(gate: Gate, rows: list[Row], found: Overview, language: Language) -> Section:
    graded = [
        Graded(severity, STATUS[severity], _groups(own, found, language))
        for severity in SEVERITIES
        if (own := [one for one in rows if one.gap.severity == severity])
    ]
    worst = "nc" if any(one.severity == "error" for one in graded) else "wait"
    return Section(gate, worst, graded)


def _groups(rows: list[Row], found: Overview, language: Language) -> list[Group]:
    """Many of one kind together; all else by place, in the order of the plan."""
    by_code: dict[str, list[Row]] = {}
    for one in rows:
        by_code.setdefault(one.gap.code, []).append(one)
    many = {code: own for code, own in by_code.items() if len(own) >= GROUP_FROM}
    by_place: dict[str, list[Row]] = {}
    for one in rows:
        if one.gap.code not in many:
            by_place.setdefault(place(found, one.gap, language), []).append(one)
    gate = rows[0].gap.gate
    return [Group(f"{gate}-{name}", name, own[0].k, own, folded=False) for name, own in by_place.items()] + [
        Group(f"{gate}-{own[0].k}-{code}", KINDS[code].title.get(language), own[0].k, own, folded=True)
        for code, own in many.items()
    ]


def place(found: Overview, gap: Gap, language: Language) -> str:
    """Where a gap is, in words: the stop, the finding's number, a chapter of the report."""
    t, setup = texts(language), found.state.setup
    kind, _, rest = gap.where.partition("/")
    if kind == "stops" and rest in setup.stops:
        return _stop_name(found, rest, language)
    if kind == "observations":
        thing = found.state.observations.get(rest.partition("#")[0])
        stop = thing.current.stop if thing and thing.current else ""
        return _stop_name(found, stop, language) if stop in setup.stops else t("gaps.place.records")
    if kind == "findings":
        return t("gaps.place.findings")
    if kind in ("points", "previous", "signatures") or gap.where.startswith("report#"):
        return t("gaps.place.report")
    key = f"gaps.place.{kind.partition('#')[0]}"
    return t(key) if key in t else t("gaps.place.audit")


def _stop_name(found: Overview, key: str, language: Language) -> str:
    stop = found.state.setup.stops[key]
    return " ".join(filter(None, (stop.label, shown.stop_name(stop, found.state.setup, language))))


def _points_together(rows: list[Row], found: Overview, language: Language) -> list[Row]:
    """A surveillance point that several schemes lack is one row that names them: 投诉的处理 Q、E、O."""
    lacking: dict[str, list[Row]] = {}
    for one in rows:
        if one.gap.code == "POINT_UNTOUCHED":
            lacking.setdefault(one.gap.where.rpartition("/")[2], []).append(one)
    together = {letter: _together(letter, own, found, language) for letter, own in lacking.items()}
    firsts = {own[0].gap.id: together[letter] for letter, own in lacking.items()}
    return [
        firsts.get(one.gap.id, one)
        for one in rows
        if one.gap.code != "POINT_UNTOUCHED" or one.gap.id in firsts
    ]


def _together(letter: str, rows: list[Row], found: Overview, language: Language) -> Row:
    if len(rows) == 1:
        return rows[0]
    t = texts(language)
    schemes = [letter_of(one.gap.where.split("/")[1]) for one in rows]
    name = found.asked.point_names[letter].get(language)
    message = t("gaps.point", letter=letter, name=name, schemes=t("list.comma").join(schemes))
    first = rows[0]
    return Row(first.gap, first.href, message, first.mend, first.k, stands_for=len(rows))


def href(found: Overview, gap: Gap) -> str:
    """The page on which a gap is put right."""
    base = f"/audits/{found.state.audit}"
    kind, _, rest = gap.where.partition("/")
    if kind == "observations":
        observation, _, part = rest.partition("#")
        return f"{base}/observations/{observation}/view" + (f"#{part}" if part else "")
    if kind == "points":
        letter = rest.rpartition("/")[2]
        element = next((key for key, own in found.asked.points.by_element.items() if letter in own), "")
        return f"{base}/report?element={element}" if element else f"{base}/report"
    if kind == "previous":
        return f"{base}/report?element={_EARLIER}"
    if gap.where.startswith("report#"):
        return f"{base}/report?element={gap.where.removeprefix('report#')}"
    if gap.where == "signatures":
        return f"{base}/report#signatures"
    if gap.where == "held":
        return f"{base}/gaps#held"
    return f"{base}/{gap.where}" if kind.partition("#")[0] in _HAVE_PAGES else base


def open_errors(gaps: Iterable[Gap]) -> list[Gap]:
    """Errors among open gaps: what a release has to give a reason for."""
    return [gap for gap in gaps if gap.severity == "error"]


def to_mend(gaps: Iterable[Gap]) -> list[Gap]:
    """Open gaps that nobody may dismiss, and that no reason lets a report go out with."""
    return [gap for gap in gaps if KINDS[gap.code].kept]
