"""Where the program runs, and what it says of that: WeChat's browser, a tab on iOS, the browser's promise."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.support.people import phone_of, sign_in
from tests.browser.support.phone import ARGS, CHROMIUM, phone_page, until, visit
from tests.browser.test_capture import CAPTURE
from tests.support.live import LiveServer

WECHAT = (
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.42"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)
ANSWERS = "navigator.storage.persist = navigator.storage.persisted = async () => globalThis.answer;"
OFFERS = """() => {
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = async () => { globalThis.prompted = true; };
  dispatchEvent(offer);
}"""


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


@pytest.mark.parametrize("address", ["/sign-in", CAPTURE])
def test_wechat_is_told_apart_and_led_out(browser: Browser, server: LiveServer, address: str) -> None:
    with phone_of(browser, server, "auditor", user_agent=WECHAT, locale="zh-CN") as page:
        visit(page, address)
        expect(page.locator("[data-wechat]")).to_contain_text("在浏览器打开")


def test_another_browser_is_not_told_to_leave(browser: Browser, server: LiveServer) -> None:
    with phone_page(browser, base_url=server.url) as page:
        visit(page, "/sign-in")
        page.locator("form").first.wait_for()
        assert page.locator("[data-wechat]").count() == 0


@pytest.mark.parametrize(("agent", "warned"), [(IPHONE, 1), (None, 0)])
def test_a_tab_on_ios_is_warned_of_what_it_loses(
    browser: Browser, server: LiveServer, agent: str | None, warned: int
) -> None:
    with phone_of(browser, server, "auditor", **({"user_agent": agent} if agent else {})) as page:
        visit(page, "/outbox")
        page.locator("[data-phone-facts] .note").first.wait_for()
        assert page.locator("[data-phone-facts]").get_by_text("七天不用").count() == warned


@pytest.mark.parametrize(("answer", "words"), [("true", "承诺不会自行清除"), ("false", "请求保留")])
def test_the_browsers_promise_is_asked_for_and_shown(
    browser: Browser, server: LiveServer, answer: str, words: str
) -> None:
    with phone_of(browser, server, "auditor") as page:
        page.add_init_script(f"globalThis.answer = {answer}; {ANSWERS}")
        visit(page, "/outbox")
        expect(page.locator("[data-phone-facts]")).to_contain_text(words)


def test_the_browsers_offer_to_install_stands_beside_it(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "auditor") as page:
        visit(page, "/outbox")
        page.locator("[data-phone-facts] .note").first.wait_for()
        page.evaluate(OFFERS)
        page.locator("[data-install]").click()
        until(lambda: page.evaluate("globalThis.prompted"))
        assert page.locator("[data-install]").count() == 0


def test_chromium_finds_nothing_against_installing(
    playwright: Playwright, server: LiveServer, tmp_path: Path
) -> None:
    # A profile on disk: every other context counts as private, where nothing is installed.
    context = playwright.chromium.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=ARGS)
    try:
        sign_in(context, server, "auditor")
        page = context.new_page()
        visit(page, f"{server.url}/")
        asked = context.new_cdp_session(page)
        assert asked.send("Page.getAppManifest")["errors"] == []
        assert asked.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    finally:
        context.close()
