"""RV-14: the client's own checks, internal audit 内审 and management review 管理评审, by the days in records.

Read from records of clauses 9.2 and 9.3 alone, and only where a day stands beside the word; of a check whose
day somebody told by its month alone nothing is said. A record that calls it nonconforming or improvable has
said so already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from server.audit.calendar import iso_day
from server.audit.coverage import Seen
from server.audit.entries import Text
from server.audit.gaps.model import Audit, Gap, Note, gap

A_YEAR = timedelta(days=366)
_DAY = r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})"
_CHECKS = (("9.2", "internal audit", "内审|内部审核"), ("9.3", "management review", "管理评审"))
"""Clause, note, and the words for it."""
_MONTH = re.compile(r"\d{4}\s*(?:年\s*\d{1,2}\s*月(?!\s*\d)|[-./]\s*\d{1,2}(?!\d|\s*[-./]\s*\d))")
_SENTENCES = re.compile(r"[。；;\n]")
_NAMES = {
    "internal audit": Text(zh="内审", en="internal audit"),
    "management review": Text(zh="管理评审", en="management review"),
}
_OWN = re.compile(
    r"审核?了?(?:自己的?|其?所在的?|本)部门|audited (?:his|her|their) own department", re.IGNORECASE
)
_NOT = re.compile(r"[未没不无非避禁应须否]|\b(?:no|not|none|never|nobody|without|must|may)\b", re.IGNORECASE)
_PARTS = re.compile(r"[，,。；;\n]")
_SAID = frozenset({"nonconform", "improve"})


class Told(NamedTuple):
    """A day on which something was done, and the observation that tells it."""

    day: date
    observation: str


def notes(audit: Audit, seen: Seen) -> Iterator[Note]:
    """The days of internal audits and management reviews in a record; an audit of the own department."""
    numbers = {number for _, number in seen.clauses}
    if seen.outcomes & _SAID or not numbers & {"9.2", "9.3"}:
        return
    for clause, name, words in _CHECKS:
        for sentence in _SENTENCES.split(seen.content.text.zh) if clause in numbers else ():
            if re.search(words, sentence) and _MONTH.search(sentence):
                yield name, "", seen.id
            for year, month, day in re.findall(rf"(?:{words})\D{{0,12}}{_DAY}", sentence):
                yield name, f"{year}-{int(month):02}-{int(day):02}", seen.id
    text = f"{seen.content.text.zh}\n{seen.content.text.en}"
    if "9.2" in numbers and any(_OWN.search(one) and not _NOT.search(one) for one in _PARTS.split(text)):
        yield "own department", seen.id


def own_checks(audit: Audit) -> Iterator[Gap]:
    """Older than twelve months, review before audit, an internal auditor in the own department."""
    audits, reviews = _told(audit, "internal audit"), _told(audit, "management review")
    start = iso_day(audit.state.setup.visit.start)
    for told, name in ((audits, "internal audit"), (reviews, "management review")):
        if start and told and told[-1].day < start - A_YEAR:
            yield _old(name, told[-1], start)
    if audits and reviews:
        last = reviews[-1]
        if not any(last.day - A_YEAR <= one.day <= last.day for one in audits):
            yield _review_first(last, audits[0].day)
    for observation in sorted(note[1] for note in audit.notes if note[0] == "own department"):
        thing = audit.state.observations[observation]
        name = audit.observation_name(thing, thing.head.content) if thing.head.content else ""
        yield _gap(
            "OWN_DEPARTMENT_AUDITED",
            observation,
            Text(
                zh=f"{name}：内审员审了本部门，结果却不是不符合或改进机会",
                en=f"{name}: an internal auditor audited the own department, yet no outcome says so",
            ),
            [],
        )


def _told(audit: Audit, name: str) -> list[Told]:
    """The days of a check, oldest first; none where one of them is not certain."""
    days = [
        Told(day, note[2]) if (day := iso_day(note[1])) else None for note in audit.notes if note[0] == name
    ]
    return sorted(day for day in days if day) if all(days) else []


def _old(name: str, last: Told, start: date) -> Gap:
    words = _NAMES[name]
    says = Text(
        zh=f"记录里最近一次{words.zh}在 {last.day}，到本次审核（{start}）已超过 12 个月",
        en=f"The last {words.en} on record was on {last.day}, over 12 months before this audit ({start})",
    )
    return _gap("OWN_CHECK_OLD", last.observation, says, [name, last.day])


def _review_first(review: Told, audited: date) -> Gap:
    says = Text(
        zh=f"管理评审（{review.day}）之前一年内没有内审；记录的内审在 {audited}",
        en=f"Management review of {review.day}: no internal audit in the year before; one on {audited}",
    )
    return _gap("REVIEW_BEFORE_AUDIT", review.observation, says, [review.day, audited])


def _gap(code: str, observation: str, message: Text, about: list[object]) -> Gap:
    return gap(code, message=message, about=about, where=f"observations/{observation}", entries=[observation])
