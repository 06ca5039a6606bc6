"""The audit to walk: the sample's plan moved to a day, and nothing that happened."""

from __future__ import annotations

from datetime import date

import pytest

from server.audit.interchange import parse, to_entries
from server.audit.interchange.preview import preview
from server.audit.state import State
from server.criteria.load import Criteria, load_criteria
from server.demo.sample import sample_file, sample_state
from server.demo.today import file_for
from server.settings import data_root


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


DAYS = [date(2026, 5, 18), date(2026, 11, 23), date(2028, 2, 29), date(2024, 12, 31)]


def made(day: date, criteria: Criteria) -> State:
    parsed = parse(file_for(sample_file(), day))
    converted = to_entries(parsed, criteria)
    assert converted.warnings == ()
    return preview(converted.entries)


@pytest.mark.parametrize("day", DAYS)
def test_same_client_team_and_plan_on_another_day(day: date, criteria: Criteria) -> None:
    state, sample = made(day, criteria), sample_state(criteria)
    assert state.setup.visit.start == day.isoformat()
    assert (date.fromisoformat(state.setup.visit.end) - day).days == 1
    assert state.setup.visit.number != sample.setup.visit.number
    assert state.setup.team.keys() == sample.setup.team.keys()
    assert state.setup.client.name == sample.setup.client.name
    assert [s.label for s in state.setup.stops.values()] == [s.label for s in sample.setup.stops.values()]
    first = state.setup.stops["S01"].start
    assert first is not None
    assert first.isoformat() == f"{day.isoformat()}T08:30:00+08:00"
    assert {stop.status for stop in state.setup.stops.values()} == {"planned"}


def test_nothing_is_recorded_but_the_earlier_findings_wait(criteria: Criteria) -> None:
    state = made(date(2026, 11, 23), criteria)
    walked = (state.observations, state.photos, state.findings, state.meetings, state.attendance)
    concluded = (state.answers, state.judgements, state.signatures, state.verifications)
    assert not any((*walked, *concluded))
    assert set(state.setup.previous) == {"90017-2025-01", "90017-2025-02"}
    assert not state.setup.plan_changes
    assert state.setup.stops["S11"].process.zh == "抽真空、粉末喷涂与固化"
