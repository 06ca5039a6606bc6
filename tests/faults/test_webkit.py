"""The faults of storage, and of a phone that is left, in WebKit, the engine of every browser on an iPhone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.support.keeping import NEVER_ENDS, NEVER_HEARS, when_keeping
from tests.browser.support.phone import MODULES, until
from tests.faults.scene import TEXT, TYPE, WebKitScene
from tests.faults.troubles import ENTRIES, session_gone
from tests.support.proxy import drop

pytestmark = pytest.mark.browser
NEVER_ENDING = """async (modules) => {
  const { write } = await import(`${modules}/store.js`);
  void write(["entries", "photos", "bytes", "drafts"], async (tx) => {
    for (;;) await tx.objectStore("entries").count();
  });
}"""

FILL = """async (modules) => {
  const { write } = await import(`${modules}/store.js`);
  let refusal = "";
  for (const size of [1e6, 1e5, 1e4, 1e3]) {
    for (let number = 0; number < 100; number++) {
      const put = (tx) => tx.objectStore("meta").put(new ArrayBuffer(size), `filler/${size}/${number}`);
      try {
        await write(["meta"], put);
      } catch (error) {
        refusal = error.name;
        break;
      }
    }
  }
  return refusal;
}"""
CLEAR = """async (modules) => {
  const { write } = await import(`${modules}/store.js`);
  await write(["meta"], (tx) => tx.objectStore("meta").delete(IDBKeyRange.bound("filler/", "filler0")));
}"""
TYPED = "() => document.querySelector('textarea[name=text]').value"
COMPLAINT = "() => document.querySelector('[data-complaint]').textContent"
TYPE_AND_LEAVE = f"""(selector, text, address) => {{
  ({TYPE})(selector, text);
  location.assign(address);
}}"""


def test_the_session_is_gone_until_somebody_signs_in(webkit_scene: WebKitScene, photo: Path) -> None:
    webkit_scene.begin()
    webkit_scene.proxy.always(ENTRIES, session_gone)
    webkit_scene.record(TEXT, photo)
    webkit_scene.visit("/outbox")
    webkit_scene.shows("[data-part=signed-out]:not([hidden])")
    webkit_scene.proxy.heal()
    webkit_scene.sign_in()
    webkit_scene.arrived(TEXT)


def test_the_browser_is_killed(webkit_scene: WebKitScene, photo: Path) -> None:
    webkit_scene.begin()
    webkit_scene.proxy.always("POST|PATCH", drop)
    webkit_scene.record("被杀之前的一条", photo)
    webkit_scene.phone.kill()
    webkit_scene.proxy.heal()
    webkit_scene.phone.open()
    webkit_scene.sign_in()
    webkit_scene.arrived("被杀之前的一条")


def test_a_page_is_left_in_the_middle_of_writing(webkit_scene: WebKitScene, photo: Path) -> None:
    """WebKit keeps it, asleep, for the way back: what it has begun must not hold up the others."""
    webkit_scene.begin()
    webkit_scene.call(NEVER_ENDING, MODULES)
    webkit_scene.visit("/outbox")
    webkit_scene.begin()
    webkit_scene.record(TEXT, photo)
    webkit_scene.arrived(TEXT)


def test_the_last_words_before_a_page_is_left(webkit_scene: WebKitScene) -> None:
    """Typed in the moment of leaving: no pause follows, and WebKit does no transaction that begins then."""
    webkit_scene.begin()
    webkit_scene.call(TYPE_AND_LEAVE, "textarea[name=text]", TEXT, "/outbox")
    until(lambda: "/outbox" in webkit_scene.address, "the page is left")
    webkit_scene.begin()
    assert webkit_scene.call(TYPED) == TEXT
    webkit_scene.tap("[data-again]")
    until(lambda: webkit_scene.call(TYPED) == "", "it is a note, and no draft any more")
    webkit_scene.arrived(TEXT, photos=0)
    webkit_scene.begin()
    assert webkit_scene.call(TYPED) == ""


@pytest.mark.parametrize(
    ("does", "draft"), [(NEVER_HEARS, ""), (NEVER_ENDS, TEXT)], ids=["when it is kept", "before"]
)
def test_a_page_is_left_while_a_note_is_kept(webkit_scene: WebKitScene, does: str, draft: str) -> None:
    """The words are a note or a draft, never both."""
    webkit_scene.begin()
    webkit_scene.call(TYPE, "textarea[name=text]", TEXT)
    webkit_scene.call(when_keeping(does))
    webkit_scene.tap("[data-again]")
    webkit_scene.shows("html[data-keeping]")
    webkit_scene.visit("/outbox")
    webkit_scene.begin()
    assert webkit_scene.call(TYPED) == draft
    if draft:
        webkit_scene.tap("[data-again]")
        until(lambda: webkit_scene.call(TYPED) == "", "it is a note now")
    webkit_scene.arrived(TEXT, photos=0)


def test_a_phone_that_is_full(small_webkit_scene: WebKitScene, photo: Path) -> None:
    """By the engine's own limit: what comes is refused whole, what is there goes, and then there is room."""
    scene = small_webkit_scene
    scene.begin()
    scene.proxy.always("POST|PATCH|HEAD", drop)
    scene.record("满之前的一条", photo)
    scene.developed(1)
    assert scene.call(FILL, MODULES) == "QuotaExceededError"
    scene.write("空间不足时的一条", photo, kept=False)
    until(lambda: "空间不足" in scene.call(COMPLAINT), "the form says that there is no room")
    assert scene.call(TYPED) == "空间不足时的一条"
    scene.proxy.heal()
    scene.try_again()
    until(lambda: scene.left()["bytes"] == 0, "what was kept goes all the same")
    scene.call(CLEAR, MODULES)
    scene.tap("[data-again]")
    until(lambda: scene.call(TYPED) == "", "there is room again")
    scene.arrived("满之前的一条", "空间不足时的一条")
