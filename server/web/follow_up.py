"""Follow-up of one audit: where each nonconformity stands, and the client's links to answer them."""

from __future__ import annotations

import time
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit import acknowledgement, followup
from server.audit.report.nonconformities import SHEET
from server.people.principal import Principal
from server.web import shown
from server.web.by_link import HEADERS, base_address
from server.web.follow_ups import STAGE_K
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case
from server.web.links import days_chosen, ending, label_of
from server.web.overview import overview
from server.web.render import language_of, page, redirect
from server.web.services import Services
from server.web.sheets import filed

DAYS = (60, 30, 120)
"""For how many days the client may answer by a link; the first is offered."""


@get("/audits/{audit:str}/follow-up", opt={"needs": "audit.read"}, include_in_schema=False)
async def follow_up_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """All nonconformities of the audit by due day, and who may answer them."""
    return await _shown(request, services, case)


@post(
    "/audits/{audit:str}/follow-up/links",
    opt={"needs": "auditee.invite"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def invite_auditee(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Make a link for one person of the client and show it: its address is shown this once."""
    form = await read_form(request)
    token = await services.links.make(
        "auditee",
        made_by=principal.id,
        audit=case.state.audit,
        hours=days_chosen(form, DAYS) * 24,
        label=label_of(form),
    )
    return await _shown(request, services, case, token)


@post(
    "/audits/{audit:str}/follow-up/guests/{guest:str}/end",
    opt={"needs": "auditee.invite"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def end_auditee(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    guest: FromPath[str],
) -> Response[bytes]:
    """Shut out somebody of the client at once; people at the meetings are the leader's."""
    known = await services.guests.get(guest)
    if known is None or known.role != "auditee" or known.audit != case.state.audit:
        raise NotFoundException
    await services.guests.end(guest, audit=case.state.audit, actor=principal.id)
    return redirect(f"/audits/{case.state.audit}/follow-up")


async def _shown(
    request: Request[Any, Any, Any], services: Services, case: Case, token: str = ""
) -> Response[bytes]:
    found, audit, now = overview(case.criteria, case.state), case.state.audit, time.time()
    today = found.today()
    may_invite = case.may("auditee.invite")
    follow_ups = followup.follow_ups(case.state)
    follow_ups.sort(key=lambda one: (one.stage == "closed", one.due == "", one.due))
    guests = await services.guests.of(audit, ["auditee"]) if may_invite else []
    return page(
        request,
        "pages/follow-up.html",
        headers=HEADERS if token else None,
        audit=audit,
        setup=case.state.setup,
        shown=shown,
        rows=[(one, followup.days_left(one.due, today)) for one in follow_ups],
        counts={stage: sum(one.stage == stage for one in follow_ups) for stage in followup.STAGES},
        grades=found.asked.words(language_of(request)),
        stage_k=STAGE_K,
        may_invite=may_invite,
        may_file=case.may("sheet.file") and not case.state.released,
        to_sign=[
            one for one in follow_ups if acknowledgement.may_sign(case.state, case.state.findings[one.id])
        ],
        filed=filed(case.state, SHEET),
        today=today,
        handed_over=followup.is_handed_over(case.state),
        links=await services.links.of("auditee", audit=audit) if may_invite else [],
        guests=[(guest, guest.is_in(now)) for guest in guests],
        days=DAYS,
        token=token,
        address=f"{base_address(request)}/in/{token}" if token else "",
        zone=case.state.setup.time_zone,
    )


end_auditee_link = ending("follow-up", "auditee.invite", "auditee")

routes = [follow_up_page, invite_auditee, end_auditee_link, end_auditee]
