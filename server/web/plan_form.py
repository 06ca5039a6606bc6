"""The plain forms of the plan: a stop, and what auditor-days are worked out from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec

from server.audit.entries import Clause, Text
from server.audit.setup import Adjustment, AuditorDays, DayBasis, Setup, Stop, StopType
from server.audit.walk import ordered_stops
from server.criteria.clauses import parse_clause
from server.criteria.days import DayRules
from server.criteria.model import Language
from server.web.new_audit import Wrong
from server.web.texts import texts

STOP_TYPES: tuple[StopType, ...] = get_args(StopType)
AUDITING = ("leader", "auditor", "trainee")
"""Roles that a stop lists as its auditors; others come along."""

SPARE_ADJUSTMENTS = 2
_MOST_ADJUSTMENTS = 12
_SEPARATORS = re.compile(r"[\s,，、;；]+")


@dataclass
class Typed:
    """Fields as typed, and what is wrong with them."""

    fields: Mapping[str, str]
    language: Language
    wrong: list[Wrong] = field(default_factory=list)

    def get(self, name: str) -> str:
        """What was typed, without blanks around."""
        return self.fields.get(name, "").strip()

    def has(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self.fields

    def complain(self, name: str, key: str, **values: object) -> None:
        """Note that a field can't be taken."""
        self.wrong.append(Wrong(name, texts(self.language)(f"plan.wrong.{key}", **values)))

    @property
    def named_wrong(self) -> set[str]:
        return {one.field for one in self.wrong}


def fields_of(setup: Setup, stop: Stop) -> dict[str, str]:
    """A stop as the form shows it."""
    zone = ZoneInfo(setup.time_zone)
    start, end = (moment.astimezone(zone) if moment else None for moment in (stop.start, stop.end))
    there = dict.fromkeys([*stop.auditors, *stop.accompanied_by])
    fields = {
        "type": stop.type,
        "day": (start or end).date().isoformat() if start or end else setup.visit.start,  # type: ignore[union-attr]
        "start": f"{start:%H:%M}" if start else "",
        "end": f"{end:%H:%M}" if end else "",
        "department": stop.department,
        "process": stop.process.zh,
        "process_en": stop.process.en,
        "clauses": " ".join(clause.code for clause in stop.clauses),
    }
    if stop.professional:
        fields["professional"] = "on"
    return fields | {f"person.{principal}": "on" for principal in there}


def read_stop(setup: Setup, typed: Typed, before: Stop) -> Stop:
    """The stop that the form makes of the one before. What can't be taken stands in `typed.wrong`."""
    kind = typed.get("type")
    day = typed.get("day") or setup.visit.start
    there = [principal for principal in setup.team if typed.has(f"person.{principal}")]
    gone = [one for one in (*before.auditors, *before.accompanied_by) if one not in setup.team]
    auditing = [one for one in there if setup.team[one].role in AUDITING]
    start = _moment(typed, "start", day, setup.time_zone)
    end = _moment(typed, "end", day, setup.time_zone)
    if start and end and end <= start:
        typed.complain("end", "backwards")
    return msgspec.structs.replace(
        before,
        type=kind if kind in STOP_TYPES else before.type,
        start=start,
        end=end,
        auditors=auditing + [one for one in gone if typed.has(f"person.{one}")],
        accompanied_by=[one for one in there if one not in auditing],
        department=typed.get("department"),
        process=Text(zh=typed.get("process"), en=typed.get("process_en")),
        clauses=_clauses(typed, before, setup.visit.schemes),
        professional=True if typed.has("professional") else False if before.professional else None,
    )


def _moment(typed: Typed, name: str, day: str, zone: str) -> datetime | None:
    said = typed.get(name)
    if not said:
        return None
    try:
        hour = time.fromisoformat(said.replace("：", ":").zfill(5))
        return datetime.combine(date.fromisoformat(day), hour, ZoneInfo(zone))
    except ValueError:
        typed.complain(name, "time", typed=f"{day} {said}".strip())
        return None


def _clauses(typed: Typed, before: Stop, schemes: Sequence[str]) -> list[Clause]:
    """The clauses as typed; what stays keeps what else was known of it."""
    known = {(one.scheme, one.number): one for one in before.clauses}
    found: list[Clause] = []
    for word in filter(None, _SEPARATORS.split(typed.get("clauses"))):
        try:
            found += [
                known.get((ref.scheme, ref.number), Clause(scheme=ref.scheme, number=ref.number))
                for ref in parse_clause(word, schemes)
            ]
        except ValueError:
            typed.complain("clauses", "clause", typed=word)
    return list(dict.fromkeys(found))


def placed(setup: Setup, key: str, stop: Stop) -> Stop:
    """The stop where its time puts it: behind the last one that begins before it.

    Stops of one position stand in the order of time, so no other stop has to change.
    """
    if stop.start is None:
        return stop
    others = [(one, other) for one, other in ordered_stops(setup) if one != key and other.start]
    earlier = [other for _, other in others if other.start and other.start <= stop.start]
    later = [other for _, other in others if other.start and other.start > stop.start]
    at = max((other.position for other in earlier), default=None)
    first = min((other.position for other in later), default=stop.position)
    position = at if at is not None else min(first, stop.position)
    return msgspec.structs.replace(stop, position=position)


def days_fields(setup: Setup) -> dict[str, str]:
    """What auditor-days are worked out from, as the form shows it."""
    days, agreed = setup.days, setup.visit.auditor_days.required
    fields = {
        "headcount": str(setup.client.effective_headcount or setup.client.headcount or ""),
        "agreed": "" if agreed is None else f"{agreed:g}",
        "together": str(days.together or ""),
        **{f"level.{scheme}": level for scheme, level in days.levels.items()},
    }
    for at, one in enumerate(days.adjustments):
        fields |= {
            f"percent.{at}": f"{one.percent:+d}",
            f"reason.{at}": one.reason,
            f"scheme.{at}": one.scheme,
        }
    return fields


def adjustment_lines(fields: Mapping[str, str]) -> int:
    """How many lines for additions and reductions the form shows."""
    used = [int(name[8:]) + 1 for name in fields if re.fullmatch(r"percent\.\d{1,2}", name) and fields[name]]
    return min(max(used, default=0) + SPARE_ADJUSTMENTS, _MOST_ADJUSTMENTS)


def read_days(setup: Setup, typed: Typed, rules: DayRules) -> tuple[int | None, AuditorDays, DayBasis]:
    """Effective headcount, days agreed, and the rest, as typed. What is wrong stands in `typed.wrong`."""
    headcount = _number(typed, "headcount", 1, 1_000_000)
    together = _number(typed, "together", 0, rules.most_together)
    agreed = typed.get("agreed")
    if agreed and not re.fullmatch(r"\d{1,3}([.,]\d{1,2})?", agreed):
        typed.complain("agreed", "days", typed=agreed)
        agreed = ""
    schemes = {table.scheme: table.levels for table in rules.tables}
    levels = {
        scheme: level
        for scheme, known in schemes.items()
        if (level := typed.get(f"level.{scheme}")) and level in known
    }
    adjustments = [one for at in range(_MOST_ADJUSTMENTS) if (one := _adjustment(typed, at))]
    basis = DayBasis(levels=levels, adjustments=adjustments, together=together or 0)
    required = float(agreed.replace(",", ".")) if agreed else None
    stated = msgspec.structs.replace(setup.visit.auditor_days, required=required)
    return headcount, stated, basis


def _adjustment(typed: Typed, at: int) -> Adjustment | None:
    said = typed.get(f"percent.{at}").replace("−", "-").replace("－", "-").rstrip("%％")
    reason = typed.get(f"reason.{at}")
    if not said:
        if reason:
            typed.complain(f"percent.{at}", "percent", typed=reason)
        return None
    if not re.fullmatch(r"[+-]?\d{1,3}", said):
        typed.complain(f"percent.{at}", "percent", typed=said)
        return None
    percent = int(said)
    if percent < 0 and not reason:
        typed.complain(f"reason.{at}", "reason", typed=said)
    return Adjustment(percent=percent, reason=reason, scheme=typed.get(f"scheme.{at}"))


def _number(typed: Typed, name: str, least: int, most: int) -> int | None:
    said = typed.get(name)
    if not said:
        return None
    if not said.isdigit() or not least <= int(said) <= most:
        typed.complain(name, "number", typed=said, least=least, most=most)
        return None
    return int(said)
