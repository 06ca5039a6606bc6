"""Leaving the site: phones report by themselves what they hold, and the leader's page follows."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.support.phone import visit
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


def test_the_leader_sees_what_waits_on_a_colleagues_phone_and_that_it_arrived(
    leader: Page, auditor: Page
) -> None:
    visit(leader, LEAVE)
    expect(leader.locator(".gate")).to_contain_text("还没有手机报告过")
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
