"""What becomes of nonconformities after they are handed over: answered, looked at, verified, closed.

ISO/IEC 17021-1:2015, 9.4.9 and 9.4.10 (the client's cause, correction and corrective action; their review
and verification), 9.5.2 b and c (what has to be settled before a decision).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from server.audit.calendar import iso_day
from server.audit.entries import Finding, Meeting, RespondedBody, VerifiedBody
from server.audit.setup import Focus, PreviousFinding, Setup, Stop
from server.audit.state import Said, State

Stage = Literal["awaiting", "answered", "asked_again", "accepted", "closed"]
"""awaiting: the client's answer; answered: the team has to look at it; asked_again: the client has to add
something; accepted: the plan is accepted, its effect is still to be verified; closed: nothing is left to do.
"""
STAGES: tuple[Stage, ...] = get_args(Stage)

CLIENTS_TURN: frozenset[Stage] = frozenset({"awaiting", "asked_again"})
"""Stages in which the client has something to hand in by the due date."""

Round = Said[RespondedBody] | Said[VerifiedBody]
"""What the client answered, or what the team said to it."""

_HANDED_OVER_AT: tuple[Meeting, ...] = ("client", "closing")
_CLOSING = frozenset({"effective", "closed"})
_REOPENING = frozenset({"asked_again", "not_effective"})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where one nonconformity stands. `due`: the ISO day that was agreed last, "" where none was."""

    id: str
    finding: Finding
    stage: Stage
    due: str
    rounds: list[Round]

    def is_overdue(self, today: str) -> bool:
        """Whether something should have come by now; `today` is the ISO day in the audit's zone."""
        return self.stage != "closed" and bool(self.due) and self.due < today


def is_handed_over(state: State) -> bool:
    """Whether the client may see the nonconformities: from the talk with them or the closing meeting on.

    A release hands them over, too.
    """
    things = [state.meetings.get(meeting) for meeting in _HANDED_OVER_AT]
    held = [thing.current for thing in things if thing and thing.current]
    return state.released or any(one.start or one.end for one in held)


def follow_ups(state: State) -> list[FollowUp]:
    """All standing nonconformities of an audit in the order of their numbers."""
    listed = [
        follow_up(state, thing.id, finding)
        for thing, finding in state.standing_findings()
        if finding.type == "nonconformity"
    ]
    return sorted(listed, key=lambda one: (one.finding.number == "", one.finding.number))


def follow_up(state: State, key: str, finding: Finding) -> FollowUp:
    """Where the nonconformity with this id stands."""
    return FollowUp(key, finding, stage(state, key), due(state, key, finding), rounds(state, key))


def rounds(state: State, key: str) -> list[Round]:
    """What the client answered and what the team said to it, in the order of the journal."""
    said: list[Round] = [*state.responses.get(key, ()), *state.verifications.get(key, ())]
    return sorted(said, key=lambda one: one.seq)


def stage(state: State, key: str) -> Stage:
    """Whose turn it is, by what was said last."""
    now: Stage = "awaiting"
    for said in rounds(state, key):
        now = _decided(said.body, now) if isinstance(said.body, VerifiedBody) else "answered"
    return now


def due(state: State, key: str, finding: Finding) -> str:
    """The day agreed last: in a verification, else at the closing meeting."""
    agreed = [said.body.due for said in state.verifications.get(key, ()) if said.body.due]
    return agreed[-1] if agreed else finding.due


def is_closed(state: State, key: str) -> bool:
    """Whether the last word on a finding, of this audit or of the previous one, leaves nothing to do."""
    return stage(state, key) == "closed"


def is_settled(state: State, key: str, grade: str) -> bool:
    """Whether a positive recommendation may rest on it (ISO/IEC 17021-1:2015, 9.5.2).

    A major one is verified; of a minor one the plan is accepted at least.
    """
    now = stage(state, key)
    return now == "closed" or (now == "accepted" and grade != "major")


def previous_at(setup: Setup, stop: Stop) -> dict[str, PreviousFinding]:
    """Nonconformities of the previous audit that are to be verified at a stop, by key.

    Those of its department; what no stop's department fits is shown where a clause of it is planned, and what
    fits nowhere at every stop.
    """
    return {
        key: one
        for key, one in setup.previous.items()
        if one.verification_needed and _belongs(one, setup, stop)
    }


def focus_at(setup: Setup, stop: Stop) -> dict[str, Focus]:
    """What the previous audit asks to be looked at here, by key; placed as its nonconformities are."""
    return {key: one for key, one in setup.focus.items() if _belongs(one, setup, stop)}


def _belongs(one: PreviousFinding | Focus, setup: Setup, stop: Stop) -> bool:
    departments = {stop.department for stop in setup.stops.values() if stop.department}
    planned = {clause.code for stop in setup.stops.values() for clause in stop.clauses}
    codes = {clause.code for clause in one.clauses}
    if one.department in departments:
        return one.department == stop.department
    if codes & planned:
        return not codes.isdisjoint(clause.code for clause in stop.clauses)
    return stop.type == "audit"


def reminder(due_day: str, today: str, before: Sequence[int]) -> int | None:
    """For which of the numbers of days `before` the due day it is time; None where it isn't, or is too late.

    Whoever was away on the very day is reminded late: the nearest number that was reached counts.
    """
    left = days_left(due_day, today)
    if left is None or left < 0:
        return None
    return min((days for days in before if days >= left), default=None)


def days_left(due_day: str, today: str) -> int | None:
    """How many days are left until a due day, negative once it has passed; None where none can be read."""
    due, now = iso_day(due_day), iso_day(today)
    return (due - now).days if due and now else None


def closes(said: VerifiedBody) -> bool:
    """Whether a verification leaves nothing to do; what doesn't say so closes with an effective result."""
    return said.closed if said.closed is not None else said.result in _CLOSING


def _decided(said: VerifiedBody, before: Stage) -> Stage:
    """What a verification leads to; one without a result changes nothing."""
    if closes(said):
        return "closed"
    if said.result in _REOPENING:
        return "asked_again"
    return "accepted" if said.result in ("accepted", *_CLOSING) else before
