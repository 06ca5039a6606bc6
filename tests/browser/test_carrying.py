"""Carrying: what one phone can't send goes as a file to a colleague's, and arrives once, as its author's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import COOKIE, Ledger, nothing_left, phone_of
from tests.browser.support.phone import PATIENCE_S, rows, until, visit
from tests.browser.support.pictures import camera_jpeg
from tests.browser.test_capture import begin
from tests.browser.test_documents import photograph
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

STOP = f"/audits/{AUDIT}/stops/s2"
FORM = "form[data-capture][data-ready]"
SAVE = ".dock button[type=submit]:not([data-again])"
TEXT = "回火炉 2 号表无校准标识"


@pytest.fixture
def auditor(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The phone that gets nothing through: whatever it posts is lost."""
    with phone_of(browser, server, "auditor") as page:
        page.route("**/entries", lambda route: route.abort())
        page.route("**/uploads**", lambda route: route.abort())
        yield page


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(camera_jpeg(1280, 960))
    return file


def record(page: Page, text: str, photo: Path | None = None) -> None:
    visit(page, f"{STOP}/capture")
    page.locator(FORM).wait_for()
    page.fill("textarea[name=text]", text)
    if photo:
        page.set_input_files("[data-gallery]", photo)
        expect(page.locator("[data-shots] figure")).to_have_count(1)
    page.locator(SAVE).click()
    page.wait_for_url(f"**{STOP}")


def handed(page: Page, button: str, tmp_path: Path) -> Path:
    """The file that a phone without a way to share saves instead."""
    visit(page, "/outbox")
    page.locator("[data-item]").first.wait_for()
    with page.expect_download() as started:
        page.locator(button).first.click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    return file


def take(page: Page, file: Path, said: str) -> None:
    visit(page, "/outbox")
    page.set_input_files("[data-part=import]", file)
    expect(page.locator("[data-part=imported]")).to_contain_text(said)


def test_a_colleague_carries_everything_and_it_is_there_once(
    leader: Page, auditor: Page, server: LiveServer, photo: Path, tmp_path: Path
) -> None:
    ledger = Ledger(server)
    record(auditor, TEXT, photo)
    record(auditor, "第二条")
    file = handed(auditor, "[data-part=export]", tmp_path)
    take(leader, file, "收下 3 条、1 张照片")
    nothing_left(leader)
    copied = ledger.arrived("copied", 3)
    assert {entry["by"] for entry in copied} == {ID["leader"]}
    carried = [json.loads(entry["body"]["raw"]) for entry in copied]
    assert {entry["by"] for entry in carried} == {ID["auditor"]}
    (shot,) = [entry for entry in carried if entry["kind"] == "photographed"]
    answer = httpx.get(
        f"{server.url}/audits/{AUDIT}/photos/{shot['body']['sha256']}",
        cookies={COOKIE: server.tokens["leader"]},
        timeout=PATIENCE_S,
    )
    assert hashlib.sha256(answer.content).hexdigest() == shot["body"]["sha256"]
    visit(leader, STOP)
    row = leader.locator("#records [data-object]").filter(has_text=TEXT)
    expect(row).to_contain_text("auditor 某")
    expect(row).to_contain_text("leader 某转交")
    expect(row.locator("img")).to_have_count(1)

    head = ledger.ask_head()
    auditor.unroute("**/entries")
    auditor.unroute("**/uploads**")
    nothing_left(auditor)
    assert ledger.ask_head() == head, "its own phone sent it all again, and nothing is there twice"


def test_one_item_goes_alone_and_only_once(
    leader: Page, auditor: Page, server: LiveServer, tmp_path: Path
) -> None:
    ledger = Ledger(server)
    record(auditor, TEXT)
    record(auditor, "留在本机")
    file = handed(auditor, f"[data-item] [aria-label*='{TEXT[:8]}'][aria-label^='交给同事']", tmp_path)
    leader.route("**/entries", lambda route: route.abort())
    take(leader, file, "收下 1 条")
    expect(leader.locator("[data-item]")).to_contain_text("替auditor 某转交")
    take(leader, file, "1 件这里已有")
    leader.unroute("**/entries")
    nothing_left(leader)
    (copied,) = ledger.arrived("copied", 1)
    assert json.loads(copied["body"]["raw"])["body"]["text"]["zh"] == TEXT


def test_what_was_handed_over_is_changed_by_an_amendment(
    leader: Page, auditor: Page, server: LiveServer, tmp_path: Path
) -> None:
    ledger = Ledger(server)
    record(auditor, TEXT)
    file = handed(auditor, "[data-part=export]", tmp_path)
    visit(auditor, STOP)
    auditor.locator("[data-pending] a").click()
    auditor.locator(FORM).wait_for()
    auditor.fill("textarea[name=text]", "改了")
    auditor.locator(SAVE).click()
    auditor.wait_for_url(f"**{STOP}")
    take(leader, file, "收下 1 条")
    nothing_left(leader)
    auditor.unroute("**/entries")
    nothing_left(auditor)
    (copied,) = ledger.new("copied")
    (change,) = ledger.new("amended")
    assert change["body"]["target"] == copied["body"]["entry"]
    assert change["body"]["observation"]["text"]["zh"] == "改了"
    assert ledger.new("observed") == []


def test_ones_own_file_from_another_phone_is_ones_own(
    browser: Browser, auditor: Page, server: LiveServer, tmp_path: Path
) -> None:
    ledger = Ledger(server)
    record(auditor, TEXT)
    file = handed(auditor, "[data-part=export]", tmp_path)
    with phone_of(browser, server, "auditor") as other:
        take(other, file, "收下 1 条")
        nothing_left(other)
    (note,) = ledger.arrived("observed", 1)
    assert note["by"] == ID["auditor"]
    auditor.unroute("**/entries")
    nothing_left(auditor)
    assert len(ledger.rows()) == 1


def test_another_file_is_named_as_such(leader: Page, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text('{"clausewalk":"outbox","entries":[', "utf-8")
    take(leader, file, "没有传完整")


def test_the_phone_shares_by_its_own_way_where_it_has_one(auditor: Page) -> None:
    """Chromium on this machine shares nothing: the page is told that it does, for text files alone."""
    auditor.add_init_script(
        """
        navigator.canShare = ({files}) => files.every((file) => file.type === "text/plain");
        navigator.share = async ({files}) => { window.shared = files[0].name + " " + await files[0].text(); };
        """
    )
    record(auditor, TEXT)
    visit(auditor, "/outbox")
    auditor.locator("[data-item]").first.wait_for()
    auditor.locator("[data-part=export]").click()
    name, _, text = until(lambda: auditor.evaluate("window.shared")).partition(" ")
    assert name.endswith(".txt")
    assert TEXT in json.loads(text)["entries"][0]["raw"]


def test_pages_of_a_document_that_is_not_saved_stay_with_who_can_save_it(
    leader: Page, auditor: Page, tmp_path: Path
) -> None:
    begin(auditor)
    photograph(auditor)
    file = handed(auditor, "[data-part=export]", tmp_path)
    take(leader, file, "2 件还没有处理好")
    assert rows(leader, "photos") == []
    expect(leader.locator("[data-part=imported]")).to_have_attribute("data-k", "wait")
