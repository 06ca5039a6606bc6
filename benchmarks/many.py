"""P7: pages of an audit of 10,000 entries against one of 100; the list over 100,000 audits against 1,000.

- walk, stop: the page as somebody sees it after a colleague's entry came in, the entry not counted;
- list: its first page, a page in the middle, filters that leave much and little, a search that finds little.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from litestar import Litestar

from benchmarks.append import entry
from benchmarks.common import Figure, folder
from server.app import create_app
from server.audit.admission import admit
from server.audit.carry import carried_over
from server.database import FILE_NAME
from server.demo.sample import sample_file
from server.importing import import_file
from server.journal.listing import grams
from server.settings import Settings
from server.web.guards import COOKIE
from server.web.services import Services, open_services

FEW, MANY = 100, 10_000
SHORT, LONG = 1_000, 100_000
ROUNDS, RUNS = 12, 5
TEXT = "3 号真空炉保温 25 min，作业指导书 W-7 规定 30 min，已与操作工核对。"
LISTS = {
    "first page": "",
    "page in the middle": "?after={middle}",
    "a state and a scheme": "?only=released&scheme=QMS",
    "a leader, by client": "?leader=" + quote("组长007") + "&sort=client",
    "a search": "?find=" + quote("企业00007 "),
}


async def _furnish(data: Path) -> tuple[str, list[str]]:
    """A session that may see two audits with the plan of the sample, `FEW` and `MANY` entries long."""
    async with open_services(Settings(data=data, cdn="off")) as services:
        imported = await import_file(services.journal, services.blobs, services.criteria, sample_file())
        sample = await services.journal.state(imported.audit)
        values = carried_over(sample, "2026-05-18")
        stops = [key for key, stop in sample.setup.stops.items() if stop.type == "audit"]
        audits = [await _audit(services, values, stops, count) for count in (FEW, MANY)]
        return await _token(services), audits


async def _token(services: Services) -> str:
    account = await services.accounts.add(
        login="bench", name="Bench", role="office", password="rain-on-steel"
    )
    return await services.sessions.start(account.id, own_phone=False)


async def _audit(services: Services, values: dict[str, Any], stops: list[str], count: int) -> str:
    audit = str(uuid4())
    raws = [entry(audit, "opened", {"number": f"P7-{count}"})]
    raws += [entry(audit, "configured", {"path": path, "value": value}) for path, value in values.items()]
    raws += [_observed(audit, stops[n % len(stops)]) for n in range(count - len(raws))]
    for start in range(0, len(raws), 500):
        await services.journal.append(
            audit, raws[start : start + 500], sender="", admit=admit, create=start == 0
        )
    return audit


def _observed(audit: str, stop: str) -> bytes:
    body = {"stop": stop, "text": {"zh": TEXT}, "clauses": [{"scheme": "QMS", "number": "8.5.1"}]}
    return entry(audit, "observed", body | {"outcome": "conform"})


def _fill(data: Path, count: int) -> str:
    """Rows of the list as so many audits make them; the audit in their middle."""
    dice = random.Random(count)
    audits, schemes, heads = [], [], []
    for n in range(1, count + 1):
        audit = str(uuid4())
        client, number = f"企业{n % (count // 4 + 1):05d} 有限公司", f"N{n:06d}"
        leader = f"组长{n % (count // 100):03d}"
        day = f"20{dice.randrange(20, 27)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
        chosen = dice.sample(("QMS", "EMS", "OHSMS"), dice.randrange(1, 4))
        state = "released" if n % 20 else "open" if n % 3 else "planned"
        words = f"{number} {client} {leader}".casefold()
        audits.append(
            (n, audit, number, client, "", "", client, " ".join(chosen), day, day, leader, state, words)
        )
        schemes += [(scheme, n) for scheme in chosen]
        heads.append((audit, 1, ""))
    with sqlite3.connect(data / FILE_NAME) as raw:
        raw.executemany(f"INSERT INTO audits VALUES ({', '.join('?' * 13)})", audits)
        raw.executemany("INSERT INTO audit_schemes VALUES (?, ?)", schemes)
        raw.executemany("INSERT INTO heads VALUES (?, ?, ?)", heads)
        found = [(row[0], grams(str(row[-1]))) for row in audits]
        raw.executemany("INSERT INTO audit_grams (rowid, grams) VALUES (?, ?)", found)
    raw.close()
    return str(sorted(audits, key=lambda row: (row[8], row[1]))[count // 2][1])


async def _ask(app: Litestar, token: str, address: str) -> float:
    """Seconds that a GET takes; anything but 200 is an error."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"cookie", f"{COOKIE}={token}".encode())],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    begin = time.perf_counter()
    await app(scope, receive, send)  # type: ignore[arg-type]
    passed = time.perf_counter() - begin
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{address}: {sent[0]['status']}")
    return passed


async def _pages() -> list[Figure]:
    with folder() as data:
        token, audits = await _furnish(data)
        app = create_app(Settings(data=data, cdn="off"))
        async with app.lifespan():
            services: Services = app.state.services
            stop = "S08"

            async def page(audit: str, address: str) -> float:
                times = []
                for _ in range(ROUNDS):
                    await services.journal.append(audit, [_observed(audit, "S02")], sender="", admit=admit)
                    times.append(await _ask(app, token, address))
                return median(times) * 1000

            figures = []
            for name, path in (("walk page", ""), ("page of a stop", f"/stops/{stop}"), ("set-up", "/setup")):
                few, many = (f"/audits/{audit}{path}" for audit in audits)
                theirs, ours = await _turns(
                    partial(page, audits[0], few),
                    partial(page, audits[1], many),
                )
                figures.append(Figure(f"P7 {name}, {MANY:,} entries", "ms", ours, theirs, 2.0, "lower"))
            return figures


async def _lists() -> list[Figure]:
    with folder() as short, folder() as long:
        worlds = []
        for data, count in ((short, SHORT), (long, LONG)):
            async with open_services(Settings(data=data, cdn="off")) as services:
                token = await _token(services)
                await services.journal.count_audits()
            worlds.append((create_app(Settings(data=data, cdn="off")), token, _fill(data, count)))
        async with worlds[0][0].lifespan(), worlds[1][0].lifespan():

            async def page(at: int, query: str) -> float:
                app, token, middle = worlds[at]
                address = "/office/audits" + query.format(middle=middle)
                return median([await _ask(app, token, address) for _ in range(ROUNDS)]) * 1000

            figures = []
            for name, query in LISTS.items():
                theirs, ours = await _turns(
                    partial(page, 0, query),
                    partial(page, 1, query),
                )
                figures.append(Figure(f"P7 list, {LONG:,} audits, {name}", "ms", ours, theirs, 2.0, "lower"))
            return figures


async def _turns(
    first: Callable[[], Awaitable[float]], then: Callable[[], Awaitable[float]]
) -> tuple[float, float]:
    """Medians of both, measured in turns after one run each to warm up."""
    results: tuple[list[float], list[float]] = ([], [])
    for number in range(RUNS + 1):
        for measured, values in zip((first, then), results, strict=True):
            value = await measured()
            if number:
                values.append(value)
    return median(results[0]), median(results[1])


def measure() -> list[Figure]:
    """The figures of pages and of the list."""
    return [*asyncio.run(_pages()), *asyncio.run(_lists())]


if __name__ == "__main__":
    for figure in measure():
        print(figure)
