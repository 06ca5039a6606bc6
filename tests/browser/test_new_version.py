"""A new version of the program while an auditor is writing: it waits, says so, and nothing is lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import until, visit
from tests.browser.support.site import Site, has_worker, site
from tests.support.live import ROOT, LiveServer
from tests.support.world import AUDIT

STOP = f"/audits/{AUDIT}/stops/s2"
TEXT = "textarea[name=text]"
SAVE = ".dock button[type=submit]:not([data-again])"
PROGRAM = ("server", "static", "templates", "checklists")


@pytest.fixture
def other_build(tmp_path: Path) -> Path:
    """The program with one file changed."""
    program = tmp_path / "program"
    for folder in PROGRAM:
        shutil.copytree(ROOT / folder, program / folder, ignore=shutil.ignore_patterns("__pycache__"))
    style = program / "static" / "css" / "app.css"
    style.write_text(style.read_text("utf-8") + "\n/* another build */\n", "utf-8")
    return program


def shells(page: Page) -> list[str]:
    """The builds whose files are on the phone."""
    names: list[str] = page.evaluate("() => caches.keys()")
    return [name for name in names if "shell" in name]


def look_for_update(page: Page) -> bool:
    """What the browser does by itself now and then."""
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
    return True


def whole_builds(page: Page) -> set[str]:
    """The builds on the phone, but the one that is still coming."""
    coming: bool = page.evaluate(
        "() => navigator.serviceWorker.getRegistration().then((one) => Boolean(one.installing))"
    )
    return set() if coming else set(shells(page))


def test_a_new_version_waits_for_whoever_writes(
    browser: Browser, furnished: tuple[Path, dict[str, str]], tmp_path: Path, other_build: Path
) -> None:
    with site(Path(shutil.copytree(furnished[0], tmp_path / "data"))) as server:
        assert server.live
        known = LiveServer(server.live.process, server.data, server.url, "", furnished[1])
        ledger = Ledger(known)
        with phone_of(browser, known, "auditor", worker=True, permissions=["camera"]) as page:
            visit(page, f"{STOP}/capture")
            page.locator("form[data-capture][data-ready]").wait_for()
            has_worker(page)
            assert len(shells(page)) == 1
            write_without_a_server(page, server)
            server.start(other_build)
            page.evaluate("window.notReloaded = true")
            page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
            notice = page.locator("[data-new-version]")
            expect(notice).to_contain_text("新版本已就绪")
            notice.get_by_role("button").tap()
            expect(notice).to_contain_text("正在编辑")
            assert page.evaluate("window.notReloaded")
            expect(page.locator(TEXT)).to_have_value("还在写的一条")
            page.tap(SAVE)
            page.wait_for_url(f"**{STOP}")
            nothing_left(page)
            notes = ledger.new("observed")
            written = Counter(note["body"]["text"]["zh"] for note in notes)
            assert written == {"没有网络时写的": 1, "还在写的一条": 1}


def write_without_a_server(page: Page, server: Site) -> None:
    """One note that waits, and one that isn't saved yet."""
    server.stop()
    page.fill(TEXT, "没有网络时写的")
    page.tap("[data-again]")
    expect(page.locator(TEXT)).to_have_value("")
    page.fill(TEXT, "还在写的一条")


def test_a_new_version_takes_over_and_sends_what_the_old_one_kept(
    browser: Browser, furnished: tuple[Path, dict[str, str]], tmp_path: Path, other_build: Path
) -> None:
    with site(Path(shutil.copytree(furnished[0], tmp_path / "data"))) as server:
        assert server.live
        known = LiveServer(server.live.process, server.data, server.url, "", furnished[1])
        ledger = Ledger(known)
        with phone_of(browser, known, "auditor", worker=True, permissions=["camera"]) as page:
            visit(page, f"{STOP}/capture")
            page.locator("form[data-capture][data-ready]").wait_for()
            has_worker(page)
            [old] = shells(page)
            server.stop()
            page.fill(TEXT, "旧版本存下的")
            page.tap(SAVE)
            page.wait_for_url(f"**{STOP}")
            page.route("**/entries", lambda route: route.abort())
            server.start(other_build)
            visit(page, "/")
            until(lambda: calm(page, look_for_update), "the browser looks for a new version")
            until(lambda: (calm(page, whole_builds) or {old}) - {old}, "the new version is on the phone")
            until(lambda: old not in (calm(page, next_page) or {old}), "the new version has taken over")
            page.unroute("**/entries")
            nothing_left(page)
            [note] = ledger.new("observed")
            assert note["body"]["text"]["zh"] == "旧版本存下的"


def next_page(page: Page) -> set[str]:
    """The builds after going on to a page: the browser changes workers when the old one has nothing to do."""
    visit(page, "/outbox")
    return whole_builds(page)


def calm(page: Page, question: Callable[[Page], Any]) -> Any:
    """An answer, or None where the page was just loading itself anew."""
    try:
        return question(page)
    except Error:
        return None
