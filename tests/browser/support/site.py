"""A server stopped and started again at one address, and a phone whose browser is closed in between."""

from __future__ import annotations

import os
import random
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from tests.browser.support.phone import ARGS, CHROMIUM, PATIENCE_S, PHONE, until, visit
from tests.support.live import ROOT, LiveServer, live_server

CONTROLLED = "() => Boolean(navigator.serviceWorker.controller)"
PORTS = range(20_000, 32_768)  # below those that systems give out by themselves


def free_port() -> int:
    """A port that nobody uses, and that no outgoing connection is given while the server is stopped."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


class Site:
    """A server at a fixed port of this machine."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.live: LiveServer | None = None
        self._stack = ExitStack()

    def start(self, program: Path = ROOT, **settings: str) -> None:
        """Serve, and wait until the server says that it is ready. `program`: another build of it."""
        server = live_server(self.data, "--port", str(self.port), program=program, **settings)
        self.live = self._stack.enter_context(server)

    def stop(self) -> None:
        """End the server: whoever asks from now on is refused."""
        self._stack.close()
        self.live = None

    def kill(self) -> None:
        """`kill -9`."""
        if self.live:
            self.live.process.send_signal(signal.SIGKILL)
            self.live.process.wait()
            self.live = None


@contextmanager
def site(data: Path) -> Iterator[Site]:
    """A running site."""
    made = Site(data)
    try:
        made.start()
        yield made
    finally:
        made.stop()


class OwnPhone:
    """A phone with a profile on the disk: closing and opening it is a cold start."""

    def __init__(self, playwright: Playwright, profile: Path, url: str, **options: Any) -> None:
        self.playwright = playwright
        self.profile = profile
        self.url = url
        self.options = options
        self.context: BrowserContext | None = None

    def open(self, address: str = "/") -> Page:
        """Start the browser at an address."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=CHROMIUM,
            args=ARGS,
            viewport=PHONE,  # type: ignore[arg-type]
            has_touch=True,
            is_mobile=True,
            base_url=self.url,
            permissions=["camera"],
            **self.options,
        )
        self.context.set_default_timeout(PATIENCE_S * 1000)
        page = self.context.pages[0]
        visit(page, address)
        return page

    def kill(self) -> None:
        """`kill -9` on this phone's browser, whatever it is doing."""
        mine = f"--user-data-dir={self.profile}".encode()
        for command in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if mine in command.read_bytes().split(b"\0"):
                    os.kill(int(command.parent.name), signal.SIGKILL)
        if self.context:
            with suppress(Error, IndexError):
                while True:  # until the driver has noticed, which it tells whoever waits for a page
                    self.context.pages[0].wait_for_timeout(50)
            with suppress(Error):
                self.context.close()
            self.context = None

    def close(self) -> None:
        """Close the browser, however far it is."""
        if self.context:
            self.context.close()
            self.context = None


@contextmanager
def own_phone(playwright: Playwright, profile: Path, url: str, **options: Any) -> Iterator[OwnPhone]:
    """A phone that is closed at the end."""
    phone = OwnPhone(playwright, profile, url, **options)
    try:
        yield phone
    finally:
        phone.close()


def has_worker(page: Page) -> None:
    """Wait until the service worker answers for this page."""
    until(lambda: page.evaluate(CONTROLLED), "the worker controls the page")


def prepare_offline(page: Page, audit: str) -> None:
    """One tap on the audit's walk, and wait until it says 可离线."""
    visit(page, f"/audits/{audit}")
    has_worker(page)
    box = page.locator("[data-pack]")
    box.locator("[data-part=fetch]").tap()
    ready = box.locator("[data-part=state] [data-k=ok]")
    until(ready.count, "ready offline", within=3 * PATIENCE_S)  # dozens of pages
