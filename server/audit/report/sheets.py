"""审核记录表: what each auditor recorded at each stop. Reviewers read these before the report."""

from __future__ import annotations

from server.audit.report.context import Context
from server.audit.report.observed import line
from server.audit.report.tree import Line, Place, Sheet
from server.audit.signing import signatures_of, what_accompanied


def sheets(context: Context) -> list[Sheet]:
    """A sheet per stop and auditor who recorded something there, in plan order."""
    grouped: dict[tuple[str, str], list[Line]] = {}
    for thing, observation in context.observations:
        made = line(context, thing, observation)
        grouped.setdefault((observation.stop, thing.first.by), []).append(made)
    return [_sheet(context, stop, author, listed) for (stop, author), listed in grouped.items()]


def _sheet(context: Context, key: str, author: str, listed: list[Line]) -> Sheet:
    place = context.place(key)
    if not key:
        place = Place(key="", label="", department=place.department, process=place.process)
    auditor, escort = context.name(author), _escort(context, key)
    return Sheet(
        place=place,
        auditor=auditor,
        auditor_en=context.latin(auditor),
        escort=escort,
        escort_en=[context.written(name).en for name in escort],
        people=list(dict.fromkeys(name for made in listed for name in made.people)),
        people_en=list(dict.fromkeys(name for made in listed for name in made.people_en)),
        date=listed[0].seen_at[:10],
        lines=listed,
    )


def _escort(context: Context, stop: str) -> list[str]:
    """Who came along at a stop or signed for it, else the guides whom the plan gives this stop.

    Left blank otherwise, to be written by hand: a sheet is evidence and puts nobody where nobody said so.
    """
    state = context.state
    told = [one for thing in state.company.values() if (one := thing.current) and one.stop == stop]
    came = [one.name for one in told if one.there]
    there = list(dict.fromkeys([*came, *signatures_of(state, what_accompanied(stop))]))
    absent = {one.name for one in told if not one.there}
    return there or [name for name in _planned(context, stop) if name not in absent]


def _planned(context: Context, key: str) -> list[str]:
    stop, companions = context.setup.stops.get(key), context.setup.companions
    here = [companions[one] for one in stop.accompanied_by if one in companions] if stop else []
    return [one.name for one in here if one.role == "guide"]
