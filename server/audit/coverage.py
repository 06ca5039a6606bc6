"""What was planned, seen and missed: by scheme and clause, by stop, and by surveillance point a–h.

Pure functions of a state and of the criteria's items and form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import islice
from typing import get_args

from server.audit.entries import AnsweredBody, Clause, Observation
from server.audit.setup import Setup, Stop
from server.audit.state import State, Thing
from server.criteria.model import (
    ClauseRef,
    Form,
    Item,
    SurveillancePoint,
    letter_of,
    reading_order,
    scheme_position,
)

POINTS: tuple[str, ...] = get_args(SurveillancePoint)
NOT_SEEN = "not_seen"
UNSET = ""
EVERY_SCHEME = ""
Key = tuple[str, str]
"""Scheme and number of a clause."""


def plain(clause: ClauseRef) -> ClauseRef:
    """The bare reference of a clause of an observation, so that references compare equal."""
    return ClauseRef(scheme=clause.scheme, number=clause.number)


def outcome_of(observation: Observation, clause: Clause) -> str:
    """The outcome of one clause: its own where the auditor said so, else the observation's."""
    return clause.outcome or observation.outcome


def words_of(content: Observation) -> str:
    """Everything an observation says, cards included, in small letters."""
    cells = (str(cell) for card in content.cards for row in card.rows for cell in row.values())
    people = (f"{one.name} {one.role.zh} {one.role.en}" for one in content.people)
    return "\n".join((content.text.zh, content.text.en, *cells, *people)).lower()


@dataclass(frozen=True, slots=True)
class Seen:
    """A standing observation and what it makes seen.

    `seq`: of its first version; `changed`: of the one that stands; `at`: when seen, else when first written.
    `clauses`: those it makes seen, with all their parents; `named`: those without parents; `outcomes`: every
    outcome said in it, of the whole or a clause; `touches`: scheme ("" = every one) and surveillance point.
    """

    id: str
    seq: int
    changed: int
    by: str
    at: datetime
    content: Observation
    photos: int
    documents: int
    clauses: frozenset[Key]
    named: frozenset[Key]
    outcomes: frozenset[str]
    touches: frozenset[tuple[str, str]]

    @property
    def is_bare(self) -> bool:
        """Whether it says an outcome and nothing else."""
        said = self.content
        shown = self.photos or self.documents
        return not (said.text.zh or said.text.en or shown or said.cards or said.marks or said.people)


@dataclass(frozen=True, slots=True)
class AtStop:
    """What was seen at one stop, added up."""

    seen: tuple[Seen, ...]
    progress: StopProgress
    clauses: frozenset[Key]
    named: frozenset[Key]
    touches: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Memo:
    """What an earlier call made of each observation and stop: passed on, only changes are looked at.

    It belongs to one state that grows: for another one everything is looked at again.
    """

    state: State | None = None
    seq: int = 0
    seen: dict[str, Seen] = field(default_factory=dict)
    """Standing observations."""
    order: dict[str, int] = field(default_factory=dict)
    """Every observation's place in the journal."""
    here: dict[str, set[str]] = field(default_factory=dict)
    """By stop the standing observations."""
    stops: dict[str, AtStop] = field(default_factory=dict)
    planned: dict[Key, ClauseRef] = field(default_factory=dict)
    setup: Setup | None = None


def seen_observations(state: State, points: PointMap) -> list[Seen]:
    """All standing observations in journal order."""
    memo = Memo()
    _catch_up(memo, state, points)
    return [memo.seen[key] for key in memo.order if key in memo.seen]


def _catch_up(memo: Memo, state: State, points: PointMap) -> set[str]:
    """Look at every observation that changed since, and name the stops where something did."""
    if memo.state is not state:
        memo.state, memo.seq = state, 0
        memo.seen, memo.order, memo.here, memo.stops = {}, {}, {}, {}
    new = list(islice(reversed(state.observations), len(state.observations) - len(memo.order)))
    for key in reversed(new):
        memo.order[key] = len(memo.order)
    changed_stops = set()
    for key in sorted(state.changed_since(memo.seq), key=memo.order.__getitem__):
        before, thing = memo.seen.pop(key, None), state.observations[key]
        if before is not None:
            memo.here[before.content.stop].discard(key)
            changed_stops.add(before.content.stop)
        if (content := thing.current) is not None:
            memo.seen[key] = _look(thing, content, _shown(state, key), points)
            memo.here.setdefault(content.stop, set()).add(key)
            changed_stops.add(content.stop)
    memo.seq = state.seq
    return changed_stops


def _shown(state: State, observation: str) -> tuple[int, int]:
    """How many photos and how many documents an observation has."""
    return len(state.photos_of(observation)), len(state.attachments_of(observation))


def _look(thing: Thing[Observation], content: Observation, shown: tuple[int, int], points: PointMap) -> Seen:
    photos, documents = shown
    words = bool(content.text.zh or content.text.en or photos or documents)
    counted = [clause for clause in content.clauses if _counts(outcome_of(content, clause), words)]
    named = frozenset((clause.scheme, clause.number) for clause in counted)
    said = {clause.outcome for clause in content.clauses} | {content.outcome}
    return Seen(
        id=thing.id,
        seq=thing.first.seq,
        changed=thing.head.seq,
        by=thing.first.by,
        at=content.seen_at or thing.first.made_at,
        content=content,
        photos=photos,
        documents=documents,
        clauses=frozenset((scheme, number) for scheme, full in named for number in lineage(full)),
        named=named,
        outcomes=frozenset(said - {UNSET}),
        touches=frozenset(_touches(content, named, points)),
    )


def _counts(outcome: str, words: bool) -> bool:
    """Whether a clause counts as seen: by any outcome but 未抽到, without one by words or a picture."""
    return outcome != NOT_SEEN if outcome else words


def _touches(content: Observation, named: frozenset[Key], points: PointMap) -> Iterable[tuple[str, str]]:
    if content.clauses and not named:
        return
    schemes = {clause.scheme for clause in content.clauses} or {EVERY_SCHEME}
    letters = [points.by_ref.get(ref, frozenset()) for ref in content.elements]
    if content.item in points.by_item:
        letters.append(points.by_item[content.item])
    else:
        for scheme, full in named:
            for number in lineage(full):
                for letter in points.by_clause.get((scheme, number), ()):
                    yield scheme, letter
    for letter in frozenset().union(*letters):
        for scheme in schemes:
            yield scheme, letter


@lru_cache(maxsize=4096)
def lineage(number: str) -> tuple[str, ...]:
    """A clause number and those it lies within: 7.1.5.2, 7.1.5, 7.1, 7."""
    parts = number.split(".")
    return tuple(".".join(parts[:size]) for size in range(len(parts), 0, -1))


@dataclass(frozen=True)
class SchemeCoverage:
    """Clauses of one scheme. `planned` and `seen` are sorted; `seen` holds only planned clauses."""

    scheme: str
    planned: tuple[ClauseRef, ...]
    seen: tuple[ClauseRef, ...]
    extra: tuple[ClauseRef, ...] = ()
    """Clauses seen that no stop had planned."""

    @cached_property
    def missing(self) -> tuple[ClauseRef, ...]:
        done = set(self.seen)
        return tuple(clause for clause in self.planned if clause not in done)

    @property
    def letter(self) -> str:
        return letter_of(self.scheme)

    @property
    def percent(self) -> int:
        """Seen of planned, rounded down so that 100 means all; 100 where nothing was planned."""
        return 100 * len(self.seen) // len(self.planned) if self.planned else 100


@dataclass(frozen=True)
class StopProgress:
    """How far one stop is: `planned` and `seen` count clauses, `outcomes` counts observations."""

    stop: str
    planned: int
    seen: int
    observations: int
    photos: int
    outcomes: Mapping[str, int]
    by_scheme: Mapping[str, tuple[int, int]]
    """Scheme → (seen, planned)."""


@dataclass(frozen=True)
class PointCoverage:
    """One surveillance point of one scheme: whether an observation, answer or verification touched it."""

    scheme: str
    point: str
    touched: bool


@dataclass(frozen=True)
class Coverage:
    """All of an audit's coverage at one seq."""

    schemes: tuple[SchemeCoverage, ...]
    stops: Mapping[str, StopProgress]
    points: tuple[PointCoverage, ...]
    by_stop: Mapping[str, Sequence[Seen]]
    """Observations by stop, only of stops that have any."""

    @cached_property
    def untouched(self) -> tuple[PointCoverage, ...]:
        """Points that nothing has touched, per scheme."""
        return tuple(point for point in self.points if not point.touched)

    @cached_property
    def open_points(self) -> tuple[str, ...]:
        """Letters of the points that at least one scheme still lacks."""
        lacking = {point.point for point in self.untouched}
        return tuple(letter for letter in POINTS if letter in lacking)


@dataclass(frozen=True)
class PointMap:
    """Where the surveillance points come from: item ids, clauses of items, and elements of the form."""

    by_item: Mapping[str, frozenset[str]]
    by_clause: Mapping[Key, frozenset[str]]
    by_ref: Mapping[int, frozenset[str]]
    by_element: Mapping[str, frozenset[str]]


def point_map(
    items: Iterable[Item], form: Form | None, letters: Iterable[tuple[ClauseRef, SurveillancePoint]] = ()
) -> PointMap:
    """The mapping for these items and this form. Build it once per criteria, not per page.

    `letters`: clauses that touch a point whatever the items say, as the mandatory points have them.
    """
    by_item: dict[str, frozenset[str]] = {}
    by_clause: dict[Key, set[str]] = {}
    for item in items:
        by_item[item.id] = frozenset(item.points)
        for clause in item.clauses:
            by_clause.setdefault((clause.scheme, clause.number), set()).update(item.points)
    for clause, letter in letters:
        by_clause.setdefault((clause.scheme, clause.number), set()).add(letter)
    elements = form.elements if form else []
    return PointMap(
        by_item=by_item,
        by_clause={clause: frozenset(points) for clause, points in by_clause.items()},
        by_ref={element.ref: frozenset(element.points) for element in elements if element.points},
        by_element={element.key: frozenset(element.points) for element in elements if element.points},
    )


def audited_schemes(setup: Setup) -> list[str]:
    """The schemes of the audit in printing order, read from certificates or plan where none are stated."""
    stated = set(setup.visit.schemes) or {c.scheme for c in setup.certificates.values()}
    stated = stated or {clause.scheme for stop in setup.stops.values() for clause in stop.clauses}
    return sorted(stated, key=scheme_position)


def cover(state: State, points: PointMap, memo: Memo | None = None) -> Coverage:
    """Coverage of an audit as it stands. `memo`: of an earlier call for the same audit and points."""
    memo = memo or Memo()
    changed = _catch_up(memo, state, points)
    if memo.setup is not state.setup:
        memo.setup, memo.stops, memo.planned = state.setup, {}, _planned(state.setup)
    at_stops = _at_stops(state, changed, memo)
    schemes = audited_schemes(state.setup)
    return Coverage(
        schemes=tuple(_schemes(schemes, memo.planned, at_stops.values())),
        stops={key: at_stops[key].progress for key in state.setup.stops},
        points=tuple(_points(state, schemes, at_stops.values(), points)),
        by_stop={key: one.seen for key, one in at_stops.items() if one.seen},
    )


def _at_stops(state: State, changed: set[str], memo: Memo) -> dict[str, AtStop]:
    """Every stop of the plan, and whatever else an observation calls its stop; what didn't change is kept."""
    stops = state.setup.stops
    keys = [*stops, *(key for key, here in memo.here.items() if here and key not in stops)]
    for key in keys:
        if key in changed or key not in memo.stops:
            here = sorted(memo.here.get(key, ()), key=memo.order.__getitem__)
            memo.stops[key] = _at_stop(key, stops.get(key, Stop()), tuple(memo.seen[one] for one in here))
    return {key: memo.stops[key] for key in keys}


def _at_stop(key: str, stop: Stop, seen: tuple[Seen, ...]) -> AtStop:
    return AtStop(
        seen=seen,
        progress=_progress(key, stop, seen),
        clauses=frozenset().union(*(one.clauses for one in seen)),
        named=frozenset().union(*(one.named for one in seen)),
        touches=frozenset().union(*(one.touches for one in seen)),
    )


def _planned(setup: Setup) -> dict[Key, ClauseRef]:
    """Every planned clause, each scheme's in reading order."""
    planned = {(clause.scheme, clause.number) for stop in setup.stops.values() for clause in stop.clauses}
    return {key: _ref(*key) for key in sorted(planned, key=lambda key: (key[0], reading_order(key[1])))}


def _schemes(
    schemes: Sequence[str], planned: Mapping[Key, ClauseRef], at_stops: Iterable[AtStop]
) -> Iterable[SchemeCoverage]:
    stops = list(at_stops)
    seen: frozenset[Key] = frozenset().union(*(one.clauses for one in stops))
    named: frozenset[Key] = frozenset().union(*(one.named for one in stops))
    extra = [
        key for key in named - planned.keys() if not any((key[0], n) in planned for n in lineage(key[1]))
    ]
    for scheme in schemes:
        own = [(key, ref) for key, ref in planned.items() if key[0] == scheme]
        yield SchemeCoverage(
            scheme=scheme,
            planned=tuple(ref for _, ref in own),
            seen=tuple(ref for key, ref in own if key in seen),
            extra=tuple(sorted(_ref(*key) for key in extra if key[0] == scheme)),
        )


@lru_cache(maxsize=4096)
def _ref(scheme: str, number: str) -> ClauseRef:
    return ClauseRef(scheme=scheme, number=number)


def _progress(key: str, stop: Stop, observations: Sequence[Seen]) -> StopProgress:
    seen: frozenset[Key] = frozenset().union(*(one.clauses for one in observations))
    by_scheme: dict[str, tuple[int, int]] = {}
    for clause in stop.clauses:
        done, total = by_scheme.get(clause.scheme, (0, 0))
        by_scheme[clause.scheme] = (done + ((clause.scheme, clause.number) in seen), total + 1)
    return StopProgress(
        stop=key,
        planned=len(stop.clauses),
        seen=sum(done for done, _ in by_scheme.values()),
        observations=len(observations),
        photos=sum(one.photos for one in observations),
        outcomes=Counter(outcome for one in observations for outcome in one.outcomes),
        by_scheme=by_scheme,
    )


def _points(
    state: State, schemes: Sequence[str], at_stops: Iterable[AtStop], points: PointMap
) -> Iterable[PointCoverage]:
    """Points per scheme: touched by observations, by answers of the report, by verified earlier findings."""
    touched = set(_previous(state, schemes)).union(*(one.touches for one in at_stops))
    for key, thing in state.answers.items():
        if key in points.by_element and _is_answered(thing):
            touched |= {(EVERY_SCHEME, letter) for letter in points.by_element[key]}
    for scheme in schemes:
        for letter in POINTS:
            reached = (scheme, letter) in touched or (EVERY_SCHEME, letter) in touched
            yield PointCoverage(scheme, letter, reached)


def _is_answered(thing: Thing[AnsweredBody]) -> bool:
    answer = thing.current
    return answer is not None and bool(
        answer.none or answer.text.zh or answer.text.en or answer.choices or answer.rows or answer.date
    )


def _previous(state: State, schemes: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Point b: every earlier nonconformity of a scheme was verified; a scheme without any needs none.

    Where the set-up names no earlier nonconformity at all, nobody said that there was none: b stays open.
    """
    previous = state.setup.previous
    for scheme in schemes:
        own = [key for key, one in previous.items() if any(c.scheme == scheme for c in one.clauses)]
        if previous and all(key in state.verifications for key in own):
            yield scheme, "b"
