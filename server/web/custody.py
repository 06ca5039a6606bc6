"""What is kept of an audit: whether it is as it was stored, the audit as one file, and erasure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, quote

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response, Stream
from msgspec import Struct

from server.archive.checking import check_audit
from server.archive.erasing import Erasing, NotErased, erase, plan_erasure, subjects
from server.archive.export import ExportFailed, export_audit
from server.archive.keeping import names_of
from server.people.principal import Principal
from server.people.rights import admit_for
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES
from server.web.guards import Case
from server.web.render import page, redirect
from server.web.services import Services

_LISTED = 100
_SHOWN_DAMAGES = 200


class Typed(Struct, frozen=True, kw_only=True):
    """What stands in the form for an erasure."""

    find: str = ""
    rule: str = ""
    person: str = ""
    chosen: tuple[str, ...] = ()


@get("/audits/{audit:str}/custody", opt={"needs": "audit.export"}, include_in_schema=False)
async def custody_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    check: FromQuery[bool] = False,
) -> Response[bytes]:
    """How far the journal goes and what was erased; with `check` every entry and byte is verified now."""
    state = case.state
    checked = await check_audit(services, state.audit) if check else None
    held = await services.blobs.all_held(state.audit)
    return page(
        request,
        "pages/custody.html",
        state=state,
        setup=state.setup,
        blobs=len(held),
        size=sum(one.size for one in held),
        checked=checked,
        damages=[one for one in checked or () if one.is_damage][:_SHOWN_DAMAGES],
        awaited=[one for one in checked or () if one.problem == "awaited"],
        may_erase=case.may("audit.erase"),
    )


@get("/audits/{audit:str}/export.zip", opt={"needs": "audit.export"}, include_in_schema=False)
async def give_export(services: NamedDependency[Services], case: NamedDependency[Case]) -> Stream:
    """The audit as one file, sent as it is read."""
    try:
        export = await export_audit(services, case.state.audit)
    except ExportFailed as failed:
        raise Refusal(409, "audit_damaged") from failed
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(export.name)}",
        "Content-Length": str(export.size),
        "Cache-Control": "private, no-store",
    }
    return Stream(export.stream(), media_type="application/zip", headers=headers)


@get("/audits/{audit:str}/erase", opt={"needs": "audit.erase"}, include_in_schema=False)
async def erase_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    find: FromQuery[str] = "",
) -> Response[bytes]:
    """Entries to choose from, found by their words."""
    return await _choose(request, services, case, typed=Typed(find=find))


@post(
    "/audits/{audit:str}/erase",
    opt={"needs": "audit.erase"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def erase_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """First everything that would go is shown; only when that is confirmed it goes."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    chosen = fields.get("entry", [])
    rule, person, find = (fields.get(name, [""])[0].strip() for name in ("rule", "person", "find"))
    typed = Typed(find=find, rule=rule, person=person, chosen=tuple(chosen))
    documents = "documents" in fields
    if not chosen:
        return await _choose(request, services, case, typed=typed, failed="nothing")
    try:
        erasing = await plan_erasure(services, case.state.audit, chosen, documents=documents)
        if "sure" not in fields:
            return await _confirm(request, services, case, erasing, typed, documents)
        if fields.get("head", [""])[0] != str(case.state.seq):
            return await _confirm(request, services, case, erasing, typed, documents, failed="moved_on")
        await erase(services, erasing, rule=rule, person=person, by=principal.id, admit=admit_for(principal))
    except NotErased as refused:
        failed = refused.reason if refused.reason in _REASONS else "refused"
        return await _choose(request, services, case, typed=typed, failed=failed)
    return redirect(f"/audits/{case.state.audit}/custody")


_REASONS = ("unknown_entry", "kept", "nothing", "too_many", "no_reason")


async def _choose(
    request: Request[Any, Any, Any],
    services: Services,
    case: Case,
    *,
    typed: Typed,
    failed: str = "",
) -> Response[bytes]:
    found = await subjects(services, case.state.audit, typed.find, _LISTED)
    return page(
        request,
        "pages/erase.html",
        status=400 if failed else 200,
        state=case.state,
        setup=case.state.setup,
        found=found,
        names=await _names(services, case, [one.by for one in found]),
        typed=typed,
        failed=failed,
        most=_LISTED,
    )


async def _confirm(
    request: Request[Any, Any, Any],
    services: Services,
    case: Case,
    erasing: Erasing,
    typed: Typed,
    documents: bool,
    failed: str = "",
) -> Response[bytes]:
    return page(
        request,
        "pages/erase-confirm.html",
        status=409 if failed else 200,
        state=case.state,
        setup=case.state.setup,
        erasing=erasing,
        names=await _names(services, case, [one.by for one in erasing.entries]),
        typed=typed,
        documents=documents,
        failed=failed,
    )


async def _names(services: Services, case: Case, principals: Sequence[str]) -> dict[str, str]:
    """Names for ids: of the team, of accounts, of people who came with an imported audit."""
    names = await names_of(services, case.state.audit, principals)
    return names | {
        key: member.name for key, member in case.state.setup.team.items() if key in set(principals)
    }


routes = [custody_page, give_export, erase_page, erase_entries]
