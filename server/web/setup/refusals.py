"""What can't be meant at all in the set-up: a period that ends before it begins, a week of nine days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from server.audit import check_in
from server.web.setup.fields import Value

_PERIODS = (
    ("visit/start", "visit/end"),
    ("visit/covered_from", "visit/covered_to"),
    ("visit/previous_start", "visit/previous_end"),
)
_DAYS_OF_A_WEEK = 7


def impossible(changes: Mapping[str, Value], stands: Callable[[str], Value]) -> Iterator[tuple[str, str]]:
    """The changed places that can't be kept, with the key of the sentence that says why.

    `stands` tells what is at a place that doesn't change. Of a period both days are named where both change:
    kept alone, the other one would be refused next.
    """
    for first, last in _PERIODS:
        touched = [path for path in (first, last) if path in changes]
        begin, end = (changes[path] if path in changes else stands(path) for path in (first, last))
        if touched and begin and end and end < begin:
            yield from ((path, "period") for path in touched)
    days = changes.get("client/working_days_per_week")
    if days and days > _DAYS_OF_A_WEEK:
        yield "client/working_days_per_week", "week"
    place = changes.get("client/coordinates")
    if place and check_in.point_of(place) is None:
        yield "client/coordinates", "coordinates"
