"""The certification cycle of a client: what each audit planned and saw, and what none of them has seen yet.

Pure: made of the states of the client's audits. A cycle runs from one initial or recertification audit to the
next; its surveillances together look at every clause (ISO/IEC 17021-1:2015, 9.1.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from server.audit.coverage import Key, PointMap, Seen, lineage, seen_observations, words_of
from server.audit.entries import Text
from server.audit.repeated import Paragraph, paragraphs
from server.audit.setup import Client, Setup, Stop
from server.audit.setup.client import Shift
from server.audit.state import State

BEGIN = frozenset({"initial", "recertification", "stage1", "stage2"})
"""Types of audit with which a cycle begins."""
SURVEILLANCES = 2
"""How many surveillances a cycle of three years has; a house that plans more numbers them."""

ADDRESSES = ("registered_address", "office_address", "operating_address")

Mark = Literal["seen", "planned", ""]
Kind = Literal["people", "shifts", "products", "processes", "equipment"]
KINDS: tuple[Kind, ...] = ("people", "shifts", "products", "processes", "equipment")

_NO_POINTS = PointMap({}, {}, {}, {})
_PARTS = re.compile(r"[、，,；;和及与/]")
_SPAN = re.compile(r"(.*?)(\d+)[~～至](\d+)$")


class Cell(NamedTuple):
    """A clause at a department."""

    department: str
    scheme: str
    number: str


class Sample(NamedTuple):
    """A sample that was taken, as its card names it."""

    department: str
    what: str
    ids: str


@dataclass(frozen=True)
class Looked:
    """What one audit planned and saw: `planned` and `named` as written, `seen` with parents of clauses."""

    audit: str
    number: str
    type: str
    no: int
    start: str
    planned: frozenset[Cell] = frozenset()
    named: frozenset[Cell] = frozenset()
    seen: frozenset[Cell] = frozenset()
    taken: Mapping[Kind, frozenset[tuple[str, str]]] = field(
        default_factory=lambda: dict.fromkeys(KINDS, frozenset())
    )
    """By kind: department and what was taken there."""
    samples: tuple[Sample, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    """The client's addresses by kind, without blanks and punctuation."""

    @property
    def begins(self) -> bool:
        return self.type in BEGIN

    def mark(self, cell: Cell) -> Mark:
        """What became of a cell in this audit."""
        if cell in self.seen:
            return "seen"
        return "planned" if cell in self.planned else ""


@dataclass(frozen=True)
class Cycle:
    """The audits of a cycle up to one of them, oldest first; `now` is that one.

    `is_last`: no surveillance follows before recertification. `is_complete`: every earlier surveillance of
    the cycle is known here; else nobody can say what was never seen.
    """

    audits: tuple[Looked, ...]
    is_last: bool
    is_complete: bool

    @property
    def now(self) -> Looked:
        return self.audits[-1]

    @property
    def earlier(self) -> tuple[Looked, ...]:
        return self.audits[:-1]

    @cached_property
    def surveillances(self) -> tuple[Looked, ...]:
        """The audits that together look at every clause: all but the one that began the cycle."""
        return tuple(one for one in self.audits if not one.begins or one is self.now)

    @cached_property
    def cells(self) -> frozenset[Cell]:
        """Every clause at a department that was planned or seen in the cycle."""
        return frozenset().union(*(one.planned | one.named for one in self.audits))

    @cached_property
    def seen(self) -> frozenset[Key]:
        """Clauses, with their parents, that a surveillance of the cycle has seen at any department."""
        return frozenset((cell.scheme, cell.number) for one in self.surveillances for cell in one.seen)

    @cached_property
    def _named(self) -> frozenset[Key]:
        return frozenset((cell.scheme, cell.number) for one in self.surveillances for cell in one.named)

    def never(self, clauses: Iterable[Key]) -> list[Key]:
        """Those of the clauses that no surveillance of the cycle has seen; who saw 7.1.5 saw 7.1.5.2."""
        return [
            (scheme, number)
            for scheme, number in clauses
            if (scheme, number) not in self.seen
            and not any((scheme, parent) in self._named for parent in lineage(number))
        ]

    def last_chance(self, clauses: Iterable[Key]) -> list[Key]:
        """Those never seen, where this is the last surveillance before recertification."""
        return self.never(clauses) if self.is_last and self.is_complete and not self.now.begins else []

    def is_last_chance(self, cell: Cell) -> bool:
        """Whether a cell was planned in the cycle, never seen there, and no surveillance follows."""
        if not self.is_last or self.now.begins or any(cell in one.seen for one in self.surveillances):
            return False
        return any(cell in one.planned for one in self.surveillances)

    def taken(self, kind: Kind) -> frozenset[str]:
        """What was taken of a kind in the cycle, by name."""
        return frozenset(name for one in self.audits for _, name in one.taken[kind])

    def fresh(self, kind: Kind, client: Client) -> list[str]:
        """What the client has of a kind and nobody took in the cycle: where the next sample differs."""
        taken = self.taken(kind)
        return [name for name in known(kind, client) if name not in taken]


def cycle_of(looked: Iterable[Looked], audit: str) -> Cycle:
    """The cycle of one audit among those of its client, in whatever order they are given.

    Raises KeyError where `audit` is not among them.
    """
    of_client = {one.audit: one for one in looked}
    by_date = sorted(of_client.values(), key=lambda one: (one.start, one.no, one.audit))
    place = next((at for at, one in enumerate(by_date) if one.audit == audit), None)
    if place is None:
        raise KeyError(audit)
    before = by_date[:place]
    begun = max((at for at, one in enumerate(before) if one.begins), default=-1)
    audits = (*before[max(begun, 0) :], by_date[place])
    surveyed = [one for one in audits[:-1] if not one.begins]
    no = audits[-1].no or len(surveyed) + 1
    numbers = {one.no or at for at, one in enumerate(surveyed, start=1)}
    return Cycle(
        audits,
        is_last=audits[-1].type == "surveillance" and no >= SURVEILLANCES,
        # Beyond as many as there are, one is missing: how large `no` is, anybody may have typed.
        is_complete=all(one in numbers for one in range(1, min(no, len(numbers) + 2))),
    )


def look(audit: str, state: State) -> Looked:
    """What one audit planned and saw, as the cycle needs it."""
    setup, observations = state.setup, seen_observations(state, _NO_POINTS)
    return replace(
        place(audit, setup),
        planned=frozenset(_planned(setup)),
        named=frozenset(Cell(_at(one, setup), *key) for one in observations for key in one.named),
        seen=frozenset(Cell(_at(one, setup), *key) for one in observations for key in one.clauses),
        taken={**asked(setup, observations), **_mentioned(setup, observations)},
        samples=tuple(_samples(setup, observations)),
        paragraphs=tuple(paragraphs(state)),
    )


def place(audit: str, setup: Setup) -> Looked:
    """Where an audit stands among those of its client, whatever it saw."""
    visit = setup.visit
    purpose = next((one.no for one in visit.purposes if one.code == "surveillance" and one.no), None)
    return Looked(
        audit=audit,
        number=visit.number,
        type=visit.type,
        no=visit.surveillance_no or purpose or 0,
        start=visit.start,
        addresses={kind: _address(getattr(setup.client, kind)) for kind in ADDRESSES},
    )


def _address(written: Text) -> str:
    return re.sub(r"[\W_]+", "", written.zh or written.en).lower()


def _planned(setup: Setup) -> Iterable[Cell]:
    for stop in setup.stops.values():
        for clause in stop.clauses if stop.type == "audit" else ():
            yield Cell(stop.department, clause.scheme, clause.number)


def _at(one: Seen, setup: Setup) -> str:
    """The department of an observation: its own, else its stop's."""
    return one.content.department or setup.stops.get(one.content.stop, Stop()).department


def asked(setup: Setup, observations: Iterable[Seen]) -> dict[Kind, frozenset[tuple[str, str]]]:
    """Who was asked in observations, and the shifts in which they were made."""
    zone, shifts = ZoneInfo(setup.time_zone), setup.client.shifts
    people, at_work = set(), set()
    for one in observations:
        department = _at(one, setup)
        people |= {(department, person.name) for person in one.content.people if person.name}
        if shift := shift_at(shifts, one.at.astimezone(zone)):
            at_work.add((department, shift))
    return {"people": frozenset(people), "shifts": frozenset(at_work)}


def _mentioned(setup: Setup, observations: Iterable[Seen]) -> dict[Kind, frozenset[tuple[str, str]]]:
    """What the client has, where observations name it."""
    client = setup.client
    said: list[tuple[Kind, str, list[str]]] = [
        *(
            ("products", one.zh or one.en, [_plain(x) for x in (one.zh, one.en) if x])
            for one in client.products
        ),
        *(
            ("processes", one.name.zh or one.name.en, parts_of(one.name.zh, one.name.en))
            for one in client.processes
        ),
        *(
            ("equipment", _machine(one.id, one.name.zh), codes_of(one.id))
            for one in client.equipment
            if one.id
        ),
    ]
    taken: dict[Kind, set[tuple[str, str]]] = {"products": set(), "processes": set(), "equipment": set()}
    for one in observations:
        department, text = _at(one, setup), _plain(words_of(one.content))
        for kind, name, words in said:
            if any(word in text for word in words):
                taken[kind].add((department, name))
    return {kind: frozenset(names) for kind, names in taken.items()}


def _samples(setup: Setup, observations: Iterable[Seen]) -> Iterable[Sample]:
    for one in observations:
        for card in one.content.cards:
            for row in card.rows if card.type == "sampling" else ():
                yield Sample(_at(one, setup), str(row.get("what") or ""), str(row.get("ids") or ""))


def known(kind: Kind, client: Client) -> list[str]:
    """What the client is known to have of a kind, by the names that `look` gives."""
    names: Mapping[Kind, list[str]] = {
        "people": [person.name for person in client.people],
        "shifts": [shift.name.zh or shift.name.en for shift in client.shifts],
        "products": [product.zh or product.en for product in client.products],
        "processes": [process.name.zh or process.name.en for process in client.processes],
        "equipment": [_machine(one.id, one.name.zh) for one in client.equipment if one.id],
    }
    return list(dict.fromkeys(filter(None, names[kind])))


def _machine(code: str, name: str) -> str:
    return f"{code} {name}".strip()


def shift_at(shifts: Iterable[Shift], at: datetime) -> str:
    """The shift that works at a moment of the audit's zone; a shift may end after midnight. "" for none."""
    clock = f"{at:%H:%M}"
    for shift in shifts:
        start, end = shift.start.zfill(5), shift.end.zfill(5)
        inside = start <= clock < end if start <= end else clock >= start or clock < end
        if shift.start and shift.end and inside:
            return shift.name.zh or shift.name.en
    return ""


def codes_of(written: str) -> list[str]:
    """The numbers that a machine's number stands for, plain: `LS-01~03` is ls-01, ls-02 and ls-03."""
    span = _SPAN.match(written)
    if span is None:
        return [_plain(written)]
    prefix, first, last = span[1], span[2], span[3]
    if not int(first) <= int(last) <= int(first) + 200:
        return [_plain(written)]
    return [_plain(f"{prefix}{n:0{len(first)}}") for n in range(int(first), int(last) + 1)]


def parts_of(*names: str) -> list[str]:
    """The names within a name, plain: 下料、拉伸 is 下料 and 拉伸."""
    parts = (_plain(part) for name in names for part in _PARTS.split(name))
    return [part for part in parts if len(part) > 1]


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text).lower()
