"""Leaving the site 离场: whether everything that the team recorded has reached the server.

Each phone reports what it still holds of the audit. A report of nothing counts as long as it is fresh, or was
given at the time the site was left or later: what a phone out of reach recorded since, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.audit.calendar import days_after, iso_day
from server.audit.state import State

FRESH = timedelta(minutes=15)
"""For so long a report speaks for its phone."""

Word = Literal["safe", "waiting", "silent"]
_RECORDING = ("leader", "auditor", "trainee", "expert")


class Outbox(Struct, frozen=True, kw_only=True):
    """What one phone of somebody said last of what it holds of the audit. `agent`: its browser's own name."""

    by: str
    device: str
    agent: str = ""
    entries: int
    photos: int
    heard_at: datetime

    @property
    def holds(self) -> int:
        """How many things were only on this phone."""
        return self.entries + self.photos


class Heard(Struct, frozen=True, kw_only=True):
    """An outbox and what it means now.

    `safe`: everything has the server's receipt. `waiting`: it is known to hold something. `silent`: not heard
    of since, so nobody knows what it holds.
    """

    outbox: Outbox
    word: Word


def left_at(state: State) -> datetime | None:
    """When the site was left: the end of the closing meeting, else of the last day. None: it isn't known."""
    closing = state.meetings.get("closing")
    if closing is not None and closing.current is not None and closing.current.end is not None:
        return closing.current.end
    setup = state.setup
    last = iso_day(setup.visit.end)
    after = days_after(last, 1) if last else None
    if after is None:
        return None
    return datetime.combine(after, time(), ZoneInfo(setup.time_zone))


def heard(state: State, outboxes: Iterable[Outbox], now: datetime) -> list[Heard]:
    """What each phone's report means at `now` (with its time zone)."""
    left = left_at(state)
    since = (min(now, left) if left else now) - FRESH
    return [Heard(outbox=one, word=_word(one, since, now)) for one in outboxes]


def unheard(state: State, outboxes: Iterable[Outbox]) -> list[str]:
    """Who of the team records, and was never heard of from any phone: nobody knows what theirs holds."""
    known = {one.by for one in outboxes}
    team = state.setup.team.items()
    return [who for who, member in team if member.role in _RECORDING and who not in known]


def _word(outbox: Outbox, since: datetime, now: datetime) -> Word:
    if outbox.holds:
        return "waiting" if outbox.heard_at >= now - FRESH else "silent"
    return "safe" if outbox.heard_at >= since else "silent"
