"""What belongs to another audit isn't there: every id in a path is one of the audit before it."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from typing import Any

import msgspec
import pytest
from litestar.routes import HTTPRoute

from server.audit.admission import admit
from tests.evidence.pictures_made import photo
from tests.support.world import AUDIT, FINDING, ID, NONCONFORMITY, OBSERVATION, World, entry

OTHER = "0190f111-0000-7000-8000-000000000002"
THEIRS = {
    "stop": "elsewhere",
    "observation": "0190f111-0000-7000-8000-0000000000cc",
    "finding": "0190f111-0000-7000-8000-0000000000dd",
    "attachment": "0190f111-0000-7000-8000-0000000000ee",
}
OURS = {
    "stop": "s1",
    "observation": OBSERVATION,
    "finding": FINDING,
    "attachment": "0190f111-0000-7000-8000-0000000000ff",
}
SECRET = "别人家的秘密 QX-77"
ALIKE = {
    "audit",
    "draft",
    "element",
    "group",
    "guest",
    "link",
    "name",
    "meeting",
    "page",
    "place",
    "section",
    "sha256",
    "upload_id",
}
"""Places of a path that name no thing of one audit, or are tested by themselves below."""
OUTSIDE = {"account", "action", "build", "checklist", "edition", "editions", "key", "path", "person", "token"}
"""Places of paths that stand in no audit."""


@pytest.fixture
def two(world: World) -> World:
    """A second audit, led by the stranger, who isn't in the first; its leader isn't in the second."""
    stop = {"label": "X", "auditors": [ID["stranger"]], "department": SECRET, "clauses": []}
    stop |= {"start": "2026-11-18T09:00:00+08:00", "end": "2026-11-18T10:00:00+08:00"}

    def made(kind: str, body: dict[str, Any], by: str = "stranger", **changes: Any) -> dict[str, Any]:
        return entry(kind, body, by=by, audit=OTHER, **changes)

    def configured(path: str, value: Any) -> dict[str, Any]:
        return made("configured", {"path": path, "value": value, "bases": []}, by="office")

    observation = {"stop": THEIRS["stop"], "text": {"zh": SECRET}}
    finding = NONCONFORMITY | {"statement": {"zh": SECRET}, "observations": [THEIRS["observation"]]}
    entries = [
        made("opened", {"number": "OTHER-1"}, by="office"),
        configured(
            "visit", {"number": "OTHER-1", "schemes": ["QMS"], "start": "2026-11-18", "end": "2026-11-19"}
        ),
        configured(f"stops/{THEIRS['stop']}", stop),
        configured(f"team/{ID['stranger']}", {"name": "stranger 某", "role": "leader"}),
        made("observed", observation, id=THEIRS["observation"]),
        made("attached", {"title": {"zh": SECRET}, "name": "x.pdf"}, id=THEIRS["attachment"]),
        made("found", finding | {"auditor": ID["stranger"]}, id=THEIRS["finding"]),
    ]
    raws = [msgspec.json.encode(one) for one in entries]
    append = world.services.journal.append
    appended = world.run(lambda: append(OTHER, raws, sender="", admit=admit, create=True))
    assert {result.status for result in appended.results} == {"stored"}, appended
    return world


def nested(world: World) -> list[tuple[str, str, set[str]]]:
    """Method, path and the things it names, of every route below an audit that names some."""
    found: list[tuple[str, str, set[str]]] = []
    for route in world.app.routes:
        if isinstance(route, HTTPRoute) and "{audit:str}" in route.path:
            names = set(re.findall(r"\{(\w+):", route.path))
            if names & THEIRS.keys():
                found += [(method, route.path, names) for method in route.methods - {"OPTIONS"}]
    return found


def filled(path: str, audit: str, things: dict[str, str]) -> str:
    known = {"audit": audit, "draft": "x", "element": "x", "name": "x", "meeting": "opening"}
    known |= {"page": "1", "place": "x"}
    known |= {"sha256": "0" * 64} | things
    return re.sub(r"\{(\w+):\w+\}", lambda match: known[match[1]], path)


def test_every_place_of_a_path_is_known_here(world: World) -> None:
    names = {
        name
        for route in world.app.routes
        if isinstance(route, HTTPRoute)
        for name in re.findall(r"\{(\w+):", route.path)
    }
    assert names <= THEIRS.keys() | ALIKE | OUTSIDE, "say above what the new place names, and test it"


def test_things_of_another_audit_are_not_found_in_ones_own(two: World) -> None:
    asked = 0
    for method, path, _ in nested(two):
        for who, audit, things in (("leader", AUDIT, THEIRS), ("stranger", OTHER, OURS)):
            form = {"headers": {"Clausewalk": "1"}} | ({"data": {"text": "x"}} if method == "POST" else {})
            answer = two.visitor(who).ask(method, filled(path, audit, things), **form)
            assert answer.status_code in (400, 403, 404, 409), f"{who} {method} {path} {answer.status_code}"
            assert SECRET not in answer.text, f"{who} {method} {path}"
            assert "保温 25 min" not in answer.text, f"{who} {method} {path}"
            asked += 1
    assert asked >= 12


def test_things_of_another_audit_are_not_found_through_it_either(two: World) -> None:
    for method, path, _ in nested(two):
        answer = two.visitor("leader").ask(
            method,
            filled(path, OTHER, THEIRS),
            headers={"Clausewalk": "1"},
            **({"data": {}} if method == "POST" else {}),
        )
        assert answer.status_code == 404, f"{method} {path}"


@pytest.mark.parametrize("query", ["observation", "item", "finding", "stop"])
def test_nor_by_a_query(two: World, query: str) -> None:
    for page in ("", "/findings/new", "/findings", "/stops/s1/capture", "/report", "/gaps"):
        for value in THEIRS.values():
            answer = two.visitor("leader").get(f"/audits/{AUDIT}{page}?{query}={value}")
            assert answer.status_code < 500
            assert SECRET not in answer.text


def test_entries_about_things_of_another_audit_change_nothing_there(two: World) -> None:
    body = {"target": THEIRS["observation"], "bases": [THEIRS["observation"]], "reason": "x"}
    answer = two.visitor("leader").send(entry("withdrawn", body, by="leader"))
    assert [(one["status"], one["reason"]) for one in answer.json()["results"]] == [("held", "unknown_base")]
    smuggled = entry("withdrawn", body, by="leader", audit=OTHER)
    answer = two.visitor("leader").send(smuggled)
    assert answer.json()["results"][0]["reason"] == "other_audit"
    assert two.visitor("leader").send(smuggled, audit=OTHER).status_code == 404
    state = two.run(two.services.journal.state, OTHER)
    assert not state.observations[THEIRS["observation"]].withdrawn


def test_an_id_of_another_audit_can_be_used_again_here_without_telling(two: World) -> None:
    one = entry("observed", {"stop": "s2", "text": {"zh": "x"}}, by="leader", id=THEIRS["observation"])
    answer = two.visitor("leader").send(one)
    assert SECRET not in answer.text
    assert answer.json()["results"][0]["status"] in ("stored", "refused")


def upload(world: World, who: str, audit: str, data: bytes, sent: int) -> str:
    """Begin an upload and send so much of it; returns its id."""
    sha256 = hashlib.sha256(data).hexdigest()
    tus = {"Tus-Resumable": "1.0.0", "Clausewalk": "1"}
    metadata = "sha256 " + base64.b64encode(sha256.encode()).decode()
    headers = tus | {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    begun = world.visitor(who).ask("POST", f"/audits/{audit}/uploads", headers=headers)
    assert begun.status_code == 201, begun.text
    assert begun.headers["upload-offset"] == "0", "what others sent is no head start"
    where = begun.headers["location"]
    headers = tus | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert world.visitor(who).ask("PATCH", where, headers=headers, content=data[:sent]).status_code == 204
    return where.rsplit("/", 1)[1]


def test_a_photo_of_another_audit_is_not_there_not_even_its_existence(two: World) -> None:
    data = photo((64, 48))
    sha256 = hashlib.sha256(data).hexdigest()
    upload(two, "stranger", OTHER, data, len(data))
    assert two.visitor("stranger").get(f"/audits/{OTHER}/photos/{sha256}").content == data
    for query in ("", "?w=320", "?w=1600"):
        assert two.visitor("leader").get(f"/audits/{AUDIT}/photos/{sha256}{query}").status_code == 404
        assert two.visitor("stranger").get(f"/audits/{AUDIT}/photos/{sha256}{query}").status_code == 404
        assert two.visitor("leader").get(f"/audits/{OTHER}/photos/{sha256}{query}").status_code == 404
    claimed = {"observation": OBSERVATION, "sha256": sha256, "media": "image/jpeg", "subject": "equipment"}
    two.visitor("auditor").send(entry("photographed", claimed, by="auditor", id=str(uuid.uuid4())))
    assert two.visitor("auditor").get(f"/audits/{AUDIT}/photos/{sha256}").status_code == 404, (
        "naming isn't having"
    )
    upload(two, "auditor", AUDIT, data, len(data))
    assert two.visitor("leader").get(f"/audits/{AUDIT}/photos/{sha256}").content == data


def test_an_upload_is_of_one_audit_and_one_account(two: World) -> None:
    data = photo((640, 480))
    key = upload(two, "stranger", OTHER, data, 100)
    tus = {"Tus-Resumable": "1.0.0", "Clausewalk": "1"}
    for who, audit, offset in (("stranger", OTHER, "100"), ("auditor", AUDIT, "0"), ("leader", AUDIT, "0")):
        answer = two.visitor(who).ask("HEAD", f"/audits/{audit}/uploads/{key}", headers=tus)
        assert answer.headers["upload-offset"] == offset, who
    assert (
        two.visitor("auditor").ask("HEAD", f"/audits/{OTHER}/uploads/{key}", headers=tus).status_code == 404
    )


def test_a_link_of_another_account_or_audit_is_ended_by_nobody_else(two: World) -> None:
    make, links = two.services.links.make, two.services.links
    two.run(lambda: make("plan", made_by=ID["stranger"], hours=1, audit=OTHER, once=False))
    [link] = two.run(lambda: links.of("plan", audit=OTHER))
    assert not two.run(lambda: links.end(link.id, "plan", actor=ID["leader"], audit=AUDIT))
    two.visitor("leader").fill(f"/audits/{AUDIT}/plan/links/{link.id}/end")
    assert two.visitor("leader").fill(f"/audits/{OTHER}/plan/links/{link.id}/end").status_code == 404
    assert two.run(lambda: links.of("plan", audit=OTHER)) == [link]
    assert two.run(lambda: links.of("plan", audit=AUDIT)) == []
    assert two.run(lambda: links.end(link.id, "plan", actor=ID["stranger"], audit=OTHER))


@pytest.mark.parametrize("who", ["office", "leader"])
def test_nobody_withdraws_what_another_observed(two: World, who: str) -> None:
    """The office takes back documents of its own; by the same kind of entry it takes back nothing else."""
    body = {"target": OBSERVATION, "bases": [OBSERVATION], "reason": "x"}
    answer = two.visitor(who).send(entry("withdrawn", body, by=who))
    assert [one["reason"] for one in answer.json()["results"]] == ["not_yours"]
