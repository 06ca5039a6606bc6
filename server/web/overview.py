"""What pages show of an audit beyond its state: made once per entry, and kept for the next page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from server.audit import coverage, findings, walk
from server.audit import gaps as gapped
from server.audit.names import name_of
from server.audit.report import Report, compile_report, freeze
from server.audit.setup import Setup
from server.audit.state import State
from server.criteria.crosswalk import crosswalk_between
from server.criteria.law_names import LawNames
from server.criteria.load import Criteria
from server.criteria.mandatory import together
from server.criteria.model import Clause, ClauseRef, Form, House, Item, Language, Standard, Text, Word
from server.web.guards import Case
from server.web.services import Services
from server.web.texts import texts

_KEPT = 16
_FITS = 9
_stamps = count()


class Asked:
    """What an audit asks, by its set-up: items, points, titles. Changes only when it is set up anew."""

    def __init__(self, criteria: Criteria, setup: Setup) -> None:
        self.criteria, self.setup = criteria, setup
        self.stamp = next(_stamps)
        """Differs for every set-up met by this process: part of the key of rendered pieces."""
        self.items: list[Item] = walk.checklist_items(criteria.lists.values(), setup)
        self.house: House = criteria.house_of(setup.house)
        self.form: Form = criteria.form_of(setup.form, self.house)
        self.mandatory = together(criteria.mandatory.values())
        self.points = coverage.point_map(self.items, self.form, self.mandatory.letters())
        self.names: dict[tuple[str, str], tuple[str, list[str], str]] = {}
        """By language and stop: its name, its auditors, its kind."""
        self._made: dict[Hashable, Any] = {}
        self._at_stop: dict[str, walk.Ask] = {}
        self._titles: dict[str, dict[str, Text]] = {}
        self._codes: dict[str, dict[str, str]] = {}

    @cached_property
    def given(self) -> gapped.Given:
        """What its gaps are looked for by."""
        schemes = coverage.audited_schemes(self.setup)
        standards = {scheme: standard for scheme in schemes if (standard := self._standard(scheme))}
        laws, days = _law_names(self.criteria), next(iter(self.criteria.days.values()), None)
        intervals = tuple(self.criteria.intervals.values())
        return gapped.Given(
            self.house, self.form, self.points, self.mandatory, standards, laws, days, intervals
        )

    @cached_property
    def point_names(self) -> dict[str, Text]:
        """Names of the surveillance points by letter."""
        return {point.letter: point.title for point in self.mandatory.points if point.letter}

    @cached_property
    def item(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The audit's time zone."""
        return ZoneInfo(self.setup.time_zone)

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` gives of the set-up alone: made once until it is set up anew. Nobody changes it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def at_stop(self, key: str) -> walk.Ask:
        """What is to be asked at a stop."""
        if key not in self._at_stop:
            self._at_stop[key] = walk.ask(self.items, self.setup.stops[key])
        return self._at_stop[key]

    def title(self, clause: ClauseRef) -> Text:
        """The short title of a clause in the edition audited; its number where the standard has none."""
        if clause.scheme not in self._titles:
            self._titles[clause.scheme] = self._titles_of(clause.scheme)
        return self._titles[clause.scheme].get(clause.number) or Text(zh=clause.number, en=clause.number)

    def _titles_of(self, scheme: str) -> dict[str, Text]:
        editions = (self.newer(scheme), self._standard(scheme))
        return {one.number: one.title for edition in editions if edition for one in edition.clauses}

    def newer(self, scheme: str) -> Standard | None:
        """The edition that the client moves to, where it is audited against both."""
        newer = next((one.transition for one in self.setup.visit.criteria if one.scheme == scheme), "")
        return self.criteria.standards.get(newer)

    def in_newer(self, clause: ClauseRef) -> str:
        """What an observed clause is in the edition that the client moves to: ``ISO 9001:2026 Q10.1``."""
        newer, older = self.newer(clause.scheme), self._standard(clause.scheme)
        if newer is None or older is None:
            return ""
        try:
            walk = crosswalk_between(self.criteria.crosswalks, older, newer)
            numbers = walk.forward(clause.number)
        except LookupError:
            numbers = (clause.number,)
        refs = [ClauseRef(scheme=clause.scheme, number=number).code for number in numbers]
        return f"{newer.id} {', '.join(refs) or '—'}"

    def offered(self, scheme: str) -> list[Clause]:
        """The clauses that a note may name: of the edition audited, then those only the newer one has."""
        standard, newer = self._standard(scheme), self.newer(scheme)
        own = list(standard.auditable) if standard else []
        known = {clause.number for clause in standard.clauses} if standard else set()
        return own + [clause for clause in (newer.auditable if newer else ()) if clause.number not in known]

    def edition(self, scheme: str) -> str:
        """The id of the standard that the audit names for a scheme; "" for an unknown one."""
        standard = self._standard(scheme)
        return standard.id if standard else ""

    def _standard(self, scheme: str) -> Standard | None:
        edition = next((one.standard for one in self.setup.visit.criteria if one.scheme == scheme), "")
        try:
            return self.criteria.standard_of(scheme, edition or None)
        except KeyError:
            return None

    def auditable(self, scheme: str) -> list[ClauseRef]:
        """The clauses of a scheme without sub-clauses, in the edition audited, that apply to the client.

        None of an unknown scheme.
        """
        standard = self._standard(scheme)
        numbers = [clause.number for clause in standard.auditable] if standard else []
        refs = [ClauseRef(scheme=scheme, number=number) for number in numbers]
        return [ref for ref in refs if self.setup.applies(ref)]

    def outcomes(self, language: Language) -> list[tuple[str, str]]:
        """The house's outcomes in the order they are offered: in its words, or shorter ones for long ones."""
        return [(word.code, _fitting(word, language)) for word in self.house.outcomes]

    def words(self, language: Language) -> dict[str, str]:
        """The house's word for each outcome and grade."""
        if language not in self._codes:
            listed = [*self.house.outcomes, *self.house.nc_grades]
            self._codes[language] = {word.code: word.title.get(language) for word in listed}
        return self._codes[language]


_laws: dict[int, LawNames] = {}


def _law_names(criteria: Criteria) -> LawNames:
    """The names of all laws, made once: it takes milliseconds."""
    key = id(criteria.laws)
    if key not in _laws:
        _laws[key] = LawNames(criteria.laws.values())
    return _laws[key]


def _fitting(word: Word, language: Language) -> str:
    """The word as it fits a fifth of a phone's width."""
    t, key, said = texts(language), f"outcome.{word.code}", word.title.get(language)
    return t(key) if len(said) > _FITS and key in t else said


class Overview:
    """What follows from one audit's state at one seq."""

    def __init__(self, state: State, asked: Asked, before: Overview | None) -> None:
        self.state, self.asked = state, asked
        self.seq, self.hash = state.seq, state.hash  # the state itself goes on changing
        self.arrived: frozenset[str] = frozenset()
        """Hashes of the bytes that are here: no entry says so, `pictured` asks."""
        same = before is not None and before.asked is asked
        self._seen: coverage.Memo = before._seen if before and same else coverage.Memo()
        self._gaps: gapped.Memo = before._gaps if before and same else gapped.Memo()
        self.coverage = coverage.cover(state, asked.points, self._seen)

    @property
    def stamp(self) -> tuple[str, int]:
        """What a page that shows photos depends on."""
        return self.hash, len(self.arrived)

    @cached_property
    def gaps(self) -> list[gapped.Gap]:
        """Gaps that follow from the journal alone: not whether the bytes of photos are here."""
        return self.look().open

    def look(self, beside: gapped.Beside | None = None, gate: gapped.Gate | None = None) -> gapped.Found:
        """Open and dismissed gaps, with what the journal alone can't say where that is given."""
        return gapped.look(
            self.state,
            self.asked.given,
            beside or gapped.Beside(),
            coverage=self.coverage,
            gate=gate,
            memo=self._gaps,
        )

    @cached_property
    def report(self) -> Report:
        """The report as it would be compiled now."""
        return compile_report(self.state, self.asked.criteria)

    @cached_property
    def content(self) -> str:
        """The hash of what the report says now: what a signature under it is bound to."""
        return freeze.content_hash(self.report)

    @cached_property
    def open_gaps(self) -> int:
        """How many gaps ask for something to be done: notes don't count."""
        return sum(gap.severity != "note" for gap in self.gaps)

    @cached_property
    def nonconformities(self) -> int:
        """How many nonconformities stand."""
        return len(findings.listing(self.state, "nonconformity"))

    @cached_property
    def findings_on(self) -> dict[str, list[findings.Listed]]:
        """Findings by the observation they stand on."""
        return findings.by_observation(self.state)

    def name(self, principal: str, language: Language = "zh") -> str:
        """The name of a member of the team; "" for anybody else."""
        member = self.state.setup.team.get(principal)
        return name_of(member).get(language) if member else ""

    def slots_passed(self, at: datetime) -> int:
        """How many planned beginnings and ends lie behind: changes exactly when the walk moves on by time."""
        moments = (moment for stop in self.state.setup.stops.values() for moment in (stop.start, stop.end))
        return sum(moment is not None and moment <= at for moment in moments)

    def offset(self) -> str:
        """The audit's distance from UTC now, as ISO 8601 writes it: +08:00."""
        return datetime.now(UTC).astimezone(self.asked.zone).isoformat()[-6:]

    def today(self, at: datetime | None = None) -> str:
        """The ISO day in the audit's zone."""
        return (at or datetime.now(UTC)).astimezone(self.asked.zone).date().isoformat()


_overviews: OrderedDict[str, Overview] = OrderedDict()


def overview(criteria: Criteria, state: State) -> Overview:
    """The overview of a state, from memory where nothing came in since."""
    kept = _overviews.get(state.audit)
    if kept is not None and kept.state is state and kept.seq == state.seq:
        _overviews.move_to_end(state.audit)
        return kept
    setup = state.setup
    fits = kept is not None and kept.asked.setup is setup and kept.asked.criteria is criteria
    asked = kept.asked if kept is not None and fits else Asked(criteria, setup)
    made = _overviews[state.audit] = Overview(state, asked, kept)
    _overviews.move_to_end(state.audit)
    while len(_overviews) > _KEPT:
        _overviews.popitem(last=False)
    return made


async def pictured(services: Services, case: Case) -> Overview:
    """The overview for a page that shows photos: it knows which of them have arrived by now."""
    arrived = await services.blobs.hashes(case.state.audit)
    found = overview(case.criteria, case.state)
    found.arrived = arrived
    return found
