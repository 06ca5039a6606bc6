"""Photos whose entry is here and whose bytes are not: what pages show, and how the picture gets there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.support.link import Link
from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import call, rows, until, visit
from tests.browser.support.pictures import camera_jpeg, drawn
from tests.support.live import LiveServer
from tests.support.world import AUDIT

STOP = f"/audits/{AUDIT}/stops/s2"


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    return shared


seeds = count()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A photo as a gallery hands it over; each is another: equal bytes are there already."""
    photo = tmp_path / "IMG_0001.jpg"
    photo.write_bytes(camera_jpeg(1600, 1200, seed=next(seeds)))
    return photo


@pytest.fixture
def link(auditor: Page) -> Iterator[Link]:
    """Of the auditor's phone, cut."""
    made = Link(auditor)
    yield made
    made.is_cut = False


def record(page: Page, text: str, file: Path) -> Locator:
    """Save a note with a photo; the row of it at its stop, once the server has the note."""
    visit(page, f"{STOP}/capture")
    page.locator("form[data-capture][data-ready]").wait_for()
    page.fill("textarea[name=text]", text)
    page.set_input_files("[data-gallery]", file)
    expect(page.locator("[data-shots] figure")).to_have_count(1)
    page.locator(".dock .go").click()
    page.wait_for_url(f"**{STOP}")
    row = page.locator("#records [data-object]").filter(has_text=text)
    expect(row.locator("figure")).to_have_count(1)
    return row


def is_drawn(row: Locator) -> bool:
    """Whether the one photo of it can be seen."""
    return row.locator("figure img").count() == 1 and drawn(row.locator("figure img"))


def test_colleagues_see_that_a_photo_is_not_here_yet_and_then_the_photo(
    auditor: Page, link: Link, browser: Browser, server: LiveServer, file: Path
) -> None:
    record(auditor, "照片还没到的一条", file)
    with phone_of(browser, server, "leader") as leader:
        visit(leader, STOP)
        row = leader.locator("#records [data-object]").filter(has_text="照片还没到的一条")
        expect(row.locator("figcaption")).to_contain_text("还没送到")
        expect(row.locator("img")).to_have_count(0)
        link.is_cut = False
        visit(auditor, "/outbox")  # it sends at once
        until(lambda: is_drawn(row), "the photo appears by itself")
        expect(row.locator("figcaption")).to_contain_text("已送达")


def test_a_page_of_one_record_waits_for_its_photo_too(
    auditor: Page, link: Link, browser: Browser, server: LiveServer, ledger: Ledger, file: Path
) -> None:
    record(auditor, "详情里也等照片", file)
    [note] = ledger.arrived("observed", 1)
    ledger.arrived("photographed", 1)
    with phone_of(browser, server, "leader") as leader:
        visit(leader, f"/audits/{AUDIT}/observations/{note['id']}/view")
        live = leader.locator("#live")
        expect(live.locator("figcaption")).to_contain_text("还没送到")
        link.is_cut = False
        visit(auditor, "/outbox")
        until(lambda: is_drawn(live), "the photo appears by itself")
        assert live.get_attribute("data-refresh") is None, "nothing more to wait for"


def test_a_photo_that_was_deleted_is_not_called_delivered(auditor: Page, link: Link, file: Path) -> None:
    row = record(auditor, "照片在另一页删了", file)
    expect(row.locator("figcaption")).to_contain_text("仅在本机")
    other = auditor.context.new_page()
    visit(other, "/outbox")
    [photo] = rows(other, "photos")
    call(other, "outbox", "remove", photo["id"])
    other.close()
    expect(row.locator("figcaption")).to_contain_text("已删除")


def test_the_phone_that_took_it_shows_its_own(auditor: Page, link: Link, file: Path) -> None:
    row = record(auditor, "自己先看到的一条", file)
    until(lambda: is_drawn(row), "the phone's own picture")
    expect(row.locator("figcaption")).to_contain_text("仅在本机")
    assert row.locator("img").evaluate("one => one.currentSrc").startswith("blob:")
    row.locator("[data-look-photo]").tap()
    large = auditor.locator("dialog.look img")
    until(lambda: large.evaluate("one => one.naturalWidth") == 1600, "large, without the server")
    large.tap()
    link.is_cut = False
    auditor.evaluate("dispatchEvent(new Event('online'))")
    expect(row.locator("figcaption")).to_contain_text("已送达")
    until(lambda: "/photos/" in row.locator("img").evaluate("one => one.currentSrc"), "the server's")
    until(lambda: is_drawn(row), "the server's picture")


def test_its_note_can_be_opened_and_has_it_once(
    auditor: Page, link: Link, ledger: Ledger, file: Path
) -> None:
    record(auditor, "照片只有一张的一条", file)
    [note] = ledger.arrived("observed", 1)
    ledger.arrived("photographed", 1)
    visit(auditor, f"/audits/{AUDIT}/observations/{note['id']}")
    auditor.locator("form[data-capture][data-ready]").wait_for()
    strip = auditor.locator("[data-shots]")
    until(lambda: is_drawn(strip), "its picture")
    expect(strip.locator("figure")).to_have_count(1)
    expect(strip.locator("figcaption")).to_contain_text("仅在本机")
    strip.locator("[data-edit-photo]").tap()
    auditor.fill("dialog textarea", "门口的压力表")
    auditor.locator("dialog button[value=save]").tap()
    # Asked in between: an upload that nobody cuts would hold up what follows it.
    [change] = until(lambda: auditor.title() and ledger.new("amended"), "the caption is there")
    assert change["body"]["photo"]["caption"] == {"zh": "门口的压力表"}
    expect(strip.locator("figure")).to_have_count(1)
    link.is_cut = False
    nothing_left(auditor)
    visit(auditor, f"/audits/{AUDIT}/observations/{note['id']}")
    expect(strip.locator("figure")).to_have_count(1)
    expect(strip.locator("figcaption")).to_contain_text("已送达")


def test_a_picture_that_did_not_come_is_asked_for_again(
    auditor: Page, browser: Browser, server: LiveServer, file: Path
) -> None:
    record(auditor, "网断了一下的一条", file)
    nothing_left(auditor)
    with phone_of(browser, server, "leader") as leader:
        asked: list[str] = []

        def fail_once(route: Route) -> None:
            asked.append(route.request.url)
            route.abort() if asked.count(route.request.url) == 1 else route.continue_()

        leader.route("**/photos/**", fail_once)
        visit(leader, STOP)
        row = leader.locator("#records [data-object]").filter(has_text="网断了一下的一条")
        until(lambda: is_drawn(row), "the picture, at the second time")
        assert asked
