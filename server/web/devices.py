"""One's devices: where somebody is signed in, which phones deliver by credential, and ending either."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response
from msgspec import Struct

from server.people.devices import BadDevice
from server.people.principal import Principal
from server.web.agents import device_name
from server.web.errors import Refusal, refusals
from server.web.forms import MAX_FORM_BYTES
from server.web.guards import HEADER, session_of
from server.web.render import redirect
from server.web.services import Services


class Device(Struct, frozen=True, kw_only=True):
    """A line of the list. `key` ends it; `here`: the device that asks; `signed_in`: by a session that runs.

    `delivers`: it holds a credential, so that what waits on it can be sent by nobody signed in.
    """

    key: str
    name: str
    since: datetime
    seen: datetime
    own_phone: bool
    signed_in: bool
    delivers: bool
    here: bool


async def devices_of(services: Services, account: str, here: str = "") -> list[Device]:
    """Sessions and credentials of an account, those of one sign-in as one line; `here` is a session's id."""
    credentials = await services.devices.of(account)
    sessions = await services.sessions.of(account)
    delivering = {one.session for one in credentials}
    lines = [
        Device(
            key=one.id,
            name=device_name(one.agent),
            since=_moment(one.started_at),
            seen=_moment(one.seen_at),
            own_phone=one.own_phone,
            signed_in=True,
            delivers=one.id in delivering,
            here=one.id == here,
        )
        for one in sessions
    ]
    running = {one.id for one in sessions}
    lines += [
        Device(
            key=one.id,
            name=device_name(one.agent),
            since=_moment(one.issued_at),
            seen=_moment(one.seen_at),
            own_phone=True,
            signed_in=False,
            delivers=True,
            here=False,
        )
        for one in credentials
        if one.session not in running
    ]
    return sorted(lines, key=lambda line: (line.here, line.seen), reverse=True)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@post(
    "/account/device",
    opt={"needs": "account.own"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    media_type="application/json",
    responses=refusals(400, 401, 403),
)
async def issue_credential(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """A device credential for this phone, shown this once: only where 本人手机 was ticked at sign-in."""
    if HEADER not in request.headers:
        raise Refusal(403, "header")
    session = session_of(request)
    if not session.own_phone:
        raise Refusal(403, "not_own_phone")
    device = request.headers.get("clausewalk-device", "")
    agent = request.headers.get("user-agent", "")
    try:
        credential = await services.devices.issue(principal.id, device, session=session.id, agent=agent)
    except BadDevice:
        raise Refusal(400, "bad_device") from None
    answer = {"credential": credential, "account": principal.id, "device": device}
    return Response(
        msgspec.json.encode(answer), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


@post(
    "/account/devices/{key:str}/end",
    opt={"needs": "account.own"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def end_device(
    services: NamedDependency[Services], principal: NamedDependency[Principal], key: FromPath[str]
) -> Response[bytes]:
    """End one of one's own devices; one that has ended already is no error."""
    await services.devices.end(principal.id, key, actor=principal.id)
    return redirect("/account?done=device_ended#devices")


@post(
    "/account/devices/end-others",
    opt={"needs": "account.own"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def end_other_devices(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """End every device but the one that asks."""
    await services.devices.end_others(principal.id, but=session_of(request).id, actor=principal.id)
    return redirect("/account?done=others_ended#devices")


routes = [issue_credential, end_device, end_other_devices]
