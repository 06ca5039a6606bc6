"""A new audit of a client from an earlier one: facts come along as drafts to confirm, results never do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from server.audit.calendar import iso_day
from server.audit.entries import Clause, Text
from server.audit.findings import listing, marked
from server.audit.followup import is_closed
from server.audit.setup import Focus, Member, PreviousFinding, Stop, Visit
from server.audit.state import State

PARTS = ("client", "organization", "sites", "scope", "criteria", "team", "plan", "previous", "focus")
"""What is carried over, by part of the set-up (`Setup.carried`)."""

_VISIT = ("contract_number", "schemes", "combination", "method", "criteria", "other_criteria", "laws")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_ROUND = 3
"""Audits of a cycle; after the second surveillance comes recertification (ISO/IEC 17021-1:2015, 9.1.3)."""


def carried_over(before: State, start: str) -> dict[str, Any]:
    """The set-up of the next audit by path, as JSON has it, for a first day `start` ("" where not known yet).

    Nothing that was found, answered, rated or timed on site is among it. Nonconformities that were not closed
    become `previous/…`, to be verified; what this audit should look at becomes `focus/…`, in words alone.
    """
    setup = before.setup
    values: dict[str, Any] = {"house": setup.house, "form": setup.form, "time_zone": setup.time_zone}
    client = msgspec.structs.asdict(setup.client)
    values |= {f"client/{key}": value for key, value in client.items() if value}
    values |= {f"visit/{key}": getattr(setup.visit, key) for key in _VISIT if getattr(setup.visit, key)}
    values |= _from_visit(setup.visit)
    for scheme, certificate in setup.certificates.items():
        values[f"certificates/{scheme}"] = msgspec.structs.replace(certificate, status_after="")
    values |= {f"team/{key}": _member(one) for key, one in setup.team.items()}
    values |= {f"companions/{key}": one for key, one in setup.companions.items()}
    shift = _days_between(setup.visit.start, start)
    values |= {f"stops/{key}": _stop(one, shift) for key, one in setup.stops.items()}
    values |= {f"matrix/{department}": marks for department, marks in setup.matrix.items()}
    if setup.days != type(setup.days)():
        values["days"] = setup.days
    values |= {f"previous/{key}": one for key, one in _open_findings(before).items()}
    values |= {f"focus/focus-{n}": one for n, one in enumerate(_focus(before), start=1)}
    number = setup.visit.number or (before.opened.number if before.opened else "")
    values["carried"] = {part: number for part in PARTS if _has_part(part, values)}
    return {path: msgspec.to_builtins(value) for path, value in values.items()}


def _has_part(part: str, values: dict[str, Any]) -> bool:
    begins = {
        "client": ("client/",),
        "organization": ("client/",),
        "sites": ("client/sites", "client/temporary"),
        "scope": ("visit/schemes", "certificates/"),
        "criteria": ("visit/laws", "visit/other_criteria"),
        "team": ("team/",),
        "plan": ("stops/", "matrix/"),
        "previous": ("previous/",),
        "focus": ("focus/",),
    }
    return any(path.startswith(begins[part]) for path in values)


def _from_visit(visit: Visit) -> dict[str, Any]:
    """What follows for the next visit: which was the last one, and from when on this one covers."""
    values: dict[str, Any] = {
        "visit/previous_number": visit.number,
        "visit/previous_start": visit.start,
        "visit/previous_end": visit.end,
        "visit/covered_from": visit.end or visit.start,
    }
    return {path: value for path, value in values.items() if value}


def next_in_cycle(visit: Visit) -> tuple[str, int | None]:
    """The type of the next audit and its number: 1st and 2nd surveillance, then recertification."""
    number = visit.surveillance_no
    if visit.type == "surveillance" and number:
        return ("surveillance", number + 1) if number + 1 < _ROUND else ("recertification", None)
    return "surveillance", 1 if visit.type in ("initial", "recertification") else None


def _member(member: Member) -> Member:
    """Who it was and their registrations; what they declared about this client is asked anew."""
    return msgspec.structs.replace(member, consulted=None)


def _days_between(start: str, then: str) -> timedelta | None:
    first, last = iso_day(start), iso_day(then)
    return last - first if first and last else None


def _stop(stop: Stop, shift: timedelta | None) -> Stop:
    """The stop as planned, on the same day of the visit; without a first day it has no times."""
    return msgspec.structs.replace(
        stop,
        start=_moved(stop.start, shift),
        end=_moved(stop.end, shift),
        process=stop.before_change if stop.before_change.zh or stop.before_change.en else stop.process,
        before_change=Text(),
        changed_by="",
        status="",
    )


def _moved(moment: datetime | None, shift: timedelta | None) -> datetime | None:
    return moment + shift if moment is not None and shift is not None else None


def _open_findings(before: State) -> dict[str, PreviousFinding]:
    """Nonconformities not closed, and those of the audit before that nobody closed either."""
    found: dict[str, PreviousFinding] = {}
    for key, earlier in before.setup.previous.items():
        if earlier.verification_needed and not is_closed(before, key):
            found[key] = earlier
    for thing, finding in before.standing_findings():
        if finding.type != "nonconformity" or is_closed(before, thing.id):
            continue
        answers = before.responses.get(thing.id, [])
        answer = answers[-1].body if answers else None
        found[_key(finding.number, len(found) + 1)] = PreviousFinding(
            number=finding.number,
            date=finding.issued_at.date().isoformat() if finding.issued_at else before.setup.visit.end,
            grade=finding.grade,
            department=finding.department,
            clauses=finding.clauses,
            statement=finding.statement,
            correction=answer.correction if answer else Text(),
            cause=answer.cause if answer else Text(),
            action=answer.corrective_action if answer else Text(),
        )
    return found


def _focus(before: State) -> Iterator[Focus]:
    """Opportunities, and the records marked for the next audit that none of them stands on."""
    opportunities = [one.content for one in listing(before, "opportunity")]
    for one in opportunities:
        yield Focus(
            number=one.number,
            department=one.department,
            clauses=_bare(one.clauses),
            text=one.statement,
        )
    told = {observation for one in opportunities for observation in one.observations}
    for key, record in marked(before, "focus"):
        if key in told:
            continue
        stop = before.setup.stops.get(record.stop, Stop())
        yield Focus(
            department=record.department or stop.department,
            clauses=_bare(record.clauses),
            text=record.text if record.text.zh or record.text.en else stop.process,
        )


def _bare(clauses: Sequence[Clause]) -> list[Clause]:
    """Clauses without what was judged of them."""
    return [Clause(scheme=one.scheme, number=one.number) for one in clauses]


def _key(number: str, place: int) -> str:
    return number if _PLAIN_KEY.fullmatch(number) else f"previous-{place}"
