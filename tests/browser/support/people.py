"""Phones of people who are signed in, and the journal as the server has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.support.phone import PATIENCE_S, phone_page, until, visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

COOKIE = "clausewalk"


@contextmanager
def phone_of(browser: Browser, server: LiveServer, login: str, **options: Any) -> Iterator[Page]:
    """A new phone on which somebody of the server's world is signed in."""
    with phone_page(browser, base_url=server.url, **options) as page:
        sign_in(page.context, server, login)
        yield page


def sign_in(context: BrowserContext, server: LiveServer, login: str) -> None:
    """Give the browser the session of somebody in the server's world."""
    context.add_cookies([{"name": COOKIE, "value": server.tokens[login], "url": server.url}])


def tell(server: LiveServer, login: str, path: str, said: Any) -> Any:
    """What another device of somebody sends to an address of the audit; what is answered."""
    answer = httpx.post(
        f"{server.url}/audits/{AUDIT}/{path}",
        json=said,
        cookies={COOKIE: server.tokens[login]},
        headers={"Clausewalk": "1", "Clausewalk-Device": f"{login}-1"},
        timeout=PATIENCE_S,
    )
    return answer.raise_for_status().json()


def sent(server: LiveServer, *entries: Any) -> None:
    """Entries from another device of who made the first, which are stored."""
    login = next(one for one, account in ID.items() if account == entries[0]["by"])
    answer = tell(server, login, "entries", list(entries))
    assert {one["status"] for one in answer["results"]} == {"stored"}, answer


class Ledger:
    """What came into the journal of an audit after `start` (default: now), as one of its team gets it."""

    def __init__(
        self, server: LiveServer, login: str = "leader", audit: str = AUDIT, start: int | None = None
    ) -> None:
        self.url = f"{server.url}/audits/{audit}/entries"
        self.cookies = {COOKIE: server.tokens[login]}
        self.start = self._ask(0)["head"] if start is None else start

    def new(self, kind: str) -> list[dict[str, Any]]:
        """The new entries of a kind, in the order of the journal."""
        return [row["entry"] for row in self.rows() if row["entry"]["kind"] == kind]

    def rows(self) -> list[dict[str, Any]]:
        """The new entries with their number and standing."""
        found: list[dict[str, Any]] = self._ask(self.start)["entries"]
        return found

    def arrived(self, kind: str, count: int) -> list[dict[str, Any]]:
        """Wait until there are at least so many new entries of a kind, and return all of them."""
        found: list[dict[str, Any]] = until(
            lambda: len(known := self.new(kind)) >= count and known, f"{count} × {kind} in the journal"
        )
        return found

    def ask_head(self) -> int:
        """How far the journal is now."""
        head: int = self._ask(0)["head"]
        return head

    def _ask(self, after: int) -> dict[str, Any]:
        answer = httpx.get(
            self.url, params={"after": after}, cookies=self.cookies, timeout=PATIENCE_S
        ).raise_for_status()
        known: dict[str, Any] = answer.json()
        return known


def nothing_left(page: Page) -> None:
    """Open the page of what is only on this phone and wait until it says: nothing."""
    visit(page, "/outbox")
    expect(page.locator("[data-part=gate]")).to_have_attribute("data-k", "ok")
    expect(page.locator("[data-part=count]")).to_have_text("0")
