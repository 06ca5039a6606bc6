"""The team of an audit: who takes part as what, what speaks against it, and what each role may do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.audit import countersign
from server.audit.competence import Shortfall, is_client, shortfalls
from server.audit.entries import Configured, ConfiguredBody, Signed, SignedBody, Text
from server.audit.names import name_of
from server.audit.setup import Companion, Member, Setup
from server.audit.state import State
from server.criteria.model import Language, letter_of
from server.journal import AuditRow
from server.people.principal import Principal
from server.people.register import Person
from server.people.rights import may
from server.web import shown
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import Case
from server.web.made import append, make, uuid7
from server.web.new_audit import ROLES
from server.web.overview import Overview, overview
from server.web.people import ends_as, tags
from server.web.render import language_of, page, redirect
from server.web.services import Services

_FOUND = 20
_BUSY = 200
"""So many of a person's newest audits are asked for other audits on the same days."""

ROLES_ORDER = {role: place for place, role in enumerate(ROLES)}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@get("/audits/{audit:str}/team", opt={"needs": "audit.read"}, include_in_schema=False)
async def team_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    find: FromQuery[str] = "",
) -> Response[bytes]:
    """The team with its shortfalls; whoever sets the audit up can look for more people with `find`."""
    found = overview(case.criteria, case.state)
    may_change = case.may("audit.configure")
    people = await services.register.find(find, limit=_FOUND) if may_change else []
    busy = await _busy(services, case.state) if may_change else {}
    language = language_of(request)
    return page(request, "pages/team.html", **_context(found, case, people, busy, find, language))


@post(
    "/audits/{audit:str}/team",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def change_team(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Take somebody in, give another role, renew the copy of the registrations, or take somebody out."""
    fields = await read_form(request)
    state, key = case.state, fields.get("person", "")
    value = None
    if fields.get("do") != "remove":
        value = await _member(services, state.setup, key, fields.get("role", ""))
    elif key not in state.setup.team:
        raise Refusal(400, "no_member")
    await _configure(services, state, principal, f"team/{key}", value)
    return redirect(f"/audits/{state.audit}/team")


@post(
    "/audits/{audit:str}/companions",
    opt={"needs": "audit.configure"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def change_companions(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Name a guide of the client, or take one out."""
    fields = await read_form(request)
    state, key = case.state, fields.get("companion", "")
    value = None
    if fields.get("do") != "remove":
        name = fields.get("name", "").strip()
        if not name:
            raise Refusal(400, "companion_name")
        value = Companion(
            name=name,
            name_en=fields.get("name_en", "").strip(),
            from_=Text(zh="受审核方", en="client"),
            areas=Text(zh=fields.get("areas", "").strip()),
        )
    if key not in state.setup.companions:
        key = uuid7(datetime.now(UTC))
    await _configure(services, state, principal, f"companions/{key}", value)
    return redirect(f"/audits/{state.audit}/team#companions")


@post(
    "/audits/{audit:str}/countersign",
    opt={"needs": "record.countersign"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def countersign_records(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Sign the records of a trainee that were shown; newer ones wait for the next signature."""
    fields = await read_form(request)
    state, trainee = case.state, fields.get("person", "")
    shown_then = set(fields.get("entries", "").split())
    entries = [entry for entry in countersign.waiting(state, trainee) if entry in shown_then]
    if entries:
        text = "\n".join(entries)
        body = SignedBody(
            what=countersign.what_of(trainee),
            name=state.setup.team[principal.id].name,
            role=case.role or "",
            signed_at=datetime.now(UTC).isoformat(timespec="seconds"),
            text=text,
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        await append(services, state.audit, principal, make(Signed, state.audit, principal, body))
    return redirect(f"/audits/{state.audit}/team")


@dataclass(frozen=True, slots=True)
class Row:
    """A member as shown. `busy`: other audits on these days; `stops`: how many stops they are planned at."""

    principal: str
    member: Member
    name: str
    tags: list[tuple[str, str]]
    ends: str
    ending: str
    """Letters of the schemes whose registration ended, or ends soon."""
    stops: int
    said: list[Shortfall]
    busy: list[AuditRow]
    waiting: list[str]


def _context(
    found: Overview,
    case: Case,
    people: list[Person],
    busy: dict[str, list[AuditRow]],
    find: str,
    lang: Language,
) -> dict[str, Any]:
    state, setup = case.state, case.state.setup
    said = shortfalls(setup, free_years=found.asked.house.rules.consultancy_free_years)
    rows = [_row(found, principal, member, said, busy, lang) for principal, member in setup.team.items()]
    rows.sort(key=lambda row: (ROLES_ORDER[row.member.role], row.member.label, row.member.name))
    return {
        "audit": state.audit,
        "setup": setup,
        "found": found,
        "rows": rows,
        "said": [one for one in said if one.principal not in setup.team],
        "companions": list(setup.companions.items()),
        "people": [(one, tags(one.registrations)) for one in people if one.id not in setup.team],
        "find": find,
        "roles": ROLES,
        "may_change": case.may("audit.configure") and not state.released,
        "knows_clients": may(case.principal.role, None, "office.read"),
        "may_countersign": case.may("record.countersign") and not state.released,
        "may_write": case.may("observation.write"),
        "capture": shown.capture_at_now(found, case.principal.id),
        "shown": shown,
    }


def _row(
    found: Overview,
    principal: str,
    member: Member,
    said: list[Shortfall],
    busy: dict[str, list[AuditRow]],
    language: Language,
) -> Row:
    setup = found.state.setup
    found_ends = {ends_as(one.valid_until) for one in member.registrations}
    ends = next((kind for kind in ("nc", "wait") if kind in found_ends), "")
    return Row(
        principal=principal,
        member=member,
        name=name_of(member).get(language),
        tags=tags(member.registrations),
        ends=ends,
        ending=" ".join(
            letter_of(one.scheme) for one in member.registrations if ends_as(one.valid_until) == ends
        ),
        stops=sum(principal in (*stop.auditors, *stop.accompanied_by) for stop in setup.stops.values()),
        said=[one for one in said if one.principal == principal],
        busy=busy.get(principal, []),
        waiting=countersign.waiting(found.state, principal) if member.role == "trainee" else [],
    )


async def _busy(services: Services, state: State) -> dict[str, list[AuditRow]]:
    """Other audits that members of the team have on these days."""
    visit = state.setup.visit
    if not visit.start:
        return {}
    audit, team, end = state.audit, list(state.setup.team), visit.end or visit.start
    found: dict[str, list[AuditRow]] = {}
    for principal in team:
        rows = await services.journal.audits_of(principal, limit=_BUSY)
        found[principal] = [
            row
            for row in rows
            if row.id != audit and row.start and row.start <= end and (row.end or row.start) >= visit.start
        ]
    return found


async def _member(services: Services, setup: Setup, key: str, role: str) -> Member:
    """Somebody as a member: registrations as the register has them now, else as they were pinned."""
    before = setup.team.get(key)
    person = await services.register.get(key)
    if role not in ROLES or (before is None and person is None):
        raise Refusal(400, "no_member")
    if before is None:
        used = {member.label for member in setup.team.values()}
        before = Member(name="", role="observer", label=next((one for one in LETTERS if one not in used), ""))
    if person is None:
        return msgspec.structs.replace(before, role=role)
    return msgspec.structs.replace(
        before,
        name=person.name,
        name_en=person.name_en,
        role=role,
        registrations=person.registrations,
        languages=person.facts.languages,
        interests=[one for one in person.facts.interests if is_client(one.client, setup)],
    )


async def _configure(services: Services, state: State, principal: Principal, path: str, value: Any) -> None:
    known = state.configured.get(path)
    body = ConfiguredBody(
        path=path, value=msgspec.to_builtins(value), bases=list(known.heads) if known else []
    )
    await append(services, state.audit, principal, make(Configured, state.audit, principal, body))


routes = [team_page, change_team, change_companions, countersign_records]
