"""The team grades and numbers its nonconformities together; the leader writes down what was decided.

An auditor's draft proposes grade and number. Once the leader has written a version of it, both are the
team's: what somebody else says otherwise afterwards waits for the leader (`people.rights`).
"""

from __future__ import annotations

from dataclasses import dataclass

from server.audit.acknowledgement import Acknowledgement, acknowledgement
from server.audit.entries import Finding
from server.audit.findings import Listed, due_date, free_numbers, listing
from server.audit.state import State, Thing
from server.criteria.model import House


@dataclass(frozen=True, slots=True)
class Row:
    """One nonconformity before the team: what stands, what is proposed where nothing does.

    `open`: what is still to be decided. A number that another one before it holds is proposed anew.
    """

    one: Listed
    number: str
    due: str
    open: list[str]
    signed: Acknowledgement


def rows(state: State, house: House) -> list[Row]:
    """All nonconformities in the order of their numbers, those without one last."""
    numbers = numbering(state, house)
    return [
        Row(
            one=one,
            number=numbers[one.id],
            due=one.content.due or due_date(state.setup, house, one.content.grade),
            open=_open(one.content, numbers[one.id]),
            signed=acknowledgement(state, one.thing),
        )
        for one in listing(state, "nonconformity")
    ]


def numbering(state: State, house: House) -> dict[str, str]:
    """A number for each nonconformity, none twice: its own, or a free one where it has none to itself."""
    standing = listing(state, "nonconformity")
    holders: dict[str, str] = {}
    for one in standing:
        if one.content.number:
            holders.setdefault(one.content.number, one.id)
    free = free_numbers(state, house, "nonconformity")
    return {
        one.id: number if holders.get(number := one.content.number) == one.id else next(free)
        for one in standing
    }


def _open(content: Finding, number: str) -> list[str]:
    decided = {"grade": content.grade, "number": content.number == number, "due": content.due}
    return [name for name, said in decided.items() if not said]


def is_graded(state: State, thing: Thing[Finding]) -> bool:
    """Whether the leader has written a version of it."""
    leaders = {key for key, member in state.setup.team.items() if member.role == "leader"}
    return any(version.by in leaders for version in thing.versions.values())


def regrades(state: State, target: str, finding: Finding) -> bool:
    """Whether a version says another grade or number than the team decided for this nonconformity."""
    thing = state.findings.get(target)
    if thing is None or thing.current is None or not is_graded(state, thing):
        return False
    return (finding.grade, finding.number) != (thing.current.grade, thing.current.number)
