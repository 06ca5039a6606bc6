"""The offline pack 离线包 of an audit: the list of what a phone has to keep; it fetches that page by page."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.principal import Principal
from server.web.errors import refusals
from server.web.guards import Case
from server.web.offline import offline, pages_for
from server.web.static_files import static_files


class Pack(msgspec.Struct):
    """What the phone keeps of an audit.

    account, head, build: whose pages these are, how far the journal was, and for which build of the program;
    where one of them has moved on, the pack is stale. pages: addresses; each answers with an entity tag, so
    that fetching it again costs nothing where nothing changed. codes: whether this person invites guests, so
    that their codes belong to it (`server.web.guest_codes`).
    """

    audit: str
    account: str
    head: int
    build: str
    pages: list[str]
    codes: bool


@get(
    "/audits/{audit:str}/pack",
    opt={"needs": "audit.read"},
    media_type="application/json",
    responses=refusals(401, 403, 404),
)
async def give_pack(
    request: Request[Any, Any, Any], principal: NamedDependency[Principal], case: NamedDependency[Case]
) -> Response[Pack]:
    """The list, for whoever reads the audit."""
    pack = Pack(
        audit=case.state.audit,
        account=principal.id,
        head=case.state.seq,
        build=static_files().build,
        pages=pages_for(case),
        codes=case.may("guest.invite") and not case.state.released,
    )
    return Response(pack, media_type="application/json", headers={"Cache-Control": "no-store"})


@offline
def _frame(case: Case) -> list[str]:
    return ["/", "/outbox", "/account", "/share"]


routes = [give_pack]
