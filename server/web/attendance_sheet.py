"""The attendance sheet on the team's side: who signed how, the sheet to print, and the signed one to file.

A photographed sheet is filed by the code printed on it: which sheet of this audit, and what stood on it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.attendance import (
    SHEET,
    TITLE,
    AttendancePaper,
    compile_attendance,
    expected,
    read_code,
)
from server.audit.entries import (
    Attached,
    AttachedBody,
    Attended,
    AttendedBody,
    Meeting,
    Signed,
    SignedBody,
    decode,
)
from server.audit.signing import MEETINGS
from server.audit.state import State, fold
from server.evidence.pictures import NotAPicture, media_of
from server.people.principal import Principal
from server.web import shown
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES
from server.web.guards import Case
from server.web.made import append, make
from server.web.offline import offline
from server.web.render import page, redirect
from server.web.services import Services

MAX_SHEET_BYTES = 30 * 1024 * 1024


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
        filed=[one for thing in state.attachments.values() if (one := thing.current) and one.sheet == SHEET],
        may_file=case.may("attendance.file") and not state.released,
        may_invite=case.may("guest.invite"),
        zone=state.setup.time_zone,
    )


@post(
    "/audits/{audit:str}/attendance",
    opt={"needs": "attendance.file"},
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
    form = await request.form()
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not data:
        raise Refusal(400, "no_sheet_photo")
    audit, state = case.state.audit, case.state
    paper = await _printed(services, audit, str(form.get("code") or ""))
    sha256, media = await _keep(services, audit, data)
    body = AttachedBody(
        title=TITLE,
        number=paper.code,
        date=datetime.now(UTC).date().isoformat(),
        sha256=sha256,
        size=len(data),
        media=media,
        name=file.filename,
        sheet=SHEET,
        sheet_sha256=paper.sha256,
    )
    attached = make(Attached, audit, principal, body)
    raws = [attached, *_signed(state, principal, form, attachment=decode(attached).id)]
    await append(services, audit, principal, *raws)
    return redirect(f"/audits/{audit}/attendance")


async def _printed(services: Services, audit: str, typed: str) -> AttendancePaper:
    """The sheet as it was when its code was printed. Raises Refusal for a code of no sheet of this audit."""
    code = read_code(typed)
    if code is None:
        raise Refusal(400, "bad_sheet_code")
    seq, sha256 = code
    records = [one for one in await services.journal.records(audit) if one.seq <= seq]
    if len(records) == seq:
        state = fold(audit, records)
        paper = compile_attendance(state, await services.criteria_of(state))
        if paper.sha256.startswith(sha256):
            return paper
    raise Refusal(409, "other_sheet")


async def _keep(services: Services, audit: str, data: bytes) -> tuple[str, str]:
    """Hash and kind of a photo that is kept for the audit. Raises Refusal 400 for what is none."""
    sha256, size = await services.blobs.bring(data)
    try:
        media = await asyncio.to_thread(media_of, services.blobs.path(sha256))
    except NotAPicture:
        await services.blobs.drop_unheld(sha256)
        raise Refusal(400, "no_sheet_photo") from None
    await services.blobs.note(audit, sha256, size=size, media=media)
    return sha256, media


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
