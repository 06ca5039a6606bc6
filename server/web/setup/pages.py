"""The set-up of an audit: what is complete and what is missing; sections, which save by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit import readiness
from server.audit.setup import Setup
from server.criteria.model import Language
from server.journal import AuditRow
from server.people.principal import Principal
from server.people.rights import may
from server.web import shown
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case
from server.web.render import language_of, page, redirect
from server.web.services import Services
from server.web.setup import checks, offers, saving
from server.web.setup.documents import standing_documents
from server.web.setup.fields import Group
from server.web.setup.sections import SECTIONS, section_of
from server.web.setup.shape import GroupView, Shaper

Kept = Mapping[str, tuple[Mapping[str, str] | None, saving.Outcome | None, str]]
"""By group: inputs as typed, what became of them, the list that gets more lines."""

_UNTOUCHED: tuple[None, None, str] = (None, None, "")
_BUTTONS = ("add", "drop", "undo", "choose")
"""Buttons after which the inputs of a group are made anew."""


@get("/audits/{audit:str}/setup", opt={"needs": "audit.read"}, include_in_schema=False)
async def setup_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """What is set up and what is missing, by section; what was carried over and waits to be confirmed."""
    setup = case.state.setup
    return page(
        request,
        "pages/setup.html",
        audit=case.state.audit,
        setup=setup,
        number=_number(case),
        missing=readiness.missing(case.state),
        odd=checks.odd(setup, await _same_number(services, case), language_of(request)),
        sections=(*SECTIONS, "team", "plan"),
        documents=len(standing_documents(case.state)),
        may_configure=_may_configure(case),
        may_create=may(principal.role, None, "audit.create"),
        shown=shown,
    )


@get("/audits/{audit:str}/setup/{section:str}", opt={"needs": "audit.read"}, include_in_schema=False)
async def section_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    section: FromPath[str],
) -> Response[bytes]:
    """One section as it stands."""
    return await _section(request, services, case, section)


@post(
    "/audits/{audit:str}/setup/{section:str}",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def confirm_part(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    section: FromPath[str],
) -> Response[bytes]:
    """Somebody looked at a part that was carried over from an earlier audit, and it stands."""
    await saving.confirm(services, principal, case.state, section)
    return redirect(f"/audits/{case.state.audit}/setup")


@post(
    "/audits/{audit:str}/setup/{section:str}/{group:str}",
    opt={"needs": "audit.configure"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def save_group(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    section: FromPath[str],
    group: FromPath[str],
) -> Response[bytes]:
    """Save a group: its status alone for htmx, the whole section without it."""
    typed = await read_form(request)
    state = case.state
    if state.released:
        raise Refusal(409, "after_release", reason="after_release")
    if (section, group) == ("criteria", "offer"):
        await offers.take(services, principal, state, typed)
        return redirect(f"/audits/{state.audit}/setup/criteria#laws")
    if section in offers.NEW and group == "new":
        added = await offers.add(services, principal, state, section, typed)
        if added.wrong or added.refused:
            return await _section(request, services, case, section, {"new": (typed, added, "")}, 400)
        return redirect(f"/audits/{state.audit}/setup/{section}")
    if section in offers.NEW and "remove" in typed:
        await offers.remove(services, principal, state, section, group)
        return redirect(f"/audits/{state.audit}/setup/{section}")
    found = _group(services, case, section, group)
    async with saving.one_at_a_time(state.audit):
        await services.journal.state(state.audit)  # whatever another request has just written
        outcome, kept, more = await _apply(services, principal, case, section, found, typed)
    made = Shaper(case.state, language_of(request))
    status = 200 if not (outcome.wrong or outcome.refused) else 400
    if "HX-Request" not in request.headers:
        return await _section(request, services, case, section, {group: (kept, outcome, more)}, status)
    headers = {"HX-Refresh": "true"} if found.reloads and outcome.is_saved else None
    # The set-up that the fields follow from may just have changed.
    found = _group(services, case, section, group)
    context: dict[str, Any] = {"audit": state.audit, "section": section, "may_configure": True}
    context |= await _checks(services, case, section, made.language)
    if any(button in typed for button in _BUTTONS):
        view = made.group(found, kept, outcome, more)
        return page(request, "parts/setup-saved.html", group=view, headers=headers, **context)
    return page(
        request,
        "parts/setup-saved.html",
        status=status,
        headers=headers,
        one=made.status(found, outcome),
        **context,
    )


async def _apply(
    services: Services, principal: Principal, case: Case, section: str, group: Group, typed: dict[str, str]
) -> tuple[saving.Outcome, Mapping[str, str] | None, str]:
    """Do what the button says; answers with the outcome, the inputs to keep, and the list that grows."""
    state = case.state
    if "undo" in typed:
        return await saving.undo(services, principal, state, section, group, typed), None, ""
    if "choose" in typed:
        return await saving.choose(services, principal, state, section, group, typed["choose"]), None, ""
    if path_row := typed.get("drop"):
        path, _, row = path_row.rpartition("|")
        for one in group.fields:
            if one.path == path and row.isdigit():
                typed = one.without_row(typed, int(row))
    outcome = await saving.save(services, principal, state, section, group, typed)
    kept = typed if outcome.wrong or outcome.refused else None
    return outcome, kept, typed.get("add", "")


def _group(services: Services, case: Case, section: str, key: str) -> Group:
    try:
        groups = section_of(section, case.state.setup, services.criteria).groups
    except KeyError:
        raise NotFoundException from None
    found = next((one for one in groups if one.key == key), None)
    if found is None:
        raise NotFoundException
    return found


async def _checks(services: Services, case: Case, section: str, language: Language) -> dict[str, Any]:
    """What a section lacks, and what in it should be looked at again."""
    others = await _same_number(services, case) if section == "visit" else []
    return {
        "missing": readiness.missing(case.state)[section],
        "odd": checks.odd(case.state.setup, others, language).get(section, []),
    }


async def _same_number(services: Services, case: Case) -> list[AuditRow]:
    return await checks.with_number(services, case.state.setup.visit.number, but=case.state.audit)


async def _section(
    request: Request[Any, Any, Any],
    services: Services,
    case: Case,
    key: str,
    kept: Kept | None = None,
    status: int = 200,
) -> Response[bytes]:
    if key not in SECTIONS:
        raise NotFoundException
    language = language_of(request)
    setup = case.state.setup
    shaper = Shaper(case.state, language)
    groups = []
    for group in section_of(key, setup, services.criteria).groups:
        typed, outcome, more = (kept or {}).get(group.key, _UNTOUCHED)
        groups.append(shaper.group(group, typed, outcome, more))
    place = SECTIONS.index(key)
    return page(
        request,
        "pages/setup-section.html",
        status=status,
        audit=case.state.audit,
        setup=setup,
        section=key,
        groups=groups,
        **await _checks(services, case, key, language),
        carried=setup.carried.get(key, ""),
        before=SECTIONS[place - 1] if place else "",
        after=SECTIONS[place + 1] if place + 1 < len(SECTIONS) else "",
        may_configure=_may_configure(case),
        may_file=case.may("entry.attached") and not case.state.released,
        offered=offers.laws(services.criteria, setup, language) if key == "criteria" else [],
        new_one=_new_one(shaper, key, setup, kept) if key in offers.NEW else None,
        documents=standing_documents(case.state) if key == "documents" else [],
        shown=shown,
    )


def _new_one(shaper: Shaper, section: str, setup: Setup, kept: Kept | None) -> GroupView:
    typed, outcome, _ = (kept or {}).get("new", ({}, None, ""))
    return shaper.group(offers.new_group(section, setup), typed, outcome)


def _may_configure(case: Case) -> bool:
    return case.may("audit.configure") and not case.state.released


def _number(case: Case) -> str:
    opened = case.state.opened
    return case.state.setup.visit.number or (opened.number if opened else "")


routes = [setup_page, section_page, confirm_part, save_group]
