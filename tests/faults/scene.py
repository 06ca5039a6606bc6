"""The scene of every fault of a phone: an auditor records a note with a photo, something breaks, all arrives.

What counts at the end is the same each time: the server holds each item exactly once, the photo's bytes have
the hash of its entry, the chain verifies, and the phone says 全部送达 and holds nothing any more.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Error, expect

from tests.browser.support.people import COOKIE, Ledger
from tests.browser.support.phone import PATIENCE_S, close, seen, until, visit
from tests.browser.support.site import Site, has_worker
from tests.browser.support.webkit import WebKitPhone
from tests.support.live import LiveServer, verify
from tests.support.proxy import Fault, Proxy
from tests.support.world import AUDIT, ID

STOP = f"/audits/{AUDIT}/stops/s2"
CAPTURE = f"{STOP}/capture"
FORM = "form[data-capture][data-ready]"
SAVE = ".dock button[type=submit]:not([data-again])"
STORES = ("entries", "photos", "bytes")
IN_STORE = """(store) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("clausewalk");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const counting = opening.result.transaction(store).objectStore(store).count();
    counting.onerror = () => reject(counting.error);
    counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
  };
})"""


TEXT = "3 号炉温度表无校准标识"
"""What the auditor writes where it doesn't matter what."""
IS_SAFE = "() => document.querySelector('[data-part=gate][data-k=ok]') !== null"
TYPE = """(selector, text) => {
  const field = document.querySelector(selector);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
ALL_IN_STORE = IN_STORE.replace(".count()", ".getAll()")


class Ground:
    """A site and the proxy before it, whatever the phone: what is broken there, and what has come in."""

    def __init__(self, site: Site, proxy: Proxy, tokens: dict[str, str]) -> None:
        self.site = site
        self.proxy = proxy
        self.tokens = tokens
        self.start = self.ledger(0).ask_head()

    def ledger(self, start: int | None = None) -> Ledger:
        """The journal as the leader gets it, past the proxy."""
        assert self.site.live
        known = LiveServer(self.site.live.process, self.site.data, self.site.url, "", self.tokens)
        return Ledger(known, start=self.start if start is None else start)

    def meet(self, pattern: str, *faults: Fault) -> None:
        """The next requests like this meet these faults."""
        self.proxy.fail(pattern, *faults)

    def came_in(self, *texts: str, photos: int = 1) -> list[dict[str, Any]]:
        """Each note once, each photo once and whole, a sound chain; the notes."""
        ledger = self.ledger()
        notes = ledger.new("observed")
        assert Counter(note["body"]["text"]["zh"] for note in notes) == Counter(texts)
        taken = ledger.new("photographed")
        assert len(taken) == photos
        assert {one["body"]["observation"] for one in taken} <= {note["id"] for note in notes}
        with httpx.Client(cookies={COOKIE: self.tokens["leader"]}, timeout=PATIENCE_S) as client:
            for one in taken:
                self._whole(client, one["body"]["sha256"])
        verify(self.site.data, AUDIT)
        return notes

    def _whole(self, client: httpx.Client, sha256: str) -> None:
        answer = client.get(f"{self.site.url}/audits/{AUDIT}/photos/{sha256}")
        assert hashlib.sha256(answer.content).hexdigest() == sha256


class Delivery(Ground, ABC):
    """The same with a phone, in whichever browser: waiting until all that is on it has arrived."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where the phone is."""

    @abstractmethod
    def visit(self, path: str) -> None:
        """Open a page of ours."""

    @abstractmethod
    def replace_tab(self) -> None:
        """Close the page, whatever it is doing, and go on in a new one."""

    @abstractmethod
    def begin(self) -> None:
        """Open the form of a note."""

    @abstractmethod
    def record(self, text: str, photo: Path) -> None:
        """Save a note with a photo in it."""

    @abstractmethod
    def call(self, function: str, *given: Any) -> Any:
        """What a JavaScript function gives or promises, in the page."""

    def try_again(self) -> None:
        """What a phone says when its network comes back."""
        self.call("() => void dispatchEvent(new Event('online'))")

    def all_met(self) -> None:
        """Wait until every fault has hit a request."""

        def met() -> bool:
            self.try_again()
            return self.proxy.unused == 0

        until(met, "every fault hits")

    def delivered(self, within: float = PATIENCE_S, *, urged: bool = True) -> None:
        """Wait until the phone says that everything is safe. `urged`: its network keeps coming back."""

        def safe() -> bool:
            if "/outbox" not in self.address:
                self.visit("/outbox")
            if urged:
                self.try_again()
            found: bool = self.call(IS_SAFE)
            return found

        until(safe, "全部送达", within)

    def left(self) -> dict[str, int]:
        """How much is in each store of the phone."""
        return {store: self.call(IN_STORE, store) for store in STORES}

    def developed(self, photos: int, within: float = PATIENCE_S) -> list[int]:
        """Wait until so many photos are on the phone as they will be sent; their sizes."""

        def answer() -> list[int] | None:
            rows = [row for row in self.call(ALL_IN_STORE, "photos") if row["phase"] == "ready"]
            return [row["size"] for row in rows] if len(rows) == photos else None

        sizes: list[int] = until(answer, "every photo is developed", within)
        return sizes

    def arrived(self, *texts: str, photos: int = 1) -> list[dict[str, Any]]:
        """Each note once, each photo once and whole, nothing on the phone, a sound chain; the notes."""
        self.delivered()
        assert self.left() == dict.fromkeys(STORES, 0)
        return self.came_in(*texts, photos=photos)


class Scene(Delivery):
    """With the phone of one of the team, in Chromium."""

    def __init__(
        self, site: Site, proxy: Proxy, tokens: dict[str, str], context: BrowserContext, login: str
    ) -> None:
        super().__init__(site, proxy, tokens)
        self.context = context
        self.page = context.new_page()
        self.sign_in(login)

    @property
    def address(self) -> str:
        return self.page.url

    def visit(self, path: str) -> None:
        visit(self.page, path)

    def call(self, function: str, *given: Any) -> Any:
        return self.page.evaluate(f"(given) => ({function})(...given)", list(given))

    def try_again(self) -> None:
        with suppress(Error):  # a page that is just being loaded needs no word
            super().try_again()

    def sign_in(self, login: str) -> None:
        """Give the phone the session of somebody."""
        self.context.add_cookies([{"name": COOKIE, "value": self.tokens[login], "url": self.proxy.url}])

    def come_as(self, login: str) -> None:
        """Somebody takes the phone from another, and is on a page of theirs.

        The session comes without the form, of which the worker would hear: until a page of theirs came, it
        shows those of whoever had the phone before where the server is slow.
        """
        self.sign_in(login)
        seen(self.page, "/", self.page.locator(f"html[data-account='{ID[login]}']"))

    def replace_tab(self) -> None:
        close(self.page)
        self.page = self.context.new_page()

    def begin(self) -> None:
        self.visit(CAPTURE)
        self.page.locator(FORM).wait_for()
        has_worker(self.page)  # the server may be gone when the next page, or another script, is asked for

    def record(self, text: str, photo: Path) -> None:
        """A note with a photo; afterwards the phone is on the page of the stop."""
        self.page.fill("textarea[name=text]", text)
        self.page.set_input_files("[data-gallery]", photo)
        expect(self.page.locator("[data-shots] figure")).to_have_count(1)
        self.page.locator(SAVE).click()
        self.page.wait_for_url(f"**{STOP}")


class WebKitScene(Delivery):
    """With the auditor's phone, in WebKit."""

    def __init__(self, site: Site, proxy: Proxy, tokens: dict[str, str], phone: WebKitPhone) -> None:
        super().__init__(site, proxy, tokens)
        self.phone = phone
        self.sign_in()

    @property
    def address(self) -> str:
        return self.phone.url

    def visit(self, path: str) -> None:
        self.phone.visit(self.proxy.url + path)

    def call(self, function: str, *given: Any) -> Any:
        return self.phone.call(function, *given)

    def sign_in(self) -> None:
        """Give the phone the auditor's session."""
        self.visit("/sign-in")
        self.phone.give_cookie(COOKIE, self.tokens["auditor"])

    def delivered(self, within: float = 2 * PATIENCE_S, *, urged: bool = True) -> None:
        """As everywhere, with more patience: it draws without a graphics card."""
        super().delivered(within, urged=urged)

    def replace_tab(self) -> None:
        self.phone.replace_tab()

    def begin(self) -> None:
        self.visit(CAPTURE)
        self.shows(FORM)

    def shows(self, selector: str) -> None:
        """Wait until the page has something like this."""
        until(
            lambda: self.call("(selector) => document.querySelectorAll(selector).length", selector), selector
        )

    def tap(self, selector: str) -> None:
        """A tap on something in the page."""
        self.call("(selector) => document.querySelector(selector).click()", selector)

    def write(self, text: str, photo: Path, *, kept: bool = True) -> None:
        """A note with a photo in the form, not saved. `kept`: there is room for the photo."""
        self.call(TYPE, "textarea[name=text]", text)
        self.phone.choose("[data-gallery]", photo)
        if kept:
            self.shows("[data-shots] figure")

    def record(self, text: str, photo: Path) -> None:
        """A note with a photo, saved; the form is ready for the next one."""
        self.write(text, photo)
        self.tap("[data-again]")
        self.shows("[data-shots][hidden]")
