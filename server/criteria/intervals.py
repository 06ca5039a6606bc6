"""By when the next audit has to be, as data by scheme and the day from which a rule applies."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container, Iterator
from datetime import date
from typing import Literal

from server.criteria.lines import Path
from server.criteria.model import Confidence, Data, Text

Within = Literal["months", "calendar_year"]


class Interval(Data, frozen=True, kw_only=True):
    """One rule: so many months after the last day on site, or by the end of the next calendar year.

    `first_months` holds for the first surveillance after an initial or a recertification audit; certificates
    are issued after the audit, so counting from the audit is never too late.
    """

    schemes: list[str]
    effective: date
    source: Text
    confidence: Confidence
    first_months: int
    within: Within
    months: int = 12


class Intervals(Data, frozen=True, kw_only=True):
    """What one file holds."""

    id: str
    title: Text
    intervals: list[Interval]

    def on(self, scheme: str, day: date) -> Interval | None:
        """The rule of a scheme that applies on that day; None where none does yet."""
        begun = [one for one in self.intervals if scheme in one.schemes and one.effective <= day]
        return max(begun, key=lambda one: one.effective, default=None)


def next_by(rule: Interval, end: date, *, first: bool, valid_until: date | None) -> date:
    """The last day for the next audit on site after one that ended on `end`.

    Never after the certificate runs out: by then recertification is done (ISO/IEC 17021-1:2015, 9.6.3).
    """
    if first:
        due = add_months(end, rule.first_months)
    elif rule.within == "calendar_year":
        due = date(end.year + 1, 12, 31)
    else:
        due = add_months(end, rule.months)
    return min(due, valid_until) if valid_until is not None and valid_until > end else due


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def problems(rules: Intervals, schemes: Container[str]) -> Iterator[tuple[Path, str]]:
    """What is wrong with the rules of one file: where in it, and why."""
    for position, one in enumerate(rules.intervals):
        for key in ("first_months", "months"):
            if getattr(one, key) < 1:
                yield ("intervals", position, key), "is a whole number above zero"
        for at, scheme in enumerate(one.schemes):
            if scheme not in schemes:
                yield ("intervals", position, "schemes", at), f"{scheme!r} is no scheme"
