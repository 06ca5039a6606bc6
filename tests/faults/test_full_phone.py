"""The phone's storage is full: nothing is half-saved, and what is on it can still be sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.faults.scene import STORES, Scene
from tests.support.proxy import drop, lose_answer

pytestmark = pytest.mark.browser
FULL = """(() => {
  const refused = () => { throw new DOMException("no room", "QuotaExceededError"); };
  for (const way of ["add", "put"]) {
    const write = IDBObjectStore.prototype[way];
    IDBObjectStore.prototype[way] = function (...what) {
      return localStorage.getItem("full") ? refused() : write.apply(this, what);
    };
  }
})()"""
"""Chromium's own limit can't be set for a test, so every write is refused as it would be."""


def fill(scene: Scene) -> None:
    """From now on there is no room, in any page of this phone."""
    scene.context.add_init_script(FULL)
    scene.page.evaluate(FULL)
    scene.page.evaluate("localStorage.setItem('full', 'yes')")


def make_room(scene: Scene) -> None:
    scene.page.evaluate("localStorage.removeItem('full')")


def test_a_photo_for_which_there_is_no_room(scene: Scene, photo: Path) -> None:
    scene.begin()
    scene.page.fill("textarea[name=text]", "空间不足时的一条")
    fill(scene)
    scene.page.set_input_files("[data-gallery]", photo)
    form = scene.page.locator("form[data-capture]")
    expect(form).to_contain_text("空间不足")
    expect(form.get_by_role("button", name=photo.name)).to_be_visible()
    expect(scene.page.locator("textarea[name=text]")).to_have_value("空间不足时的一条")
    assert scene.left() == dict.fromkeys(STORES, 0)
    make_room(scene)
    scene.record("空间不足时的一条", photo)
    scene.arrived("空间不足时的一条")


def test_a_full_phone_sends_what_it_holds(scene: Scene, photo: Path) -> None:
    scene.begin()
    scene.proxy.always("POST|PATCH|HEAD", drop)
    scene.record("满之前的一条", photo)
    scene.developed(1)
    fill(scene)
    scene.proxy.heal()
    scene.arrived("满之前的一条")


def test_a_full_phone_does_not_change_what_it_has_begun_to_send(scene: Scene, photo: Path) -> None:
    """The answer is lost, so the phone can't know that it arrived: it is sent again as it was."""
    scene.begin()
    scene.proxy.always("POST|PATCH|HEAD", drop)
    scene.record("写满之后再送", photo)
    scene.developed(1)
    fill(scene)
    scene.proxy.heal()
    scene.meet("POST .*/entries", lose_answer)
    scene.all_met()
    make_room(scene)
    scene.arrived("写满之后再送")
