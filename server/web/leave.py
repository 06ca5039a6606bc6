"""Leaving the site 离场: what phones report of what they still hold, and whether the team may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.response import Response
from msgspec import Meta, Struct

from server.audit import leaving
from server.audit.gaps import Beside, Found, Gap
from server.audit.leaving import Heard
from server.criteria.model import Language
from server.people.devices import BadDevice
from server.people.principal import Principal
from server.web import gap_view, shown
from server.web.agents import device_name
from server.web.errors import Refusal, refusals
from server.web.forms import MAX_FORM_BYTES
from server.web.gaps import beside_of, photos_named
from server.web.guards import HEADER, Case
from server.web.offline import offline
from server.web.overview import Overview, overview
from server.web.render import language_of, page
from server.web.services import Services

Light = Literal["ok", "wait", "nc"]
_LIGHTS: dict[leaving.Word, Light] = {"safe": "ok", "silent": "wait", "waiting": "nc"}
_NOT_ARRIVED = ("PHOTO_NOT_ARRIVED", "SIGNATURE_NOT_ARRIVED")
"""Gaps of bytes that the journal names and that are not here."""
_Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Held(Struct, frozen=True, kw_only=True):
    """What a phone says that only it holds of an audit, for one account."""

    entries: _Count
    photos: _Count


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone on the page. `gap`: what is open about it; `accepted`: why the leader goes without it.

    `heard`: what it said last; None for somebody of the team of whom no phone was ever heard.
    """

    name: str
    device: str
    heard: Heard | None
    k: Light
    gap: str
    accepted: str


@post(
    "/audits/{audit:str}/outbox",
    opt={"needs": "entry.send"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    media_type="application/json",
    responses=refusals(400, 401, 403, 404),
)
async def take_report(
    request: Request[Any, Any, Any],
    data: JSONBody[Held],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Note how much of the audit is on this phone only: what the leader looks at before the team leaves."""
    if HEADER not in request.headers:
        raise Refusal(403, "header")
    try:
        await services.outboxes.tell(
            case.state.audit,
            principal.id,
            request.headers.get("clausewalk-device", ""),
            entries=data.entries,
            photos=data.photos,
            agent=request.headers.get("user-agent", ""),
        )
    except BadDevice:
        raise Refusal(400, "bad_device") from None
    return Response(b"{}", media_type="application/json", headers={"Cache-Control": "no-store"})


@get("/audits/{audit:str}/leave", opt={"needs": "audit.read"}, include_in_schema=False)
async def leave_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """Green: everything of the whole team carries the server's receipt."""
    return await _leave(request, services, case, "pages/leave.html")


@get("/audits/{audit:str}/leave/live", opt={"needs": "audit.read"}, include_in_schema=False)
async def leave_live(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """The part that changes as phones report."""
    return await _leave(request, services, case, "parts/leave-live.html")


async def _leave(
    request: Request[Any, Any, Any], services: Services, case: Case, template: str
) -> Response[bytes]:
    found = overview(services.criteria, case.state)
    beside = await beside_of(services, found)
    named = photos_named(found.state)
    arrived = len(named & set(beside.arrived or ()))
    now, language = datetime.now(UTC), language_of(request)
    return page(
        request,
        template,
        # To the minute: the page says of which time it is, and is made anew though nothing has changed.
        stamp=(found.hash, case.role, arrived, f"{now:%Y-%m-%dT%H:%M}", *beside.outboxes),
        make=lambda: {"at": now, **_context(found, case, beside, (arrived, len(named)), language)},
    )


def _context(
    found: Overview,
    case: Case,
    beside: Beside,
    photos: tuple[int, int],
    language: Language,
) -> dict[str, Any]:
    state, looked, outboxes = case.state, found.look(beside, "leave"), beside.outboxes
    phones = [_phone(found, looked, one, language) for one in outboxes]
    unheard = [_unheard(found, looked, who, language) for who in beside.unheard]
    arrived, named = photos
    entries = sum(one.outbox.entries for one in outboxes)
    waiting_photos = sum(one.outbox.photos for one in outboxes)
    return {
        "audit": state.audit,
        "setup": state.setup,
        "found": found,
        "k": _light(phones + unheard, any(gap.code in _NOT_ARRIVED for gap in looked.open)),
        "phones": phones,
        "unheard": unheard,
        "entries": (state.seq, state.seq + entries),
        "photos": (arrived, max(named, arrived + waiting_photos)),
        "held": len(state.held),
        "gaps": gap_view.counts(looked.open)["leave"],
        "may_accept": case.may("gap.dismiss") and not state.released,
        "may_write": case.may("observation.write"),
        "capture": shown.capture_at_now(found, case.principal.id),
        "open_gaps": found.open_gaps,
        "day": found.today(),
        "shown": shown,
    }


def _light(phones: Sequence[Phone], bytes_missing: bool) -> Light:
    lights = [phone.k for phone in phones if not phone.accepted]
    if "nc" in lights or bytes_missing:
        return "nc"
    return "wait" if "wait" in lights else "ok"


def _phone(found: Overview, looked: Found, one: Heard, language: Language) -> Phone:
    outbox = one.outbox
    gap, accepted = _said_of(looked, outbox.by, outbox.device)
    return Phone(
        name=found.name(outbox.by, language) or outbox.by,
        device=device_name(outbox.agent),
        heard=one,
        k=_LIGHTS[one.word],
        gap=gap,
        accepted=accepted,
    )


def _unheard(found: Overview, looked: Found, who: str, language: Language) -> Phone:
    gap, accepted = _said_of(looked, who)
    return Phone(name=found.name(who, language), device="", heard=None, k="wait", gap=gap, accepted=accepted)


def _said_of(looked: Found, by: str, device: str = "") -> tuple[str, str]:
    """The gap that is open about a phone, and why the leader accepted it; "" for what there is not."""

    def is_about(gap: Gap) -> bool:
        return gap.where == "leave" and gap.about[:2] == [by, device]

    accepted = next((said.reason for gap, said in looked.dismissed if is_about(gap)), "")
    return next((gap.id for gap in looked.open if is_about(gap)), ""), accepted


@offline
def _offline(case: Case) -> list[str]:
    return [f"/audits/{case.state.audit}/leave"]


routes = [take_report, leave_page, leave_live]
