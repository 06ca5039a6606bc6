"""Laws, regulations and standards that audits name, and whether they were in force on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Literal

from server.criteria.lines import Path
from server.criteria.model import Confidence, Data, Text

LawRank = Literal["law", "regulation", "rule", "standard"]
"""Of the National People's Congress, of the State Council, of a ministry; or a numbered standard."""
Aspect = Literal[
    "air",
    "certification",
    "chemicals",
    "climate",
    "confined_space",
    "construction",
    "consumer",
    "contract",
    "dust",
    "eia_permit",
    "electrical",
    "emergency",
    "energy",
    "environment",
    "fire",
    "food",
    "food_contact",
    "hazardous_waste",
    "labour",
    "metrology",
    "noise",
    "occupational_health",
    "ppe",
    "product_quality",
    "radiation",
    "safety",
    "soil",
    "solid_waste",
    "special_equipment",
    "standardization",
    "training",
    "water",
]


class Law(Data, frozen=True, kw_only=True):
    """One law, or one edition of a standard.

    ``name`` is without 中华人民共和国. ``number`` is that of the decree or of the standard. ``valid_from``
    and ``valid_to`` are the first and the last day, empty where not known or not over; ``amended`` is the
    year of the text in force; ``replaced_by`` the id of what came instead. ``misnamed`` are wrong names that
    people write.
    """

    id: str
    name: Text
    rank: LawRank
    number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    amended: int | None = None
    replaced_by: str = ""
    misnamed: tuple[str, ...] = ()
    aspects: list[Aspect]
    schemes: list[str]
    confidence: Confidence
    remark: Text | None = None

    def in_force(self, on: date) -> bool:
        """Whether it applies on that day; an end or beginning that is not known is none."""
        return (self.valid_from or on) <= on <= (self.valid_to or on)


class LawList(Data, frozen=True, kw_only=True):
    """What one file holds."""

    id: str
    laws: list[Law]


def laws_for(laws: Iterable[Law], aspect: Aspect, scheme: str, on: date) -> list[Law]:
    """What applies on that day to an aspect of a scheme, laws before regulations, rules and standards."""
    order = ("law", "regulation", "rule", "standard")
    found = [law for law in laws if aspect in law.aspects and scheme in law.schemes and law.in_force(on)]
    return sorted(found, key=lambda law: order.index(law.rank))


def successor(law: Law, laws: Mapping[str, Law], on: date) -> Law:
    """What came instead of ``law`` and is in force on that day, else the last that is known."""
    seen = {law.id}
    while not law.in_force(on) and law.replaced_by and law.replaced_by not in seen:
        law = laws[law.replaced_by]
        seen.add(law.id)
    return law


def problems(
    entries: list[Law], everywhere: Mapping[str, Law], schemes: Collection[str]
) -> Iterator[tuple[Path, str]]:
    """What is wrong with the laws of one file: where in it, and why."""
    names = {law.name.zh: law.id for law in everywhere.values()}
    for position, law in enumerate(entries):
        for at, scheme in enumerate(law.schemes):
            if scheme not in schemes:
                reason = f"unknown scheme {scheme}; one of {', '.join(schemes)}"
                yield ("laws", position, "schemes", at), reason
        for key, reason in _wrong_with(law, everywhere, names):
            yield ("laws", position, key), reason
    yield from _at_once(entries)


def _wrong_with(
    law: Law, everywhere: Mapping[str, Law], names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for key in ("aspects", "schemes"):
        if not getattr(law, key):
            yield key, f"{key} of {law.id} is empty"
    if law.valid_from and law.valid_to and law.valid_to < law.valid_from:
        yield "valid_to", f"{law.id} ends before it begins"
    if law.replaced_by and law.replaced_by not in everywhere:
        yield "replaced_by", f"unknown law {law.replaced_by}"
    if law.replaced_by and law.valid_to is None:
        yield "replaced_by", f"{law.id} is replaced but has no last day (valid_to)"
    if law.rank == "standard" and not law.number:
        yield "number", f"the standard {law.id} has no number"
    for wrong in law.misnamed:
        if wrong in names:
            yield "misnamed", f"{wrong} is the right name of {names[wrong]}"


def _at_once(entries: list[Law]) -> Iterator[tuple[Path, str]]:
    """Of several laws with one name, one is in force at a time."""
    by_name: defaultdict[str, list[tuple[int, Law]]] = defaultdict(list)
    for position, law in enumerate(entries):
        by_name[law.name.zh].append((position, law))
    for several in by_name.values():
        several.sort(key=lambda entry: entry[1].valid_from or date.min)
        for (_, earlier), (position, later) in pairwise(several):
            if (earlier.valid_to or date.max) >= (later.valid_from or date.min):
                yield ("laws", position, "name"), f"{later.name.zh} is in force twice: see {earlier.id}"
