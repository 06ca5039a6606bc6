"""What the office has to do because the team changed dates, team or address on site.

Dates, team and address of an audit are reported to the authority before it begins; whoever changes them on
site has no time for that. A task follows from the entry that made the change: it is worked out, not written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.audit.entries import Text
from server.audit.setup import Role
from server.audit.state import State, Version

TaskKind = Literal["dates", "team", "address"]
TASK_KINDS: tuple[TaskKind, ...] = get_args(TaskKind)

_ROLES: Mapping[str, Text] = {
    "leader": Text(zh="组长", en="leader"),
    "auditor": Text(zh="组员", en="auditor"),
    "trainee": Text(zh="实习审核员", en="trainee"),
    "expert": Text(zh="技术专家", en="expert"),
    "interpreter": Text(zh="翻译", en="interpreter"),
    "observer": Text(zh="观察员", en="observer"),
    "witness": Text(zh="见证评审员", en="witness assessor"),
}
assert set(_ROLES) == set(get_args(Role)), "every role of the team has its word"

_ADDRESSES: Mapping[str, Text] = {
    "registered_address": Text(zh="注册地址", en="registered address"),
    "office_address": Text(zh="办公地址", en="office address"),
    "operating_address": Text(zh="经营地址", en="operating address"),
    "sites": Text(zh="场所", en="sites"),
    "temporary_sites": Text(zh="临时场所", en="temporary sites"),
}


class Task(Struct, frozen=True, kw_only=True):
    """One thing to do. `entry` is the `configured` entry it follows from, `by` who made that."""

    entry: str
    kind: TaskKind
    at: datetime
    by: str
    text: Text


def tasks(state: State) -> list[Task]:
    """The tasks of an audit in the order of the journal."""
    team = _ever_in_team(state)
    found: list[tuple[int, Task]] = []
    for path, thing in state.configured.items():
        before: Any = None
        for version in sorted(thing.versions.values(), key=lambda one: one.seq):
            if version.by in team:
                told = _told(state, path, before, version.content)
                found += [(version.seq, _task(version, kind, text)) for kind, text in told]
            before = version.content
    return [task for _, task in sorted(found, key=lambda pair: pair[0])]


def _task(version: Version[Any], kind: TaskKind, text: Text) -> Task:
    return Task(entry=version.entry, kind=kind, at=version.made_at, by=version.by, text=text)


def _ever_in_team(state: State) -> set[str]:
    """Principals who are or were in the team: what they set up was set up on site."""
    whole = state.configured.get("team")
    listed = {path.removeprefix("team/") for path in state.configured if path.startswith("team/")}
    for version in whole.versions.values() if whole else ():
        listed |= set(version.content or {})
    return listed


def _told(state: State, path: str, before: Any, after: Any) -> Iterator[tuple[TaskKind, Text]]:
    section, _, key = path.partition("/")
    if section == "visit":
        yield from _dates(*(_part(value, key) for value in (before, after)))
    elif section == "team" and key:
        yield from _member(before, after)
    elif section == "client":
        yield from _addresses(*(_part(value, key) for value in (before, after)))
    elif section == "stops":
        yield from _day(state, before, after)


def _part(value: Any, key: str) -> dict[str, Any]:
    """A section's value, whether it was set as a whole or by one of its fields."""
    if key:
        return {} if value is None else {key: value}
    return value if isinstance(value, dict) else {}


def _dates(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[TaskKind, Text]]:
    for field, what in (("start", Text(zh="开始", en="start")), ("end", Text(zh="结束", en="end"))):
        old, new = before.get(field), after.get(field)
        if old and new and old != new:
            yield (
                "dates",
                Text(
                    zh=f"审核{what.zh}日期由{old}改为{new}",
                    en=f"The {what.en} of the audit is {new}, not {old}",
                ),
            )


def _member(before: Any, after: Any) -> Iterator[tuple[TaskKind, Text]]:
    old, new = before or {}, after or {}
    name = (new or old).get("name", "")
    name_en = (new or old).get("name_en") or name
    was, now = (_ROLES.get(str(one.get("role")), Text()) for one in (old, new))
    if not old and new:
        yield "team", Text(zh=f"{name}加入审核组（{now.zh}）", en=f"{name_en} joined the team ({now.en})")
    elif old and not new:
        yield "team", Text(zh=f"{name}离开审核组（{was.zh}）", en=f"{name_en} left the team ({was.en})")
    elif was != now:
        yield (
            "team",
            Text(zh=f"{name}由{was.zh}改为{now.zh}", en=f"{name_en} is {now.en} now, no longer {was.en}"),
        )


def _addresses(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[TaskKind, Text]]:
    for field, what in _ADDRESSES.items():
        old, new = before.get(field), after.get(field)
        if old and new != old and new is not None:
            yield (
                "address",
                Text(
                    zh=f"{what.zh}由“{_said(old)}”改为“{_said(new)}”",
                    en=f"The {what.en}: “{_said(new)}” instead of “{_said(old)}”",
                ),
            )


def _said(value: Any) -> str:
    """An address in one line, or how many places there are."""
    if isinstance(value, list):
        return "、".join(filter(None, (_said((one or {}).get("address")) for one in value))) or str(
            len(value)
        )
    if isinstance(value, dict):
        return str(value.get("zh") or value.get("en") or "")
    return str(value or "")


def _day(state: State, before: Any, after: Any) -> Iterator[tuple[TaskKind, Text]]:
    """A stop that goes to a day outside the visit: the audit lasts longer, or begins earlier."""
    visit = state.setup.visit
    old, new = (_local_day(state, value) for value in (before, after))
    if not visit.start or not new or new == old or visit.start <= new <= (visit.end or visit.start):
        return
    name = " ".join(filter(None, (after.get("label"), after.get("department"), _said(after.get("process")))))
    yield (
        "dates",
        Text(zh=f"{name}改到{new}，不在审核日期内", en=f"{name} was moved to {new}, outside the dates"),
    )


def _local_day(state: State, stop: Any) -> str:
    start = (stop or {}).get("start")
    if not start:
        return ""
    moment = datetime.fromisoformat(start) if isinstance(start, str) else start
    return str(moment.astimezone(ZoneInfo(state.setup.time_zone)).date().isoformat())
