"""The checklists of one audit: what it began with against what is asked now, and taking over what is new."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.setup import Setup
from server.criteria.diff import Difference, between_forms, between_houses, between_lists, between_standards
from server.criteria.load import Criteria
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
                *_printed(begun, now, case.state.setup),
            ],
            "may_configure": case.may("audit.configure") and not case.state.released,
        },
    )


def _printed(begun: Criteria, now: Criteria, setup: Setup) -> list[Difference]:
    """What differs in house and form, where both are there today."""
    found: list[Difference] = []
    if setup.house in begun.houses and setup.house in now.houses:
        found += between_houses(begun.houses[setup.house], now.houses[setup.house])
    if setup.form in begun.forms and setup.form in now.forms:
        found += between_forms(begun.forms[setup.form], now.forms[setup.form])
    return found


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
