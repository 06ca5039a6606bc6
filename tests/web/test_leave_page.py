"""Leaving the site: what phones report, and what the page makes of it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from server.people.outboxes import Outboxes
from tests.evidence.test_drawing import jpeg, striped
from tests.support.html import Html
from tests.support.upload import upload
from tests.support.world import AUDIT, ID, OBSERVATION, World, entry
from tests.web.test_guide import state_of

REPORT, LEAVE = f"/audits/{AUDIT}/outbox", f"/audits/{AUDIT}/leave"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def today(world: World) -> World:
    """The world with its audit going on today."""
    day = datetime.now(UTC).date()
    visit = {"number": "QHHZ-2026-001", "schemes": ["QMS"], "start": str(day), "end": str(day + timedelta(1))}
    rows = world.visitor("leader").get(f"/audits/{AUDIT}/entries").json()["entries"]
    bases = [row["entry"]["id"] for row in rows if row["entry"]["body"].get("path") == "visit"]
    body = {"path": "visit", "value": visit, "bases": bases}
    assert world.visitor("office").send(entry("configured", body, by="office")).status_code == 200
    return world


def tell(world: World, login: str, entries: int, photos: int, **headers: str) -> Any:
    sent = {"Clausewalk": "1", "Clausewalk-Device": f"{login}-1", "User-Agent": IPHONE, **headers}
    held = {"entries": entries, "photos": photos}
    return world.visitor(login).ask("POST", REPORT, json=held, headers=sent)


def told_earlier(world: World, login: str, entries: int = 0, **ago: float) -> datetime:
    """What a phone said some time ago."""
    at = datetime.now(UTC) - timedelta(**ago)
    earlier = Outboxes(world.services.db, now=at.timestamp)
    world.run(lambda: earlier.tell(AUDIT, ID[login], f"{login}-1", entries=entries, photos=0))
    return at


def leave(world: World, login: str = "leader", lang: str = "") -> Html:
    answer = world.visitor(login).get(LEAVE + lang)
    assert answer.status_code == 200
    return Html(answer.text)


def words(page: Html) -> dict[str, str]:
    """What is said of each phone, by whose it is."""
    return {
        tag.attributes["data-phone"]: tag.attributes["data-word"]
        for tag in page.all("li")
        if "data-phone" in tag.attributes
    }


def gate(page: Html) -> str:
    return page.one("section", **{"class": "gate"}).attributes["data-k"]


def test_green_when_every_phone_has_reported_that_nothing_waits(today: World) -> None:
    page = leave(today)
    assert gate(page) == "wait"
    assert "还没有手机报告过" in page.words
    assert tell(today, "auditor", 0, 0).status_code == 200
    assert tell(today, "leader", 0, 0).status_code == 200
    page = leave(today)
    assert gate(page) == "ok"
    assert page.one("h2", id="gate").text == "可以离场"
    assert "iPhone · Safari" in page.words
    assert words(page) == {ID["auditor"]: "safe", ID["leader"]: "safe"}


def test_red_while_a_phone_is_known_to_hold_something(today: World) -> None:
    tell(today, "leader", 0, 0)
    tell(today, "auditor", 3, 7)
    page = leave(today)
    assert gate(page) == "nc"
    assert words(page)[ID["auditor"]] == "waiting"
    assert "3 条 · 7 张还在手机上" in page.words
    assert (
        "auditor 某：3条、7张照片只在手机上"
        in Html(today.visitor("observer").get(f"/audits/{AUDIT}/gaps?gate=leave").text).words
    )
    tell(today, "auditor", 0, 0)
    assert gate(leave(today)) == "ok", "the same phone, heard again"


def test_grey_where_a_phone_was_not_heard_of_and_the_leader_may_accept_it(today: World) -> None:
    tell(today, "leader", 0, 0)
    told_earlier(today, "auditor", entries=2, hours=2)
    page = leave(today)
    assert gate(page) == "wait"
    assert words(page)[ID["auditor"]] == "silent"
    assert "当时还有 2 条" in page.words
    (link,) = [href for href in page.links if "dismiss=" in href]
    assert not [href for href in leave(today, "auditor").links if "dismiss=" in href], "the leader's alone"
    accept(today, link, "手机没电，人已到酒店充电")
    page = leave(today)
    assert gate(page) == "ok"
    assert "组长已接受：手机没电，人已到酒店充电" in page.words
    told_earlier(today, "auditor", entries=3, minutes=30)
    assert gate(leave(today)) == "wait", "heard again since, and gone again"


def all_delivered(world: World) -> None:
    """What the team's phones say once nothing waits on them."""
    for login in ("leader", "auditor"):
        assert tell(world, login, 0, 0).status_code == 200


def accept(world: World, link: str, reason: str) -> None:
    """What the leader does on the page that the link of a silent phone leads to."""
    form = Html(world.visitor("leader").get(link.split("#")[0]).text)
    gap = next(tag.attributes["value"] for tag in form.all("input") if tag.attributes.get("name") == "gap")
    said = world.visitor("leader").send(entry("dismissed", {"gap": gap, "reason": reason}, by="leader"))
    assert said.json()["results"][0]["status"] == "stored"


def test_grey_while_somebody_of_the_team_was_never_heard_from(today: World) -> None:
    tell(today, "leader", 0, 0)
    page = leave(today)
    assert gate(page) == "wait"
    (row,) = [tag for tag in page.all("li") if "data-unheard" in tag.attributes]
    assert "auditor 某" in row.text
    assert "还没有报告过" in row.text
    gaps = f"/audits/{AUDIT}/gaps?gate=leave"
    assert "auditor 某：手机还没有报告过" in Html(today.visitor("leader").get(gaps).text).words
    assert not [href for href in leave(today, "auditor").links if "dismiss=" in href], "the leader's alone"
    (link,) = [href for href in page.links if "dismiss=" in href]
    accept(today, link, "只看，不用手机记录")
    page = leave(today)
    assert gate(page) == "ok"
    assert "组长已接受：只看，不用手机记录" in page.words
    tell(today, "auditor", 1, 0)
    assert gate(leave(today)) == "nc", "heard from after all"


def test_the_page_says_of_which_time_it_is(today: World) -> None:
    """A phone without a network shows the page as it was: then it has to say when that was."""
    asked = datetime.now(UTC)
    at = leave(today).one("div", id="live").attributes["data-by-time"]
    assert abs(datetime.fromisoformat(at) - asked) < timedelta(minutes=2)


BYTES = jpeg(striped())
NAMED = {"sha256": hashlib.sha256(BYTES).hexdigest()}
SIGNED = {"what": "accompanied/s2", "name": "邱晓芸", "picture": NAMED["sha256"], "way": "passed"}
MISSING = pytest.mark.parametrize(
    ("kind", "body", "said", "way"),
    [
        (
            "photographed",
            {"observation": OBSERVATION, "label": "PH-1", **NAMED},
            "PH-1：照片还没有送达",
            f"/observations/{OBSERVATION}/view",
        ),
        ("signed", SIGNED, "S02 生产部 真空钎焊：邱晓芸的签名图样还没有送达", "/stops/s2"),
    ],
)
"""Entries that came without their bytes, with what is said of them and where it leads."""


@MISSING
def test_bytes_that_are_missing_keep_the_gate_shut(
    today: World, kind: str, body: dict[str, Any], said: str, way: str
) -> None:
    all_delivered(today)
    author, leader = today.visitor("auditor"), today.visitor("leader")
    author.send(entry(kind, body, by="auditor"))
    page = leave(today)
    assert gate(page) == "nc"
    assert "0 / 1" in page.words
    gaps = Html(leader.get(f"/audits/{AUDIT}/gaps?gate=leave").text)
    assert said in gaps.words
    assert [href for href in gaps.links if href.startswith(f"/audits/{AUDIT}{way}")]
    upload(author, BYTES)
    page = leave(today)
    assert gate(page) == "ok"
    assert "1 / 1" in page.words
    assert said not in leader.get(f"/audits/{AUDIT}/gaps?gate=leave").text


@MISSING
def test_bytes_that_are_lost_keep_it_shut_until_the_leader_says_why_not(
    today: World, kind: str, body: dict[str, Any], said: str, way: str
) -> None:
    all_delivered(today)
    today.visitor("auditor").send(entry(kind, body, by="auditor"))
    gaps = Html(today.visitor("leader").get(f"/audits/{AUDIT}/gaps?gate=leave").text)
    code = "SIGNATURE_NOT_ARRIVED" if kind == "signed" else "PHOTO_NOT_ARRIVED"
    [link] = {one for one in gaps.links if f"dismiss={code}" in one}
    gap = unquote(link.split("#")[0].split("dismiss=")[1])
    dismissed = {"gap": gap, "reason": "手机掉进水里，图没有了"}
    today.visitor("leader").send(entry("dismissed", dismissed, by="leader"))
    page = leave(today)
    assert gate(page) == "ok"
    assert "0 / 1" in page.words, "it is missing all the same"


def test_a_classified_audit_misses_the_pictures_of_its_signatures(today: World) -> None:
    all_delivered(today)
    thing = state_of(today).configured["visit"]
    visit = {"path": "visit", "value": dict(thing.current or {}) | {"classified": True}, "bases": thing.heads}
    today.visitor("office").send(entry("configured", visit, by="office"))
    author = today.visitor("auditor")
    author.send(entry("photographed", {"observation": OBSERVATION, "sha256": "1" * 64}, by="auditor"))
    assert gate(leave(today)) == "ok", "a photo is held, and its bytes never come"
    author.send(entry("signed", SIGNED, by="auditor"))
    assert gate(leave(today)) == "nc"
    upload(author, BYTES)
    assert gate(leave(today)) == "ok"


def test_what_is_no_report_is_refused(today: World) -> None:
    assert tell(today, "auditor", -1, 0).status_code == 400
    assert tell(today, "auditor", 10**9, 0).status_code == 400
    refused = tell(today, "auditor", 1, 0, **{"Clausewalk-Device": "no/device"})
    assert (refused.status_code, refused.json()["error"]) == (400, "bad_device")
    assert not words(leave(today))


def test_a_report_is_no_fact_of_the_audit(today: World) -> None:
    head = today.visitor("leader").get(f"/audits/{AUDIT}/head").json()
    tell(today, "auditor", 1, 2)
    assert today.visitor("leader").get(f"/audits/{AUDIT}/head").json() == head


def test_a_device_reports_for_its_account_whoever_is_signed_in(today: World) -> None:
    issue = today.services.devices.issue
    credential = today.run(lambda: issue(ID["auditor"], "phone-9", session="s"))
    answer = today.visitor(None).ask(
        "POST",
        REPORT,
        json={"entries": 1, "photos": 0},
        headers={
            "Clausewalk": "1",
            "Clausewalk-Device": "phone-9",
            "Authorization": f"Clausewalk-Device {credential}",
        },
    )
    assert answer.status_code == 200
    assert words(leave(today)) == {ID["auditor"]: "waiting"}
