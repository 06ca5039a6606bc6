"""The time ledger: where each member of the team was, for how long, beside the plan.

From meetings and from arrivals and departures at stops, never from when something was typed: a record written
in the evening says nothing about where its author stood at noon. Auditor-days are reckoned as for the plan
(IAF MD 5:2019; trainees, experts, interpreters and observers count zero).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from server.audit.entries import Text
from server.audit.plan.days import NOT_COUNTED, Stay, Tally, attending, planned, tally
from server.audit.setup import Stop
from server.audit.setup.plan import GONE
from server.audit.state import State
from server.audit.walk import MEETINGS, ordered_stops
from server.criteria.days import DayRules

WORTH_TELLING = Fraction(1, 2)
"""Hours by which actual time falls below the plan before the report speaks of it."""
_OVERLAP_SECONDS = 60
"""Arriving somewhere and leaving elsewhere in the same minute is one step, not two places."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay of somebody at a stop. `end` None: still there. `id` is empty for a meeting."""

    id: str
    person: str
    stop: str
    begin: datetime
    end: datetime | None
    source: Literal["stop", "meeting"]


def visits(state: State) -> list[Visit]:
    """Every stay that is known, by its beginning; those that were taken back are left out."""
    return sorted([*_at_stops(state), *_at_meetings(state)], key=lambda one: (one.begin.timestamp(), one.id))


def _at_stops(state: State) -> Iterator[Visit]:
    for key, thing in state.arrivals.items():
        came = thing.current
        if came is None or came.at is None or came.stop not in state.setup.stops:
            continue
        left = state.departures[key].current if key in state.departures else None
        yield Visit(key, came.person, came.stop, came.at, left.at if left else None, "stop")


def _at_meetings(state: State) -> Iterator[Visit]:
    for key, stop in _meeting_stops(state):
        thing = state.meetings.get(MEETINGS[stop.type])
        held = thing.current if thing else None
        if held is not None and held.start is not None:
            for person in _present(state, stop):
                yield Visit("", person, key, held.start, held.end, "meeting")


def _meeting_stops(state: State) -> Iterator[tuple[str, Stop]]:
    """The first stop of each kind of meeting: what is recorded of a meeting is recorded once."""
    met: set[str] = set()
    for key, stop in ordered_stops(state.setup):
        if stop.type in MEETINGS and stop.type not in met and stop.status not in GONE:
            met.add(stop.type)
            yield key, stop


def _present(state: State, stop: Stop) -> list[str]:
    """Members on the attendance sheet; where it names none of the team, those who were to attend."""
    meeting = MEETINGS[stop.type]
    signed = {
        thing.current.name
        for thing in state.attendance.values()
        if thing.current and meeting in thing.current.meetings
    }
    present = [principal for principal, one in state.setup.team.items() if one.name in signed]
    return present or attending(state.setup, stop)


def spent(state: State, rules: DayRules) -> Tally:
    """The auditor-days that visits add up to. Planned breaks are no audit time; open visits count nothing."""
    ended = [(one, one.end) for one in visits(state) if one.end is not None and one.end > one.begin]
    breaks = {key for key, stop in state.setup.stops.items() if stop.type in NOT_COUNTED}
    by_plan = {key: stop for key, stop in ordered_stops(state.setup) if key in breaks and stop.start}

    def stays(principal: str) -> list[Stay]:
        own: list[Stay] = [
            ((int(one.begin.timestamp()), int(end.timestamp())), one.stop)
            for one, end in ended
            if one.person == principal
        ]
        rests: list[Stay] = [
            ((int(stop.start.timestamp()), int(stop.end.timestamp())), key)
            for key, stop in by_plan.items()
            if stop.start and stop.end and principal in attending(state.setup, stop)
        ]
        return own + rests

    return tally(state.setup, rules, stays)


@dataclass(frozen=True, slots=True)
class Overlap:
    """One person at two stops at once."""

    person: str
    first: Visit
    second: Visit


def overlaps(state: State) -> list[Overlap]:
    """Where an auditor is said to have been at two places; a visit that is open lasts until the next."""
    found: list[Overlap] = []
    by_person: dict[str, list[Visit]] = {}
    for one in visits(state):
        by_person.setdefault(one.person, []).append(one)
    for person, own in by_person.items():
        for first, second in pairwise(own):
            if first.end is None or first.stop == second.stop:
                continue
            if (first.end - second.begin).total_seconds() >= _OVERLAP_SECONDS:
                found.append(Overlap(person, first, second))
    return found


def still_open(state: State) -> list[Visit]:
    """Stays at a stop whose end nobody wrote down."""
    return [one for one in visits(state) if one.end is None and one.source == "stop"]


def is_kept(state: State) -> bool:
    """Whether anybody wrote down an arrival: without one, actual time is not known, rather than short."""
    return any(thing.current and thing.current.at for thing in state.arrivals.values())


def is_over(state: State) -> bool:
    """Whether the closing meeting has ended: what is short then stays short."""
    closing = state.meetings.get("closing")
    return bool(closing and closing.current and closing.current.end)


def short_by(state: State, rules: DayRules) -> Fraction:
    """Hours of audit time below the plan, once the audit is over; 0 where it is not kept or not short."""
    if not is_kept(state) or not is_over(state):
        return Fraction(0)
    days = planned(state.setup, rules).total - spent(state, rules).total
    return max(days * rules.hours_per_day, Fraction(0))


def deviation(state: State, rules: DayRules) -> Text:
    """The sentence for report 1.5.5 where time fell below the plan (ISO/IEC 17021-1:2015, 9.4.8.2 g)."""
    if short_by(state, rules) < WORTH_TELLING:
        return Text()
    then, now = planned(state.setup, rules), spent(state, rules)
    zh, en = [], []
    for key, stop in ordered_stops(state.setup):
        hours, actual = then.by_stop.get(key, Fraction(0)), now.by_stop.get(key, Fraction(0))
        if hours - actual >= WORTH_TELLING:
            name = stop.label or stop.department or key
            zh.append(f"{name}计划{_hours(hours)}小时、实际{_hours(actual)}小时")
            en.append(f"{name} {_hours(actual)} of {_hours(hours)} hours")
    total = _hours(then.total * rules.hours_per_day), _hours(now.total * rules.hours_per_day)
    return Text(
        zh="；".join((f"实际审核时间{total[1]}小时，计划{total[0]}小时", *zh)),
        en="; ".join((f"Actual audit time was {total[1]} hours of {total[0]} planned", *en)),
    )


def _hours(hours: Fraction) -> str:
    return f"{float(hours):.1f}".removesuffix(".0")
