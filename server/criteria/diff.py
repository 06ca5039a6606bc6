"""What changed between two versions of lists and standards, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct, structs, to_builtins

from server.criteria.model import Checklist, ClauseRef, Form, House, Item, Standard, Text

What = Literal["added", "removed", "changed"]


class Difference(Struct, frozen=True, kw_only=True):
    """One thing that changed: ``where`` it stands (the list's title, the standard's id), in words what."""

    what: What
    where: Text
    name: str
    words: Text


_FIELDS: dict[str, Text] = {
    "prompt": Text(zh="提示语", en="prompt"),
    "records": Text(zh="常见记录", en="typical records"),
    "failures": Text(zh="常见问题", en="typical failures"),
    "questions": Text(zh="访谈问题", en="questions"),
    "evidence": Text(zh="证据方式", en="evidence"),
    "stops": Text(zh="场所", en="stops"),
    "photo": Text(zh="照片", en="photos"),
    "cards": Text(zh="记录卡", en="cards"),
    "points": Text(zh="监督审核要点", en="surveillance points"),
    "laws": Text(zh="法规", en="laws"),
    "sample": Text(zh="抽样", en="sample"),
}
_NOTHING = Text(zh="无", en="nothing")


def between_lists(old: Mapping[str, Checklist], new: Mapping[str, Checklist]) -> list[Difference]:
    """What became of each item, in the order of the new lists; an item that changed its list has moved."""
    before = {item.id: (one, item) for one in old.values() for item in one.items}
    after = {item.id: (one, item) for one in new.values() for item in one.items}
    found: list[Difference] = []
    for key, (one, item) in after.items():
        if key not in before:
            found.append(_difference("added", one, item, item.prompt))
        else:
            found += [_difference("changed", one, item, words) for words in _changes(*before[key], one, item)]
    found += [
        _difference("removed", one, item, item.prompt)
        for key, (one, item) in before.items()
        if key not in after
    ]
    return found


def between_standards(old: Mapping[str, Standard], new: Mapping[str, Standard]) -> list[Difference]:
    """What became of the clauses of each edition that both have, and which editions came or went."""
    found: list[Difference] = []
    for key in dict.fromkeys([*new, *old]):
        if key not in old or key not in new:
            what: What = "added" if key in new else "removed"
            title = (new.get(key) or old[key]).title
            found.append(Difference(what=what, where=Text(zh=key, en=key), name=key, words=title))
            continue
        found += _clauses(old[key], new[key])
    return found


def between_houses(old: House, new: House) -> list[Difference]:
    """Which texts, words and limits of a house changed, by their place in its file."""
    before, after = _leaves(old), _leaves(new)
    return [
        Difference(what="changed", where=new.name, name=place, words=_was_and_is(place, before, after))
        for place in dict.fromkeys([*after, *before])
        if before.get(place) != after.get(place)
    ]


def between_forms(old: Form, new: Form) -> list[Difference]:
    """What became of each element of a form. Their clauses follow from the edition and are left out."""
    before, after = ({one.key: one for one in form.elements} for form in (old, new))
    found = []
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key), after.get(key)
        if was and now and structs.replace(was, clauses=now.clauses) == now:
            continue
        what: What = "changed" if was and now else "added" if now else "removed"
        title = (now or before[key]).title
        found.append(Difference(what=what, where=new.title, name=key, words=title))
    return found


def in_words(difference: Difference) -> Text:
    """The difference as one sentence in both languages."""
    zh = {"added": "新增", "removed": "删去", "changed": "改动"}[difference.what]
    where, words = difference.where, difference.words
    return Text(
        zh=f"{where.zh} · {difference.name} {zh}：{words.zh}",
        en=f"{where.en} · {difference.name} {difference.what}: {words.en}",
    )


def _difference(what: What, one: Checklist, item: Item, words: Text) -> Difference:
    return Difference(what=what, where=one.title, name=item.id, words=words)


def _changes(was_in: Checklist, was: Item, now_in: Checklist, now: Item) -> Iterator[Text]:
    if was_in.id != now_in.id:
        yield Text(zh=f"由「{was_in.title.zh}」移来", en=f"moved here from “{was_in.title.en}”")
    gone, come = _codes(was.clauses, now.clauses), _codes(now.clauses, was.clauses)
    if gone:
        yield Text(zh=f"不再问条款{'、'.join(gone)}", en=f"no longer asks about {', '.join(gone)}")
    if come:
        yield Text(zh=f"加问条款{'、'.join(come)}", en=f"also asks about {', '.join(come)}")
    for key, name in _FIELDS.items():
        before, after = _said(getattr(was, key)), _said(getattr(now, key))
        if before != after:
            yield Text(
                zh=f"{name.zh}由「{before.zh}」改为「{after.zh}」",
                en=f"{name.en} was “{before.en}”, is “{after.en}”",
            )


def _leaves(value: object, place: str = "") -> dict[str, str]:
    """Every word and number of a house by its place: ``texts.objective.zh``; a list counts from 1."""
    built = to_builtins(value) if isinstance(value, Struct) else value
    if isinstance(built, dict):
        parts = [(str(key), part) for key, part in built.items()]
    elif isinstance(built, list):
        parts = [(str(at), part) for at, part in enumerate(built, start=1)]
    else:
        return {place: str(built)}
    inside = (_leaves(part, f"{place}.{key}" if place else key) for key, part in parts)
    return {key: said for part in inside for key, said in part.items()}


def _was_and_is(place: str, before: Mapping[str, str], after: Mapping[str, str]) -> Text:
    was, now = before.get(place), after.get(place)
    return Text(
        zh=f"由「{_NOTHING.zh if was is None else was}」改为「{_NOTHING.zh if now is None else now}」",
        en=f"was “{_NOTHING.en if was is None else was}”, is “{_NOTHING.en if now is None else now}”",
    )


def _codes(some: Iterable[ClauseRef], others: Iterable[ClauseRef]) -> list[str]:
    known = set(others)
    return [ref.code for ref in some if ref not in known]


def _said(value: object) -> Text:
    """A value of an item as words."""
    if isinstance(value, Text):
        return value
    if isinstance(value, list):
        return Text(zh="、".join(value), en=", ".join(value)) if value else _NOTHING
    if value is None:
        return _NOTHING
    least, of = value.least, value.of  # type: ignore[attr-defined]  # the only other kind: a sample
    return Text(zh=f"至少{least}{of.zh}", en=f"at least {least} {of.en}")


def _clauses(old: Standard, new: Standard) -> Iterator[Difference]:
    where = Text(zh=new.id, en=new.id)
    before = {clause.number: clause.title for clause in old.clauses}
    after = {clause.number: clause.title for clause in new.clauses}
    for number in dict.fromkeys([*after, *before]):
        if number not in before:
            yield Difference(what="added", where=where, name=number, words=after[number])
        elif number not in after:
            yield Difference(what="removed", where=where, name=number, words=before[number])
        elif before[number] != after[number]:
            was, now = before[number], after[number]
            words = Text(zh=f"标题由「{was.zh}」改为「{now.zh}」", en=f"title was “{was.en}”, is “{now.en}”")
            yield Difference(what="changed", where=where, name=number, words=words)
