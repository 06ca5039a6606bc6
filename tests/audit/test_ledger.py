"""The time ledger: visits, auditor-days spent, what can't be, the sentence for the report."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audit import ledger
from server.audit.plan.days import planned
from server.criteria.days import DayRules
from server.criteria.load import load_criteria
from server.settings import data_root
from tests.audit.journals import STOPS, TONG, WEN, Journal

DAY = datetime.fromisoformat("2026-05-18T00:00:00+08:00")


@cache
def day_rules() -> DayRules:
    return next(iter(load_criteria(data_root("checklists")).days.values()))


@pytest.fixture
def rules() -> DayRules:
    return day_rules()


@pytest.fixture
def journal() -> Journal:
    kept = Journal()
    kept.add("opened", {"number": "1"})
    kept.add("configured", {"path": "stops", "value": STOPS, "bases": []})
    team = {WEN: {"name": "闻砚秋", "role": "leader"}, TONG: {"name": "童其森", "role": "auditor"}}
    kept.add("configured", {"path": "team", "value": team, "bases": []})
    return kept


def at(hours: float) -> str:
    return (DAY + timedelta(hours=hours)).isoformat()


def visit(
    journal: Journal, stop: str, begin: float, end: float | None, person: str = WEN
) -> tuple[str, list[str]]:
    """Write a visit; its id and the entries that made it."""
    key = str(uuid.uuid4())
    body: dict[str, Any] = {"stop": stop, "person": person, "visit": key}
    made = [journal.add("arrived", {**body, "at": at(begin)}, by=person)]
    if end is not None:
        made.append(journal.add("left", {**body, "at": at(end)}, by=person))
    return key, made


def test_time_counts_from_arriving_to_leaving(journal: Journal, rules: DayRules) -> None:
    visit(journal, "s1", 9, 10.5)
    journal.observe("s2", "QMS 7.1.5", by=TONG, seen_at=at(11))  # typed something: says nothing of time
    spent = ledger.spent(journal.state, rules)
    assert spent.by_member == {WEN: Fraction(3, 16), TONG: 0}
    assert spent.by_stop == {"s1": Fraction(3, 2)}
    assert spent.by_scheme["QMS"] == spent.by_scheme["EMS"] == Fraction(3, 32)


def test_a_correction_takes_the_place_of_what_was_written(journal: Journal, rules: DayRules) -> None:
    key, (came, left) = visit(journal, "s1", 9, 10)
    body = {"stop": "s1", "person": WEN, "visit": key}
    journal.add("left", {**body, "at": at(10.5), "bases": [left]})
    assert ledger.spent(journal.state, rules).by_stop == {"s1": Fraction(3, 2)}
    journal.add("arrived", {**body, "bases": [came]})
    assert ledger.visits(journal.state) == [], "taken back"
    assert not ledger.is_kept(journal.state)


def test_a_meeting_counts_for_those_on_its_sheet(journal: Journal, rules: DayRules) -> None:
    journal.add("meeting-held", {"meeting": "closing", "start": at(16), "end": at(17)})
    assert {one.person for one in ledger.visits(journal.state)} == {WEN, TONG}, "the plan, without a sheet"
    journal.add("attended", {"name": "闻砚秋", "meetings": ["closing"]})
    assert {one.person for one in ledger.visits(journal.state)} == {WEN}
    assert ledger.spent(journal.state, rules).by_member[WEN] == Fraction(1, 8)


def test_lunch_is_no_audit_time(journal: Journal, rules: DayRules) -> None:
    lunch = {"type": "break", "start": at(12), "end": at(13), "auditors": [WEN]}
    journal.configure("stops/lunch", lunch)
    visit(journal, "s1", 11, 14)
    assert ledger.spent(journal.state, rules).by_stop == {"s1": 2}


def test_nobody_is_at_two_places(journal: Journal) -> None:
    visit(journal, "s1", 9, 10.5)
    visit(journal, "s2", 10.5, 12)
    assert ledger.overlaps(journal.state) == []
    visit(journal, "s2", 9.5, 10, person=TONG)
    assert ledger.overlaps(journal.state) == [], "different people"
    visit(journal, "s2", 10, 10.25)
    (found,) = ledger.overlaps(journal.state)
    assert (found.person, found.first.stop, found.second.stop) == (WEN, "s1", "s2")


def test_who_is_still_there_counts_nothing(journal: Journal, rules: DayRules) -> None:
    key, _ = visit(journal, "s1", 9, None)
    assert [one.id for one in ledger.still_open(journal.state)] == [key]
    assert ledger.spent(journal.state, rules).total == 0


def test_less_time_than_planned_is_told_once_the_audit_is_over(journal: Journal, rules: DayRules) -> None:
    visit(journal, "s1", 9, 9.5)
    visit(journal, "s2", 10.5, 12, person=TONG)
    assert ledger.deviation(journal.state, rules).zh == "", "the day goes on"
    journal.add("meeting-held", {"meeting": "closing", "start": at(16), "end": at(16.5)})
    said = ledger.deviation(journal.state, rules)
    assert said.zh == "实际审核时间3小时，计划4小时；S01计划1.5小时、实际0.5小时"
    assert said.en == "Actual audit time was 3 hours of 4 planned; S01 0.5 of 1.5 hours"


def test_without_arrivals_nothing_is_short(journal: Journal, rules: DayRules) -> None:
    journal.add("meeting-held", {"meeting": "closing", "start": at(16), "end": at(16.5)})
    assert ledger.deviation(journal.state, rules).zh == ""


spans = st.lists(st.tuples(st.integers(0, 47), st.integers(1, 16)), max_size=8)


@given(spans)
def test_no_minute_counts_twice_and_no_day_holds_more_than_its_hours(kept: list[tuple[int, int]]) -> None:
    journal = Journal()
    journal.add("configured", {"path": "stops", "value": STOPS, "bases": []})
    journal.add("configured", {"path": "team", "value": {WEN: {"name": "甲", "role": "leader"}}, "bases": []})
    minutes: set[int] = set()
    for number, (begin, length) in enumerate(kept):
        visit(journal, ("s1", "s2")[number % 2], begin / 4, (begin + length) / 4)
        minutes |= set(range(begin, begin + length))
    spent = ledger.spent(journal.state, day_rules())
    assert spent.by_member[WEN] <= Fraction(len(minutes), 4 * day_rules().hours_per_day)
    assert spent.by_member[WEN] <= len({minute // 96 for minute in minutes})
    assert sum(spent.by_stop.values(), Fraction(0)) == Fraction(len(minutes), 4)
    assert spent.total == sum(spent.by_scheme.values(), Fraction(0))


def test_the_plan_kept_to_the_minute_is_the_plan(journal: Journal, rules: DayRules) -> None:
    visit(journal, "s1", 9, 10.5)
    visit(journal, "s2", 10.5, 12, person=TONG)
    journal.add("meeting-held", {"meeting": "closing", "start": at(16), "end": at(16.5)})
    assert ledger.spent(journal.state, rules) == planned(journal.state.setup, rules)
