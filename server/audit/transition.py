"""An audit against two editions: what was recorded under the one, shown under the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from server.audit.coverage import Seen
from server.criteria.crosswalk import Crosswalk, Relation
from server.criteria.model import Clause, ClauseRef, Standard

Standing = Literal["seen", "judge", "open"]
"""``judge``: something was recorded where one number became several; a person decides what it shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A clause of the newer edition: from which numbers it came, and what was recorded on it."""

    clause: Clause
    before: tuple[str, ...]
    relation: Relation
    seen: tuple[Seen, ...]

    @property
    def standing(self) -> Standing:
        if not self.seen:
            return "open"
        return "judge" if self.relation == "split" else "seen"


def under_newer(crosswalk: Crosswalk, newer: Standard, seen: Iterable[Seen]) -> list[Line]:
    """Every auditable clause of ``newer`` with the observations that count for it.

    Numbers in observations are those of the older edition; one that only the newer edition has is its own.
    """
    rows = {number: row for row in crosswalk.rows for number in row.to}
    older = {number for row in crosswalk.rows for number in row.from_}
    named = list(seen)
    lines = []
    for clause in newer.auditable:
        row = rows[clause.number]
        wanted = [*row.from_] if clause.number in older else [*row.from_, clause.number]
        refs = [ClauseRef(scheme=newer.scheme, number=number) for number in wanted]
        counted = tuple(one for one in named if _speaks_of(one, refs))
        lines.append(Line(clause, tuple(row.from_), row.relation, counted))
    return lines


def _speaks_of(one: Seen, refs: Iterable[ClauseRef]) -> bool:
    said = [ClauseRef(scheme=scheme, number=number) for scheme, number in one.named]
    return any(ref.within(wanted) for ref in said for wanted in refs)
