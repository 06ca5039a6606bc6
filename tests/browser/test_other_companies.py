"""Companies unlike the sample: one with nothing but offices, and a construction firm, set up and walked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import COOKIE, Ledger, nothing_left, phone_of
from tests.browser.support.phone import PATIENCE_S, visit
from tests.support.live import LiveServer
from tests.support.world import ID, entry

SAVE = ".dock button[type=submit]:not([data-again])"


@dataclass(frozen=True)
class Company:
    """A client, the schemes it is certified for, and a stop with the pack that belongs there."""

    name: str
    schemes: tuple[str, ...]
    department: str
    process: str
    clauses: tuple[tuple[str, str], ...]
    pack: str
    item: str


COMPANIES = [
    Company(
        "云栈软件有限公司",
        ("QMS", "EMS", "OHSMS"),
        "综合部",
        "办公区、机房",
        (("QMS", "8.3.4"), ("EMS", "8.1"), ("OHSMS", "8.2")),
        "place-office-only",
        "pl-office-fire",
    ),
    Company(
        "磐基建设集团有限公司",
        ("QMS", "EC"),
        "第三项目部",
        "在建项目施工现场",
        (("QMS", "8.5.1"), ("EC", "10.4")),
        "place-construction-site",
        "pl-site-measure",
    ),
]


@pytest.mark.parametrize("company", COMPANIES, ids=lambda one: one.pack)
def test_set_up_and_walked(browser: Browser, server: LiveServer, company: Company) -> None:
    with phone_of(browser, server, "office") as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        audit = make(page, company)
    plan(server, audit, company)
    ledger = Ledger(server, "leader", audit)
    with phone_of(browser, server, "leader") as page:
        visit(page, f"/audits/{audit}")
        page.get_by_role("link", name=company.process).first.tap()
        expect(page.locator("li.item").first).to_be_visible()
        page.locator("a[href*='/places']").first.tap()
        pack = page.locator(f"details#{company.pack}")
        expect(pack).to_have_attribute("open", "")
        pack.locator(f"a[href$='item={company.item}']").tap()
        page.locator("form[data-capture][data-ready]").wait_for()
        page.fill("textarea[name=text]", "按检查包所记")
        page.locator(".seg label").filter(has_text="符合").first.tap()
        page.tap(SAVE)
        page.wait_for_url(f"**/audits/{audit}/stops/s1")
        nothing_left(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    [note] = ledger.arrived("observed", 1)
    assert note["body"]["item"] == company.item
    assert {clause["scheme"] for clause in note["body"]["clauses"]} <= set(company.schemes)
    assert note["body"]["clauses"]


def make(page: Page, company: Company) -> str:
    """A new audit by the form; its id."""
    visit(page, "/office/audits/new")
    page.fill('[name="client.zh"]', company.name)
    page.fill("[name=number]", f"QHHZ-{company.pack}")
    page.fill("[name=start]", "2026-12-07")
    for box in page.locator('[name^="scheme."]').all():
        box.set_checked((box.get_attribute("name") or "").removeprefix("scheme.") in company.schemes)
    page.locator("main .go").click()
    page.wait_for_url("**/setup")
    return page.url.split("/")[-2]


def plan(server: LiveServer, audit: str, company: Company) -> None:
    """The team and one stop, as the office's pages write them."""
    stop = {
        "label": "S01",
        "department": company.department,
        "process": {"zh": company.process},
        "start": "2026-12-07T09:00:00+08:00",
        "end": "2026-12-07T12:00:00+08:00",
        "auditors": [ID["leader"]],
        "clauses": [{"scheme": scheme, "number": number} for scheme, number in company.clauses],
    }
    values: dict[str, Any] = {f"team/{ID['leader']}": {"name": "组长", "role": "leader"}, "stops/s1": stop}
    entries = [
        entry("configured", {"path": path, "value": value}, by="office", audit=audit)
        for path, value in values.items()
    ]
    answer = httpx.post(
        f"{server.url}/audits/{audit}/entries",
        json=entries,
        headers={"Clausewalk": "1"},
        cookies={COOKIE: server.tokens["office"]},
        timeout=PATIENCE_S,
    )
    assert {one["status"] for one in answer.json()["results"]} == {"stored"}, answer.text
