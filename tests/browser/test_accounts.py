"""Accounts on a phone: invited by a link, the own password and devices, signing out with work that waits."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import COOKIE, Ledger, phone_of, sign_in
from tests.browser.support.phone import PATIENCE_S, items, phone_page, put, start_outbox, until, visit
from tests.browser.test_accessibility import AXE, CHECK, TAGS
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID, PASSWORD

NEW = "rain on steel at noon"


def axe(page: Page) -> list[str]:
    """What axe-core finds on a page that can't be opened by its address alone."""
    found: list[str] = page.evaluate(CHECK, TAGS)
    return found


def test_an_invitation_from_the_administrator_to_the_first_page(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "admin") as admin:
        admin.context.add_init_script(path=AXE)
        visit(admin, "/account")
        admin.get_by_role("link", name="账户", exact=True).click()
        admin.get_by_role("link", name="邀请").click()
        admin.get_by_label("姓名").fill("陆一")
        admin.get_by_label("登录名").fill("lu.yi")
        admin.get_by_role("button", name="生成邀请").click()
        expect(admin.locator(".qr svg")).to_be_visible()
        link = admin.locator("textarea[readonly]").input_value()
        assert axe(admin) == []
        assert re.fullmatch(rf"{server.url}/welcome/[\w-]{{43}}", link)
    with phone_page(browser, locale="zh-CN") as phone:
        phone.context.add_init_script(path=AXE)
        visit(phone, link)
        assert axe(phone) == []
        phone.get_by_label("新密码", exact=True).fill(NEW)
        phone.get_by_label("再输一遍").fill("something else")
        phone.get_by_role("button", name="就用这个密码").click()
        expect(phone.get_by_role("alert")).to_contain_text("两遍新密码不一样")
        phone.get_by_label("新密码", exact=True).fill(NEW)
        phone.get_by_label("再输一遍").fill(NEW)
        phone.get_by_role("button", name="就用这个密码").click()
        expect(phone.get_by_role("status").filter(has_text="密码设好了")).to_be_visible()
        phone.fill("[name=login]", "lu.yi")
        phone.fill("[name=password]", NEW)
        phone.locator("main form .go").click()
        phone.wait_for_url(f"{server.url}/")
        visit(phone, link)
        expect(phone.get_by_role("alert")).to_contain_text("请找管理员再要一个")


def test_changing_the_password_signs_the_other_phone_out(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "auditor") as phone, phone_page(browser, base_url=server.url) as other:
        visit(other, "/sign-in")
        other.fill("[name=login]", "auditor")
        other.fill("[name=password]", PASSWORD)
        other.locator("main form .go").click()
        other.wait_for_url(f"{server.url}/")
        visit(phone, "/account")
        expect(phone.locator(".devices > li")).to_have_count(2)
        expect(phone.locator(".devices").get_by_text("本机", exact=True)).to_be_visible()
        phone.get_by_label("现在的密码").fill(PASSWORD)
        phone.get_by_label("新密码", exact=True).fill(NEW)
        phone.get_by_label("再输一遍").fill(NEW)
        phone.get_by_role("button", name="改密码").click()
        expect(phone.get_by_role("status").filter(has_text="密码已改")).to_be_visible()
        expect(phone.locator(".devices > li")).to_have_count(1)
        visit(other, "/account")
        other.wait_for_url(re.compile("/sign-in"))


@pytest.mark.parametrize("sure", [False, True])
def test_signing_out_with_work_that_waits_asks_and_keeps_it(
    browser: Browser, server: LiveServer, sure: bool
) -> None:
    """What waits stays on the phone either way, and goes after the next sign-in."""
    with phone_of(browser, server, "auditor") as phone:
        ledger = Ledger(server)
        visit(phone, "/account")
        phone.context.route("**/entries", lambda route: route.abort())
        start_outbox(phone, ID["auditor"])
        body = {"stop": "s2", "text": {"zh": "退出前没送达"}}
        put(phone, {"kind": "observed", "audit": AUDIT, "body": body})
        until(lambda: len(items(phone)) == 1, "it waits")
        phone.get_by_role("button", name="退出登录").click()
        expect(phone.locator("dialog")).to_contain_text("还有 1 件只在这部手机上")
        if not sure:
            phone.locator("dialog button").first.click()
            expect(phone.locator("dialog")).to_have_count(0)
            assert phone.url.startswith(f"{server.url}/account")
            assert len(items(phone)) == 1
            return
        phone.get_by_role("button", name="仍然退出").click()
        phone.wait_for_url(re.compile("/sign-in"))
        assert ledger.new("observed") == []
        phone.context.unroute("**/entries")
        token = httpx.post(
            f"{server.url}/sign-in",
            data={"login": "auditor", "password": PASSWORD},
            headers={"Origin": server.url},
            timeout=PATIENCE_S,
        ).cookies[COOKIE]
        server.tokens = {**server.tokens, "auditor": token}
        sign_in(phone.context, server, "auditor")
        visit(phone, "/")
        [entry] = ledger.arrived("observed", 1)
        assert entry["body"]["text"]["zh"] == "退出前没送达"
        assert entry["by"] == ID["auditor"]
