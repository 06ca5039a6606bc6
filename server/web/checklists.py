"""Everything that audits are asked by, to browse and to search: for the office and for auditors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.criteria.clauses import parse_clause
from server.criteria.laws import Law
from server.criteria.load import Criteria
from server.criteria.model import (
    PLACE,
    SECTOR,
    Checklist,
    Clause,
    ClauseRef,
    Item,
    Phrase,
    Standard,
    Text,
)
from server.people.principal import Principal
from server.people.rights import may
from server.web import shown
from server.web.render import language_of, page
from server.web.services import Services

_MOST = 60
"""Of each kind of thing found so many are shown."""


@get("/checklists", opt={"needs": "criteria.read"}, include_in_schema=False)
async def checklists_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    find: FromQuery[str] = "",
) -> Response[bytes]:
    """Standards, lists, packs, crosswalks, laws and rules; `find` looks in all of them."""
    criteria = services.criteria
    of_office = may(principal.role, None, "office.read")
    return page(
        request,
        "pages/checklists.html",
        find=find,
        found=search(criteria, find) if find.strip() else None,
        standards=list(criteria.standards.values()),
        groups=_groups(criteria),
        criteria=criteria,
        schemes=shown.every_scheme(language_of(request), criteria),
        phrases=sum(len(bank.phrases) for bank in criteria.phrases.values()),
        of_office=of_office,
        may_keep=may(principal.role, None, "criteria.keep"),
        problems=services.own_problems if of_office else (),
        slug=slug,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What holds all words that were looked for; of each kind the first ones, and how many there are."""

    clauses: list[tuple[Standard, Clause]]
    items: list[tuple[Checklist, Item]]
    laws: list[Law]
    phrases: list[Phrase]
    total: int

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.total - len(self.clauses) - len(self.items) - len(self.laws) - len(self.phrases)


def search(criteria: Criteria, find: str) -> Found:
    """Clauses, items, laws and phrases: by words in either language, or by a clause such as Q8.5.1."""
    words = find.lower().split()
    refs = _clause_asked(find, criteria)

    def holds(*texts: Text | str | None) -> bool:
        said = " ".join(
            f"{text.zh} {text.en}" if isinstance(text, Text) else text for text in texts if text is not None
        ).lower()
        return all(word in said for word in words)

    def is_of(clauses: Iterable[ClauseRef]) -> bool:
        return any(clause.within(ref) for clause in clauses for ref in refs)

    clauses = [
        (standard, clause)
        for standard in criteria.standards.values()
        for clause in standard.clauses
        if is_of([ClauseRef(scheme=standard.scheme, number=clause.number)])
        or holds(clause.title, standard.letter + clause.number)
    ]
    items = [
        (one, item)
        for one in criteria.lists.values()
        for item in one.items
        if is_of(item.clauses) or holds(one.title, item.prompt, item.records, item.failures, item.id)
    ]
    laws = [law for law in criteria.laws.values() if holds(law.name, law.number)]
    phrases = [
        phrase
        for bank in criteria.phrases.values()
        for phrase in bank.phrases
        if is_of(phrase.clauses) or holds(phrase.text)
    ]
    total = len(clauses) + len(items) + len(laws) + len(phrases)
    return Found(clauses[:_MOST], items[:_MOST], laws[:_MOST], phrases[:_MOST], total)


def _clause_asked(find: str, criteria: Criteria) -> list[ClauseRef]:
    try:
        return parse_clause(find, criteria.schemes)
    except ValueError:
        return []


def _groups(criteria: Criteria) -> list[tuple[str, list[Checklist]]]:
    """Lists by kind: those of types of audit in the order of a cycle, then places and sectors."""
    kinds = ("stage1", "stage2", "initial", "surveillance", "recertification", "special", PLACE, SECTOR)
    named: dict[str, list[Checklist]] = {kind: [] for kind in kinds}
    for one in criteria.lists.values():
        named.setdefault(one.kind, []).append(one)
    return [(kind, lists) for kind, lists in named.items() if lists]


def slug(name: str) -> str:
    """An id as it stands in addresses: `GB/T 50430-2017` is `gb-t-50430-2017`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


routes = [checklists_page]
