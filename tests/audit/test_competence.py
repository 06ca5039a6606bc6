"""Who may audit what: a table of teams and what speaks against each, and properties that hold for all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from server.audit.competence import (
    Shortfall,
    covers,
    interests_now,
    is_client,
    outside_registration,
    shortfalls,
    standing,
    years_before,
)
from server.audit.competence_words import REASONS
from server.audit.entries import Clause, Text
from server.audit.setup import Certificate, Client, Interest, Member, Registration, Role, Setup, Stop, Visit
from server.demo.sample import sample_state

CODE = "17.12.05"
SCHEMES = ("QMS", "EMS", "OHSMS", "EC")
DAY = datetime.fromisoformat("2026-11-18T09:00:00+08:00")


def registered(
    *schemes: str, grade: str = "审核员", until: str = "2027-12-31", codes: Any = ()
) -> list[Registration]:
    return [
        Registration(scheme=one, grade=grade, number="1", valid_until=until, professional_codes=list(codes))
        for one in schemes
    ]


def member(role: Role, *schemes: str, **more: Any) -> Member:
    return Member(name=f"{role} 某", role=role, registrations=registered(*schemes, **more))


def stop(*clauses: str, auditors: list[str], **more: Any) -> Stop:
    named = [Clause(scheme=scheme, number="8.1") for scheme in clauses]
    return Stop(label="S1", clauses=named, auditors=auditors, start=DAY, **more)


def setup(team: dict[str, Member], at: Stop, **visit: Any) -> Setup:
    return Setup(
        team=team,
        stops={"s1": at},
        visit=Visit(start="2026-11-18", end="2026-11-19", **visit),
        client=Client(name=Text(zh="临沅暖川真空器皿有限公司"), credit_code="91330000TEST"),
        certificates={"QMS": Certificate(scheme="QMS", professional_codes=[CODE])},
    )


LEADER = member("leader", "QMS", "EMS", codes=[CODE])
TRAINEE = member("trainee", "QMS", codes=[CODE])
EXPERT = Member(name="专家 某", role="expert")
CASES: list[tuple[str, dict[str, Member], Stop, list[tuple[str, str, str]]]] = [
    ("registered", {"a": LEADER}, stop("QMS", "EMS", auditors=["a"]), []),
    ("no scheme", {"a": LEADER}, stop("OHSMS", auditors=["a"]), [("not_registered", "a", "OHSMS")]),
    (
        "each covers one",
        {"a": LEADER, "b": member("auditor", "OHSMS")},
        stop("QMS", "OHSMS", auditors=["a", "b"]),
        [],
    ),
    (
        "expired the day before",
        {"a": LEADER, "b": member("auditor", "QMS", until="2026-11-17")},
        stop("QMS", auditors=["b"]),
        [("expired", "b", "QMS")],
    ),
    (
        "valid on its last day",
        {"a": LEADER, "b": member("auditor", "QMS", until="2026-11-18")},
        stop("QMS", auditors=["b"]),
        [],
    ),
    (
        "provisional alone",
        {"a": LEADER, "b": member("auditor", "QMS", grade="实习审核员")},
        stop("QMS", auditors=["b"]),
        [("provisional", "b", "QMS")],
    ),
    (
        "provisional with an auditor of that scheme",
        {"a": LEADER, "b": member("auditor", "QMS", grade="实习审核员")},
        stop("QMS", auditors=["a", "b"]),
        [],
    ),
    (
        "an expert's grade is no auditor's",
        {"a": LEADER, "b": member("auditor", "QMS", grade="技术专家")},
        stop("QMS", auditors=["b"]),
        [("not_registered", "b", "QMS")],
    ),
    ("trainee alone", {"a": LEADER, "t": TRAINEE}, stop("QMS", auditors=["t"]), [("trainee_alone", "t", "")]),
    ("trainee beside", {"a": LEADER, "t": TRAINEE}, stop("QMS", auditors=["t", "a"]), []),
    ("expert alone", {"a": LEADER, "x": EXPERT}, stop("QMS", auditors=["x"]), [("alone", "x", "")]),
    (
        "trainee and expert are no auditor together",
        {"a": LEADER, "t": TRAINEE, "x": EXPERT},
        stop("QMS", auditors=["t"], accompanied_by=["x"]),
        [("trainee_alone", "t", ""), ("alone", "x", "")],
    ),
    ("nobody yet", {"a": LEADER}, stop("QMS", auditors=[]), []),
    ("a stranger", {"a": LEADER}, stop("QMS", auditors=["z", "a"]), [("not_in_team", "z", "")]),
    (
        "professional without the code",
        {"a": LEADER, "b": member("auditor", "QMS", codes=["03.01"])},
        stop("QMS", auditors=["b"], professional=True),
        [("professional", "b", "QMS")],
    ),
    (
        "professional by an enclosing code",
        {"a": LEADER, "b": member("auditor", "QMS", codes=["17.12"])},
        stop("QMS", auditors=["b"], professional=True),
        [],
    ),
    (
        "professional with an expert beside",
        {"a": LEADER, "b": member("auditor", "QMS"), "x": EXPERT},
        stop("QMS", auditors=["b"], professional=True, accompanied_by=["x"]),
        [],
    ),
    (
        "a trainee's code does not make it professional",
        {"a": LEADER, "b": member("auditor", "QMS"), "t": TRAINEE},
        stop("QMS", auditors=["b", "t"], professional=True),
        [("professional", "b", "QMS")],
    ),
    (
        "a code of another scheme does not count",
        {"a": LEADER, "b": structs.replace(member("auditor", "QMS"), registrations=[
            *registered("QMS"), *registered("EMS", codes=[CODE])
        ])},
        stop("QMS", auditors=["b"], professional=True),
        [("professional", "b", "QMS")],
    ),
    (
        "EC without Q",
        {"a": LEADER, "b": member("auditor", "EC")},
        stop("EC", auditors=["b"]),
        [("joint_needs_q", "b", "EC")],
    ),
    ("EC with Q", {"a": LEADER, "b": member("auditor", "EC", "QMS")}, stop("EC", auditors=["b"]), []),
    (
        "nothing known of somebody",
        {"a": LEADER, "b": member("auditor")},
        stop("QMS", auditors=["b"]),
        [("no_registration", "b", "")],
    ),
    ("a meeting", {"a": LEADER, "x": EXPERT}, stop("QMS", auditors=["x"], type="opening"), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("team", "at", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_stop(team: dict[str, Member], at: Stop, wanted: list[tuple[str, str, str]]) -> None:
    found = shortfalls(setup(team, at, schemes=["QMS"]))
    assert [(one.code, one.principal, one.scheme) for one in found] == wanted


@pytest.mark.parametrize(
    ("team", "schemes", "wanted"),
    [
        ({}, ["QMS"], ["no_leader"]),
        ({"a": LEADER}, ["QMS", "EC"], []),
        ({"a": LEADER}, ["EC"], ["ec_without_q", "leader_not_registered"]),
        (
            {"a": member("leader", "QMS", grade="trainee")},
            ["QMS"],
            ["leader_not_registered", "code_uncovered"],
        ),
        ({"a": member("leader", "QMS")}, ["QMS"], ["code_uncovered"]),
        ({"a": member("leader", "QMS"), "x": EXPERT}, ["QMS"], []),
        ({"a": structs.replace(LEADER, consulted=True)}, ["QMS"], ["interest"]),
    ],
)
def test_the_team(team: dict[str, Member], schemes: list[str], wanted: list[str]) -> None:
    made = setup(team, Stop(type="break"), schemes=schemes)
    assert [one.code for one in shortfalls(made)] == wanted


@pytest.mark.parametrize(
    ("interest", "counts"),
    [
        (Interest(client="临沅暖川真空器皿有限公司", until=""), True),
        (Interest(client="暖川真空器皿", until="2025-01-01"), True),
        (Interest(client="91330000test", until="2024-11-19"), True),
        (Interest(client="临沅暖川真空器皿", until="2024-11-18"), False),
        (Interest(client="另一家有限公司", until=""), False),
        (Interest(client="公司", until=""), False),
    ],
)
def test_an_interest_counts_for_two_years_after_it_ended(interest: Interest, counts: bool) -> None:
    team = {"a": structs.replace(LEADER, interests=[interest])}
    made = setup(team, Stop(type="break"), schemes=["QMS"])
    assert ([one.code for one in shortfalls(made)] == ["interest"]) is counts
    assert bool(interests_now(made, team["a"])) is counts


def test_an_interest_counts_for_as_long_as_the_house_says() -> None:
    team = {"a": structs.replace(LEADER, interests=[Interest(client="91330000TEST", until="2024-06-30")])}
    made = setup(team, Stop(type="break"), schemes=["QMS"])
    assert shortfalls(made) == []
    assert [one.code for one in shortfalls(made, free_years=3)] == ["interest"]


def test_a_leap_day_has_a_day_two_years_before() -> None:
    assert years_before("2028-02-29", 2) == "2026-02-28"
    assert years_before("soon", 2) == ""


def test_codes_enclose_by_their_parts_alone() -> None:
    assert covers(["17.12"], ["17.12.05"])
    assert not covers(["17.1"], ["17.12.05"])
    assert not covers(["17.12.05"], ["17.12"])


def test_a_client_is_known_by_its_name_without_legal_form() -> None:
    made = setup({"a": LEADER}, Stop())
    assert is_client("临沅 暖川真空器皿 有限责任公司", made)
    assert not is_client("", made)


def test_the_sample_has_a_team_that_may_do_all_of_its_plan() -> None:
    assert shortfalls(sample_state().setup) == []


def test_capture_warns_of_a_scheme_that_only_a_colleague_covers() -> None:
    team = {"a": LEADER, "b": member("auditor", "OHSMS")}
    made = setup(team, stop("QMS", "OHSMS", auditors=["a", "b"]), schemes=["QMS"])
    assert shortfalls(made) == []
    assert [(one.code, one.scheme) for one in outside_registration(made, "b", "s1")] == [
        ("not_registered", "QMS")
    ]
    assert outside_registration(made, "stranger", "s1") == []
    assert outside_registration(made, "b", "elsewhere") == []


def test_a_trainee_is_provisional_whatever_is_registered_and_told_only_what_is_missing() -> None:
    made = setup({"a": LEADER, "t": TRAINEE}, stop("QMS", "EMS", auditors=["t", "a"]), schemes=["QMS"])
    assert standing(TRAINEE, "QMS", "2026-11-18") == "provisional"
    assert [one.scheme for one in outside_registration(made, "t", "s1")] == ["EMS"]


def test_every_sentence_is_filled_in_both_languages() -> None:
    found: dict[str, Shortfall] = {}
    for _, team, at, _ in CASES:
        found |= {one.code: one for one in shortfalls(setup(team, at, schemes=["EC"]))}
    for team in ({}, {"a": structs.replace(member("leader", "QMS"), consulted=True)}):
        found |= {one.code: one for one in shortfalls(setup(team, Stop(type="break"), schemes=["QMS"]))}
    assert set(found) == set(REASONS)
    for one in found.values():
        assert one.message.zh
        assert one.message.en
        assert "{" not in one.message.zh + one.message.en
        assert one.key == f"shortfall.{one.code}"


REGISTRATIONS = st.builds(
    Registration,
    scheme=st.sampled_from(SCHEMES),
    grade=st.sampled_from(["", "审核员", "实习审核员", "技术专家"]),
    valid_until=st.sampled_from(["", "2026-11-17", "2026-11-18", "2027-01-01"]),
    professional_codes=st.lists(st.sampled_from([CODE, "17.12", "03"]), max_size=2),
)
MEMBERS = st.builds(
    Member,
    name=st.just("某"),
    role=st.sampled_from(["leader", "auditor", "trainee", "expert", "interpreter", "observer", "witness"]),
    registrations=st.lists(REGISTRATIONS, max_size=4),
)
TEAMS = st.dictionaries(st.sampled_from("abcd"), MEMBERS, max_size=4)
STOPS = st.builds(
    Stop,
    clauses=st.lists(st.builds(Clause, scheme=st.sampled_from(SCHEMES), number=st.just("8.1")), max_size=3),
    auditors=st.lists(st.sampled_from("abcdz"), max_size=3),
    accompanied_by=st.lists(st.sampled_from("abcd"), max_size=2),
    professional=st.sampled_from([None, False, True]),
    start=st.sampled_from([None, DAY]),
)
SETUPS = st.builds(setup, TEAMS, STOPS, schemes=st.lists(st.sampled_from(SCHEMES), max_size=3, unique=True))
ABLE = Member(name="全能", role="auditor", registrations=registered(*SCHEMES, codes=[CODE]))


def at_stop(made: Setup) -> list[Shortfall]:
    return [one for one in shortfalls(made) if one.stop]


@given(SETUPS)
def test_somebody_who_may_everything_leaves_nothing_to_say_of_a_stop(made: Setup) -> None:
    planned = made.stops["s1"]
    helped = structs.replace(
        made,
        team={**made.team, "able": ABLE},
        stops={"s1": structs.replace(planned, auditors=[*planned.auditors, "able"])},
    )
    left = {one.code for one in at_stop(helped)}
    assert left <= {"not_in_team"}


@given(SETUPS)
def test_a_longer_registration_never_makes_it_worse(made: Setup) -> None:
    longer = {
        principal: structs.replace(
            one, registrations=[structs.replace(r, valid_until="") for r in one.registrations]
        )
        for principal, one in made.team.items()
    }
    before, after = shortfalls(made), shortfalls(structs.replace(made, team=longer))
    assert {(one.stop, one.scheme) for one in after} <= {(one.stop, one.scheme) for one in before}


@given(SETUPS)
def test_what_is_said_names_people_and_stops_that_there_are(made: Setup) -> None:
    for one in shortfalls(made):
        assert one.stop in ("", "s1")
        assert one.principal in ("", "z", *made.team, *made.stops["s1"].auditors)
        assert one.message.zh
        assert one.message.en
