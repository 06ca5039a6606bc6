"""The office's page for a checklist that comes as a spreadsheet."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Response

from server.criteria.document import CriteriaError, Problem
from server.criteria.install import own_folder
from server.criteria.own_lists import Kept, keep_list
from server.web.forms import MAX_FORM_BYTES, read_parts
from server.web.render import page
from server.web.services import Services

_MOST_BYTES = 2 * 1024 * 1024
"""A list of a thousand items takes a tenth of it."""
_MOST_SHOWN = 200
_keeping = asyncio.Lock()


@get("/checklists/import", opt={"needs": "criteria.keep"}, include_in_schema=False)
async def list_import_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form for a workbook."""
    return _page(request)


@post(
    "/checklists/import",
    opt={"needs": "criteria.keep"},
    status_code=200,
    request_max_body_size=_MOST_BYTES + MAX_FORM_BYTES,
    include_in_schema=False,
)
async def take_list(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[bytes]:
    """Keep the list for what begins after the next start, or say of each cell what is wrong."""
    file = (await read_parts(request)).get("file")
    data = await file.read() if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not data:
        return _page(request, status=400, failed="no_file")
    own = own_folder(services.settings.data)
    try:
        async with _keeping:
            kept = await asyncio.to_thread(keep_list, own, file.filename or "xlsx", data)
    except CriteriaError as error:
        return _page(request, status=400, problems=tuple(error.problems))
    return _page(request, kept=kept)


def _page(
    request: Request[Any, Any, Any],
    *,
    status: int = 200,
    failed: str = "",
    kept: Kept | None = None,
    problems: tuple[Problem, ...] = (),
) -> Response[bytes]:
    return page(
        request,
        "pages/list-import.html",
        status=status,
        failed=failed,
        kept=kept,
        problems=problems[:_MOST_SHOWN],
        total=len(problems),
    )


routes = [list_import_page, take_list]
