"""The set-up of an audit: what `configured` entries said, as one typed view.

A `configured` entry sets one path, `section` or `section/key`, to a value. `Setup` is the shape that all
paths make together; its parts have a module each.
"""

from __future__ import annotations

from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from server.audit.entries import beyond_calendar
from server.audit.setup.client import Client, ClientPerson, Contact, Named, Permit, Shift, Site
from server.audit.setup.plan import GONE, Adjustment, DayBasis, Mark, PlanChange, Stop, StopType
from server.audit.setup.team import Companion, Interest, Member, Registration, Role
from server.audit.setup.visit import (
    AuditorDays,
    Certificate,
    Criterion,
    Focus,
    Law,
    NotApplicable,
    PreviousFinding,
    Purpose,
    Suspension,
    Visit,
)
from server.criteria.model import ClauseRef

__all__ = [
    "GONE",
    "SECTIONS",
    "Adjustment",
    "AuditorDays",
    "BadPath",
    "Certificate",
    "Client",
    "ClientPerson",
    "Companion",
    "Contact",
    "Criterion",
    "DayBasis",
    "Focus",
    "Interest",
    "Law",
    "Mark",
    "Member",
    "Named",
    "NotApplicable",
    "Permit",
    "PlanChange",
    "PreviousFinding",
    "Purpose",
    "Registration",
    "Role",
    "Setup",
    "Shift",
    "Site",
    "Stop",
    "StopType",
    "Suspension",
    "Visit",
    "build",
    "check_value",
]


class Setup(Struct, frozen=True, kw_only=True):
    """Everything configured. Dictionaries are keyed by the second part of the path."""

    house: str = "qinghe"
    form: str = "reference"
    time_zone: str = "Asia/Shanghai"
    about: dict[str, Any] = {}
    visit: Visit = Visit()
    client: Client = Client()
    suspension: Suspension | None = None
    certificates: dict[str, Certificate] = {}
    stops: dict[str, Stop] = {}
    team: dict[str, Member] = {}
    companions: dict[str, Companion] = {}
    plan_changes: dict[str, PlanChange] = {}
    matrix: dict[str, dict[str, Mark]] = {}
    """By department, then by clause as written (`Q8.5.1`)."""
    days: DayBasis = DayBasis()
    previous: dict[str, PreviousFinding] = {}
    focus: dict[str, Focus] = {}
    stated: dict[str, Any] = {}
    """Values a file stated that could be derived (counts, lists): kept as stated, compared by gaps."""
    carried: dict[str, str] = {}
    """Parts of the set-up taken over from an earlier audit and not confirmed yet: its number, by part."""
    pins: dict[str, str] = {}
    """Hashes of the form, house, standards and checklists this audit began with."""

    def applies(self, ref: ClauseRef) -> bool:
        """Whether a clause is among what the client has to fulfil."""
        certificate = self.certificates.get(ref.scheme)
        left_out = certificate.not_applicable if certificate else []
        return not any(ref.within(clause) for one in left_out for clause in one.clauses)


SECTIONS: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(Setup)}


_UNFIT = (ValueError, ZoneInfoNotFoundError, OSError)
"""What a value raises that doesn't fit; a zone is looked up as a file."""


class BadPath(ValueError):
    """A path that names no section, or a value that does not fit it."""


def check_value(path: str, value: Any) -> None:
    """Raise `BadPath` unless `path` names a place in `Setup` and `value` fits there. None empties a place."""
    section, slash, key = path.partition("/")
    if section not in SECTIONS or bool(slash) != bool(key) or not _has_place(SECTIONS[section], key):
        raise BadPath(f"{path!r} names no part of an audit's set-up; the parts are {', '.join(SECTIONS)}")
    if value is None:
        return
    try:
        made = msgspec.convert({section: {key: value} if key else value}, Setup)
        ZoneInfo(made.time_zone)
    except _UNFIT as error:
        raise BadPath(f"{path}: {error}") from error
    times = [moment for stop in made.stops.values() for moment in (stop.start, stop.end)]
    for change in made.plan_changes.values():
        kept = [stop for stop in (*change.before.values(), *change.after.values()) if stop is not None]
        times += [change.at, *(moment for stop in kept for moment in (stop.start, stop.end))]
    if beyond := beyond_calendar(times):
        raise BadPath(f"{path}: {beyond}")


def _has_place(kind: Any, key: str) -> bool:
    """Whether a section of this type takes the key: any key in a dictionary, field names in a Struct."""
    if not key or get_origin(kind) is dict:
        return True
    return any(key in getattr(part, "__struct_fields__", ()) for part in (kind, *get_args(kind)))


def build(values: dict[str, Any]) -> Setup:
    """The typed set-up from values by path; a value of None takes its place out again.

    What fits nowhere is left out: it came by another program, and the rest is still an audit.
    """
    try:
        made = _convert(values)
        ZoneInfo(made.time_zone)
        return made
    except _UNFIT:
        return _convert({path: value for path, value in values.items() if _fits(path, value)})


def _fits(path: str, value: Any) -> bool:
    try:
        check_value(path, value)
    except BadPath:
        return False
    return True


def _convert(values: dict[str, Any]) -> Setup:
    nested: dict[str, Any] = {}
    for path in sorted(path for path in values if values[path] is not None):
        section, _, key = path.partition("/")
        value = values[path]
        if key:
            nested.setdefault(section, {})[key] = value
        else:
            # A copy, because values of single keys are laid over it and the value belongs to its entry.
            nested[section] = dict(value) if isinstance(value, dict) else value
    for path in values:
        section, _, key = path.partition("/")
        if values[path] is None and key and isinstance(nested.get(section), dict):
            nested[section].pop(key, None)
    return msgspec.convert(nested, Setup)
