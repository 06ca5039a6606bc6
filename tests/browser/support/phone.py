"""The phone in a test: a Chromium page of phone size, and what is asked of its outbox."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Playwright, expect
from playwright.sync_api import TimeoutError as TooLate

PHONE = {"width": 390, "height": 844}
PATIENCE_S = 60.0
CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
expect.set_options(timeout=PATIENCE_S * 1000)
LAB = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>lab</title>
<meta name="clausewalk-account" content="{account}"></head><body></body></html>"""
MODULES = "/static/test/js"
OWN_MODULES = "() => document.querySelector('script[src$=\"/js/main.js\"]')?.src ?? ''"
SHIFTS = """globalThis.shifts = [];
new PerformanceObserver((list) => globalThis.shifts.push(...list.getEntries().map((one) => one.value)))
  .observe({ type: "layout-shift", buffered: true });"""
"""How far things moved in a page without anybody having touched it: a script to begin it with."""
LISTENS = "html[data-ready], html:not(:has(script[src*='/js/main.js']))"


def launch(playwright: Playwright, *args: str) -> Browser:
    """Chromium as installed on this machine, with a camera that shows a test picture."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *args])


@contextmanager
def phone_page(browser: Browser, *, worker: bool = False, **options: Any) -> Iterator[Page]:
    """A new phone with empty storage. Errors of its scripts fail the test.

    It has the service worker only where the test is about that: while the server takes its time, the worker
    shows pages as they were last seen.
    """
    options |= {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    context = browser.new_context(service_workers="allow" if worker else "block", **options)
    context.set_default_timeout(PATIENCE_S * 1000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
        # Closing cuts off what the page was fetching, so errors are counted before.
        assert not errors, errors
    finally:
        close_all(context)


def close(page: Page) -> None:
    """Close a page, whatever it is doing.

    Chromium may never close one that is in the middle of a navigation, and Playwright waits for that without
    end. So the page is left first.
    """
    _leave(page)
    page.close()


def close_all(context: BrowserContext) -> None:
    """Close a browser context with all of its pages, whatever they are doing."""
    for page in context.pages:
        _leave(page)
    context.close()


def _leave(page: Page) -> None:
    with suppress(Error):  # what has crashed can be closed as it is
        visit(page, "about:blank")


def visit(page: Page, address: str) -> None:
    """Open an address, and wait until every script of the page listens.

    A page that is just loading itself anew, or going on, is a navigation of its own: then it is asked again.
    """
    until(lambda: _opened(page, address), f"{address} opens", within=3 * PATIENCE_S)
    listens(page)


def seen(page: Page, address: str, what: Locator) -> None:
    """Open an address until it shows this: where the server is slow, the worker gives the page as it was."""

    def shown() -> bool:
        visit(page, address)
        return what.count() == 1

    until(shown, f"{address} as it is now")


def _opened(page: Page, address: str) -> bool:
    """Whether the address was opened. One that another navigation replaced may fail, or never end."""
    try:
        page.goto(address, timeout=PATIENCE_S / 2 * 1000)
    except TooLate:
        return False
    except Error as error:
        if "interrupted by another navigation" not in str(error) and "ERR_ABORTED" not in str(error):
            raise
        page.wait_for_load_state()
        return False
    return True


def listens(page: Page) -> None:
    """Wait until the page takes taps: every page of somebody signed in says so (`main.js`)."""
    page.locator(LISTENS).wait_for(state="attached")


def until(question: Callable[[], Any], what: str = "", within: float = PATIENCE_S) -> Any:
    """Ask until the answer is true, and return it. Strict CSP rules out Playwright's own polling."""
    end = time.monotonic() + within
    while True:
        answer = _ask(question)
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"never true: {what or question} (last answer {answer!r})")
        time.sleep(0.05)


def _ask(question: Callable[[], Any]) -> Any:
    """The answer; none while the page that was asked goes on to another."""
    try:
        return question()
    except Error as error:
        if "Execution context was destroyed" not in str(error):
            raise
        return None


def modules(page: Page) -> str:
    """Where the modules are that the page itself runs, so that a test gets the same ones."""
    own: str = page.evaluate(OWN_MODULES)
    return own.removesuffix("/main.js") or MODULES


def start_outbox(page: Page, account: str) -> None:
    """Open the outbox of an account and keep it draining, as every page does."""
    page.evaluate(
        """async ([base, account]) => {
          const sync = await import(`${base}/sync.js`);
          await sync.start(account);
        }""",
        [modules(page), account],
    )


def call(page: Page, module: str, function: str, *args: Any) -> Any:
    """Call an exported function of a module in the page."""
    return page.evaluate(
        """async ([base, module, name, args]) => (await import(`${base}/${module}.js`))[name](...args)""",
        [modules(page), module, function, list(args)],
    )


def put(page: Page, *entries: dict[str, Any]) -> list[str]:
    """Keep entries, wait for the commit, and say that there is something to send."""
    ids: list[str] = call(page, "outbox", "put", list(entries))
    page.evaluate("async (base) => { (await import(`${base}/sync.js`)).now(); }", modules(page))
    return ids


def items(page: Page) -> list[dict[str, Any]]:
    """What is only on this phone."""
    found: list[dict[str, Any]] = call(page, "outbox", "items")
    return found


def online_again(page: Page) -> None:
    """What the phone says when the network comes back: try at once, whatever the timer says."""
    page.evaluate("dispatchEvent(new Event('online'))")


def drained(page: Page) -> None:
    """Wait until nothing is on this phone."""
    until(lambda: items(page) == [], "nothing left on this phone")


def rows(page: Page, store: str) -> list[Any]:
    """Everything in a store of the phone's database, without bytes."""
    text = page.evaluate(
        """async ([base, store]) => {
          const db = await (await import(`${base}/store.js`)).database();
          return JSON.stringify(await db.getAll(store));
        }""",
        [modules(page), store],
    )
    found: list[Any] = json.loads(text)
    return found


def put_photo(page: Page, jpeg: bytes, *, observation: str, audit: str, media: str = "image/jpeg") -> None:
    """Keep a photo as the camera gave it. Developing and sending are left to whoever starts the outbox."""
    page.evaluate(
        """async ([base, audit, observation, media, text]) => {
          const outbox = await import(`${base}/outbox.js`);
          const bytes = (await (await fetch(`data:;base64,${text}`)).arrayBuffer());
          const facts = { taken_at: "2026-11-18T10:42:00.000+08:00", subject: "equipment", place: "炉区" };
          await outbox.put([], [{ audit, observation, bytes, media, name: "IMG_0412.jpg", facts }]);
        }""",
        [modules(page), audit, observation, media, base64.b64encode(jpeg).decode()],
    )


def develop(page: Page) -> None:
    """Turn raw photos into ready ones, as every page does at its start."""
    page.evaluate(
        """async (base) => {
          const { developPhotos } = await import(`${base}/photos.js`);
          const { now } = await import(`${base}/sync.js`);
          await developPhotos(now);
        }""",
        modules(page),
    )
