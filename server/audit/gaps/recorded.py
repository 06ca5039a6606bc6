"""What technical reviewers send back of a single record (RV-03, 11, 12, 13, 18)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from server.audit.calendar import iso_day
from server.audit.coverage import outcome_of
from server.audit.entries import Observation, Text
from server.audit.gaps.model import Audit, Gap, gap
from server.audit.state import Thing

_PRAISE = re.compile(
    r"符合要求|满足要求|符合规定|有效|受控|合格|\b(?:effective|controlled|conforms?|adequate)\b"
)
_SOMETHING = re.compile(r"\d|《|“|\"|「|[A-Z]{2,}")
_NUMBER = re.compile(r"\s*(\d+)\s*\D{0,2}\s*")
_SPANS = re.compile(r"[~～至]|\.\.|…|等|\bto\b")
_NAMES_LAW = re.compile(r"《|GB|DB\d|HJ|AQ|TSG|JGJ|条例|[^方办做想说看用]法")
"""What a text has to hold before it is worth while to look for laws in it, which takes a millisecond."""
_LATE = re.compile(r"补录|补记|added later", re.IGNORECASE)


def _of_observation(audit: Audit, thing: Thing[Observation], code: str, says: Text, about: list[str]) -> Gap:
    assert thing.current is not None, "only standing observations are checked"
    name = audit.observation_name(thing, thing.current)
    return gap(
        code,
        message=Text(zh=f"{name}{says.zh}", en=f"{name} {says.en}"),
        about=about,
        where=f"observations/{thing.id}",
        entries=[thing.id],
    )


def praise(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """RV-11: 符合要求, 有效, 受控 and nothing beside: no who, what, number, day, photo or row."""
    text = content.text.zh or content.text.en
    if any(outcome_of(content, clause) not in ("conform", "") for clause in content.clauses):
        return
    if not _PRAISE.search(text) or _SOMETHING.search(text) or content.people or content.cards:
        return
    if audit.state.photos_of(thing.id):
        return
    yield _of_observation(
        audit,
        thing,
        "PRAISE_WITHOUT_EVIDENCE",
        Text(zh="只说符合，没有写依据", en="says well, not why"),
        [text],
    )


def samples(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """RV-12: as many samples identified as were taken. RV-03: their days lie in the period covered."""
    for row in (row for card in content.cards if card.type == "sampling" for row in card.rows):
        taken, named = _taken(row), _identified(row)
        if taken is not None and named is not None and taken != named:
            says = Text(zh=f"抽{taken}，写了{named}个编号", en=f"took {taken}, identifies {named}")
            about = [str(taken), str(named), str(row.get("what"))]
            yield _of_observation(audit, thing, "SAMPLE_COUNT", says, about)
        for day in _days(row):
            if not _is_covered(audit, day):
                says = Text(zh=f"的样本日期{day}不在覆盖期内", en=f"sampled {day}, outside the period")
                yield _of_observation(audit, thing, "RECORD_OUTSIDE_PERIOD", says, [day])


def _taken(row: Mapping[str, Any]) -> int | None:
    """How many samples were taken; None where all were, or where it isn't told as a number."""
    taken = _NUMBER.fullmatch(str(row.get("n") or ""))
    of = _NUMBER.fullmatch(str(row.get("population") or ""))
    if taken is None or (of is not None and of[1] == taken[1]):
        return None
    return int(taken[1])


def _identified(row: Mapping[str, Any]) -> int | None:
    """How many samples a row identifies; None where that can't be told: one name for all, a span, a count."""
    records = row.get("records")
    if isinstance(records, list) and records:
        return len(records)
    ids = str(row.get("ids") or "")
    parts = [part for part in re.split(r"[、，,；;]", ids) if part.strip()]
    taken = _NUMBER.fullmatch(str(row.get("n") or ""))
    counted = taken is not None and re.search(rf"(?<![\d-]){taken[1]}\s*[^\d\W]", ids)
    return len(parts) if len(parts) > 1 and not counted and not _SPANS.search(ids) else None


def _is_covered(audit: Audit, day: str) -> bool:
    visit = audit.state.setup.visit
    begun = not visit.covered_from or visit.covered_from <= day
    return begun and (not visit.covered_to or day <= visit.covered_to)


def _days(row: Mapping[str, Any]) -> Iterator[str]:
    records = row.get("records")
    for record in records if isinstance(records, list) else ():
        day = iso_day(str(record.get("date") or "")) if isinstance(record, Mapping) else None
        if day:
            yield day.isoformat()


def objectives(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """RV-13: an objective has a target, what was reached, and for which period."""
    parts = {"target": ("目标值", "target"), "actual": ("实绩", "actual value"), "period": ("周期", "period")}
    for card in content.cards:
        for row in card.rows if card.type == "objectives" else ():
            lacking = [key for key in parts if not str(row.get(key) or "").strip()]
            if lacking:
                name = str(row.get("name") or "")
                zh, en = (
                    "、".join(parts[key][0] for key in lacking),
                    ", ".join(parts[key][1] for key in lacking),
                )
                says = Text(zh=f"目标“{name}”缺{zh}", en=f"objective {name} lacks {en}")
                yield _of_observation(audit, thing, "OBJECTIVE_INCOMPLETE", says, [name, *lacking])


def laws(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """RV-18: laws and standards by their right name, in force when the audit began."""
    day = iso_day(audit.state.setup.visit.start)
    if audit.given.laws is None or day is None or not _NAMES_LAW.search(content.text.zh):
        return
    for one in audit.given.laws.find(content.text.zh, day):
        if one.fault in ("misnamed", "obsolete"):
            right = one.instead.number if one.instead.rank == "standard" else f"《{one.instead.name.zh}》"
            says = Text(zh=f"写了{one.written}，应为{right}", en=f"names {one.written}; {right} is meant")
            yield _of_observation(audit, thing, "LAW_MISNAMED", says, [one.written])


def written_late(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """A record first written after the audit ended says so: 补录, and why."""
    end = iso_day(audit.state.setup.visit.end)
    written = thing.first.made_at.astimezone(audit.zone)
    if end is None or written.date() <= end or _LATE.search(content.text.zh + content.text.en):
        return
    says = Text(
        zh=f"是{written:%Y-%m-%d}补记的，没有注明",
        en=f"was written on {written:%Y-%m-%d} and doesn't say that it was late",
    )
    yield _of_observation(audit, thing, "WRITTEN_LATE", says, [])
