"""Changes of the plan on site: which stand, what the plan said before, and each as a sentence.

A change made on a phone carries its stops as they were and as they are; an imported one has its own words.
Deviations from the plan and the reasons are part of every report (ISO/IEC 17021-1:2015, 9.4.8.2 g).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.audit.entries import Text
from server.audit.names import name_of
from server.audit.setup import PlanChange, Setup, Stop
from server.audit.state import State
from server.criteria.model import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def standing(setup: Setup) -> list[tuple[str, PlanChange]]:
    """Changes in the order of their time that nobody has undone, without those that undo."""
    undone = {change.undoes for change in setup.plan_changes.values() if change.undoes}
    listed = [
        (key, change) for key, change in setup.plan_changes.items() if not change.undoes and key not in undone
    ]
    return sorted(listed, key=lambda pair: pair[1].at.timestamp() if pair[1].at else float("inf"))


def original(setup: Setup) -> dict[str, Stop | None]:
    """The stops that standing changes touch, as planned before the first of them; None: they are new."""
    before: dict[str, Stop | None] = {}
    for _, change in standing(setup):
        for key, stop in change.before.items():
            before.setdefault(key, stop)
    return before


def can_undo(setup: Setup, key: str) -> bool:
    """Whether a change may be taken back: it knows what was before, and no later one builds on it."""
    listed = standing(setup)
    own = next((change for at, change in listed if at == key), None)
    if own is None or not own.before:
        return False
    later = [change for _, change in listed[[at for at, _ in listed].index(key) + 1 :]]
    return not any(set(change.before) & set(own.before) for change in later)


def without_reason(setup: Setup) -> list[str]:
    """Keys of standing changes that don't say why, or with whom they were agreed."""
    return [
        key
        for key, change in standing(setup)
        if not (change.reason.zh or change.reason.en) or not change.agreed_with
    ]


def sentence(state: State, change: PlanChange) -> Text:
    """What was changed: the words of the change itself, else drafted from the stops before and after."""
    if change.text.zh or change.text.en:
        return change.text
    words = _Words(state)
    told = list(words.of(change))
    if not told:
        return Text()
    when = words.moment(change.at) if change.at else None
    zh, en = "；".join(one.zh for one in told), "; ".join(one.en for one in told)
    return Text(
        zh=f"{when.zh}，{zh}" if when else zh,
        en=f"{when.en}: {en}" if when else en,
    )


def member_name(state: State, principal: str) -> Text:
    """The name of a member of the team, also of one who has left it; the principal of a stranger."""
    member = state.setup.team.get(principal)
    if member is not None:
        return name_of(member)
    thing = state.configured.get(f"team/{principal}")
    for version in reversed(list(thing.versions.values())) if thing else ():
        if isinstance(version.content, dict) and version.content.get("name"):
            name = str(version.content["name"])
            return Text(zh=name, en=str(version.content.get("name_en") or name))
    return Text(zh=principal, en=principal)


class _Words:
    """Sentences about one audit, with times in its zone."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.zone = ZoneInfo(state.setup.time_zone)

    def of(self, change: PlanChange) -> Iterator[Text]:
        if change.kind == "split" and (split := self._split(change)):
            yield split
            return
        merged = {key for key, stop in change.after.items() if stop is not None and stop.status == "merged"}
        for key in sorted(change.before.keys() | change.after.keys(), key=self._place(change)):
            before, after = change.before.get(key), change.after.get(key)
            if key in merged and before is not None and before.status != "merged":
                into = [one for other, one in change.after.items() if other not in merged and one]
                yield self._merged(before, into)
            elif before is None and after is not None:
                yield self._added(after)
            elif before is not None and after is None:
                yield Text(zh=f"删去{self.name(before).zh}", en=f"{self.name(before).en} was taken out")
            elif before is not None and after is not None:
                yield from self._differing(before, after, merging=bool(merged))

    def _place(self, change: PlanChange) -> Any:
        order = {key: at for at, key in enumerate(change.stops)}
        return lambda key: (order.get(key, len(order)), key)

    def _split(self, change: PlanChange) -> Text | None:
        parts = [stop for stop in change.after.values() if stop is not None]
        whole = next((stop for stop in change.before.values() if stop is not None), None)
        if whole is None or len(parts) < 2:
            return None
        zh = [self.content(one).zh + _round(self.details(one), "zh") for one in parts]
        en = [self.content(one).en + _round(self.details(one), "en") for one in parts]
        return Text(
            zh=f"{self.name(whole).zh}拆成{len(parts)}站：{'、'.join(zh)}",
            en=f"{self.name(whole).en} was split into {len(parts)}: {', '.join(en)}",
        )

    def _merged(self, stop: Stop, into: list[Stop]) -> Text:
        zh = "、".join(self.name(one).zh for one in into)
        en = " and ".join(self.name(one).en for one in into)
        return Text(zh=f"{self.name(stop).zh}并入{zh}", en=f"{self.name(stop).en} was joined with {en}")

    def _added(self, stop: Stop) -> Text:
        told = self.details(stop)
        return Text(
            zh=f"增加{self.name(stop).zh}{_round(told, 'zh')}",
            en=f"{self.name(stop).en} was added{_round(told, 'en')}",
        )

    def _differing(self, before: Stop, after: Stop, *, merging: bool) -> Iterator[Text]:
        name = self.name(before)
        if after.status == "skipped" and before.status != "skipped":
            hours = _round(self.hours(before), "zh"), _round(self.hours(before), "en")
            yield Text(zh=f"{name.zh}{hours[0]}未审", en=f"{name.en}{hours[1]} was not audited")
            return
        told = [
            (Text(zh="审核员", en="auditor"), self.people(before.auditors), self.people(after.auditors)),
            (Text(zh="时间", en="time"), self.hours(before), self.hours(after)),
            (Text(zh="内容", en="subject"), self.content(before), self.content(after)),
        ]
        zh = [f"{what.zh}由{_or(old).zh}改为{_or(new).zh}" for what, old, new in told if old != new]
        en = [f"{what.en} {_or(new).en} instead of {_or(old).en}" for what, old, new in told if old != new]
        if not merging:
            add, drop = _clauses(before, after)
            if add or drop:
                zh += [
                    f"{word}条款{'、'.join(codes)}"
                    for word, codes in (("增加", add), ("不审", drop))
                    if codes
                ]
                en += [
                    f"clauses {', '.join(codes)} {word}"
                    for word, codes in (("added", add), ("left out", drop))
                    if codes
                ]
        if zh:
            yield Text(zh=f"{name.zh}{'，'.join(zh)}", en=f"{name.en}: {', '.join(en)}")

    def name(self, stop: Stop) -> Text:
        content = self.content(stop)
        return Text(
            zh=" ".join(filter(None, (stop.label, content.zh))),
            en=" ".join(filter(None, (stop.label, content.en))),
        )

    def content(self, stop: Stop) -> Text:
        """Department and process, as on the plan."""
        known = {one.zh: one for one in self.state.setup.client.departments}
        department = known.get(stop.department, Text(zh=stop.department))
        zh = "·".join(filter(None, (stop.department, stop.process.get("zh"))))
        en = " · ".join(filter(None, (department.get("en"), stop.process.get("en"))))
        return Text(zh=zh, en=en)

    def details(self, stop: Stop) -> Text:
        hours, people = self.hours(stop), self.people(stop.auditors)
        return Text(
            zh="，".join(filter(None, (hours.zh, people.zh))),
            en=", ".join(filter(None, (hours.en, people.en))),
        )

    def people(self, principals: Iterable[str]) -> Text:
        names = [member_name(self.state, one) for one in principals]
        return Text(zh="、".join(one.zh for one in names), en=", ".join(one.en for one in names))

    def hours(self, stop: Stop) -> Text:
        if stop.start is None:
            return Text()
        begin = self.moment(stop.start)
        if stop.end is None:
            return begin
        start, end = stop.start.astimezone(self.zone), stop.end.astimezone(self.zone)
        if start.date() == end.date():
            return Text(zh=f"{begin.zh}–{end:%H:%M}", en=f"{begin.en}–{end:%H:%M}")
        last = self.moment(stop.end)
        return Text(zh=f"{begin.zh}–{last.zh}", en=f"{begin.en}–{last.en}")

    def moment(self, moment: datetime) -> Text:
        at = moment.astimezone(self.zone)
        return Text(zh=f"{at.month}月{at.day}日{at:%H:%M}", en=f"{at.day} {_MONTHS[at.month - 1]} {at:%H:%M}")


def _clauses(before: Stop, after: Stop) -> tuple[list[str], list[str]]:
    """Codes of the clauses that came in and of those that went out."""
    old, new = [one.code for one in before.clauses], [one.code for one in after.clauses]
    return [one for one in new if one not in old], [one for one in old if one not in new]


def _round(text: Text, lang: Language) -> str:
    """The words in brackets; nothing around nothing."""
    if lang == "zh":
        return f"（{text.zh}）" if text.zh else ""
    return f" ({text.en})" if text.en else ""


def _or(text: Text) -> Text:
    """The words, or 未定 where there are none."""
    return text if text.zh or text.en else Text(zh="未定", en="none yet")
