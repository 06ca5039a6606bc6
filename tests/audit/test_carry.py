"""The next audit of a client: facts come along, results never, whatever the earlier audit held."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audit import readiness
from server.audit.carry import PARTS, carried_over, next_in_cycle
from server.audit.entries import encode
from server.audit.findings import marked
from server.audit.interchange import parse, to_entries
from server.audit.setup import Visit, build, check_value
from server.audit.state import Record, State, fold
from server.criteria.load import Criteria
from server.demo.sample import sample_file
from tests.audit.journals import WEN, planned

FORBIDDEN = (
    "observations",
    "findings",
    "answers",
    "judgements",
    "plan_changes",
    "stated",
    "suspension",
    "about",
)


@pytest.fixture(scope="module")
def before(criteria: Criteria) -> State:
    """The sample audit, finished."""
    made = to_entries(parse(sample_file()), criteria).entries
    records = [
        Record(n, encode(one), "stored", "2026-05-18T00:00:00Z", "") for n, one in enumerate(made, start=1)
    ]
    return fold(made[0].audit, records)


@pytest.fixture
def values(before: State) -> dict[str, Any]:
    return carried_over(before, "2027-03-01")


def test_every_place_is_one_of_the_set_up(values: dict[str, Any]) -> None:
    for path, value in values.items():
        check_value(path, value)
    assert not any(path.split("/")[0] in FORBIDDEN for path in values)
    assert set(values["carried"]) <= set(PARTS)


def test_facts_are_those_of_the_earlier_audit(before: State, values: dict[str, Any]) -> None:
    after, setup = build(values), before.setup
    assert after.client == setup.client
    assert {key: one.scope for key, one in after.certificates.items()} == {
        key: one.scope for key, one in setup.certificates.items()
    }
    assert after.visit.laws == setup.visit.laws
    assert after.visit.previous_number == setup.visit.number
    assert after.visit.covered_from == setup.visit.end
    assert [one.name for one in after.team.values()] == [one.name for one in setup.team.values()]
    assert all(one.consulted is None for one in after.team.values()), "asked anew for this audit"


def test_nothing_that_happened_comes_along(before: State, values: dict[str, Any]) -> None:
    after = build(values)
    assert (after.visit.start, after.visit.end, after.visit.report_date, after.visit.plan_issued) == (
        "",
        "",
        "",
        "",
    )
    assert after.visit.plan_completed is None
    assert after.visit.auditor_days.actual is None
    assert all(not one.status_after for one in after.certificates.values())
    text = json.dumps(values, ensure_ascii=False)
    for thing, observation in before.standing_observations():
        assert thing.id not in text
        if "focus" not in observation.marks:
            assert not observation.text.zh or observation.text.zh not in text
    for stop in after.stops.values():
        assert (stop.status, stop.changed_by, stop.before_change.zh) == ("", "", "")


def test_stops_keep_their_hour_on_the_same_day_of_the_visit(before: State, values: dict[str, Any]) -> None:
    after = build(values)
    for key, stop in before.setup.stops.items():
        if stop.start is not None:
            assert after.stops[key].start == stop.start + timedelta(days=287)
    undated = build(carried_over(before, ""))
    assert all(stop.start is None for stop in undated.stops.values())


def test_open_nonconformities_become_earlier_ones(before: State, criteria: Criteria) -> None:
    closed = {
        thing.id
        for thing, _ in before.standing_findings()
        if (v := before.verifications.get(thing.id)) and v[-1].body.closed
    }
    expected = {
        one.number
        for thing, one in before.standing_findings()
        if one.type == "nonconformity" and thing.id not in closed
    }
    after = build(carried_over(before, "2027-03-01"))
    assert expected <= {one.number for one in after.previous.values()}
    assert all(one.verification_needed for one in after.previous.values())
    assert all(one.statement.zh for one in after.previous.values())


def test_the_focus_of_the_sample_comes_along(before: State, values: dict[str, Any]) -> None:
    focus = list(build(values).focus.values())
    texts = {one.text.zh for one in focus}
    opportunities = [one for _, one in before.standing_findings() if one.type == "opportunity"]
    told = {key for one in opportunities for key in one.observations}
    assert texts >= {one.statement.zh for one in opportunities}
    assert texts >= {one.text.zh for key, one in marked(before, "focus") if key not in told}
    assert values["carried"]["focus"] == values["carried"]["previous"]


OUTCOMES = st.sampled_from(["conform", "improve", "nonconform", "not_seen"])


@given(
    st.lists(
        st.tuples(OUTCOMES, OUTCOMES, st.booleans(), st.booleans(), st.sampled_from(["", "仓储部"])),
        max_size=6,
    )
)
def test_the_focus_is_words_and_places_never_a_result(
    drawn: list[tuple[str, str, bool, bool, str]],
) -> None:
    journal = planned()
    kept: list[tuple[str, str]] = []
    for n, (outcome, of_clause, is_focus, is_raised, department) in enumerate(drawn):
        text = {"zh": f"第{n}处"}
        key = journal.observe(
            "s2",
            f"QMS 7.1.5 {of_clause}",
            outcome=outcome,
            text=text,
            department=department,
            marks=["focus"] if is_focus else [],
            people=[{"name": "丁雪松"}],
        )
        journal.add("photographed", {"observation": key, "sha256": "ab" * 32})
        if is_raised:
            opportunity: dict[str, Any] = {
                "type": "opportunity",
                "statement": text,
                "department": department or "生产部",
            }
            opportunity |= {"clauses": [{"scheme": "QMS", "number": "7.1.5", "outcome": of_clause}]}
            journal.add("found", {**opportunity, "observations": [key], "auditor": WEN})
        if is_focus or is_raised:
            kept.append((text["zh"], department or "生产部"))
    values = carried_over(journal.state, "2027-03-01")
    focus = {path: value for path, value in values.items() if path.startswith("focus/")}
    for path, value in focus.items():
        check_value(path, value)
        assert set(value) == {"number", "department", "clauses", "text"}
        assert value["clauses"] == [{"scheme": "QMS", "number": "7.1.5", "outcome": ""}]
    assert sorted((one["text"]["zh"], one["department"]) for one in focus.values()) == sorted(kept)
    assert ("focus" in values["carried"]) == bool(kept)
    written = json.dumps(values, ensure_ascii=False)
    for result in ("ab" * 32, "丁雪松", *(key for key in journal.state.observations)):
        assert result not in written


@pytest.mark.parametrize(
    ("kind", "number", "then"),
    [
        ("surveillance", 1, ("surveillance", 2)),
        ("surveillance", 2, ("recertification", None)),
        ("initial", None, ("surveillance", 1)),
        ("recertification", None, ("surveillance", 1)),
        ("special", None, ("surveillance", None)),
    ],
)
def test_what_comes_next_in_the_cycle(kind: str, number: int | None, then: tuple[str, int | None]) -> None:
    assert next_in_cycle(Visit(type=kind, surveillance_no=number)) == then


def test_the_sample_lacks_what_its_file_does_not_say(before: State) -> None:
    lacks = {part: codes for part, codes in readiness.missing(before).items() if codes}
    assert lacks == {"client": ["licence_scope"], "organization": ["effective_headcount"]}


def test_an_empty_audit_lacks_everything_and_says_so_once() -> None:
    lacks = readiness.missing(State("0"))
    assert {part for part, codes in lacks.items() if not codes} == {"previous", "focus", "documents"}
    assert all(len(codes) == len(set(codes)) for codes in lacks.values())
