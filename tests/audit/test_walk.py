"""The walk: order, where one stands, what a stop asks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from server.audit import walk
from server.audit.coverage import PointMap, cover
from server.criteria.load import Criteria
from tests.audit.journals import TONG, WEN, Journal


def at(hour: int, minute: int = 0, day: int = 18) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def places(journal: Journal, points: PointMap, principal: str, when: datetime) -> dict[str, str]:
    state = journal.state
    route = walk.route(state, cover(state, points), principal, when)
    return {stop.stop.label: stop.place for stop in route.stops}


def test_before_the_first_stop_one_stands_at_it(journal: Journal, points: PointMap) -> None:
    assert places(journal, points, WEN, at(7)) == {"S01": "now", "S02": "other", "S03": "next"}


def test_time_decides_among_ones_own_stops(journal: Journal, points: PointMap) -> None:
    assert places(journal, points, WEN, at(16, 10))["S03"] == "now"
    assert places(journal, points, TONG, at(9, 30)) == {"S01": "other", "S02": "now", "S03": "next"}


def test_an_observer_sees_the_whole_teams_walk(journal: Journal, points: PointMap) -> None:
    assert places(journal, points, "nobody", at(10, 40)) == {"S01": "next", "S02": "now", "S03": "next"}


def test_done_needs_evidence_and_its_time_or_all_its_clauses(journal: Journal, points: PointMap) -> None:
    journal.observe("s1", "QMS 6.2.1", outcome="conform")
    assert places(journal, points, WEN, at(9, 30))["S01"] == "now"
    assert places(journal, points, WEN, at(11))["S01"] == "done"
    journal.observe("s1", "EMS 6.2.1", outcome="conform")
    assert places(journal, points, WEN, at(9, 30))["S01"] == "done"


def test_a_stop_without_evidence_stays_open_after_its_time(journal: Journal, points: PointMap) -> None:
    assert places(journal, points, WEN, at(20))["S01"] == "now"


def test_a_plan_placed_by_hand_beats_the_clock(journal: Journal, points: PointMap) -> None:
    journal.configure("stops/s9", {"label": "S09", "position": -1, "start": "2026-05-19T09:00:00+08:00"})
    assert next(iter(places(journal, points, WEN, at(9)))) == "S09"


def test_neighbours_are_ones_own_stops(journal: Journal, points: PointMap) -> None:
    state = journal.state
    route = walk.route(state, cover(state, points), WEN, at(9))
    before, after = route.around("s1")
    assert before is None
    assert after is not None
    assert after.key == "s3"


def asked(journal: Journal, criteria: Criteria, key: str) -> walk.Ask:
    state = journal.state
    return walk.ask(walk.checklist_items(criteria.lists.values(), state.setup), state.setup.stops[key])


def test_every_planned_clause_is_asked(journal: Journal, criteria: Criteria) -> None:
    for key in ("s1", "s2"):
        wanted = {clause.code for clause in journal.state.setup.stops[key].clauses}
        codes = [clause.code for clauses, _ in asked(journal, criteria, key).sections for clause in clauses]
        for code in wanted:
            assert any((found + ".").startswith(code + ".") for found in codes), code


def test_a_stop_asks_only_what_is_planned_there(journal: Journal, criteria: Criteria) -> None:
    for clauses, _ in asked(journal, criteria, "s1").sections:
        assert {clause.number for clause in clauses} == {"6.2.1"}


def test_kinds_of_place_choose_items(journal: Journal, criteria: Criteria) -> None:
    def ids(kinds: list[str]) -> set[str]:
        stop = {
            "label": "S07",
            "department": "x",
            "kinds": kinds,
            "clauses": [{"scheme": "EMS", "number": "8.1"}],
        }
        journal.configure("stops/s7", stop)
        return {key for _, rows in asked(journal, criteria, "s7").sections for key, _ in rows}

    assert "waste-water-plant-running" in ids(["utilities"])
    assert "waste-water-plant-running" not in ids(["production"])
    assert ids(["sales"]), "no kind of place leaves a planned clause without anything to ask"


def test_a_clause_without_items_is_a_row_of_its_own(journal: Journal, criteria: Criteria) -> None:
    journal.configure("stops/s8", {"clauses": [{"scheme": "FSMS", "number": "8.5.4"}]})
    ((clauses, rows),) = asked(journal, criteria, "s8").sections
    assert [clause.code for clause in clauses] == ["F8.5.4"]
    assert rows == (("F8.5.4", None),)


def test_rows_hold_what_was_seen_of_their_item(
    journal: Journal, criteria: Criteria, points: PointMap
) -> None:
    ask = asked(journal, criteria, "s2")
    item = next(
        row.id for _, rows in ask.sections for _, row in rows if row and row.clauses[0].number == "8.1"
    )
    journal.observe("s2", "EMS 8.1", item=item, outcome="conform")
    journal.observe("s2", "EMS 8.1", item=item, outcome="nonconform")
    journal.observe("s2", "EMS 8.1", outcome="improve")
    seen = cover(journal.state, points).by_stop["s2"]
    sections = walk.sections(ask, seen)
    row = next(row for section in sections for row in section.rows if row.key == item)
    assert row.outcome == "nonconform"
    assert len(row.seen) == 2
    assert any(section.loose and section.loose[0].content.outcome == "improve" for section in sections)


def test_kinds_are_read_from_names(journal: Journal) -> None:
    assert "management" in walk.kinds_of(journal.state.setup.stops["s1"])
    assert "production" in walk.kinds_of(journal.state.setup.stops["s2"])
