"""涉密: no camera, with the reason; a photo from before is refused with a sentence, handed out, deleted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import online_again, visit
from tests.browser.support.pictures import camera_jpeg
from tests.browser.test_capture import CAPTURE, begin
from tests.browser.test_whereabouts import agree
from tests.support.live import LiveServer, live_server

SENDING = ("**/entries", "**/uploads**")
"""What a phone without a network can't do; what prepares its photos is on it already."""


@pytest.fixture
def served(furnished: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[LiveServer]:
    """An audit that nobody has classified yet."""
    with live_server(Path(shutil.copytree(furnished[0], tmp_path / "data"))) as running:
        running.tokens = furnished[1]
        yield running


def test_a_photo_from_before_the_mark_is_refused_with_a_sentence_and_handed_out(
    browser: Browser, served: LiveServer, tmp_path: Path
) -> None:
    ledger = Ledger(served)
    photo = tmp_path / "IMG_0001.jpg"
    photo.write_bytes(camera_jpeg(640, 480))
    with phone_of(browser, served, "auditor", permissions=["camera"]) as page:
        begin(page, CAPTURE)
        expect(page.locator("[data-shutter]")).to_be_enabled()
        for way in SENDING:
            page.route(way, lambda route: route.abort())
        page.set_input_files("[data-gallery]", photo)
        expect(page.locator("[data-shots] figure")).to_have_count(1)
        agree(served, classified=True)
        for way in SENDING:
            page.unroute(way)
        online_again(page)
        (held,) = ledger.arrived("photographed", 1)
        assert [row["standing"] for row in ledger.rows() if row["entry"] == held] == ["held"]
        the_camera_is_off(page)
        visit(page, "/outbox")
        stuck = page.locator("[data-part=stuck] [data-item]")
        expect(stuck).to_contain_text("本次审核涉密，不收照片；照片留在本机，由审核组长定")
        with page.expect_download() as started:
            page.locator("[data-part=export]").tap()
        (kept,) = json.loads(started.value.path().read_bytes())["photos"]
        assert kept["sha256"] == held["body"]["sha256"]
        stuck.get_by_role("button", name="删除").tap()
        page.locator("dialog button[value=yes]").tap()
        expect(stuck).to_have_count(0)
        nothing_left(page)


def the_camera_is_off(page: Page) -> None:
    visit(page, CAPTURE)
    page.locator("form[data-capture][data-ready]").wait_for()
    expect(page.locator("[data-no-pictures]")).to_contain_text("本次审核涉密：不拍照，不记位置。")
    expect(page.locator("[data-shutter]")).to_be_disabled()
    expect(page.locator("[data-gallery]")).to_be_disabled()
    expect(page.locator("[data-camera]")).to_be_hidden()
    assert page.locator("[data-camera] video").evaluate("one => one.srcObject") is None
