"""The client's answer to a nonconformity: its form, its files, and what is entered for the client.

The client answers on a page of their own (`server.web.auditee`); what comes by mail or on paper is entered
here. ISO/IEC 17021-1:2015, 9.4.9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File, Response

from server.audit import followup
from server.audit.entries import MAX_ENTRY_BYTES, Enclosed, Finding, Responded, RespondedBody, Text
from server.audit.state import State
from server.criteria.model import Language
from server.evidence.papers import MAX_PAPER_BYTES, TAKEN, media_of
from server.people.principal import Principal
from server.web.forms import MAX_FORM_BYTES, read_parts
from server.web.guards import Case
from server.web.made import append, make
from server.web.overview import overview
from server.web.render import language_of, page, redirect
from server.web.services import Services
from server.web.setup.fields import Unreadable, read_day

MAX_FILES = 10
MAX_ANSWER_BYTES = 50 * 1024 * 1024
_MOST_BYTES = MAX_ENTRY_BYTES - 1024
"""Of what an answer says; its entry also says whose it is, and when."""
TEXTS = ("correction", "elsewhere", "cause", "corrective_action")
"""The texts of an answer in the order they are asked for."""

_REQUIRED = ("correction", "cause", "corrective_action", "responsible")
_SHOWN_AS = "application/octet-stream"
"""Whatever a file is, a browser is only ever to save it."""


@dataclass(slots=True)
class Answer:
    """An answer as typed, with what is wrong with it: keys of sentences by field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    file_name: str = ""
    """The file that is not taken, where one is not."""


@get(
    "/audits/{audit:str}/findings/{finding:str}/answer",
    opt={"needs": "finding.answer"},
    include_in_schema=False,
)
async def answer_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    finding: FromPath[str],
) -> Response[bytes]:
    """The form for an answer that came by mail or on paper."""
    content = open_nonconformity(case.state, finding)
    answer = Answer(before(case.state, finding, language_of(request)))
    return _form(request, services, case, finding, content, answer)


@post(
    "/audits/{audit:str}/findings/{finding:str}/answer",
    opt={"needs": "finding.answer"},
    status_code=303,
    request_max_body_size=MAX_ANSWER_BYTES + MAX_FORM_BYTES,
    include_in_schema=False,
)
async def write_answer(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    finding: FromPath[str],
) -> Response[bytes]:
    """Keep the answer, or show the form again with what is wrong with it."""
    audit = case.state.audit
    content = open_nonconformity(case.state, finding)
    today = overview(case.criteria, case.state).today()
    answer, body = await read_answer(request, services, audit, finding, today)
    if body is None:
        return _form(request, services, case, finding, content, answer)
    await append(services, audit, principal, make(Responded, audit, principal, body))
    return redirect(f"/audits/{audit}/findings/{finding}#follow-up")


def _form(
    request: Request[Any, Any, Any],
    services: Services,
    case: Case,
    finding: str,
    content: Finding,
    answer: Answer,
) -> Response[bytes]:
    return page(
        request,
        "pages/answer.html",
        status=400 if answer.wrong else 200,
        audit=case.state.audit,
        finding=finding,
        content=content,
        **form_context(answer),
    )


def form_context(answer: Answer) -> dict[str, Any]:
    """What `parts/answer-form.html` shows."""
    return {
        "answer": answer,
        "texts": TEXTS,
        "required": _REQUIRED,
        "accept": ",".join(f".{ending}" for ending in TAKEN),
        "most_files": MAX_FILES,
        "most_mb": MAX_PAPER_BYTES // 1024**2,
    }


def open_nonconformity(state: State, finding: str) -> Finding:
    """The nonconformity as it stands. Raises NotFoundException where there is none, or it is closed."""
    thing = state.findings.get(finding)
    content = thing.current if thing else None
    if content is None or content.type != "nonconformity" or followup.is_closed(state, finding):
        raise NotFoundException
    return content


def before(state: State, finding: str, language: Language) -> dict[str, str]:
    """The last answer as the form shows it, so that another round adds to it."""
    said = state.responses.get(finding)
    last = said[-1].body if said else RespondedBody(finding=finding)
    texts = {name: getattr(last, name).get(language) for name in TEXTS}
    days = {name: getattr(last, name) for name in ("responsible", "planned", "completed")}
    return texts | days


async def read_answer(
    request: Request[Any, Any, Any], services: Services, audit: str, finding: str, today: str
) -> tuple[Answer, RespondedBody | None]:
    """The answer of a form, its files stored; no body where something is wrong with it."""
    form = await read_parts(request)
    names = (*TEXTS, "responsible", "planned", "completed")
    answer = Answer({name: str(form.get(name) or "").strip() for name in names})
    typed = answer.typed
    answer.wrong |= {name: "answer.needed" for name in _REQUIRED if not typed[name]}
    days = {name: _day(answer, name) for name in ("planned", "completed")}
    if not any(days.values()) and not answer.wrong:
        answer.wrong["planned"] = "answer.day_needed"
    taken = await _read_files(
        answer, [one for one in form.getall("files", []) if isinstance(one, UploadFile)]
    )
    if answer.wrong:
        return answer, None
    language = language_of(request)
    files = [
        Enclosed(sha256=hashlib.sha256(data).hexdigest(), name=name, size=len(data), media=media)
        for name, media, data in taken
    ]

    def text(name: str) -> Text:
        return Text(**{language: typed[name]})

    body = RespondedBody(
        finding=finding,
        submitted=today,
        responsible=typed["responsible"],
        correction=text("correction"),
        elsewhere=text("elsewhere"),
        cause=text("cause"),
        corrective_action=text("corrective_action"),
        planned=days["planned"],
        completed=days["completed"],
        files=files,
    )
    if len(msgspec.json.encode(body)) > _MOST_BYTES:  # before any file is taken: nobody would hold it
        answer.wrong[max(TEXTS, key=lambda name: len(typed[name]))] = "answer.too_long"
        return answer, None
    for _, media, data in taken:
        await services.blobs.put(audit, data, media=media)
    return answer, body


def _day(answer: Answer, name: str) -> str:
    try:
        return read_day(answer.typed[name]) if answer.typed[name] else ""
    except Unreadable:
        answer.wrong[name] = "answer.no_day"
        return ""


async def _read_files(answer: Answer, files: list[UploadFile]) -> list[tuple[str, str, bytes]]:
    """Name, media type and bytes of each file that was chosen; notes what is wrong with the first bad one."""
    found = []
    for file in files:
        data = await file.read()
        if not data and not file.filename:
            continue
        media = media_of(file.filename, data)
        if len(data) > MAX_PAPER_BYTES or media is None:
            answer.file_name = file.filename
            answer.wrong["files"] = "answer.file_large" if len(data) > MAX_PAPER_BYTES else "answer.file_kind"
            break
        found.append((file.filename, media, data))
    if len(found) > MAX_FILES:
        answer.wrong["files"] = "answer.too_many"
    return found


@get(
    "/audits/{audit:str}/findings/{finding:str}/files/{sha256:str}",
    opt={"needs": "audit.read"},
    include_in_schema=False,
)
async def answer_file(
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    finding: FromPath[str],
    sha256: FromPath[str],
) -> File:
    """A file that came with an answer, to be saved."""
    return await enclosed_file(services, case.state, finding, sha256)


async def enclosed_file(services: Services, state: State, finding: str, sha256: str) -> File:
    """The bytes of a file that came with an answer. Raises NotFoundException where there is no such file."""
    files = [file for said in state.responses.get(finding, ()) for file in said.body.files]
    file = next((one for one in files if one.sha256 == sha256), None)
    if file is None or not await services.blobs.has(state.audit, sha256):
        raise NotFoundException
    return File(
        services.blobs.path(sha256),
        media_type=_SHOWN_AS,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Cache-Control": "private, no-cache",
            "X-Content-Type-Options": "nosniff",
        },
    )


routes = [answer_page, write_answer, answer_file]
