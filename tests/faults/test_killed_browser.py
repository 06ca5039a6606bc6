"""The whole browser is killed with -9 after a save: what was saved is there when it is opened again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.support.people import COOKIE, Ledger, nothing_left
from tests.browser.support.phone import visit
from tests.browser.support.pictures import camera_jpeg
from tests.browser.support.site import Site, has_worker, own_phone, site
from tests.faults.scene import CAPTURE, FORM
from tests.support.live import LiveServer

pytestmark = pytest.mark.browser


def test_kill_9_on_the_browser(
    playwright: Playwright, furnished: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_0002.jpg"
    photo.write_bytes(camera_jpeg(1600, 1200))
    with (
        site(Path(shutil.copytree(furnished[0], tmp_path / "data"))) as server,
        own_phone(playwright, tmp_path / "profile", server.url) as phone,
    ):
        assert server.live
        ledger = Ledger(LiveServer(server.live.process, server.data, server.url, "", furnished[1]))
        page = come_in(phone.open("/sign-in"), server, furnished[1]["auditor"])
        has_worker(page)  # photos are developed by a script that is fetched when there are any
        server.stop()
        for number in range(3):
            page.fill("textarea[name=text]", f"被杀之前第 {number} 条")
            page.set_input_files("[data-gallery]", photo)
            expect(page.locator("[data-shots] figure")).to_have_count(1)
            page.tap("[data-again]")
            expect(page.locator("textarea[name=text]")).to_have_value("")
        page.fill("textarea[name=text]", "还没保存的草稿")
        expect(page.locator("[data-draft-status]")).to_contain_text("草稿")
        phone.kill()
        server.start()
        page = come_in(phone.open("/sign-in"), server, furnished[1]["auditor"])
        expect(page.locator("textarea[name=text]")).to_have_value("还没保存的草稿")
        nothing_left(page)
        notes = [note["body"]["text"]["zh"] for note in ledger.new("observed")]
        assert sorted(notes) == [f"被杀之前第 {number} 条" for number in range(3)]
        assert len(ledger.new("photographed")) == 3


def come_in(page: Page, server: Site, token: str) -> Page:
    """The auditor on the capture page."""
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": server.url}])
    visit(page, CAPTURE)
    page.locator(FORM).wait_for()
    return page
