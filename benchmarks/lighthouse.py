"""P2: points that Lighthouse gives for performance, on the slow phone and the slow network it assumes.

The comparator is the stop's page without scripts, styles and pictures, judged in turn: what it lacks of 100,
and how far its runs lie apart, is the machine. The budget is absolute.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

import httpx

from benchmarks.common import folder
from benchmarks.phone import ITEMS, STOP, furnish
from tests.browser.support.people import COOKIE
from tests.support.lighthouse import Asked, judge
from tests.support.live import live_server

RUNS, POINTS = 5, 100
PAGES = {"stop": f"a stop with {ITEMS} items", "sign-in": "sign-in"}
LOADED = re.compile(r"<script\b.*?</script>|<svg\b.*?</svg>|<link\b[^>]*>", re.DOTALL)


def main() -> int:
    """Measure and print; 1 if a page gets less."""
    with folder() as data:
        tokens = asyncio.run(furnish(data / "data"))
        with live_server(data / "data") as server:
            session = {COOKIE: tokens["auditor"]}
            stop = Asked("stop", server.url + STOP, session)
            with _bare(httpx.get(stop.url, cookies=session).text) as bare:
                points = _points(stop, Asked("bare", bare, {}), Asked("sign-in", f"{server.url}/sign-in", {}))
    results = [_say(f"P2 Lighthouse, {PAGES[name]}", points[name], points["bare"]) for name in PAGES]
    return 0 if all(results) else 1


def _points(*pages: Asked) -> dict[str, list[int]]:
    """The points of each page, judged in turns after one round to warm up."""
    points: dict[str, list[int]] = {page.name: [] for page in pages}
    for told in judge([*pages] * (RUNS + 1), "performance")[len(pages) :]:
        points[told.name].append(told.scores["performance"])
    return points


def _say(name: str, ours: list[int], theirs: list[int]) -> bool:
    met = median(ours) >= POINTS
    mine, bare = (f"{median(one):.0f} ({min(one)}–{max(one)})" for one in (ours, theirs))
    print(f"{name}: {mine} of {POINTS}, comparator {bare} (budget {POINTS}) {'met' if met else 'MISSED'}")
    return met


@contextmanager
def _bare(page: str) -> Iterator[str]:
    """The address of a page's words with nothing to load beside them."""
    body = gzip.compress(LOADED.sub("", page).encode())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": "text/html", "Content-Encoding": "gzip"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
