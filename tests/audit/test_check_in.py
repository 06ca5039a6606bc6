"""认证到: windows from the meetings, who is missing, distances, the draft for a window that was missed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audit import check_in
from server.criteria.check_in import CheckIn, Window
from server.criteria.load import load_criteria
from server.settings import data_root
from tests.audit.journals import STOPS, TONG, WEN, Journal

OPENING = {"type": "opening", "start": "2026-05-18T08:30:00+08:00", "end": "2026-05-18T09:00:00+08:00"}


@cache
def load_rules() -> CheckIn:
    """The rules, read once: hypothesis asks often."""
    [rules] = load_criteria(data_root("checklists")).check_in.values()
    return rules


@pytest.fixture(scope="module")
def rule() -> Window:
    rules = load_rules()
    found = rules.on(date(2026, 5, 18))
    assert found
    assert rules.on(date(2000, 1, 1)) is None
    return found


@pytest.fixture
def journal() -> Journal:
    kept = Journal()
    kept.add("configured", {"path": "stops", "value": {**STOPS, "s0": OPENING}, "bases": []})
    team = {
        WEN: {"name": "闻砚秋", "role": "leader"},
        TONG: {"name": "童其森", "role": "expert"},
        "watching": {"name": "隋小满", "role": "observer"},
    }
    kept.add("configured", {"path": "team", "value": team, "bases": []})
    kept.add("configured", {"path": "client", "value": {"name": {"zh": "甲公司"}}, "bases": []})
    return kept


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-05-18T{text}:00+08:00")


def test_windows_follow_the_plan_until_the_meeting_has_its_time(journal: Journal, rule: Window) -> None:
    opening, closing = check_in.due(journal.state, rule)
    assert (opening.opens, opening.closes, opening.planned) == (at("08:30"), at("10:30"), True)
    assert (closing.opens, closing.closes, closing.planned) == (at("16:00"), at("18:30"), True)
    journal.add("meeting-held", {"meeting": "opening", "start": at("08:50").isoformat()})
    journal.add(
        "meeting-held",
        {"meeting": "closing", "start": at("16:20").isoformat(), "end": at("17:00").isoformat()},
    )
    opening, closing = check_in.due(journal.state, rule)
    assert (opening.opens, opening.closes, opening.planned) == (at("08:50"), at("10:50"), False)
    assert (closing.opens, closing.closes, closing.planned) == (at("16:20"), at("19:00"), False)


def test_a_closing_meeting_that_goes_on_is_reckoned_to_last_as_planned(
    journal: Journal, rule: Window
) -> None:
    journal.add("meeting-held", {"meeting": "closing", "start": at("17:00").isoformat()})
    *_, closing = check_in.due(journal.state, rule)
    assert closing.closes == at("19:30")


def test_experts_must_be_seen_and_observers_need_not(journal: Journal, rule: Window) -> None:
    opening, _ = check_in.due(journal.state, rule)
    assert opening.missing == [WEN, TONG]
    tick = {"meeting": "opening", "point": f"check-in/{TONG}", "done": True}
    journal.add("ticked", tick)
    journal.add("ticked", {"meeting": "opening", "point": "check-in", "done": True})
    opening, closing = check_in.due(journal.state, rule)
    assert (opening.missing, opening.done) == ([WEN], True)
    assert (closing.missing, closing.done) == ([WEN, TONG], False)


def test_the_draft_names_who_where_and_when(journal: Journal, rule: Window) -> None:
    opening, _ = check_in.due(journal.state, rule)
    said = check_in.explanation(journal.state, opening, "05-18 08:30", "05-18 10:30")
    for word in ("甲公司", "闻砚秋、童其森", "05-18 08:30", "首次会议", "＿＿＿＿"):
        assert word in said.zh
    assert "CCAA check-in (认证到) for the opening meeting" in said.en


@given(st.dates(date(2021, 1, 2), date(2030, 1, 1)), st.integers(1, 600), st.integers(0, 600))
def test_a_window_never_closes_before_it_opens(day: date, length: int, before_end: int) -> None:
    found = load_rules().on(day)
    assert found
    journal = Journal()
    start = datetime.combine(day, time(9), UTC)
    begin, end = start.isoformat(), (start + timedelta(minutes=length)).isoformat()
    for meeting in check_in.AT:
        journal.add("meeting-held", {"meeting": meeting, "start": begin, "end": end})
    opening, closing = check_in.due(journal.state, found)
    moment = opening.opens + timedelta(minutes=before_end)
    assert opening.opens < opening.closes <= closing.closes
    assert (moment <= opening.closes) == (before_end <= found.opening_minutes)


def test_coordinates_as_people_write_them() -> None:
    assert check_in.point_of("31.2304, 121.4737") == (31.2304, 121.4737)
    assert check_in.point_of("31.2304，121.4737") == (31.2304, 121.4737)
    for wrong in ("", "31", "somewhere, else", "131, 121", "31, 121, 4"):
        assert check_in.point_of(wrong) is None
