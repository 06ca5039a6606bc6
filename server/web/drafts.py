"""One draft, two devices: a note begun on one of somebody's devices is a target for the camera of another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody
from litestar.response import Response
from msgspec import Meta, Struct

from server.audit.entries import Observation
from server.audit.state import State, Thing
from server.people.devices import BadDevice
from server.people.drafts import Draft
from server.people.principal import Principal
from server.web.agents import device_name
from server.web.errors import Refusal, refusals
from server.web.forms import MAX_FORM_BYTES
from server.web.guards import HEADER, UUID, Case
from server.web.services import Services

_JSON = "application/json"
_NO_STORE = {"Cache-Control": "no-store"}


class Begun(Struct, frozen=True, kw_only=True):
    """What another device is told of a note that isn't saved: where, about what, its first words."""

    stop: Annotated[str, Meta(max_length=64)]
    item: Annotated[str, Meta(max_length=128)] = ""
    words: Annotated[str, Meta(max_length=200)] = ""


class Joined(Struct, frozen=True, kw_only=True):
    """A note that another device took for a draft: the device that writes goes on with it."""

    id: str
    heads: list[str]
    content: Observation
    photos: list[str]


class Listed(Struct, frozen=True, kw_only=True):
    """A draft as its author's devices get it. `here`: it is written on the device that asks."""

    id: str
    stop: str
    item: str
    words: str
    device: str
    here: bool
    saved_at: datetime
    joined: list[Joined]


@get(
    "/audits/{audit:str}/drafts",
    opt={"needs": "observation.write"},
    media_type=_JSON,
    responses=refusals(401, 403, 404),
)
async def give_drafts(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """One's own drafts in this audit that became no note yet, and what was taken for each meanwhile."""
    here = request.headers.get("clausewalk-device", "")
    drafts = await services.drafts.of(principal.id, case.state.audit)
    arrived = await services.blobs.hashes(case.state.audit)
    listed = [
        _listed(case.state, principal, one, here, arrived)
        for one in drafts
        if one.id not in case.state.observations
    ]
    return Response(msgspec.json.encode({"drafts": listed}), media_type=_JSON, headers=_NO_STORE)


@put(
    "/audits/{audit:str}/drafts/{draft:str}",
    opt={"needs": "observation.write"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    media_type=_JSON,
    responses=refusals(400, 401, 403, 404),
)
async def keep_draft(
    request: Request[Any, Any, Any],
    data: JSONBody[Begun],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    draft: FromPath[str],
) -> Response[bytes]:
    """Tell one's other devices what is being written here."""
    if HEADER not in request.headers:
        raise Refusal(403, "header")
    if not UUID.fullmatch(draft) or data.stop not in case.state.setup.stops:
        raise NotFoundException
    kept = Draft(
        id=draft,
        stop=data.stop,
        item=data.item,
        words=data.words,
        device=request.headers.get("clausewalk-device", ""),
        agent=request.headers.get("user-agent", ""),
    )
    try:
        await services.drafts.keep(principal.id, case.state.audit, kept)
    except BadDevice:
        raise Refusal(400, "bad_device") from None
    return Response(b"{}", media_type=_JSON, headers=_NO_STORE)


@delete(
    "/audits/{audit:str}/drafts/{draft:str}",
    opt={"needs": "observation.write"},
    status_code=204,
    responses=refusals(401, 403, 404),
)
async def drop_draft(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    draft: FromPath[str],
) -> None:
    """The note was saved or given up; one that isn't there is no error."""
    await services.drafts.drop(principal.id, draft)


def _listed(state: State, principal: Principal, draft: Draft, here: str, arrived: frozenset[str]) -> Listed:
    return Listed(
        id=draft.id,
        stop=draft.stop,
        item=draft.item,
        words=draft.words,
        device=device_name(draft.agent),
        here=draft.device == here,
        saved_at=datetime.fromtimestamp(draft.saved_at, UTC),
        joined=[
            _joined(state, thing, content, arrived)
            for thing, content in state.standing_observations()
            if content.joins == draft.id and thing.first.by == principal.id
        ],
    )


def _joined(state: State, thing: Thing[Observation], content: Observation, arrived: frozenset[str]) -> Joined:
    photos = (photo.current for photo in state.photos_of(thing.id))
    return Joined(
        id=thing.id,
        heads=thing.heads,
        content=content,
        photos=[photo.sha256 for photo in photos if photo is not None and photo.sha256 in arrived],
    )


routes = [give_drafts, keep_draft, drop_draft]
