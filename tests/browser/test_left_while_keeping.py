"""The capture page is left while a note is being kept: its words are there once, whatever came of that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.support.keeping import NEVER_ENDS, NEVER_HEARS, when_keeping
from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import rows, until, visit
from tests.browser.test_capture import TEXT, begin, save
from tests.support.live import LiveServer, live_server

WORDS = "3 号炉温度表无校准标识"
AGAIN = "[data-again]"
IS_HIDDEN = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""The phone shows another app: a draft is written at once."""


@pytest.fixture(scope="module")
def server(
    furnished: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """One server for all tests here."""
    data = Path(shutil.copytree(furnished[0], tmp_path_factory.mktemp("left") / "data"))
    with live_server(data) as running:
        running.tokens = furnished[1]
        yield running


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The auditor's phone."""
    with phone_of(browser, server, "auditor") as page:
        yield page


@pytest.fixture
def ledger(server: LiveServer) -> Ledger:
    """What comes into the journal from here on."""
    return Ledger(server)


def leave_while_keeping(page: Page, does: str, *, typed: str = WORDS) -> None:
    """Save a note, change it to what is typed, and go to another page."""
    begin(page)
    page.fill(TEXT, WORDS)
    page.evaluate(when_keeping(does))
    page.locator(AGAIN).click()
    page.locator("html[data-keeping]").wait_for()
    page.fill(TEXT, typed)
    visit(page, "/outbox")


def choke(route: Route) -> None:
    """No network for entries."""
    route.abort()


@pytest.mark.parametrize("is_sent", [True, False], ids=["sent meanwhile", "still on the phone"])
def test_what_was_kept_is_no_draft(phone: Page, ledger: Ledger, is_sent: bool) -> None:
    if not is_sent:
        phone.route("**/entries", choke)
    leave_while_keeping(phone, NEVER_HEARS)
    if is_sent:
        nothing_left(phone)
    else:
        until(lambda: rows(phone, "entries")[0]["attempted"], "its sending was tried")
    begin(phone)
    expect(phone.locator(TEXT)).to_have_value("")
    expect(phone.locator("[data-restored]")).to_be_hidden()
    phone.unroute("**/entries")
    phone.fill(TEXT, "另一条")
    save(phone)
    nothing_left(phone)
    assert [note["body"]["text"]["zh"] for note in ledger.new("observed")] == [WORDS, "另一条"]
    assert ledger.new("amended") == []


@pytest.mark.parametrize("is_sent", [True, False], ids=["sent meanwhile", "still on the phone"])
def test_what_was_typed_after_that_changes_the_note(phone: Page, ledger: Ledger, is_sent: bool) -> None:
    if not is_sent:
        phone.route("**/entries", choke)
    leave_while_keeping(phone, NEVER_HEARS, typed=f"{WORDS}，已停用")
    if is_sent:
        nothing_left(phone)
    else:
        until(lambda: rows(phone, "entries")[0]["attempted"], "its sending was tried")
    begin(phone)
    expect(phone.locator(TEXT)).to_have_value(f"{WORDS}，已停用")
    expect(phone.locator("[data-restored]")).to_be_visible()
    phone.unroute("**/entries")
    save(phone)
    nothing_left(phone)
    [note] = ledger.new("observed")
    [amendment] = ledger.new("amended")
    assert (amendment["body"]["target"], amendment["body"]["bases"]) == (note["id"], [note["id"]])
    changed = amendment["body"]["observation"]
    assert changed == {**note["body"], "text": {"zh": f"{WORDS}，已停用"}}


def test_what_was_undone_is_a_draft(phone: Page, ledger: Ledger) -> None:
    leave_while_keeping(phone, NEVER_ENDS)
    begin(phone)
    expect(phone.locator(TEXT)).to_have_value(WORDS)
    assert rows(phone, "entries") == []
    save(phone)
    nothing_left(phone)
    assert [note["body"]["text"]["zh"] for note in ledger.new("observed")] == [WORDS]


def test_a_draft_written_while_that_is_kept_is_none(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.fill(TEXT, WORDS)
    phone.evaluate(when_keeping(IS_HIDDEN))
    phone.locator(AGAIN).click()
    until(lambda: rows(phone, "entries") or ledger.new("observed"), "it is kept")
    until(lambda: rows(phone, "drafts"), "and a draft written after it")
    begin(phone)
    expect(phone.locator(TEXT)).to_have_value("")
    assert rows(phone, "drafts") == []
    nothing_left(phone)
    assert len(ledger.new("observed")) == 1
