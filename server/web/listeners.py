"""Several listeners on one application: HTTPS for phones, plain HTTP for this machine and for `/trust`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

_BACKLOG = 512
_SHUTDOWN_SECONDS = 5
_STOPPING = (signal.SIGINT, signal.SIGTERM)


class Listener(Struct, frozen=True, kw_only=True):
    """Addresses to serve at.

    `chain` and `key`: over HTTPS; `trust_only`: `/trust` alone, the rest leads there.
    """

    sockets: list[socket.socket]
    chain: Path | None = None
    key: Path | None = None
    trust_only: bool = False
    behind_proxy: bool = False


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


async def serve(app: Litestar, listeners: list[Listener], *, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    The lifespan runs once, whatever the number of listeners; `ready` is called once.
    """
    async with app.lifespan():
        servers = [_server(app, listener) for listener in listeners]
        with _stopping(servers):
            tasks = [
                asyncio.create_task(server.serve(sockets=listener.sockets))
                for server, listener in zip(servers, listeners, strict=True)
            ]
            ready()
            await _until_first_ends(servers, tasks)


async def _until_first_ends(servers: list[uvicorn.Server], tasks: list[asyncio.Task[None]]) -> None:
    """One listener that ends, ends them all; its failure is raised here."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to `serve`, which stops all of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _server(app: ASGIApp, listener: Listener) -> uvicorn.Server:
    options: dict[str, Any] = {}
    if listener.chain and listener.key:
        options = {"ssl_certfile": str(listener.chain), "ssl_keyfile": str(listener.key)}
    return _Server(
        uvicorn.Config(
            _TrustOnly(app) if listener.trust_only else app,
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=listener.behind_proxy,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            **options,
        )
    )


@contextlib.contextmanager
def _stopping(servers: list[uvicorn.Server]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in _STOPPING:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in _STOPPING:
            loop.remove_signal_handler(number)


class _TrustOnly:
    """What plain HTTP gives on the LAN: the way to trust the server.

    No sign-in, nothing that sends a cookie.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return
        if scope["method"] in ("GET", "HEAD") and _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = [
            (b"location", b"/trust"),
            (b"content-length", b"0"),
            (b"cache-control", b"no-store"),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _is_open(path: str) -> bool:
    return path == "/trust" or path.startswith(("/trust/", "/static/"))
