"""One stop of the walk: what is to be asked there by clause, and what was recorded there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response
from markupsafe import Markup

from server.audit import followup, walk
from server.audit.coverage import Seen
from server.audit.entries import VerifiedBody
from server.audit.findings import Listed
from server.audit.plan.days import NOT_COUNTED
from server.audit.setup import PreviousFinding, Stop
from server.criteria.model import Language, letter_of
from server.people.principal import Principal
from server.web import ledger, plan_sheet, shown
from server.web.accompanying import accompanying
from server.web.before import before
from server.web.cycle import Others, others_of_client
from server.web.guards import Case
from server.web.observed import record
from server.web.offline import offline
from server.web.overview import Overview, pictured
from server.web.pieces import once
from server.web.render import language_of, page
from server.web.services import Services
from server.web.texts import texts

ALL = "all"
MOST_RECORDS = 20
"""How many records the page shows before somebody asks for all."""

FOLD_FROM = 8
"""With more items than this, groups that are answered fold."""


@get("/audits/{audit:str}/stops/{stop:str}", opt={"needs": "audit.read"}, include_in_schema=False)
async def stop_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    stop: FromPath[str],
    records: FromQuery[str] = "",
) -> Response[bytes]:
    """The page with the latest records; `records=all`: with every one."""
    others = await others_of_client(services, case.state.audit)
    found = await pictured(services, case)
    return _stop(request, principal, case, found, stop, records == ALL, "pages/stop.html", others)


@get("/audits/{audit:str}/stops/{stop:str}/live", opt={"needs": "audit.read"}, include_in_schema=False)
async def stop_live(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    stop: FromPath[str],
    records: FromQuery[str] = "",
) -> Response[bytes]:
    """The part of the page that changes while colleagues record."""
    found = await pictured(services, case)
    return _stop(request, principal, case, found, stop, records == ALL, "parts/stop-live.html")


def _stop(
    request: Request[Any, Any, Any],
    principal: Principal,
    case: Case,
    found: Overview,
    key: str,
    whole: bool,
    template: str,
    others: Others | None = None,
) -> Response[bytes]:
    if key not in case.state.setup.stops:
        raise NotFoundException
    return page(
        request,
        template,
        stamp=(*found.stamp, case.role, *(others.stamp if others else ())),
        make=lambda: (
            context(found, principal, case, key, language_of(request), whole=whole)
            | (before(found, others, key) if others else {})
        ),
    )


@dataclass(frozen=True, slots=True)
class Tap:
    """The observation of the viewer that one more tap on an item's strip changes."""

    id: str
    bases: str
    content: str


@dataclass(frozen=True, slots=True)
class Line:
    """One item (or bare clause) as shown. `name` is its group of radios."""

    row: walk.Row
    name: str
    prompt: str
    schemes: tuple[str, ...]
    chosen: str
    tap: Tap | None
    findings: list[Listed]

    @property
    def key(self) -> Hashable:
        """Everything the line shows beside the stop, the viewer's rights and the language."""
        row = self.row
        findings = tuple((one.id, one.content.type, one.content.number) for one in self.findings)
        return row.key, self.chosen, self.tap, row.notes, row.photos, findings


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one clause heading; `folded` groups open at a touch."""

    section: walk.Section
    title: str
    schemes: str
    clauses: Markup
    """JSON for its strips."""
    lines: list[Line]
    folded: bool
    loose: int


def context(
    found: Overview, principal: Principal, case: Case, key: str, language: Language, *, whole: bool
) -> dict[str, Any]:
    """What the page shows; not `whole`: of many records the latest alone."""
    setup = case.state.setup
    stop = setup.stops[key]
    route = walk.route(case.state, found.coverage, principal.id, datetime.now(UTC))
    seen = found.coverage.by_stop.get(key, [])
    sections = walk.sections(found.asked.at_stop(key), seen)
    items = sum(len(section.rows) for section in sections)
    groups = [_group(n, section, found, principal, language, items) for n, section in enumerate(sections)]
    told = [one for one in seen if not one.is_bare]
    may_write = case.may("observation.write")
    return {
        "audit": case.state.audit,
        "setup": setup,
        "found": found,
        "stop": stop,
        "key": key,
        "name": shown.stop_name(stop, setup, language),
        "hours": shown.hours(stop, found.asked.zone),
        "here": next(one for one in route.stops if one.key == key),
        "total": len(route.stops),
        "around": route.around(key),
        "groups": groups,
        "items": items,
        "answered": sum(bool(line.chosen) for group in groups for line in group.lines),
        "tabs": _tabs(groups),
        "records": [record(found, one, language) for one in (told if whole else told[-MOST_RECORDS:])],
        "recorded": len(told),
        "whole": whole,
        "photos": sum(one.photos for one in seen),
        "people": _people(stop, found, language),
        "outcomes": found.asked.outcomes(language),
        "may_write": may_write,
        "released": case.state.released,
        "sheet": plan_sheet.sheet(found, case, language, key, datetime.now(UTC), whole=False),
        "was": plan_sheet.before(found, language).get(key),
        "capture": f"/audits/{case.state.audit}/stops/{key}/capture",
        "me": principal.id,
        "focus": list(followup.focus_at(setup, stop).values()),
        **_previous(found, principal, case, stop, language),
        "here_now": _presence(found, principal, case, key, stop),
        "accompanying": accompanying(case, key, language),
        "offset": found.offset(),
        "packs": walk.packs_at(walk.packs(found.asked.criteria.lists.values(), setup), stop),
        "shown": shown,
        "once": once,
    }


@dataclass(frozen=True, slots=True)
class Previous:
    """A nonconformity of the previous audit and what this one has said of it."""

    key: str
    finding: PreviousFinding
    checks: list[VerifiedBody]
    closed: bool


def _previous(
    found: Overview, principal: Principal, case: Case, stop: Stop, language: Language
) -> dict[str, Any]:
    """What `parts/previous.html` shows (ISO/IEC 17021-1:2015, 9.6.2.2 b)."""
    state, t = found.state, texts(language)
    listed = [
        Previous(
            key, one, [said.body for said in state.verifications.get(key, ())], followup.is_closed(state, key)
        )
        for key, one in followup.previous_at(state.setup, stop).items()
    ]
    base = {"verifier": principal.id, "date": found.today(), "method": "on_site"}
    return {
        "previous": listed,
        "may_verify": case.may("entry.verified") and not state.released,
        "verify_base": msgspec.json.encode(base).decode(),
        "result_words": {one: t(f"previous.result.{one}") for one in ("effective", "not_effective")},
    }


def _presence(
    found: Overview, principal: Principal, case: Case, key: str, stop: Stop
) -> ledger.Presence | None:
    """Where the viewer stands; nothing for who is not in the team, at a break, and after release."""
    if not case.may("entry.arrived") or case.state.released:
        return None
    # How long a meeting took is recorded there.
    return None if stop.type in (*NOT_COUNTED, *walk.MEETINGS) else ledger.presence(found, principal.id, key)


def _group(
    number: int, section: walk.Section, found: Overview, principal: Principal, language: Language, items: int
) -> Group:
    lines = [
        _line(f"{number}.{n}", row, found, principal, language, section) for n, row in enumerate(section.rows)
    ]
    return Group(
        section=section,
        title=found.asked.title(section.clauses[0]).get(language),
        schemes=" ".join(section.schemes),
        clauses=_json([{"scheme": clause.scheme, "number": clause.number} for clause in section.clauses]),
        lines=lines,
        folded=items > FOLD_FROM and all(line.chosen for line in lines),
        loose=len(section.loose),
    )


def _line(
    name: str, row: walk.Row, found: Overview, principal: Principal, language: Language, section: walk.Section
) -> Line:
    tap = row.tap_of(principal.id)
    by_id = {one.id: one for seen in row.seen for one in found.findings_on.get(seen.id, ())}
    return Line(
        row=row,
        name=f"o{name}",
        prompt=(row.item.prompt if row.item else found.asked.title(row.clauses[0])).get(language),
        schemes=section.schemes,
        chosen=row.outcome_for(principal.id),
        tap=_tap(found, tap) if tap else None,
        findings=list(by_id.values()),
    )


def _tap(found: Overview, tap: Seen) -> Tap:
    content = {name: value for name, value in msgspec.to_builtins(tap.content).items() if value}
    return Tap(tap.id, _json(found.state.observations[tap.id].heads), _json(content))


def _json(value: Any) -> Markup:
    """For an attribute in single quotes: half of JSON would be escapes in double ones."""
    text = msgspec.json.encode(value).decode()
    return Markup(text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;"))


def _tabs(groups: list[Group]) -> list[tuple[str, str, int]]:
    """Code and letter of schemes, with how many items ask about each; none where there is one only."""
    counts: dict[str, int] = {}
    for group in groups:
        for line in group.lines:
            for scheme in line.schemes:
                counts[scheme] = counts.get(scheme, 0) + 1
    return [(scheme, letter_of(scheme), n) for scheme, n in counts.items()] if len(counts) > 1 else []


def _people(stop: Stop, found: Overview, language: Language) -> list[str]:
    """Who audits here and who goes along, by name."""
    companions = found.state.setup.companions
    others = [
        companions[one].name if one in companions else found.name(one, language) or one
        for one in stop.accompanied_by
    ]
    return [name for name in (*(found.name(one, language) for one in stop.auditors), *others) if name]


@offline
def _offline(case: Case) -> list[str]:
    pages = {key: f"/audits/{case.state.audit}/stops/{key}" for key in case.state.setup.stops}
    seen = Counter(content.stop for _, content in case.state.standing_observations())
    long = [f"{page}?records={ALL}" for key, page in pages.items() if seen[key] > MOST_RECORDS]
    return [*pages.values(), *long]


routes = [stop_page, stop_live]
