"""Drafts for one's other devices: private, short-lived, and what is taken for them comes back."""

from __future__ import annotations

import hashlib
import time
import uuid
from typing import Any

from server.people.drafts import KEPT_SECONDS, MOST, Draft, Drafts
from tests.evidence.test_drawing import jpeg, striped
from tests.support.html import Html
from tests.support.upload import upload
from tests.support.world import AUDIT, ID, World, entry, observed

DRAFTS = f"/audits/{AUDIT}/drafts"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/537.36 Chrome/130 Safari/537.36"


def begin(world: World, login: str = "auditor", draft: str = "", **changes: Any) -> tuple[str, Any]:
    """Say on a laptop what is being written."""
    draft = draft or str(uuid.uuid4())
    headers = {"Clausewalk": "1", "Clausewalk-Device": "laptop", "User-Agent": MAC}
    told = {"stop": "s2", "words": "3 号炉温度表"} | changes
    answer = world.visitor(login).ask("PUT", f"{DRAFTS}/{draft}", json=told, headers=headers)
    return draft, answer


def listed(world: World, login: str = "auditor", device: str = "phone-1") -> list[dict[str, Any]]:
    """What one's device gets."""
    answer = world.visitor(login).get(DRAFTS, headers={"Clausewalk": "1", "Clausewalk-Device": device})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["drafts"]
    return found


def joined(world: World) -> tuple[str, list[str], list[str]]:
    """What was taken for the one draft there is, as the laptop gets it: its id, its heads, its photos."""
    (there,) = listed(world, device="laptop")
    (one,) = there["joined"]
    return one["id"], one["heads"], one["photos"]


def test_what_is_begun_on_the_laptop_is_on_the_phone_and_on_no_other(world: World) -> None:
    draft, answer = begin(world)
    assert answer.status_code == 200
    (there,) = listed(world)
    assert (there["id"], there["stop"], there["words"]) == (draft, "s2", "3 号炉温度表")
    assert (there["device"], there["here"], there["joined"]) == ("Mac · Chrome", False, [])
    assert [one["here"] for one in listed(world, device="laptop")] == [True]
    assert listed(world, "leader") == [], "nobody else's"
    begin(world, draft=draft, words="3 号炉温度表无标识")
    assert [one["words"] for one in listed(world)] == ["3 号炉温度表无标识"]


def test_a_draft_is_no_fact_of_the_audit(world: World) -> None:
    head = world.visitor("leader").get(f"/audits/{AUDIT}/head").json()
    begin(world)
    assert world.visitor("leader").get(f"/audits/{AUDIT}/head").json() == head


def test_a_photo_taken_for_it_comes_back_and_waits_to_be_written(world: World) -> None:
    draft, _ = begin(world)
    taken = entry("observed", {"stop": "s2", "joins": draft}, by="auditor")
    picture = jpeg(striped())
    sha256 = hashlib.sha256(picture).hexdigest()
    photo = entry("photographed", {"observation": taken["id"], "sha256": sha256}, by="auditor")
    world.visitor("auditor").send(taken, photo)
    world.visitor("leader").send(entry("observed", {"stop": "s2", "joins": draft}, by="leader"))
    assert joined(world) == (taken["id"], [taken["id"]], []), "its bytes are still on their way"
    upload(world.visitor("auditor"), picture)
    assert joined(world) == (taken["id"], [taken["id"]], [sha256])
    page = Html(world.visitor("leader").get(f"/audits/{AUDIT}/stops/s2").text)
    row = next(tag for tag in page.all("li") if tag.attributes.get("data-object") == taken["id"])
    assert "待补" in row.text


def test_a_saved_or_dropped_note_is_no_draft_any_more(world: World) -> None:
    saved, _ = begin(world)
    dropped, _ = begin(world)
    world.visitor("auditor").send(observed(id=saved))
    away = world.visitor("auditor").ask("DELETE", f"{DRAFTS}/{dropped}", headers={"Clausewalk": "1"})
    assert away.status_code == 204
    assert listed(world) == []


def test_both_saved_stand_and_lead_to_each_other(world: World) -> None:
    note = observed()
    taken = entry("observed", {"stop": "s2", "joins": note["id"]}, by="auditor")
    world.visitor("auditor").send(note, taken)
    for one, other in ((note, taken), (taken, note)):
        page = Html(world.visitor("leader").get(f"/audits/{AUDIT}/observations/{one['id']}/view").text)
        assert f"/audits/{AUDIT}/observations/{other['id']}/view" in page.links


def test_nobody_drops_anothers_draft(world: World) -> None:
    draft, _ = begin(world)
    world.visitor("leader").ask("DELETE", f"{DRAFTS}/{draft}", headers={"Clausewalk": "1"})
    begin(world, "leader", draft, words="别人的")
    assert [one["words"] for one in listed(world)] == ["3 号炉温度表"]


def test_what_is_no_draft_is_refused(world: World) -> None:
    assert begin(world, stop="nowhere")[1].status_code == 404
    assert begin(world, draft="no-uuid")[1].status_code == 404
    assert begin(world, words="长" * 201)[1].status_code == 400
    headers = {"Clausewalk": "1", "Clausewalk-Device": "no/device"}
    answer = world.visitor("auditor").ask(
        "PUT", f"{DRAFTS}/{uuid.uuid4()}", json={"stop": "s2"}, headers=headers
    )
    assert answer.json()["error"] == "bad_device"


def test_old_ones_are_gone_and_there_are_never_many(world: World) -> None:
    old = Drafts(world.services.db, now=lambda: time.time() - KEPT_SECONDS - 1)
    world.run(lambda: old.keep(ID["auditor"], AUDIT, Draft(id="old", stop="s2", device="laptop")))
    assert listed(world) == []
    for _ in range(MOST + 3):
        begin(world)
    rows = world.run(world.services.db.read, "SELECT count(*) FROM drafts")
    assert rows[0][0] == MOST
