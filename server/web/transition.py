"""A client in transition: what was recorded under the edition it leaves, shown under the one it moves to."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.transition import Line, under_newer
from server.criteria.crosswalk import crosswalk_between
from server.criteria.model import Standard
from server.web.guards import Case
from server.web.offline import offline
from server.web.overview import Overview, overview
from server.web.render import page


@get("/audits/{audit:str}/transition", opt={"needs": "audit.read"}, include_in_schema=False)
async def transition_page(request: Request[Any, Any, Any], case: NamedDependency[Case]) -> Response[bytes]:
    """Each clause of the newer editions: where it comes from, what was recorded, what is still open."""
    found = overview(case.criteria, case.state)
    return page(
        request,
        "pages/transition.html",
        stamp=("transition", found.hash, case.role),
        make=lambda: {
            "audit": case.state.audit,
            "editions": _editions(found),
        },
    )


def _editions(found: Overview) -> list[tuple[Standard, Standard, list[Line]]]:
    """Older and newer edition of each scheme in transition, with the lines of the newer one."""
    seen = [one for at_stop in found.coverage.by_stop.values() for one in at_stop]
    criteria = found.asked.criteria
    made = []
    for one in found.state.setup.visit.criteria:
        older, newer = criteria.standards.get(one.standard), found.asked.newer(one.scheme)
        if older and newer:
            try:
                walk = crosswalk_between(criteria.crosswalks, older, newer)
            except LookupError:
                continue
            made.append((older, newer, under_newer(walk, newer, seen)))
    return made


@offline
def _offline(case: Case) -> list[str]:
    moving = any(one.transition for one in case.state.setup.visit.criteria)
    return [f"/audits/{case.state.audit}/transition"] if moving else []


routes = [transition_page]
