"""The office's page for an audit that comes as a file: an exported one, or an interchange file."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Response

from server.archive.incoming import take_in
from server.audit.interchange import Problem, Refused
from server.importing import Imported, ImportFailed
from server.web.forms import read_parts
from server.web.render import language_of, page
from server.web.services import Services

MAX_FILE_BYTES = 4 * 1024 * 1024 * 1024
"""An exported audit with its photos; an interchange file is text alone and much smaller."""

_PIECE = 1024 * 1024


@get("/office/import", opt={"needs": "audit.create"}, include_in_schema=False)
async def import_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form for a file."""
    return _import(request)


@post(
    "/office/import",
    opt={"needs": "audit.create"},
    status_code=200,
    request_max_body_size=MAX_FILE_BYTES,
    include_in_schema=False,
)
async def take_file(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[bytes]:
    """Import the file, and say of each place what could not be understood."""
    file = (await read_parts(request)).get("file")
    if not isinstance(file, UploadFile):
        return _import(request, status=400, failed="no_file")
    name = file.filename
    async with _on_disk(services, file) as path:
        if path is None:
            return _import(request, status=400, failed="no_file")
        try:
            imported = await take_in(services, path)
        except Refused as refused:
            return _import(request, status=400, name=name, problems=refused.problems)
        except ImportFailed:
            return _import(request, status=500, name=name, failed="failed")
    return _import(request, name=name, imported=imported, problems=imported.warnings)


@asynccontextmanager
async def _on_disk(services: Services, file: UploadFile) -> AsyncIterator[Path | None]:
    """What was uploaded as a file of the data's own disk, while it is looked at; None where it is empty."""
    handle, name = await asyncio.to_thread(
        tempfile.mkstemp, ".part", "import-", await asyncio.to_thread(_folder, services)
    )
    path = Path(name)
    try:
        size = 0
        with os.fdopen(handle, "wb") as out:
            while piece := await file.read(_PIECE):
                size += await asyncio.to_thread(out.write, piece)
        yield path if size else None
    finally:
        await asyncio.to_thread(path.unlink)


def _folder(services: Services) -> Path:
    """Where unfinished uploads lie: what a killed server leaves there is swept."""
    folder = services.evidence.uploads.folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _import(
    request: Request[Any, Any, Any],
    *,
    status: int = 200,
    name: str = "",
    failed: str = "",
    imported: Imported | None = None,
    problems: tuple[Problem, ...] = (),
) -> Response[bytes]:
    return page(
        request,
        "pages/import.html",
        status=status,
        name=name,
        failed=failed,
        imported=imported,
        problems=[(one.path, getattr(one, language_of(request))) for one in problems],
    )


routes = [import_page, take_file]
