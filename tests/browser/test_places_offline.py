"""Place packs and phrases where there is no network: from the walk to a note that arrives."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.browser.support.demo import Demo, Served
from tests.browser.support.people import Ledger, nothing_left
from tests.browser.support.phone import until
from tests.browser.support.site import own_phone, prepare_offline, site

FORM = "form[data-capture][data-ready]"
TEXT = "textarea[name=text]"
SAVE = ".dock button[type=submit]:not([data-again])"
OWN = "我的句子：容器__只"


def at_blank(page: Page, before: str) -> None:
    """Wait until the blank after these words is selected, so that what is typed fills it."""
    selection = (
        "field => [field.value.slice(0, field.selectionStart), field.value.slice(0, field.selectionEnd)]"
    )
    until(lambda: page.locator(TEXT).evaluate(selection) == [before, f"{before}__"], f"blank after {before}")
    expect(page.locator(TEXT)).to_be_focused()


def test_a_place_is_walked_by_its_pack_with_phrases(
    playwright: Playwright, demo: Demo, tmp_path: Path
) -> None:
    mine = demo.copy(tmp_path / "demo")
    with site(mine.data) as server, own_phone(playwright, tmp_path / "profile", server.url) as phone:
        page = phone.open("/")
        page.fill("[name=login]", "tong")
        page.fill("[name=password]", mine.password("tong"))
        page.locator("[name=own_phone]").check()
        page.locator("main form .go").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        prepare_offline(page, mine.today)
        server.stop()
        phone.close()
        page = phone.open(f"/audits/{mine.today}")
        page.get_by_role("link", name="仓储部 · 化学品、危险废物、消防").tap()
        page.locator("a[href*='/places']").first.tap()
        expect(page.locator("details#place-hazardous-waste")).to_have_attribute("open", "")
        page.locator("a[href$='item=pl-hw-count']").tap()
        page.locator(FORM).wait_for()
        expect(page.locator("[data-asked]")).to_contain_text("数或称三种")
        write_with_phrases(page)
        page.tap(SAVE)
        page.wait_for_url("**/stops/*")
        server.start()
        assert server.live
        served = Served(mine, server.live)
        served.let_in("wen")
        nothing_left(page)
        ledger = Ledger(served.server, "wen", mine.today, start=0)
        [note] = [one["body"] for one in ledger.new("observed") if one["body"].get("item") == "pl-hw-count"]
        assert note["text"]["zh"].startswith("看危废间：铝屑共12kg")
        assert [clause["number"] for clause in note["clauses"]] == ["8.1"]


def write_with_phrases(page: Page) -> None:
    """One's own phrase is kept and removed; the house's that fits stands first, its blanks are filled in."""
    fold = page.locator("[data-phrase-fold]")
    page.fill(TEXT, OWN.replace("__", "3"))
    fold.locator("summary").tap()
    page.locator("[data-keep-phrase]").tap()
    own = page.locator("[data-take-phrase]").first
    expect(own).to_contain_text("我的句子：容器")
    page.fill(TEXT, "")
    own.tap()
    expect(page.locator(TEXT)).to_have_value(OWN)
    at_blank(page, OWN.split("__")[0])
    expect(fold).not_to_have_attribute("open", "")
    fold.locator("summary").tap()
    page.get_by_role("button", name="删去这句").tap()
    expect(page.locator("[data-take-phrase]").filter(has_text="我的句子")).to_have_count(0)
    page.fill(TEXT, "")
    page.locator("[data-take-phrase]").filter(has_text="看危废间").tap()
    at_blank(page, "看危废间：")
    page.keyboard.type("铝屑")
    page.locator("[data-next-blank]").tap()
    at_blank(page, "看危废间：铝屑共")
    page.keyboard.type("12")
    expect(page.locator(TEXT)).to_have_value("看危废间：铝屑共12kg，标签__，台账__kg，最早入库__，联单__。")
