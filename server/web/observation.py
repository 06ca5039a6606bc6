"""One observation: its words and evidence, its versions, its findings, and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit.entries import Card, Observation
from server.audit.state import State, Thing, Version
from server.criteria.model import LANGUAGES, ClauseRef, Language
from server.people.principal import Principal
from server.web import shown
from server.web.guards import Case
from server.web.observed import record
from server.web.overview import Overview, pictured
from server.web.render import language_of, page
from server.web.services import Services
from server.web.texts import texts


@get(
    "/audits/{audit:str}/observations/{observation:str}/view",
    opt={"needs": "audit.read"},
    include_in_schema=False,
)
async def observation_view(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    observation: FromPath[str],
) -> Response[bytes]:
    """The page; whoever wrote the observation changes it on its own page (`server.web.capture`)."""
    thing = case.state.observations.get(observation)
    if thing is None:
        raise NotFoundException
    found = await pictured(services, case)
    return page(
        request,
        "pages/observation-view.html",
        stamp=(*found.stamp, case.role),
        make=lambda: _context(found, principal, case, thing, language_of(request)),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One version: who wrote it and when, what it said, why. `stands` while it is a head."""

    by: str
    time: str
    content: Observation | None
    outcome: str
    reason: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A card: of each row the cells that hold something, each under the name of its column."""

    title: str
    rows: list[list[tuple[str, str]]]


def _context(
    found: Overview, principal: Principal, case: Case, thing: Thing[Observation], language: Language
) -> dict[str, Any]:
    content = thing.current
    seen = {one.id: one for stop in found.coverage.by_stop.values() for one in stop}
    stop_key = content.stop if content else thing.first.content.stop if thing.first.content else ""
    stop = case.state.setup.stops.get(stop_key)
    own = thing.first.by == principal.id and case.may("observation.write") and not case.state.released
    raisable = content is not None and case.may("finding.write") and not case.state.released
    item = found.asked.item.get(content.item) if content else None
    return {
        "audit": case.state.audit,
        "found": found,
        "thing": thing,
        "content": content,
        "one": record(found, seen[thing.id], language) if thing.id in seen else None,
        "clauses": [(clause, found.asked.title(clause).get(language)) for clause in content.clauses]
        if content
        else [],
        "newer": _in_newer(found, content.clauses if content else []),
        "item": item.prompt.get(language) if item else "",
        "cards": [_sheet(found, card, language) for card in content.cards] if content else [],
        "versions": [_told(found, thing, version, language) for version in thing.versions.values()],
        "department": shown.department(found.state.setup.client, content.department, language)
        if content
        else "",
        "stop_name": shown.stop_name(stop, found.state.setup, language) if stop else "",
        "back": f"/audits/{case.state.audit}/stops/{stop_key}" if stop else f"/audits/{case.state.audit}",
        "together": _together(case.state, thing),
        "own": own,
        "may_raise": raisable,
        "may_mark": own or (case.role == "leader" and not case.state.released),
        "base": msgspec.json.encode(content).decode(),
        "bases": msgspec.json.encode(thing.heads).decode(),
        "may_write": case.may("observation.write"),
        "capture": f"/audits/{case.state.audit}/stops/{stop_key}/capture" if stop else "",
    }


def _together(state: State, thing: Thing[Observation]) -> list[str]:
    """Notes on one thing from two devices: the one that this was taken for, and those taken for this."""
    joins = thing.current.joins if thing.current else ""
    taken = [other.id for other, content in state.standing_observations() if content.joins == thing.id]
    return [*([joins] if joins in state.observations else []), *taken]


def _told(
    found: Overview, thing: Thing[Observation], version: Version[Observation], language: Language
) -> Told:
    content = version.content
    return Told(
        by=found.name(version.by, language),
        time=f"{version.made_at.astimezone(found.asked.zone):%m-%d %H:%M}",
        content=content,
        outcome=found.asked.words(language).get(content.outcome, content.outcome) if content else "",
        reason=version.reason,
        stands=version.entry in thing.heads,
    )


def _in_newer(found: Overview, clauses: Iterable[ClauseRef]) -> list[str]:
    """What the clauses are in the edition the client moves to, each once; nothing without a transition."""
    return list(dict.fromkeys(words for ref in clauses if (words := found.asked.in_newer(ref))))


def _sheet(found: Overview, card: Card, language: Language) -> Sheet:
    """The card with its columns; a kind of card we don't know shows its cells by their keys."""
    known = found.asked.criteria.cards.get(card.type)
    names = {column.key: column.title.get(language) for column in known.columns} if known else {}
    rows = [
        [(names.get(key, key), text) for key, value in row.items() if (text := _cell(value, language))]
        for row in card.rows
    ]
    return Sheet(known.title.get(language) if known else card.type, rows)


def _cell(value: Any, language: Language) -> str:
    """A cell as text: a pair of languages in the one asked for, rows below a row one after the other."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return texts(language)("cell.yes" if value else "cell.no")
    if isinstance(value, dict):
        if set(value) <= set(LANGUAGES):
            return str(value.get(language) or value.get("zh") or value.get("en") or "")
        return " ".join(filter(None, (_cell(one, language) for one in value.values())))
    if isinstance(value, list):
        return "；".join(filter(None, (_cell(one, language) for one in value)))
    return str(value)


routes = [observation_view]
