"""The walk and its stops after a change of the plan: what was planned, who may change it, and warnings."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.world import AUDIT, ID, STOPS, World, entry

WALK = f"/audits/{AUDIT}"
STOP = f"{WALK}/stops/s2"


def configure(world: World, path: str, value: Any, by: str = "leader") -> None:
    state = world.run(world.services.journal.state, AUDIT)
    known = state.configured.get(path)
    body = {"path": path, "value": value, "bases": known.heads if known else []}
    results = world.visitor(by).send(entry("configured", body, by=by)).json()["results"]
    assert [one["status"] for one in results] == ["stored"]


def change(world: World, **after: Any) -> None:
    """The leader's phone changes stop s2."""
    before = STOPS["s2"]
    value = before | after
    configure(world, "stops/s2", value)
    told = {"kind": "edit", "at": "2026-11-18T09:40:00+08:00", "stops": ["s2"]}
    configure(world, "plan_changes/c1", told | {"before": {"s2": before}, "after": {"s2": value}})


@pytest.mark.parametrize(
    ("after", "struck", "word"),
    [
        ({"auditors": [ID["leader"]]}, "auditor 某", "原计划"),
        ({"start": "2026-11-19T10:00:00+08:00", "end": "2026-11-19T12:00:00+08:00"}, "11.18 10:00", "原计划"),
        ({"process": {"zh": "热处理"}}, "生产部 · 真空钎焊", ""),
        ({"status": "skipped"}, "生产部 · 真空钎焊", "不审"),
    ],
)
def test_the_walk_shows_what_was_planned_before(
    world: World, after: dict[str, Any], struck: str, word: str
) -> None:
    reader = world.visitor("observer")
    assert "<s>" not in reader.get(WALK).text
    change(world, **after)
    page = reader.get(WALK).text
    assert f"<s>{struck}</s>" in page
    assert word in page
    assert "计划变更" in page
    if "status" not in after:
        assert f"<s>{struck}</s>" in reader.get(STOP).text


@pytest.mark.parametrize(
    ("login", "may"), [("leader", True), ("office", True), ("auditor", False), ("observer", False)]
)
def test_the_sheet_is_there_for_who_may_change_the_plan(world: World, login: str, may: bool) -> None:
    change(world, auditors=[ID["leader"]])
    for address in (WALK, STOP):
        page = world.visitor(login).get(address).text
        assert ('id="plan-sheet"' in page) is may
        assert ('id="plan-data"' in page) is may
    assert ("data-plan-undo" in world.visitor(login).get(WALK).text) is may


def test_what_the_sheet_works_with_is_json_whatever_people_are_called(world: World) -> None:
    configure(world, "stops/s2", STOPS["s2"] | {"department": "</script><b>&'\""})
    page = world.visitor("leader").get(WALK).text
    found = re.search(r'<script type="application/json" id="plan-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert [one["key"] for one in data["stops"]] == ["s1", "s2"]
    assert data["stops"][1]["value"]["department"] == "</script><b>&'\""
    assert data["stops"][1]["heads"]
    assert data["offset"] == "+08:00"


def test_capture_warns_outside_ones_registration_and_blocks_nothing(world: World) -> None:
    registered = [{"scheme": "EMS", "valid_until": "2027-12-31"}]
    member = {"name": "auditor 某", "role": "auditor", "registrations": registered}
    assert "没有 Q 的有效注册" not in world.visitor("auditor").get(f"{STOP}/capture").text
    configure(world, f"team/{ID['auditor']}", member)
    assert "没有 Q 的有效注册" in world.visitor("auditor").get(f"{STOP}/capture").text
    body = {"stop": "s2", "text": {"zh": "照样记"}, "clauses": [{"scheme": "QMS", "number": "8.5.1"}]}
    sent = world.visitor("auditor").send(entry("observed", body, by="auditor")).json()["results"]
    assert sent[0]["status"] == "stored"
