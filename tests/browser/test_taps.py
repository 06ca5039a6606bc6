"""A note costs few taps: text alone two, a photo alone two, text with a photo three. The page counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT

STOP = f"/audits/{AUDIT}/stops/s2"
COUNT_TAPS = """
addEventListener("pointerdown", (event) => {
  if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true);
"""
CAPTURE = ".dock a.cap"
SAVE = ".dock button[type=submit]:not([data-again])"
NEXT = "[data-again]"
SHUTTER = "[data-shutter]"
FORM = "form[data-capture][data-ready]"
KEPT_PHOTOS = "[data-shots] figure"


@pytest.fixture
def counted(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """An auditor's phone at a stop, with the camera allowed, on which every page counts the taps."""
    with phone_of(browser, server, "auditor", permissions=["camera"]) as page:
        page.add_init_script(COUNT_TAPS)
        visit(page, STOP)
        yield page


class Taps:
    """Taps since the last question."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.before = 0

    def since(self) -> int:
        """How many taps the pages of this tab counted since this was last asked."""
        now = int(self.page.evaluate("Number(sessionStorage.taps ?? 0)"))
        taps, self.before = now - self.before, now
        return taps


def begin_note(page: Page) -> None:
    """Tap Capture, and wait until the form can be used."""
    page.locator(CAPTURE).tap()
    page.locator(FORM).wait_for()


def type_text(page: Page, text: str) -> None:
    """Type where the page has put the cursor, without a tap."""
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.keyboard.insert_text(text)


def shoot(page: Page, photos: int) -> None:
    """Press the shutter once the camera shows its picture, and wait until the photo is kept."""
    page.locator(f"{SHUTTER}[data-live]").tap()
    expect(page.locator(KEPT_PHOTOS)).to_have_count(photos)


def test_ten_notes_of_text_cost_two_taps_each(counted: Page, ledger: Ledger) -> None:
    taps = Taps(counted)
    texts = [f"第 {n} 台焊机有年度点检表" for n in range(10)]
    for text in texts:
        begin_note(counted)
        type_text(counted, text)
        counted.locator(SAVE).tap()
        counted.wait_for_url(f"**{STOP}")
        assert 1 <= taps.since() <= 2
    seen = ledger.arrived("observed", 10)
    assert [entry["body"]["text"]["zh"] for entry in seen] == texts
    nothing_left(counted)


def test_ten_notes_of_one_photo_cost_two_taps_each(counted: Page, ledger: Ledger) -> None:
    taps = Taps(counted)
    begin_note(counted)
    for n in range(10):
        if n:
            counted.locator(NEXT).tap()
            expect(counted.locator(KEPT_PHOTOS)).to_have_count(0)
        shoot(counted, 1)
        assert 1 <= taps.since() <= 2
    photos = ledger.arrived("photographed", 10)
    notes = ledger.arrived("observed", 10)
    assert [entry["body"]["observation"] for entry in photos] == [entry["id"] for entry in notes]
    assert all(photo["body"]["sha256"] for photo in photos)
    assert not any(note["body"].get("text", {}).get("zh") for note in notes)
    nothing_left(counted)


def test_a_text_with_a_photo_costs_three_taps(counted: Page, ledger: Ledger) -> None:
    taps = Taps(counted)
    begin_note(counted)
    type_text(counted, "2 号压力机急停按钮完好")
    shoot(counted, 1)
    counted.locator(SAVE).tap()
    counted.wait_for_url(f"**{STOP}")
    assert 1 <= taps.since() <= 3
    [photo] = ledger.arrived("photographed", 1)
    [note] = ledger.arrived("observed", 1)
    assert photo["body"]["observation"] == note["id"]
    assert note["body"]["text"]["zh"] == "2 号压力机急停按钮完好"
    nothing_left(counted)


def test_an_outcome_is_a_note_with_one_tap(counted: Page, ledger: Ledger) -> None:
    taps = Taps(counted)
    strip = counted.locator(".seg[data-item]").first
    strip.locator("label").first.tap()
    assert taps.since() == 1
    [note] = ledger.arrived("observed", 1)
    assert note["body"]["outcome"]
    assert note["body"]["item"] == strip.get_attribute("data-item")
    nothing_left(counted)
