"""A day that has waited on the phone goes over a slow link that fails in every fifth request."""

from __future__ import annotations

import random
from base64 import b64encode

import pytest

from tests.browser.support.phone import MODULES, until, visit
from tests.browser.support.pictures import camera_jpeg
from tests.faults.scene import ALL_IN_STORE, STOP, Scene
from tests.support.proxy import Fault, Passing, Uplink, drop, half, lose_answer, portal_page, refuse
from tests.support.world import AUDIT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTES, AT_ONCE = 500, 50
"""Notes with a photo each, and how many of them are put into the outbox by one call."""
PIXELS = (336, 252)
"""What the phone makes 30 KB of."""
KBIT, FAILING, SEED = 400, 0.2, 20261118
FAULTS: list[Fault] = [drop, half, lose_answer, refuse(500), refuse(409), portal_page]
ATTEMPTS = 40
"""Requests while photos are made ready with no network: the timer's, not one for each photo."""
DEVELOP_SECONDS, DRAIN_SECONDS = 300, 1_000
KEEP = """async (modules, audit, kept) => {
  const outbox = await import(`${modules}/outbox.js`);
  const { openFor } = await import(`${modules}/owner.js`);
  const { uuid7 } = await import(`${modules}/uuid7.js`);
  await openFor(document.documentElement.dataset.account);
  const [notes, photos] = [[], []];
  for (const { text, jpeg } of kept) {
    const id = uuid7();
    const facts = { taken_at: "2026-11-18T10:42:00.000+08:00", subject: "equipment", place: "炉区" };
    const bytes = Uint8Array.from(atob(jpeg), (char) => char.charCodeAt(0)).buffer;
    notes.push({ kind: "observed", id, audit, body: { stop: "s2", text: { zh: text } } });
    photos.push({ audit, observation: id, bytes, media: "image/jpeg", name: `${text}.jpg`, facts });
  }
  await outbox.put(notes, photos);
}"""
RAW = f"""async () => {{
  await new Promise((resolve) => setTimeout(resolve, 1000)); // asking reads everything, and holds it up
  const photos = await ({ALL_IN_STORE})("photos");
  return photos.filter((photo) => photo.phase === "raw").length;
}}"""


class OneInFive:
    """A share of all requests meets a fault, drawn by a seed."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.passed = 0
        self.failed = 0

    def __call__(self, passing: Passing, body: bytes) -> bool:
        if self.chance.random() >= FAILING:
            self.passed += 1
            return False
        self.failed += 1
        return self.chance.choice(FAULTS)(passing, body)


def test_five_hundred_notes_with_photos(scene: Scene) -> None:
    scene.begin()
    scene.proxy.always("POST|PATCH|HEAD", drop)
    texts = [f"第 {number} 条" for number in range(NOTES)]
    keep(scene, texts)
    before = len(scene.proxy.seen)
    visit(scene.page, STOP)  # a page makes ready what it finds
    until(lambda: scene.call(RAW) == 0, "every photo is ready", DEVELOP_SECONDS)
    attempts = [one for one in scene.proxy.seen[before:] if one.startswith("POST")]
    assert len(attempts) <= ATTEMPTS
    link = OneInFive()
    scene.proxy.heal()
    scene.proxy.uplink = Uplink(KBIT)
    scene.proxy.always("POST|PATCH|HEAD", link)
    visit(scene.page, "/outbox")
    scene.delivered(DRAIN_SECONDS, urged=False)
    assert link.passed > 2 * NOTES
    assert link.failed > link.passed / 6
    scene.proxy.heal()
    scene.proxy.uplink = None
    scene.arrived(*texts, photos=NOTES)


def keep(scene: Scene, texts: list[str]) -> None:
    """Notes with a photo each, put into the phone's outbox by its own module."""
    made = [
        {"text": text, "jpeg": b64encode(camera_jpeg(*PIXELS, seed=number)).decode()}
        for number, text in enumerate(texts)
    ]
    for first in range(0, len(made), AT_ONCE):
        scene.call(KEEP, MODULES, AUDIT, made[first : first + AT_ONCE])
