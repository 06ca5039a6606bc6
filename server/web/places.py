"""Help on the walk: packs for kinds of place, and what is typical of the clauses of a stop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit import walk
from server.audit.coverage import audited_schemes
from server.criteria.load import Criteria
from server.criteria.model import Checklist, ClauseRef, Help, Item, Language
from server.people.principal import Principal
from server.web import shown
from server.web.before import before
from server.web.cycle import others_of_client
from server.web.guards import Case
from server.web.observed import Record, record
from server.web.offline import offline
from server.web.overview import Overview, overview, pictured
from server.web.render import language_of, page
from server.web.services import Services


@get("/audits/{audit:str}/stops/{stop:str}/places", opt={"needs": "audit.read"}, include_in_schema=False)
async def places_page(
    request: Request[Any, Any, Any],
    case: NamedDependency[Case],
    stop: FromPath[str],
) -> Response[bytes]:
    """Every pack that an audit of these schemes may use, with its items: one page to keep on the phone.

    Those that fit the stop come first and are open.
    """
    found = _found(case, stop)
    language = language_of(request)
    return page(
        request,
        "pages/places.html",
        stamp=(found.hash, case.role),
        make=lambda: (
            _base(found, case, stop, language) | {"packs": _packs(case.criteria, found, stop, language)}
        ),
    )


@get(
    "/audits/{audit:str}/stops/{stop:str}/places/{place:str}",
    opt={"needs": "audit.read"},
    include_in_schema=False,
)
async def place_page(
    request: Request[Any, Any, Any],
    case: NamedDependency[Case],
    stop: FromPath[str],
    place: FromPath[str],
) -> Response[bytes]:
    """One pack at a stop: pictures to take, and its items with what helps to ask them."""
    found = _found(case, stop)
    packs = {pack.id: pack for pack in walk.packs(case.criteria.lists.values(), case.state.setup)}
    if place not in packs:
        raise NotFoundException
    language = language_of(request)
    return page(
        request,
        "pages/place.html",
        stamp=(found.hash, case.role, place),
        make=lambda: (
            _base(found, case, stop, language)
            | {
                "pack": packs[place],
                "lines": _pack_lines(case.criteria, packs[place], found, stop, language),
            }
        ),
    )


@get("/audits/{audit:str}/stops/{stop:str}/help", opt={"needs": "audit.read"}, include_in_schema=False)
async def help_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    stop: FromPath[str],
) -> Response[bytes]:
    """What is typical of each clause at a stop, and what colleagues recorded on it."""
    others = await others_of_client(services, case.state.audit)
    if stop not in case.state.setup.stops:
        raise NotFoundException
    found = await pictured(services, case)
    language = language_of(request)
    return page(
        request,
        "pages/stop-help.html",
        stamp=(*found.stamp, case.role, principal.id, *others.stamp),
        make=lambda: (
            _base(found, case, stop, language)
            | before(found, others, stop)
            | {"groups": _groups(case.criteria, found, principal, stop, language)}
        ),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """An item with what helps to ask it, its clauses in this audit, and how many notes it has here."""

    item: Item
    clauses: list[ClauseRef]
    helps: list[Help]
    laws: list[str]
    notes: int


@dataclass(frozen=True, slots=True)
class Group:
    """A clause heading of a stop: typical records and failures, the items' own help, colleagues' records."""

    anchor: str
    clauses: tuple[ClauseRef, ...]
    title: str
    helps: list[Help]
    laws: list[str]
    records: list[Record]


def _found(case: Case, stop: str) -> Overview:
    if stop not in case.state.setup.stops:
        raise NotFoundException
    return overview(case.criteria, case.state)


def _base(found: Overview, case: Case, stop: str, language: Language) -> dict[str, Any]:
    return {
        "audit": case.state.audit,
        "key": stop,
        "name": shown.stop_name(case.state.setup.stops[stop], case.state.setup, language),
        "may_write": case.may("observation.write"),
        "cards": {card.id: card.title for card in found.asked.criteria.cards.values()},
    }


def _packs(
    criteria: Criteria, found: Overview, stop: str, language: Language
) -> list[tuple[bool, Checklist, list[Line]]]:
    setup = found.state.setup
    packs = walk.packs(criteria.lists.values(), setup)
    fitting = walk.packs_at(packs, setup.stops[stop])
    ordered = [*fitting, *(pack for pack in packs if pack not in fitting)]
    lined = [(pack in fitting, pack, _pack_lines(criteria, pack, found, stop, language)) for pack in ordered]
    return [one for one in lined if one[2]]


def _pack_lines(
    criteria: Criteria, pack: Checklist, found: Overview, stop: str, language: Language
) -> list[Line]:
    schemes = set(audited_schemes(found.state.setup))
    noted = [seen.content.item for seen in found.coverage.by_stop.get(stop, []) if not seen.is_bare]
    lines = []
    for item in pack.items:
        clauses = [clause for clause in item.clauses if clause.scheme in schemes]
        if clauses:
            helps: list[Help] = [item] if _says_something(item) else []
            lines.append(Line(item, clauses, helps, _laws(criteria, helps, language), noted.count(item.id)))
    return lines


def _groups(
    criteria: Criteria, found: Overview, principal: Principal, stop: str, language: Language
) -> list[Group]:
    groups = []
    for number, (clauses, rows) in enumerate(found.asked.at_stop(stop).sections, start=1):
        items: list[Help] = [item for _, item in rows if item is not None]
        guides: list[Help] = [
            guide
            for guidance in criteria.guidance.values()
            for guide in guidance.guides
            if any(clause.within(wanted) for clause in clauses for wanted in guide.clauses)
        ]
        helps = [one for one in (*guides, *items) if _says_something(one)]
        groups.append(
            Group(
                anchor=f"h{number}",
                clauses=clauses,
                title=found.asked.title(clauses[0]).get(language),
                helps=helps,
                laws=_laws(criteria, helps, language),
                records=_by_colleagues(found, principal, clauses, language),
            )
        )
    return groups


def _says_something(one: Help) -> bool:
    return bool(one.records or one.failures or one.questions or one.laws or one.sample)


def _laws(criteria: Criteria, helps: Iterable[Help], language: Language) -> list[str]:
    return law_names(criteria, (law for one in helps for law in one.laws), language)


def law_names(criteria: Criteria, named: Iterable[str], language: Language) -> list[str]:
    """Laws by id as people read them, each once; one that is no longer on the list is left out."""
    laws = [criteria.laws[law] for law in dict.fromkeys(named) if law in criteria.laws]
    return [f"《{law.name.get(language)}》 {law.number}" for law in laws]


def _by_colleagues(
    found: Overview, principal: Principal, clauses: tuple[ClauseRef, ...], language: Language
) -> list[Record]:
    codes = {clause.code for clause in clauses}
    return [
        record(found, seen, language)
        for all_seen in found.coverage.by_stop.values()
        for seen in all_seen
        if seen.by != principal.id and not seen.is_bare and codes & {one.code for one in seen.content.clauses}
    ]


@offline
def _offline(case: Case) -> list[str]:
    return [
        f"/audits/{case.state.audit}/stops/{key}/{page}"
        for key in case.state.setup.stops
        for page in ("help", "places")
    ]


routes = [places_page, place_page, help_page]
