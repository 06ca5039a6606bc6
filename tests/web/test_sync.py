"""The sync contract: what a phone gets for each entry, and for an envelope that is none."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from server.web.sync import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES
from tests.support.html import Html
from tests.support.world import AUDIT, ID, UNKNOWN_AUDIT, World, entry, observed


def results(answer: Any) -> list[tuple[str, str]]:
    """Status and reason of each entry."""
    assert answer.status_code == 200, answer.text
    return [(result["status"], result["reason"]) for result in answer.json()["results"]]


def test_an_entry_is_stored_byte_for_byte_and_comes_back(world: World) -> None:
    head = world.visitor("leader").get(f"/audits/{AUDIT}/head").json()
    written = json.dumps(observed(), ensure_ascii=True, indent=3).encode()
    answer = world.visitor("auditor").send_raw(b"[ " + written + b" ]")
    assert results(answer) == [("stored", "")]
    assert answer.json()["head"] == head["head"] + 1
    assert answer.json()["results"][0]["seq"] == head["head"] + 1
    records = world.run(world.services.journal.records, AUDIT, head["head"])
    assert [record.raw for record in records] == [written]
    news = world.visitor("leader").get(f"/audits/{AUDIT}/entries?after={head['head']}").json()
    assert news["head"] == head["head"] + 1
    assert news["head_hash"] == answer.json()["head_hash"]
    assert news["entries"][0]["entry"] == json.loads(written)
    assert news["entries"][0]["standing"] == "stored"


def test_the_same_bytes_again_are_already_there_other_bytes_are_refused(world: World) -> None:
    auditor, note = world.visitor("auditor"), observed()
    first = auditor.send(note).json()["results"][0]
    again = auditor.send(note).json()["results"][0]
    assert again == first | {"status": "already"}
    changed = note | {"device": "phone-2"}
    assert results(auditor.send(changed)) == [("refused", "id_reused")]


def test_each_entry_stands_for_itself(world: World) -> None:
    auditor = world.visitor("auditor")
    good = observed()
    answer = auditor.send(
        observed() | {"body": "text"},
        observed(by="leader"),
        entry("weather", {}, by="auditor"),
        entry("amended", {"target": observed()["id"], "bases": []}, by="auditor"),
        observed() | {"audit": UNKNOWN_AUDIT},
        good,
    )
    assert results(answer) == [
        ("refused", "malformed"),
        ("refused", "not_sender"),
        ("held", "unknown_kind"),
        ("refused", "bad_value"),
        ("refused", "other_audit"),
        ("stored", ""),
    ]
    assert [result["id"] for result in answer.json()["results"]][-1] == good["id"]


def test_an_entry_about_something_unknown_is_held(world: World) -> None:
    observation = {"stop": "s2", "text": {"zh": "改"}}
    body = {"target": observed()["id"], "bases": [observed()["id"]], "observation": observation}
    assert results(world.visitor("auditor").send(entry("amended", body, by="auditor"))) == [
        ("held", "unknown_base")
    ]


def test_rights_decide_what_is_taken(world: World) -> None:
    note = observed()
    world.visitor("auditor").send(note)
    body = {"target": note["id"], "bases": [note["id"]], "observation": {"stop": "s2", "text": {"zh": "改"}}}
    assert results(world.visitor("leader").send(entry("amended", body, by="leader"))) == [
        ("refused", "not_yours")
    ]
    assert results(world.visitor("observer").send(observed("observer"))) == [("refused", "not_allowed")]
    assert results(world.visitor("office").send(observed("office"))) == [("refused", "not_allowed")]
    assert results(world.visitor("auditor").send(entry("amended", body, by="auditor"))) == [("stored", "")]


def test_evidence_of_somebody_who_left_the_team_is_held(world: World) -> None:
    former = world.visitor("former")
    assert results(former.send(observed("former"))) == [("held", "not_in_team")]
    assert former.get(f"/audits/{AUDIT}/entries").status_code == 404


def test_kinds_that_only_pages_make_are_refused_from_a_phone(world: World) -> None:
    hashes = dict.fromkeys(("tree", "docx", "pdf", "head_hash"), "0" * 64)
    released = entry("released", {**hashes, "head": 1, "build": "1"}, by="leader")
    assert results(world.visitor("leader").send(released)) == [("refused", "not_allowed")]


def test_after_release_evidence_is_held(world: World) -> None:
    hashes = dict.fromkeys(("tree", "docx", "pdf", "head_hash"), "0" * 64)
    raw = msgspec.json.encode(entry("released", {**hashes, "head": 1, "build": "1"}, by="leader"))
    from server.audit.admission import admit

    world.run(lambda: world.services.journal.append(AUDIT, [raw], sender="", admit=admit))
    late = observed()
    answer = world.visitor("auditor").send(late)
    assert results(answer) == [("held", "after_release")]
    assert answer.json()["accepts"] == "reviewer"
    accept = {"entries": [late["id"]]}
    assert results(world.visitor("leader").send(entry("accepted", accept, by="leader"))) == [
        ("refused", "not_allowed")
    ]
    reviewer = world.visitor("reviewer")
    waits = f"/audits/{AUDIT}/gaps#held"
    assert waits in Html(reviewer.get("/").text).links, "home leads to what is to be accepted"
    assert results(reviewer.send(entry("accepted", accept, by="reviewer"))) == [("stored", "")]
    assert waits not in Html(reviewer.get("/").text).links


def test_any_clock_is_taken_and_its_skew_kept(world: World) -> None:
    ahead = datetime.now(UTC) + timedelta(days=730)
    note = observed(made_at=ahead.isoformat())
    answer = world.visitor("auditor").send(note, Clausewalk_Clock=ahead.isoformat())
    assert results(answer) == [("stored", "")]
    [record] = world.run(world.services.journal.records, AUDIT, answer.json()["head"] - 1)
    assert abs(abs(record.skew_ms) - 730 * 86_400_000) < 60_000
    assert results(world.visitor("auditor").send(observed(), Clausewalk_Clock="soon")) == [("stored", "")]


@pytest.mark.parametrize("body", [b"", b"{}", b'"text"', b"[{}", b"[]]", b"\xff\xfe", b"<html></html>"])
def test_an_envelope_that_is_no_array_is_not_understood(world: World, body: bytes) -> None:
    answer = world.visitor("auditor").send_raw(body)
    assert (answer.status_code, answer.json()["error"]) == (400, "not_json")


@pytest.mark.parametrize("half", ["\ud83d", "\udc4d 坏", "好\ud83d"])
def test_half_a_character_keeps_only_its_own_entry_out(world: World, half: str) -> None:
    """What a phone's browser cut between the two halves of an emoji."""
    broken = observed()
    broken["body"]["text"]["zh"] = half
    neighbours = [observed(), observed()]
    batch = [neighbours[0], broken, neighbours[1]]
    answer = world.visitor("auditor").send_raw(json.dumps(batch, indent=1).encode())
    assert results(answer) == [("stored", ""), ("refused", "malformed"), ("stored", "")]
    assert [one["id"] for one in answer.json()["results"]] == [one["id"] for one in batch]


def test_an_empty_batch_says_where_the_head_is(world: World) -> None:
    answer = world.visitor("auditor").send()
    assert answer.json()["results"] == []
    assert answer.json()["head"] == world.visitor("auditor").get(f"/audits/{AUDIT}/head").json()["head"]


def test_too_many_entries_and_too_many_bytes_are_refused_as_a_whole(world: World) -> None:
    auditor = world.visitor("auditor")
    head = auditor.get(f"/audits/{AUDIT}/head").json()
    many = auditor.send(*[observed() for _ in range(MAX_BATCH_ENTRIES + 1)])
    assert (many.status_code, many.json()["error"]) == (413, "too_many_entries")
    large = auditor.send_raw(b"[" + b" " * MAX_BATCH_BYTES + b"]")
    assert (large.status_code, large.json()["error"]) == (413, "too_large")
    assert auditor.get(f"/audits/{AUDIT}/head").json() == head
    assert (
        results(auditor.send(*[observed() for _ in range(MAX_BATCH_ENTRIES)]))
        == [("stored", "")] * MAX_BATCH_ENTRIES
    )


def test_ten_megabytes_of_text_and_control_characters_get_a_clear_answer(world: World) -> None:
    auditor = world.visitor("auditor")
    assert auditor.send(observed(text="字" * 10_000_000)).status_code == 413
    [long] = auditor.send(observed(text="字" * 30_000)).json()["results"]
    assert (long["status"], long["reason"]) == ("refused", "too_large")
    assert results(auditor.send(observed(text="a\x00b\x1b[31m\u202e"))) == [("stored", "")]


def test_without_a_session_it_is_401_and_json_never_a_redirect(world: World) -> None:
    nobody = world.visitor(None)
    for answer in (
        nobody.send(observed()),
        nobody.get(f"/audits/{AUDIT}/entries"),
        nobody.get(f"/audits/{AUDIT}/head"),
    ):
        assert answer.status_code == 401
        assert answer.json()["error"] == "session"


def test_unknown_and_invisible_audits_look_the_same(world: World) -> None:
    stranger = world.visitor("stranger")
    answers = [
        stranger.send(observed("stranger"), audit=audit) for audit in (AUDIT, UNKNOWN_AUDIT, "not-an-id")
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}


def test_the_cursor_moves_to_the_head(world: World) -> None:
    leader = world.visitor("leader")
    everything = leader.get(f"/audits/{AUDIT}/entries").json()
    assert [one["seq"] for one in everything["entries"]] == list(range(1, everything["head"] + 1))
    assert leader.get(f"/audits/{AUDIT}/entries?after={everything['head']}").json()["entries"] == []
    assert leader.get(f"/audits/{AUDIT}/entries?after={10**12}").json()["head"] == everything["head"]
    for bad in ("-1", "x", "1.5", ""):
        assert leader.get(f"/audits/{AUDIT}/entries?after={bad}").status_code == 400


def test_the_answer_names_the_chain(world: World) -> None:
    leader = world.visitor("leader")
    before = leader.get(f"/audits/{AUDIT}/head").json()
    note = observed("leader")
    after = leader.send(note).json()
    [record] = world.run(world.services.journal.records, AUDIT, before["head"])
    digest = hashlib.sha256(msgspec.json.encode(note)).digest()
    seal = (
        before["head_hash"].encode() if len(before["head_hash"]) != 64 else bytes.fromhex(before["head_hash"])
    )
    chained = hashlib.sha256(
        seal + record.seq.to_bytes(8, "big") + record.received_at.encode() + digest
    ).hexdigest()
    assert after["head_hash"] == chained
    assert ID["leader"] == json.loads(record.raw)["by"]
