"""What is handed over, to be downloaded: plan, report and record sheets; and the report's release."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast, get_args
from urllib.parse import quote

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Stream

from server.documents.bundle import MakingFailed, Paper
from server.documents.make import Kind, Made, make_paper
from server.documents.printed import Languages
from server.documents.release import NotReleased, release
from server.people.principal import Principal
from server.people.rights import admit_for
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.gaps import look
from server.web.guards import Case
from server.web.render import redirect
from server.web.services import Services

_PIECE = 256 * 1024
_RELEASE_REASONS = ("already_released", "moved_on", "not_allowed", "must_be_mended", "reason_missing")


@get("/audits/{audit:str}/{name:str}", opt={"needs": "report.read"}, include_in_schema=False)
async def download(
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    name: FromPath[str],
    lang: FromQuery[str] = "zh",
) -> Stream:
    """`report.docx`, `report.pdf`, `report.html`, `sheets.docx` … in the language asked for."""
    paper, _, kind = name.partition(".")
    if paper not in get_args(Paper) or kind not in get_args(Kind) or lang not in get_args(Languages):
        raise NotFoundException
    try:
        made = await make_paper(
            services,
            case.state.audit,
            cast("Paper", paper),
            cast("Kind", kind),
            cast("Languages", lang),
        )
    except MakingFailed as failed:
        raise Refusal(500, "not_made") from failed
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}",
        "Content-Length": str((await asyncio.to_thread(made.path.stat)).st_size),
        "Cache-Control": "private, no-store",
    }
    return Stream(_pieces(made), media_type=made.media, headers=headers)


async def _pieces(made: Made) -> AsyncIterator[bytes]:
    try:
        with made.path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece
    finally:
        made.discard()


@post(
    "/audits/{audit:str}/release",
    opt={"needs": "report.release"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def release_report(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Freeze the report as it was looked at. Refused where something came in since."""
    fields = await read_form(request)
    lang = fields.get("lang", "")
    if fields.get("sure") != "yes" or lang not in get_args(Languages):
        raise Refusal(400, "bad_request")
    if fields.get("head") != str(case.state.seq):
        raise Refusal(409, "already_released" if case.state.released else "moved_on")
    try:
        await release(
            services,
            case.state.audit,
            principal=principal.id,
            admit=admit_for(principal),
            now=datetime.now(UTC),
            lang=cast("Languages", lang),
            gaps=(await look(services, case.state)).open,
            reason=fields.get("reason", ""),
        )
    except NotReleased as refused:
        code = refused.reason if refused.reason in _RELEASE_REASONS else "not_taken"
        raise Refusal(409, code, reason=refused.reason) from refused
    except MakingFailed as failed:
        raise Refusal(500, "not_made") from failed
    return redirect(f"/audits/{case.state.audit}/report")


routes = [download, release_report]
