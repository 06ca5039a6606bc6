"""The plan before the walk: the matrix, the schedule, what is wrong with them, and the time they take.

Cells and stops save by themselves. A script asks with the custom header and gets what has changed; without
one, every form goes and comes back to the page.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from server.audit import plan as plans
from server.audit.entries import Configured, ConfiguredBody
from server.audit.plan.matrix import read_table
from server.audit.plan.propose import next_key
from server.audit.setup import Mark, Stop
from server.audit.state import State
from server.criteria.model import ClauseRef
from server.people.principal import Principal
from server.web.cycle import cycle_for
from server.web.forms import MAX_FORM_BYTES, read_form, read_parts
from server.web.guards import HEADER, Case
from server.web.made import append, make
from server.web.plan_form import (
    STOP_TYPES,
    Typed,
    placed,
    read_days,
    read_stop,
)
from server.web.plan_view import NEXT, SPAN, View, auditable_of, day_rules, row_of
from server.web.render import language_of, page, redirect
from server.web.services import Services
from server.web.texts import texts
from server.web.workbook import MAGIC, WorkbookError, table_of

MAX_TABLE_BYTES = 512 * 1024
"""A matrix as text: the largest known has 30 kB."""

Span = tuple[int, int]
"""First and last seq of what was just set."""


@get("/audits/{audit:str}/plan", opt={"needs": "audit.read"}, include_in_schema=False)
async def plan_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    scheme: FromQuery[str] = "",
    done: FromQuery[str] = "",
    what: FromQuery[str] = "",
    open: FromQuery[str] = "",  # noqa: A002 - the word of the address
) -> Response[bytes]:
    """The whole plan. `done`: the entries just made, which can be undone; `open`: a stop to unfold."""
    view = await _view(request, services, case, scheme=scheme, done=done, what=what, open=open)
    last = [ref.code for ref in view.last]
    stamp = (view.found.hash, case.role, scheme, done, what, open, *last)
    return page(request, "pages/plan.html", stamp=stamp, make=view.context)


@post(
    "/audits/{audit:str}/plan/matrix",
    opt={"needs": "audit.configure"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def set_cell(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Set one cell (`cell`: `Q8.5.1=main`), take a department in (`add`) or out (`remove`)."""
    fields = await read_form(request)
    setup, department = case.state.setup, fields.get("department", "").strip()
    code, _, mark = fields.get("cell", "").partition("=")
    known = {ref.code for refs in auditable_of(case.criteria, setup).values() for ref in refs}
    row: dict[str, Mark] | None = row_of(case.state, department)
    if "remove" in fields:
        row = None
    elif code in known and mark in NEXT and row is not None:
        row = {key: value for key, value in row.items() if key != code}
        if mark:
            row[code] = mark  # type: ignore[assignment]  # one of NEXT
    paths = {f"matrix/{department}": row} if department else {}
    made = await _configure(services, case.state, principal, paths)
    what = "nothing" if made is None else "removed" if row is None else "saved"
    scheme = fields.get("scheme", "")
    return await _answer(request, services, case, made, what=what, at="matrix", scheme=scheme)


@post(
    "/audits/{audit:str}/plan/table",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_TABLE_BYTES,
    include_in_schema=False,
)
async def take_table(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Rows of the matrix as copied from a spreadsheet, or as a workbook or CSV file; rows not in it stay."""
    setup = case.state.setup
    try:
        text = await _table_text(request)
    except WorkbookError:
        said = texts(language_of(request))("plan.no_workbook")
        view = await _view(request, services, case, table="", unread=[said])
        return page(request, "pages/plan.html", status=400, **view.context())
    known = [ref for refs in auditable_of(case.criteria, setup).values() for ref in refs]
    pasted = read_table(text, known)
    if not pasted or pasted.unread:
        unread = pasted.unread or [texts(language_of(request))("plan.no_table")]
        view = await _view(request, services, case, table=text, unread=unread)
        return page(request, "pages/plan.html", status=400, **view.context())
    paths = {f"matrix/{name}": {**row_of(case.state, name), **row} for name, row in pasted.items()}
    made = await _configure(services, case.state, principal, paths)
    return await _answer(request, services, case, made, what="pasted", at="matrix")


async def _table_text(request: Request[Any, Any, Any]) -> str:
    form = await read_parts(request)
    file = form.get("file")
    if isinstance(file, UploadFile) and (data := await file.read()):
        if data.startswith(MAGIC):
            return await asyncio.to_thread(table_of, data)
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    return str(form.get("table") or "")


@post(
    "/audits/{audit:str}/plan/stops",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def add_stops(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Make stops from the matrix (`from`), or add one empty stop."""
    fields = await read_form(request)
    state, setup = case.state, case.state.setup
    used = [path.partition("/")[2] for path in state.configured if path.startswith("stops/")]
    opened = ""
    if fields.get("from") == "matrix":
        stops = plans.propose(setup, used, related="related" in fields)
    else:
        opened = next_key(setup, used)
        kind = fields.get("type", "")
        last = max((stop.position for stop in setup.stops.values()), default=0)
        stop = Stop(label=opened, type=kind if kind in STOP_TYPES else "audit", position=last)
        stops = {opened: stop}
    made = await _configure(services, state, principal, {f"stops/{key}": one for key, one in stops.items()})
    what = "made" if made else "nothing"
    return await _answer(
        request, services, case, made, what=what, at=f"stop-{opened}" if opened else "schedule", open=opened
    )


@post(
    "/audits/{audit:str}/plan/stops/{stop:str}",
    opt={"needs": "audit.configure"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def save_stop(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    stop: FromPath[str],
) -> Response[bytes]:
    """Save a stop as the form says, or take it out (`remove`) where nothing was recorded there."""
    state, setup = case.state, case.state.setup
    if stop not in setup.stops:
        raise NotFoundException
    typed = Typed(await read_form(request), language_of(request))
    made: Stop | None = None
    if not typed.has("remove"):
        made = placed(setup, stop, read_stop(setup, typed, setup.stops[stop]))
    elif any(one.stop == stop for _, one in state.standing_observations()):
        typed.complain("remove", "recorded")
    if typed.wrong:
        view = await _view(request, services, case, typed={stop: typed}, open=stop)
        template = "parts/plan-changed.html" if HEADER in request.headers else "pages/plan.html"
        return page(request, template, status=400, **view.context())
    seen = {f"stops/{stop}": [one for one in typed.get("seen").split() if one in state.known]}
    entries = await _configure(services, state, principal, {f"stops/{stop}": made}, seen)
    if made is None:
        return await _answer(request, services, case, entries, what="removed", at="schedule")
    return await _answer(request, services, case, entries, what="saved", at=f"stop-{stop}", open=stop)


@post(
    "/audits/{audit:str}/plan/days",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def save_days(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Save what auditor-days are worked out from."""
    typed = Typed(await read_form(request), language_of(request))
    setup = case.state.setup
    headcount, agreed, basis = read_days(setup, typed, day_rules(services))
    if typed.wrong:
        view = await _view(request, services, case, days=typed)
        return page(request, "pages/plan.html", status=400, **view.context())
    paths: dict[str, Any] = {"days": basis}
    if agreed != setup.visit.auditor_days:
        paths["visit/auditor_days"] = agreed
    if headcount != (setup.client.effective_headcount or setup.client.headcount):
        paths["client/effective_headcount"] = headcount
    made = await _configure(services, case.state, principal, paths)
    return await _answer(request, services, case, made, what="saved", at="days")


@post(
    "/audits/{audit:str}/plan/undo",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def undo(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Put back what this person just set, wherever nobody set it again since."""
    first, last = _span((await read_form(request)).get("done", ""))
    paths: dict[str, Any] = {}
    for path, thing in case.state.configured.items():
        if first <= thing.head.seq <= last and thing.head.by == principal.id and not thing.in_conflict:
            before = [one for one in thing.versions.values() if one.seq < first]
            paths[path] = max(before, key=lambda one: one.seq).content if before else None
    made = await _configure(services, case.state, principal, paths)
    return await _answer(request, services, case, None, what="undone" if made else "nothing")


def _span(done: str) -> Span:
    """`41-43` as numbers; an empty span for anything else."""
    first, _, last = done.partition("-")
    return (int(first), int(last)) if SPAN.fullmatch(done) else (1, 0)


async def _configure(
    services: Services,
    state: State,
    principal: Principal,
    paths: dict[str, Any],
    seen: dict[str, list[str]] | None = None,
) -> Span | None:
    """Set paths in the name of somebody; returns the span of seqs it came to lie in, None for nothing to set.

    Bases are what the form showed (`seen`), else what stands now.
    """
    entries, first = [], state.seq + 1
    for path, value in paths.items():
        known = state.configured.get(path)
        bases = (seen or {}).get(path) or (list(known.heads) if known else [])
        body = ConfiguredBody(path=path, value=msgspec.to_builtins(value), bases=bases)
        entries.append(make(Configured, state.audit, principal, body))
    if not entries:
        return None
    await append(services, state.audit, principal, *entries)
    return first, (await services.journal.state(state.audit)).seq


async def _view(request: Request[Any, Any, Any], services: Services, case: Case, **shown: Any) -> View:
    """The page with what its cycle leaves to this audit alone."""
    cycle = await cycle_for(services, case.state)
    auditable = auditable_of(case.criteria, case.state.setup)
    keys = [(ref.scheme, ref.number) for refs in auditable.values() for ref in refs]
    last = [ClauseRef(scheme=scheme, number=number) for scheme, number in cycle.last_chance(keys)]
    return View(request, services, case, last=last, **shown)


async def _answer(
    request: Request[Any, Any, Any],
    services: Services,
    case: Case,
    made: Span | None,
    *,
    what: str,
    at: str = "",
    scheme: str = "",
    open: str = "",  # noqa: A002 - the word of the address
) -> Response[bytes]:
    """What has changed, for a script; for a person the way back to the page, with what its address asks."""
    done = f"{made[0]}-{made[1]}" if made else ""
    if HEADER in request.headers:
        state = await services.journal.state(case.state.audit)
        now = Case(state, case.principal, case.role, case.criteria)
        view = await _view(request, services, now, scheme=scheme, done=done, what=what, open=open)
        return page(request, "parts/plan-changed.html", **view.context())
    asked = {"done": done, "what": what, "scheme": scheme, "open": open}
    query = urlencode({key: value for key, value in asked.items() if value})
    return redirect(f"/audits/{case.state.audit}/plan?{query}{'#' if at else ''}{at}")


routes = [plan_page, set_cell, take_table, add_stops, save_stop, save_days, undo]
