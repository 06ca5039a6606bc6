"""Changing the plan on the phone: what the sheet offers, and what the walk shows of changes made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from markupsafe import Markup

from server.audit import plan_changes, walk
from server.audit.calendar import days_after, iso_day
from server.audit.plan_changes import member_name
from server.audit.setup import GONE, PlanChange, Stop
from server.criteria.model import Language
from server.web import shown
from server.web.guards import Case
from server.web.overview import Overview
from server.web.texts import texts

REASONS = ("repair", "absent", "late", "client", "lead", "team", "traffic")
KINDS = ("swap", "move", "skip", "split", "merge", "add", "undo")
_WALKING = ("leader", "auditor", "trainee")
"""Roles that a stop can be given to."""
_MOST_NAMES = 6
_MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class Change:
    """A change as the walk lists it."""

    key: str
    sentence: str
    reason: str
    agreed_with: str
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Was:
    """What the plan said of a stop before it was changed on site; empty where that is still so."""

    time: str = ""
    auditors: str = ""
    name: str = ""
    gone: str = ""
    """`skipped` or `merged`: nobody goes there of its own."""
    added: bool = False


def changes(found: Overview, language: Language) -> list[Change]:
    """The changes that stand, in the order of their time."""
    state = found.state
    return [
        Change(
            key=key,
            sentence=plan_changes.sentence(state, change).get(language),
            reason=change.reason.get(language),
            agreed_with=change.agreed_with,
            can_undo=plan_changes.can_undo(state.setup, key),
        )
        for key, change in plan_changes.standing(state.setup)
    ]


def before(found: Overview, language: Language) -> dict[str, Was]:
    """By stop: what the plan said before, as far as it differs from what it says now."""
    setup = found.state.setup
    listed: dict[str, Was] = {}
    for key, old in plan_changes.original(setup).items():
        now = setup.stops.get(key)
        if now is not None:
            listed[key] = _was(found, old, now, language)
    for key, stop in setup.stops.items():
        if key not in listed and stop.before_change.get(language):
            was = msgspec.structs.replace(stop, process=stop.before_change)
            name = shown.stop_name(was, setup, language)
            listed[key] = Was(name=name)
    return listed


def _was(found: Overview, old: Stop | None, now: Stop, language: Language) -> Was:
    gone = now.status if now.status in GONE else ""
    if old is None:
        return Was(gone=gone, added=True)
    comma = texts(language)("list.comma")
    people = [member_name(found.state, one).get(language) for one in old.auditors]
    name = shown.stop_name(old, found.state.setup, language)
    return Was(
        time=_moment(found, old) if (old.start, old.end) != (now.start, now.end) else "",
        auditors=comma.join(people) if old.auditors != now.auditors else "",
        name=name if name != shown.stop_name(now, found.state.setup, language) else "",
        gone=gone,
    )


def _moment(found: Overview, stop: Stop) -> str:
    if stop.start is None:
        return ""
    start = stop.start.astimezone(found.asked.zone)
    return f"{start.month}.{start:%d %H:%M}"


def sheet(
    found: Overview, case: Case, language: Language, here: str, at: datetime, *, whole: bool
) -> dict[str, Any] | None:
    """What the sheet needs to change the plan from the stop `here`; None for whoever may not, or later.

    Not `whole`: a page that is to stay small has that stop and its neighbours alone, and no change to undo.
    """
    state, setup = case.state, case.state.setup
    if not case.may("audit.configure") or state.released:
        return None
    companions = [one.name for one in setup.companions.values()]
    agreed = [*companions, setup.client.management_representative, setup.client.contact.name]
    departments = [
        *(one.zh for one in setup.client.departments),
        *(s.department for s in setup.stops.values()),
    ]
    members = [(key, found.name(key, language)) for key, one in setup.team.items() if one.role in _WALKING]
    return {
        "members": members,
        "agreed": list(dict.fromkeys(name for name in agreed if name))[:_MOST_NAMES],
        "departments": list(dict.fromkeys(name for name in departments if name)),
        "reasons": [
            (code, texts("zh")(f"change.why.{code}"), texts("en")(f"change.why.{code}")) for code in REASONS
        ],
        "whole": whole,
        "days": _days(setup.visit.start, setup.visit.end),
        "data": _json(
            {
                "audit": state.audit,
                "at": here,
                "me": case.principal.id if case.principal.id in setup.team else "",
                "offset": _offset(at.astimezone(found.asked.zone)),
                "stops": _stops(found, language, here, whole=whole),
                "changes": {
                    key: _told(found, key, change)
                    for key, change in plan_changes.standing(setup)
                    if whole and plan_changes.can_undo(setup, key)
                },
                "words": {kind: texts(language)(f"change.done.{kind}") for kind in KINDS}
                | {name: texts(language)(f"change.{name}") for name in ("kept", "undone")},
            }
        ),
    }


def _json(data: Any) -> Markup:
    """JSON for a script element, which nothing in it can end."""
    return Markup(msgspec.json.encode(data).decode().replace("<", "\\u003c"))


def _stops(found: Overview, language: Language, here: str, *, whole: bool) -> list[dict[str, Any]]:
    """The stops in plan order; of those that are left out, what is needed to put another one among them."""
    ordered = walk.ordered_stops(found.state.setup)
    wanted = {key for key, _ in ordered} if whole else {here, *_neighbours(ordered, here)}
    return [
        found.asked.once(("sheet", language, key), partial(_stop, found, key, stop, language))
        if key in wanted
        else {"key": key, "value": filled({"start": stop.start, "position": stop.position}), "slim": True}
        for key, stop in ordered
    ]


def _neighbours(ordered: list[tuple[str, Stop]], here: str) -> list[str]:
    """The stops before and after one that share an auditor with it."""
    own = set(next((stop.auditors for key, stop in ordered if key == here), ()))
    shared = [
        key
        for key, stop in ordered
        if key == here or (stop.type == "audit" and not stop.status and own & set(stop.auditors))
    ]
    at = shared.index(here) if here in shared else 0
    return [key for key in shared[max(at - 1, 0) : at + 2] if key != here]


def _stop(found: Overview, key: str, stop: Stop, language: Language) -> dict[str, Any]:
    thing = found.state.configured.get(f"stops/{key}")
    return {
        "key": key,
        "name": shown.stop_name(stop, found.state.setup, language),
        "heads": list(thing.heads) if thing else [],
        "value": filled(stop),
    }


def _told(found: Overview, key: str, change: PlanChange) -> dict[str, Any]:
    return {"before": {at: filled(stop) if stop else None for at, stop in change.before.items()}}


def _offset(at: datetime) -> str:
    """The zone's difference from UTC at this moment, `+08:00`."""
    return at.isoformat()[-6:]


def _days(start: str, end: str) -> list[str]:
    """The days of the visit, in order."""
    first, last = iso_day(start), iso_day(end or start)
    if first is None or last is None:
        return []
    count = min((last - first).days + 1, _MOST_DAYS)
    return [day.isoformat() for n in range(max(count, 0)) if (day := days_after(first, n))]


def filled(value: Any) -> Any:
    """Plain JSON values without what is empty."""
    return _without_empty(msgspec.to_builtins(value))


def _without_empty(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if isinstance(value, dict):
        kept = {key: _without_empty(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one is not None and one not in ("", [], {})}
    return value
