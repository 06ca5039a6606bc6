"""The team meeting: one table of grades and numbers, which the leader writes and everybody reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.html import Html
from tests.support.world import AUDIT, FINDING, NONCONFORMITY, World, entry


def table(world: World, login: str) -> Html:
    answer = world.visitor(login).get(f"/audits/{AUDIT}/meetings/team")
    assert answer.status_code == 200
    return Html(answer.text)


def amend(world: World, login: str, bases: list[str], **changes: Any) -> tuple[str, str, str]:
    """Send a version of the nonconformity; its id and what became of it."""
    body = {"target": FINDING, "bases": bases, "finding": {**NONCONFORMITY, **changes}}
    made = entry("amended", body, by=login)
    [result] = world.visitor(login).send(made).json()["results"]
    return made["id"], result["status"], result.get("reason", "")


def test_the_leader_writes_what_everybody_reads(world: World) -> None:
    page = table(world, "leader")
    form = page.one("form", data_entry="amended", data_target=FINDING)
    assert json.loads(form.attributes["data-base"])["statement"]["zh"] == "保温时间不足"
    assert json.loads(form.attributes["data-bases"]) == [FINDING]
    [chosen] = [one for one in page.all("input", name="grade") if "checked" in one.attributes]
    assert chosen.attributes["value"] == "minor"
    assert page.one("input", name="number").attributes["value"] == "NC-01"
    assert page.one("input", name="due").attributes["value"]
    for login in ("auditor", "observer", "office"):
        reading = table(world, login)
        assert not reading.all("form", data_entry="amended")
        assert "保温时间不足" in reading.words
        assert "管代未签" in reading.words


def test_a_second_draft_of_a_number_is_offered_another(world: World) -> None:
    world.visitor("auditor").send(entry("found", {**NONCONFORMITY, "due": "2026-12-18"}, by="auditor"))
    page = table(world, "leader")
    first, second = (one.attributes["value"] for one in page.all("input", name="number"))
    assert first == "NC-01"
    assert second not in ("", "NC-01")


def test_a_signed_one_that_is_graded_anew_has_to_be_signed_again(world: World) -> None:
    signed = {"what": f"nonconformity/{FINDING}", "name": "代表", "version": FINDING, "picture": "ab" * 32}
    world.visitor("auditor").send(entry("signed", signed, by="auditor"))
    assert "受审核方已签" in table(world, "auditor").words
    assert amend(world, "leader", [FINDING], grade="major")[1] == "stored"
    assert "签后有改" in table(world, "auditor").words


@pytest.mark.parametrize("other", [{"grade": "minor"}, {"number": "NC-09"}])
def test_what_the_team_agreed_waits_for_the_leader(world: World, other: dict[str, str]) -> None:
    draft, status, _ = amend(world, "auditor", [FINDING], number="NC-02")
    assert status == "stored", "a draft proposes"
    agreed = {"grade": "major", "number": "NC-03"}
    head, status, _ = amend(world, "leader", [draft], **agreed)
    assert status == "stored"
    form = Html(world.visitor("auditor").get(f"/audits/{AUDIT}/findings/{FINDING}").text)
    assert not form.all("input", name="grade")
    assert not form.all("input", name="number")
    assert form.all("textarea", name="statement.zh")
    head, *verdict = amend(world, "auditor", [head], **agreed, department="品质部")
    assert verdict == ["stored", ""], "wording stays its author's"
    assert amend(world, "auditor", [head], **{**agreed, **other})[1:] == ("held", "graded")
    assert "组长已按商定" in world.visitor("leader").get(f"/audits/{AUDIT}/gaps").text
    assert amend(world, "leader", [head], **{**agreed, **other})[1] == "stored"


def test_two_devices_that_grade_differently_are_both_kept(world: World) -> None:
    amend(world, "leader", [FINDING], grade="major")
    amend(world, "leader", [FINDING], number="NC-07")
    page = table(world, "leader")
    assert not page.all("form", data_entry="amended")
    assert page.all("a", href=f"/audits/{AUDIT}/findings/{FINDING}/versions")
