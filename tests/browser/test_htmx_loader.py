"""htmx comes from the CDN when that answers rightly and at once, else from this server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from server.settings import libraries
from tests.browser.support.fake_server import STATIC, FakeServer
from tests.browser.support.phone import MODULES, until, visit

HTMX = STATIC / libraries()["htmx"].file
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>lab</title>
<meta name="clausewalk-cdn" content="{url}" data-integrity="{integrity}"></head><body></body></html>"""
Behaviour = Callable[["Cdn"], None]


class Cdn(BaseHTTPRequestHandler):
    """One request to the fake CDN; how it behaves is the server's `behaviour`."""

    server: CdnServer

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.behaviour(self)

    def answer(self, body: bytes) -> None:
        """Answer as a CDN does."""
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "public, max-age=3600")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


class CdnServer(ThreadingHTTPServer):
    """A fake CDN."""

    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Cdn)
        self.behaviour = behaviour
        self.asked = 0
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it serves htmx."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def cdn(behaviour: Behaviour) -> Iterator[CdnServer]:
    """A running fake CDN."""
    server = CdnServer(behaviour)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def right_bytes(request: Cdn) -> None:
    request.answer(HTMX.read_bytes())


def wrong_bytes(request: Cdn) -> None:
    request.answer(HTMX.read_bytes() + b"\nglobalThis.evil = true;")


def black_hole(request: Cdn) -> None:
    request.server.over.wait(60)


def half_the_bytes_then_silence(request: Cdn) -> None:
    body = HTMX.read_bytes()
    request.send_response(200)
    request.send_header("Access-Control-Allow-Origin", "*")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body[:1000])
    request.wfile.flush()
    request.server.over.wait(60)


def load(page: Page, server: FakeServer, url: str) -> tuple[str, str, bool]:
    """Where htmx came from, its version, and whether anything foreign ran."""
    server.pages["/lab"] = PAGE.format(url=url, integrity=libraries()["htmx"].integrity)
    visit(page, f"{server.url}/lab")
    source, version, evil = page.evaluate(
        """async (base) => {
          const source = await (await import(`${base}/htmx-loader.js`)).load();
          return [source, htmx.version, "evil" in globalThis];
        }""",
        MODULES,
    )
    return source, version, evil


@pytest.mark.parametrize(
    ("behaviour", "source"),
    [(right_bytes, "cdn"), (wrong_bytes, "own"), (black_hole, "own"), (half_the_bytes_then_silence, "own")],
)
def test_only_the_right_bytes_in_time_come_from_the_cdn(
    phone: Page, faulty: FakeServer, behaviour: Behaviour, source: str
) -> None:
    with cdn(behaviour) as far:
        faulty.cdn = far.url
        # In time is the page's own limit: a machine that stalls longer is no answer to what is asked here.
        loaded = until(lambda: (one := load(phone, faulty, f"{far.url}/htmx.min.js"))[0] == source and one)
        assert far.asked >= 1
    assert loaded == (source, libraries()["htmx"].version, False)


def test_a_cdn_that_refuses_connections_is_no_hindrance(phone: Page, faulty: FakeServer) -> None:
    faulty.cdn = "http://127.0.0.1:9"
    assert load(phone, faulty, "http://127.0.0.1:9/htmx.min.js")[0] == "own"


def test_without_a_cdn_nobody_is_asked(phone: Page, faulty: FakeServer) -> None:
    assert load(phone, faulty, "")[0] == "own"
