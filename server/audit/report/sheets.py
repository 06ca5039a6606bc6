"""审核记录表: what each auditor recorded at each stop. Reviewers read these before the report."""

from __future__ import annotations

from server.audit.report.context import Context
from server.audit.report.observed import line
from server.audit.report.tree import Line, Place, Sheet


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
        escort=[one.name for one in context.setup.companions.values() if one.role == "guide"],
        people=list(dict.fromkeys(name for made in listed for name in made.people)),
        date=listed[0].seen_at[:10],
        lines=listed,
    )
