"""Two versions side by side: what differs is marked, and an amendment that names both settles it."""

from __future__ import annotations

import json
from typing import Any

from tests.support.world import AUDIT, FINDING, NONCONFORMITY, OBSERVATION, World, entry

URL = f"/audits/{AUDIT}/observations/{OBSERVATION}/versions"


def change(world: World, kind: str, target: str, content: dict[str, Any], bases: list[str]) -> str:
    """An amendment by the auditor; its id."""
    made = entry("amended", {"target": target, "bases": bases, kind: content}, by="auditor")
    answer = world.visitor("auditor").send(made).json()
    assert answer["results"][0]["status"] == "stored", answer
    return str(made["id"])


def two_versions(world: World) -> list[str]:
    """The auditor changed the note on two devices."""
    texts = ("保温 25 min，1 份无签名", "保温 28 min，均有签名")
    outcomes = ("nonconform", "improve")
    return [
        change(
            world, "observation", OBSERVATION, {"stop": "s2", "text": {"zh": t}, "outcome": o}, [OBSERVATION]
        )
        for t, o in zip(texts, outcomes, strict=True)
    ]


def test_one_version_is_said_to_be_settled(world: World) -> None:
    answer = world.visitor("auditor").get(URL)
    assert answer.status_code == 200
    assert "只有一个版本" in answer.text
    assert "data-entry" not in answer.text


def test_what_differs_stands_side_by_side_and_is_marked(world: World) -> None:
    heads = two_versions(world)
    answer = world.visitor("auditor").get(URL)
    assert "同一条有两个版本" in answer.text
    for head in heads:
        assert head in answer.text
    for words in ("<mark>5</mark>", "<mark>8</mark>", "不符合", "改进机会"):
        assert words in answer.text
    assert answer.text.count('name="text"') == 2
    assert answer.text.count('name="outcome"') == 2
    assert 'name="stop"' not in answer.text


def test_an_amendment_that_names_both_settles_it(world: World) -> None:
    heads = two_versions(world)
    merged = {"stop": "s2", "text": {"zh": "保温 25 min，均有签名"}, "outcome": "nonconform"}
    change(world, "observation", OBSERVATION, merged, heads)
    assert "已经合并" in world.visitor("auditor").get(URL).text


def test_only_who_may_change_it_is_offered_the_choice(world: World) -> None:
    two_versions(world)
    assert "合并为一条</button>" in world.visitor("auditor").get(URL).text
    for reader in ("leader", "observer"):
        text = world.visitor(reader).get(URL).text
        assert "合并为一条</button>" not in text
        assert "只有作者能合并" in text


def test_the_leader_settles_a_finding(world: World) -> None:
    for grade in ("major", "minor"):
        content = {**NONCONFORMITY, "grade": grade, "statement": {"zh": f"定为{grade}"}}
        change(world, "finding", FINDING, content, [FINDING])
    text = world.visitor("leader").get(f"/audits/{AUDIT}/findings/{FINDING}/versions").text
    assert "合并为一条</button>" in text
    assert json.dumps("major") in text.replace("&#34;", '"')
