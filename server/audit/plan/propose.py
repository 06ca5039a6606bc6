"""Stops made from the matrix: what no stop of a department covers yet becomes one; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Collection

from server.audit.entries import Clause, Text
from server.audit.plan.matrix import covers, matrix_of
from server.audit.setup import Setup, Stop, StopType
from server.criteria.model import ClauseRef

_MEETINGS: tuple[tuple[StopType, Text], ...] = (
    ("opening", Text(zh="首次会议", en="Opening meeting")),
    ("closing", Text(zh="末次会议", en="Closing meeting")),
)


def propose(setup: Setup, used: Collection[str], *, related: bool = False) -> dict[str, Stop]:
    """New stops by key: opening, one for each department with clauses not yet planned there, closing.

    `used`: keys that stops have or had; `related`: ○ is planned as well as ●. Times, auditors and order
    among departments are left to people. The same plan asked again proposes nothing.
    """
    types = {stop.type for stop in setup.stops.values()}
    wanted = [_meeting(*_MEETINGS[0])] if "opening" not in types else []
    for department, row in matrix_of(setup).items():
        clauses = [ref for ref, mark in row.items() if related or mark == "main"]
        missing = _unplanned(setup, department, clauses)
        if missing:
            wanted.append(_stop(department, missing))
    wanted += [_meeting(*_MEETINGS[1])] if "closing" not in types else []
    return _placed(setup, used, wanted)


def _unplanned(setup: Setup, department: str, clauses: Collection[ClauseRef]) -> list[ClauseRef]:
    planned = [
        clause
        for stop in setup.stops.values()
        if stop.type == "audit" and stop.department == department
        for clause in stop.clauses
    ]
    return sorted(ref for ref in clauses if not covers(planned, ref))


def _stop(department: str, clauses: list[ClauseRef]) -> Stop:
    return Stop(
        department=department,
        clauses=[Clause(scheme=ref.scheme, number=ref.number) for ref in clauses],
    )


def _meeting(kind: StopType, name: Text) -> Stop:
    return Stop(type=kind, process=name)


def _placed(setup: Setup, used: Collection[str], wanted: list[Stop]) -> dict[str, Stop]:
    """Keys and labels S01, S02 … never used before; after what there is, before the closing meeting."""
    last = max((stop.position for stop in setup.stops.values() if stop.type != "closing"), default=0)
    taken = {*used, *setup.stops, *(stop.label for stop in setup.stops.values())}
    free = (key for number in range(1, 10_000) if (key := f"S{number:02d}") not in taken)
    placed: dict[str, Stop] = {}
    for stop, key in zip(wanted, free, strict=False):
        at = {"opening": 0, "closing": last + 1}.get(stop.type, last)
        placed[key] = Stop(
            label=key,
            type=stop.type,
            department=stop.department,
            process=stop.process,
            clauses=stop.clauses,
            position=at,
        )
    return placed


def next_key(setup: Setup, used: Collection[str]) -> str:
    """A key for one more stop."""
    return next(iter(_placed(setup, used, [Stop()])))
