"""Flight mode on the last day: the client signs on the auditor's phone, last year's finding is verified."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
from playwright.sync_api import Page, Playwright, expect

from tests.browser.support.guests import draw, picture_is_there
from tests.browser.support.people import COOKIE, Ledger, nothing_left
from tests.browser.support.phone import PATIENCE_S, seen, visit
from tests.browser.support.site import own_phone, prepare_offline, site
from tests.support.live import LiveServer
from tests.support.world import AUDIT, FINDING, ID, PASSWORD, entry

STOP = f"/audits/{AUDIT}/stops/s2"
OLD = "NC-2025-3"
LAST_YEAR = {
    "number": OLD,
    "grade": "minor",
    "department": "生产部",
    "clauses": [{"scheme": "QMS", "number": "8.5.1"}],
    "statement": {"zh": "钎焊炉没有点检记录"},
}


def carry_over(server: LiveServer) -> None:
    """The office brings a nonconformity of the previous audit into this one."""
    answer = httpx.post(
        f"{server.url}/audits/{AUDIT}/entries",
        json=[entry("configured", {"path": f"previous/{OLD}", "value": LAST_YEAR}, by="office")],
        cookies={COOKIE: server.tokens["office"]},
        headers={"Clausewalk": "1"},
        timeout=PATIENCE_S,
    )
    assert [one["status"] for one in answer.json()["results"]] == ["stored"]


def come_in(page: Page) -> None:
    """Sign in by the form on one's own phone."""
    page.fill("[name=login]", "leader")
    page.fill("[name=password]", PASSWORD)
    page.locator("[name=own_phone]").check()
    page.locator("main form .go").tap()
    page.wait_for_url(lambda url: "sign-in" not in url)


def the_client_signs(page: Page) -> None:
    visit(page, f"/audits/{AUDIT}/findings/{FINDING}")
    box = page.locator("[data-acknowledge]")
    box.locator("[data-name]").fill("邱晓芸")
    box.locator("[data-dissent]").fill("定时器当时正在维修")
    box.locator("[data-sign]").tap()
    expect(page.locator("dialog.signing .rec")).to_contain_text("签字表示理解，不表示接受")
    draw(page, page.locator("dialog.signing [data-pad]"))
    page.locator("dialog.signing .go").tap()
    waits_to_be_sent(page)
    visit(page, f"/audits/{AUDIT}/findings/{FINDING}")
    waits_to_be_sent(page)


def waits_to_be_sent(page: Page) -> None:
    expect(page.locator("[data-acknowledge] [data-message]")).to_contain_text("已签，仅在本机")
    expect(page.locator("[data-acknowledge] [data-sign]")).to_be_hidden()


def last_years_is_verified(page: Page) -> None:
    visit(page, STOP)
    old = page.locator(f"#previous [data-object='{OLD}']")
    expect(old).to_contain_text("钎焊炉没有点检记录")
    old.locator("input[name=result][value=effective]").check()
    old.locator("textarea").fill("看了 10 月点检记录 31 份，齐全")
    old.locator("button[type=submit]").tap()
    expect(old.locator("[data-form-message]")).to_contain_text("仅在本机")
    expect(old.locator("button[type=submit]")).to_be_disabled()
    visit(page, STOP)
    expect(old.locator(":scope > [data-pending-mark]")).to_contain_text("仅在本机")


def test_signed_and_verified_in_flight_mode(
    playwright: Playwright, furnished: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    data = Path(shutil.copytree(furnished[0], tmp_path / "data"))
    with site(data) as server, own_phone(playwright, tmp_path / "profile", server.url) as phone:
        assert server.live
        server.live.tokens = furnished[1]
        carry_over(server.live)
        ledger = Ledger(server.live)
        come_in(phone.open("/sign-in"))
        assert phone.context
        prepare_offline(phone.context.pages[0], AUDIT)
        server.stop()
        phone.close()
        page = phone.open("/")
        the_client_signs(page)
        last_years_is_verified(page)
        server.start()
        server.live.tokens = furnished[1]
        nothing_left(page)
        [signed] = ledger.new("signed")
        [verified] = ledger.new("verified")
        assert signed["body"]["what"] == f"nonconformity/{FINDING}"
        assert (signed["body"]["name"], signed["body"]["way"]) == ("邱晓芸", "passed")
        assert signed["body"]["version"] == FINDING
        assert "不同意见：定时器当时正在维修" in signed["body"]["text"]
        picture_is_there(server.live, signed)
        assert (verified["body"]["target"], verified["body"]["result"]) == (OLD, "effective")
        assert (verified["body"]["verifier"], verified["body"]["method"]) == (ID["leader"], "on_site")
        seen(page, f"/audits/{AUDIT}/findings/{FINDING}", page.locator("#acknowledgement img.ink"))
        seen(page, STOP, page.locator("#previous summary", has_text=OLD).filter(has_text="已验证有效"))
