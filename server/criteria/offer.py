"""Which edition of a standard an audit is offered by the day it begins, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from server.criteria.load import Criteria
from server.criteria.model import House, Standard


class Offer(Struct, frozen=True, kw_only=True):
    """An edition that the house audits from a day (``since``) and to a day (``until``); None: no limit."""

    standard: Standard
    since: date | None
    until: date | None

    def on(self, day: date) -> bool:
        """Whether an audit that begins on that day may be against it."""
        return (self.since or day) <= day <= (self.until or day)


def offers(criteria: Criteria, house: House | None, scheme: str) -> list[Offer]:
    """The editions of a scheme that certificates are issued on, the oldest first."""
    since, until = (house.editions, house.transition_ends) if house else ({}, {})
    editions = [one for one in criteria.standards.values() if one.scheme == scheme]
    return [
        Offer(standard=one, since=since.get(one.id), until=until.get(one.id))
        for one in sorted(editions, key=lambda one: (one.published or date.max, one.id))
        if one.status != "withdrawn"
    ]


def offered(known: Sequence[Offer], day: date) -> Offer | None:
    """The one of a scheme's offers that an audit from that day on begins with; None where there are none.

    The newest for which the house names the day of its accreditation, once that has come; before, the oldest
    that certificates still run on.
    """
    open_then = [one for one in known if one.on(day)] or known
    accredited = [one for one in open_then if one.since]
    return next(iter(accredited[::-1] or open_then), None)
