"""Findings: drafted from observations, numbered by the house's pattern, counted, listed.

A draft takes over what was observed and never adds a cause or a solution (ISO/IEC 17021-1:2015, 9.4.5.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from server.audit.calendar import days_after, iso_day
from server.audit.coverage import outcome_of
from server.audit.entries import Clause, Finding, Observation, Text
from server.audit.setup import Setup
from server.audit.state import State, Thing
from server.criteria.model import ClauseRef, House
from server.criteria.model import Text as HouseText

FindingType = Literal["nonconformity", "opportunity", "strength"]
Quote = Callable[[ClauseRef], HouseText | None]
"""What a house may quote of a clause, where it has its text."""

_YEAR = re.compile(r"(19|20)\d\d")
OUTCOME_OF_TYPE = {"nonconformity": "nonconform", "opportunity": "improve"}


@dataclass(frozen=True, slots=True)
class Counts:
    """What the findings of an audit add up to. `by_grade` holds every grade of the house, zeros included."""

    by_grade: dict[str, int]
    opportunities: int
    strengths: int
    focus: int

    @property
    def nonconformities(self) -> int:
        return sum(self.by_grade.values())


@dataclass(frozen=True, slots=True)
class Listed:
    """A standing finding with its identity."""

    id: str
    by: str
    content: Finding
    thing: Thing[Finding]


def listing(state: State, kind: FindingType | None = None) -> list[Listed]:
    """Standing findings in the order of their numbers, then of the journal."""
    found = [
        Listed(thing.id, thing.first.by, content, thing)
        for thing, content in state.standing_findings()
        if kind is None or content.type == kind
    ]
    return sorted(found, key=lambda one: (one.content.number == "", one.content.number))


def by_observation(state: State) -> dict[str, list[Listed]]:
    """Which findings stand on which observation."""
    found: dict[str, list[Listed]] = {}
    for one in listing(state):
        for observation in one.content.observations:
            found.setdefault(observation, []).append(one)
    return found


def counts(state: State, house: House) -> Counts:
    """Counted from the findings and marks themselves, never from what somebody stated."""
    by_grade = {word.code: 0 for word in house.nc_grades}
    for one in listing(state, "nonconformity"):
        by_grade[one.content.grade] = by_grade.get(one.content.grade, 0) + 1
    marked = [content.marks for _, content in state.standing_observations()]
    return Counts(
        by_grade=by_grade,
        opportunities=len(listing(state, "opportunity")),
        strengths=sum("strength" in marks for marks in marked) + len(listing(state, "strength")),
        focus=sum("focus" in marks for marks in marked),
    )


def marked(state: State, mark: Literal["strength", "focus"]) -> list[tuple[str, Observation]]:
    """Observations that carry a mark, in journal order."""
    return [(thing.id, content) for thing, content in state.standing_observations() if mark in content.marks]


def without_finding(state: State, outcome: str = "nonconform") -> list[tuple[str, Observation]]:
    """Observations with this outcome (of the whole or a clause) on which no finding of that type stands."""
    kind = next(kind for kind, said in OUTCOME_OF_TYPE.items() if said == outcome)
    used = {
        observation
        for one in listing(state)
        if one.content.type == kind
        for observation in one.content.observations
    }
    return [
        (thing.id, content)
        for thing, content in state.standing_observations()
        if thing.id not in used
        and outcome in {content.outcome, *(clause.outcome for clause in content.clauses)}
    ]


def draft(
    state: State,
    house: House,
    kind: FindingType,
    observations: Sequence[str],
    auditor: str,
    quote: Quote = lambda clause: None,
) -> Finding:
    """A finding that takes over what these observations say; number, grade and due date are proposals.

    Unknown or withdrawn observations are left out. The lightest grade of the house is proposed: a graver one
    is a decision of the team. What is required is what `quote` has of the clauses, else what this auditor
    wrote of them before.
    """
    sources = [(key, content) for key in observations if (content := _content(state, key))]
    grade = house.nc_grades[-1].code if kind == "nonconformity" else ""
    text = _joined([content.text for _, content in sources])
    first = sources[0][1] if sources else None
    stop = state.setup.stops.get(first.stop) if first else None
    clauses = _clauses((content for _, content in sources), OUTCOME_OF_TYPE.get(kind, ""))
    return Finding(
        type=kind,
        grade=grade,
        number=next_number(state, house, kind),
        clauses=clauses,
        requirement=_required(state, clauses, auditor, quote) if kind == "nonconformity" else Text(),
        department=(first.department if first else "") or (stop.department if stop else ""),
        process=stop.process if stop else Text(),
        statement=Text() if kind == "nonconformity" else text,
        evidence=text if kind == "nonconformity" else Text(),
        observations=[key for key, _ in sources],
        auditor=auditor,
        follow_up=_follow_up(house, grade) if kind == "nonconformity" else "",
        due=due_date(state.setup, house, grade) if kind == "nonconformity" else "",
    )


def _required(state: State, clauses: Sequence[Clause], auditor: str, quote: Quote) -> Text:
    """What the clauses require, each text once."""
    found = [quote(clause) or _written_before(state, clause, auditor) for clause in clauses]
    pairs = dict.fromkeys((one.zh, one.en) for one in found if one)
    return _joined([Text(zh=zh, en=en) for zh, en in pairs])


def _written_before(state: State, clause: Clause, auditor: str) -> Text | None:
    """What this auditor wrote last as the requirement of a nonconformity to this clause alone."""
    said = [
        content.requirement
        for thing, content in state.standing_findings()
        if thing.first.by == auditor and [one.code for one in content.clauses] == [clause.code]
    ]
    return next((one for one in reversed(said) if one.zh or one.en), None)


def _content(state: State, observation: str) -> Observation | None:
    thing = state.observations.get(observation)
    return thing.current if thing else None


def _joined(texts: Iterable[Text]) -> Text:
    kept = list(texts)
    return Text(zh="\n".join(t.zh for t in kept if t.zh), en="\n".join(t.en for t in kept if t.en))


def _clauses(observations: Iterable[Observation], outcome: str) -> list[Clause]:
    """Clauses with this outcome; all where none has it, as a finding may be raised from any observation."""
    said = [(clause, outcome_of(content, clause)) for content in observations for clause in content.clauses]
    chosen = [clause for clause, own in said if own == outcome] or [clause for clause, _ in said]
    return [
        Clause(scheme=c.scheme, number=c.number)
        for c in sorted({(c.scheme, c.number): c for c in chosen}.values())
    ]


def _follow_up(house: House, grade: str) -> str:
    return "on_site" if grade == "major" and house.rules.major_verified_on_site else "written"


def due_date(setup: Setup, house: House, grade: str) -> str:
    """By when the client answers: last day of the audit plus the days of the house; "" without dates."""
    end = iso_day(setup.visit.end)
    if end is None:
        return ""
    days = house.rules.nc_due_days_major if grade == "major" else house.rules.nc_due_days_minor
    due = days_after(end, days)
    return due.isoformat() if due else ""


def next_number(state: State, house: House, kind: FindingType) -> str:
    """The next free number by the house's pattern; "" for a strength, which has none."""
    return next(free_numbers(state, house, kind), "")


def free_numbers(state: State, house: House, kind: FindingType) -> Iterator[str]:
    """The numbers of the house's pattern that no finding has or had, without end; none for a strength.

    Numbers of withdrawn findings are not given out again.
    """
    patterns = {"nonconformity": house.numbers.nonconformity, "opportunity": house.numbers.opportunity}
    if kind not in patterns:
        return
    visit = state.setup.visit
    fields = {
        "project": _project(visit.contract_number or visit.number),
        "year": visit.start[:4],
    }
    used = {
        version.content.number
        for thing in state.findings.values()
        for version in thing.versions.values()
        if version.content is not None
    }
    for n in count(1):
        if (number := patterns[kind].format(n=n, **fields)) not in used:
            yield number


def _project(number: str) -> str:
    """A contract number up to its first dash, or all of it where letters or a year stand there.

    `HT-017` up to its dash would number the findings of every contract of the house alike.
    """
    first = number.partition("-")[0]
    digits = re.sub(r"\D", "", first)
    return first if digits and not _YEAR.fullmatch(digits) else number


def department_clauses(finding: Finding) -> list[str]:
    """Department and clause as a report lists them: `生产部/Q7.1.5`."""
    return [f"{finding.department}/{clause.code}" for clause in finding.clauses]
