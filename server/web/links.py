"""What the pages of an audit that hand out links share: for how long, for whom, and ending one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from server.people.links import Purpose
from server.people.principal import Principal
from server.web.forms import MAX_FORM_BYTES
from server.web.guards import Case
from server.web.render import redirect
from server.web.services import Services

_LABEL = 80


def days_chosen(form: Mapping[str, str], offered: Sequence[int]) -> int:
    """For how many days a link is wanted; the first where none of those offered is."""
    wanted = form.get("days", "")
    return int(wanted) if wanted.isdigit() and int(wanted) in offered else offered[0]


def label_of(form: Mapping[str, str]) -> str:
    """Whom a link is for, as its maker put it."""
    return form.get("label", "").strip()[:_LABEL]


def ending(page: str, needs: str, *purposes: Purpose, back: str = "") -> HTTPRouteHandler:
    """The handler by which a page of an audit ends links for these purposes, and those alone.

    One that is ended already, or is of another purpose, is left as it is.
    """

    @post(
        f"/audits/{{audit:str}}/{page}/links/{{link:str}}/end",
        opt={"needs": needs},
        status_code=303,
        request_max_body_size=MAX_FORM_BYTES,
        include_in_schema=False,
    )
    async def end_link(
        services: NamedDependency[Services],
        principal: NamedDependency[Principal],
        case: NamedDependency[Case],
        link: FromPath[str],
    ) -> Response[bytes]:
        """From now on the link lets nobody in, and shuts out who came by it."""
        audit = case.state.audit
        await services.links.end(link, *purposes, actor=principal.id, audit=audit)
        return redirect(f"/audits/{audit}/{back or page}")

    return end_link
