"""What comes into a page while it is open works as if it had been there from the start."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.link import Link
from tests.browser.support.people import Ledger, sent
from tests.browser.support.phone import visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT, FINDING, ID, entry


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    return shared


def send(server: LiveServer, kind: str, body: dict[str, Any]) -> str:
    """An entry of the leader's other device; its id."""
    made = entry(kind, body, by="leader")
    sent(server, made)
    return str(made["id"])


def test_outcomes_can_be_tapped_where_clauses_came_later(auditor: Page, server: LiveServer) -> None:
    stop = {"label": "S09", "auditors": [ID["auditor"]], "department": "仓库", "clauses": []}
    first = send(server, "configured", {"path": "stops/s9", "value": stop})
    ledger = Ledger(server)
    visit(auditor, f"/audits/{AUDIT}/stops/s9")
    expect(auditor.locator(".item")).to_have_count(0)
    planned = stop | {"clauses": [{"scheme": "QMS", "number": "8.5.4"}]}
    send(server, "configured", {"path": "stops/s9", "value": planned, "bases": [first]})
    auditor.locator(".item .seg label").first.tap()
    [note] = ledger.arrived("observed", 1)
    assert note["body"]["stop"] == "s9"


def test_what_another_device_dismissed_can_be_taken_up_here(leader: Page, server: LiveServer) -> None:
    visit(leader, f"/audits/{AUDIT}/gaps")
    ask = leader.locator("a[href*='dismiss=']").first
    gap = ask.get_attribute("href")
    assert gap is not None
    name = httpx.URL(gap).params["dismiss"]
    ledger = Ledger(server)
    send(server, "dismissed", {"gap": name, "reason": "另一台设备上去掉"})
    folded = leader.locator("details#dismissed")
    folded.locator("summary").tap()
    folded.get_by_role("button", name="重新算上").tap()
    assert len(ledger.arrived("dismissed", 2)) == 2


def test_a_form_that_waited_says_when_its_entry_is_there(leader: Page, server: LiveServer) -> None:
    """Nothing comes after it: the line under the form is all that tells."""
    ledger = Ledger(server)
    link = Link(leader, "**/entries")
    visit(leader, f"/audits/{AUDIT}/meetings/team")
    form = leader.locator(f"form[data-target='{FINDING}']")
    form.locator("[name=grade][value=minor]").check()
    form.locator("[type=submit]").tap()
    expect(form.locator("[data-form-message]")).to_contain_text("仅在本机")
    link.is_cut = False
    leader.evaluate("dispatchEvent(new Event('online'))")
    expect(form.locator("[data-form-message]")).to_contain_text("已送达")
    assert len(ledger.arrived("amended", 1)) == 1
