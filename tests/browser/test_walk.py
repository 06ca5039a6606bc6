"""The walk on a phone: from Today to a stop, an outcome with one tap, a note in its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import SHIFTS, until, visit
from tests.support.live import LiveServer
from tests.support.sample import Sampled

FORM = "form[data-capture][data-ready]"
TEXT = "textarea[name=text]"
SAVE = ".dock button[type=submit]:not([data-again])"
DRAWN = "(item) => item.firstElementChild.checkVisibility({ contentVisibilityAuto: true })"


@pytest.fixture
def tong(browser: Browser, served: LiveServer) -> Iterator[Page]:
    """The phone of an auditor."""
    with phone_of(browser, served, "tong") as page:
        yield page


def strip_of(page: Page, number: int) -> str:
    """A selector for the strip of the n-th item."""
    item = page.locator("fieldset.seg[data-item]").nth(number).get_attribute("data-item")
    return f'fieldset.seg[data-item="{item}"]'


def test_from_today_to_a_note_that_appears(tong: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(tong, "/")
    tong.get_by_role("link", name="看全部站").tap()
    expect(tong.get_by_role("heading", level=1)).to_have_text("泽溪市岚壶不锈钢制品")
    tong.get_by_role("link", name="仓储部 · 化学品、危险废物、消防").tap()
    item = tong.locator("li.item").first
    prompt = item.locator(".ask").inner_text()
    item.locator("a.ib").tap()
    tong.locator(FORM).wait_for()
    expect(tong.locator("form[data-capture]")).to_contain_text(prompt)
    expect(tong.locator(TEXT)).to_be_focused()
    tong.keyboard.insert_text("危废库 3 只桶无标签")
    tong.locator(SAVE).tap()
    tong.wait_for_url(f"**/audits/{sampled.fresh}/stops/S12")
    row = tong.locator("#records li", has_text="危废库 3 只桶无标签")
    expect(row).to_contain_text("佟牧野")
    (entry,) = ledger.arrived("observed", 1)
    assert entry["body"]["stop"] == "S12"
    assert entry["body"]["item"]
    assert entry["body"]["clauses"]
    nothing_left(tong)


def test_one_tap_gives_an_outcome_and_another_changes_it(
    tong: Page, served: LiveServer, sampled: Sampled
) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(tong, f"/audits/{sampled.fresh}/stops/S09")
    strip = strip_of(tong, 0)
    tong.locator(f"{strip} label", has_text="符合").first.tap()
    (tap,) = ledger.arrived("observed", 1)
    assert tap["body"]["outcome"] == "conform"
    assert [clause["scheme"] for clause in tap["body"]["clauses"]] == ["EMS"]
    # The strip comes anew once its note was delivered: a tap is for that one.
    expect(tong.locator(strip)).to_have_attribute("data-observation", tap["id"])
    tong.locator(f"{strip} label", has_text="改进机会").tap()
    (change,) = ledger.arrived("amended", 1)
    assert change["body"]["target"] == tap["id"]
    tong.reload()
    expect(tong.locator(f'{strip} input[value="improve"]')).to_be_checked()
    expect(tong.locator("#live")).to_contain_text("1 / 3")


def test_a_colleagues_note_appears_without_a_reload(
    browser: Browser, tong: Page, served: LiveServer, sampled: Sampled
) -> None:
    path = f"/audits/{sampled.fresh}/stops/S13"
    visit(tong, path)
    expect(tong.locator("#records")).to_contain_text("还没有记录")
    with phone_of(browser, served, "zhuo") as zhuo:
        visit(zhuo, f"{path}/capture")
        zhuo.locator(FORM).wait_for()
        expect(zhuo.locator(TEXT)).to_be_focused()
        zhuo.keyboard.insert_text("成品库温湿度记录齐全")
        zhuo.locator(SAVE).tap()
        expect(tong.locator("#records")).to_contain_text("成品库温湿度记录齐全")
        expect(tong.locator("#records")).to_contain_text("卓以宁")


def test_only_ones_own_stops_until_all_are_asked_for(tong: Page, sampled: Sampled) -> None:
    visit(tong, f"/audits/{sampled.fresh}")
    others = tong.get_by_role("link", name="业务部 · 采购与外包")
    expect(others).to_be_hidden()
    tong.get_by_text("全组 27 站").tap()
    expect(others).to_be_visible()


def test_a_stop_draws_the_items_on_the_screen(tong: Page, sampled: Sampled) -> None:
    visit(tong, f"/audits/{sampled.fresh}/stops/S09")
    first, last = tong.locator("li.item").first, tong.locator("li.item").last
    until(lambda: first.evaluate(DRAWN))
    until(lambda: not last.evaluate(DRAWN))
    last.scroll_into_view_if_needed()
    until(lambda: last.evaluate(DRAWN))


def test_no_script_moves_a_stop_that_opens(tong: Page, sampled: Sampled) -> None:
    tong.add_init_script(SHIFTS)
    visit(tong, f"/audits/{sampled.fresh}/stops/S09")
    expect(tong.locator("[data-presence-tap=arrived]")).to_be_visible()
    expect(tong.locator("li.item .seg").first.locator("label").first).to_be_visible()
    assert sum(tong.evaluate("globalThis.shifts")) < 0.01


def test_schemes_narrow_a_stop(tong: Page, sampled: Sampled) -> None:
    visit(tong, f"/audits/{sampled.fresh}/stops/S09")
    shown = tong.locator("li.item:visible")
    every = shown.count()
    tong.locator("label", has=tong.locator("input[name=scheme][value=OHSMS]")).tap()
    expect(tong.locator("section[data-schemes=EMS] li.item").first).to_be_hidden()
    assert 0 < shown.count() < every


def test_a_nonconformity_is_raised_from_what_was_seen(
    tong: Page, served: LiveServer, sampled: Sampled
) -> None:
    ledger = Ledger(served, "wen", sampled.audit)
    visit(tong, f"/audits/{sampled.audit}/stops/S09")
    tong.locator("#records li", has_text="13:12见CC-02风机停转").get_by_role("link", name="详情").tap()
    tong.get_by_role("link", name="开不符合").tap()
    tong.get_by_label("不符合陈述").first.fill("抛光2号除尘停用期间没有替代措施")
    tong.get_by_label("要求").first.fill("LH-HJ-12 第4.3条：停用须书面报告")
    tong.locator("label", has_text="严重").tap()
    tong.get_by_role("button", name="开出").tap()
    tong.wait_for_url(f"**/audits/{sampled.audit}/findings")
    expect(tong.locator("main")).to_contain_text("抛光2号除尘停用期间没有替代措施")
    (entry,) = ledger.arrived("found", 1)
    body = entry["body"]
    assert (body["type"], body["grade"], body["number"]) == ("nonconformity", "major", "90017-2026-05")
    assert [(clause["scheme"], clause["number"]) for clause in body["clauses"]] == [
        ("EMS", "8.1"),
        ("OHSMS", "8.1.2"),
    ]
    assert body["observations"]
    assert "13:12见CC-02风机停转" in body["evidence"]["zh"]


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_nothing_runs_over_the_edge(
    browser: Browser, served: LiveServer, sampled: Sampled, width: int
) -> None:
    audit = f"/audits/{sampled.audit}"
    pages = [
        "/",
        audit,
        f"{audit}/stops/S02",
        f"{audit}/findings",
        f"{audit}/findings/new",
        f"{audit}/gaps",
        f"/audits/{sampled.fresh}/gaps",
        *(f"{audit}/report?chapter={chapter}" for chapter in ("cover", "1", "2", "7")),
        f"{audit}/report?element=7.recommendations",
    ]
    with phone_of(browser, served, "wen") as page:
        page.set_viewport_size({"width": width, "height": 844})
        for path in pages:
            visit(page, path)
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert over <= 0, f"{path} is {over} px too wide at {width}"
