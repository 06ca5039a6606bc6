"""Codes for guests in the offline pack: issued with a network, shown by the leader's phone without one.

Making a link is an act, so this is a POST of a script; no page ever holds a token.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.response import Response
from msgspec import Meta, Struct

from server.people.principal import GuestRole, Principal
from server.web.by_link import base_address, qr_image
from server.web.errors import Refusal, refusals
from server.web.forms import MAX_FORM_BYTES
from server.web.guards import HEADER, Case
from server.web.guests import days_offered, window
from server.web.render import language_of
from server.web.services import Services
from server.web.texts import texts

_DAYS = 5
"""For so many days codes are issued ahead: a pack is prepared the evening before, or for a whole visit."""
_A_DAY: dict[GuestRole, int] = {"attendee": 1, "guide": 3}
"""One code serves everybody in the room; each group of a team walks with a guide, who needs a code alone."""


class Held(Struct, frozen=True, kw_only=True):
    """Ids of the codes that the phone has already."""

    kept: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=100)] = []


class Code(Struct, frozen=True, kw_only=True):
    """One code: whom it lets in between two moments, its address, and the picture of it (SVG in base64)."""

    id: str
    role: GuestRole
    starts: datetime
    ends: datetime
    address: str
    picture: str


class Codes(Struct, frozen=True, kw_only=True):
    """kept: which of the phone's codes still let somebody in. made: the new ones, told this once."""

    kept: list[str]
    made: list[Code]


@post(
    "/audits/{audit:str}/guests/codes",
    opt={"needs": "guest.invite"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    media_type="application/json",
    responses=refusals(400, 401, 403, 404),
)
async def issue_codes(
    request: Request[Any, Any, Any],
    data: JSONBody[Held],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Codes for each role and day to come, where the phone has fewer that still work."""
    if HEADER not in request.headers:
        raise Refusal(403, "header")
    label = texts(language_of(request))("guests.in_pack")
    kept, made = [], []
    for role, a_day in _A_DAY.items():
        links = [one for one in await services.links.of(role, audit=case.state.audit) if one.id in data.kept]
        for start, end in (window(day, case.state.setup) for day in days_offered(case.state.setup)[:_DAYS]):
            held = [link.id for link in links if link.starts_at == start][:a_day]
            kept += held
            for _ in range(a_day - len(held)):
                token = await services.links.make(
                    role,
                    made_by=principal.id,
                    audit=case.state.audit,
                    once=role != "attendee",
                    starts_at=start,
                    expires_at=end,
                    label=label,
                )
                made.append(await _code(request, services, token, role))
    answer = msgspec.json.encode(Codes(kept=kept, made=made))
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _code(request: Request[Any, Any, Any], services: Services, token: str, role: GuestRole) -> Code:
    link = await services.links.known(token, role)
    assert link is not None
    address = f"{base_address(request)}/in/{token}"
    picture = base64.b64encode(qr_image(address)).decode()
    return Code(
        id=link.id, role=role, starts=link.starts, ends=link.expires, address=address, picture=picture
    )


routes = [issue_codes]
