"""The scene of every fault of a phone: an auditor records a note with a photo, something breaks, all arrives.

What counts at the end is the same each time: the server holds each item exactly once, the photo's bytes have
the hash of its entry, the chain verifies, and the phone says 全部送达 and holds nothing any more.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, expect

from tests.browser.support.people import COOKIE, Ledger
from tests.browser.support.phone import PATIENCE_S, until, visit
from tests.browser.support.site import Site
from tests.support.live import COMMAND, LiveServer, environment
from tests.support.proxy import Fault, Passing, Proxy
from tests.support.world import AUDIT

STOP = f"/audits/{AUDIT}/stops/s2"
CAPTURE = f"{STOP}/capture"
FORM = "form[data-capture][data-ready]"
SAVE = ".dock button[type=submit]:not([data-again])"
ROOT = Path(__file__).parents[2]
STORES = ("entries", "photos", "bytes")
IN_STORE = """(store) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("clausewalk");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const counting = opening.result.transaction(store).objectStore(store).count();
    counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
  };
})"""


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
        for one in taken:
            self._whole(one["body"]["sha256"])
        self._verify()
        return notes

    def _whole(self, sha256: str) -> None:
        cookies = {COOKIE: self.tokens["leader"]}
        answer = httpx.get(
            f"{self.site.url}/audits/{AUDIT}/photos/{sha256}", cookies=cookies, timeout=PATIENCE_S
        )
        assert hashlib.sha256(answer.content).hexdigest() == sha256

    def _verify(self) -> None:
        command = [*COMMAND, "audit", "verify", AUDIT, "--data", str(self.site.data)]
        answer = subprocess.run(
            command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr


class Scene(Ground):
    """The same with the phone of one of the team, in Chromium."""

    def __init__(
        self, site: Site, proxy: Proxy, tokens: dict[str, str], context: BrowserContext, login: str
    ) -> None:
        super().__init__(site, proxy, tokens)
        self.context = context
        self.page = context.new_page()
        self.sign_in(login)

    def sign_in(self, login: str) -> None:
        """Give the phone the session of somebody."""
        self.context.add_cookies([{"name": COOKIE, "value": self.tokens[login], "url": self.proxy.url}])

    def begin(self) -> None:
        """Open the form of a note."""
        visit(self.page, CAPTURE)
        self.page.locator(FORM).wait_for()
        # From the second page on the phone's own worker answers, even if the server is gone by then.
        self.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")

    def record(self, text: str, photo: Path) -> None:
        """A note with a photo; afterwards the phone is on the page of the stop."""
        self.page.fill("textarea[name=text]", text)
        self.page.set_input_files("[data-gallery]", photo)
        expect(self.page.locator("[data-shots] figure")).to_have_count(1)
        self.page.locator(SAVE).click()
        self.page.wait_for_url(f"**{STOP}")

    def try_again(self) -> None:
        """What a phone says when its network comes back."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def all_met(self) -> None:
        """Wait until every fault has hit a request."""

        def met() -> bool:
            self.try_again()
            return self.proxy.unused == 0

        until(met, "every fault hits")

    def delivered(self, within: float = PATIENCE_S, *, urged: bool = True) -> None:
        """Wait until the phone says that everything is safe. `urged`: its network keeps coming back."""

        def safe() -> bool:
            if "/outbox" not in self.page.url:
                visit(self.page, "/outbox")
            if urged:
                self.try_again()
            return self.page.locator("[data-part=gate][data-k=ok]").count() == 1

        until(safe, "全部送达", within)

    def developed(self, photos: int, within: float = PATIENCE_S) -> list[int]:
        """Wait until so many photos are on the phone as they will be sent; their sizes."""

        def answer() -> list[int] | None:
            rows = [row for row in self.page.evaluate(ALL_IN_STORE, "photos") if row["phase"] == "ready"]
            return [row["size"] for row in rows] if len(rows) == photos else None

        sizes: list[int] = until(answer, "every photo is developed", within)
        return sizes

    def left(self) -> dict[str, int]:
        """How much is in each store of the phone."""
        return {store: self.page.evaluate(IN_STORE, store) for store in STORES}

    def arrived(self, *texts: str, photos: int = 1) -> list[dict[str, Any]]:
        """Each note once, each photo once and whole, nothing on the phone, a sound chain; the notes."""
        self.delivered()
        assert self.left() == dict.fromkeys(STORES, 0)
        return self.came_in(*texts, photos=photos)


def kill_before(site: Site) -> Fault:
    """The server dies before it hears of the request."""

    def fault(passing: Passing, _body: bytes) -> bool:
        site.kill()
        passing.cut()
        return True

    return fault


def kill_after(site: Site) -> Fault:
    """The server dies after its work, before anybody hears its answer."""

    def fault(passing: Passing, body: bytes) -> bool:
        passing.ask(body)
        site.kill()
        passing.cut()
        return True

    return fault


def kill_during(site: Site) -> Fault:
    """The server dies with half of the request read."""

    def fault(passing: Passing, body: bytes) -> bool:
        with ExitStack() as half:
            raw = half.enter_context(passing.half_sent(body))
            site.kill()
            raw.close()
        passing.cut()
        return True

    return fault
