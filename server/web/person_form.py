"""The plain form of a person: what was typed, what is wrong with it, and the person it makes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from server.audit.competence_words import INTEREST_KINDS
from server.audit.setup import Interest, Registration
from server.criteria.model import Language, letter_of
from server.people.register import Facts, Person
from server.web.new_audit import Wrong
from server.web.texts import texts

SPARE_INTERESTS = 2
"""Empty lines for declared interests at the end of the form."""

_MOST_INTERESTS = 40
_REGISTERED = re.compile(r"reg\.(\w{1,20})\.grade")
_CODE = re.compile(r"\d{1,2}(\.\d{1,2}){0,3}[A-Z]?")
_SEPARATORS = re.compile(r"[\s,，、;；]+")


@dataclass
class PersonForm:
    """The fields as typed and what is wrong with them; schemes that a registration is `offered` for."""

    fields: Mapping[str, str]
    offered: Sequence[str]
    wrong: list[Wrong] = field(default_factory=list)

    def get(self, name: str) -> str:
        """What was typed, without blanks around."""
        return self.fields.get(name, "").strip()

    def complain(self, name: str, key: str, language: Language, **values: object) -> None:
        """Note that a field can't be taken."""
        self.wrong.append(Wrong(name, texts(language)(f"person.wrong.{key}", **values)))

    @property
    def schemes(self) -> list[str]:
        """Those offered, and those that somebody is registered for all the same."""
        registered = {match[1] for name in self.fields if (match := _REGISTERED.fullmatch(name))}
        return [*self.offered, *sorted(registered.difference(self.offered))]

    @property
    def interests(self) -> int:
        """How many lines of interests hold something."""
        lines = [n for n in range(_MOST_INTERESTS) if self.get(f"interest.{n}.client")]
        return max(lines, default=-1) + 1


def fields_of(person: Person) -> dict[str, str]:
    """A person as the form's fields."""
    fields = {
        "account": person.id,
        "version": str(person.version),
        "name": person.name,
        "name_en": person.name_en,
        "languages": "、".join(person.facts.languages),
    }
    for one in person.registrations:
        fields |= {
            f"reg.{one.scheme}.grade": one.grade,
            f"reg.{one.scheme}.number": one.number,
            f"reg.{one.scheme}.until": one.valid_until,
            f"reg.{one.scheme}.codes": " ".join(one.professional_codes),
        }
    for n, interest in enumerate(person.facts.interests):
        fields |= {
            f"interest.{n}.client": interest.client,
            f"interest.{n}.kind": interest.kind,
            f"interest.{n}.since": interest.since,
            f"interest.{n}.until": interest.until,
        }
    return fields


def read_person(form: PersonForm, key: str, language: Language) -> Person:
    """The person that the form describes; what can't be taken stands in `form.wrong`."""
    if not form.get("name"):
        form.complain("name", "name", language)
    version = form.get("version")
    return Person(
        id=key,
        name=form.get("name"),
        name_en=form.get("name_en"),
        facts=Facts(
            registrations=[
                one for scheme in form.schemes if (one := _registration(form, scheme, language)) is not None
            ],
            languages=[part for part in _SEPARATORS.split(form.get("languages")) if part],
            interests=[
                tie for n in range(_MOST_INTERESTS) if (tie := _interest(form, n, language)) is not None
            ],
        ),
        version=int(version) if version.isdigit() else 0,
    )


def _registration(form: PersonForm, scheme: str, language: Language) -> Registration | None:
    """A line counts as soon as one of its fields is filled."""
    name = f"reg.{scheme}"
    grade, number = form.get(f"{name}.grade"), form.get(f"{name}.number")
    until, codes = form.get(f"{name}.until"), form.get(f"{name}.codes")
    if not (grade or number or until or codes):
        return None
    letter = letter_of(scheme)
    if not grade:
        form.complain(f"{name}.grade", "grade", language, scheme=letter)
    listed = [part for part in _SEPARATORS.split(unicodedata.normalize("NFKC", codes).upper()) if part]
    for code in listed:
        if not _CODE.fullmatch(code):
            form.complain(f"{name}.codes", "code", language, scheme=letter, typed=code)
    return Registration(
        scheme=scheme,
        grade=grade,
        number=number,
        valid_until=_day(form, f"{name}.until", language),
        professional_codes=listed,
    )


def _interest(form: PersonForm, n: int, language: Language) -> Interest | None:
    name = f"interest.{n}"
    client = form.get(f"{name}.client")
    since, until = _day(form, f"{name}.since", language), _day(form, f"{name}.until", language)
    if not client:
        if since or until:
            form.complain(f"{name}.client", "client", language)
        return None
    if since and until and until < since:
        form.complain(f"{name}.until", "until", language, client=client)
    kind = form.get(f"{name}.kind")
    return Interest(client=client, kind=kind if kind in INTEREST_KINDS else "other", since=since, until=until)


def _day(form: PersonForm, name: str, language: Language) -> str:
    typed = form.get(name)
    try:
        return date.fromisoformat(typed).isoformat() if typed else ""
    except ValueError:
        form.complain(name, "day", language)
        return ""
