"""Coming into an audit by a link, without an account: say who you are, and this phone is bound to you.

Looking uses nothing up — previews of messengers look at every address — and needs no script. ISO/IEC
17021-1:2015, 9.4.2 and 9.4.7 (who was there), ISO 19011:2018, 6.4.2 (guides).
"""

from __future__ import annotations

import time
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.journal import NoSuchAudit
from server.people.attempts import Subject, TooMany
from server.people.guests import GUEST_ROLES, LATE, MAX_NAME, Guest, Named
from server.people.links import Link
from server.people.principal import GuestRole
from server.people.rights import PUBLIC
from server.web import shown
from server.web.by_link import HEADERS, base_address, opens_nothing, qr_answer, wait
from server.web.cookies import guest_cookie, guest_cookies, is_secure
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case, guest_of
from server.web.render import language_of, page, redirect, remember_language
from server.web.services import Services

_OVER = "pages/link-over.html"
_FREE_ADMISSIONS = 300
"""So many people a link lets in before it has to wait: a large meeting, not a robot."""

OWN_PAGE: dict[GuestRole, str] = {}
"""Where a guest of a role goes on, below `/guests/<guest>/`; others have the common page."""


@get("/in/{token:str}", opt={"needs": PUBLIC}, include_in_schema=False)
async def come_in_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """Who invites to what, and the form; on a phone that is bound already, the way on."""
    link = await services.links.known(token, *GUEST_ROLES)
    if link is None:
        return await opens_nothing(request, services, _OVER)
    return await _form(request, services, link)


@post(
    "/in/{token:str}",
    opt={"needs": PUBLIC},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def come_in(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """Take the name, bind this phone, and go on."""
    link = await services.links.known(token, *GUEST_ROLES)
    if link is None:
        return await opens_nothing(request, services, _OVER)
    form = await read_form(request)
    named = Named(**{field: form.get(field, "").strip() for field in Named.__struct_fields__})
    if link.guest is None and not (0 < len(named.name) <= MAX_NAME):
        return await _form(request, services, link, problem=True)
    try:
        await services.attempts.begin(Subject(f"come in {link.id}", _FREE_ADMISSIONS, shared=True))
    except TooMany as limit:
        return wait(request, _OVER, limit.wait)
    admitted = await services.guests.admit(link, token, named, agent=request.headers.get("user-agent", ""))
    if admitted is None:
        return await _form(request, services, await services.links.known(token, *GUEST_ROLES) or link)
    guest, secret = admitted
    answer = redirect(own_page(guest))
    secure = is_secure(request.scope, services.settings)
    # The cookie outlives the end: what was done in time still arrives.
    seconds = max(guest.until - int(time.time()), 0) + 2 * LATE
    answer.headers["Set-Cookie"] = guest_cookie(guest.id, secret, secure=secure, seconds=seconds)
    remember_language(answer, language_of(request))
    return answer


@get("/in/{token:str}/qr.svg", opt={"needs": PUBLIC}, include_in_schema=False)
async def come_in_code(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """The link as a QR code, an image of its own."""
    if await services.links.known(token, *GUEST_ROLES) is None:
        raise NotFoundException
    return qr_answer(f"{base_address(request)}/in/{token}")


@get("/guests/{guest:str}", opt={"needs": "guest.enter"}, include_in_schema=False)
async def guest_page(request: Request[Any, Any, Any], case: NamedDependency[Case]) -> Response[bytes]:
    """The first page of a guest whose role has no page of its own: who they are here, and until when."""
    return page(request, "pages/guest.html", headers=HEADERS, **guest_context(request, case))


def own_page(guest: Guest) -> str:
    """The address of a guest's first page."""
    below = OWN_PAGE.get(guest.role, "")
    return f"/guests/{guest.id}/{below}" if below else f"/guests/{guest.id}"


def guest_context(request: Request[Any, Any, Any], case: Case) -> dict[str, Any]:
    """What every page of a guest shows in its bar: role, audit, and when it ends."""
    setup = case.state.setup
    return {"guest": guest_of(request), "setup": setup, "shown": shown, "zone": setup.time_zone}


async def _form(
    request: Request[Any, Any, Any], services: Services, link: Link, *, problem: bool = False
) -> Response[bytes]:
    try:
        state = await services.journal.state(link.audit or "")
    except NoSuchAudit:
        return await opens_nothing(request, services, _OVER)
    here = await _bound(request, services, link)
    standing = link.standing(time.time())
    if standing != "open" and not here:
        status = 404 if standing in ("ended", "expired") else 409
        return page(request, _OVER, status=status, headers=HEADERS, wait="", standing=standing, link=link,
                    zone=state.setup.time_zone)  # fmt: skip
    returning = await services.guests.get(link.guest) if link.guest else None
    leaders = [member.name for member in state.setup.team.values() if member.role == "leader"]
    return page(
        request,
        "pages/come-in.html",
        status=400 if problem else 200,
        headers=HEADERS,
        link=link,
        here=[(guest.name, own_page(guest)) for guest in here],
        may_join=standing == "open",
        returning=returning,
        setup=state.setup,
        leaders=leaders,
        problem=problem,
        most=MAX_NAME,
        zone=state.setup.time_zone,
        shown=shown,
    )


async def _bound(request: Request[Any, Any, Any], services: Services, link: Link) -> list[Guest]:
    """The guests of this link who use this browser and are still in."""
    found = [await services.guests.find(key, token) for key, token in guest_cookies(request).items()]
    now = time.time()
    return [guest for guest in found if guest and guest.link == link.id and guest.is_in(now)]


routes = [come_in_page, come_in, come_in_code, guest_page]
