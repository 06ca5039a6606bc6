"""What the fault tests of a phone share: a browser, a server at a fixed address, a proxy before it."""

from __future__ import annotations

import faulthandler
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from playwright.sync_api import Browser, Playwright

from tests.browser.support.phone import PATIENCE_S, PHONE, close_all, launch
from tests.browser.support.pictures import camera_jpeg
from tests.browser.support.site import Site, site
from tests.browser.support.webkit import screen, webkit_phone
from tests.faults.scene import Delivery, Scene, WebKitScene
from tests.support.proxy import proxied

LITTLE_ROOM = 30_000_000
"""Bytes: the program's own files and a photo fit, not much more."""
LONGEST_SECONDS = 1_600
"""More than the patience within a slow test adds up to. Any other has less before it counts as hung."""


@pytest.fixture(autouse=True)
def longer(request: pytest.FixtureRequest) -> Iterator[None]:
    """More time for slow tests: on a slow machine one that goes on is no test that hangs."""
    if request.node.get_closest_marker("slow") is None:
        yield
        return
    stderr = request.config.stash[fault_handler_stderr_fd_key]
    faulthandler.dump_traceback_later(LONGEST_SECONDS, file=stderr, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, once for all of them."""
    started = launch(playwright)
    yield started
    started.close()


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of several chunks."""
    file = tmp_path_factory.mktemp("gallery") / "IMG_0001.jpg"
    file.write_bytes(camera_jpeg(2560, 1920))
    return file


@pytest.fixture
def place(furnished: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Site]:
    """A server at a fixed address."""
    with site(Path(shutil.copytree(furnished[0], tmp_path / "data"))) as running:
        yield running


@pytest.fixture
def scene(browser: Browser, place: Site, furnished: tuple[Path, dict[str, str]]) -> Iterator[Scene]:
    """An auditor's phone before the server, with the proxy between them."""
    with phone_before(browser, place, furnished[1], "auditor") as one:
        yield one


@pytest.fixture
def three(browser: Browser, place: Site, furnished: tuple[Path, dict[str, str]]) -> Iterator[list[Scene]]:
    """The leader's phone, the auditor's and the auditor's second one, each with a network of its own."""
    with ExitStack() as all_of_them:
        yield [
            all_of_them.enter_context(phone_before(browser, place, furnished[1], login))
            for login in ("leader", "auditor", "auditor")
        ]


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """Where WebKit draws."""
    with screen() as one:
        yield one


@pytest.fixture
def webkit_scene(
    display: str, place: Site, furnished: tuple[Path, dict[str, str]], tmp_path: Path
) -> Iterator[WebKitScene]:
    """The auditor's phone, in WebKit, before the server."""
    with proxied(lambda: place.url) as proxy, webkit_phone(tmp_path / "profile", display) as phone:
        yield WebKitScene(place, proxy, dict(furnished[1]), phone)


@pytest.fixture
def small_webkit_scene(
    display: str, place: Site, furnished: tuple[Path, dict[str, str]], tmp_path: Path
) -> Iterator[WebKitScene]:
    """The same phone with little room."""
    with (
        proxied(lambda: place.url) as proxy,
        webkit_phone(tmp_path / "profile", display, LITTLE_ROOM) as phone,
    ):
        yield WebKitScene(place, proxy, dict(furnished[1]), phone)


@pytest.fixture(params=["scene", "webkit_scene"], ids=["Chromium", "WebKit"])
def either_scene(request: pytest.FixtureRequest) -> Delivery:
    """The auditor's phone before the server, in each engine."""
    one: Delivery = request.getfixturevalue(request.param)
    return one


@contextmanager
def phone_before(browser: Browser, place: Site, tokens: dict[str, str], login: str) -> Iterator[Scene]:
    """Somebody's phone before the server, with a proxy of its own between them."""
    with proxied(lambda: place.url) as proxy:
        context = browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            has_touch=True,
            is_mobile=True,
            base_url=proxy.url,
            permissions=["camera"],
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        try:
            yield Scene(place, proxy, dict(tokens), context, login)
        finally:
            proxy.heal()
            proxy.over.set()
            close_all(context)
