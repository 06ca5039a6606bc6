"""Leaving the site: phones report by themselves what they hold, and the leader's page follows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from tests.browser.support.people import COOKIE, sign_in, tell
from tests.browser.support.phone import PATIENCE_S, until, visit
from tests.browser.support.site import Site, own_phone, prepare_offline, site
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

LEAVE = f"/audits/{AUDIT}/leave"
CAPTURE = f"/audits/{AUDIT}/stops/s2/capture"
FORM = "form[data-capture][data-ready]"
AUDITORS = f"[data-phone='{ID['auditor']}']"


def write(page: Page, text: str) -> None:
    page.fill("textarea[name=text]", text)
    page.tap("[data-again]")
    expect(page.locator("textarea[name=text]")).to_have_value("")


def choke(route: Route) -> None:
    """A server that answers entries with nonsense."""
    route.fulfill(status=500, body="")


def nothing_waits(server: LiveServer, login: str) -> None:
    """What somebody's phone says once everything of it arrived."""
    tell(server, login, "outbox", {"entries": 0, "photos": 0})


def heard_of(server: LiveServer, login: str) -> bool:
    """Whether the page of leaving lists a phone of somebody."""
    cookies = {COOKIE: server.tokens["leader"]}
    page = httpx.get(f"{server.url}{LEAVE}", cookies=cookies, timeout=PATIENCE_S).text
    return f'data-phone="{ID[login]}"' in page


@pytest.fixture
def own(furnished: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Site]:
    """A server of the test's own that can be stopped."""
    with site(Path(shutil.copytree(furnished[0], tmp_path / "data"))) as running:
        yield running


def test_without_a_network_nothing_is_green(
    playwright: Playwright, own: Site, furnished: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    assert own.live
    own.live.tokens = furnished[1]
    with own_phone(playwright, tmp_path / "profile", own.url) as phone:
        page = phone.open("/sign-in")
        sign_in(page.context, own.live, "leader")
        nothing_waits(own.live, "auditor")
        prepare_offline(page, AUDIT)
        until(lambda: own.live and heard_of(own.live, "leader"), "who fetched the pack is heard at once")
        visit(page, LEAVE)
        expect(page.locator("#gate")).to_have_text("可以离场")
        own.stop()
        expect(page.locator("#gate")).to_have_text("不知道现在能不能离场")
        visit(page, LEAVE)
        expect(page.locator("#gate")).to_have_text("不知道现在能不能离场")
        expect(page.locator(".gate")).to_have_attribute("data-k", "wait")
        expect(page.locator(".gate")).to_contain_text("没有向服务器核对上")
        own.start()
        expect(page.locator("#gate")).to_have_text("可以离场")
        expect(page.locator(".gate")).to_have_attribute("data-k", "ok")


def test_the_leader_sees_what_waits_on_a_colleagues_phone_and_that_it_arrived(
    server: LiveServer, leader: Page, auditor: Page
) -> None:
    visit(leader, LEAVE)
    expect(leader.locator(".gate")).to_contain_text("还没有手机报告过")
    expect(leader.locator("#gate")).to_have_text("有手机没有消息")
    nothing_waits(server, "leader")
    visit(auditor, CAPTURE)
    auditor.locator(FORM).wait_for()
    auditor.route("**/entries", choke)
    write(auditor, "回火炉 2 号表无校准标识")
    expect(leader.locator(AUDITORS)).to_have_attribute("data-word", "waiting")
    expect(leader.locator(AUDITORS)).to_contain_text("1 条")
    expect(leader.locator("#gate")).to_have_text("还不能离场")
    auditor.unroute("**/entries")
    auditor.evaluate("dispatchEvent(new Event('online'))")
    expect(leader.locator(AUDITORS)).to_have_attribute("data-word", "safe")
    expect(leader.locator("#gate")).to_have_text("可以离场")
