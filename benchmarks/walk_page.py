"""P3: GET a walk page, against a bare Litestar handler with the same session look-up and the same bytes.

Both are called as ASGI applications in this process, so that no HTTP parsing softens the ratio.

- warm: the account has just seen the page;
- after one append: a colleague recorded something since;
- cold: nothing of the audit is in memory.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from litestar import Litestar, Request, get
from litestar.response import Response

from benchmarks.append import observation
from benchmarks.common import Figure, folder
from server.app import create_app
from server.audit.admission import admit
from server.demo.sample import sample_file
from server.importing import import_file
from server.people.accounts import Account
from server.settings import Settings
from server.web import overview
from server.web.guards import COOKIE
from server.web.services import Services, open_services

WARM, CLIENTS, ROUNDS, COLD, RUNS = 800, 8, 40, 5, 5
"""Warm requests and clients; appends, each followed by a request; starts with empty memory; turns."""

App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class World:
    """A data folder with the sample audit and somebody who may read it."""

    data: Path
    audit: str
    token: str


async def _furnish(data: Path) -> World:
    async with open_services(Settings(data=data, cdn="off")) as services:
        imported = await import_file(services.journal, services.blobs, services.criteria, sample_file())
        account = await _office(services)
        token = await services.sessions.start(account.id, own_phone=False)
        return World(data, imported.audit, token)


async def _office(services: Services) -> Account:
    return await services.accounts.add(login="bench", name="Bench", role="office", password="rain-on-steel")


def _bare(data: Path, body: bytes) -> Litestar:
    """The comparator: one handler that looks up the session and returns the bytes."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_services(Settings(data=data, cdn="off")) as services:
            app.state.services = services
            yield

    @get("/audits/{audit:str}")
    async def walk(request: Request[Any, Any, Any], audit: str) -> Response[bytes]:
        session = await request.app.state.services.sessions.find(request.cookies[COOKIE])
        assert session is not None
        return Response(body, media_type="text/html")

    return Litestar([walk], lifespan=[lifespan], openapi_config=None, logging_config=None)


async def _ask(app: App, world: World) -> bytes:
    """The body of the walk page; anything but 200 is an error."""
    path = f"/audits/{world.audit}"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"cookie", f"{COOKIE}={world.token}".encode())],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{path}: {sent[0]['status']}")
    return b"".join(message.get("body", b"") for message in sent[1:])


async def _rate(app: App, world: World) -> float:
    """Requests per second of several clients at once, each asking again when it has its answer."""

    async def client() -> None:
        for _ in range(WARM // CLIENTS):
            await _ask(app, world)

    begin = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return WARM / (time.perf_counter() - begin)


async def _rate_alone(app: App, world: World) -> float:
    """Requests per second of one client."""
    begin = time.perf_counter()
    for _ in range(ROUNDS):
        await _ask(app, world)
    return ROUNDS / (time.perf_counter() - begin)


async def _rate_after_appends(app: Litestar, world: World) -> float:
    """Requests per second, the appends between them not counted."""
    services: Services = app.state.services
    passed = 0.0
    for _ in range(ROUNDS):
        raw = observation(world.audit)
        await services.journal.append(world.audit, [raw], sender="", admit=admit)
        begin = time.perf_counter()
        await _ask(app, world)
        passed += time.perf_counter() - begin
    return ROUNDS / passed


async def _rate_cold(world: World) -> float:
    """Requests per second of first requests, each to a program that has just opened its data."""
    times = []
    for _ in range(COLD):
        app = create_app(Settings(data=world.data, cdn="off"))
        async with app.lifespan():
            overview._overviews.clear()
            begin = time.perf_counter()
            await _ask(app, world)
            times.append(time.perf_counter() - begin)
    return 1 / median(times)


async def _turns(
    ours: Callable[[], Awaitable[float]], theirs: Callable[[], Awaitable[float]]
) -> tuple[float, float]:
    """Medians of both, measured in turns after one run each to warm up."""
    results: tuple[list[float], list[float]] = ([], [])
    for number in range(RUNS + 1):
        for ask, values in zip((ours, theirs), results, strict=True):
            value = await ask()
            if number:
                values.append(value)
    return median(results[0]), median(results[1])


async def _measure() -> list[Figure]:
    with folder() as path:
        world = await _furnish(path / "data")
        shutil.copytree(world.data, path / "bare")
        ours = create_app(Settings(data=world.data, cdn="off"))
        async with ours.lifespan():
            bare = _bare(path / "bare", await _ask(ours, world))
            async with bare.lifespan():
                warm = await _turns(lambda: _rate(ours, world), lambda: _rate(bare, world))
                after = await _turns(
                    lambda: _rate_after_appends(ours, world), lambda: _rate_alone(bare, world)
                )
                cold = await _turns(lambda: _rate_cold(world), lambda: _rate_alone(bare, world))
    measured = {"warm": warm, "after one append": after, "cold cache": cold}
    return [
        Figure(f"P3 walk page, {name}", "requests/s", mine, theirs, 0.5, "higher")
        for name, (mine, theirs) in measured.items()
    ]


def measure() -> list[Figure]:
    """The three figures, each beside the bare handler measured in turns with it."""
    return asyncio.run(_measure())


if __name__ == "__main__":
    for figure in measure():
        print(figure)
