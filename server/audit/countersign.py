"""Countersigning: a trainee's records stand under an auditor's signature.

A countersignature is a `signed` entry of `COUNTERSIGN/<principal>` whose text lists the versions it is for,
one a line. What the trainee writes or changes afterwards waits for the next one.
"""

from __future__ import annotations

from server.audit.state import State

COUNTERSIGN = "countersign"


def what_of(principal: str) -> str:
    """What a countersignature of this trainee's records says it signs."""
    return f"{COUNTERSIGN}/{principal}"


def waiting(state: State, principal: str) -> list[str]:
    """The standing versions of somebody's observations that nobody has countersigned, in journal order."""
    wanted = what_of(principal)
    done = {
        entry for one in state.signatures.values() if one.what == wanted for entry in one.text.splitlines()
    }
    return [
        thing.head.entry
        for thing, _ in state.standing_observations()
        if thing.first.by == principal and thing.head.entry not in done
    ]


def trainees_waiting(state: State) -> dict[str, list[str]]:
    """Trainees of the team with what of theirs waits for a countersignature; none for whom nothing does."""
    listed = {
        principal: waiting(state, principal)
        for principal, member in state.setup.team.items()
        if member.role == "trainee"
    }
    return {principal: entries for principal, entries in listed.items() if entries}
