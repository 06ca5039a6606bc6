"""Flight mode from a cold start: a pack, no server, a new browser, a day's work; and all of it arrives."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser.support.demo import Demo, Served
from tests.browser.support.people import Ledger, nothing_left
from tests.browser.support.site import OwnPhone, own_phone, prepare_offline, site
from tests.support.live import LiveServer

FORM = "form[data-capture][data-ready]"
SHUTTER = "[data-shutter][data-live]"
AGAIN = "[data-again]"
SAVE = ".dock button[type=submit]:not([data-again])"
NOTES = 20
STATEMENT, REWORDED = "机房内发现的不符合", "2 号柜一台电流表没有校准标识"


@pytest.fixture
def demo_of_my_own(demo: Demo, tmp_path: Path) -> Demo:
    """A copy of the demonstration."""
    return demo.copy(tmp_path / "demo")


def come_in(phone: OwnPhone, demo: Demo) -> Page:
    """Sign in by the form on one's own phone."""
    page = phone.open("/")
    page.fill("[name=login]", "tong")
    page.fill("[name=password]", demo.password("tong"))
    page.locator("[name=own_phone]").check()
    page.locator("main form .go").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def begin_at_an_item(page: Page) -> str:
    """From Today by taps to the capture page of an item; what the item asks."""
    page.get_by_role("link", name="看全部站").first.tap()
    page.get_by_role("searchbox").fill("测量设备")
    with page.expect_navigation(url=re.compile("find=")):
        page.keyboard.press("Enter")
    page.get_by_role("link", name="测量设备、检验放行").tap()
    item = page.locator("li.item").first
    prompt = item.locator(".ask").inner_text()
    item.locator("a.ib").tap()
    page.locator(FORM).wait_for()
    return prompt


def record(page: Page, number: int) -> None:
    """Text, a sampling card and a photo."""
    page.fill("textarea[name=text]", f"离线记录 {number}")
    page.fill("[name='sample.n']", "6")
    page.fill("[name='sample.population']", str(40 + number))
    page.tap(SHUTTER)
    expect(page.locator("[data-shots] figure")).to_have_count(1)


def test_a_day_without_a_network(playwright: Playwright, demo_of_my_own: Demo, tmp_path: Path) -> None:
    demo = demo_of_my_own
    with site(demo.data) as server, own_phone(playwright, tmp_path / "profile", server.url) as phone:
        page = come_in(phone, demo)
        prepare_offline(page, demo.today)
        server.stop()
        phone.close()
        page = phone.open("/")
        expect(page.locator("article.box").first).to_contain_text("泽溪市岚壶不锈钢制品有限公司")
        prompt = begin_at_an_item(page)
        expect(page.locator("[data-asked]")).to_contain_text(prompt)
        for number in range(NOTES):
            record(page, number)
            page.tap(AGAIN if number < NOTES - 1 else SAVE)
            expect(page.locator("[data-shots] figure")).to_have_count(0)
        page.wait_for_url("**/stops/*")
        expect(page.locator("#records [data-pending]")).to_have_count(NOTES)
        change_one(page)
        raise_nonconformity(page)
        server.start()
        assert server.live
        everything_arrived(page, demo, server.live)


def change_one(page: Page) -> None:
    """What is only on the phone can still be changed in its place."""
    row = page.locator("#records [data-pending]").filter(has_text="离线记录 7")
    row.locator("a").first.tap()
    page.locator(FORM).wait_for()
    expect(page.locator("textarea[name=text]")).to_have_value("离线记录 7")
    page.locator(".seg label").filter(has_text="不符合").tap()
    page.tap(SAVE)
    page.wait_for_url("**/stops/*")
    expect(page.locator("#records [data-pending]")).to_have_count(NOTES)


def raise_nonconformity(page: Page) -> None:
    """From the list of findings: the note judged nonconforming is offered, though no server knows it."""
    page.locator(".dock").get_by_role("link", name="发现").tap()
    page.get_by_role("link", name="开一项不符合").first.tap()
    page.locator("label").filter(has_text="轻微").tap()
    page.fill("[name='statement.zh']", STATEMENT)
    page.fill("[name='evidence.zh']", "11 月 23 日，机房 2 号柜，抽查 6 台中 1 台无校准标识")
    page.fill("[name='requirement.zh']", "GB/T 19001-2016 7.1.5.2 测量设备应得到标识")
    page.locator("label.tick").filter(has_text="离线记录 7").locator("input").check()
    page.get_by_role("button", name="开出").tap()
    kept_in_the_list(page, STATEMENT).tap()
    expect(page.locator("[name='statement.zh']")).to_have_value(STATEMENT)
    expect(page.locator("label").filter(has_text="轻微").locator("input")).to_be_checked()
    expect(page.locator("label.tick").filter(has_text="离线记录 7").locator("input")).to_be_checked()
    page.fill("[name='statement.zh']", REWORDED)
    page.get_by_role("button", name="开出").tap()
    kept_in_the_list(page, REWORDED)


def kept_in_the_list(page: Page, words: str) -> Locator:
    """After saving without a network: the one row of the list, as it was saved last."""
    expect(page.locator("[data-form-message]")).to_contain_text("仅在本机")
    page.locator("[data-form-message] a").tap()
    row = page.locator("a[data-pending]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(words)
    return row


def everything_arrived(page: Page, demo: Demo, live: LiveServer) -> None:
    """Each note with its card, each photo with its bytes, the finding on its note: once."""
    served = Served(demo, live)
    served.let_in("wen")
    ledger = Ledger(served.server, "wen", demo.today, start=0)
    before = {
        one["id"] for one in ledger.new("observed") if "离线记录" not in one["body"]["text"].get("zh", "")
    }
    nothing_left(page)
    notes = [one for one in ledger.new("observed") if one["id"] not in before]
    assert Counter(one["body"]["text"]["zh"] for one in notes) == {f"离线记录 {n}": 1 for n in range(NOTES)}
    cards = [one["body"]["cards"][0]["rows"][0]["population"] for one in notes]
    assert sorted(map(int, cards)) == [40 + n for n in range(NOTES)]
    assert all(one["body"]["clauses"] for one in notes)
    seventh = next(one for one in notes if one["body"]["text"]["zh"].endswith(" 7"))
    [change] = [one["body"] for one in ledger.new("amended") if one["body"]["target"] == seventh["id"]]
    assert change["observation"]["outcome"] == "nonconform"
    photos = [one["body"] for one in ledger.new("photographed")]
    mine = {
        one["observation"]: one["sha256"] for one in photos if one["observation"] in {n["id"] for n in notes}
    }
    assert len(mine) == NOTES
    [finding] = [one for one in ledger.new("found") if one["body"]["observations"] == [seventh["id"]]]
    assert finding["body"]["statement"] == {"zh": REWORDED}
    assert finding["body"]["requirement"]["zh"].startswith("GB/T 19001")
    for sha256 in mine.values():
        held = page.request.get(f"/audits/{demo.today}/photos/{sha256}").body()
        assert hashlib.sha256(held).hexdigest() == sha256
