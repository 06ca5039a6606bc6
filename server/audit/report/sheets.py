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
    return Sheet(
        place=place,
        auditor=context.name(author),
        escort=_escort(context, key),
        people=list(dict.fromkeys(name for made in listed for name in made.people)),
        date=listed[0].seen_at[:10],
        lines=listed,
    )


def _escort(context: Context, stop: str) -> list[str]:
    """Guides who came along at a stop or signed for it; where nobody said who, those of the plan."""
    state, companions = context.state, context.setup.companions
    at_stops = (thing.current for thing in state.company.values())
    came = [one.name for one in at_stops if one is not None and one.stop == stop and one.there]
    there = list(dict.fromkeys([*came, *signatures_of(state, what_accompanied(stop))]))
    return there or [one.name for one in companions.values() if one.role == "guide"]
