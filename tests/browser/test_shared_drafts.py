"""One draft, two devices: begun on the laptop, photographed with the phone, saved as one note."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import visit
from tests.browser.support.pictures import camera_jpeg
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

STOP = f"/audits/{AUDIT}/stops/s2"
FORM = "form[data-capture][data-ready]"
SAVE = ".dock button[type=submit]:not([data-again])"
TEXT = "3 号炉温度表无校准标识"


@pytest.fixture
def laptop(browser: Browser, server: LiveServer) -> Iterator[Page]:
    with phone_of(browser, server, "auditor") as page:
        yield page


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The same person's phone."""
    with phone_of(browser, server, "auditor") as page:
        yield page


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(camera_jpeg(640, 480))
    return file


def begin(page: Page, text: str) -> None:
    visit(page, f"{STOP}/capture")
    page.locator(FORM).wait_for()
    page.fill("textarea[name=text]", text)


def shoot(page: Page, photo: Path) -> None:
    """Take a photo for what is being written elsewhere."""
    visit(page, STOP)
    target = page.locator("[data-drafts-elsewhere] a")
    expect(target).to_contain_text(TEXT)
    target.click()
    page.locator(FORM).wait_for()
    expect(page.locator("[data-joins]")).to_contain_text(TEXT)
    page.set_input_files("[data-gallery]", photo)
    expect(page.locator("[data-shots] figure")).to_have_count(1)


def test_the_photo_of_the_phone_appears_in_the_note_on_the_laptop(
    laptop: Page, phone: Page, server: LiveServer, photo: Path
) -> None:
    ledger = Ledger(server)
    begin(laptop, TEXT)
    shoot(phone, photo)
    expect(laptop.locator("[data-shots] figure img")).to_have_count(1)
    laptop.fill("textarea[name=text]", TEXT + "，已停用")
    laptop.locator(SAVE).click()
    laptop.wait_for_url(f"**{STOP}")
    (change,) = ledger.arrived("amended", 1)
    (taken,) = ledger.new("observed")
    (shot,) = ledger.new("photographed")
    assert change["body"]["target"] == shot["body"]["observation"] == taken["id"]
    assert change["body"]["observation"]["text"]["zh"] == TEXT + "，已停用"
    seen = [
        datetime.fromisoformat(body["seen_at"]) for body in (change["body"]["observation"], taken["body"])
    ]
    assert seen[0] == seen[1], "when it was seen is when the photo was taken"
    assert change["device"] != taken["device"]
    visit(phone, STOP)
    row = phone.locator("#records [data-object]").filter(has_text=TEXT)
    expect(row.locator("img")).to_have_count(1)
    expect(phone.locator("[data-drafts-elsewhere] a")).to_have_count(0)
    nothing_left(phone)
    nothing_left(laptop)


def test_a_draft_that_says_the_same_stays_under_the_finger(laptop: Page, phone: Page) -> None:
    begin(laptop, TEXT)
    visit(phone, STOP)
    target = phone.locator("[data-drafts-elsewhere] a")
    expect(target).to_contain_text(TEXT)
    shown = target.element_handle()
    for _ in range(2):  # what comes first may have been asked for before the row was there
        with phone.expect_response("**/drafts"):
            pass
    assert shown.evaluate("(row) => new Promise(setTimeout).then(() => row.isConnected)")


def test_without_a_network_on_the_phone_both_notes_stand(
    laptop: Page, phone: Page, server: LiveServer, photo: Path
) -> None:
    ledger = Ledger(server)
    begin(laptop, TEXT)
    phone.route("**/entries", lambda route: route.abort())
    shoot(phone, photo)
    laptop.locator(SAVE).click()
    laptop.wait_for_url(f"**{STOP}")
    (note,) = ledger.arrived("observed", 1)
    phone.unroute("**/entries")
    nothing_left(phone)
    taken = ledger.arrived("observed", 2)[1]
    assert taken["body"]["joins"] == note["id"]
    assert {note["by"], taken["by"]} == {ID["auditor"]}
    visit(phone, f"/audits/{AUDIT}/observations/{taken['id']}/view")
    expect(phone.locator(f"main a[href$='{note['id']}/view']")).to_be_visible()


def test_a_note_that_is_saved_while_it_is_being_told_is_no_draft(laptop: Page, server: LiveServer) -> None:
    ledger = Ledger(server)
    held: list[Route] = []
    laptop.route("**/drafts/*", lambda route: hold(route, held))
    with laptop.expect_request(lambda request: request.method == "PUT"):
        begin(laptop, TEXT)
    with laptop.expect_response(lambda answer: answer.request.method == "DELETE"):
        laptop.locator("[data-again]").click()
    ledger.arrived("observed", 1)
    with laptop.expect_response(lambda answer: answer.request.method == "DELETE"):
        held.pop().continue_()
    assert laptop.request.get(f"/audits/{AUDIT}/drafts").json()["drafts"] == []
    nothing_left(laptop)


def hold(route: Route, held: list[Route]) -> None:
    """Keep what tells of a draft until somebody lets it go on."""
    if route.request.method == "PUT" and not held:
        held.append(route)
    else:
        route.continue_()
