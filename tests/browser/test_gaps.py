"""The leader closes gaps on the phone: dismisses one with a reason, sees it folded, takes it up again."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.support.demo import Served
from tests.browser.support.people import Ledger, nothing_left, sent, tell
from tests.browser.support.phone import until, visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT, entry, observed

GAP = "S10 "


def row(page: Page) -> str:
    """A selector for the line of the empty stop S10."""
    return f"li.rows-line:has(a.gap:has-text('{GAP}'))"


def unfold(page: Page, title: str) -> None:
    """Open a folded group, if it isn't open."""
    group = page.locator("details.group").filter(has_text=title).first
    if group.get_attribute("open") is None:
        group.locator("summary").tap()


def test_the_leader_dismisses_a_gap_and_takes_it_up_again(browser: Browser, demonstration: Served) -> None:
    audit = demonstration.demo.today
    demonstration.let_in("wen")
    ledger = Ledger(demonstration.server, "wen", audit)
    with demonstration.phone(browser, "wen") as page:
        visit(page, f"/audits/{audit}/gaps?gate=closing")
        expect(page.locator("nav.chips a[aria-current]")).to_contain_text("末次会议前")
        due = int(re.findall(r"\d+", page.locator("#due").inner_text())[0])
        unfold(page, "没有记录的站")
        page.locator(row(page)).get_by_role("link", name="不算").tap()
        expect(page.locator("#dismiss")).to_contain_text(GAP)
        page.get_by_role("button", name="写下理由，去掉").tap()
        expect(page.locator("#dismiss [name=reason]")).to_be_focused()
        page.fill("#dismiss [name=reason]", "部门并入技术质量部，S09 一起看")
        page.get_by_role("button", name="写下理由，去掉").tap()
        page.wait_for_url("**/gaps?gate=closing")
        expect(page.locator("#due")).to_have_text(f"还缺 {due - 1} 项")
        (dismissed,) = ledger.arrived("dismissed", 1)
        assert dismissed["body"]["reason"] == "部门并入技术质量部，S09 一起看"
        assert dismissed["body"]["gap"].startswith("SLOT_EMPTY:stops/S10:")
        expect(page.locator(row(page))).to_have_count(0)

        folded = page.locator("details#dismissed")
        expect(folded).not_to_have_attribute("open", "")
        folded.locator("summary").tap()
        expect(folded).to_contain_text("闻砚秋")
        expect(folded).to_contain_text("理由：部门并入技术质量部，S09 一起看")
        folded.get_by_role("button", name="重新算上").tap()
        expect(page.locator("#due")).to_have_text(f"还缺 {due} 项")
        unfold(page, "没有记录的站")
        expect(page.locator(row(page))).to_have_count(1)
        assert len(ledger.arrived("dismissed", 2)) == 2
        expect(page.locator("details#dismissed")).to_have_count(0)


def test_counts_follow_what_a_colleague_records(browser: Browser, demonstration: Served) -> None:
    audit = demonstration.demo.today
    with demonstration.phone(browser, "wen") as page:
        visit(page, f"/audits/{audit}/gaps?gate=leave")
        before = page.locator("nav.chips a[aria-current] strong").inner_text()
        with demonstration.phone(browser, "zhuo") as other:
            visit(other, f"/audits/{audit}/stops/S10")
            other.locator("fieldset.seg[data-item] label").first.tap()
            expect(other.locator(".toast")).to_be_visible()  # checked it is at once, kept a moment later
            nothing_left(other)
        expect(page.locator("nav.chips a[aria-current] strong")).not_to_have_text(before)


def test_the_page_follows_phones_and_what_is_held(server: LiveServer, leader: Page, ledger: Ledger) -> None:
    visit(leader, f"/audits/{AUDIT}/gaps?gate=leave")
    due = int(re.findall(r"\d+", leader.locator("#due").inner_text())[0])
    tell(server, "auditor", "outbox", {"entries": 2, "photos": 0})
    expect(leader.locator("#live")).to_contain_text("auditor 某：2条、0张照片只在手机上")
    expect(leader.locator("#due")).to_have_text(f"还缺 {due + 1} 项")

    tell(server, "former", "entries", [observed("former", "炉门密封条破损")])
    held = leader.locator("#held form")
    expect(held).to_contain_text("炉门密封条破损")
    held.locator("[name=reason]").fill("离组当天所见")
    held.locator("[name=reason]").blur()
    tell(server, "auditor", "outbox", {"entries": 3, "photos": 0})
    for _ in range(2):
        with leader.expect_response("**/head"):
            pass
    expect(held.locator("[name=reason]")).to_have_value("离组当天所见")
    held.get_by_role("button", name="接收").tap()
    (accepted,) = ledger.arrived("accepted", 1)
    assert accepted["body"]["reason"] == "离组当天所见"
    expect(leader.locator("#held")).to_have_count(0)


def test_what_is_begun_while_the_next_is_on_its_way_stays(server: LiveServer, leader: Page) -> None:
    visit(leader, f"/audits/{AUDIT}/gaps")
    asked = leader.locator("a[href*='dismiss=']").first.get_attribute("href")
    gap = httpx.URL(asked or "").params["dismiss"]
    sent(server, entry("dismissed", {"gap": gap, "reason": "已并入另一站"}, by="leader"))
    tell(server, "former", "entries", [observed("former", "炉门密封条破损")])
    visit(leader, f"/audits/{AUDIT}/gaps")
    live, folded = leader.locator("#live"), leader.locator("details#dismissed")
    underway: list[Route] = []

    def hold(route: Route) -> None:
        underway.append(route)

    leader.route("**/gaps/live*", hold)

    until(lambda: leader.title() and underway, "the next is asked for")
    folded.locator("summary").tap()
    tell(server, "auditor", "outbox", {"entries": 2, "photos": 0})
    underway.pop().continue_()
    expect(live).to_contain_text("auditor 某：2条、0张照片只在手机上")
    expect(folded).to_have_attribute("open", "")

    until(lambda: leader.title() and underway, "the one after is asked for")
    reason = leader.locator("#held form [name=reason]")
    reason.fill("离组当天所见")
    reason.blur()
    tell(server, "auditor", "outbox", {"entries": 3, "photos": 0})
    with leader.expect_response("**/gaps/live*") as answer:
        underway.pop().continue_()
    assert answer.value.status == 200
    with leader.expect_response("**/head"):
        pass
    expect(reason).to_have_value("离组当天所见")


def test_what_says_the_same_stays_in_its_place(server: LiveServer, leader: Page) -> None:
    """Somebody may be reading, or just tapping it."""
    visit(leader, f"/audits/{AUDIT}/gaps")
    leader.evaluate("document.getElementById('live').dataset.mark = ''")
    for _ in range(2):
        with leader.expect_response("**/gaps/live*") as answer:
            pass
        assert answer.value.status == 304
    expect(leader.locator("#live[data-mark]")).to_have_count(1)
