"""One thing that audits are asked by: a standard, a list, a crosswalk; all laws, all rules, all phrases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.criteria.load import Criteria
from server.criteria.mandatory import together
from server.criteria.model import Change, Checklist, Item
from server.people.principal import Principal
from server.people.rights import may
from server.web import shown
from server.web.checklists import slug
from server.web.new_audit import ZONE
from server.web.places import law_names
from server.web.render import language_of, page
from server.web.services import Services

T = TypeVar("T")


@get("/checklists/standards/{edition:str}", opt={"needs": "criteria.read"}, include_in_schema=False)
async def standard_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    edition: FromPath[str],
) -> Response[bytes]:
    """Numbers and titles of an edition and how many items ask about each; for the office how sure each is."""
    criteria = services.criteria
    standard = _called(criteria.standards, edition)
    asked: dict[str, int] = {}
    for one in criteria.lists.values():
        for item in one.items:
            for number in {ref.number for ref in item.clauses if ref.scheme == standard.scheme}:
                asked[number] = asked.get(number, 0) + 1
    walks = [one for one in criteria.crosswalks.values() if standard.id in (one.from_, one.to)]
    return page(
        request,
        "pages/checklist-standard.html",
        stamp=("standard", edition),
        standard=standard,
        auditable={clause.number for clause in standard.auditable},
        asked=asked,
        crosswalks=walks,
        of_office=may(principal.role, None, "office.read"),
    )


@get("/checklists/lists/{checklist:str}", opt={"needs": "criteria.read"}, include_in_schema=False)
async def list_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], checklist: FromPath[str]
) -> Response[bytes]:
    """The items of a list with what helps to ask them; where the house changed one, also what was shipped."""
    criteria = services.criteria
    pack = _called(criteria.lists, checklist)
    changes = {change.item: change for layer in criteria.layers.values() for change in layer.changes}
    return page(
        request,
        "pages/checklist-list.html",
        stamp=("list", checklist),
        make=lambda: {
            "pack": pack,
            "schemes": shown.every_scheme(language_of(request), criteria),
            "lines": _lines(criteria, pack, changes),
            "cards": {card.id: card.title for card in criteria.cards.values()},
            "laws_of": lambda item: law_names(criteria, item.laws, language_of(request)),
        },
    )


def _lines(
    criteria: Criteria, pack: Checklist, changes: Mapping[str, Change]
) -> list[tuple[Item, Item, Change | None]]:
    """Each item of the file: as it is asked, as it is written, and what the house made of it."""
    asked = {item.id: item for item in pack.items}
    written = criteria.written[pack.id].items
    return [(asked.get(item.id, item), item, changes.get(item.id)) for item in written]


@get("/checklists/crosswalks/{editions:str}", opt={"needs": "criteria.read"}, include_in_schema=False)
async def crosswalk_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], editions: FromPath[str]
) -> Response[bytes]:
    """What became of each number from one edition to the next."""
    criteria = services.criteria
    crosswalk = _called(criteria.crosswalks, editions)
    titles = [
        {clause.number: clause.title for clause in criteria.standards[edition].clauses}
        for edition in (crosswalk.from_, crosswalk.to)
    ]
    return page(
        request,
        "pages/checklist-crosswalk.html",
        stamp=("crosswalk", editions),
        crosswalk=crosswalk,
        old=titles[0],
        new=titles[1],
    )


@get("/checklists/laws", opt={"needs": "criteria.read"}, include_in_schema=False)
async def laws_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Laws and numbered standards that audits name, by rank; for the office how sure each is."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    ranks: dict[str, list[Any]] = {rank: [] for rank in ("law", "regulation", "rule", "standard")}
    for law in services.criteria.laws.values():
        ranks[law.rank].append(law)
    return page(
        request,
        "pages/checklist-laws.html",
        stamp=("laws", today),
        ranks=ranks,
        today=today,
        of_office=may(principal.role, None, "office.read"),
    )


@get("/checklists/mandatory", opt={"needs": "criteria.read"}, include_in_schema=False)
async def mandatory_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[bytes]:
    """What no audit may leave out: by scheme, rule and day."""
    return page(
        request,
        "pages/checklist-mandatory.html",
        schemes=shown.every_scheme(language_of(request), services.criteria),
        stamp=("mandatory",),
        mandatory=together(services.criteria.mandatory.values()),
    )


@get("/checklists/phrases", opt={"needs": "criteria.read"}, include_in_schema=False)
async def phrases_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[bytes]:
    """Sentences with blanks to begin a note with, by bank."""
    return page(
        request,
        "pages/checklist-phrases.html",
        stamp=("phrases",),
        banks=list(services.criteria.phrases.values()),
    )


def _called(table: Mapping[str, T], name: str) -> T:
    """The thing whose id reads like `name` in an address. Raises NotFoundException."""
    found = next((value for key, value in table.items() if slug(key) == name), None)
    if found is None:
        raise NotFoundException
    return found


routes = [standard_page, list_page, crosswalk_page, laws_page, mandatory_page, phrases_page]
