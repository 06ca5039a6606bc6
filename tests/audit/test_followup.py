"""Where a nonconformity stands after the closing meeting, and by when something has to come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audit import findings, followup
from server.audit.admission import admit
from server.audit.entries import Clause, decode
from server.audit.setup import PreviousFinding, Setup, Stop, Visit
from server.criteria.model import House
from tests.audit.journals import AUDIT, Journal

MAJOR = {"type": "nonconformity", "grade": "major", "number": "1", "due": "2026-06-08"}
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
RESULTS = ["accepted", "asked_again", "effective", "not_effective", "closed", ""]
STEPS = st.lists(st.one_of(st.just("answer"), st.sampled_from(RESULTS)), max_size=12)


def verified(journal: Journal, finding: str, result: str, **more: Any) -> str:
    return journal.add("verified", {"target": finding, "result": result, **more})


def answered(journal: Journal, finding: str) -> str:
    return journal.add("responded", {"finding": finding, "correction": {"zh": "已返工"}})


@pytest.fixture
def finding(journal: Journal) -> str:
    return journal.add("found", MAJOR)


def test_from_the_first_answer_to_closure(journal: Journal, finding: str) -> None:
    def now() -> str:
        return followup.stage(journal.state, finding)

    assert now() == "awaiting"
    answered(journal, finding)
    assert now() == "answered"
    verified(journal, finding, "asked_again", due="2026-06-20")
    assert now() == "asked_again"
    answered(journal, finding)
    assert now() == "answered"
    verified(journal, finding, "accepted")
    assert now() == "accepted"
    verified(journal, finding, "not_effective")
    assert now() == "asked_again", "what had no effect is for the client again"
    answered(journal, finding)
    verified(journal, finding, "effective", closed=False)
    assert now() == "accepted", "effective, yet not closed"
    verified(journal, finding, "effective", closed=True)
    assert now() == "closed"
    (one,) = followup.follow_ups(journal.state)
    assert one.due == "2026-06-20", "the day agreed last"
    assert [type(said.body).__name__[0] for said in one.rounds] == list("RVRVVRVV")


@given(STEPS)
def test_the_last_word_decides(steps: list[str]) -> None:
    journal = Journal()
    finding = journal.add("found", MAJOR)
    for step in steps:
        answered(journal, finding) if step == "answer" else verified(journal, finding, step)
    said = [step for step in steps if step]
    expected = {"answer": "answered", "not_effective": "asked_again", "effective": "closed"}
    now = followup.stage(journal.state, finding)
    assert now == (expected.get(said[-1], said[-1]) if said else "awaiting")
    for grade in ("major", "minor"):
        settled = followup.is_settled(journal.state, finding, grade)
        assert settled == (now == "closed" or (now == "accepted" and grade == "minor"))


@given(start=DAYS, length=st.integers(0, 30), grade=st.sampled_from(["major", "minor"]))
def test_a_due_day_is_so_many_days_after_the_last_day(
    house: House, start: date, length: int, grade: str
) -> None:
    end = start + timedelta(days=length)
    setup = Setup(visit=Visit(start=start.isoformat(), end=end.isoformat()))
    due = findings.due_date(setup, house, grade)
    days = {"major": house.rules.nc_due_days_major, "minor": house.rules.nc_due_days_minor}[grade]
    assert date.fromisoformat(due) - end == timedelta(days=days)
    assert followup.days_left(due, end.isoformat()) == days
    assert findings.due_date(Setup(), house, grade) == ""


@given(DAYS, st.integers(-400, 400))
def test_days_left_count_down_to_the_day_and_beyond(due: date, left: int) -> None:
    today = due - timedelta(days=left)
    assert followup.days_left(due.isoformat(), today.isoformat()) == left
    journal = Journal()
    journal.add("found", MAJOR | {"due": due.isoformat()})
    (one,) = followup.follow_ups(journal.state)
    assert one.is_overdue(today.isoformat()) == (left < 0)


def test_nothing_is_overdue_without_a_day_or_once_closed(journal: Journal) -> None:
    without = journal.add("found", MAJOR | {"due": ""})
    closed = journal.add("found", MAJOR | {"number": "2"})
    verified(journal, closed, "closed", closed=True)
    assert [one.id for one in followup.follow_ups(journal.state)] == [without, closed]
    assert not any(one.is_overdue("2099-01-01") for one in followup.follow_ups(journal.state))
    assert followup.days_left("", "2026-01-01") is None


@pytest.mark.parametrize(("kind", "field"), [("responded", "finding"), ("verified", "target")])
def test_follow_up_goes_on_after_release(journal: Journal, finding: str, kind: str, field: str) -> None:
    journal.configure("previous/OLD-1", {"number": "OLD-1"})
    sha = "0" * 64
    journal.add("released", {"tree": sha, "docx": sha, "pdf": sha, "head": 1, "head_hash": sha, "build": ""})
    state = journal.state
    assert state.released

    def verdict(target: str) -> tuple[str, str]:
        other = Journal()
        other.add(kind, {field: target})
        said = admit(state, decode(other.records[0].raw))
        return said.status, said.reason

    assert verdict(finding) == ("stored", "")
    if kind == "verified":
        assert verdict("OLD-1") == ("held", "after_release"), "chapter 四 is in the released report"


def test_a_verification_of_an_answer_that_is_not_here_is_held(journal: Journal, finding: str) -> None:
    unknown = AUDIT.replace("0000", "1111")
    entry = Journal()
    entry.add("verified", {"target": finding, "result": "accepted", "response": unknown})
    said = admit(journal.state, decode(entry.records[0].raw))
    assert (said.status, said.reason) == ("held", "unknown_base")


DEPARTMENTS = st.sampled_from(["生产部", "质检部", "管理层", ""])
CODES = st.lists(st.sampled_from(["7.1.5", "8.5.1", "9.2"]), max_size=2)


@given(
    st.lists(st.tuples(DEPARTMENTS, CODES), min_size=1, max_size=4),
    st.lists(st.tuples(DEPARTMENTS, CODES), max_size=4),
)
def test_every_earlier_nonconformity_comes_up_at_some_stop(stops: list[Any], findings: list[Any]) -> None:
    def clauses(codes: list[str]) -> list[Clause]:
        return [Clause(scheme="QMS", number=one) for one in codes]

    setup = Setup(
        stops={
            str(n): Stop(department=department, clauses=clauses(codes))
            for n, (department, codes) in enumerate(stops)
        },
        previous={
            str(n): PreviousFinding(department=department, clauses=clauses(codes))
            for n, (department, codes) in enumerate(findings)
        },
    )
    at = {key: set(followup.previous_at(setup, stop)) for key, stop in setup.stops.items()}
    assert set().union(*at.values()) == setup.previous.keys()
    for key, one in setup.previous.items():
        own = {n for n, stop in setup.stops.items() if stop.department == one.department}
        if one.department and own:
            assert {n for n, there in at.items() if key in there} == own


def test_what_needs_no_verification_comes_up_nowhere() -> None:
    setup = Setup(stops={"a": Stop()}, previous={"x": PreviousFinding(verification_needed=False)})
    assert followup.previous_at(setup, setup.stops["a"]) == {}


@given(
    due=DAYS, before=st.lists(st.integers(0, 30), max_size=4), awake=st.sets(st.integers(-5, 40), max_size=20)
)
def test_each_reminder_comes_once_in_time_and_none_is_too_late(
    due: date, before: list[int], awake: set[int]
) -> None:
    """`awake`: how many days before the due day the server looked."""
    came: list[tuple[int, int]] = []
    for left in sorted(awake, reverse=True):
        days = followup.reminder(due.isoformat(), (due - timedelta(days=left)).isoformat(), before)
        if days is not None and days not in {earlier for _, earlier in came}:
            came.append((left, days))
    assert all(0 <= left <= days for left, days in came)
    assert all(days in before for _, days in came)
    in_time = [left for left in awake if 0 <= left <= max(before, default=-1)]
    assert bool(came) == bool(in_time), "whoever looked in time was reminded"
