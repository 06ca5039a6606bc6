"""The register of the house's people: the list with what ends soon, and the form of one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from server.audit.competence_words import INTEREST_KINDS
from server.audit.setup import Registration
from server.criteria.model import letter_of
from server.database import LARGEST
from server.people.principal import Principal
from server.people.register import EXPIRES_SOON, Person, PersonChanged
from server.web import shown
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.new_audit import ZONE
from server.web.person_form import SPARE_INTERESTS, PersonForm, fields_of, read_person
from server.web.render import language_of, page, redirect
from server.web.services import Services

_PAGE = 100
NEW = "new"


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list; `ends` is the worst of their registrations: `nc` ended, `wait` ends soon."""

    person: Person
    tags: list[tuple[str, str]]
    ends: str
    day: str


@get("/office/people", opt={"needs": "people.manage"}, include_in_schema=False)
async def people_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    find: FromQuery[str] = "",
    after: FromQuery[int] = 0,
) -> Response[bytes]:
    """The people by name; `find` looks in names, schemes, numbers and codes, `after` leaves so many out."""
    today = today_here()
    offset = min(max(after, 0), LARGEST)
    listed = await services.register.find(find, limit=_PAGE + 1, offset=offset)
    known = await services.register.known()
    accounts = [one for one in await services.accounts.list() if not one.disabled and one.id not in known]
    return page(
        request,
        "pages/people.html",
        rows=[_row(person, today) for person in listed[:_PAGE]],
        more=offset + _PAGE if len(listed) > _PAGE else 0,
        find=find,
        ending=await services.register.ending(today),
        unlisted=[one for one in accounts if one.role == "auditor"],
        total=len(known),
    )


@get("/office/people/{person:str}", opt={"needs": "people.manage"}, include_in_schema=False)
async def person_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: FromPath[str],
    account: FromQuery[str] = "",
    kept: FromQuery[str] = "",
) -> Response[bytes]:
    """One person's form; `new` is an empty one, or one for an account that stands in no register yet."""
    if person != NEW:
        known = await services.register.get(person)
        if known is None:
            raise NotFoundException
        filled = PersonForm(fields_of(known), services.criteria.schemes)
        return await _form(request, services, known, filled, kept=bool(kept))
    accounts = {one.id: one for one in await services.accounts.list()}
    name = accounts[account].name if account in accounts else ""
    empty = Person(id=account if account in accounts else "", name=name)
    return await _form(request, services, empty, PersonForm(fields_of(empty), services.criteria.schemes))


@post(
    "/office/people/{person:str}",
    opt={"needs": "people.manage"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def keep_person(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    person: FromPath[str],
) -> Response[bytes]:
    """Keep the person; the form again, as typed, where something can't be taken or somebody was faster."""
    form = PersonForm(await read_form(request), services.criteria.schemes)
    before = None if person == NEW else await services.register.get(person)
    if person != NEW and before is None:
        raise NotFoundException
    accounts = {one.id for one in await services.accounts.list()}
    account = form.get("account")
    key = before.id if before else account if account in accounts else str(uuid4())
    made = read_person(form, key, language_of(request))
    if form.wrong:
        return await _form(request, services, made, form, status=400)
    try:
        await services.register.keep(made, actor=principal.id)
    except PersonChanged:
        form.complain("name", "changed", language_of(request))
        return await _form(request, services, made, form, status=409)
    return redirect(f"/office/people/{quote(made.id)}?kept=yes")


async def _form(
    request: Request[Any, Any, Any],
    services: Services,
    person: Person,
    form: PersonForm,
    *,
    status: int = 200,
    kept: bool = False,
) -> Response[bytes]:
    language = language_of(request)
    grades = services.criteria.house.auditor_grades
    accounts = {one.id: one for one in await services.accounts.list()}
    stored = await services.register.get(person.id) if person.id else None
    return page(
        request,
        "pages/person.html",
        status=status,
        form=form,
        person=person,
        is_new=stored is None,
        account=accounts.get(person.id),
        schemes=[shown.scheme_of(scheme, language, services.criteria) for scheme in form.schemes],
        grades=[(one.code, one.title.get(language)) for one in grades],
        interest_kinds=[(code, name.get(language)) for code, name in INTEREST_KINDS.items()],
        interest_rows=range(form.interests + SPARE_INTERESTS),
        ends={one.scheme: ends_as(one.valid_until) for one in person.registrations},
        wrong={one.field for one in form.wrong},
        kept=kept,
        audits=await services.journal.audits_of(person.id, limit=5) if stored else [],
        shown=shown,
    )


def today_here() -> date:
    """Today where the house is."""
    return datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date()


def ends_as(valid_until: str) -> str:
    """How a registration's end stands today: `nc` has ended, `wait` ends soon, "" is far off or unknown."""
    return _ends(valid_until, today_here())


def _ends(valid_until: str, today: date) -> str:
    if not valid_until or valid_until > (today + EXPIRES_SOON).isoformat():
        return ""
    return "nc" if valid_until < today.isoformat() else "wait"


def _row(person: Person, today: date) -> Row:
    ends = [(_ends(one.valid_until, today), one.valid_until) for one in person.registrations]
    worst = min((pair for pair in ends if pair[0]), default=("", ""))
    return Row(person, tags(person.registrations), *worst)


def tags(registrations: Iterable[Registration]) -> list[tuple[str, str]]:
    """Registrations as tags: the scheme's letter and the professional codes."""
    return [(letter_of(one.scheme), " ".join(one.professional_codes)) for one in registrations]


routes = [people_page, person_page, keep_person]
