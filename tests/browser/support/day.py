"""What a day of an audit is driven with: the phones of everybody on it, and a meeting on one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.support.documents import words_of_html
from tests.browser.support.follow_up import leave_by
from tests.browser.support.guests import draw, guest_phone
from tests.browser.support.people import COOKIE, Ledger, phone_of
from tests.browser.support.phone import PATIENCE_S, listens, until, visit
from tests.support.live import LiveServer, live_server
from tests.support.sample import Sampled

LEADER, AUDITOR, GUIDE, STOREKEEPER, CLIENT = "闻砚秋", "佟牧野", "田柏舟", "穆清和", "阮知微"
EVERYBODY = [LEADER, AUDITOR, CLIENT, GUIDE, STOREKEEPER]
BOTH = ("opening", "closing")
MEETINGS = ("opening", "team", "client", "closing")


@dataclass(frozen=True)
class Day:
    """The audit of today on a server, its journal since the morning, and everybody's phone."""

    served: LiveServer
    audit: str
    ledger: Ledger
    leader: Page
    auditor: Page
    guide: Page
    storekeeper: Page
    client: Page

    @property
    def path(self) -> str:
        return f"/audits/{self.audit}"

    @property
    def company(self) -> list[tuple[Page, str]]:
        """The client's people with their phones."""
        return [(self.client, CLIENT), (self.guide, GUIDE), (self.storekeeper, STOREKEEPER)]

    def get(self, what: str) -> httpx.Response:
        """Something of the audit that the leader reads without a browser."""
        cookies = {COOKIE: self.served.tokens["wen"]}
        url = f"{self.served.url}{self.path}/{what}"
        return httpx.get(url, cookies=cookies, timeout=PATIENCE_S).raise_for_status()

    def printed(self, what: str) -> str:
        """The words of a paper, without blanks."""
        return words_of_html(self.get(what).text)

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """What the new entries of a kind say, in the order of the journal."""
        return [one["body"] for one in self.ledger.new(kind)]


@contextmanager
def open_day(browser: Browser, sampled: Sampled) -> Iterator[Day]:
    """The audit of today served, and a browser of their own for everybody."""
    with ExitStack() as stack:
        served = stack.enter_context(live_server(sampled.data))
        served.tokens = sampled.tokens
        phones = {
            "leader": phone_of(browser, served, "wen", permissions=["camera"]),
            "auditor": phone_of(browser, served, "tong", permissions=["camera"]),
            "guide": guest_phone(browser, served, agent=None),
            "storekeeper": guest_phone(browser, served, worker=False),
            "client": guest_phone(browser, served, agent=None),
        }
        opened = {who: stack.enter_context(phone) for who, phone in phones.items()}
        yield Day(served, sampled.fresh, Ledger(served, "wen", sampled.fresh), **opened)


def begin(page: Page, meeting: str) -> None:
    visit(page, meeting)
    leave_by(page, page.locator("[data-now=start]"))
    listens(page)
    expect(page.locator("input[name=start]")).not_to_have_value("")


def end(page: Page) -> None:
    leave_by(page, page.locator("[data-now=end]"))
    listens(page)
    expect(page.locator("input[name=end]")).not_to_have_value("")


def tick_everything(page: Page) -> None:
    """Every point that was covered, and every text that was read aloud."""
    boxes = page.locator("#points [data-tick], #aloud [data-tick]")
    assert boxes.count() > 0
    for box in boxes.all():
        box.check()


def everybody_signs_in(day: Day, guests: dict[str, str], meeting: str) -> None:
    """The team on their phones, the company on theirs; the leader's page is open, and shows all of them."""
    for page, name in ((day.leader, LEADER), (day.auditor, AUDITOR)):
        if page is day.auditor:
            visit(page, f"{day.path}/meetings/{meeting}")
        page.locator(f"#people [data-sign='{name}']").tap()
        draw(page, page.locator("dialog.signing [data-pad]"))
        page.locator("dialog.signing .go").tap()
        expect(attendee(page, name)).to_contain_text("已签")
    for page, name in day.company:
        visit(page, f"{guests[name]}/attendance?meeting={meeting}")
        draw(page, page.locator("[data-pad]"))
        page.locator("[data-guest-sign] button[type=submit]").tap()
        expect(page.locator("[role=status][data-k=ok]")).to_contain_text("已签到")
    until(lambda: len(signatures(day, meeting)) >= len(EVERYBODY), "all signatures are on the server")
    visit(day.leader, f"{day.path}/meetings/{meeting}")
    for name in EVERYBODY:
        expect(attendee(day.leader, name).locator("img.ink")).to_be_visible()
        expect(attendee(day.leader, name).locator("[data-present]")).to_be_checked()


def signatures(day: Day, meeting: str) -> list[str]:
    """Who signed at a meeting."""
    return [one["name"] for one in day.bodies("signed") if one["what"] == meeting]


def attendee(page: Page, name: str) -> Locator:
    return page.locator("#people .rows-line", has_text=name)
