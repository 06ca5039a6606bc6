"""Guests on phones of their own: how they come in by a link, and how somebody signs with a finger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.support.people import COOKIE
from tests.browser.support.phone import PATIENCE_S, phone_page, until, visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT

WECHAT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.49"


@contextmanager
def guest_phone(
    browser: Browser, served: LiveServer, *, agent: str | None = WECHAT, worker: bool = True
) -> Iterator[Page]:
    """A phone of the audited company, inside WeChat unless `agent` names another browser (None: Chromium)."""
    with phone_page(browser, base_url=served.url, user_agent=agent, locale="zh-CN", worker=worker) as page:
        yield page


def code_of(leader: Page, role: str, audit: str = AUDIT) -> str:
    """What the QR code leads to that the leader's page shows."""
    visit(leader, f"/audits/{audit}/guests")
    leader.locator(f"input[name=role][value={role}]").check()
    leader.locator("form[action$='/guests'] button[type=submit]").tap()
    return shown_code(leader)


def shown_code(page: Page) -> str:
    """The address below `/in/` that a page shows beside its QR code, as soon as it does."""
    shown = page.locator("textarea[readonly]")
    shown.wait_for()
    return "/in/" + shown.input_value().rsplit("/in/", 1)[1]


def enter(page: Page, address: str, name: str) -> None:
    """Come in by a link's address and give a name."""
    visit(page, address)
    page.fill("input[name=name]", name)
    page.locator("form button[type=submit]").tap()


def come_in(page: Page, address: str, name: str) -> None:
    """Come in by the code of the sheet, as far as the place to sign."""
    enter(page, address, name)
    page.locator("[data-guest-sign]").wait_for()


def draw(page: Page, pad: Locator) -> None:
    """Sign with a finger: a stroke over the pad."""
    expect(pad).to_have_attribute("data-ready", "")
    pad.locator("canvas").scroll_into_view_if_needed()
    box = pad.locator("canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 30 + 25 * step, box["y"] + 40 + (30 if step % 2 else 5))
    page.mouse.up()


def picture_is_there(
    served: LiveServer, signed: dict[str, Any], login: str = "leader", audit: str = AUDIT
) -> None:
    """The bytes of a signature are on the server, as they were drawn."""
    sha256 = signed["body"]["picture"]
    url = f"{served.url}/audits/{audit}/photos/{sha256}"

    def ask() -> httpx.Response:
        return httpx.get(url, cookies={COOKIE: served.tokens[login]}, timeout=PATIENCE_S)

    until(lambda: ask().status_code == 200, "the picture on the server")
    assert hashlib.sha256(ask().content).hexdigest() == sha256
    assert ask().content.startswith(b"\x89PNG")
