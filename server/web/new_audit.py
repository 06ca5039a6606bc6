"""A new audit: what the short form asks, and what it sets up, from nothing or from the previous audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args

import msgspec

from server.audit.carry import carried_over, next_in_cycle
from server.audit.setup import Criterion, Role
from server.audit.state import State
from server.criteria.load import Criteria
from server.criteria.model import Language
from server.criteria.offer import offered, offers
from server.web.setup.fields import Unreadable, read_day
from server.web.setup.purposes import purpose, types_of
from server.web.texts import texts

ZONE = "Asia/Shanghai"
ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong with the form: the field, and a sentence that says what to do."""

    field: str
    sentence: str


@dataclass
class Form:
    """The fields as typed, and the language to complain in. `previous` is the audit to take facts from."""

    fields: Mapping[str, str]
    criteria: Criteria
    language: Language
    previous: State | None = None
    wrong: list[Wrong] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def complain(self, name: str, key: str, **values: object) -> None:
        self.wrong.append(Wrong(name, texts(self.language)(f"new_audit.wrong.{key}", **values)))

    @property
    def schemes(self) -> list[str]:
        return [scheme for scheme in self.criteria.schemes if f"scheme.{scheme}" in self.fields]


def prefilled(previous: State) -> dict[str, str]:
    """The fields of the form as the previous audit suggests them."""
    setup = previous.setup
    fields = {
        "previous": setup.visit.number,
        "client.zh": setup.client.name.zh,
        "client.en": setup.client.name.en,
    }
    return fields | {f"scheme.{scheme}": "on" for scheme in setup.visit.schemes}


def set_up(form: Form) -> dict[str, Any]:
    """What the form configures, by path, as JSON has it. What can't be taken stands in `form.wrong`."""
    start, end = _days(form)
    if not form.get("number"):
        form.complain("number", "number")
    if not (form.get("client.zh") or form.get("client.en")):
        form.complain("client.zh", "client")
    if not form.schemes:
        form.complain("schemes", "schemes")
    values = _begin(form, start)
    values |= {
        "visit/number": form.get("number"),
        "visit/start": start,
        "visit/end": end,
        "visit/schemes": form.schemes,
        "visit/criteria": _criteria(form, values["house"], start, values.get("visit/criteria", [])),
        "client/name": {"zh": form.get("client.zh"), "en": form.get("client.en")},
    }
    editions = [one["standard"] for one in values["visit/criteria"]]
    values["pins"] = form.criteria.pins(house=values["house"], form=values["form"], standards=editions)
    return values


def _begin(form: Form, start: str) -> dict[str, Any]:
    """House, form and zone; with a previous audit all its facts, as drafts to confirm."""
    if form.previous is None:
        house = form.criteria.house
        return {"time_zone": ZONE, "house": house.id, "form": house.form}
    values = carried_over(form.previous, start)
    kind, number = next_in_cycle(form.previous.setup.visit)
    purposes = [purpose(kind, number)]
    values |= {"visit/purposes": purposes, **types_of(purposes)}
    values["carried"]["visit"] = form.previous.setup.visit.number
    return values


def _days(form: Form) -> tuple[str, str]:
    start = _day(form, "start")
    end = _day(form, "end") if form.get("end") else start
    if start and end and end < start:
        form.complain("end", "end_before_start")
    return start, end


def _day(form: Form, name: str) -> str:
    typed = form.get(name)
    try:
        return read_day(typed)
    except Unreadable as error:
        form.complain(name, str(error) if typed else "no_day")
        return ""


def _criteria(form: Form, house: str, start: str, stood: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The edition of each scheme: that of the previous audit while it may be, else as offered."""
    before = {one["scheme"]: one for one in stood}
    day = date.fromisoformat(start) if start else date.min
    return [_criterion(form.criteria, house, scheme, day, before.get(scheme)) for scheme in form.schemes]


def _criterion(
    criteria: Criteria, house: str, scheme: str, day: date, before: dict[str, Any] | None
) -> dict[str, Any]:
    known = offers(criteria, criteria.house_of(house), scheme)
    closed = {one.standard.id for one in known if not one.on(day)}
    if before and before["standard"] not in closed:
        return before
    offer = offered(known, day)
    standard = offer.standard if offer else None
    criterion = (
        Criterion(scheme=scheme, standard=standard.id, text=standard.name)
        if standard
        else Criterion(scheme=scheme)
    )
    made: dict[str, Any] = msgspec.to_builtins(criterion)
    return made
