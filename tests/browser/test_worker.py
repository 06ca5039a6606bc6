"""The service worker: pages from the phone when the network doesn't answer, and nothing else from it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.support.follow_up import leave_by
from tests.browser.support.people import COOKIE, phone_of
from tests.browser.support.phone import PATIENCE_S, call, seen, until, visit
from tests.support.live import LiveServer, live_server
from tests.support.proxy import PORTAL, Proxy, hang, late, portal_page, portal_redirect, proxied, refuse
from tests.support.world import AUDIT, ID, PASSWORD

STOP = f"/audits/{AUDIT}/stops/s2"
CAPTURE = f"{STOP}/capture"
FORM = "form[data-capture][data-ready]"
CONTROLLED = "() => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"


class Site:
    """A server that can be stopped and started again behind one address."""

    def __init__(self, data: Path, tokens: dict[str, str]) -> None:
        self.data = data
        self.tokens = tokens
        self.live: LiveServer | None = None
        self.stopped: LiveServer | None = None

    @property
    def upstream(self) -> str:
        """Where the server is; nowhere while it is stopped."""
        return self.live.url if self.live else "http://127.0.0.1:9"

    def stop(self) -> None:
        """The network is gone for everything that asks it."""
        self.live, self.stopped = None, self.live

    def start(self) -> None:
        """It is back."""
        self.live = self.stopped


@pytest.fixture
def site(server: LiveServer, data: Path) -> Site:
    """The server of the test's own."""
    made = Site(data, dict(server.tokens))
    made.live = server
    return made


@pytest.fixture
def proxy(site: Site) -> Iterator[Proxy]:
    """What the phone takes for the server."""
    with proxied(lambda: site.upstream) as running:
        yield running


@pytest.fixture
def phone(browser: Browser, site: Site, proxy: Proxy) -> Iterator[Page]:
    """The auditor's phone, its worker running."""
    known = LiveServer(site.live.process, site.data, proxy.url, "", site.tokens)  # type: ignore[union-attr]
    with phone_of(browser, known, "auditor", worker=True, permissions=["camera"]) as page:
        visit(page, "/")
        until(lambda: page.evaluate(CONTROLLED), "the worker controls the page")
        yield page


def look_at(page: Page, *addresses: str) -> None:
    """Look at pages while there is a network."""
    for address in addresses:
        visit(page, address)
        if page.locator("form[data-capture]").count():
            page.locator(FORM).wait_for()


def asked(page: Page, expression: str) -> Any:
    """What the page says to this, whatever it is loading just now."""
    try:
        return page.evaluate(f"() => {expression}")
    except Error as gone:
        return str(gone)


def test_the_list_names_every_file_with_its_hash(phone: Page, proxy: Proxy) -> None:
    script = httpx.get(f"{proxy.url}/sw.js", timeout=PATIENCE_S)
    assert script.headers["Cache-Control"] == "no-cache"
    assert script.headers["Service-Worker-Allowed"] == "/"
    kept = phone.evaluate(
        """async () => {
          const [name] = (await caches.keys()).filter((one) => one.startsWith("clausewalk-shell-"));
          return (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
        }"""
    )
    assert {path.split("/", 3)[3] for path in kept if path.startswith("/static/")} >= {
        "css/app.css",
        "js/main.js",
        "js/outbox.js",
        "vendor/htmx.min.js",
        "vendor/idb.js",
        "icons/icons.svg",
    }


def test_pages_seen_before_open_without_a_network(phone: Page, site: Site) -> None:
    look_at(phone, f"/audits/{AUDIT}", STOP, CAPTURE)
    site.stop()
    visit(phone, f"/audits/{AUDIT}")
    expect(phone.locator("ol.route a.go1[href$=s2]")).to_be_visible()
    visit(phone, STOP)
    expect(phone.locator("#records")).to_be_visible()
    visit(phone, f"{CAPTURE}?item=Q8.5.1")
    phone.locator(FORM).wait_for()
    assert phone.evaluate("() => getComputedStyle(document.body).display") == "grid"


def test_a_pack_is_shown_though_the_worker_saw_no_page_before(phone: Page, site: Site) -> None:
    visit(phone, f"/audits/{AUDIT}")
    assert phone.evaluate("() => caches.delete('clausewalk-state')")
    phone.locator("[data-pack] [data-part=fetch]").tap()
    expect(phone.locator("[data-pack] [data-part=state] [data-k=ok]")).to_be_visible()
    site.stop()
    visit(phone, STOP)
    expect(phone.locator("#records")).to_be_visible()


def test_a_page_never_seen_says_so(phone: Page, site: Site) -> None:
    site.stop()
    visit(phone, f"/audits/{AUDIT}/stops/s1")
    expect(phone.locator("h1")).to_contain_text("没有网络")
    site.start()
    phone.locator("[data-again]").tap()
    expect(phone.locator("#records")).to_be_visible()


def test_a_server_that_never_answers_costs_a_moment(phone: Page, proxy: Proxy) -> None:
    look_at(phone, STOP)
    proxy.always("GET /audits", hang)
    visit(phone, STOP)
    expect(phone.locator("#records")).to_be_visible()


@pytest.mark.parametrize("portal", [portal_page, portal_redirect, refuse(502, b"bad gateway", "text/html")])
def test_a_captive_portal_replaces_no_page(phone: Page, proxy: Proxy, portal: object) -> None:
    look_at(phone, STOP)
    proxy.always("GET /", portal)  # type: ignore[arg-type]
    visit(phone, STOP)
    expect(phone.locator("#records")).to_be_visible()
    proxy.heal()
    visit(phone, STOP)
    expect(phone.locator("#records")).to_be_visible()


def test_where_nothing_is_kept_the_portal_is_seen_but_not_kept(phone: Page, proxy: Proxy, site: Site) -> None:
    proxy.always("GET /audits", portal_page)
    visit(phone, STOP)
    expect(phone.locator("h1")).to_have_text("Welcome to the guest network")
    assert PORTAL
    proxy.heal()
    site.stop()
    visit(phone, STOP)
    expect(phone.locator("h1")).to_contain_text("没有网络")


def test_what_changed_is_seen_when_the_network_is_there(phone: Page, proxy: Proxy, site: Site) -> None:
    look_at(phone, "/account")
    phone.locator("label").filter(has_text="English").tap()
    leave_by(phone, phone.locator("main form .go").first)  # a slow server: the page as it was before
    seen(phone, "/", phone.locator("html[lang=en]"))
    site.stop()
    visit(phone, STOP)
    expect(phone.locator("h1")).to_contain_text("No network")


def test_interfaces_are_never_answered_from_the_phone(phone: Page, site: Site) -> None:
    ask = "(url) => fetch(url, { headers: { Clausewalk: '1' } }).then((one) => one.status, () => 0)"
    assert phone.evaluate(ask, f"/audits/{AUDIT}/head") == 200
    assert phone.evaluate(ask, f"/audits/{AUDIT}/entries") == 200
    site.stop()
    assert phone.evaluate(ask, f"/audits/{AUDIT}/head") == 0
    assert phone.evaluate(ask, f"/audits/{AUDIT}/entries") == 0


def test_signing_out_without_a_network_hides_everything_at_once(
    phone: Page, proxy: Proxy, site: Site
) -> None:
    look_at(phone, STOP, "/account")
    site.stop()
    visit(phone, "/account")  # the way out is on the phone, too
    phone.locator("form[action='/sign-out'] button").tap()
    expect(phone.locator("h1")).to_contain_text("没有网络")
    expect(phone.locator("[data-offline]")).to_contain_text("已退出登录")
    for address in ("/", STOP, "/outbox"):
        visit(phone, address)
        expect(phone.locator("[data-offline]")).to_contain_text("已退出登录")
    assert [name for name in asked(phone, "caches.keys()") if "pages" in name] == []
    site.start()
    seen(phone, STOP, phone.locator("[name=login]"))  # a slow server: it has not heard of it yet
    assert "/sign-in?" in phone.url
    answer = httpx.get(f"{proxy.url}/", cookies={COOKIE: site.tokens["auditor"]}, timeout=PATIENCE_S)
    assert "/sign-in" in answer.headers["Location"], "the session went on"


def test_a_page_on_its_way_at_a_sign_out_is_not_kept(phone: Page, proxy: Proxy, site: Site) -> None:
    address, brought = f"/audits/{AUDIT}/findings", threading.Event()
    proxy.fail(f"GET {address}$", late(brought))
    phone.evaluate("(url) => { self.coming = fetch(url).then((page) => page.text()); }", address)
    until(lambda: f"GET {address}" in proxy.seen)
    other = phone.context.new_page()
    visit(other, "/account")
    other.locator("form[action='/sign-out'] button").tap()
    other.wait_for_url("**/sign-in")
    brought.set()
    assert AUDIT in phone.evaluate("self.coming")
    site.stop()
    visit(other, address)
    expect(other.locator("[data-offline]")).to_contain_text("已退出登录")
    assert [name for name in other.evaluate("caches.keys()") if "pages" in name] == []


def test_pages_of_one_account_are_not_shown_to_another(
    phone: Page, browser: Browser, site: Site, proxy: Proxy
) -> None:
    look_at(phone, STOP)
    phone.context.add_cookies([{"name": COOKIE, "value": site.tokens["leader"], "url": proxy.url}])
    seen(phone, "/", phone.locator("h1", has_text="leader"))
    site.stop()
    visit(phone, STOP)
    expect(phone.locator("h1")).to_contain_text("没有网络")


def test_whoever_signs_in_next_gets_no_page_of_the_one_before(phone: Page, proxy: Proxy) -> None:
    """The session of the first ran out, and the server takes its time for the page of the next one."""
    look_at(phone, STOP)
    phone.context.clear_cookies()
    other = phone.context.new_page()
    for page in (other, phone):
        seen(page, f"/sign-in?next={STOP}", page.locator("[name=login]"))
    phone.fill("[name=login]", "leader")
    phone.fill("[name=password]", PASSWORD)
    brought = threading.Event()
    proxy.always(f"GET {STOP}", late(brought))
    phone.locator("main form .go").click(no_wait_after=True)
    until(lambda: not call(other, "phone-state", "phoneState")["account"], "no page is shown from the phone")
    brought.set()
    phone.wait_for_url(f"{proxy.url}{STOP}")
    expect(phone.locator("html")).to_have_attribute("data-account", ID["leader"])


def test_a_refused_password_leaves_what_the_phone_shows(phone: Page, site: Site) -> None:
    look_at(phone, STOP)
    phone.context.clear_cookies()
    seen(phone, "/sign-in", phone.locator("[name=login]"))
    phone.fill("[name=login]", "leader")
    phone.fill("[name=password]", "another-1")
    phone.locator("main form .go").click()
    expect(phone.locator("main form [role=alert]")).to_be_visible()
    site.stop()
    visit(phone, STOP)
    expect(phone.locator("html")).to_have_attribute("data-account", ID["auditor"])


def test_the_worker_answers_the_cdn(browser: Browser, data: Path, server: LiveServer) -> None:
    cdn = "http://127.0.0.1:9"  # nobody is there
    with live_server(data, CLAUSEWALK_CDN=cdn) as other:
        other.tokens = server.tokens
        with phone_of(browser, other, "auditor", worker=True) as page:
            visit(page, "/")
            until(lambda: page.evaluate(CONTROLLED), "the worker controls the page")
            from_cdn = page.locator(f"script[src^='{cdn}']")

            def came_in_time() -> bool:
                visit(page, STOP)
                call(page, "htmx-loader", "load")
                return from_cdn.count() == 1

            until(came_in_time, "the worker answers for the CDN")


def test_the_kill_switch_takes_the_worker_and_pages_but_not_the_outbox(
    phone: Page, proxy: Proxy, site: Site
) -> None:
    look_at(phone, CAPTURE)
    site.stop()
    phone.fill("textarea[name=text]", "关闭离线前写下的")
    phone.tap(".dock button[type=submit]:not([data-again])")
    phone.wait_for_url(f"**{STOP}")
    if site.stopped:
        site.stopped.process.send_signal(signal.SIGTERM)
        site.stopped.process.wait()
    with live_server(site.data, CLAUSEWALK_OFFLINE="off") as other:
        site.live = other
        proxy.always("POST .*/entries", hang)
        visit(phone, "/")  # the browser looks for a new worker at every navigation
        until(lambda: asked(phone, "caches.keys()") == [], "no cache is left")
        until(lambda: asked(phone, "navigator.serviceWorker.getRegistrations()") == [], "no worker is left")
        visit(phone, "/outbox")
        expect(phone.locator("[data-part=count]")).to_have_text("1")
        proxy.heal()
        visit(phone, "/outbox")
        expect(phone.locator("[data-part=gate]")).to_have_attribute("data-k", "ok")
