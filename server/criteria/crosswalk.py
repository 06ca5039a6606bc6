"""From the numbers of one edition of a standard to those of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from server.criteria.model import Confidence, Data, Standard, Text, reading_order

Relation = Literal["same", "moved", "split", "merged", "new", "dropped"]
"""``same``: number kept (the words may have changed). ``moved``: other number. ``split`` and ``merged``: one
became several or several one. ``new`` and ``dropped``: only in the one edition."""

_INVERSE: dict[Relation, Relation] = {
    "same": "same",
    "moved": "moved",
    "split": "merged",
    "merged": "split",
    "new": "dropped",
    "dropped": "new",
}


class Row(Data, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one number, or of several that belong together."""

    from_: list[str] = msgspec.field(name="from")
    to: list[str]
    relation: Relation
    note: Text | None = None


class Crosswalk(Data, frozen=True, kw_only=True):
    """Every number of two editions, each once on its side. ``from`` and ``to`` are ids of standards."""

    id: str
    from_: str = msgspec.field(name="from")
    to: str
    confidence: Confidence
    remark: Text | None = None
    rows: list[Row]

    def forward(self, number: str) -> tuple[str, ...]:
        """The numbers that a number of ``from`` has in ``to``, none if it was dropped.

        ``KeyError`` if ``from`` has no such number.
        """
        for row in self.rows:
            if number in row.from_:
                return tuple(row.to)
        raise KeyError(number)

    def backward(self, number: str) -> tuple[str, ...]:
        """The numbers that a number of ``to`` had in ``from``, none if it is new; ``KeyError`` if unknown."""
        return self.inverted().forward(number)

    def inverted(self) -> Crosswalk:
        """The same read from ``to`` to ``from``."""
        rows = [
            Row(from_=row.to, to=row.from_, relation=_INVERSE[row.relation], note=row.note)
            for row in self.rows
        ]
        rows.sort(key=lambda row: reading_order((row.from_ or row.to)[0]))
        return msgspec.structs.replace(self, from_=self.to, to=self.from_, rows=rows)


def crosswalk_between(crosswalks: Mapping[str, Crosswalk], old: Standard, new: Standard) -> Crosswalk:
    """The crosswalk from ``old`` to ``new``, read either way; ``LookupError`` says so if there is none."""
    for crosswalk in crosswalks.values():
        for candidate in (crosswalk, crosswalk.inverted()):
            if (candidate.from_, candidate.to) == (old.id, new.id):
                return candidate
    known = " · ".join(f"{crosswalk.from_} → {crosswalk.to}" for crosswalk in crosswalks.values())
    raise LookupError(f"there is no crosswalk from {old.id} to {new.id}; there is {known or 'none'}")


def problems(
    crosswalk: Crosswalk, standards: Mapping[str, Standard]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong: where in the file, and why."""
    for side, name in (("from", crosswalk.from_), ("to", crosswalk.to)):
        if name not in standards:
            yield (side,), f"unknown standard {name}"
            continue
        yield from _wrong_numbers(crosswalk, side, standards[name])
    ends = [standards[name].scheme for name in (crosswalk.from_, crosswalk.to) if name in standards]
    if crosswalk.from_ == crosswalk.to or len(set(ends)) > 1:
        yield ("to",), "a crosswalk leads to another edition of the same scheme"
    for position, row in enumerate(crosswalk.rows):
        if not _fits(row):
            reason = f"{len(row.from_)} → {len(row.to)} numbers do not make a row {row.relation}"
            yield ("rows", position, "relation"), reason


def _wrong_numbers(
    crosswalk: Crosswalk, side: str, standard: Standard
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    known = [clause.number for clause in standard.clauses]
    seen: Counter[str] = Counter()
    for position, row in enumerate(crosswalk.rows):
        for number in row.from_ if side == "from" else row.to:
            seen[number] += 1
            if number not in known:
                yield ("rows", position, side), f"{number} is not in {standard.id}"
            elif seen[number] == 2:
                yield ("rows", position, side), f"{number} of {standard.id} stands in an earlier row too"
    missing = [number for number in known if number not in seen]
    if missing:
        yield ("rows",), f"says nothing about {', '.join(missing)} of {standard.id}"


def _fits(row: Row) -> bool:
    before, after = len(row.from_), len(row.to)
    match row.relation:
        case "same" | "moved":
            return before == after == 1 and (row.from_ == row.to) == (row.relation == "same")
        case "split":
            return before == 1 and after > 1
        case "merged":
            return before > 1 and after == 1
        case "new":
            return before == 0 and after == 1
        case "dropped":
            return before == 1 and after == 0
