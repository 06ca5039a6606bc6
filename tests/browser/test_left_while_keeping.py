"""The capture page is left while a note is being kept: its words are there once, whatever came of that."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.support.keeping import NEVER_ENDS, NEVER_HEARS, when_keeping
from tests.browser.support.people import Ledger, nothing_left
from tests.browser.support.phone import rows, until, visit
from tests.browser.test_capture import TEXT, begin, save
from tests.support.live import LiveServer

WORDS = "3 号炉温度表无校准标识"
AGAIN = "[data-again]"
IS_HIDDEN = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""The phone shows another app: a draft is written at once."""


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


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
def test_what_was_kept_is_no_draft(auditor: Page, ledger: Ledger, is_sent: bool) -> None:
    if not is_sent:
        auditor.route("**/entries", choke)
    leave_while_keeping(auditor, NEVER_HEARS)
    if is_sent:
        nothing_left(auditor)
    else:
        until(lambda: rows(auditor, "entries")[0]["attempted"], "its sending was tried")
    begin(auditor)
    expect(auditor.locator(TEXT)).to_have_value("")
    expect(auditor.locator("[data-restored]")).to_be_hidden()
    auditor.unroute("**/entries")
    auditor.fill(TEXT, "另一条")
    save(auditor)
    nothing_left(auditor)
    assert [note["body"]["text"]["zh"] for note in ledger.new("observed")] == [WORDS, "另一条"]
    assert ledger.new("amended") == []


@pytest.mark.parametrize("is_sent", [True, False], ids=["sent meanwhile", "still on the phone"])
def test_what_was_typed_after_that_changes_the_note(auditor: Page, ledger: Ledger, is_sent: bool) -> None:
    if not is_sent:
        auditor.route("**/entries", choke)
    leave_while_keeping(auditor, NEVER_HEARS, typed=f"{WORDS}，已停用")
    if is_sent:
        nothing_left(auditor)
    else:
        until(lambda: rows(auditor, "entries")[0]["attempted"], "its sending was tried")
    begin(auditor)
    expect(auditor.locator(TEXT)).to_have_value(f"{WORDS}，已停用")
    expect(auditor.locator("[data-restored]")).to_be_visible()
    auditor.unroute("**/entries")
    save(auditor)
    nothing_left(auditor)
    [note] = ledger.new("observed")
    [amendment] = ledger.new("amended")
    assert (amendment["body"]["target"], amendment["body"]["bases"]) == (note["id"], [note["id"]])
    changed = amendment["body"]["observation"]
    assert changed == {**note["body"], "text": {"zh": f"{WORDS}，已停用"}}


def test_what_was_undone_is_a_draft(auditor: Page, ledger: Ledger) -> None:
    leave_while_keeping(auditor, NEVER_ENDS)
    begin(auditor)
    expect(auditor.locator(TEXT)).to_have_value(WORDS)
    assert rows(auditor, "entries") == []
    save(auditor)
    nothing_left(auditor)
    assert [note["body"]["text"]["zh"] for note in ledger.new("observed")] == [WORDS]


def test_a_draft_written_while_that_is_kept_is_none(auditor: Page, ledger: Ledger) -> None:
    begin(auditor)
    auditor.fill(TEXT, WORDS)
    auditor.evaluate(when_keeping(IS_HIDDEN))
    auditor.locator(AGAIN).click()
    until(lambda: rows(auditor, "entries") or ledger.new("observed"), "it is kept")
    until(lambda: rows(auditor, "drafts"), "and a draft written after it")
    begin(auditor)
    expect(auditor.locator(TEXT)).to_have_value("")
    assert rows(auditor, "drafts") == []
    nothing_left(auditor)
    assert len(ledger.new("observed")) == 1
