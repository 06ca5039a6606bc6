"""The page dies in the middle of a series of shots: each photo is there whole, or not at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.faults.scene import ALL_IN_STORE, IN_STORE, TEXT, Scene
from tests.support.proxy import drop

pytestmark = pytest.mark.browser
PRESSES = 10
PRESS = "(times) => { for (; times; times--) document.querySelector('[data-shutter]').click(); }"
SHOWN = "() => [...document.querySelectorAll('[data-shots] figure')].map((figure) => figure.dataset.photo)"
ALL_KEYS = IN_STORE.replace(".count()", ".getAllKeys()")


@pytest.mark.parametrize("seen", [1, 4, 8])
def test_the_page_is_killed_in_a_series_of_shots(scene: Scene, seen: int) -> None:
    """It is closed once the strip shows so many of them, while the others are being kept."""
    scene.begin()
    scene.proxy.always("POST|PATCH", drop)
    scene.page.fill("textarea[name=text]", TEXT)
    scene.page.locator("[data-shutter][data-live]").wait_for()
    scene.page.evaluate(PRESS, PRESSES)
    scene.page.locator("[data-shots] figure").nth(seen - 1).wait_for()
    shown = scene.call(SHOWN)
    scene.replace_tab()
    scene.begin()
    photos = scene.call(ALL_IN_STORE, "photos")
    assert seen <= len(shown) <= len(photos) <= PRESSES
    assert set(shown) <= {photo["entry"] for photo in photos}
    assert {photo["id"] for photo in photos} == set(scene.call(ALL_KEYS, "bytes"))
    notes = [row["id"] for row in scene.call(ALL_IN_STORE, "entries") if row["kind"] == "observed"]
    assert {photo["observation"] for photo in photos} == set(notes)
    assert len(notes) == 1
    expect(scene.page.locator("textarea[name=text]")).to_have_value("")
    scene.proxy.heal()
    scene.arrived(TEXT, photos=len(photos))
