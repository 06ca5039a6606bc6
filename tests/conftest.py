"""What holds for every test: its markers by folder, the order of the run, the program as tests meet it."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest
from litestar.testing import TestClient
from playwright.sync_api import Playwright, sync_playwright

from server.app import create_app
from server.settings import Settings
from tests.support.live import LiveServer, live_server
from tests.support.world import World, make_world

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("clausewalk", deadline=None)
hypothesis.settings.load_profile("clausewalk")

MARKER_OF_FOLDER = {"browser": "browser", "faults": "fault"}
# Cheap tests first: a slip shows within seconds, not after the browser has run. The browser comes last:
# the loop of its driver runs in this thread from the first such test on, and no other may run beside it.
LAST = ("slow", "fault", "browser")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The program runs on asyncio alone."""
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        if folder in MARKER_OF_FOLDER:
            item.add_marker(MARKER_OF_FOLDER[folder])
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return max((LAST.index(name) + 1 for name in LAST if item.get_closest_marker(name)), default=0)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, once for the whole run: a thread can drive only one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A data folder with an account of each role and an audit, and tokens by login. Copy it."""
    data = tmp_path_factory.mktemp("furnished") / "data"
    # In a thread of its own: once Chromium is driven, a loop already runs in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        tokens = thread.submit(lambda: asyncio.run(make_world(data))).result()
    return data, tokens


@pytest.fixture
def data(furnished: tuple[Path, dict[str, str]], tmp_path: Path) -> Path:
    """A data folder of the test's own, furnished."""
    return Path(shutil.copytree(furnished[0], tmp_path / "data"))


@pytest.fixture
def settings(data: Path) -> Settings:
    """Settings of the test's own data folder; no page loads anything from elsewhere."""
    return Settings(data=data, cdn="off")


@pytest.fixture
def world(furnished: tuple[Path, dict[str, str]], settings: Settings) -> Iterator[World]:
    """The program in this process, with everybody in it."""
    with TestClient(create_app(settings)) as client:
        yield World(client, furnished[1])


@pytest.fixture
def server(furnished: tuple[Path, dict[str, str]], data: Path) -> Iterator[LiveServer]:
    """The program as a process of its own on a free port of 127.0.0.1."""
    with live_server(data) as running:
        running.tokens = furnished[1]
        yield running
