"""Auditor-days 人日: what an audit needs and what its plan holds, each explained line by line.

Exact fractions all the way; rounded once, at the end. A day is so many hours of audit time, without lunch and
travel; a longer day counts no more. Trainees, experts, interpreters and observers count zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from server.audit.coverage import audited_schemes
from server.audit.entries import Text
from server.audit.plan.words import LEVELS, LINES
from server.audit.setup import Adjustment, Setup, Stop
from server.audit.setup.plan import GONE
from server.audit.walk import ordered_stops
from server.criteria.days import DayRules, DayTable

NOT_COUNTED = ("break", "other")
"""Types of stop that are no audit time: lunch, travel, rest."""

LineCode = Literal[
    "base",
    "factor",
    "adjusted",
    "no_reason",
    "capped",
    "sum",
    "together",
    "rounded",
    "no_headcount",
    "no_rule",
    "no_factor",
    "beyond",
]
UNKNOWN: tuple[LineCode, ...] = ("no_headcount", "no_rule", "no_factor", "beyond")
"""Lines that say why the days of a scheme are not known."""


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the reckoning: `days` after it, None where it gives none. `values` fill its sentence."""

    code: LineCode
    scheme: str = ""
    days: Fraction | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def message(self) -> Text:
        """The sentence in both languages."""
        sentence, level = LINES[self.code], LEVELS.get(self.values.get("level", ""), Text())
        return Text(
            zh=sentence.zh.format(**{**self.values, "level": level.zh}),
            en=sentence.en.format(**{**self.values, "level": level.en}),
        )


@dataclass(frozen=True)
class Days:
    """What an audit needs. `total` is rounded; `complete`: every scheme has its rule and its figures."""

    lines: list[Line]
    by_scheme: dict[str, Fraction]
    total: Fraction
    on_site_share: Fraction
    """How much of it has to be spent on site."""

    @cached_property
    def complete(self) -> bool:
        return bool(self.by_scheme) and not any(line.code in UNKNOWN for line in self.lines)


def required(setup: Setup, rules: DayRules, on: date) -> Days:
    """The auditor-days of an audit by the rules that apply on a day."""
    lines: list[Line] = []
    by_scheme: dict[str, Fraction] = {}
    headcount = setup.client.effective_headcount or setup.client.headcount
    schemes = audited_schemes(setup)
    if not headcount:
        lines.append(Line("no_headcount"))
    for scheme in schemes if headcount else []:
        table = rules.table(scheme, on)
        made = list(_of_scheme(setup, scheme, table, headcount or 0))
        lines += made
        if table is not None and made[-1].days is not None:
            by_scheme[scheme] = made[-1].days
    subtotal = sum(by_scheme.values(), Fraction(0))
    if len(by_scheme) > 1:
        lines.append(Line("sum", days=subtotal))
    share = _together(setup, rules, len(by_scheme))
    if share:
        subtotal *= 1 - share
        lines.append(Line("together", days=subtotal, values={"percent": _percent(-share)}))
    total = rounded(subtotal, Fraction(rules.rounding))
    if by_scheme:
        lines.append(Line("rounded", days=total, values={"step": rules.rounding}))
    tables = [table for scheme in schemes if (table := rules.table(scheme, on))] or rules.tables
    on_site = Fraction(max((table.on_site for table in tables), default=100), 100)
    return Days(lines, by_scheme, total, on_site)


def _of_scheme(setup: Setup, scheme: str, table: DayTable | None, headcount: int) -> Iterator[Line]:
    """The lines of one scheme; the last of them holds its days."""
    if table is None:
        yield Line("no_rule", scheme)
        return
    level = setup.days.levels.get(scheme, "")
    level = level if level in table.levels else table.default
    days = table.base(headcount, level)
    if days is None:
        yield Line("beyond", scheme, values={"headcount": str(headcount)})
        return
    yield Line("base", scheme, days, {"headcount": str(headcount), "level": level})
    factor = table.factor(setup.visit.type)
    if factor is None:
        yield Line("no_factor", scheme)
        return
    days *= factor
    if factor != 1:
        yield Line("factor", scheme, days, {"factor": str(factor)})
    own = [one for one in setup.days.adjustments if one.scheme in ("", scheme) and one.percent]
    yield from _adjusted(scheme, days, own, table.most_reduction)


def _adjusted(scheme: str, days: Fraction, own: list[Adjustment], most: int) -> Iterator[Line]:
    """Additions and reductions, each in per cent of the same days; reductions together within their limit."""
    change = 0
    for one in sorted(own, key=lambda one: one.percent):
        values = {"percent": _percent(Fraction(one.percent, 100)), "reason": one.reason}
        if one.percent < 0 and not one.reason.strip():
            yield Line("no_reason", scheme, days * (100 + change) / 100, values)
            continue
        lower = max(change + one.percent, -most) if one.percent < 0 else change + one.percent
        yield Line("adjusted", scheme, days * (100 + lower) / 100, values)
        if lower != change + one.percent:
            yield Line("capped", scheme, days * (100 + lower) / 100, {"percent": f"{most}%"})
        change = lower


def _together(setup: Setup, rules: DayRules, schemes: int) -> Fraction:
    percent = min(max(setup.days.together, 0), rules.most_together)
    return Fraction(percent, 100) if schemes > 1 else Fraction(0)


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):+g}%".replace("-", "−")


def rounded(days: Fraction, step: Fraction) -> Fraction:
    """To the nearest step, halves up; never down to nothing."""
    if days <= 0:
        return Fraction(0)
    return max(int(days / step + Fraction(1, 2)), 1) * step


@dataclass(frozen=True, slots=True)
class Share:
    """The audit time of one member on one day (ISO): `hours` on the plan, `counted` towards the days."""

    principal: str
    day: str
    hours: Fraction
    counted: Fraction


@dataclass(frozen=True)
class Tally:
    """Time spent, or planned, in auditor-days: by day and member, by member, by scheme, by stop, in all."""

    shares: list[Share]
    by_member: dict[str, Fraction]
    by_scheme: dict[str, Fraction]
    by_stop: dict[str, Fraction]
    """Hours of those who count, by stop."""
    total: Fraction
    not_counted: list[str]
    """Members whose time counts zero."""


def planned(setup: Setup, rules: DayRules) -> Tally:
    """The auditor-days on the plan."""
    return tally(setup, rules, lambda principal: list(_planned(setup, principal)))


def tally(setup: Setup, rules: DayRules, stays: Callable[[str], list[Stay]]) -> Tally:
    """The auditor-days of what each member's `stays` hold.

    Time at two places at once counts once; a stop of two schemes counts half for each, a meeting for all.
    """
    counted = [one for one, member in setup.team.items() if member.role in rules.counted]
    day_hours = Fraction(rules.hours_per_day)
    shares: list[Share] = []
    by_member = dict.fromkeys(counted, Fraction(0))
    by_scheme: dict[str, Fraction] = {scheme: Fraction(0) for scheme in audited_schemes(setup)}
    by_stop: dict[str, Fraction] = {}
    for principal in counted:
        for day, pieces in _working_days(setup, stays(principal)).items():
            hours = sum((hours for _, hours in pieces), Fraction(0))
            kept = min(hours, day_hours)
            shares.append(Share(principal, day, hours, kept))
            by_member[principal] += kept / day_hours
            for key, part in pieces:
                stop = setup.stops[key]
                by_stop[key] = by_stop.get(key, Fraction(0)) + part
                schemes = list(dict.fromkeys(c.scheme for c in stop.clauses)) or list(by_scheme)
                for scheme in schemes:
                    share = part * kept / hours / day_hours / len(schemes)
                    by_scheme[scheme] = by_scheme.get(scheme, Fraction(0)) + share
    return Tally(
        shares=sorted(shares, key=lambda one: (one.day, counted.index(one.principal))),
        by_member=by_member,
        by_scheme=by_scheme,
        by_stop=by_stop,
        total=sum(by_member.values(), Fraction(0)),
        not_counted=[one for one in setup.team if one not in counted],
    )


def attending(setup: Setup, stop: Stop) -> list[str]:
    """Who is to be at a stop: its auditors; at a meeting or a break without names, the whole team."""
    if stop.auditors:
        return list(dict.fromkeys(stop.auditors))
    return list(setup.team) if stop.type != "audit" else []


Span = tuple[int, int]
"""Beginning and end in seconds since 1970."""

Stay = tuple[Span, str]
"""Somebody's time at a stop, by the stop's key."""


def span_of(stop: Stop) -> Span | None:
    """The time of a stop; None without beginning or end, and where it would end before it begins."""
    if stop.start is None or stop.end is None or stop.end <= stop.start:
        return None
    return int(stop.start.timestamp()), int(stop.end.timestamp())


def _planned(setup: Setup, principal: str) -> Iterator[Stay]:
    """Where somebody is to be, in plan order."""
    for key, stop in ordered_stops(setup):
        if stop.status not in GONE and principal in attending(setup, stop) and (span := span_of(stop)):
            yield span, key


def _working_days(setup: Setup, stays: list[Stay]) -> dict[str, list[tuple[str, Fraction]]]:
    """The stops of somebody by day, each with the hours that it adds to those before."""
    zone = ZoneInfo(setup.time_zone)
    taken = [span for span, key in stays if setup.stops[key].type in NOT_COUNTED]
    days: dict[str, list[tuple[str, Fraction]]] = {}
    for span, key in sorted(stays, key=lambda stay: stay[0]):
        if setup.stops[key].type in NOT_COUNTED:
            continue
        seconds = _left(span, taken)
        taken.append(span)
        if seconds:
            day = datetime.fromtimestamp(span[0], zone).date().isoformat()
            days.setdefault(day, []).append((key, Fraction(seconds, 3600)))
    return dict(sorted(days.items()))


def _left(span: Span, taken: Iterable[Span]) -> int:
    """Seconds of a span that none of the others holds."""
    begin, end = span
    left = 0
    for start, stop in sorted(taken):
        if stop > begin and start < end:
            left += max(0, start - begin)
            begin = max(begin, stop)
            if begin >= end:
                return left
    return left + max(0, end - begin)


def shown(days: Fraction | None) -> str:
    """Days as people write them: 5.33, 2.5, 6."""
    return "" if days is None else f"{float(days):.2f}".rstrip("0").rstrip(".")
