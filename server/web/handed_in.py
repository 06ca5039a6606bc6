"""What a guest handed in, as their own page shows it: when, and who has still to take it in.

After release, or where a link was ended, what a guest does is held: received, but not part of the audit yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from server.audit.entries import Accompanied, Confirmed, ConfirmedBody, Permitted, Signed
from server.audit.signing import signatures_of
from server.audit.state import State, Thing
from server.people.guests import Guest
from server.web.render import clock, moment


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Something a guest handed in. `waits_for`: who takes it in; empty where it counts already."""

    at: str
    text: str = ""
    waits_for: Literal["", "leader", "reviewer"] = ""


def signature(state: State, guest: Guest, what: str) -> HandedIn | None:
    """Their signature for one thing."""
    if stored := signatures_of(state, what).get(guest.name):
        return HandedIn(_when(stored[1].signed_at, state), stored[1].text)
    for held in state.held.values():
        entry = held.entry
        if isinstance(entry, Signed) and entry.by == guest.id and entry.body.what == what:
            return HandedIn(_when(entry.body.signed_at, state), entry.body.text, _waits_for(state))
    return None


def stops(state: State, guest: Guest) -> HandedIn | None:
    """What they said last of the stops they accompany and of pictures there."""
    things: list[Thing[Any]] = [*state.company.values(), *state.permissions.values()]
    versions = (version for thing in things for version in thing.versions.values())
    said = [(version.made_at, False) for version in versions if version.by == guest.id]
    kinds = (Accompanied, Permitted)
    said += [(one.made_at, True) for one in _held_of(state, guest) if isinstance(one, kinds)]
    if not said:
        return None
    at, waits = max(said)
    return HandedIn(_clock(at, state), waits_for=_waits_for(state) if waits else "")


def facts(state: State, guest: Guest) -> dict[str, tuple[ConfirmedBody, HandedIn]]:
    """What they answered to facts that were shown to them, by the entry that asked."""
    stored = [
        (one.body, HandedIn(_clock(one.made_at, state)))
        for said in state.confirmations.values()
        for one in said
        if one.body.asked and one.by == guest.id
    ]
    held = [
        (one.body, HandedIn(_clock(one.made_at, state), waits_for=_waits_for(state)))
        for one in _held_of(state, guest)
        if isinstance(one, Confirmed)
    ]
    return {body.asked: (body, handed) for body, handed in (*held, *stored) if body.asked}


def _held_of(state: State, guest: Guest) -> Iterable[Accompanied | Permitted | Confirmed]:
    entries = (held.entry for held in state.held.values())
    return [
        one for one in entries if isinstance(one, Accompanied | Permitted | Confirmed) and one.by == guest.id
    ]


def _waits_for(state: State) -> Literal["leader", "reviewer"]:
    return "reviewer" if state.released else "leader"


def _clock(at: datetime, state: State) -> str:
    """When that was: the hour where it was today."""
    zone = state.setup.time_zone
    is_today = at.astimezone(ZoneInfo(zone)).date() == datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    return clock(at, zone) if is_today else moment(at, zone)


def _when(signed_at: str, state: State) -> str:
    """When it was signed, in the audit's zone; as it was written where that is no moment."""
    try:
        return moment(datetime.fromisoformat(signed_at), state.setup.time_zone)
    except ValueError:
        return signed_at
