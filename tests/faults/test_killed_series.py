"""The page dies in the middle of a series of shots: each photo is there whole, or not at all."""

from __future__ import annotations

import json
import os
import signal

import pytest
from playwright.sync_api import expect

from tests.faults.scene import ALL_IN_STORE, IN_STORE, Scene
from tests.support.proxy import drop

pytestmark = pytest.mark.browser
TEXT = "十张连拍"
PRESSES = 10
PRESS = "(times) => { for (; times; times--) document.querySelector('[data-shutter]').click(); }"
WAYS_TO_STOP = """
  let rounds = 0;
  const reach = (round) => {
    if (++rounds !== round) return;
    const shown = [...document.querySelectorAll("[data-shots] figure")];
    console.log(JSON.stringify({ shown: shown.map((figure) => figure.dataset.photo) }));
    for (;;); // no line of the page runs any more; what the browser was asked for goes on
  };
  const asked = (store, round) => {
    const { add } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = function (...given) {
      const request = add.apply(this, given);
      if (this.name === store) reach(round);
      return request;
    };
  };
  const committed = (round) => {
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...given) {
      const made = transaction.apply(this, given);
      const ofShot = ["bytes", "drafts"].every((store) => made.objectStoreNames.contains(store));
      if (ofShot) made.addEventListener("complete", () => reach(round));
      return made;
    };
  };
"""
ALL_KEYS = IN_STORE.replace(".count()", ".getAllKeys()")


@pytest.mark.parametrize(
    ("stop", "whole"),
    [
        pytest.param("asked('bytes', 1)", 0, id="the first is asked for in part"),
        pytest.param("asked('bytes', 7)", 6, id="the seventh is asked for in part"),
        pytest.param("asked('photos', 7)", 6, id="the seventh is asked for"),
        pytest.param("committed(7)", 7, id="the seventh is kept and nothing says so"),
    ],
)
def test_the_page_is_killed_in_a_series_of_shots(scene: Scene, stop: str, whole: int) -> None:
    scene.page.add_init_script(f"{{ {WAYS_TO_STOP} {stop}; }}")
    scene.begin()
    scene.proxy.always("POST|PATCH", drop)
    scene.page.fill("textarea[name=text]", TEXT)
    expect(scene.page.locator("[data-draft-status]")).to_contain_text("草稿")
    scene.page.locator("[data-shutter][data-live]").wait_for()
    with scene.page.expect_console_message(lambda message: "shown" in message.text) as last:
        scene.page.evaluate(PRESS, PRESSES)
    shown = json.loads(last.value.text)["shown"]
    kill(scene)
    scene.begin()
    photos = scene.call(ALL_IN_STORE, "photos")
    assert len(photos) == whole
    assert set(shown) <= {photo["entry"] for photo in photos}
    assert {photo["id"] for photo in photos} == set(scene.call(ALL_KEYS, "bytes"))
    notes = [row["id"] for row in scene.call(ALL_IN_STORE, "entries") if row["kind"] == "observed"]
    assert {photo["observation"] for photo in photos} == set(notes)
    expect(scene.page.locator("textarea[name=text]")).to_have_value("" if whole else TEXT)
    scene.proxy.heal()
    scene.arrived(*[TEXT] * len(notes), photos=whole)


def kill(scene: Scene) -> None:
    """What a phone does that is short of memory; a new tab takes the place of the old one."""
    assert scene.context.browser
    control = scene.context.browser.new_browser_cdp_session()
    with scene.page.expect_event("crash"):
        for process in control.send("SystemInfo.getProcessInfo")["processInfo"]:
            if process["type"] == "renderer":
                os.kill(process["id"], signal.SIGKILL)
    control.detach()
    scene.page.close()
    scene.page = scene.context.new_page()
