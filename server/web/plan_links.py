"""Handing the plan on: links that anybody may read it by, until they expire or are ended, and their QR codes.

Whoever holds one sees the plan as it stands and nothing else of the audit. The security log has each look.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit.plan.paper import compile_plan
from server.documents.bundle import MakingFailed
from server.documents.make import make_paper
from server.documents.printed import Languages
from server.journal import NoSuchAudit
from server.people.attempts import Subject, TooMany
from server.people.links import Link
from server.people.principal import Principal
from server.people.rights import PUBLIC
from server.people.security_log import note
from server.web import shown
from server.web.by_link import HEADERS, address_of, base_address, opens_nothing, qr_answer, wait
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case
from server.web.links import days_chosen, ending
from server.web.render import language_of, page
from server.web.services import Services

DAYS = (7, 1, 30)
"""For how many days a link may be read; the first is offered."""

_OVER = "pages/plan-ended.html"
_FREE_PRINTS = 60
"""So many PDFs a link makes before it has to wait: they cost a second each."""


@get("/audits/{audit:str}/plan/links", opt={"needs": "plan.share"}, include_in_schema=False)
async def links_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """The links that can be used now, and the form for one more."""
    return await _links(request, services, case)


@post(
    "/audits/{audit:str}/plan/links",
    opt={"needs": "plan.share"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def make_link(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Make a link and show it: its address is kept nowhere, so it is shown this once."""
    days = days_chosen(await read_form(request), DAYS)
    token = await services.links.make(
        "plan", made_by=principal.id, hours=days * 24, audit=case.state.audit, once=False
    )
    return await _links(request, services, case, token=token)


async def _links(
    request: Request[Any, Any, Any], services: Services, case: Case, token: str = ""
) -> Response[bytes]:
    setup = case.state.setup
    links = await services.links.of("plan", audit=case.state.audit)
    names = {one.id: one.name for one in await services.accounts.list()}
    return page(
        request,
        "pages/plan-links.html",
        headers=HEADERS,
        audit=case.state.audit,
        setup=setup,
        shown=shown,
        links=links,
        uses={link.id: await _uses(services, link) for link in links},
        names=names,
        days=DAYS,
        token=token,
        address=f"{base_address(request)}/plan/{token}" if token else "",
        zone=ZoneInfo(setup.time_zone),
    )


async def _uses(services: Services, link: Link) -> int:
    """How often a link was opened."""
    row = await services.db.read_one(
        "SELECT count(*) FROM security_log WHERE audit = ? AND event = 'link_used' AND object = ?",
        link.audit,
        link.id,
    )
    return int(row[0]) if row else 0


@get("/plan/{token:str}", opt={"needs": PUBLIC}, include_in_schema=False)
async def shown_plan(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """The plan as it stands, for whoever holds a link."""
    link = await services.links.find(token, "plan")
    if link is None or link.audit is None:
        return await opens_nothing(request, services, _OVER)
    try:
        state = await services.journal.state(link.audit)
    except NoSuchAudit:
        return await opens_nothing(request, services, _OVER)
    await _note_use(request, services, link)
    paper = compile_plan(state, await services.criteria_of(state))
    return page(request, "pages/plan-shown.html", headers=HEADERS, paper=paper, token=token)


@get("/plan/{token:str}/plan.pdf", opt={"needs": PUBLIC}, include_in_schema=False)
async def printed_plan(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """The plan to print, for whoever holds a link."""
    link = await services.links.find(token, "plan")
    if link is None or link.audit is None:
        return await opens_nothing(request, services, _OVER)
    try:
        await services.attempts.begin(Subject(f"plan {link.id}", _FREE_PRINTS, shared=True))
        made = await make_paper(services, link.audit, "plan", "pdf", cast("Languages", language_of(request)))
    except TooMany as limit:
        return wait(request, _OVER, limit.wait)
    except (MakingFailed, NoSuchAudit) as failed:
        raise Refusal(500, "not_made") from failed
    try:
        data = await asyncio.to_thread(made.path.read_bytes)
    finally:
        made.discard()
    await _note_use(request, services, link)
    name = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}"}
    return Response(data, media_type=made.media, headers={**HEADERS, **name})


@get("/plan/{token:str}/qr.svg", opt={"needs": PUBLIC}, include_in_schema=False)
async def qr_code(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """The link as a QR code, an image of its own."""
    if await services.links.find(token, "plan") is None:
        raise NotFoundException
    return qr_answer(f"{base_address(request)}/plan/{token}")


async def _note_use(request: Request[Any, Any, Any], services: Services, link: Link) -> None:
    address = address_of(request)
    await services.db.write(
        lambda connection: note(connection, "link_used", address=address, audit=link.audit, object=link.id)
    )


end_link = ending("plan", "plan.share", "plan", back="plan/links")

routes = [links_page, make_link, end_link, shown_plan, printed_plan, qr_code]
