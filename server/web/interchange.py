"""A page that says of an interchange file whether it would be taken, place by place; nothing is stored."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Response
from msgspec import Struct

from server.audit.interchange import Problem, Refused, parse, to_entries
from server.audit.interchange.preview import preview
from server.audit.interchange.schema import as_text
from server.audit.interchange.source import MAX_BYTES
from server.criteria.load import Criteria
from server.people.rights import PUBLIC, may
from server.web.forms import MAX_FORM_BYTES, read_parts
from server.web.render import language_of, page, principal_in
from server.web.services import Services

SCHEMA_URL = "/interchange/1/schema.json"
_MOST_SHOWN = 200
_KEPT_TEXT = 200_000
"""So many letters of what was pasted come back with the answer; a longer one is a file on somebody's disk."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a check: what the file would make, or why it is refused."""

    name: str
    number: str = ""
    client: str = ""
    entries: int = 0
    observations: int = 0
    refused: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@get("/interchange/check", opt={"needs": "interchange.check"}, include_in_schema=False)
async def check_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form: a file, or text pasted."""
    return _page(request)


@post(
    "/interchange/check",
    opt={"needs": "interchange.check"},
    status_code=200,
    request_max_body_size=MAX_BYTES + MAX_FORM_BYTES,
    include_in_schema=False,
)
async def check_file(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[bytes]:
    """Read it as an import would, and say what is wrong or doubtful."""
    form = await read_parts(request)
    file, text = form.get("file"), form.get("text")
    pasted = text if isinstance(text, str) else ""
    data = await file.read() if isinstance(file, UploadFile) else b""
    name = file.filename if isinstance(file, UploadFile) and data else ""
    data = data or pasted.encode("utf-8", "surrogatepass")
    if not data.strip():
        return _page(request, failed="nothing", status=400)
    outcome = await asyncio.to_thread(_check, name, data, services.criteria)
    return _page(request, outcome=outcome, pasted="" if name else pasted[:_KEPT_TEXT])


def _check(name: str, data: bytes, criteria: Criteria) -> Outcome:
    try:
        parsed = parse(data)
        converted = to_entries(parsed, criteria)
        state = preview(converted.entries)
    except Refused as refused:
        return Outcome(name=name, refused=refused.problems)
    return Outcome(
        name=name,
        number=parsed.file.audit.number,
        client=state.setup.client.name.zh or state.setup.client.name.en,
        entries=len(converted.entries),
        observations=len(state.observations),
        warnings=converted.warnings,
    )


def _page(
    request: Request[Any, Any, Any],
    *,
    status: int = 200,
    outcome: Outcome | None = None,
    pasted: str = "",
    failed: str = "",
) -> Response[bytes]:
    language = language_of(request)
    principal = principal_in(request)
    problems = (outcome.refused or outcome.warnings) if outcome else ()
    return page(
        request,
        "pages/interchange.html",
        status=status,
        outcome=outcome,
        problems=[(one.path, getattr(one, language)) for one in problems[:_MOST_SHOWN]],
        more=max(0, len(problems) - _MOST_SHOWN),
        pasted=pasted,
        failed=failed,
        schema_url=SCHEMA_URL,
        may_import=principal is not None and may(principal.role, None, "audit.create"),
    )


@get(SCHEMA_URL, opt={"needs": PUBLIC}, include_in_schema=False)
async def give_schema() -> Response[bytes]:
    """The JSON Schema of version 1, at an address that stays."""
    return Response(
        as_text().encode(),
        media_type="application/schema+json",
        headers={"Cache-Control": "public, max-age=3600"},
    )


routes = [check_page, check_file, give_schema]
