"""Nonconformity reports that were signed on paper: the photographed sheet is filed, and what it signs noted.

ISO/IEC 17021-1:2015, 9.4.5.3.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.acknowledgement import what_of
from server.audit.entries import Attached, Signed, SignedBody, decode
from server.audit.report.nonconformities import SHEET, TITLE, compile_nonconformities
from server.audit.state import State
from server.people.principal import Principal
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_parts
from server.web.guards import Case
from server.web.made import append, make
from server.web.render import redirect
from server.web.services import Services
from server.web.setup.fields import Unreadable, read_day
from server.web.sheets import MAX_SHEET_BYTES, take_in

_LONGEST_NAME = 80


@post(
    "/audits/{audit:str}/nonconformities",
    opt={"needs": "sheet.file"},
    status_code=303,
    request_max_body_size=MAX_SHEET_BYTES + MAX_FORM_BYTES,
    include_in_schema=False,
)
async def file_nonconformities(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Keep the photo of a signed report under its code, and which nonconformities were signed on it."""
    form, audit = await read_parts(request), case.state.audit
    name = str(form.get("name") or "").strip()[:_LONGEST_NAME]
    if not name:
        raise Refusal(400, "no_signer")
    day = _day(form)
    printed, body = await take_in(services, audit, form, compile_nonconformities, sheet=SHEET, title=TITLE)
    attached = make(Attached, audit, principal, body)
    signed = [
        make(
            Signed,
            audit,
            principal,
            SignedBody(
                what=what_of(finding),
                name=name,
                signed_at=day,
                way="paper",
                attachment=decode(attached).id,
                version=version,
            ),
        )
        for finding, version in _ticked(form, printed)
    ]
    await append(services, audit, principal, attached, *signed)
    return redirect(f"/audits/{audit}/follow-up#file")


def _day(form: FormMultiDict) -> str:
    try:
        return read_day(str(form.get("date") or ""))
    except Unreadable:
        raise Refusal(400, "bad_choice") from None


def _ticked(form: FormMultiDict, printed: State) -> list[tuple[str, str]]:
    """The nonconformities ticked as signed, each with the version that stood on the sheet."""
    ticked = {str(one) for one in form.getall("signed", [])}
    return [
        (thing.id, thing.head.entry)
        for thing, finding in printed.standing_findings()
        if finding.type == "nonconformity" and thing.id in ticked
    ]


routes = [file_nonconformities]
