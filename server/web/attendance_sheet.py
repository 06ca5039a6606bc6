"""The attendance sheet on the team's side: who signed how, the sheet to print, and the signed one to file.

A photographed sheet is filed by the code printed on it: which sheet of this audit, and what stood on it.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.attendance import (
    SHEET,
    TITLE,
    compile_attendance,
    expected,
)
from server.audit.entries import (
    Attached,
    Attended,
    AttendedBody,
    Meeting,
    Signed,
    SignedBody,
    decode,
)
from server.audit.signing import MEETINGS
from server.audit.state import State
from server.people.principal import Principal
from server.web import shown
from server.web.forms import MAX_FORM_BYTES, read_parts
from server.web.guards import Case
from server.web.made import append, make
from server.web.offline import offline
from server.web.render import page, redirect
from server.web.services import Services
from server.web.sheets import MAX_SHEET_BYTES, filed, take_in


@get("/audits/{audit:str}/attendance", opt={"needs": "audit.read"}, include_in_schema=False)
async def attendance_sheet(
    request: Request[Any, Any, Any], services: NamedDependency[Services], case: NamedDependency[Case]
) -> Response[bytes]:
    """Everybody on the sheet with both meetings, what was filed, and the form to file one more."""
    state = case.state
    paper = compile_attendance(state, await services.criteria_of(state))
    return page(
        request,
        "pages/attendance-sheet.html",
        stamp=(state.hash, case.role),
        audit=state.audit,
        setup=state.setup,
        shown=shown,
        paper=paper,
        meetings=MEETINGS,
        filed=filed(state, SHEET),
        may_file=case.may("sheet.file") and not state.released,
        may_invite=case.may("guest.invite"),
        zone=state.setup.time_zone,
    )


@post(
    "/audits/{audit:str}/attendance",
    opt={"needs": "sheet.file"},
    status_code=303,
    request_max_body_size=MAX_SHEET_BYTES + MAX_FORM_BYTES,
    include_in_schema=False,
)
async def file_sheet(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Keep the photo of a signed sheet under its code, and who signed on it."""
    form, audit, state = await read_parts(request), case.state.audit, case.state
    _, body = await take_in(services, audit, form, compile_attendance, sheet=SHEET, title=TITLE)
    attached = make(Attached, audit, principal, body)
    raws = [attached, *_signed(state, principal, form, attachment=decode(attached).id)]
    await append(services, audit, principal, *raws)
    return redirect(f"/audits/{audit}/attendance")


def _signed(state: State, principal: Principal, form: FormMultiDict, *, attachment: str) -> list[bytes]:
    """Presence and signature of everybody who was ticked as having signed on the sheet."""
    ticked = {str(one) for one in form.getall("signed", [])}
    raws: list[bytes] = []
    for person in expected(state):
        meetings: list[Meeting] = [one for one in MEETINGS if f"{one}/{person.name}" in ticked]
        if not meetings:
            continue
        if not set(meetings) <= set(person.meetings):
            raws.append(make(Attended, state.audit, principal, _present(state, person, meetings)))
        role = " · ".join(filter(None, (person.department, person.position.zh or person.position.en)))
        for meeting in meetings:
            body = SignedBody(what=meeting, name=person.name, role=role, way="paper", attachment=attachment)
            raws.append(make(Signed, state.audit, principal, body))
    return raws


def _present(state: State, person: AttendedBody, meetings: list[Meeting]) -> AttendedBody:
    thing = state.attendance.get(person.name)
    return AttendedBody(
        name=person.name,
        name_en=person.name_en,
        department=person.department,
        position=person.position,
        meetings=list(dict.fromkeys([*person.meetings, *meetings])),
        bases=thing.heads if thing else [],
    )


@offline
def _offline(case: Case) -> list[str]:
    return [f"/audits/{case.state.audit}/attendance"]


routes = [attendance_sheet, file_sheet]
