"""Signing in at a meeting on one's own phone, by the link of the sheet: no app, no worker, no storage needed.

ISO/IEC 17021-1:2015, 9.4.2 and 9.4.7: attendance of both meetings is recorded.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.audit import too_early
from server.audit.entries import Attended, AttendedBody, Meeting, Text
from server.audit.signing import MEETINGS, attendance_text, who
from server.audit.state import State
from server.people.guests import Guest
from server.web import handed_in
from server.web.by_link import HEADERS
from server.web.come_in import OWN_PAGE, guest_context
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case, guest_of
from server.web.render import language_of, moment, page
from server.web.services import Services
from server.web.signatures import Drawn, append_of_guest, delivered, guest_entry, read_drawn, signed_entry

OWN_PAGE["attendee"] = "attendance"


@get("/guests/{guest:str}/attendance", opt={"needs": "attendance.sign"}, include_in_schema=False)
async def attendance_page(
    request: Request[Any, Any, Any], case: NamedDependency[Case], meeting: FromQuery[str] = ""
) -> Response[bytes]:
    """One meeting at a time: the text, the pad, or that it is signed."""
    guest, state = guest_of(request), case.state
    chosen = next((one for one in MEETINGS if one == meeting), _likely(state, guest))
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(state.setup.time_zone)).date().isoformat()
    text = attendance_text(state, chosen, today).get(language_of(request))
    return page(
        request,
        "pages/attendance.html",
        headers=HEADERS,
        **guest_context(request, case),
        meeting=chosen,
        meetings=MEETINGS,
        signed={one: said for one in MEETINGS if (said := handed_in.signature(state, guest, one))},
        planned=too_early.for_meeting(state, chosen, now),
        text=text.replace("{who}", who(guest.name, guest.department, guest.position, language_of(request))),
    )


@post(
    "/guests/{guest:str}/attendance",
    opt={"needs": "attendance.sign"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def sign_attendance(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
) -> Response[Any]:
    """Put the guest on the sheet and keep the signature; the same form sent again changes nothing."""
    form, guest = await read_form(request), guest_of(request)
    meeting = next((one for one in MEETINGS if one == form.get("meeting")), None)
    if meeting is None:
        raise Refusal(400, "bad_choice")
    drawn = await read_drawn(form)
    _check_begun(case.state, meeting, drawn)
    role = " · ".join(filter(None, (guest.department, guest.position)))
    raws = [signed_entry(drawn, guest.audit, guest.id, what=meeting, name=guest.name, role=role)]
    if (present := _presence(case.state, guest, meeting)) is not None:
        raws.insert(0, guest_entry(Attended, guest.audit, guest.id, present, drawn.at))
    results = await append_of_guest(request, services, *raws)
    await services.blobs.put(guest.audit, drawn.picture, media="image/png")
    return delivered(request, results, f"/guests/{guest.id}/attendance?meeting={meeting}")


def _check_begun(state: State, meeting: Meeting, drawn: Drawn) -> None:
    """What was signed in time may come late: its own moment counts. Raises Refusal."""
    planned = None if state.has(drawn.id) else too_early.for_meeting(state, meeting, drawn.at)
    if planned is not None:
        raise Refusal(409, "meeting_ahead", at=moment(planned, state.setup.time_zone))


def _likely(state: State, guest: Guest) -> Meeting:
    """The meeting that is on: the closing, once the opening has ended or was signed by this guest."""
    opening = state.meetings.get("opening")
    over = bool(opening and opening.current and opening.current.end)
    return "closing" if over or handed_in.signature(state, guest, "opening") else "opening"


def _presence(state: State, guest: Guest, meeting: Meeting) -> AttendedBody | None:
    """The guest's row with this meeting; None where it says so already. What others wrote there stays."""
    thing = state.attendance.get(guest.name)
    row = thing.current if thing else None
    if row is not None and meeting in row.meetings:
        return None
    position = row.position if row and (row.position.zh or row.position.en) else Text(zh=guest.position)
    return AttendedBody(
        name=guest.name,
        name_en=row.name_en if row else "",
        department=(row.department if row else "") or guest.department,
        position=position,
        meetings=[*(row.meetings if row else []), meeting],
        bases=thing.heads if thing else [],
    )


routes = [attendance_page, sign_attendance]
