"""What an audit may not leave out: the points of `server.criteria.mandatory` against what was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from server.audit.coverage import Seen, lineage, words_of
from server.audit.entries import AnsweredBody, Meeting, Text
from server.audit.gaps.model import Audit, Gap, Note, gap
from server.criteria.mandatory import Mention, Point
from server.criteria.model import letter_of

_DAY = re.compile(r"\d{4}[-年./]\d{1,2}|\d{1,2}月\d{1,2}日|\b\d{1,2} (?:[A-Z][a-z]{2,8})\b")
_MOST_POINTS = 3
"""How many points of a meeting a gap names by their words."""
_MEETINGS: dict[str, tuple[Meeting, str, Text]] = {
    "opening": ("opening", "OPENING_NOT_HELD", Text(zh="首次会议", en="opening meeting")),
    "closing": ("closing", "CLOSING_NOT_HELD", Text(zh="末次会议", en="closing meeting")),
}


def notes(audit: Audit, seen: Seen) -> Iterator[Note]:
    """Which points one observation satisfies, for which scheme, and what of their mentions it says."""
    text = words_of(seen.content)
    cards = {card.type for card in seen.content.cards}
    for point, schemes in audit.mandatory:
        if point.letter:
            continue
        for scheme in schemes:
            if _satisfies(point, scheme, seen, text, cards):
                yield "point", point.id, scheme
                for at, mention in enumerate(point.mentions):
                    if _says(text, mention):
                        yield "mention", point.id, scheme, str(at)


def _satisfies(point: Point, scheme: str, seen: Seen, text: str, cards: set[str]) -> bool:
    named = {number for of, number in seen.named if of == scheme}
    if not named:
        return False
    if seen.content.item and seen.content.item in point.items:
        return True
    wanted = {clause.number for clause in point.clauses if clause.scheme == scheme}
    if not any(step in wanted for number in named for step in lineage(number)):
        return False
    if cards & set(point.cards):
        return True
    return not point.words or any(word.lower() in text for word in point.words)


def _says(text: str, mention: Mention) -> bool:
    return any(word.lower() in text for word in mention.words) or (
        mention.dated and _DAY.search(text) is not None
    )


def missing_points(audit: Audit) -> Iterator[Gap]:
    """Points without a record, and points whose records leave out what they have to say."""
    for point, schemes in audit.mandatory:
        if point.letter or _answered(audit, point):
            continue
        lacking = [scheme for scheme in schemes if ("point", point.id, scheme) not in audit.notes]
        if lacking:
            yield _missing(audit, point, lacking)
        told = [scheme for scheme in schemes if scheme not in lacking]
        for at, mention in enumerate(point.mentions):
            thin = [one for one in told if ("mention", point.id, one, str(at)) not in audit.notes]
            if thin:
                yield _thin(audit, point, mention, thin)


def _missing(audit: Audit, point: Point, lacking: list[str]) -> Gap:
    said = " ".join(letter_of(scheme) for scheme in lacking)
    return gap(
        "MANDATORY_MISSING",
        severity="error" if point.confidence == "high" else "warning",
        message=Text(
            zh=f"{said} {point.title.zh}：没有记录，也没有写“无”（{point.rule.zh}）",
            en=f"{said}: {point.title.en}: neither seen nor “none” ({point.rule.en})",
        ),
        about=[point.id, *lacking],
        where=_place(audit, point, lacking),
    )


def _place(audit: Audit, point: Point, lacking: list[str]) -> str:
    """The stop that planned it; else the element that answers it; else the point itself."""
    wanted = [clause for clause in point.clauses if clause.scheme in lacking]
    for key, planned in audit.planned.items():
        if any(
            (clause.scheme, clause.number) in planned.around
            or any((clause.scheme, number) in planned.own for number in lineage(clause.number))
            for clause in wanted
        ):
            return f"stops/{key}"
    return f"report#{point.elements[0]}" if point.elements else f"mandatory/{point.id}"


def _thin(audit: Audit, point: Point, mention: Mention, schemes: list[str]) -> Gap:
    said = " ".join(letter_of(scheme) for scheme in schemes)
    return gap(
        "MANDATORY_THIN",
        message=Text(
            zh=f"{said} {point.title.zh}：记录里没有说到{mention.what.zh}（{point.rule.zh}）",
            en=f"{said}: {point.title.en}: no record tells {mention.what.en} ({point.rule.en})",
        ),
        about=[point.id, mention.what.zh, *schemes],
        where=_place(audit, point, schemes),
    )


def _answered(audit: Audit, point: Point) -> bool:
    """Whether the leader answered 无 to an element of the point, or with a text that speaks of it."""
    for key in point.elements:
        thing = audit.state.answers.get(key)
        answer: AnsweredBody | None = thing.current if thing else None
        if answer and answer.none:
            return True
        text = f"{answer.text.zh}\n{answer.text.en}".lower() if answer else ""
        if text.strip() and (not point.words or any(word.lower() in text for word in point.words)):
            return True
    return False


def untouched_points(audit: Audit) -> Iterator[Gap]:
    """A lettered point of every surveillance that nothing touched, per scheme; an explicit 无 counts.

    What waits to be verified is told finding by finding, and not once more as point b.
    """
    touched = {(one.scheme, one.point) for one in audit.coverage.points if one.touched}
    waiting = any(key not in audit.state.verifications for key in audit.state.setup.previous)
    for point, schemes in audit.mandatory:
        for scheme in schemes if point.letter else ():
            if (scheme, point.letter) in touched or (point.letter == "b" and waiting):
                continue
            of, letter = letter_of(scheme), point.letter
            name, rule = point.title, point.rule
            yield gap(
                "POINT_UNTOUCHED",
                message=Text(
                    zh=f"{of} 监督必查 {letter} {name.zh}：没有记录，也没有写“无”（{rule.zh}）",
                    en=f"{of}, surveillance point {letter}, {name.en}: neither seen nor “none” ({rule.en})",
                ),
                where=f"points/{scheme}/{letter}",
            )


def empty_in_report(audit: Audit) -> Iterator[Gap]:
    """Elements that a report must hold and that are empty in this one."""
    titles = {element.key: element.title for element in audit.form.elements}
    told: set[str] = set()
    for part in audit.given.mandatory.report:
        for key in part.elements:
            if audit.beside.empty is None or key not in audit.beside.empty or key in told:
                continue
            told.add(key)
            name = titles.get(key, part.title)
            yield gap(
                "REPORT_POINT_EMPTY",
                message=Text(
                    zh=f"{name.zh}是空的：{part.title.zh}（{part.rule.zh}）",
                    en=f"{name.get('en')} is empty: {part.title.en} ({part.rule.en})",
                ),
                where=f"report#{key}",
            )


def meetings(audit: Audit) -> Iterator[Gap]:
    """Opening and closing meeting: held, and every point that a rule asks for covered."""
    for asked in audit.given.mandatory.meetings:
        meeting, code, name = _MEETINGS[asked.meeting]
        held = audit.state.meetings.get(meeting)
        if held is None or held.current is None:
            yield gap(
                code,
                message=Text(
                    zh=f"{name.zh}没有记录（{asked.rule.zh}）", en=f"No {name.en} on record ({asked.rule.en})"
                ),
                where=f"meetings/{meeting}",
            )
            continue
        ticks = [tick.current for tick in audit.state.ticks.values() if tick.current]
        done = {tick.point for tick in ticks if tick.done and tick.meeting == meeting}
        listed = {point.ref: point.text for point in getattr(audit.house.meetings, meeting)}
        open_points = {ref: listed[ref] for ref in asked.refs if ref in listed and ref not in done}
        if open_points:
            yield _open_points(meeting, name, open_points)


def _open_points(meeting: str, name: Text, points: Mapping[str, Text]) -> Gap:
    told, more = [*points.values()][:_MOST_POINTS], len(points) - _MOST_POINTS
    zh = "；".join(one.zh for one in told) + ("……" if more > 0 else "")
    en = "; ".join(one.en for one in told) + (f"; {more} more" if more > 0 else "")
    return gap(
        "MEETING_POINTS_OPEN",
        message=Text(
            zh=f"{name.zh}有 {len(points)} 点没有打勾：{zh}",
            en=f"Not ticked at the {name.en}: {en}",
        ),
        about=[*points],
        where=f"meetings/{meeting}",
    )
