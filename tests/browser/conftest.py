"""Browser tests: one Chromium for all of them, a fresh phone and a fresh server for each."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.support.demo import Demo, Served, make_demo, serve
from tests.browser.support.fake_server import FakeServer, fake_server
from tests.browser.support.people import Ledger, phone_of
from tests.browser.support.phone import launch, phone_page
from tests.support.live import LiveServer, live_server
from tests.support.sample import Sampled, furnish


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, once for the whole run."""
    started = launch(playwright)
    yield started
    started.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone with empty storage."""
    with phone_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def shared(
    furnished: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """One server for all tests of a file."""
    data = Path(shutil.copytree(furnished[0], tmp_path_factory.mktemp("shared") / "data"))
    with live_server(data) as running:
        running.tokens = furnished[1]
        yield running


@pytest.fixture
def ledger(server: LiveServer) -> Ledger:
    """What the test adds to the journal."""
    return Ledger(server)


@pytest.fixture
def leader(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The leader's phone."""
    with phone_of(browser, server, "leader") as page:
        yield page


@pytest.fixture
def auditor(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The auditor's phone."""
    with phone_of(browser, server, "auditor") as page:
        yield page


@pytest.fixture
def faulty() -> Iterator[FakeServer]:
    """A server that misbehaves on demand."""
    with fake_server() as server:
        yield server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration, made once. To be copied or looked at, not changed."""
    return make_demo(tmp_path_factory.mktemp("demo") / "data")


@pytest.fixture
def demonstration(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    """A demonstration of the test's own on a running server."""
    with serve(demo.copy(tmp_path / "demo")) as served:
        yield served


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Sampled:
    """The sample audit, and one with the same plan that begins today."""
    data = tmp_path_factory.mktemp("sampled") / "data"
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps a loop in this thread
        return elsewhere.submit(lambda: asyncio.run(furnish(data, datetime.now(UTC).date()))).result()


@pytest.fixture(scope="module")
def served(sampled: Sampled) -> Iterator[LiveServer]:
    """The program with both audits in it, as a process of its own."""
    with live_server(sampled.data) as running:
        running.tokens = sampled.tokens
        yield running


@pytest.fixture
def wen(browser: Browser, served: LiveServer) -> Iterator[Page]:
    """The phone of the leader of the sample audit."""
    with phone_of(browser, served, "wen") as page:
        yield page
