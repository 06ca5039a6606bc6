"""What a gap is, and what the checks look at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.audit.calendar import iso_day
from server.audit.coverage import Coverage, Key, PointMap, Seen, audited_schemes, lineage
from server.audit.cycle import Cycle
from server.audit.entries import Observation, Text
from server.audit.findings import Listed, listing
from server.audit.gaps.catalogue import KINDS, Gate, Severity
from server.audit.leaving import Heard
from server.audit.names import department_of, name_of
from server.audit.setup import Member
from server.audit.state import State, Thing
from server.criteria.days import DayRules
from server.criteria.intervals import Intervals
from server.criteria.law_names import LawNames
from server.criteria.mandatory import Mandatory, Point
from server.criteria.model import ClauseRef, Form, House, Standard

CLOCK_LIMIT_MS = 5 * 60 * 1000
_DIGITS = 12


class Gap(Struct, frozen=True, kw_only=True):
    """One gap. `where`: the place in the audit, as in its address (`stops/…`, `findings/…`, `report#…`).

    `about`: the facts it rests on beside place and entries, in no language. While they stay the same it is
    the same gap, and a dismissal holds; when one changes it is another.
    """

    code: str
    severity: Severity
    gate: Gate
    message: Text
    where: str = ""
    entries: list[str] = []
    about: list[str] = []

    @property
    def id(self) -> str:
        """What a `dismissed` entry names: code, place, and a digest of what the gap is about."""
        facts = "\n".join((self.code, self.where, *sorted(self.entries), "", *self.about))
        return f"{self.code}:{self.where}:{hashlib.sha256(facts.encode()).hexdigest()[:_DIGITS]}"


def gap(
    code: str,
    *,
    message: Text,
    where: str = "",
    entries: Sequence[str] = (),
    about: Iterable[object] = (),
    severity: Severity | None = None,
) -> Gap:
    """A gap of a kind in the catalogue, as grave as that kind, or as `severity` says."""
    kind = KINDS[code]
    return Gap(
        code=code,
        severity=severity or kind.severity,
        gate=kind.gate,
        message=message,
        where=where,
        entries=list(entries),
        about=[str(fact) for fact in about],
    )


@dataclass(frozen=True)
class Given:
    """What is asked of the audit: house, form, points, and the rules and names that checks compare with."""

    house: House
    form: Form
    points: PointMap
    mandatory: Mandatory
    standards: Mapping[str, Standard] = field(default_factory=dict)
    """Scheme → the edition that is audited."""
    laws: LawNames | None = None
    days: DayRules | None = None
    intervals: Sequence[Intervals] = ()
    """By when the next audit has to be."""


@dataclass(frozen=True)
class Beside:
    """What the journal of the audit alone can't say; what was not asked is None, and is not checked."""

    arrived: AbstractSet[str] | None = None
    """SHA-256 of the photos, pages and signatures whose bytes are here."""
    clocks: Mapping[str, int] = field(default_factory=dict)
    """Principal → the largest difference between their device's clock and ours, in ms."""
    empty: AbstractSet[str] | None = None
    """Keys of the elements that are empty in the compiled report."""
    content: str = ""
    """The hash of what the compiled report says, while it can be signed."""
    cycle: Cycle | None = None
    """This audit among those of its client."""
    outboxes: Sequence[Heard] = ()
    """What the team's phones said last of what they hold."""
    unheard: Sequence[str] = ()
    """Who of the team was never heard of from any phone."""


Note = tuple[str, ...]
"""Something that one observation says and that checks of the whole audit ask for."""


class Planned(NamedTuple):
    """The clauses a stop planned, and those together with all they lie within."""

    own: frozenset[Key]
    around: frozenset[Key]


@dataclass(frozen=True)
class Audit:
    """What the checks look at. `notes`: what was noted of all observations together, see `Note`."""

    state: State
    given: Given
    beside: Beside
    coverage: Coverage
    notes: frozenset[Note] = frozenset()

    @property
    def house(self) -> House:
        return self.given.house

    @property
    def form(self) -> Form:
        return self.given.form

    @cached_property
    def mandatory(self) -> list[tuple[Point, list[str]]]:
        """The points that this audit may not leave out, each with the schemes it is asked of."""
        visit = self.state.setup.visit
        day, schemes = iso_day(visit.start), audited_schemes(self.state.setup)
        asked = [
            (point, [scheme for scheme in schemes if point.applies(scheme, visit.type, day)])
            for point in self.given.mandatory.points
        ]
        return [(point, of) for point, of in asked if of]

    @cached_property
    def planned(self) -> dict[str, Planned]:
        """What each stop for auditing planned to look at, in plan order."""
        stops = [(key, stop) for key, stop in self.state.setup.stops.items() if stop.type == "audit"]
        return {
            key: Planned(
                own=frozenset((one.scheme, one.number) for one in stop.clauses),
                around=frozenset((one.scheme, n) for one in stop.clauses for n in lineage(one.number)),
            )
            for key, stop in stops
        }

    def is_lowest(self, clause: ClauseRef) -> bool:
        """Whether a clause has no sub-clause in the edition audited; of an unknown standard every one."""
        standard = self.given.standards.get(clause.scheme)
        return standard is None or not any(
            one.number.startswith(clause.number + ".") for one in standard.clauses
        )

    @cached_property
    def nonconformities(self) -> list[Listed]:
        """Those that stand, in the order of their numbers."""
        return listing(self.state, "nonconformity")

    @cached_property
    def opportunities(self) -> list[Listed]:
        """Opportunities for improvement that stand."""
        return listing(self.state, "opportunity")

    @cached_property
    def elements(self) -> dict[int, str]:
        """Keys of the form's elements by their place in it."""
        return {element.ref: element.key for element in self.form.elements}

    @property
    def seen(self) -> Iterator[Seen]:
        """Every standing observation, stop by stop."""
        return chain.from_iterable(self.coverage.by_stop.values())

    def seen_as(self, outcome: str) -> Iterator[Seen]:
        """Standing observations in which this outcome is said, stop by stop."""
        for key, here in self.coverage.by_stop.items():
            progress = self.coverage.stops.get(key)
            if progress is None or outcome in progress.outcomes:
                yield from (seen for seen in here if outcome in seen.outcomes)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.state.setup.time_zone)

    def member(self, principal: str) -> Member | None:
        return self.state.setup.team.get(principal)

    def name(self, principal: str, lang: str = "zh") -> str:
        """The name of somebody of the team; the principal itself for a stranger."""
        member = self.member(principal)
        if member is None:
            return principal
        return name_of(member).en if lang == "en" else member.name

    def stop_name(self, key: str) -> Text:
        """Label and department of a stop, as people call it."""
        stop = self.state.setup.stops.get(key)
        if stop is None:
            return Text(zh=key, en=key)
        label, department = stop.label or key, department_of(self.state.setup.client, stop.department)
        both = [stop.process.en] if stop.process.en else [department.en, stop.process.zh]
        return Text(
            zh=" ".join(filter(None, (label, department.zh, stop.process.zh))),
            en=" ".join(filter(None, (label, *both))),
        )

    def observation_name(self, thing: Thing[Observation], content: Observation) -> str:
        """The label it was imported with, else the stop's label and its time."""
        if content.label:
            return content.label
        stop = self.state.setup.stops.get(content.stop)
        at = (content.seen_at or thing.first.made_at).astimezone(self.zone)
        return f"{(stop.label if stop else '') or content.stop} {at:%m-%d %H:%M}"
