"""Today: the audits of the person who is signed in — now, within a week, and the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit import walk
from server.audit.calendar import iso_day
from server.audit.state import State
from server.criteria.model import Language
from server.journal import AuditRow
from server.people.principal import Principal
from server.people.rights import audit_role, may
from server.web import shown
from server.web.new_audit import ZONE
from server.web.overview import Overview, overview
from server.web.render import language_of, page, redirect
from server.web.services import Services

SOON = timedelta(days=7)
_LISTED = 100


@dataclass(frozen=True, slots=True)
class Card:
    """One audit on the page, with where its walk stands."""

    row: AuditRow
    state: State
    overview: Overview
    role: str
    route: walk.Route
    day: str

    @property
    def now(self) -> walk.RouteStop | None:
        return self.route.now


@get("/", opt={"needs": "audit.list"}, include_in_schema=False)
async def today_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """The page; the office's people are led to their list of all audits."""
    if may(principal.role, None, "office.read"):
        return redirect("/office/audits")
    at = datetime.now(UTC)
    reviewing = principal.role == "reviewer"
    rows = await services.journal.audits_of(None if reviewing else principal.id, limit=_LISTED)
    rows = [row for row in rows if not reviewing or row.state == "released"]
    cards = [await _card(services, principal, row, at) for row in rows if _is_near(row, at)]
    held = await _held(services, rows) if reviewing else []
    passed = [card.overview.slots_passed(at) for card in cards]
    return page(
        request,
        "pages/today.html",
        stamp=("today", at.astimezone(_zone_of(cards)).date(), passed, [(row.id, row.seq) for row in rows]),
        make=lambda: {
            **_context(rows, cards, at, language_of(request)),
            "reviewing": reviewing,
            "held": held,
        },
    )


async def _held(services: Services, rows: list[AuditRow]) -> list[tuple[AuditRow, int]]:
    """The audits in which entries wait to be accepted, with how many."""
    ever = set(await services.journal.audits_with_held())
    counted = [(row, len((await services.journal.state(row.id)).held)) for row in rows if row.id in ever]
    return [(row, waiting) for row, waiting in counted if waiting]


def _zone_of(cards: list[Card]) -> Any:
    """That of the audits near; without any the one in which audits are made."""
    return cards[0].overview.asked.zone if cards else ZoneInfo(ZONE)


def _is_near(row: AuditRow, at: datetime) -> bool:
    """Whether the audit may be on today or within a week in any time zone."""
    start, end = iso_day(row.start), iso_day(row.end or row.start)
    if start is None or end is None:
        return False
    return start <= at.date() + SOON + timedelta(days=1) and end >= at.date() - timedelta(days=1)


async def _card(services: Services, principal: Principal, row: AuditRow, at: datetime) -> Card:
    state = await services.journal.state(row.id)
    found = overview(await services.criteria_of(state), state)
    return Card(
        row=row,
        state=state,
        overview=found,
        role=audit_role(state, principal) or "",
        route=walk.route(state, found.coverage, principal.id, at),
        day=found.today(at),
    )


def _context(rows: list[AuditRow], cards: list[Card], at: datetime, language: Language) -> dict[str, Any]:
    near = {card.row.id: card for card in cards}
    now = [card for card in cards if card.row.start <= card.day <= (card.row.end or card.row.start)]
    soon = [
        card
        for card in cards
        if card.day < card.row.start <= (date.fromisoformat(card.day) + SOON).isoformat()
    ]
    shown_ids = {card.row.id for card in (*now, *soon)}
    return {
        "now": now,
        "soon": sorted(soon, key=lambda card: card.row.start),
        "others": [row for row in rows if row.id not in shown_ids],
        "day": at.astimezone(_zone_of(cards)).date(),
        "shown": shown,
        "language": language,
        "near": near,
    }


routes = [today_page]
