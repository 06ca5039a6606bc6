"""What was refused is put right from the page of what is only on this phone, and arrives."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.support.link import Link
from tests.browser.support.people import Ledger, nothing_left
from tests.browser.support.phone import call, put, until, visit
from tests.browser.support.pictures import camera_jpeg
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

STOP = f"/audits/{AUDIT}/stops/s2"
FORM = "form[data-capture][data-ready]"
SAVE = ".dock button[type=submit]:not([data-again])"


def refuse_all(route: Route) -> None:
    """A server that takes none of these entries."""
    entries = json.loads(route.request.post_data or "[]")
    results = [{"id": one["id"], "status": "refused", "reason": "bad_value"} for one in entries]
    route.fulfill(json={"results": results, "head": 1, "head_hash": ""})


def write(page: Page, address: str, text: str) -> None:
    visit(page, address)
    page.locator(FORM).wait_for()
    page.fill("textarea[name=text]", text)
    page.locator(SAVE).click()
    page.wait_for_url(f"**{STOP}")


def test_a_refused_change_is_corrected_and_takes_the_place_of_the_refused_one(
    auditor: Page, server: LiveServer
) -> None:
    ledger = Ledger(server)
    write(auditor, f"{STOP}/capture", "原文")
    (note,) = ledger.arrived("observed", 1)
    nothing_left(auditor)  # the phone, too, knows that it arrived
    auditor.route("**/entries", refuse_all)
    write(auditor, f"/audits/{AUDIT}/observations/{note['id']}", "被拒的修改")
    visit(auditor, "/outbox")
    stuck = auditor.locator("[data-part=stuck] [data-item]")
    expect(stuck).to_contain_text("内容不合格式")
    auditor.unroute("**/entries")
    stuck.get_by_role("link", name="修正后重发").click()
    auditor.locator(FORM).wait_for()
    expect(auditor.locator("textarea[name=text]")).to_have_value("被拒的修改")
    auditor.fill("textarea[name=text]", "改对了")
    auditor.locator(SAVE).click()
    auditor.wait_for_url(f"**{STOP}")
    (change,) = ledger.arrived("amended", 1)
    assert change["body"]["bases"] == [note["id"]]
    assert change["body"]["observation"]["text"]["zh"] == "改对了"
    nothing_left(auditor)


def test_a_refused_photo_is_sent_again_from_its_first_byte(
    auditor: Page, server: LiveServer, tmp_path: Path
) -> None:
    ledger = Ledger(server)
    photo = tmp_path / "IMG_0001.jpg"
    photo.write_bytes(camera_jpeg(640, 480))
    auditor.route("**/uploads", lambda route: route.fulfill(status=422, json={"error": "broken_picture"}))
    visit(auditor, f"{STOP}/capture")
    auditor.locator(FORM).wait_for()
    auditor.set_input_files("[data-gallery]", photo)
    expect(auditor.locator("[data-shots] figure")).to_have_count(1)
    visit(auditor, "/outbox")
    stuck = auditor.locator("[data-part=stuck] [data-item]")
    expect(stuck).to_contain_text("图片已损坏")
    expect(auditor.locator("[data-part=size]")).to_contain_text("0 条 · 1 张照片")
    auditor.unroute("**/uploads")
    stuck.get_by_role("button", name="再发一次").click()
    expect(auditor.locator("[data-part=gate]")).to_have_attribute("data-k", "ok")
    ledger.arrived("photographed", 1)
    nothing_left(auditor)


def test_a_row_under_the_finger_stays_while_others_come(auditor: Page) -> None:
    """Made anew at each change, it would lose a tap, and a thousand of them hold up the page."""
    auditor.route("**/entries", refuse_all)
    write(auditor, f"{STOP}/capture", "第一条")
    visit(auditor, "/outbox")
    rows = auditor.locator("[data-part=stuck] [data-item]")
    expect(rows).to_contain_text("内容不合格式")
    button = rows.first.get_by_role("button", name="删除")
    button.focus()
    call(auditor, "owner", "openFor", ID["auditor"])
    put(auditor, {"kind": "observed", "audit": AUDIT, "body": {"stop": "s2", "text": {"zh": "第二条"}}})
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("第二条")
    expect(button).to_be_focused()


def test_a_row_under_the_finger_stays_while_it_is_tried_again(auditor: Page) -> None:
    """Every few seconds without a network: a thumb down before and up after would press nothing."""
    link = Link(auditor, "**/entries")
    write(auditor, f"{STOP}/capture", "断网时写的")
    visit(auditor, "/outbox")
    item = auditor.locator("[data-part=waiting] [data-item]")
    expect(item).to_contain_text("没有网络")
    row = item.element_handle()
    tried = link.tries
    auditor.locator("[data-part=send]").tap()
    until(lambda: auditor.title() and link.tries > tried, "it is tried again")
    expect(item).to_contain_text("没有网络")
    assert row.evaluate("row => row.isConnected")
