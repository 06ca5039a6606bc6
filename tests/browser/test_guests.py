"""Signing in at a meeting: on one's own phone by the sheet's code, on the leader's passed round, offline."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.support.guests import code_of, come_in, draw, enter, guest_phone, picture_is_there
from tests.browser.support.people import COOKIE, Ledger, nothing_left, phone_of
from tests.browser.support.phone import PATIENCE_S, until, visit
from tests.browser.support.site import has_worker, own_phone, prepare_offline, site
from tests.browser.test_accessibility import AXE, violations
from tests.evidence.pictures_made import photo
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID, entry

MEETING = f"/audits/{AUDIT}/meetings/opening"
SHEET_PHOTO = photo((800, 600))
CODE_AND_PAGES_WITH_IT = """async ([account, audit]) => {
  const opening = indexedDB.open("clausewalk");
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  const asked = db.transaction("meta").objectStore("meta").get(`guest-codes/${account}/${audit}`);
  const codes = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  db.close();
  if (!codes) return null;
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      const text = await (await cache.match(key, { ignoreVary: true })).text();
      if (codes.some(({ address }) => text.includes(address.split("/in/")[1]))) found.push(key.url);
    }
  }
  return [codes.find(({ role }) => role === "attendee").address, found];
}"""
"""The address of the attendees' code on this phone, and every kept page that holds one."""


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


def a_guide_without_a_phone_signs(page: Page, name: str) -> None:
    """At the end of a stop, on the phone that is passed to them; it stays there while it can't be sent."""
    stop = f"/audits/{AUDIT}/stops/s2"
    visit(page, stop)
    place = page.locator("[data-accompanying]")
    place.locator("summary").tap()
    place.locator("input[name=name]").fill(name)
    place.locator("input[name=role]").fill("主任")
    place.locator("form button").tap()
    expect(page.locator("dialog.signing .rec")).to_contain_text(f"{name}（主任）在")
    draw(page, page.locator("dialog [data-pad]"))
    page.locator("dialog.signing .go").tap()
    expect(place.locator(".rows-line", has_text=name)).to_contain_text("已签，仅在本机")
    visit(page, stop)
    place.locator("summary").tap()
    expect(place.locator(".rows-line", has_text=name)).to_contain_text("已签，仅在本机")


def test_a_guest_signs_in_inside_wechat(browser: Browser, server: LiveServer, leader: Page) -> None:
    ledger = Ledger(server)
    address = code_of(leader, "attendee")
    for robot in ("curl/8", "MicroMessenger preview"):
        assert (
            httpx.get(server.url + address, headers={"User-Agent": robot}, timeout=PATIENCE_S).status_code
            == 200
        )
    with guest_phone(browser, server) as page:
        come_in(page, address, "韩启明")
        assert address.rsplit("/", 1)[1] not in page.content()
        pad = page.locator("[data-pad]")
        confirm = page.locator("[data-guest-sign] button[type=submit]")
        expect(pad).to_have_attribute("data-ready", "")
        expect(confirm).to_be_disabled()
        draw(page, pad)
        expect(confirm).to_be_enabled()
        pad.locator("[data-undo]").tap()
        expect(confirm).to_be_disabled()
        draw(page, pad)
        confirm.tap()
        expect(page.locator("[role=status][data-k=ok]")).to_contain_text("已签到")
        assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
        assert page.evaluate("async () => (await indexedDB.databases()).length") == 0
    (signed,) = ledger.arrived("signed", 1)
    assert (signed["body"]["name"], signed["body"]["what"]) == ("韩启明", "opening")
    assert signed["body"]["text_sha256"] == hashlib.sha256(signed["body"]["text"].encode()).hexdigest()
    picture_is_there(server, signed)
    visit(leader, MEETING)
    row = leader.locator("#people .rows-line", has_text="韩启明")
    expect(row.locator("img.ink")).to_be_visible()
    expect(row.locator("[data-present]")).to_be_checked()


def test_a_guest_whose_network_breaks_off_loses_nothing(
    browser: Browser, server: LiveServer, leader: Page
) -> None:
    ledger, address = Ledger(server), code_of(leader, "attendee")
    with guest_phone(browser, server) as page:
        come_in(page, address, "丁雪松")
        page.route("**/attendance", lambda route: route.abort())
        draw(page, page.locator("[data-pad]"))
        page.locator("[data-guest-sign] button[type=submit]").tap()
        expect(page.locator("[data-form-message][data-k=wait]")).to_be_visible()
        page.unroute("**/attendance")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("[role=status][data-k=ok]")).to_contain_text("已签到")
    assert [one["body"]["name"] for one in ledger.arrived("signed", 1)] == ["丁雪松"]


def test_a_guides_code_on_a_second_phone_is_refused(
    browser: Browser, server: LiveServer, leader: Page
) -> None:
    address = code_of(leader, "guide")
    with guest_phone(browser, server) as own, guest_phone(browser, server) as stolen:
        enter(own, address, "邱晓芸")
        own.locator("#stops").wait_for()
        visit(stolen, address)
        expect(stolen.locator("[role=alert]")).to_contain_text("另一部手机")
        visit(stolen, own.url)
        expect(stolen.locator("[role=alert]")).to_be_visible()
        expect(stolen.locator("main")).not_to_contain_text("邱晓芸")


def test_the_leaders_phone_is_passed_round_without_a_network(
    playwright: Playwright, furnished: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data = Path(shutil.copytree(furnished[0], tmp_path / "data"))
    with site(data) as server, own_phone(playwright, tmp_path / "profile", server.url) as phone:
        assert server.live
        server.live.tokens = furnished[1]
        ledger = Ledger(server.live)
        page = phone.open("/sign-in")
        assert phone.context
        phone.context.add_cookies([{"name": COOKIE, "value": furnished[1]["leader"], "url": server.url}])
        visit(page, "/")
        has_worker(page)
        prepare_offline(page, AUDIT)
        server.stop()
        visit(page, f"/audits/{AUDIT}/attendance")
        expect(page.locator("[data-role=attendee] img")).to_be_visible()
        page.locator("[data-role=guide] > summary").tap()
        guides = page.locator("[data-role=guide] [data-code] > details")
        expect(guides).to_have_count(3)
        for place in (0, 2):
            guides.nth(place).locator("summary").tap()
            expect(page.locator("[data-role=guide] img:visible")).to_have_count(1)
        code, in_pages = page.evaluate(CODE_AND_PAGES_WITH_IT, [ID["leader"], AUDIT])
        assert in_pages == [], "a token in a page that is kept"
        visit(page, MEETING)
        page.locator("#people details summary", has_text="加一人").tap()
        page.fill("#people input[name=name]", "罗建平")
        page.locator("#people form button[type=submit]").tap()
        expect(page.locator("#people [data-form-message]")).to_contain_text("仅在本机")
        visit(page, MEETING)
        for name in ("罗建平", "leader 某"):
            row = page.locator("#people .rows-line", has_text=name)
            row.locator("[data-sign]").tap()
            expect(page.locator("dialog.signing .rec")).to_contain_text(f"{name}参加了")
            draw(page, page.locator("dialog [data-pad]"))
            page.locator("dialog .go").tap()
            expect(row).to_contain_text("已签，仅在本机")
        visit(page, MEETING)
        expect(page.locator("#people .rows-line", has_text="罗建平")).to_contain_text("已签，仅在本机")
        a_guide_without_a_phone_signs(page, "邱晓芸")
        server.start()
        server.live.tokens = furnished[1]
        nothing_left(page)
        (came,) = ledger.arrived("accompanied", 1)
        assert (came["body"]["stop"], came["body"]["name"], came["body"]["role"]) == ("s2", "邱晓芸", "主任")
        token = code.rsplit("/in/", 1)[1]
        assert httpx.get(f"{server.url}/in/{token}", timeout=PATIENCE_S).status_code == 200, (
            "the code that was shown lets in"
        )
        signed = ledger.arrived("signed", 3)
        assert [one["body"]["name"] for one in signed] == ["罗建平", "leader 某", "邱晓芸"]
        assert [one["body"]["what"] for one in signed] == ["opening", "opening", "accompanied/s2"]
        assert {one["body"]["way"] for one in signed} == {"passed"}
        assert {one["body"]["name"] for one in ledger.arrived("attended", 2)} == {"罗建平", "leader 某"}
        visit(page, "/account")
        page.locator("form[action='/sign-out'] button").tap()
        expect(page).to_have_url(f"{server.url}/sign-in")
        assert page.evaluate(CODE_AND_PAGES_WITH_IT, [ID["leader"], AUDIT]) is None, (
            "gone with who signed out"
        )
        server.live.tokens = {**furnished[1], "leader": furnished[1]["auditor"]}  # the leader's has ended
        for one in signed:
            assert re.fullmatch(r".*，\d{4}-\d\d-\d\d。", one["body"]["text"])
            picture_is_there(server.live, one)


def test_a_guide_switches_the_camera_off_and_signs_the_stop(
    browser: Browser, server: LiveServer, leader: Page
) -> None:
    ledger, address = Ledger(server), code_of(leader, "guide")
    with (
        guest_phone(browser, server) as own,
        phone_of(browser, server, "auditor", permissions=["camera"]) as auditor,
    ):
        enter(own, address, "邱晓芸")
        stop = own.locator("#stop-s2")
        stop.locator("input[name='along.s2']").check()
        stop.locator("input[name='pictures.s2'][value=none]").check()
        own.locator("#stops button[type=submit]").tap()
        expect(own).to_have_url(re.compile("#handed$"))
        expect(own.locator("#handed [data-k=ok]")).to_contain_text("已交给审核组")
        expect(own.locator("#handed")).to_be_in_viewport()
        expect(own.locator("#sign")).to_be_in_viewport()
        (word,) = ledger.arrived("permitted", 1)
        assert (word["body"]["stop"], word["body"]["pictures"]) == ("s2", "none")

        visit(auditor, f"/audits/{AUDIT}/stops/s2/capture")
        auditor.locator("form[data-capture][data-ready]").wait_for()
        expect(auditor.locator("[data-no-pictures]")).to_contain_text("不可拍照")
        expect(auditor.locator("[data-shutter]")).to_be_disabled()
        expect(auditor.locator("[data-camera]")).to_be_hidden()
        assert auditor.locator("[data-camera] video").evaluate("one => one.srcObject") is None
        visit(auditor, f"/audits/{AUDIT}/stops/s1/capture")
        auditor.locator("form[data-capture][data-ready]").wait_for()
        expect(auditor.locator("[data-shutter]")).to_be_enabled()

        draw(own, own.locator("#sign [data-pad]"))
        own.locator("#sign button[type=submit]").tap()
        expect(own.locator("#sign-s2 [data-k=ok]")).to_contain_text("已签")
        expect(own.locator("#sign-s2")).to_be_in_viewport()
    (signed,) = ledger.arrived("signed", 1)
    assert signed["body"]["what"] == "accompanied/s2"
    picture_is_there(server, signed)


def test_the_leader_signs_the_commitment_where_it_is_read(server: LiveServer, leader: Page) -> None:
    ledger = Ledger(server)
    visit(leader, MEETING)
    place = leader.locator("[data-what=commitment]")
    place.locator("[data-sign='leader 某']").tap()
    expect(leader.locator("dialog.signing .rec")).to_contain_text("守法办事")
    draw(leader, leader.locator("dialog [data-pad]"))
    leader.locator("dialog .go").tap()
    (signed,) = ledger.arrived("signed", 1)
    assert (signed["body"]["what"], signed["body"]["name"]) == ("commitment", "leader 某")
    visit(leader, MEETING)
    expect(leader.locator("[data-what=commitment] img.ink")).to_be_visible()


def another_audit(server: LiveServer) -> str:
    """An audit of the same office and leader, at another company."""
    sent: dict[str, Any] = {
        "headers": {"Clausewalk": "1", "Origin": server.url},
        "cookies": {COOKIE: server.tokens["office"]},
    }
    form = {"client.zh": "云栈软件有限公司", "number": "QHHZ-2", "start": "2026-12-07", "scheme.QMS": "on"}
    made = httpx.post(f"{server.url}/office/audits/new", data=form, **sent, timeout=PATIENCE_S)
    assert made.status_code == 303, made.text
    audit: str = made.headers["location"].split("/")[-2]
    body = {"path": f"team/{ID['leader']}", "value": {"name": "leader 某", "role": "leader"}}
    member = entry("configured", body, by="office", audit=audit)
    httpx.post(
        f"{server.url}/audits/{audit}/entries", json=[member], **sent, timeout=PATIENCE_S
    ).raise_for_status()
    return audit


def test_an_expired_link_shuts_the_door_and_what_was_done_in_time_still_arrives(
    browser: Browser, server: LiveServer, leader: Page
) -> None:
    ledger, address = Ledger(server), code_of(leader, "attendee")
    with guest_phone(browser, server) as page, guest_phone(browser, server) as late:
        come_in(page, address, "丁雪松")
        page.route("**/attendance", lambda route: route.abort())
        draw(page, page.locator("[data-pad]"))
        page.locator("[data-guest-sign] button[type=submit]").tap()
        expect(page.locator("[data-form-message][data-k=wait]")).to_be_visible()
        expire(server)
        visit(late, address)
        expect(late.locator("main")).to_contain_text("已过期")
        expect(late.locator("input[name=name]")).to_have_count(0)
        page.unroute("**/attendance")
        page.evaluate("dispatchEvent(new Event('online'))")
        (signed,) = ledger.arrived("signed", 1)
        assert signed["body"]["name"] == "丁雪松"
        visit(page, address)
        expect(page.locator("main")).to_contain_text("已过期")


def expire(server: LiveServer) -> None:
    """The day of every link is over, for those who came by it too."""
    now = int(time.time()) + 1
    until(lambda: time.time() > now, "what was done before lies before the end")
    with closing(sqlite3.connect(server.data / "clausewalk.db", timeout=10)) as db, db:
        db.execute("UPDATE links SET expires_at = ? WHERE audit = ?", (now, AUDIT))
        db.execute("UPDATE guests SET until = ? WHERE audit = ?", (now, AUDIT))


def test_another_audits_link_and_sheet_are_refused(
    browser: Browser, server: LiveServer, leader: Page
) -> None:
    ledger, other = Ledger(server), another_audit(server)
    with guest_phone(browser, server) as here, guest_phone(browser, server) as there:
        come_in(here, code_of(leader, "attendee"), "韩启明")
        address = code_of(leader, "attendee", other)
        visit(there, address)
        expect(there.locator("header.bar")).to_contain_text("云栈软件")
        come_in(there, address, "丁雪松")
        visit(there, here.url)
        expect(there.locator("[role=alert]")).to_be_visible()
        expect(there.locator("main")).not_to_contain_text("韩启明")
        visit(there, f"/audits/{AUDIT}/attendance")
        expect(there).to_have_url(re.compile("/sign-in"))
    file_a_sheet(leader, printed_code(server), audit=other)
    expect(leader.locator("[role=alert]")).to_contain_text("没有印过这个编号")
    assert ledger.new("signed") == []
    assert Ledger(server, audit=other, start=0).new("attached") == []


def test_a_paper_sheet_is_photographed_and_filed(server: LiveServer, leader: Page) -> None:
    ledger, code = Ledger(server), printed_code(server)
    file_a_sheet(leader, code, "opening/auditor 某")
    filed = leader.locator("section", has_text="已归档")
    expect(filed).to_contain_text(code)
    expect(leader.locator("ul.rows li", has_text="auditor 某")).to_contain_text("纸上已签")
    (attached,) = ledger.arrived("attached", 1)
    (signed,) = ledger.arrived("signed", 1)
    assert attached["body"]["sha256"] == hashlib.sha256(SHEET_PHOTO).hexdigest()
    assert (signed["body"]["name"], signed["body"]["way"]) == ("auditor 某", "paper")
    visit(leader, MEETING)
    expect(leader.locator("#people .rows-line", has_text="auditor 某")).to_contain_text("纸上已签")


def printed_code(server: LiveServer) -> str:
    """The number on the sheet as it is printed now."""
    url, cookies = f"{server.url}/audits/{AUDIT}/attendance.html", {COOKIE: server.tokens["leader"]}
    sheet = httpx.get(url, cookies=cookies, timeout=PATIENCE_S).raise_for_status().text
    found = re.search(r"\b\d+-[0-9a-f]{12}\b", sheet)
    assert found
    return found[0]


def file_a_sheet(leader: Page, code: str, *signed: str, audit: str = AUDIT) -> None:
    """Photograph a signed sheet and file it under its number."""
    visit(leader, f"/audits/{audit}/attendance")
    form = leader.locator("#file form")
    picture = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": SHEET_PHOTO}
    form.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    form.locator("input[name=code]").fill(code)
    for one in signed:
        form.locator(f"input[value='{one}']").check()
    form.locator("button[type=submit]").tap()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_a_guests_pages(
    browser: Browser, server: LiveServer, leader: Page, language: str
) -> None:
    address = code_of(leader, "guide")
    context = browser.new_context(
        service_workers="block",
        base_url=server.url,
        reduced_motion="reduce",
        locale={"zh": "zh-CN", "en": "en-GB"}[language],
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    context.add_init_script(path=AXE)
    page = context.new_page()
    found = violations(page, address, language)
    page.fill("input[name=name]", f"guide {language}")
    page.locator("form button[type=submit]").click()
    page.locator("#stops").wait_for()
    own = page.url
    page.locator("#stops input[name='along.s1']").check()
    page.locator("#stops button[type=submit]").click()
    page.locator("#sign [data-ready]").wait_for()
    for address in (own, own.replace("/guide", "/attendance"), own.replace("/guide", "")):
        found += violations(page, address, language)
    context.close()
    assert not found, "\n".join(found)
