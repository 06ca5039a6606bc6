"""Two versions of one note are settled by choosing part by part."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.support.people import Ledger, phone_of, sent
from tests.browser.support.phone import visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT, OBSERVATION, entry


def change(server: LiveServer, text: str, outcome: str) -> str:
    """The author changes the note on a device that has seen no other change; the amendment's id."""
    content = {"stop": "s2", "text": {"zh": text}, "outcome": outcome}
    body = {"target": OBSERVATION, "bases": [OBSERVATION], "observation": content}
    made = entry("amended", body, by="auditor")
    sent(server, made)
    return str(made["id"])


def test_one_is_made_of_two(browser: Browser, server: LiveServer) -> None:
    heads = [
        change(server, "抽 6 份，1 份无签名", "nonconform"),
        change(server, "抽 8 份，均有签名", "improve"),
    ]
    ledger = Ledger(server)
    with phone_of(browser, server, "auditor") as page:
        visit(page, f"/audits/{AUDIT}/observations/{OBSERVATION}/view")
        page.get_by_role("link", name="并排比较").tap()
        expect(page.locator("mark").filter(has_text="8")).to_have_count(1)
        page.locator("label").filter(has_text="抽 8 份").tap()
        page.get_by_role("button", name="合并为一条").tap()
        page.wait_for_url("**/view")
        [merged] = ledger.arrived("amended", 1)
    assert merged["body"]["bases"] == heads
    observation = merged["body"]["observation"]
    assert observation["text"]["zh"] == "抽 8 份，均有签名"
    assert observation["outcome"] == "nonconform"
    assert observation["stop"] == "s2"
