"""Checks of a plan: a table of plans with what is said of each, and properties that hold for all."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.audit import plan
from server.audit.plan.days import span_of
from server.audit.plan.words import SENTENCES
from server.audit.setup import Adjustment, DayBasis, Registration, Setup, Stop
from tests.audit.plans import TEAM, clauses, refs, setup, stop

OPENING, CLOSING = stop(0, 1, type="opening"), stop(9, 10, type="closing")
SOUND = {"s0": OPENING, "s1": stop(1, 3, "wen"), "s2": stop(1, 3, "tong"), "s9": CLOSING}


def codes(one: Setup, *due: str) -> set[tuple[str, str]]:
    """What is said, and of which stop."""
    return {(issue.code, issue.stop) for issue in plan.check(one, refs(*due))}


def with_stops(**more: Stop) -> Setup:
    return setup({**SOUND, **more})


CASES = {
    "a sound plan": (with_stops(), set()),
    "two places at once": (with_stops(s3=stop(2, 4, "wen")), {("overlap", "s1")}),
    "one after the other": (with_stops(s3=stop(3, 4, "wen")), set()),
    "a team meeting is a place too": (
        with_stops(s3=stop(2, 2.5, type="team_meeting")),
        {("overlap", "s1"), ("overlap", "s2")},
    ),
    "the expert who comes along": (
        with_stops(s1=stop(1, 3, "wen", accompanied_by=["wu"]), s2=stop(2, 4, "tong", accompanied_by=["wu"])),
        {("overlap", "s1")},
    ),
    "lunch inside a stop": (
        with_stops(s3=stop(2, 2.5, type="break")),
        {("during_break", "s1"), ("during_break", "s2")},
    ),
    "outside the dates": (
        with_stops(s3=stop(50, 51, "wen")),
        {("outside_dates", "s3"), ("after_closing", "s3")},
    ),
    "before the opening": (with_stops(s3=stop(-1, 0, "wen")), {("before_opening", "s3")}),
    "backwards": (with_stops(s3=stop(5, 4, "wen")), {("backwards", "s3")}),
    "no time": (with_stops(s3=stop(None, None, "wen")), {("no_time", "s3")}),
    "nobody": (with_stops(s3=stop(4, 5)), {("no_auditor", "s3")}),
    "nothing to audit": (with_stops(s3=stop(4, 5, "wen", clauses=[])), {("no_clauses", "s3")}),
    "nowhere": (with_stops(s3=stop(4, 5, "wen", department="")), {("no_place", "s3")}),
    "a trainee alone": (with_stops(s3=stop(4, 5, "sui")), {("competence", "s3")}),
    "no closing": (setup({key: one for key, one in SOUND.items() if key != "s9"}), {("no_meeting", "")}),
    "left out on site": (with_stops(s3=stop(2, 4, "wen", status="skipped")), set()),
    "nothing planned": (setup({}), {("no_stops", "")}),
    "a department without its clause": (
        setup(SOUND, matrix={"业务部": {"Q8.2.1": "main", "Q8.2.2": "related"}}),
        {("main_unplanned", "")},
    ),
    "a reduction without reason": (
        setup(SOUND, days=DayBasis(adjustments=[Adjustment(percent=-10)])),
        {("no_reason", "")},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_of_a_plan(case: str) -> None:
    one, expected = CASES[case]
    assert codes(one) == expected


def registered(
    *, until: str = "2030-01-01", grade: str = "审核员", scheme: str = "QMS"
) -> list[Registration]:
    return [Registration(scheme=scheme, grade=grade, number="1", valid_until=until)]


@pytest.mark.parametrize(
    ("member", "registrations", "said"),
    [
        ("tong", registered(scheme="EMS"), "tong 某没有Q的注册"),
        ("tong", registered(until="2026-11-17"), "当天已过期"),
        ("tong", registered(grade="实习审核员"), "在Q是实习级别"),
        ("wen", registered(grade="技术专家"), "组长wen 某在本次审核的体系里没有有效的审核员注册"),
    ],
)
def test_what_is_on_record_and_rules_somebody_out_is_an_error(
    member: str, registrations: list[Registration], said: str
) -> None:
    known = {**TEAM, member: replace(TEAM[member], registrations=registrations)}
    found = [one for one in plan.check(setup(SOUND, team=known)) if said in one.message.zh]
    assert [one.severity for one in found] == ["error"]


def test_a_second_auditor_with_the_registration_is_enough() -> None:
    known = {**TEAM, "tong": replace(TEAM["tong"], registrations=registered(scheme="EMS"))}
    together = {**SOUND, "s1": stop(1, 3, "wen", "tong"), "s2": stop(3, 4, "wen")}
    assert codes(setup(together, team=known)) == set()


def test_every_clause_that_is_due_is_planned() -> None:
    said = plan.check(setup(SOUND), refs("8.5.1", "9.2.1", "9.2.2"))
    missing = next(issue for issue in said if issue.code == "clause_unplanned")
    assert missing.severity == "error"
    assert missing.message.zh == "Q还有2个条款没有安排：Q9.2.1、Q9.2.2。"
    assert codes(with_stops(s3=stop(4, 5, "wen", clauses=clauses("9.2"))), "8.5.1", "9.2.1", "9.2.2") == set()


def test_the_last_chance_of_a_cycle_is_said_apart() -> None:
    said = plan.check(setup(SOUND), refs("8.5.1", "9.2.1", "9.2.2"), last=refs("9.2.2", "10.1"))
    listed = {issue.code: issue.values["codes"].zh for issue in said if issue.severity == "error"}
    assert listed == {"clause_unplanned": "Q9.2.1", "last_chance": "Q9.2.2、Q10.1"}


def test_what_is_due_by_default_is_what_somebody_answers_for() -> None:
    auditable = {"QMS": refs("8.5.1", "8.5.2", "9.2.1")}
    assert plan.due_clauses(setup({}), auditable) == auditable["QMS"]
    owned = setup({}, matrix={"生产部": {"Q8.5.1": "main", "Q8.5.2": "related"}})
    assert plan.due_clauses(owned, auditable) == refs("8.5.1")


def test_sentences_are_filled_in_both_languages() -> None:
    for one, _ in CASES.values():
        for issue in plan.check(one, refs("4.1")):
            assert issue.message.zh
            assert issue.message.en
            assert "{" not in issue.message.zh + issue.message.en
    assert all(text.zh and text.en for text in SENTENCES.values())


PEOPLE = st.lists(st.sampled_from(["wen", "tong"]), min_size=1, max_size=2, unique=True)
HALF_HOURS = st.integers(0, 20)


@st.composite
def stops(draw: st.DrawFn) -> dict[str, Stop]:
    made = {}
    for number in range(draw(st.integers(1, 7))):
        begin = draw(HALF_HOURS) / 2
        length = draw(st.integers(1, 6)) / 2
        kind = draw(st.sampled_from(["audit", "audit", "team_meeting", "client_talk", "break"]))
        made[f"s{number}"] = stop(begin, begin + length, *draw(PEOPLE), type=kind)
    return made


def overlaps(one: Setup) -> set[tuple[str, str, str]]:
    return {
        (issue.principal, min(issue.stop, issue.other), max(issue.stop, issue.other))
        for issue in plan.check(one)
        if issue.code == "overlap"
    }


@given(stops())
@settings(max_examples=60)
def test_an_overlap_is_said_exactly_where_somebody_is_at_two_places(made: dict[str, Stop]) -> None:
    expected = set()
    for (key, one), (other, two) in combinations(made.items(), 2):
        a, b = span_of(one), span_of(two)
        assert a
        assert b
        if "break" not in (one.type, two.type) and max(a[0], b[0]) < min(a[1], b[1]):
            expected |= {(who, *sorted((key, other))) for who in set(one.auditors) & set(two.auditors)}
    assert overlaps(setup(made)) == expected


@given(stops(), st.randoms())
@settings(max_examples=40)
def test_the_order_of_stops_changes_nothing(made: dict[str, Stop], chance: random.Random) -> None:
    keys = list(made)
    chance.shuffle(keys)
    assert plan.check(setup({key: made[key] for key in keys})) == plan.check(setup(made))


@given(stops(), st.integers(0, 6), HALF_HOURS)
@settings(max_examples=60)
def test_a_stop_moved_away_from_all_others_is_in_no_overlap(
    made: dict[str, Stop], which: int, later: int
) -> None:
    key = list(made)[which % len(made)]
    begin = 20 + later / 2
    moved = {**made, key: stop(begin, begin + 0.5, *made[key].auditors, type=made[key].type)}
    before, after = overlaps(setup(made)), overlaps(setup(moved))
    assert after == {found for found in before if key not in found[1:]}


@given(stops())
@settings(max_examples=30)
def test_stops_made_from_the_matrix_leave_those_that_are_there_and_are_made_once(
    made: dict[str, Stop],
) -> None:
    one = setup(
        made, matrix={"生产部": {"Q8.5.1": "main", "Q8.5.2": "main"}, "业务部": {"Q8.2.1": "related"}}
    )
    proposed = plan.propose(one, list(made))
    assert not proposed.keys() & made.keys()
    planned = setup({**made, **proposed}, matrix=one.matrix)
    assert not [issue for issue in plan.check(planned) if issue.code == "main_unplanned"]
    assert plan.propose(planned, list(planned.stops)) == {}
    departments = {
        one.department for one in plan.propose(planned, list(planned.stops), related=True).values()
    }
    assert departments == {"业务部"}


def test_keys_of_stops_that_were_deleted_are_not_used_again() -> None:
    made = plan.propose(setup({}, matrix={"生产部": {"Q8.5.1": "main"}}), ["S01", "S02"])
    assert list(made) == ["S03", "S04", "S05"]
    assert [one.type for one in made.values()] == ["opening", "audit", "closing"]


def test_a_stranger_in_the_team_is_named_by_id() -> None:
    one = setup({**SOUND, "s3": stop(4, 5, "gone", "wen")})
    assert ("competence", "s3") in codes(one)
