"""The walk of one audit: coverage, what every surveillance must see, and the stops in order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.audit import walk
from server.audit.coverage import POINTS, StopProgress
from server.audit.setup import Stop
from server.criteria.model import Language, Text
from server.people.principal import Principal
from server.web import check_in, plan_sheet, shown
from server.web.guards import Case
from server.web.offline import offline
from server.web.overview import Overview, overview
from server.web.pieces import once
from server.web.plan_sheet import Was
from server.web.render import language_of, page
from server.web.texts import texts

_MOST_FOUND = 200


@get("/audits/{audit:str}", opt={"needs": "audit.read"}, include_in_schema=False)
async def walk_page(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    find: FromQuery[str] = "",
) -> Response[bytes]:
    """The page. `find` keeps the stops with these words in department, process, clause or people."""
    return _walk(request, principal, case, find, "pages/walk.html")


@get("/audits/{audit:str}/live", opt={"needs": "audit.read"}, include_in_schema=False)
async def walk_live(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    find: FromQuery[str] = "",
) -> Response[bytes]:
    """The part of the page that changes while colleagues record."""
    return _walk(request, principal, case, find, "parts/walk-live.html")


def _walk(
    request: Request[Any, Any, Any],
    principal: Principal,
    case: Case,
    find: str,
    template: str,
) -> Response[bytes]:
    found = overview(case.criteria, case.state)
    at = datetime.now(UTC)
    return page(
        request,
        template,
        stamp=(found.hash, found.today(at), found.slots_passed(at), case.role),
        make=lambda: context(found, principal, case, at, find.strip(), language_of(request)),
    )


def context(
    found: Overview, principal: Principal, case: Case, at: datetime, find: str, language: Language
) -> dict[str, Any]:
    """What the page shows."""
    setup = case.state.setup
    route = walk.route(case.state, found.coverage, principal.id, at)
    stops = [one for one in route.stops if not find or _matches(one.stop, find, found, language)]
    was = plan_sheet.before(found, language)
    surveillance = setup.visit.type == "surveillance"
    return {
        "audit": case.state.audit,
        "setup": setup,
        "found": found,
        "route": route,
        "lines": [
            _line(one, found, language, at, was.get(one.key, Was()), named=bool(find))
            for one in stops[:_MOST_FOUND]
        ],
        "find": find,
        "letters": POINTS,
        "open_points": _open_points(found) if surveillance else [],
        "words": found.asked.words(language),
        "may_write": case.may("observation.write"),
        "moving": any(one.transition for one in case.state.setup.visit.criteria),
        "may_configure": case.may("audit.configure"),
        "sheet": plan_sheet.sheet(found, case, language, route.now.key if route.now else "", at, whole=True),
        "changes": plan_sheet.changes(found, language),
        "shown": shown,
        "once": once,
        "day": found.today(at),
        "windows": check_in.windows(found, language) if case.may("entry.ticked") else [],
    }


def _open_points(found: Overview) -> list[Text]:
    """Names of the surveillance points that a scheme still lacks."""
    names = found.asked.point_names
    return [names[letter] for letter in found.coverage.open_points if letter in names]


@dataclass(frozen=True, slots=True)
class Line:
    """One stop of the route: `remarks` stand under its name, `initial` in the node of a colleague's stop."""

    stop: walk.RouteStop
    name: str
    initial: str
    time: str
    remarks: list[str]
    progress: StopProgress
    was: Was

    @property
    def key(self) -> Hashable:
        """Everything the line shows beside the audit and the language."""
        one, progress = self.stop, self.progress
        counts = tuple(progress.outcomes.items()), progress.photos
        where = (one.key, one.number, one.place, one.mine)
        return (*where, self.was, self.name, self.initial, self.time, tuple(self.remarks), counts)


def _line(
    one: walk.RouteStop, found: Overview, language: Language, at: datetime, was: Was, *, named: bool
) -> Line:
    progress = found.coverage.stops[one.key]
    name, auditors, kind = _names(found, one, language)
    remarks = [*auditors] if named or not one.mine or was.auditors else []
    if kind:
        remarks.append(kind)
    if progress.planned:
        remarks.append(texts(language)("walk.clauses", seen=progress.seen, planned=progress.planned))
    return Line(
        stop=one,
        name=name,
        initial=next((auditor[0] for auditor in auditors if auditor), str(one.number)),
        time=_time(one.stop, found, at),
        remarks=remarks,
        progress=progress,
        was=was,
    )


def _names(found: Overview, one: walk.RouteStop, language: Language) -> tuple[str, list[str], str]:
    """Name, auditors and (unless the name says it) kind of a stop: the same until it is set up anew."""
    kept = found.asked.names.get((language, one.key))
    if kept is None:
        name = shown.stop_name(one.stop, found.state.setup, language)
        kind = texts(language)(f"stop.{one.stop.type}")
        auditors = [found.name(auditor, language) for auditor in one.stop.auditors]
        says_it = one.stop.type == "audit" or kind == name
        kept = found.asked.names[language, one.key] = name, auditors, "" if says_it else kind
    return kept


def _time(stop: Stop, found: Overview, at: datetime) -> str:
    """10:30, with its day where that is not today."""
    if stop.start is None:
        return ""
    start = stop.start.astimezone(found.asked.zone)
    same_day = start.date().isoformat() == found.today(at)
    return f"{start:%H:%M}" if same_day else f"{start.month}.{start:%d %H:%M}"


def _matches(stop: Stop, wanted: str, found: Overview, language: Language) -> bool:
    """Whether every word is in the stop's names or begins one of its clauses: `8.5`, `Q8.5.1`, `仓储`."""
    names = [stop.department, stop.process.zh, stop.process.en, stop.label]
    names += [found.name(auditor, language) for auditor in stop.auditors]
    text = " ".join(names).casefold()
    codes = {code.casefold() for clause in stop.clauses for code in (clause.code, clause.number)}
    return all(
        word in text or any((code + ".").startswith(word) for code in codes)
        for word in wanted.casefold().split()
    )


@offline
def _offline(case: Case) -> list[str]:
    return [f"/audits/{case.state.audit}"]


routes = [walk_page, walk_live]
