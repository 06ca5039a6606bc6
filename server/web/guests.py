"""The leader's page of guests: links with their QR codes, and who came in by them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit.calendar import days_after, iso_day
from server.audit.setup import Setup
from server.people.links import Link
from server.people.principal import GuestRole, Principal
from server.web import shown
from server.web.by_link import HEADERS, base_address
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case
from server.web.links import ending, label_of
from server.web.render import page, redirect
from server.web.services import Services

_MOST_DAYS = 60
ON_SITE: tuple[GuestRole, ...] = ("attendee", "guide")
"""Who is invited here: an attendee's link serves everybody in the room, a guide's one person."""


@get("/audits/{audit:str}/guests", opt={"needs": "guest.invite"}, include_in_schema=False)
async def guests_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """Links in use, who came in, and the form for one more link."""
    return await _shown(request, services, case)


@post(
    "/audits/{audit:str}/guests",
    opt={"needs": "guest.invite"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def invite(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Make a link for one day and show it: its address is kept nowhere, so it is shown this once."""
    form = await read_form(request)
    days = days_offered(case.state.setup)
    role, day = form.get("role", ON_SITE[0]), form.get("day", days[0])
    if role not in ON_SITE or day not in days:
        raise Refusal(400, "bad_choice")
    start, end = window(day, case.state.setup)
    token = await services.links.make(
        role,
        made_by=principal.id,
        audit=case.state.audit,
        once=role != "attendee",
        starts_at=start,
        expires_at=end,
        label=label_of(form),
    )
    return await _shown(request, services, case, token)


@post(
    "/audits/{audit:str}/guests/{guest:str}/end",
    opt={"needs": "guest.invite"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def end_guest(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    guest: FromPath[str],
) -> Response[bytes]:
    """Shut one guest out at once."""
    await services.guests.end(guest, audit=case.state.audit, actor=principal.id)
    return redirect(f"/audits/{case.state.audit}/guests")


@post(
    "/audits/{audit:str}/guests/{guest:str}/again",
    opt={"needs": "guest.invite"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def readmit(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    guest: FromPath[str],
) -> Response[bytes]:
    """A link by which this guest goes on, on another phone or another day, until the end of today."""
    known = await services.guests.get(guest)
    if known is None or known.audit != case.state.audit:
        raise NotFoundException
    _, end = window(today(case.state.setup), case.state.setup)
    token = await services.links.make(
        known.role,
        made_by=principal.id,
        audit=case.state.audit,
        expires_at=max(end, known.until),
        guest=known.id,
        label=known.name,
    )
    return await _shown(request, services, case, token)


def today(setup: Setup) -> str:
    """The date in the audit's zone."""
    return datetime.now(UTC).astimezone(ZoneInfo(setup.time_zone)).date().isoformat()


def days_offered(setup: Setup) -> list[str]:
    """The days a link may be for: today first, then those of the audit that are still to come."""
    now, visit = today(setup), setup.visit
    first, last = iso_day(visit.start), iso_day(visit.end)
    if first is None or last is None:
        return [now]
    coming = (days_after(first, n) for n in range(min((last - first).days, _MOST_DAYS) + 1))
    days = [day.isoformat() for day in coming if day and day < date.max]
    return [now, *(day for day in days if day > now)]


def window(day: str, setup: Setup) -> tuple[int, int]:
    """When a day begins and ends in the audit's zone, in seconds since 1970."""
    zone = ZoneInfo(setup.time_zone)
    first = date.fromisoformat(day)
    begin, end = (
        datetime(one.year, one.month, one.day, tzinfo=zone) for one in (first, first + timedelta(days=1))
    )
    return int(begin.timestamp()), int(end.timestamp())


async def _shown(
    request: Request[Any, Any, Any], services: Services, case: Case, token: str = ""
) -> Response[bytes]:
    audit, setup, now = case.state.audit, case.state.setup, time.time()
    links: list[Link] = [link for role in ON_SITE for link in await services.links.of(role, audit=audit)]
    made = await services.links.known(token, *ON_SITE, "auditee") if token else None
    return page(
        request,
        "pages/guests.html",
        headers=HEADERS,
        audit=audit,
        setup=setup,
        shown=shown,
        roles=ON_SITE,
        days=days_offered(setup),
        today=today(setup),
        links=links,
        guests=[(guest, guest.is_in(now)) for guest in await services.guests.of(audit)],
        token=token,
        made=made,
        address=f"{base_address(request)}/in/{token}" if token else "",
        zone=setup.time_zone,
    )


end_guest_link = ending("guests", "guest.invite", *ON_SITE)

routes = [guests_page, invite, end_guest_link, end_guest, readmit]
