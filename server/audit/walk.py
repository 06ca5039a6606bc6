"""The walk: stops in plan order, where one stands now, and what is to be looked at on a stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from server.audit.coverage import Coverage, Seen, lineage, plain
from server.audit.setup import GONE, Setup, Stop
from server.audit.state import State
from server.criteria.model import PLACE, SECTOR, Checklist, ClauseRef, Item

Place = Literal["done", "now", "next", "other"]
MEETINGS: Mapping[str, str] = {
    "opening": "opening",
    "closing": "closing",
    "team_meeting": "team",
    "client_talk": "client",
}
"""Stop type → the meeting it is."""

SEVERITY = ("nonconform", "improve", "conform", "not_applicable", "not_seen")
"""Outcomes from the gravest on: what an item shows when its observations differ."""

_KIND_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("management", ("管理层", "最高管理", "领导层", "总经理", "top management")),
    ("administration", ("行政", "综合", "人事", "人力", "办公室", "文控", "administration", "personnel")),
    ("sales", ("业务", "销售", "市场", "客服", "外贸", "sales")),
    ("purchasing", ("采购", "供应", "外包", "purchas")),
    ("design", ("设计", "研发", "开发", "技术", "design", "engineering")),
    ("quality", ("质量", "品质", "品管", "质检", "quality")),
    ("laboratory", ("化验", "实验", "检测", "计量", "测量设备", "laborator", "metrology")),
    ("production", ("生产", "车间", "制造", "工序", "装配", "包装", "production", "workshop")),
    (
        "special_process",
        ("特殊过程", "焊", "喷涂", "喷粉", "固化", "热处理", "电镀", "抽真空", "special process"),
    ),
    ("warehouse", ("仓储", "仓库", "物流", "成品库", "原料", "warehouse", "store")),
    ("chemicals", ("化学品", "油品", "油漆", "chemical")),
    ("hazardous_waste", ("危废", "危险废物", "废水", "hazardous waste")),
    ("utilities", ("设备", "动力", "锅炉", "空压", "配电", "维修", "utilities", "maintenance")),
    ("ehs", ("安环", "环保", "安全", "环境因素", "危险源", "职业健康", "应急", "ehs", "safety")),
)
"""Words in the name of a department or process and the kind of place they speak of."""


@dataclass(frozen=True, slots=True)
class RouteStop:
    """One stop of the walk. `number` counts from 1 in plan order; `mine`: the viewer is assigned to it."""

    key: str
    stop: Stop
    number: int
    place: Place
    mine: bool


@dataclass(frozen=True)
class Route:
    """The stops in plan order as one person sees them."""

    stops: tuple[RouteStop, ...]

    @cached_property
    def now(self) -> RouteStop | None:
        return next((stop for stop in self.stops if stop.place == "now"), None)

    @property
    def mine(self) -> tuple[RouteStop, ...]:
        return tuple(stop for stop in self.stops if stop.mine)

    def around(self, key: str) -> tuple[RouteStop | None, RouteStop | None]:
        """The viewer's stops before and after this one (all stops where it is not the viewer's)."""
        own = self.mine if any(stop.key == key for stop in self.mine) else self.stops
        keys = [stop.key for stop in own]
        at = keys.index(key)
        return (own[at - 1] if at else None), (own[at + 1] if at + 1 < len(own) else None)


def ordered_stops(setup: Setup) -> list[tuple[str, Stop]]:
    """Stops in plan order: as placed by hand, else by start, else by label."""
    return sorted(
        setup.stops.items(),
        key=lambda pair: (
            pair[1].position,
            pair[1].start.timestamp() if pair[1].start else 0.0,
            pair[1].label,
            pair[0],
        ),
    )


def route(state: State, coverage: Coverage, principal: str, at: datetime) -> Route:
    """The walk of `principal` at the moment `at` (with its zone)."""
    stops = ordered_stops(state.setup)
    done = {key for key, stop in stops if is_done(state, coverage, key, stop, at)}
    mine = {key for key, stop in stops if principal in stop.auditors}
    left = [(key, stop) for key, stop in stops if key not in done]
    here = "" if state.released else _here(left, mine, at)
    return Route(
        tuple(
            RouteStop(key, stop, number, _place(key, stop, done, here, mine), key in mine)
            for number, (key, stop) in enumerate(stops, start=1)
        )
    )


def is_done(state: State, coverage: Coverage, key: str, stop: Stop, at: datetime) -> bool:
    """Whether a stop lies behind.

    That is: marked so, its meeting over, or evidence recorded there and its clauses or its time used up.
    """
    if stop.status in ("done", *GONE):
        return True
    over = stop.end is not None and stop.end <= at
    if stop.type != "audit":
        meeting = state.meetings.get(MEETINGS.get(stop.type, ""))
        return over or bool(meeting and meeting.current and meeting.current.end)
    progress = coverage.stops[key]
    if not progress.observations:
        return False
    return over or (0 < progress.planned == progress.seen)


def _here(open_stops: Sequence[tuple[str, Stop]], mine: set[str], at: datetime) -> str:
    own = [pair for pair in open_stops if pair[0] in mine] or list(open_stops)
    for key, stop in own:
        if stop.start and stop.end and stop.start <= at < stop.end:
            return key
    return own[0][0] if own else ""


def _place(key: str, stop: Stop, done: set[str], here: str, mine: set[str]) -> Place:
    if key == here:
        return "now"
    if key in done:
        return "done"
    return "other" if mine and key not in mine else "next"


@dataclass(frozen=True)
class Row:
    """One line to ask on a stop: an item of the checklist, or a bare planned clause that has no item."""

    key: str
    item: Item | None
    clauses: tuple[ClauseRef, ...]
    seen: tuple[Seen, ...]

    @cached_property
    def outcome(self) -> str:
        """The gravest outcome said about it at this stop; empty while nobody said one."""
        said = {outcome for one in self.seen for outcome in one.outcomes}
        return next((outcome for outcome in SEVERITY if outcome in said), next(iter(sorted(said)), ""))

    def outcome_for(self, principal: str) -> str:
        """What the strip shows somebody: what they said last of it at this stop, else the gravest outcome."""
        own = [one for one in self.seen if one.by == principal and one.content.outcome]
        return max(own, key=lambda one: one.changed).content.outcome if own else self.outcome

    def tap_of(self, principal: str) -> Seen | None:
        """Their observation that holds nothing but an outcome: one more tap changes it, not adds to it."""
        own = [one for one in self.seen if one.by == principal and one.is_bare]
        return max(own, key=lambda one: one.changed, default=None)

    @property
    def notes(self) -> int:
        """How many observations hold more than a tap on the strip."""
        return sum(not one.is_bare for one in self.seen)

    @property
    def photos(self) -> int:
        return sum(one.photos for one in self.seen)


@dataclass(frozen=True)
class Section:
    """Rows under one clause heading."""

    clauses: tuple[ClauseRef, ...]
    rows: tuple[Row, ...]
    loose: tuple[Seen, ...] = ()
    """Observations of these clauses that name no item."""

    @property
    def answered(self) -> bool:
        return all(row.outcome for row in self.rows)

    @property
    def schemes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(clause.scheme for clause in self.clauses))


def kinds_of(stop: Stop) -> frozenset[str]:
    """The kinds of place a stop is: as set up, else read from its names; empty = unknown."""
    if stop.kinds:
        return frozenset(stop.kinds)
    words = f"{stop.department} {stop.process.zh} {stop.process.en}".lower()
    return frozenset(kind for kind, names in _KIND_WORDS if any(name in words for name in names))


def checklist_items(lists: Iterable[Checklist], setup: Setup) -> list[Item]:
    """The items this audit asks: of every checklist of its type (else all) that shares a scheme with it.

    The packs of its client's sectors come on top, without the items they replace. Packs for a kind of place
    are asked where somebody opens them.
    """
    schemes = set(setup.visit.schemes)
    sharing = [one for one in lists if not schemes or schemes & set(one.schemes)]
    fitting = [one for one in sharing if one.kind not in (PLACE, SECTOR)]
    typed = [one for one in fitting if setup.visit.type in (one.kind, *one.also)]
    sectors = sectors_of(sharing, setup)
    replaced = {item for sector in sectors for item in sector.replaces}
    return [item for one in (*(typed or fitting), *sectors) for item in one.items if item.id not in replaced]


def sectors_of(lists: Iterable[Checklist], setup: Setup) -> list[Checklist]:
    """The sector packs one of whose words stands in what the client does, makes or is certified for."""
    client = setup.client
    said = [client.industry, *client.products, *(one.scope for one in setup.certificates.values())]
    said += [one.name for one in (*client.processes, *client.outsourced_processes)]
    words = " ".join(f"{one.zh} {one.en}" for one in said).lower()
    return [one for one in lists if one.kind == SECTOR and any(word in words for word in one.words)]


def packs(lists: Iterable[Checklist], setup: Setup) -> list[Checklist]:
    """The packs for kinds of place that ask about a scheme of this audit."""
    schemes = set(setup.visit.schemes)
    return [one for one in lists if one.kind == PLACE and (not schemes or schemes & set(one.schemes))]


def packs_at(packs: Iterable[Checklist], stop: Stop) -> list[Checklist]:
    """Those of them one of whose words stands in the name of a stop."""
    words = f"{stop.department} {stop.process.zh} {stop.process.en}".lower()
    return [pack for pack in packs if any(word in words for word in pack.words)]


def items_at(items: Iterable[Item], stop: Stop) -> list[tuple[Item, tuple[ClauseRef, ...]]]:
    """Items for a stop with those of their clauses that are planned there.

    Kinds of place choose among items of the same clause; they never leave a planned clause without its items.
    """
    wanted = {plain(clause) for clause in stop.clauses}
    kinds = kinds_of(stop)
    on_list = [(item, _planned(item, wanted)) for item in items]
    on_list = [(item, clauses) for item, clauses in on_list if clauses]
    fitting = [pair for pair in on_list if not kinds or "any" in pair[0].stops or kinds & set(pair[0].stops)]
    covered = {clause for _, clauses in fitting for clause in clauses}
    chosen = {item.id for item, _ in fitting}
    return [pair for pair in on_list if pair[0].id in chosen or not covered.issuperset(pair[1])]


def _planned(item: Item, wanted: set[ClauseRef]) -> tuple[ClauseRef, ...]:
    """Clauses of an item that are planned, or lie within a planned one."""
    return tuple(
        clause
        for clause in map(plain, item.clauses)
        if any(ClauseRef(scheme=clause.scheme, number=number) in wanted for number in lineage(clause.number))
    )


@dataclass(frozen=True)
class Ask:
    """What a stop asks, before anything is seen there. Depends on the criteria and the plan alone."""

    sections: tuple[tuple[tuple[ClauseRef, ...], tuple[tuple[str, Item | None], ...]], ...]


def ask(items: Iterable[Item], stop: Stop) -> Ask:
    """Sections of a stop in clause order; a planned clause without any item becomes a row of its own."""
    groups: dict[tuple[ClauseRef, ...], list[tuple[str, Item | None]]] = {}
    covered: set[ClauseRef] = set()
    for item, clauses in items_at(items, stop):
        groups.setdefault(clauses, []).append((item.id, item))
        covered.update(ClauseRef(scheme=c.scheme, number=n) for c in clauses for n in lineage(c.number))
    for clause in dict.fromkeys(map(plain, stop.clauses)):
        if clause not in covered:
            groups.setdefault((clause,), []).append((clause.code, None))
    return Ask(tuple(sorted(((c, tuple(r)) for c, r in groups.items()), key=lambda group: group[0])))


def sections(asked: Ask, seen: Sequence[Seen]) -> list[Section]:
    """The sections of a stop with what was seen there.

    An observation belongs to the row of its item, one without item to the bare rows of its clauses; where its
    clauses have items only, it stands loose in their section.
    """
    by_item: dict[str, list[Seen]] = {}
    by_code: dict[str, list[Seen]] = {}
    for one in seen:
        if one.content.item:
            by_item.setdefault(one.content.item, []).append(one)
        else:
            for code in dict.fromkeys(clause.code for clause in one.content.clauses):
                by_code.setdefault(code, []).append(one)
    return [_section(clauses, rows, by_item, by_code) for clauses, rows in asked.sections]


def _section(
    clauses: tuple[ClauseRef, ...],
    rows: tuple[tuple[str, Item | None], ...],
    by_item: Mapping[str, list[Seen]],
    by_code: Mapping[str, list[Seen]],
) -> Section:
    if rows[0][1] is None:
        return Section(
            clauses, tuple(Row(key, None, clauses, _of_clause(key, by_item, by_code)) for key, _ in rows)
        )
    loose = {one.id: one for clause in clauses for one in by_code.get(clause.code, ())}
    asked = tuple(Row(key, item, clauses, tuple(by_item.get(key, ()))) for key, item in rows)
    return Section(clauses, asked, tuple(loose.values()))


def _of_clause(
    code: str, by_item: Mapping[str, list[Seen]], by_code: Mapping[str, list[Seen]]
) -> tuple[Seen, ...]:
    """Observations of a clause that has no item, whether they name the clause or, as an item, its code."""
    return tuple({one.id: one for one in (*by_item.get(code, ()), *by_code.get(code, ()))}.values())
