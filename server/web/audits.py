"""The office's pages: the list of all audits, and a new audit."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.entries import Configured, ConfiguredBody, Opened, OpenedBody
from server.audit.state import State
from server.journal import ORDERS, AuditQuery
from server.journal.listing import Order
from server.people.principal import Principal
from server.people.rights import may
from server.web import shown
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.made import append, make, uuid7
from server.web.new_audit import Form, prefilled, set_up
from server.web.render import language_of, page, redirect
from server.web.services import Services
from server.web.setup import checks
from server.web.setup.fields import Unreadable, read_day

_STATES = ("planned", "open", "released")
_FILTERS = ("find", "only", "scheme", "leader", "since", "until", "sort")
"""What an address of the list may say beside the page: see `_query`."""

_NEWEST_FIRST = "-start"


@get("/office/audits", opt={"needs": "office.read"}, include_in_schema=False)
async def audits_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """All audits, the newest first unless another order is asked for; filters stand in the address."""
    return page(
        request,
        "pages/audits.html",
        **await _list(request, services, principal),
        counts=await services.journal.count_audits(),
        leaders=await services.journal.leaders(),
        states=_STATES,
    )


@get("/office/audits/rows", opt={"needs": "office.read"}, include_in_schema=False)
async def audit_rows(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """The rows alone, while somebody types; the address of the page follows."""
    context = await _list(request, services, principal)
    headers = {"HX-Replace-Url": context["address"]()}
    return page(request, "parts/audit-rows.html", headers=headers, **context)


async def _list(request: Request[Any, Any, Any], services: Services, principal: Principal) -> dict[str, Any]:
    asked = {name: request.query_params.get(name, "").strip() for name in (*_FILTERS, "after", "before")}
    schemes = shown.every_scheme(language_of(request), services.criteria)
    query, wrong = _query(asked, schemes)
    found = await services.journal.list_audits(query)
    narrowed = any(asked[name] for name in _FILTERS if name != "sort")

    def address(**changes: str) -> str:
        """The list with other filters, from its first page on."""
        kept = {name: asked[name] for name in _FILTERS} | changes
        said = urlencode({name: value for name, value in kept.items() if value})
        return "/office/audits" + (f"?{said}" if said else "")

    return {
        "asked": asked,
        "found": found,
        "wrong": wrong,
        "narrowed": narrowed,
        "address": address,
        "order": query.order,
        "falling": query.falling,
        "schemes": schemes,
        "may_create": may(principal.role, None, "audit.create"),
        "shown": shown,
    }


def _query(asked: dict[str, str], schemes: Container[str]) -> tuple[AuditQuery, list[str]]:
    """What is asked for, and the filters that can't be understood, which then filter nothing."""
    wrong = []
    days = {}
    for name in ("since", "until"):
        try:
            days[name] = read_day(asked[name]) if asked[name] else ""
        except Unreadable:
            days[name] = ""
            wrong.append(name)
    sort = asked["sort"] or _NEWEST_FIRST
    order = sort.removeprefix("-")
    known = order in ORDERS
    query = AuditQuery(
        words=asked["find"],
        state=asked["only"] if asked["only"] in _STATES else "",
        scheme=asked["scheme"] if asked["scheme"] in schemes else "",
        leader=asked["leader"],
        since=days["since"],
        until=days["until"],
        order=cast("Order", order) if known else "start",
        falling=sort.startswith("-") if known else True,
        after=asked["after"],
        before=asked["before"],
    )
    return query, wrong


@get("/office/audits/new", opt={"needs": "audit.create"}, include_in_schema=False)
async def new_audit_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[bytes]:
    """The form: empty, or as the previous audit suggests (`?previous=` with its number)."""
    number = request.query_params.get("previous", "")
    previous = await _audit_with(services, number) if number else None
    fields = prefilled(previous) if previous else {"previous": number} if number else {}
    return await _new(request, services, Form(fields, services.criteria, language_of(request), previous))


@get("/office/audits/new/number", opt={"needs": "audit.create"}, include_in_schema=False)
async def number_taken(
    request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[bytes]:
    """Which audits have the number that was just typed; it may be given again all the same."""
    language, number = language_of(request), request.query_params.get("number", "").strip()
    taken = checks.taken(number, await checks.with_number(services, number), language)
    return page(request, "parts/number-taken.html", taken=taken)


@post(
    "/office/audits/new",
    opt={"needs": "audit.create"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def create_audit(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Make the audit and show its set-up; the form again, as typed, where something is missing."""
    form = Form(await read_form(request), services.criteria, language_of(request))
    if number := form.get("previous"):
        form.previous = await _audit_with(services, number)
        if form.previous is None:
            form.complain("previous", "previous", number=number)
    values = set_up(form)
    if form.wrong:
        return await _new(request, services, form, status=400)
    audit = uuid7(datetime.now(UTC))
    opened = make(Opened, audit, principal, OpenedBody(number=form.get("number")))
    configured = [
        make(Configured, audit, principal, ConfiguredBody(path=path, value=value))
        for path, value in values.items()
    ]
    await append(services, audit, principal, opened, *configured, create=True)
    return redirect(f"/audits/{audit}/setup")


async def _audit_with(services: Services, number: str) -> State | None:
    """The newest audit with exactly this number."""
    found = await checks.with_number(services, number)
    return await services.journal.state(found[0].id) if found else None


async def _new(
    request: Request[Any, Any, Any], services: Services, form: Form, status: int = 200
) -> Response[bytes]:
    number = form.get("number")
    return page(
        request,
        "pages/new-audit.html",
        status=status,
        form=form,
        taken=checks.taken(number, await checks.with_number(services, number), form.language),
        schemes=shown.every_scheme(form.language, form.criteria).values(),
        wrong={one.field for one in form.wrong},
        house=form.criteria.house,
    )


routes = [audits_page, audit_rows, new_audit_page, number_taken, create_audit]
