"""A guide's own page: stops they accompany, pictures they permit, a signature at each end, facts to confirm.

No observation is ever shown here.

ISO 19011:2018, 6.4.2 (guides), 6.4.7 (photographs); ISO/IEC 17021-1:2015, 9.4.5.3 (evidence is understood).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args
from urllib.parse import quote

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit import too_early
from server.audit.entries import (
    Accompanied,
    AccompaniedBody,
    Confirmed,
    ConfirmedBody,
    Permitted,
    PermittedBody,
)
from server.audit.permission import Pictures
from server.audit.signing import hash_of, what_accompanied
from server.audit.state import State, Thing
from server.criteria.model import Language
from server.people.guests import Guest
from server.people.principal import Principal
from server.web import handed_in, shown
from server.web.by_link import HEADERS
from server.web.come_in import OWN_PAGE, guest_context
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case, guest_of
from server.web.guide_view import asked, days_of
from server.web.made import append, make
from server.web.render import language_of, page, redirect
from server.web.render import moment as moment_in
from server.web.services import Services
from server.web.signatures import (
    Drawn,
    append_of_guest,
    delivered,
    guest_entry,
    moment,
    read_drawn,
    signed_entry,
)

OWN_PAGE["guide"] = "guide"
PICTURES: tuple[Pictures, ...] = get_args(Pictures)
_MOST_AREAS = 5
_LONGEST = 500


@get("/guests/{guest:str}/guide", opt={"needs": "guide.accompany"}, include_in_schema=False)
async def guide_page(request: Request[Any, Any, Any], case: NamedDependency[Case]) -> Response[bytes]:
    """Everything a guide does, on one page."""
    guest, state = guest_of(request), case.state
    days = days_of(state, guest, language_of(request))
    return page(
        request,
        "pages/guide.html",
        headers=HEADERS,
        **guest_context(request, case),
        days=days,
        along=[one for stops in days.values() for one in stops if one.along],
        handed=handed_in.stops(state, guest),
        pictures=PICTURES,
        facts=asked(state, guest),
        answered=handed_in.facts(state, guest),
        most_areas=_MOST_AREAS,
        classified=state.setup.visit.classified,
    )


@post(
    "/guests/{guest:str}/guide/stops",
    opt={"needs": "guide.accompany"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def keep_stops(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """Which stops the guide accompanies, and what may be photographed there; left blank: nothing may."""
    form, guest, state = await read_form(request), guest_of(request), case.state
    at = moment(form.get("at", ""))
    made: list[bytes] = []
    for key, stop in state.setup.stops.items():
        if stop.type != "audit" or f"listed.{key}" not in form:
            continue
        made += _along(state, guest, key, f"along.{key}" in form, at)
        if f"along.{key}" in form:
            made += _said(state, guest, key, "", form.get(f"pictures.{key}", ""), at)
            made += _said_of_areas(state, guest, key, form, at)
    if made:
        await append_of_guest(request, services, *made)
    return redirect(f"/guests/{guest.id}/guide#handed")


@post(
    "/guests/{guest:str}/guide/signature",
    opt={"needs": "guide.accompany"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def sign_stop(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[Any]:
    """The guide's signature at the end of a stop they accompanied."""
    form, guest, state = await read_form(request), guest_of(request), case.state
    key = form.get("stop", "")
    if key not in state.setup.stops:
        raise Refusal(400, "bad_choice")
    drawn = await read_drawn(form)
    _check_begun(state, key, drawn, language_of(request))
    role = " · ".join(filter(None, (guest.department, guest.position)))
    raws = _along(state, guest, key, True, drawn.at)
    what = what_accompanied(key)
    raws.append(signed_entry(drawn, guest.audit, guest.id, what=what, name=guest.name, role=role))
    results = await append_of_guest(request, services, *raws)
    await services.blobs.put(guest.audit, drawn.picture, media="image/png")
    # Another address than before each time: a page that only jumps shows nothing new.
    at = quote(key, safe="")
    return delivered(request, results, f"/guests/{guest.id}/guide?signed={at}#sign-{at}")


@post(
    "/guests/{guest:str}/guide/facts",
    opt={"needs": "guide.accompany"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def confirm_facts(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """Whether the facts shown to this guide are right, and what they say to it."""
    form, guest = await read_form(request), guest_of(request)
    fact = next((one for one in asked(case.state, guest) if one.entry == form.get("asked")), None)
    if fact is None:
        raise NotFoundException
    if form.get("right") not in ("yes", "no"):
        raise Refusal(400, "bad_choice")
    body = ConfirmedBody(
        finding=fact.body.finding,
        text=fact.body.text,
        text_sha256=fact.body.text_sha256,
        of=guest.id,
        asked=fact.entry,
        right=form["right"] == "yes",
        remark=form.get("remark", "").strip()[:_LONGEST],
        name=guest.name,
    )
    at = moment(form.get("at", ""))
    await append_of_guest(request, services, guest_entry(Confirmed, guest.audit, guest.id, body, at))
    return redirect(f"/guests/{guest.id}/guide#fact-{fact.entry}")


@post(
    "/audits/{audit:str}/findings/{finding:str}/facts",
    opt={"needs": "finding.write"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def show_facts(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    finding: FromPath[str],
) -> Response[bytes]:
    """Show the facts of a finding to one guide: its evidence, and nothing else of it."""
    thing = case.state.findings.get(finding)
    content = thing.current if thing else None
    if content is None:
        raise NotFoundException
    wanted = (await read_form(request)).get("guest", "")
    name = guides(case.state).get(wanted)
    text = content.evidence.zh or content.evidence.en
    if name is None or not text:
        raise Refusal(400, "bad_choice")
    body = ConfirmedBody(finding=finding, text=text, text_sha256=hash_of(text), of=wanted, name=name)
    await append(services, case.state.audit, principal, make(Confirmed, case.state.audit, principal, body))
    return redirect(f"/audits/{case.state.audit}/findings/{finding}#facts")


def guides(state: State) -> dict[str, str]:
    """The guides who accompany a stop on a phone of their own: name by principal."""
    return {
        thing.first.by: body.name
        for thing in state.company.values()
        if (body := thing.current) and body.there and thing.first.by not in state.setup.team
    }


def _check_begun(state: State, key: str, drawn: Drawn, language: Language) -> None:
    """What was signed in time may come late: its own moment counts. Raises Refusal."""
    planned = None if state.has(drawn.id) else too_early.for_stop(state, key, drawn.at)
    if planned is not None:
        place = shown.stop_name(state.setup.stops[key], state.setup, language)
        raise Refusal(409, "stop_ahead", place=place, at=moment_in(planned, state.setup.time_zone))


def _along(state: State, guest: Guest, key: str, there: bool, at: datetime) -> list[bytes]:
    thing = state.company.get(f"{key}/{guest.name}")
    before = bool(thing and thing.current and thing.current.there)
    if before == there:
        return []
    body = AccompaniedBody(
        stop=key, name=guest.name, role=guest.position or guest.department, there=there, bases=_heads(thing)
    )
    return [guest_entry(Accompanied, guest.audit, guest.id, body, at)]


def _said(state: State, guest: Guest, key: str, area: str, typed: str, at: datetime) -> list[bytes]:
    """What was said of pictures, where that is new."""
    chosen = next((one for one in PICTURES if one == typed), None)
    thing = state.permissions.get(f"{key}/{area}")
    now = thing.current if thing else None
    if now is not None and now.pictures == (chosen or "none") and now.chosen == bool(chosen):
        return []
    body = PermittedBody(
        stop=key,
        area=area,
        pictures=chosen or "none",
        chosen=bool(chosen),
        name=guest.name,
        bases=_heads(thing),
    )
    return [guest_entry(Permitted, guest.audit, guest.id, body, at)]


def _said_of_areas(state: State, guest: Guest, key: str, form: dict[str, str], at: datetime) -> list[bytes]:
    made: list[bytes] = []
    for n in range(_MOST_AREAS + len(state.permissions)):
        area = form.get(f"area.{key}.{n}", "").strip()[:80].replace("/", "／")
        if area:
            made += _said(state, guest, key, area, form.get(f"pictures.{key}.{n}", ""), at)
    return made


def _heads(thing: Thing[Any] | None) -> list[str]:
    return thing.heads if thing else []


routes = [guide_page, keep_stops, sign_stop, confirm_facts, show_facts]
