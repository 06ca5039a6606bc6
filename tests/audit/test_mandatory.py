"""Mandatory points: each is missed until something satisfies it, for each scheme apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from server.audit import gaps
from server.audit.coverage import POINTS
from server.audit.gaps import Beside, Gap, Given
from server.criteria.load import load_criteria
from server.criteria.mandatory import Point
from server.criteria.model import SCHEME_LETTERS
from server.settings import data_root
from tests.audit.journals import Journal

SHIPPED = load_criteria(data_root("checklists")).mandatory["mandatory"]
PLAIN = [point for point in SHIPPED.points if not point.letter]
Find = Callable[..., list[Gap]]


@pytest.fixture
def find(journal: Journal, given: Given) -> Find:
    def found(code: str, **beside: Any) -> list[Gap]:
        return [gap for gap in gaps.find(journal.state, given, Beside(**beside)) if gap.code == code]

    return found


def audited(journal: Journal, *schemes: str, **visit: Any) -> None:
    """The audit is of these schemes."""
    changed = {"number": "1", "schemes": list(schemes), "start": "2026-05-18", "end": "2026-05-19"}
    journal.configure("visit", changed | visit)


def satisfying(point: Point, scheme: str) -> tuple[str, dict[str, str]]:
    """A clause and a text by which one observation satisfies a point, mentions and all."""
    clause = next(clause.number for clause in point.clauses if clause.scheme == scheme)
    words = [mention.words[0] for mention in point.mentions if mention.words]
    dated = ["2026-05-12"] if any(mention.dated for mention in point.mentions) else []
    return f"{scheme} {clause}", {"zh": "，".join([*point.words[:1], *words, *dated]) or "看了记录"}


def told(find: Find, point: Point) -> list[Gap]:
    missing = find("MANDATORY_MISSING") + find("MANDATORY_THIN")
    return [gap for gap in missing if gap.about[0] == point.id]


@pytest.mark.parametrize("point", PLAIN, ids=[point.id for point in PLAIN])
def test_a_point_is_missed_for_each_scheme_until_it_is_seen(
    point: Point, journal: Journal, find: Find
) -> None:
    audited(journal, *point.schemes)
    (gap,) = told(find, point)
    assert point.rule.zh in gap.message.zh
    assert point.rule.en in gap.message.en
    assert gap.severity == ("error" if point.confidence == "high" else "warning")
    for left in range(len(point.schemes), 0, -1):
        (gap,) = told(find, point)
        assert len(gap.about) == left + 1
        clause, text = satisfying(point, gap.about[1])
        journal.observe("s1", clause, text=text, outcome="not_seen")
        assert told(find, point)[0].about == gap.about, "未抽到 satisfies nothing"
        journal.observe("s1", clause, text=text, outcome="conform")
    assert not told(find, point)


@pytest.mark.parametrize("point", [one for one in PLAIN if one.elements], ids=lambda one: one.id)
def test_none_said_by_the_leader_is_an_answer(point: Point, journal: Journal, find: Find) -> None:
    audited(journal, *point.schemes)
    blank = journal.add("answered", {"element": point.elements[0], "text": {"zh": " "}})
    assert told(find, point)
    journal.add("answered", {"element": point.elements[0], "none": True, "bases": [blank]})
    assert not told(find, point)


@pytest.mark.parametrize(
    ("point", "at"),
    [(point, at) for point in PLAIN for at in range(len(point.mentions))],
    ids=[f"{point.id}-{at}" for point in PLAIN for at in range(len(point.mentions))],
)
def test_a_record_that_tells_half_is_thin(point: Point, at: int, journal: Journal, find: Find) -> None:
    scheme = point.schemes[0]
    audited(journal, scheme)
    clause, _ = satisfying(point, scheme)
    journal.observe("s1", clause, text={"zh": (point.words or ("看了",))[0]}, outcome="conform")
    lacking = [gap.message.zh for gap in find("MANDATORY_THIN") if gap.about[0] == point.id]
    mention = point.mentions[at]
    if any(word in (point.words or ("看了",))[0] for word in mention.words):
        return  # the word that satisfies the point tells this too
    assert any(mention.what.zh in message for message in lacking)


@pytest.mark.parametrize("scheme", SCHEME_LETTERS)
def test_every_scheme_is_asked_for_all_eight(scheme: str, journal: Journal, find: Find) -> None:
    audited(journal, scheme)
    assert [gap.where for gap in find("POINT_UNTOUCHED")] == [
        f"points/{scheme}/{letter}" for letter in POINTS
    ]
    assert all("9.6.2.2" in gap.message.en for gap in find("POINT_UNTOUCHED"))
    audited(journal, scheme, type="recertification")
    assert not find("POINT_UNTOUCHED")


@pytest.mark.parametrize(
    ("scheme", "clause", "letters"),
    [
        ("QMS", "9.2.2", "a"),
        ("FSMS", "9.3.2", "a"),
        ("HACCP", "5.4", "a"),
        ("EnMS", "10.2", "e"),
        ("EC", "10.5", "f"),
        ("EC", "12.4", "be"),
        ("OHSMS", "8.1.3", "fg"),
    ],
)
def test_clauses_touch_letters(scheme: str, clause: str, letters: str, journal: Journal, find: Find) -> None:
    audited(journal, scheme)
    journal.observe("s1", f"{scheme} {clause}", text={"zh": "看了"}, outcome="conform")
    open_letters = {gap.where[-1] for gap in find("POINT_UNTOUCHED")}
    assert not open_letters & set(letters)


def test_a_rule_holds_from_its_day_on(journal: Journal, find: Find) -> None:
    audited(journal, "EMS", start="2021-02-28")
    assert "discharge-permit" not in {gap.about[0] for gap in find("MANDATORY_MISSING")}
    audited(journal, "EMS", start="2021-03-01")
    assert "discharge-permit" in {gap.about[0] for gap in find("MANDATORY_MISSING")}


def test_the_place_is_the_stop_that_planned_it(journal: Journal, find: Find) -> None:
    audited(journal, "EMS")
    where = {gap.about[0]: gap.where for gap in find("MANDATORY_MISSING")}
    assert where["environmental-approval"] == "stops/s2"
    assert where["internal-audit"] == "report#2.3.internal_audit"
    assert where["compliance-evaluation"] == "mandatory/compliance-evaluation"


def test_what_a_report_must_hold(journal: Journal, find: Find) -> None:
    assert not find("REPORT_POINT_EMPTY"), "not asked"
    empty = frozenset({"1.5.8.unresolved", "1.5.6.next_focus", "2.2.production"})
    found = find("REPORT_POINT_EMPTY", empty=empty)
    assert [gap.where for gap in found] == ["report#1.5.6.next_focus", "report#1.5.8.unresolved"]
    assert "9.4.8.2 m" in found[1].message.en


def test_both_meetings_and_their_points(journal: Journal, find: Find) -> None:
    assert find("OPENING_NOT_HELD")
    assert find("CLOSING_NOT_HELD")
    for meeting in ("opening", "closing"):
        journal.add("meeting-held", {"meeting": meeting, "start": "2026-05-18T09:00:00+08:00"})
    assert not find("OPENING_NOT_HELD")
    opening, closing = find("MEETING_POINTS_OPEN")
    assert (len(opening.about), len(closing.about)) == (16, 9)
    for ref in opening.about:
        journal.add("ticked", {"meeting": "opening", "point": ref, "done": ref != "g"})
    opening, _ = find("MEETING_POINTS_OPEN")
    assert opening.about == ["g"]


def test_all_that_is_shipped_names_a_source() -> None:
    rules = [one.rule for one in SHIPPED.points] + [one.rule for one in SHIPPED.report]
    rules += [one.rule for one in SHIPPED.meetings]
    assert all(re.search(r"\d|规则", rule.zh) and rule.en for rule in rules)
    assert [part.id for part in SHIPPED.report][:18] == list("abcdefghijklmnopqr")
    assert [point.letter for point in SHIPPED.points if point.letter] == list(POINTS)
