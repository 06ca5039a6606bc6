"""A proxy between a phone and the server that does what networks and dying servers do.

Its address stays the same when the server is killed and another takes its place, as a name in the DNS does. A
fault takes the next matching request, once.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fault = Callable[["Passing", bytes], bool]
"""Answers or breaks a request; False: it goes on to the server after all."""

_HEADERS = 600
"""About what the headers of a request weigh."""
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class Proxy(ThreadingHTTPServer):
    """Where the phone believes the server to be."""

    daemon_threads = True

    def __init__(self, upstream: Callable[[], str]) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.upstream = upstream
        self.lock = threading.RLock()
        self.faults: list[tuple[re.Pattern[str], Fault]] = []
        self.lasting: list[tuple[re.Pattern[str], Fault]] = []
        self.seen: list[str] = []
        """`METHOD path` of every request, in the order of arrival."""
        self.over = threading.Event()
        self.uplink: Uplink | None = None
        """How fast a phone's requests come in; None: as fast as they do."""

    @property
    def url(self) -> str:
        """Address of the proxy."""
        return f"http://127.0.0.1:{self.server_port}"

    def fail(self, pattern: str, *faults: Fault) -> None:
        """Let the next requests whose `METHOD path` matches meet these faults, in order."""
        with self.lock:
            self.faults += [(re.compile(pattern), fault) for fault in faults]

    def always(self, pattern: str, fault: Fault) -> None:
        """Let every matching request meet this fault until `heal`."""
        with self.lock:
            self.lasting.append((re.compile(pattern), fault))

    def heal(self) -> None:
        """No faults from now on."""
        with self.lock:
            self.faults.clear()
            self.lasting.clear()

    @property
    def unused(self) -> int:
        """Faults that no request has met yet."""
        return len(self.faults)

    def take_fault(self, request: str) -> Fault | None:
        """The fault for this request, used up unless it lasts."""
        with self.lock:
            self.seen.append(request)
            for place, (pattern, fault) in enumerate(self.faults):
                if pattern.search(request):
                    del self.faults[place]
                    return fault
            return next((fault for pattern, fault in self.lasting if pattern.search(request)), None)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is no error here."""


class Uplink:
    """What all requests of a phone share on their way up."""

    def __init__(self, kbit_per_second: float) -> None:
        self._bytes_per_second = kbit_per_second * 125
        self._lock = threading.Lock()
        self._free_at = 0.0

    def carry(self, size: int) -> None:
        """Take as long as so many bytes take, after everything before them."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + size / self._bytes_per_second
            wait = self._free_at - time.monotonic()
        time.sleep(max(0.0, wait))


class Passing(BaseHTTPRequestHandler):
    """One request on its way."""

    # A connection per request: on one used before, Chromium itself repeats a request that was cut off.
    protocol_version = "HTTP/1.0"
    server: Proxy

    def do_GET(self) -> None:
        """Meet a fault, or go on to the server."""
        body = self._read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.take_fault(f"{self.command} {self.path}")
        if fault is None or not fault(self, body):
            self.forward(body)

    do_POST = do_PATCH = do_HEAD = do_GET  # noqa: N815 (the base class calls them so)

    def _read(self, size: int) -> bytes:
        if not self.server.uplink:
            return self.rfile.read(size)
        pieces = []
        self.server.uplink.carry(_HEADERS)
        while size and (piece := self.rfile.read(min(size, 4096))):
            self.server.uplink.carry(len(piece))
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """The server's answer; raises OSError where there is no server."""
        address = self.server.upstream().removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            connection.request(self.command, self.path, body or None, headers | {"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    @contextmanager
    def half_sent(self, body: bytes) -> Iterator[socket.socket]:
        """A connection on which the server got half of this request."""
        host, _, port = self.server.upstream().removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=60) as raw:
            lines = [f"{self.command} {self.path} HTTP/1.1"]
            headers = self.headers.items()
            lines += [f"{name}: {value}" for name, value in headers if name.lower() != "connection"]
            raw.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body[: len(body) // 2])
            yield raw

    def forward(self, body: bytes) -> None:
        """Go on to the server and bring its answer back."""
        try:
            status, headers, answer = self.ask(body)
        except (OSError, http.client.HTTPException):
            self.cut()
            return
        self.answer(status, answer, headers)

    def answer(self, status: int, body: bytes = b"", headers: list[tuple[str, str]] | None = None) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in headers or []:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self) -> None:
        """Break the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class calls it so)
        """Quiet."""


def refuse(status: int, body: bytes = b"{}", media: str = "application/json", **headers: str) -> Fault:
    """Answer with this instead of asking the server."""

    def fault(passing: Passing, _body: bytes) -> bool:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        passing.answer(status, body, [("Content-Type", media), *named])
        return True

    return fault


PORTAL = b"<!doctype html><html><title>Wi-Fi</title><h1>Welcome to the guest network</h1></html>"
portal_page = refuse(200, PORTAL, "text/html")
portal_redirect = refuse(302, b"", "text/html", Location="http://127.0.0.1:9/login")


def drop(passing: Passing, _body: bytes) -> bool:
    """Break the connection before the server hears of it."""
    passing.cut()
    return True


def lose_answer(passing: Passing, body: bytes) -> bool:
    """Let the server do its work, and break the connection instead of bringing the answer."""
    passing.ask(body)
    passing.cut()
    return True


def half(passing: Passing, body: bytes) -> bool:
    """Let half of the body reach the server, then break both connections."""
    with passing.half_sent(body):
        passing.cut()
    return True


def hang(passing: Passing, _body: bytes) -> bool:
    """Say nothing until the test is over, then break the connection."""
    passing.server.over.wait(120)
    passing.cut()
    return True


def late(brought: threading.Event) -> Fault:
    """Let the server do its work at once, and bring the answer only then."""

    def fault(passing: Passing, body: bytes) -> bool:
        status, headers, answer = passing.ask(body)
        brought.wait(120)
        passing.answer(status, answer, headers)
        return True

    return fault


@contextmanager
def proxied(upstream: Callable[[], str]) -> Iterator[Proxy]:
    """A running proxy on a free port of this machine."""
    proxy = Proxy(upstream)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.over.set()
        proxy.shutdown()
        proxy.server_close()
        thread.join()
