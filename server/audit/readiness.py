"""What the set-up of an audit still lacks before its plan can be issued: advice, never a barrier."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.calendar import iso_day
from server.audit.setup import Setup
from server.audit.state import State


def missing(state: State) -> dict[str, list[str]]:
    """What is missing by section of the set-up, as stable codes; a complete section has an empty list.

    What plan and report must name (ISO/IEC 17021-1:2015, 9.1.1, 9.2.3): client, addresses, headcount, shifts,
    types, schemes with edition, scope and certificate for each, days, sites, criteria.
    """
    setup = state.setup
    return {
        "client": list(_client(setup)),
        "organization": list(_organization(setup)),
        "visit": list(_visit(setup)),
        "scope": list(_scope(setup)),
        "sites": list(_sites(setup)),
        "criteria": [] if setup.visit.laws else ["laws"],
        "previous": [],
        "focus": [],
        "documents": [],
        "team": [] if any(one.role == "leader" for one in setup.team.values()) else ["leader"],
        "plan": [] if setup.stops else ["stops"],
    }


LONGEST_VISIT = 60
"""Days after which a visit is asked about: a year typed wrong makes one of 366."""


def odd(setup: Setup) -> dict[str, list[str]]:
    """What may be meant, but seldom is, by section of the set-up, as stable codes."""
    return {"organization": list(_odd_people(setup)), "visit": list(_odd_visit(setup))}


def _odd_people(setup: Setup) -> Iterator[str]:
    total, effective = setup.client.headcount, setup.client.effective_headcount
    if total is not None and effective is not None and effective > total:
        yield "effective_over_total"


def _odd_visit(setup: Setup) -> Iterator[str]:
    visit = setup.visit
    last = visit.end or visit.start
    if _days_of(visit.start, last) > LONGEST_VISIT:
        yield "long_visit"
    if visit.report_date and visit.report_date < last:
        yield "early_report"
    if visit.next_audit_by and visit.next_audit_by <= last:
        yield "early_next"


def _days_of(first: str, last: str) -> int:
    """How many days that is, both counted; none where one is no day."""
    begin, end = iso_day(first), iso_day(last)
    return (end - begin).days + 1 if begin and end else 0


def _client(setup: Setup) -> Iterator[str]:
    client = setup.client
    if not client.name.zh:
        yield "name_zh"
    if not client.credit_code:
        yield "credit_code"
    if not client.management_representative:
        yield "management_representative"
    if not client.contact.name:
        yield "contact"
    for place in ("registered_address", "office_address", "operating_address"):
        if not getattr(client, place).zh:
            yield place
    if not client.licence_scope.zh:
        yield "licence_scope"


def _organization(setup: Setup) -> Iterator[str]:
    client = setup.client
    if client.headcount is None:
        yield "headcount"
    if client.effective_headcount is None:
        yield "effective_headcount"
    for part in ("shifts", "departments", "processes"):
        if not getattr(client, part):
            yield part


def _visit(setup: Setup) -> Iterator[str]:
    visit = setup.visit
    if not visit.number:
        yield "number"
    if not visit.purposes:
        yield "purposes"
    if not visit.start or not visit.end:
        yield "days"
    if visit.end < visit.start:
        yield "days_order"
    if not visit.covered_from and visit.type != "initial":
        yield "covered_from"
    if not visit.method.zh:
        yield "method"


def _scope(setup: Setup) -> Iterator[str]:
    visit = setup.visit
    if not visit.schemes:
        yield "schemes"
    editions = {one.scheme for one in visit.criteria if one.text or one.standard}
    if any(scheme not in editions for scheme in visit.schemes):
        yield "editions"
    listed = [setup.certificates.get(scheme) for scheme in visit.schemes]
    if any(one is None or not one.scope.zh for one in listed):
        yield "scope"
    if visit.type != "initial" and any(one is None or not one.number for one in listed):
        yield "certificate"
    suspended = any(one.status == "suspended" for one in setup.certificates.values())
    if suspended and setup.suspension is None:
        yield "suspension"
    if suspended and not any(one.code == "restore" for one in visit.purposes):
        yield "restore"


def _sites(setup: Setup) -> Iterator[str]:
    if not setup.client.sites:
        yield "sites"
    if not setup.client.temporary_sites and not setup.client.temporary_sites_none:
        yield "temporary"
