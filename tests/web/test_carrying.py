"""Carrying: a colleague hands in what another phone could not, as its first author's, exactly once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.audit.entries import MAX_COPIED_BYTES, MAX_ENTRY_BYTES
from tests.support.html import Html
from tests.support.world import AUDIT, ID, UNKNOWN_AUDIT, World, entry, observed


def copied(carried: dict[str, Any] | str, by: str = "leader", **body: Any) -> dict[str, Any]:
    """An entry of the carrier with another one in it, character for character."""
    raw = carried if isinstance(carried, str) else written(carried)
    named = json.loads(raw).get("id") if raw.startswith("{") else None
    return entry("copied", {"entry": named or observed()["id"], "raw": raw} | body, by=by)


def written(note: dict[str, Any]) -> str:
    """As a phone serialises it, not as the server would."""
    return json.dumps(note, ensure_ascii=False)


def send(world: World, login: str, *entries: dict[str, Any]) -> list[tuple[str, str]]:
    """Status and reason of each."""
    answer = world.visitor(login).send(*entries)
    assert answer.status_code == 200, answer.text
    return [(one["status"], one["reason"]) for one in answer.json()["results"]]


def notes(world: World, text: str) -> list[Any]:
    """The observations with this text, as the state has them."""
    state = world.run(world.services.journal.state, AUDIT)
    return [thing for thing, content in state.standing_observations() if content.text.zh == text]


def send_itself(world: World, note: dict[str, Any]) -> tuple[str, str]:
    """What its own phone gets, which kept other characters than httpx would write."""
    answer = world.visitor("auditor").send_raw(f"[{written(note)}]".encode())
    (result,) = answer.json()["results"]
    return result["status"], result["reason"]


def test_it_stands_as_its_first_authors_and_says_who_carried_it(world: World) -> None:
    note = observed(text="真空计超期")
    assert send(world, "leader", copied(note)) == [("stored", "")]
    (thing,) = notes(world, "真空计超期")
    assert (thing.id, thing.first.by) == (note["id"], ID["auditor"])
    page = Html(world.visitor("observer").get(f"/audits/{AUDIT}/stops/s2").text)
    record = next(tag for tag in page.all("li") if tag.attributes.get("data-object") == note["id"])
    assert "auditor 某" in record.text
    assert "leader 某转交" in record.text


def test_the_first_phone_sends_it_too_and_it_is_there_once(world: World) -> None:
    note = observed(text="两条路")
    assert send(world, "leader", copied(note)) == [("stored", "")]
    assert send_itself(world, note) == ("already", "")
    assert send_itself(world, note | {"device": "other"}) == ("refused", "id_reused")
    assert len(notes(world, "两条路")) == 1


def test_what_is_here_already_is_not_stored_again(world: World) -> None:
    note = observed(text="先到的")
    assert send_itself(world, note) == ("stored", "")
    head = world.visitor("leader").get(f"/audits/{AUDIT}/head").json()
    assert send(world, "leader", copied(note)) == [("already", "")]
    assert send(world, "leader", copied(note | {"device": "forged"})) == [("refused", "id_reused")]
    assert world.visitor("leader").get(f"/audits/{AUDIT}/head").json() == head


def test_two_carriers_and_both_ways_in_one_batch(world: World) -> None:
    note = observed("leader", text="三条路")
    first, second = copied(note, by="auditor"), copied(note, by="auditor")
    assert send(world, "auditor", first, second, first) == [
        ("stored", ""),
        ("already", ""),
        ("already", ""),
    ]
    assert len(notes(world, "三条路")) == 1


def test_what_hangs_on_it_comes_along(world: World) -> None:
    note = observed(text="有照片")
    photo = entry("photographed", {"observation": note["id"], "sha256": "a" * 64}, by="auditor")
    change = entry(
        "amended",
        {"target": note["id"], "bases": [note["id"]], "observation": {"stop": "s2", "text": {"zh": "改过"}}},
        by="auditor",
    )
    assert send(world, "leader", copied(note), copied(photo), copied(change)) == [("stored", "")] * 3
    (thing,) = notes(world, "改过")
    assert thing.first.by == thing.head.by == ID["auditor"]
    later = entry(
        "amended",
        {
            "target": note["id"],
            "bases": [change["id"]],
            "observation": {"stop": "s2", "text": {"zh": "再改"}},
        },
        by="auditor",
    )
    assert send(world, "auditor", later) == [("stored", "")], "its author goes on from there"


def test_what_came_without_its_base_is_held_and_comes_in_once(world: World) -> None:
    missing = observed()["id"]
    change = entry(
        "amended",
        {"target": missing, "bases": [missing], "observation": {"stop": "s2", "text": {"zh": "孤"}}},
        by="auditor",
    )
    carried = copied(change)
    assert send(world, "leader", carried) == [("held", "unknown_base")]
    assert send(world, "auditor", observed(text="底", id=missing)) == [("stored", "")]
    accepted = entry("accepted", {"entries": [carried["id"]]}, by="leader")
    assert send(world, "leader", accepted) == [("stored", "")]
    assert len(notes(world, "孤")) == 1


def test_a_held_entry_that_is_carried_later_leaves_nothing_to_accept(world: World) -> None:
    missing = observed()["id"]
    change = entry(
        "amended",
        {"target": missing, "bases": [missing], "observation": {"stop": "s2", "text": {"zh": "到齐"}}},
        by="auditor",
    )
    assert send_itself(world, change) == ("held", "unknown_base")
    assert send(world, "auditor", observed(id=missing)) == [("stored", "")]
    assert send(world, "leader", copied(change)) == [("already", "")], (
        "it is kept, and its receipt is as good"
    )


@pytest.mark.parametrize(
    ("login", "carried", "reason"),
    [
        ("observer", observed(), "not_allowed"),  # who may not record carries nothing
        ("leader", observed("stranger"), "not_allowed"),  # not of the team
        ("leader", observed("observer"), "not_allowed"),  # of the team, but might not record it
        ("leader", observed(audit=UNKNOWN_AUDIT), "other_audit"),
        ("leader", entry("released", {}, by="auditor"), "malformed"),
        ("leader", entry("accepted", {"entries": [observed()["id"]]}, by="leader"), "not_allowed"),
        ("leader", entry("configured", {"path": "visit", "value": {}}, by="leader"), "not_allowed"),
        ("leader", copied(observed(), by="auditor"), "not_allowed"),  # a copy of a copy: carry the first
        ("leader", "no json", "malformed"),
    ],
)
def test_what_nobody_may_carry(world: World, login: str, carried: Any, reason: str) -> None:
    assert send(world, login, copied(carried, by=login)) == [("refused", reason)]


def test_nobody_gains_rights_by_carrying(world: World) -> None:
    """An auditor could write anything in the leader's name: only what auditors may record themselves."""
    judged = entry("judged", {"element": "6.recommendation"}, by="leader")
    dismissed = entry("dismissed", {"gap": "NO_CLAUSE::0", "reason": "不算"}, by="leader")
    refused = ("refused", "not_allowed")
    carried = copied(judged, by="auditor"), copied(dismissed, by="auditor")
    assert send(world, "auditor", *carried) == [refused, refused]


def test_the_id_it_names_is_the_one_it_carries(world: World) -> None:
    assert send(world, "leader", copied(observed(), entry=observed()["id"])) == [("refused", "bad_value")]


def test_the_carrier_signs_for_carrying(world: World) -> None:
    assert send(world, "auditor", copied(observed(), by="leader")) == [("refused", "not_sender")]


def test_evidence_of_who_left_is_held_whoever_carries_it(world: World) -> None:
    assert send(world, "leader", copied(observed("former"))) == [("held", "not_in_team")]
    world.run(
        lambda: world.services.db.write(
            lambda connection: connection.execute(
                "UPDATE accounts SET disabled_at = '2026-11-19' WHERE id = ?", (ID["auditor"],)
            )
        )
    )
    assert send(world, "leader", copied(observed())) == [("held", "account_disabled")]


def test_the_largest_entry_there_is_can_be_carried(world: World) -> None:
    note = observed(text="")
    room = MAX_ENTRY_BYTES - len(written(note).encode())
    note["body"]["text"]["zh"] = '"' * (room // 2)
    assert len(written(note).encode()) >= MAX_ENTRY_BYTES - 1
    carried = copied(note)
    assert MAX_ENTRY_BYTES < len(json.dumps(carried)) <= MAX_COPIED_BYTES
    assert send(world, "leader", carried) == [("stored", "")]
    too_large = entry("copied", {"entry": note["id"], "raw": "x" * MAX_COPIED_BYTES}, by="leader")
    assert send(world, "leader", too_large) == [("refused", "too_large")]
    assert send(world, "auditor", observed(text="长" * MAX_ENTRY_BYTES)) == [("refused", "too_large")]
