"""The time ledger of an audit: where each member was and for how long, beside the plan and what is required.

Arrivals and departures are written on the phone first (`static/js/presence.js`), here and at each stop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit import ledger
from server.audit.calendar import iso_day
from server.audit.plan.days import planned, required
from server.audit.plan.days import shown as as_days
from server.audit.setup import GONE
from server.audit.walk import ordered_stops
from server.criteria.days import DayRules
from server.criteria.model import Language, letter_of
from server.web import shown
from server.web.guards import Case
from server.web.offline import offline
from server.web.overview import Overview, overview
from server.web.render import language_of, page
from server.web.services import Services


@get("/audits/{audit:str}/ledger", opt={"needs": "audit.read"}, include_in_schema=False)
async def ledger_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """The page."""
    found = overview(services.criteria, case.state)
    return page(
        request,
        "pages/ledger.html",
        stamp=(found.hash, case.role),
        make=lambda: _context(found, case, language_of(request)),
    )


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit as shown, with what its form needs to correct it."""

    id: str
    person: str
    name: str
    stop: str
    stop_name: str
    day: str
    hours: str
    begin: str
    end: str
    bases: str
    mine: bool
    is_meeting: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Planned and actual side by side: a member, a scheme or a stop."""

    name: str
    planned: str
    actual: str
    short: bool


def _context(found: Overview, case: Case, language: Language) -> dict[str, Any]:
    state, setup, rules = found.state, found.state.setup, found.asked.given.days
    stays = [_stay(found, case, one, language) for one in ledger.visits(state)]
    on = iso_day(setup.visit.start)
    return {
        "audit": state.audit,
        "setup": setup,
        "found": found,
        "stays": stays,
        "kept": ledger.is_kept(state),
        "over": ledger.is_over(state),
        "totals": _totals(found, rules) if rules else None,
        "needed": as_days(required(setup, rules, on).total) if rules and on else "",
        "compared": _compared(found, rules, language) if rules else {},
        "overlaps": _overlaps(found, language),
        "deviation": ledger.deviation(state, rules).get(language) if rules else "",
        "may_write": case.may("entry.arrived") and not state.released,
        "people": _people(found, case, language),
        "stops": [
            (key, shown.stop_name(stop, setup, language))
            for key, stop in ordered_stops(setup)
            if stop.status not in GONE
        ],
        "offset": found.offset(),
        "shown": shown,
    }


def _stay(found: Overview, case: Case, one: ledger.Visit, language: Language) -> Stay:
    zone = found.asked.zone
    begin, end = one.begin.astimezone(zone), one.end.astimezone(zone) if one.end else None
    stop = found.state.setup.stops[one.stop]
    return Stay(
        id=one.id,
        person=one.person,
        name=found.name(one.person, language) or one.person,
        stop=one.stop,
        stop_name=shown.stop_name(stop, found.state.setup, language),
        day=begin.date().isoformat(),
        hours=f"{begin:%H:%M}–{end:%H:%M}" if end else f"{begin:%H:%M}–",
        begin=f"{begin:%Y-%m-%dT%H:%M}",
        end=f"{end:%Y-%m-%dT%H:%M}" if end else "",
        bases=bases_of(found, one.id),
        mine=one.person == case.principal.id or case.role == "leader",
        is_meeting=one.source == "meeting",
    )


def bases_of(found: Overview, visit: str) -> str:
    """The versions of arrival and departure that a correction has seen, as JSON."""
    state = found.state
    seen = {
        "arrived": state.arrivals[visit].heads if visit in state.arrivals else [],
        "left": state.departures[visit].heads if visit in state.departures else [],
    }
    return msgspec.json.encode(seen).decode()


def _people(found: Overview, case: Case, language: Language) -> list[tuple[str, str]]:
    """Whose visits the viewer may write: the leader everybody's, all others their own."""
    team = found.state.setup.team
    own = list(team) if case.role == "leader" else [one for one in team if one == case.principal.id]
    return [(one, found.name(one, language)) for one in own]


def _totals(found: Overview, rules: DayRules) -> dict[str, str]:
    then, now = planned(found.state.setup, rules), ledger.spent(found.state, rules)
    return {"planned": as_days(then.total), "actual": as_days(now.total)}


def _compared(found: Overview, rules: DayRules, language: Language) -> dict[str, list[Compared]]:
    state, setup = found.state, found.state.setup
    then, now = planned(setup, rules), ledger.spent(state, rules)
    stops = [(key, shown.stop_name(setup.stops[key], setup, language)) for key, _ in ordered_stops(setup)]
    return {
        "people": _rows(
            ((one, found.name(one, language)) for one in then.by_member), then.by_member, now.by_member
        ),
        "schemes": _rows(((one, letter_of(one)) for one in then.by_scheme), then.by_scheme, now.by_scheme),
        "stops": _rows(
            (pair for pair in stops if pair[0] in then.by_stop or pair[0] in now.by_stop),
            then.by_stop,
            now.by_stop,
        ),
    }


def _rows(
    names: Iterable[tuple[str, str]], then: dict[str, Fraction], now: dict[str, Fraction]
) -> list[Compared]:
    zero = Fraction(0)
    return [
        Compared(
            name,
            as_days(then.get(key, zero)),
            as_days(now.get(key, zero)),
            now.get(key, zero) < then.get(key, zero),
        )
        for key, name in names
    ]


def _overlaps(found: Overview, language: Language) -> list[dict[str, str]]:
    stops = found.state.setup.stops
    return [
        {
            "name": found.name(one.person, language) or one.person,
            "first": shown.stop_name(stops[one.first.stop], found.state.setup, language),
            "second": shown.stop_name(stops[one.second.stop], found.state.setup, language),
            "at": f"{one.second.begin.astimezone(found.asked.zone):%m-%d %H:%M}",
        }
        for one in ledger.overlaps(found.state)
    ]


@dataclass(frozen=True, slots=True)
class Presence:
    """What the stop's page needs: the viewer's last visit there, and where else they are still."""

    visit: str
    begin: str
    end: str
    bases: str
    elsewhere: str
    """JSON: visits of the viewer at other stops that have no end."""


def presence(found: Overview, principal: str, stop: str) -> Presence:
    """Where the viewer stands, seen from one stop."""
    own = [one for one in ledger.visits(found.state) if one.person == principal and one.source == "stop"]
    here = [one for one in own if one.stop == stop]
    away = [{"visit": one.id, "stop": one.stop} for one in own if one.stop != stop and one.end is None]
    last, zone = (here[-1] if here else None), found.asked.zone
    return Presence(
        visit=last.id if last else "",
        begin=f"{last.begin.astimezone(zone):%Y-%m-%dT%H:%M}" if last else "",
        end=f"{last.end.astimezone(zone):%Y-%m-%dT%H:%M}" if last and last.end else "",
        bases=bases_of(found, last.id) if last else '{"arrived":[],"left":[]}',
        elsewhere=msgspec.json.encode(away).decode(),
    )


@offline
def _offline(case: Case) -> list[str]:
    return [f"/audits/{case.state.audit}/ledger"]


routes = [ledger_page]
