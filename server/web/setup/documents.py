"""Standing documents of an audit: what the office files with the set-up (licence, charts, permits …)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File, Response

from server.audit.entries import Attached, AttachedBody, Text, Withdrawn, WithdrawnBody
from server.audit.state import State
from server.people.principal import Principal
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES
from server.web.guards import Case
from server.web.made import append, make
from server.web.render import redirect
from server.web.services import Services
from server.web.setup.fields import Unreadable, read_day

MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
_PLAIN_MEDIA = "application/octet-stream"
"""Whatever the file is, a browser is never to run it."""


@dataclass(frozen=True, slots=True)
class Document:
    """One standing document as the page lists it."""

    id: str
    body: AttachedBody
    by: str


def standing_documents(state: State) -> list[Document]:
    """Documents of the audit as a whole: attached to no observation and not withdrawn."""
    return [
        Document(thing.id, thing.current, thing.first.by)
        for thing in state.attachments.values()
        if thing.current is not None and thing.current.observation is None
    ]


@post(
    "/audits/{audit:str}/attachments",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_DOCUMENT_BYTES + MAX_FORM_BYTES,
    include_in_schema=False,
)
async def add_document(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Keep the file's bytes and file it under its title. Only a file is asked for; the rest may be empty."""
    form = await request.form()
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not data:
        return redirect(f"/audits/{case.state.audit}/setup/documents?failed=no_file")
    sha256 = await services.blobs.put(case.state.audit, data, media=file.content_type or _PLAIN_MEDIA)
    typed = {name: str(form.get(name) or "").strip() for name in ("title", "number", "issuer", "date")}
    body = AttachedBody(
        title=Text(zh=typed["title"] or file.filename),
        number=typed["number"],
        issuer=typed["issuer"],
        date=_day(typed["date"]),
        sha256=sha256,
        size=len(data),
        media=file.content_type or _PLAIN_MEDIA,
        name=file.filename,
    )
    await append(services, case.state.audit, principal, make(Attached, case.state.audit, principal, body))
    return redirect(f"/audits/{case.state.audit}/setup/documents")


def _day(typed: str) -> str:
    """A day where it is one, else as it was written: a document's date is only ever shown."""
    try:
        return read_day(typed) if typed else ""
    except Unreadable:
        return typed


@post(
    "/audits/{audit:str}/attachments/{attachment:str}/withdraw",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def remove_document(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    attachment: FromPath[str],
) -> Response[bytes]:
    """Take a document of one's own out of the list; its entry and bytes stay in the journal."""
    thing = case.state.attachments.get(attachment)
    if thing is None:
        raise NotFoundException
    if thing.first.by != principal.id:
        raise Refusal(403, "not_allowed")
    body = WithdrawnBody(target=thing.id, bases=thing.heads, reason="")
    await append(services, case.state.audit, principal, make(Withdrawn, case.state.audit, principal, body))
    return redirect(f"/audits/{case.state.audit}/setup/documents")


@get("/audits/{audit:str}/attachments/{attachment:str}", opt={"needs": "audit.read"}, include_in_schema=False)
async def document_file(
    services: NamedDependency[Services], case: NamedDependency[Case], attachment: FromPath[str]
) -> File:
    """The bytes of an attached file, to be saved, never to be shown in the page."""
    thing = case.state.attachments.get(attachment)
    body = thing.current if thing else None
    if body is None or body.sha256 is None or not await services.blobs.has(case.state.audit, body.sha256):
        raise NotFoundException
    return File(
        services.blobs.path(body.sha256),
        media_type=_PLAIN_MEDIA,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(body.name or body.title.zh)}",
            "Cache-Control": "private, no-cache",
            "X-Content-Type-Options": "nosniff",
        },
    )


routes = [add_document, remove_document, document_file]
