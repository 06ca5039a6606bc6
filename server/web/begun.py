"""The checklists of one audit: what it began with against what is asked now, and taking over what is new."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.criteria.diff import between_lists, between_standards
from server.people.principal import Principal
from server.web.errors import Refusal
from server.web.guards import Case
from server.web.render import page, redirect
from server.web.services import Services
from server.web.setup import saving


@get("/audits/{audit:str}/begun", opt={"needs": "audit.read"}, include_in_schema=False)
async def begun_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """How what this audit asks differs from what an audit set up today would."""
    now, begun = services.criteria, case.criteria
    return page(
        request,
        "pages/begun.html",
        stamp=("begun", case.state.hash, case.role),
        make=lambda: {
            "audit": case.state.audit,
            "found": [
                *between_standards(begun.standards, now.standards),
                *between_lists(begun.lists, now.lists),
            ],
            "may_configure": case.may("audit.configure") and not case.state.released,
        },
    )


@post("/audits/{audit:str}/begun", opt={"needs": "audit.configure"}, status_code=303, include_in_schema=False)
async def take_over(
    services: NamedDependency[Services], principal: NamedDependency[Principal], case: NamedDependency[Case]
) -> Response[bytes]:
    """Ask from now on what is asked today; what was recorded stays."""
    state = case.state
    if state.released:
        raise Refusal(409, "after_release", reason="after_release")
    setup = state.setup
    editions = [one.standard for one in setup.visit.criteria]
    pins = services.criteria.pins(house=setup.house, form=setup.form, standards=editions)
    await saving.put(services, principal, state, "pins", {"pins": pins})
    return redirect(f"/audits/{state.audit}/begun")


routes = [begun_page, take_over]
