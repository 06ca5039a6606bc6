"""Guides: the stops they accompany, the pictures they permit, their signature, the facts they confirm."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx

from server.audit.permission import pictures_at
from server.audit.state import State
from tests.support.guests import GuestPhone, come_in
from tests.support.world import AUDIT, FINDING, ID, OBSERVATION, World, entry, observed
from tests.web.test_attendance import drawn, planned, released, signature_form

OTHER_GUIDE = "罗建平"


def guide(world: World, name: str = "邱晓芸") -> GuestPhone:
    return come_in(world, "guide", name)


def say(phone: GuestPhone, **fields: str) -> None:
    """Send the form of stops as the page has it: all stops are listed in it."""
    listed = {"listed.s1": "1", "listed.s2": "1"}
    answer = phone.fill(f"/guests/{phone.id}/guide/stops", **listed, **fields)
    assert answer.status_code == 303, answer.text


def state_of(world: World) -> State:
    state: State = world.run(world.services.journal.state, AUDIT)
    return state


def capture(world: World, stop: str = "s2") -> str:
    text: str = world.visitor("auditor").get(f"/audits/{AUDIT}/stops/{stop}/capture").text
    return text


def photographed(world: World, **changes: Any) -> dict[str, Any]:
    body = {"observation": OBSERVATION, "sha256": hashlib.sha256(b"x").hexdigest(), "subject": "equipment"}
    sent = entry("photographed", body | changes, by="auditor", id=str(uuid.uuid4()))
    answer = world.visitor("auditor").send(sent).json()["results"][0]
    return sent | {"standing": answer["status"], "reason": answer.get("reason", "")}


def test_a_guide_sees_stops_and_no_observation(world: World) -> None:
    phone = guide(world)
    page = phone.get(f"/guests/{phone.id}/guide").text
    assert "真空钎焊" in page
    assert "25 min" not in page, "neither what was observed nor found"
    assert "保温时间不足" not in page
    assert phone.get(f"/audits/{AUDIT}").status_code in (303, 401)


def test_a_word_on_pictures_switches_the_camera_of_that_stop(world: World) -> None:
    phone = guide(world)
    assert "data-no-pictures" not in capture(world), "nobody was asked: allowed"
    say(phone, **{"along.s2": "on", "pictures.s2": "none"})
    shown = capture(world)
    assert "data-no-pictures" in shown
    assert re.search(r"data-shutter disabled", shown)
    assert shown.count("disabled>") >= 2
    assert "data-no-pictures" not in capture(world, "s1")
    say(phone, **{"along.s2": "on", "pictures.s2": "ask"})
    assert "拍照前先问向导" in capture(world)
    say(phone, **{"along.s2": "on", "pictures.s2": "allowed"})
    assert "data-no-pictures" not in capture(world)


def test_left_blank_on_a_form_that_was_sent_is_a_no(world: World) -> None:
    phone = guide(world)
    say(phone, **{"along.s2": "on"})
    word = state_of(world).permissions["s2/"].current
    assert word is not None
    assert (word.pictures, word.chosen, word.name) == ("none", False, "邱晓芸")
    assert pictures_at(state_of(world), "s1") == "allowed", "not a stop of theirs"


def test_an_area_of_a_stop_can_differ(world: World) -> None:
    phone = guide(world)
    say(phone, **{"along.s2": "on", "pictures.s2": "allowed", "area.s2.0": "控制柜", "pictures.s2.0": "none"})
    state = state_of(world)
    assert pictures_at(state, "s2") == "allowed"
    assert pictures_at(state, "s2", "控制柜") == "none"
    assert "不可拍：控制柜" in capture(world)


def test_the_same_form_again_makes_no_entry_and_another_guide_may_change_it(world: World) -> None:
    phone, other = guide(world), guide(world, OTHER_GUIDE)
    said = {"along.s2": "on", "pictures.s2": "none"}
    say(phone, **said)
    head = state_of(world).seq
    say(phone, **said)
    assert state_of(world).seq == head
    say(other, **{"along.s2": "on", "pictures.s2": "allowed"})
    thing = state_of(world).permissions["s2/"]
    assert not thing.in_conflict
    assert pictures_at(state_of(world), "s2") == "allowed"


def test_photos_of_a_refused_place_stay_out_of_the_report_until_the_leader_decides(world: World) -> None:
    leader = world.visitor("leader")
    photo = photographed(world)

    def printed() -> list[str]:
        return [one["id"] for one in leader.get(f"/audits/{AUDIT}/report.json").json()["pictures"]]

    assert printed() == [photo["id"]]
    phone = guide(world)
    say(phone, **{"along.s2": "on", "pictures.s2": "none"})
    assert printed() == []
    page = leader.get(f"/audits/{AUDIT}/gaps").text
    assert "没有印进报告" in page
    found = re.search(r"dismiss=(PICTURES_NOT_PERMITTED[^#]+)#", page)
    assert found
    leader.send(entry("dismissed", {"gap": unquote(found[1]), "reason": "丁雪松同意使用"}, by="leader"))
    assert printed() == [photo["id"]]
    photographed(world)
    assert printed() == [], "a photo that came later is decided anew"


def test_a_classified_audit_takes_no_pictures(world: World) -> None:
    classify(world)
    assert "data-no-pictures" in capture(world, "s1")
    sent = photographed(world)
    assert (sent["standing"], sent["reason"]) == ("held", "classified")
    refused = begin_upload(world, hashlib.sha256(b"x").hexdigest())
    assert (refused.status_code, refused.json()) == (422, {"error": "classified"})
    phone = guide(world)
    assert "本次审核涉密" in phone.get(f"/guests/{phone.id}/guide").text


def test_a_guide_signs_at_the_end_of_a_stop(world: World) -> None:
    phone = guide(world)
    say(phone, **{"along.s2": "on", "pictures.s2": "allowed"})
    found = re.search(r'name="text" value="([^"]+)"', phone.get(f"/guests/{phone.id}/guide").text)
    assert found
    text = html.unescape(found[1])
    assert text.startswith("邱晓芸在真空钎焊陪同审核")
    headers = {"Origin": "http://testserver.local", "Clausewalk": "1", "Accept": "application/json"}
    form = signature_form(text=text) | {"stop": "s2"}
    answer = phone.ask("POST", f"/guests/{phone.id}/guide/signature", data=form, headers=headers)
    assert answer.json()["status"] == "stored"
    [signed] = state_of(world).signatures.values()
    assert (signed.what, signed.name, signed.text) == ("accompanied/s2", "邱晓芸", text)
    assert signed.picture == hashlib.sha256(drawn()).hexdigest()
    assert "真空钎焊已签" in phone.get(f"/guests/{phone.id}/guide").text


def sign_at(phone: GuestPhone, stop: str = "s2", **changes: str) -> httpx.Response:
    """Send the signature for a stop as the page's script does."""
    headers = {"Origin": "http://testserver.local", "Clausewalk": "1", "Accept": "application/json"}
    form = signature_form(**changes) | {"stop": stop}
    return phone.ask("POST", f"/guests/{phone.id}/guide/signature", data=form, headers=headers)


def test_a_guide_signs_no_stop_that_is_still_ahead(world: World) -> None:
    now, phone = datetime.now(UTC), guide(world)
    say(phone, **{"along.s1": "on"})
    planned(world, "s1", now + timedelta(hours=3))
    head, page = state_of(world).seq, phone.get(f"/guests/{phone.id}/guide").text
    assert "data-guest-sign" not in page
    assert "审核员到场或到点后可以签字" in page
    refused = sign_at(phone, "s1")
    assert (refused.status_code, refused.json()["error"]) == (409, "stop_ahead")
    assert "方针、目标" in refused.json()["message"]
    assert state_of(world).seq == head
    body = {"stop": "s1", "person": ID["auditor"], "visit": str(uuid.uuid4()), "at": now.isoformat()}
    world.visitor("auditor").send(entry("arrived", body, by="auditor"))
    assert "data-guest-sign" in phone.get(f"/guests/{phone.id}/guide").text
    assert sign_at(phone, "s1").json()["status"] == "stored"


def test_who_records_at_a_stop_is_there_and_a_stop_without_a_time_is_never_ahead(world: World) -> None:
    for stop in ("s1", "s2"):
        planned(world, stop, datetime.now(UTC) + timedelta(hours=3))
    phone = guide(world)
    assert sign_at(phone, "s1").status_code == 409
    assert sign_at(phone, "s2").json()["status"] == "stored", "an observation stands there"
    planned(world, "s1", None)
    assert sign_at(phone, "s1").json()["status"] == "stored"


def test_each_tap_leads_back_to_its_place_which_says_that_it_arrived(world: World) -> None:
    phone = guide(world)
    own = f"/guests/{phone.id}/guide"
    assert 'id="handed"></div>' in phone.get(own).text
    answer = phone.fill(f"{own}/stops", **{"listed.s2": "1", "along.s2": "on"})
    assert answer.headers["location"] == f"{own}#handed"
    page = phone.get(own).text
    assert re.search(r'id="handed">\s*<p class="note" data-k="ok".*?已交给审核组 \d\d:\d\d<', page, re.DOTALL)
    world.visitor("auditor").fill(f"/audits/{AUDIT}/findings/{FINDING}/facts", guest=phone.id)
    [said] = state_of(world).confirmations[FINDING]
    form = {"asked": said.entry, "right": "yes", "remark": "确实如此"}
    answer = phone.fill(f"{own}/facts", **form)
    assert answer.headers["location"] == f"{own}#fact-{said.entry}"
    page = phone.get(own).text
    assert f'id="fact-{said.entry}"' in page
    assert re.search(r"事实如此 · 已交给审核组 \d\d:\d\d", page)
    assert sign_at(phone).json()["next"] == f"{own}?signed=s2#sign-s2"
    assert 'id="sign-s2"' in phone.get(own).text


def test_stops_stand_below_their_day(world: World) -> None:
    page = guide(world)
    shown = page.get(f"/guests/{page.id}/guide").text
    assert ">11.18</h3>" in shown
    planned(world, "s2", datetime.fromisoformat("2026-11-19T08:00:00+08:00"))
    shown = page.get(f"/guests/{page.id}/guide").text
    assert [shown.index(one) for one in (">11.18<", "stop-s1", ">11.19<", "stop-s2")] == sorted(
        shown.index(one) for one in (">11.18<", "stop-s1", ">11.19<", "stop-s2")
    )


def test_what_a_guide_does_after_release_is_said_to_wait(world: World) -> None:
    phone = guide(world)
    say(phone, **{"along.s2": "on"})
    world.visitor("auditor").fill(f"/audits/{AUDIT}/findings/{FINDING}/facts", guest=phone.id)
    [said] = state_of(world).confirmations[FINDING]
    released(world)
    assert sign_at(phone).json()["status"] == "held"
    phone.fill(f"/guests/{phone.id}/guide/facts", asked=said.entry, right="yes")
    say(phone, **{"along.s1": "on"})
    page = phone.get(f"/guests/{phone.id}/guide").text
    assert "data-guest-sign" not in page
    assert page.count("待复核人员收下") == 3, "the stops, the fact and the signature"


def test_a_guide_confirms_the_facts_shown_to_them_and_nothing_else_of_the_finding(world: World) -> None:
    phone, other = guide(world), guide(world, OTHER_GUIDE)
    for one in (phone, other):
        say(one, **{"along.s2": "on", "pictures.s2": "allowed"})
    auditor, url = world.visitor("auditor"), f"/audits/{AUDIT}/findings/{FINDING}"
    assert OTHER_GUIDE in auditor.get(url).text
    assert auditor.fill(f"{url}/facts", guest=ID["observer"]).status_code == 400
    assert auditor.fill(f"{url}/facts", guest=phone.id).status_code == 303
    page = phone.get(f"/guests/{phone.id}/guide").text
    assert "3 号炉 11 月 6 日记录 25 min" in page
    assert "W-7" not in page, "no requirement"
    assert "保温时间不足" not in page, "no statement"
    assert "25 min" not in other.get(f"/guests/{other.id}/guide").text
    [said] = state_of(world).confirmations[FINDING]
    answer = {"asked": said.entry, "right": "no", "remark": "那天停炉检修"}
    assert other.fill(f"/guests/{other.id}/guide/facts", **answer).status_code == 404
    assert phone.fill(f"/guests/{phone.id}/guide/facts", **answer).status_code == 303
    assert phone.fill(f"/guests/{phone.id}/guide/facts", **answer).status_code == 404, "answered once"
    shown = auditor.get(url).text
    assert "邱晓芸：不是这样" in shown
    assert "那天停炉检修" in shown
    assert "邱晓芸说证据里的事实不是这样" in world.visitor("leader").get(url).text


def test_what_is_seen_at_a_stop_is_still_recorded_where_no_pictures_are_allowed(world: World) -> None:
    say(guide(world), **{"along.s2": "on", "pictures.s2": "none"})
    assert world.visitor("auditor").send(observed()).json()["results"][0]["status"] == "stored"


def test_a_stop_offers_the_guides_of_the_plan_to_sign_on_the_auditors_phone(world: World) -> None:
    def page(who: str, stop: str = "s2") -> str:
        text: str = world.visitor(who).get(f"/audits/{AUDIT}/stops/{stop}").text
        return text

    assert "data-accompanying" in page("auditor")
    assert "data-accompanying" not in page("observer"), "who may not record it"
    for key, name, role in (
        ("g1", "邱晓芸", "guide"),
        ("g2", OTHER_GUIDE, "guide"),
        ("x", "来客", "observer"),
    ):
        body = {"path": f"companions/{key}", "value": {"name": name, "role": role}}
        world.visitor("office").send(entry("configured", body, by="office"))
    assert re.findall(r'data-sign="([^"]+)"', page("auditor")) == ["邱晓芸", OTHER_GUIDE]
    text = "邱晓芸在生产部陪同审核，2026-11-06。"
    body = {"stop": "s2", "name": "邱晓芸", "role": "主任"}
    signed = {
        "what": "accompanied/s2",
        "name": "邱晓芸",
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "signed_at": "2026-11-06T10:00:00+08:00",
        "picture": "0" * 64,
        "way": "passed",
    }
    for kind, said in (("accompanied", body), ("signed", signed)):
        world.visitor("auditor").send(entry(kind, said, by="auditor"))
    assert re.findall(r'data-sign="([^"]+)"', page("auditor")) == [OTHER_GUIDE]
    assert f"/photos/{'0' * 64}?w=320" in page("auditor")
    assert re.findall(r'data-sign="([^"]+)"', page("auditor", "s1")) == ["邱晓芸", OTHER_GUIDE]


def classify(world: World) -> None:
    thing = state_of(world).configured["visit"]
    value = dict(thing.current or {}) | {"classified": True}
    body = {"path": "visit", "value": value, "bases": thing.heads}
    world.visitor("office").send(entry("configured", body, by="office"))


def begin_upload(world: World, sha256: str) -> httpx.Response:
    metadata = f"sha256 {base64.b64encode(sha256.encode()).decode()}"
    headers = {"Clausewalk": "1", "Tus-Resumable": "1.0.0", "Upload-Length": "1", "Upload-Metadata": metadata}
    return world.visitor("auditor").ask("POST", f"/audits/{AUDIT}/uploads", headers=headers)


def test_a_classified_audit_takes_bytes_only_of_signatures_and_of_what_was_taken_in(world: World) -> None:
    before = photographed(world, sha256="1" * 64)
    begun = begin_upload(world, "2" * 64)
    classify(world)
    sending = {"Clausewalk": "1", "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    sending["Content-Type"] = "application/offset+octet-stream"
    going_on = world.visitor("auditor").ask("PATCH", begun.headers["Location"], headers=sending, content=b"x")
    assert going_on.json() == {"error": "classified"}, "one that was begun before doesn't go on"
    held = photographed(world, sha256="2" * 64)
    signed = {"what": "opening", "name": "邱晓芸", "picture": "3" * 64, "way": "passed"}
    world.visitor("auditor").send(entry("signed", signed, by="auditor"))
    assert [begin_upload(world, str(n) * 64).status_code for n in range(4)] == [422, 201, 422, 201]
    assert (before["standing"], held["standing"]) == ("stored", "held")
    world.visitor("leader").send(entry("accepted", {"entries": [held["id"]]}, by="leader"))
    assert begin_upload(world, "2" * 64).status_code == 201
