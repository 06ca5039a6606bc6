"""The client's own page: their nonconformities, their signatures under them, and their answers to them.

By a link, without an account, on the browser that gave a name; of the audit they see their nonconformities
and what was said to them, nothing else. ISO/IEC 17021-1:2015, 9.4.9.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File, Response

from server.audit import followup
from server.audit.acknowledgement import (
    acknowledgement,
    awaits_signature,
    lacking,
    may_sign,
    text_of,
    what_of,
    with_dissent,
)
from server.audit.entries import Finding, Responded
from server.audit.report.observed import RESULTS
from server.audit.state import Thing
from server.web import handed_in
from server.web.answers import (
    MAX_ANSWER_BYTES,
    Answer,
    before,
    enclosed_file,
    form_context,
    open_nonconformity,
    read_answer,
)
from server.web.by_link import HEADERS
from server.web.come_in import OWN_PAGE, guest_context
from server.web.errors import Refusal
from server.web.follow_ups import STAGE_K
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case, guest_of
from server.web.overview import overview
from server.web.render import language_of, page, redirect
from server.web.services import Services
from server.web.signatures import append_of_guest, delivered, guest_entry, read_drawn, signed_entry
from server.web.texts import texts

OWN_PAGE["auditee"] = "nonconformities"


@get("/guests/{guest:str}/nonconformities", opt={"needs": "nonconformity.answer"}, include_in_schema=False)
async def nonconformities_page(
    request: Request[Any, Any, Any], case: NamedDependency[Case]
) -> Response[bytes]:
    """All nonconformities with whose turn it is; before they are talked over that they aren't there yet."""
    today = overview(case.criteria, case.state).today()
    handed_over = followup.is_handed_over(case.state)
    follow_ups = followup.follow_ups(case.state) if handed_over else []
    return page(
        request,
        "pages/nonconformities.html",
        headers=HEADERS,
        **guest_context(request, case),
        rows=[(one, followup.days_left(one.due, today), one.is_overdue(today)) for one in follow_ups],
        to_sign={one.id for one in follow_ups if may_sign(case.state, case.state.findings[one.id])},
        handed_over=handed_over,
        grades=overview(case.criteria, case.state).asked.words(language_of(request)),
        stage_k=STAGE_K,
    )


@get(
    "/guests/{guest:str}/nonconformities/{finding:str}",
    opt={"needs": "nonconformity.answer"},
    include_in_schema=False,
)
async def nonconformity_page(
    request: Request[Any, Any, Any], case: NamedDependency[Case], finding: FromPath[str]
) -> Response[bytes]:
    """One nonconformity: what was found, what was said so far, and the form where it is the client's turn."""
    return _shown(request, case, finding, Answer(before(case.state, finding, language_of(request))))


@post(
    "/guests/{guest:str}/nonconformities/{finding:str}",
    opt={"needs": "nonconformity.answer"},
    status_code=303,
    request_max_body_size=MAX_ANSWER_BYTES + MAX_FORM_BYTES,
    include_in_schema=False,
)
async def answer_nonconformity(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    finding: FromPath[str],
) -> Response[bytes]:
    """Keep the answer, or show the form again with what is wrong with it."""
    _check_handed_over(case)
    open_nonconformity(case.state, finding)
    guest = guest_of(request)
    if not guest.is_in(time.time()):  # before any file is taken: what the journal refuses would stay on disk
        raise Refusal(403, "guest_over")
    today = overview(case.criteria, case.state).today()
    answer, body = await read_answer(request, services, guest.audit, finding, today)
    if body is None:
        return _shown(request, case, finding, answer)
    raw = guest_entry(Responded, guest.audit, guest.id, body, datetime.now(UTC))
    await append_of_guest(request, services, raw)
    return redirect(f"/guests/{guest.id}/nonconformities/{finding}")


@post(
    "/guests/{guest:str}/nonconformities/{finding:str}/signature",
    opt={"needs": "nonconformity.answer"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def sign_nonconformity(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    finding: FromPath[str],
) -> Response[Any]:
    """Keep the client's signature under the version they were shown; the same form again changes nothing."""
    thing, _ = _nonconformity(case, finding)
    form, guest = await read_form(request), guest_of(request)
    version = thing.versions.get(form.get("version", ""))
    if version is None or version.content is None or lacking(version.content):
        raise Refusal(400, "bad_choice")
    text = with_dissent(form.get("text", ""), form.get("dissent", "").strip(), language_of(request))
    drawn = await read_drawn(form | {"text": text})
    raw = signed_entry(
        drawn,
        guest.audit,
        guest.id,
        what=what_of(finding),
        name=guest.name,
        role=" · ".join(filter(None, (guest.department, guest.position))),
        version=version.entry,
    )
    results = await append_of_guest(request, services, raw)
    await services.blobs.put(guest.audit, drawn.picture, media="image/png")
    return delivered(request, results, f"/guests/{guest.id}/nonconformities/{finding}")


@get(
    "/guests/{guest:str}/nonconformities/{finding:str}/files/{sha256:str}",
    opt={"needs": "nonconformity.answer"},
    include_in_schema=False,
)
async def own_file(
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    finding: FromPath[str],
    sha256: FromPath[str],
) -> File:
    """A file that came with an answer of the client's, to be saved."""
    _check_handed_over(case)
    return await enclosed_file(services, case.state, finding, sha256)


def _check_handed_over(case: Case) -> None:
    if not followup.is_handed_over(case.state):
        raise NotFoundException


def _nonconformity(case: Case, finding: str) -> tuple[Thing[Finding], Finding]:
    _check_handed_over(case)
    thing = case.state.findings.get(finding)
    content = thing.current if thing else None
    if thing is None or content is None or content.type != "nonconformity":
        raise NotFoundException
    return thing, content


def _shown(request: Request[Any, Any, Any], case: Case, finding: str, answer: Answer) -> Response[bytes]:
    thing, content = _nonconformity(case, finding)
    language, found = language_of(request), overview(case.criteria, case.state)
    follow = followup.follow_up(case.state, finding, content)
    t, handed = texts(language), handed_in.signature(case.state, guest_of(request), what_of(finding))
    return page(
        request,
        "pages/nonconformity.html",
        status=400 if answer.wrong else 200,
        headers=HEADERS,
        **guest_context(request, case),
        content=content,
        follow=follow,
        signed=acknowledgement(case.state, thing),
        may_sign=may_sign(case.state, thing),
        waiting=handed if handed and handed.waits_for else None,
        lacking=[t(f"finding.{part}") for part in lacking(content)]
        if awaits_signature(case.state, thing)
        else [],
        version=thing.head.entry,
        text=text_of(content, found.asked.house.nc_grades).get(language),
        overdue=follow.is_overdue(found.today()),
        grades=found.asked.words(language),
        stage_k=STAGE_K,
        verifiers={one: found.name(one, language) for one in case.state.setup.team},
        result_words={result: t(f"followup.result.{result}") for result in RESULTS},
        **form_context(answer),
    )


routes = [nonconformities_page, nonconformity_page, answer_nonconformity, sign_nonconformity, own_file]
