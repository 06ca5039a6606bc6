"""Signing in with 认证到, beside the meetings: when each window is, who must be seen, how far the place is.

The accreditation body's program does the signing in. This warns before a window closes and drafts the
explanation for one that was missed; it blocks nothing and claims nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.audit.entries import Text
from server.audit.names import name_of
from server.audit.state import State
from server.audit.walk import MEETINGS, ordered_stops
from server.criteria.check_in import Window

POINT = "check-in"
"""The point of a meeting ticked once the team has signed in; `check-in/PRINCIPAL`: who was in the photo."""
AT: tuple[Literal["opening", "closing"], ...] = ("opening", "closing")


@dataclass(frozen=True, slots=True)
class Due:
    """One window of an audit. `planned`: the meeting's own time isn't recorded yet, the plan's counts."""

    meeting: Literal["opening", "closing"]
    opens: datetime
    closes: datetime
    planned: bool
    done: bool
    missing: list[str]
    """Members that the photo must show and that nobody ticked."""


def due(state: State, rule: Window) -> Iterator[Due]:
    """The windows whose meeting has a time, recorded or planned."""
    for meeting in AT:
        start, end, is_planned = _times(state, meeting)
        if start is None:
            continue
        which, minutes = (
            (rule.opening_from, rule.opening_minutes)
            if meeting == "opening"
            else (rule.closing_from, rule.closing_minutes)
        )
        # The first window is reckoned from where it opens, the second from the end of its meeting.
        opens = end if which == "end" and end else start
        last = start if meeting == "opening" else end or start
        must = [one for one, member in state.setup.team.items() if member.role in rule.seen]
        yield Due(
            meeting,
            opens,
            last + timedelta(minutes=minutes),
            is_planned,
            _ticked(state, meeting, POINT),
            [one for one in must if not _ticked(state, meeting, f"{POINT}/{one}")],
        )


def _times(state: State, meeting: str) -> tuple[datetime | None, datetime | None, bool]:
    thing = state.meetings.get(meeting)
    held = thing.current if thing else None
    stop = next(
        (stop for _, stop in ordered_stops(state.setup) if MEETINGS.get(stop.type) == meeting and stop.start),
        None,
    )
    if held is not None and held.start is not None:
        planned_end = held.start + (stop.end - stop.start) if stop and stop.start and stop.end else None
        return held.start, held.end or planned_end, False
    return (stop.start, stop.end, True) if stop else (None, None, True)


def _ticked(state: State, meeting: str, point: str) -> bool:
    thing = state.ticks.get(f"{meeting}/{point}")
    return bool(thing and thing.current and thing.current.done)


def point_of(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees from `31.2304, 121.4737`; None for anything else."""
    parts = text.replace("，", ",").split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def explanation(state: State, one: Due, opens: str, closes: str) -> Text:
    """A draft of the 异常说明 for a window that was missed; the reason is left to people.

    `opens` and `closes` are its times as they are to be read, in the audit's zone.
    """
    setup = state.setup
    address = setup.client.operating_address
    names = [member.name for member in setup.team.values()]
    english = [name_of(member).en for member in setup.team.values()]
    zh_meeting, en_meeting = ("首次会议", "opening") if one.meeting == "opening" else ("末次会议", "closing")
    return Text(
        zh=(
            f"审核编号{setup.visit.number}，{setup.client.name.zh}。因＿＿＿＿，审核组未能在{opens}至{closes}之间"
            f"完成{zh_meeting}的认证到签到。审核组（{'、'.join(names)}）当时在{address.zh}按计划开展现场审核，"
            "有会议签到表和审核记录为证。"
        ),
        en=(
            f"Audit {setup.visit.number}, {setup.client.name.get('en')}: because of ____, the team could not "
            f"do the CCAA check-in (认证到) for the {en_meeting} meeting between {opens} and {closes}. "
            f"The team ({', '.join(english)}) was on site at {address.get('en')} as planned; "
            "the attendance sheet and the audit records show it."
        ),
    )
