"""Large photos on a link that breaks: each is cut twice, and goes on where the server is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.support.phone import visit
from tests.browser.support.pictures import camera_jpeg
from tests.faults.scene import SAVE, STOP, Scene
from tests.support.proxy import Passing, Uplink, drop, half

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LARGE = 20
LARGE_SECONDS = 240


def test_twenty_photos_of_twelve_megapixels_each_cut_twice(scene: Scene, tmp_path: Path) -> None:
    files = [tmp_path / f"IMG_{number:04}.jpg" for number in range(LARGE)]
    for number, file in enumerate(files):
        file.write_bytes(camera_jpeg(seed=number))
    scene.begin()
    scene.proxy.always("POST|PATCH|HEAD", drop)
    scene.page.fill("textarea[name=text]", "二十张大照片")
    scene.page.set_input_files("[data-gallery]", files)
    expect(scene.page.locator("[data-shots] figure")).to_have_count(LARGE, timeout=LARGE_SECONDS * 1000)
    scene.page.locator(SAVE).click()
    scene.page.wait_for_url(f"**{STOP}")
    scene.developed(LARGE, LARGE_SECONDS)
    cuts: Counter[str] = Counter()

    def cut_twice(passing: Passing, body: bytes) -> bool:
        cuts[passing.path] += 1
        return cuts[passing.path] <= 2 and half(passing, body)

    scene.proxy.heal()
    scene.proxy.uplink = Uplink(8_000)
    scene.proxy.always("PATCH", cut_twice)
    visit(scene.page, "/outbox")
    scene.delivered(LARGE_SECONDS, urged=False)
    assert len(cuts) == LARGE
    assert min(cuts.values()) > 2
    scene.arrived("二十张大照片", photos=LARGE)
