"""Auditor-days: examples worked out by hand, and properties that hold whatever the figures."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from server.audit import plan
from server.audit.plan.days import rounded, shown
from server.audit.setup import Adjustment, AuditorDays, Client, DayBasis, Setup, Visit
from server.criteria.days import DayRules
from server.criteria.load import Criteria
from server.demo.sample import sample_state
from tests.audit.plans import setup, stop

DAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def rules(criteria: Criteria) -> DayRules:
    """The rules that are shipped."""
    return criteria.days["auditor-days"]


def audit(headcount: int | None, *schemes: str, kind: str = "initial", **basis: object) -> Setup:
    return setup(
        {},
        client=Client(effective_headcount=headcount),
        visit=Visit(schemes=list(schemes or ("QMS",)), type=kind, start="2026-11-18"),
        days=DayBasis(**basis),  # type: ignore[arg-type]
    )


EXAMPLES = [
    (audit(60), "5"),
    (audit(60, kind="surveillance"), "1.5"),
    (audit(60, kind="recertification"), "3.5"),
    (audit(168, "QMS", "EMS", "OHSMS", kind="surveillance"), "8.5"),
    (audit(168, "QMS", "EMS", "OHSMS", kind="surveillance", together=20), "7"),
    (audit(168, "QMS", "EMS", "OHSMS", kind="surveillance", together=90), "7"),
    (audit(168, "EMS", levels={"EMS": "high"}), "12"),
    (audit(168, "EMS", levels={"EMS": "unheard of"}), "9"),
    (audit(168, adjustments=[Adjustment(percent=-25, reason="现场简单")]), "6"),
    (audit(168, adjustments=[Adjustment(percent=-50, reason="现场简单")]), "5.5"),
    (audit(168, adjustments=[Adjustment(percent=-25)]), "8"),
    (audit(168, adjustments=[Adjustment(percent=50, reason="多班次")]), "12"),
    (audit(168, adjustments=[Adjustment(percent=-25, reason="现场简单", scheme="EMS")]), "8"),
    (audit(1), "1.5"),
]


@pytest.mark.parametrize(("one", "days"), EXAMPLES)
def test_days_required(one: Setup, days: str, rules: DayRules) -> None:
    needed = plan.required(one, rules, DAY)
    assert (shown(needed.total), needed.complete) == (days, True)


UNKNOWN = [
    (audit(None), "no_headcount"),
    (audit(20_000), "beyond"),
    (audit(60, "EnMS"), "no_rule"),
    (audit(60, "QMS", "EC"), "no_rule"),
    (audit(60, kind="special"), "no_factor"),
]


@pytest.mark.parametrize(("one", "why"), UNKNOWN)
def test_what_is_not_known_is_said(one: Setup, why: str, rules: DayRules) -> None:
    needed = plan.required(one, rules, DAY)
    assert not needed.complete
    assert why in [line.code for line in needed.lines]
    said = plan.check(one, needed=needed, held=plan.planned(one, rules))
    assert "days_unknown" in [issue.code for issue in said]


def test_rules_apply_from_their_day(rules: DayRules) -> None:
    assert rules.table("QMS", date(2010, 1, 1)) is None
    newer = structs.replace(rules.tables[0], effective=date(2026, 11, 19))
    both = structs.replace(rules, tables=[*rules.tables, newer])
    assert both.table("QMS", DAY) is rules.tables[0]
    assert both.table("QMS", date(2026, 11, 19)) is newer


HEADCOUNTS = st.integers(1, 10_700)
LEVELS = st.sampled_from(["high", "medium", "low", "limited"])
PERCENTS = st.lists(st.integers(-90, 60), max_size=4)


def adjusted(percents: list[int]) -> list[Adjustment]:
    return [Adjustment(percent=percent, reason="有理由") for percent in percents]


@given(HEADCOUNTS, HEADCOUNTS, LEVELS, PERCENTS, st.integers(0, 40))
@settings(max_examples=80)
def test_more_people_never_take_fewer_days(
    rules: DayRules, one: int, two: int, level: str, percents: list[int], together: int
) -> None:
    few, many = (
        plan.required(
            audit(
                count,
                "QMS",
                "EMS",
                levels={"EMS": level},
                adjustments=adjusted(percents),
                together=together,
            ),
            rules,
            DAY,
        ).total
        for count in sorted((one, two))
    )
    assert 0 < few <= many


@given(HEADCOUNTS, PERCENTS)
@settings(max_examples=80)
def test_reductions_are_bounded(rules: DayRules, headcount: int, percents: list[int]) -> None:
    plain = plan.required(audit(headcount), rules, DAY).by_scheme["QMS"]
    reduced = [percent for percent in percents if percent < 0]
    least = plain * Fraction(100 - rules.tables[0].most_reduction, 100)
    assert (
        plan.required(audit(headcount, adjustments=adjusted(reduced)), rules, DAY).by_scheme["QMS"] >= least
    )
    without = [Adjustment(percent=percent) for percent in reduced]
    assert plan.required(audit(headcount, adjustments=without), rules, DAY).by_scheme["QMS"] == plain


@given(st.fractions(0, 100), st.sampled_from([Fraction(1, 2), Fraction(1, 4), Fraction(1)]))
def test_rounding_stays_near_and_never_ends_at_nothing(days: Fraction, step: Fraction) -> None:
    made = rounded(days, step)
    assert made % step == 0
    assert abs(made - days) <= step / 2 or (made == step and days < step)
    assert bool(made) == bool(days)


def test_time_on_the_plan(rules: DayRules) -> None:
    one = setup(
        {
            "s0": stop(0.5, 1, type="opening"),
            "s1": stop(1, 4, "wen", "sui"),
            "s2": stop(4, 5, type="break"),
            "s3": stop(4, 7, "wen"),
            "s4": stop(6, 8, "wen"),
            "s5": stop(1, 3, "tong", accompanied_by=["wu"]),
        }
    )
    held = plan.planned(one, rules)
    assert {share.principal: share.hours for share in held.shares} == {
        "wen": Fraction(13, 2),
        "tong": Fraction(5, 2),
    }
    assert held.total == Fraction(9, 8)
    assert held.not_counted == ["sui", "wu"]
    assert sum(held.by_scheme.values()) == held.total


def test_a_long_day_counts_no_more_than_eight_hours(rules: DayRules) -> None:
    held = plan.planned(setup({"s1": stop(0, 11, "wen")}), rules)
    share = held.shares[0]
    assert [float(one) for one in (share.hours, share.counted, held.total)] == [11, 8, 1]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=6))
@settings(max_examples=40)
def test_trainees_and_experts_count_zero(rules: DayRules, times: list[tuple[int, int]]) -> None:
    stops = {f"s{at}": stop(b / 2, (b + n) / 2, "wen") for at, (b, n) in enumerate(times)}
    theirs = {
        f"t{at}": stop(b / 2, (b + n) / 2, "sui", accompanied_by=["wu"]) for at, (b, n) in enumerate(times)
    }
    alone, along = (plan.planned(setup(one), rules) for one in (stops, {**stops, **theirs}))
    assert (alone.total, alone.by_member) == (along.total, along.by_member)
    assert plan.planned(setup(theirs), rules).total == 0


def test_time_on_site_against_what_is_agreed(rules: DayRules) -> None:
    day = {"s1": stop(0, 8, "wen"), "s2": stop(0, 8, "tong")}

    def said(agreed: float) -> list[str]:
        visit = Visit(
            schemes=["QMS"],
            start="2026-11-18",
            type="surveillance",
            auditor_days=AuditorDays(required=agreed),
        )
        one = setup(day, visit=visit)
        issues = plan.check(one, needed=plan.required(one, rules, DAY), held=plan.planned(one, rules))
        return [
            issue.code
            for issue in issues
            if "on_site" in issue.code or "off_site" in issue.code or "agreed" in issue.code
        ]

    assert said(2) == []
    assert said(2.5) == ["rest_off_site"]
    assert said(3) == ["too_little_on_site"]
    assert said(1) == ["agreed_below_rules"]


def test_the_sample_audit(rules: DayRules) -> None:
    state = sample_state()
    held = plan.planned(state.setup, rules)
    assert shown(held.total) == "5.38"
    assert {state.setup.team[one].role for one in held.not_counted} == {"expert", "observer"}
