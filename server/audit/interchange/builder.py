"""Making entries from a file: derived ids, authors as name-only principals, moments from the file alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from server.audit import entries
from server.audit.entries import MAX_ENTRY_BYTES, Entry, Head
from server.audit.interchange import model
from server.audit.interchange.problems import Notes, Path, pointer
from server.criteria.load import Criteria
from server.criteria.model import Form, House

NAMESPACE = UUID("6f1d1a0c-7f0e-5b0a-9c55-5d2d1a7c3e10")
"""Root of all derived ids. It never changes: files imported before must find their audit again."""

DEVICE = "import"
OFFICE = "office"
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")

E = TypeVar("E", bound=Head)


def principal_id(house: str, name: str, registration: str = "") -> str:
    """The principal of somebody known by name: house's short mark, name, first registration number."""
    return str(uuid5(NAMESPACE, f"{house}|{name}|{registration}"))


def office_id(house: str) -> str:
    """The principal that set-up facts of an imported audit are by."""
    return principal_id(house, OFFICE)


def audit_id(house: str, number: str) -> str:
    """The id of the audit with this number of this house."""
    return str(uuid5(NAMESPACE, f"audit|{house}|{number}"))


class Builder:
    """Collects the entries of one file in journal order; the parts of the mapping call `add`."""

    def __init__(
        self, file: model.File, criteria: Criteria, house: House, zone_name: str, notes: Notes
    ) -> None:
        self.file, self.criteria, self.house, self.notes = file, criteria, house, notes
        self.form: Form = criteria.forms[house.form]
        self.short = file.house.short
        self.audit = audit_id(self.short, file.audit.number)
        self.namespace = UUID(self.audit)
        self.zone_name, self.zone = zone_name, ZoneInfo(zone_name)
        self.begin = self.day(file.audit.start)
        self.entries: list[Entry] = []
        self._elements = {element.ref: element.key for element in self.form.elements}
        self._people = self._principals()
        self.stops = {slot.id: self.key(slot.id) for slot in file.audit.plan.slots if slot.id}
        self.observations = {o.id: self.entry_id(o.where) for o in file.observations if o.id}
        self._used: Counter[tuple[str, str]] = Counter()
        self.previous = {
            finding.where: self.unused("previous", finding.number or f"previous-{position}")
            for position, finding in enumerate(file.previous_findings, start=1)
        }
        """Keys of the previous findings in the set-up: the number, else the place in the file."""

    def day(self, iso_day: str) -> datetime:
        """The beginning of a day in the audit's zone."""
        return datetime.fromisoformat(iso_day).replace(tzinfo=self.zone)

    def entry_id(self, where: Path, part: str = "") -> str:
        """The id of the entry made from a place in the file; `part` tells several from one place apart."""
        return str(uuid5(self.namespace, pointer(where) + (f"#{part}" if part else "")))

    def key(self, label: str) -> str:
        """A label as a key in paths and addresses: itself where that is plain, else derived from it."""
        return label if _PLAIN_KEY.fullmatch(label) else str(uuid5(self.namespace, f"key|{label}"))

    def add(
        self,
        kind: type[E],
        where: Path,
        body: Any,
        *,
        by: str = "",
        at: datetime | None = None,
        part: str = "",
    ) -> str:
        """Append an entry, by the office at the audit's first moment unless said otherwise; its id."""
        entry = kind(
            id=self.entry_id(where, part),
            audit=self.audit,
            made_at=at or self.begin,
            by=by or office_id(self.short),
            device=DEVICE,
            body=body,  # type: ignore[call-arg]
        )
        if len(msgspec.json.encode(entry)) > MAX_ENTRY_BYTES:
            self.notes.refuse(
                where, "内容超过64 KB，一条记录放不下", "holds more than the 64 KB that fit one entry"
            )
        self.entries.append(entry)  # type: ignore[arg-type]
        return entry.id

    def configure(self, path: str, value: Any, where: Path) -> None:
        """Set a part of the set-up; under a path already set, beside it: both were stated.

        A value too large for one entry is set key by key.
        """
        path = self.unused("configured", path)
        plain = msgspec.to_builtins(value)
        body = entries.ConfiguredBody(path=path, value=plain)
        room = MAX_ENTRY_BYTES - 2048
        if isinstance(plain, dict) and "/" not in path and len(msgspec.json.encode(body)) > room:
            for key, one in plain.items():
                one_body = entries.ConfiguredBody(path=f"{path}/{key}", value=one)
                self.add(entries.Configured, where, one_body, part=f"{path}/{key}")
            return
        self.add(entries.Configured, where, body, part=path)

    def unused(self, kind: str, key: str) -> str:
        """`key`, or `key-2`, `key-3` … where the file says the same key again."""
        self._used[kind, key] += 1
        times = self._used[kind, key]
        return key if times == 1 else self.unused(kind, f"{key}-{times}")

    def element(self, ref: int, where: Path) -> str:
        """The key of the form's element with this place; refused if the form has none."""
        if ref not in self._elements:
            self.notes.refuse(where, f"报告格式没有第{ref}项", f"the report form has no element {ref}")
            return ""
        return self._elements[ref]

    def _principals(self) -> dict[str, str]:
        """Everybody of the team by letter, by name and by English name; guides are no principals."""
        people: dict[str, str] = {}
        members = [m for m in (*self.file.audit.team, *self.file.audit.others) if m.role != "guide"]
        for member in members:
            number = next((r.number for r in member.registrations if r.number), "")
            principal = principal_id(self.short, member.name, number)
            if member.id and member.id in people:
                self.notes.refuse(
                    (*member.where, "id"),
                    f"审核组里有两个“{member.id}”",
                    f"there are two members “{member.id}”",
                )
            people[member.id or member.name] = principal
        for member in members:
            for name in (member.name, member.name_en):
                if name:
                    people.setdefault(name, people[member.id or member.name])
        return people

    @property
    def members(self) -> dict[str, str]:
        """Principal by letter or name."""
        return self._people

    @property
    def leader(self) -> str:
        """The leader's principal; the office where the file names no leader."""
        people = (*self.file.audit.team, *self.file.audit.others)
        found = next((member for member in people if member.role == "leader"), None)
        return self._people[found.id or found.name] if found else office_id(self.short)

    def author(self, code: str, where: Path, otherwise: str = "") -> str:
        """The principal of somebody who must be of the team; empty stands for `otherwise`."""
        if not code:
            return otherwise
        if code not in self._people:
            self.notes.refuse(where, f"审核组里没有“{code}”", f"“{code}” is not in the team")
            return otherwise or office_id(self.short)
        return self._people[code]

    def people(self, codes: Iterable[str]) -> list[str]:
        """Principals where known; anybody else as written."""
        return [self._people.get(code, code) for code in codes]

    def stop(self, code: str, where: Path) -> str:
        """The stop of a slot's id; none while unsorted 待归类."""
        if code and code not in self.stops:
            self.notes.refuse(where, f"审核计划里没有场次“{code}”", f"the plan has no slot “{code}”")
        return self.stops.get(code, "")

    def sources(self, codes: Iterable[str], where: Path) -> list[str]:
        """Entry ids of observations named by their ids; an unknown one is refused."""
        found = []
        for index, code in enumerate(codes):
            if code in self.observations:
                found.append(self.observations[code])
            elif code:
                self.notes.refuse(
                    (*where, index), f"没有审核记录“{code}”", f"there is no observation “{code}”"
                )
        return found
