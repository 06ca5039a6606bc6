"""Signatures that say somebody was there: none for a meeting, or the end of a stop, that is still ahead.

ISO/IEC 17021-1:2015, 9.4.2 and 9.4.7: attendance of both meetings is recorded, and so not in advance.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.audit.entries import Meeting
from server.audit.setup import GONE, Stop
from server.audit.state import State
from server.audit.walk import MEETINGS

GATHERING = timedelta(minutes=30)
"""People come into the room before a meeting begins, and sign as they come."""
CLOCKS = timedelta(minutes=5)
"""What two phones may differ by: who signs has another one than who recorded the arrival."""


def for_meeting(state: State, meeting: Meeting, at: datetime) -> datetime | None:
    """When a meeting is planned that nobody can sign in at yet, `at` a moment; None where one can."""
    thing = state.meetings.get(meeting)
    held = thing.current if thing else None
    planned = _planned(stop for stop in state.setup.stops.values() if MEETINGS.get(stop.type) == meeting)
    return _ahead(planned, [held.start, held.end] if held else [], at + GATHERING)


def for_stop(state: State, key: str, at: datetime) -> datetime | None:
    """When a stop is planned whose end no guide can sign yet, `at` a moment; None where one can."""
    arrivals = [one.current.at for one in state.arrivals.values() if one.current and one.current.stop == key]
    return _ahead(_planned([state.setup.stops[key]]), [*arrivals, *_recorded(state, key)], at + CLOCKS)


def _planned(stops: Iterable[Stop]) -> datetime | None:
    return min((stop.start for stop in stops if stop.start and stop.status not in GONE), default=None)


def _recorded(state: State, key: str) -> Iterable[datetime]:
    """Who recorded something there was there, whether or not they said that they came."""
    return (thing.first.made_at for thing, seen in state.standing_observations() if seen.stop == key)


def _ahead(planned: datetime | None, happened: Iterable[datetime | None], until: datetime) -> datetime | None:
    """The planned moment, where neither it nor anything that happened lies before `until`."""
    if planned is None or planned <= until or any(one and one <= until for one in happened):
        return None
    return planned
