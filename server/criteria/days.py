"""How many auditor-days an audit takes, as data: tables by scheme and day, factors, limits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from server.criteria.lines import Path
from server.criteria.model import Confidence, Data, Text


class DayRow(Data, frozen=True, kw_only=True):
    """Days of an initial audit for a headcount up to ``up_to``, one for each level of its table."""

    up_to: int
    days: list[str]


class DayTable(Data, frozen=True, kw_only=True):
    """One scheme's table from a day on. ``factors``: what each type of audit takes of an initial audit.

    ``most_reduction`` and ``on_site`` are percentages: how much may be taken off with reasons, and how much
    of the time has to be spent on site.
    """

    scheme: str
    effective: date
    source: Text
    confidence: Confidence
    levels: list[str]
    default: str
    factors: dict[str, str]
    most_reduction: int
    on_site: int
    rows: list[DayRow]

    def base(self, headcount: int, level: str) -> Fraction | None:
        """Days of an initial audit; None for a headcount beyond the table. Unknown levels are the default."""
        column = self.levels.index(level if level in self.levels else self.default)
        row = next((row for row in self.rows if headcount <= row.up_to), None)
        return Fraction(row.days[column]) if row else None

    def factor(self, audit_type: str) -> Fraction | None:
        """What a type of audit takes of an initial audit; None for one that has no rule."""
        known = self.factors.get(audit_type)
        return Fraction(known) if known else None


class DayRules(Data, frozen=True, kw_only=True):
    """What one file holds. ``counted`` are the roles whose time counts, ``rounding`` a step in days."""

    id: str
    title: Text
    hours_per_day: int
    rounding: str
    counted: list[str]
    most_together: int
    tables: list[DayTable]

    def table(self, scheme: str, on: date) -> DayTable | None:
        """The table of a scheme that applies on that day; None where there is none."""
        begun = [one for one in self.tables if one.scheme == scheme and one.effective <= on]
        return max(begun, key=lambda one: one.effective, default=None)


def problems(rules: DayRules, schemes: Collection[str]) -> Iterator[tuple[Path, str]]:
    """What is wrong with the rules of one file: where in it, and why."""
    if not _is_positive(rules.rounding):
        yield ("rounding",), f'"{rules.rounding}" is not a number above zero'
    if rules.hours_per_day < 1:
        yield ("hours_per_day",), "a day has at least one hour"
    if not 0 <= rules.most_together <= 100:
        yield ("most_together",), "a percentage lies between 0 and 100"
    for position, table in enumerate(rules.tables):
        for path, reason in _wrong_with(table, schemes):
            yield ("tables", position, *path), reason


def _wrong_with(table: DayTable, schemes: Collection[str]) -> Iterator[tuple[Path, str]]:
    if table.scheme not in schemes:
        yield ("scheme",), f"unknown scheme {table.scheme}; one of {', '.join(schemes)}"
    if table.default not in table.levels:
        yield ("default",), f"{table.default} is none of the levels {', '.join(table.levels)}"
    for key in ("most_reduction", "on_site"):
        if not 0 <= getattr(table, key) <= 100:
            yield (key,), "a percentage lies between 0 and 100"
    for kind, factor in table.factors.items():
        if not _is_positive(factor):
            yield ("factors", kind), f'"{factor}" is not a number above zero, nor a fraction like 1/3'
    for position, row in enumerate(table.rows):
        if len(row.days) != len(table.levels):
            yield ("rows", position, "days"), f"has {len(row.days)} days for {len(table.levels)} levels"
        elif not all(map(_is_positive, row.days)):
            yield ("rows", position, "days"), "days are numbers above zero, written in quotes"
    yield from _falling(table)


def _falling(table: DayTable) -> Iterator[tuple[Path, str]]:
    """More people never take fewer days."""
    for position, (smaller, larger) in enumerate(pairwise(table.rows), start=1):
        if larger.up_to <= smaller.up_to:
            yield ("rows", position, "up_to"), f"{larger.up_to} does not follow {smaller.up_to}"
        elif any(
            _is_positive(less) and _is_positive(more) and Fraction(more) < Fraction(less)
            for less, more in zip(smaller.days, larger.days, strict=False)
        ):
            yield ("rows", position, "days"), f"fewer days for up to {larger.up_to} than for {smaller.up_to}"


def _is_positive(number: str) -> bool:
    try:
        return Fraction(number) > 0
    except (ValueError, ZeroDivisionError):
        return False
