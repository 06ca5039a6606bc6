"""From nothing to a printed plan at the office, then a change on site and what the report says of it.

The facts are those of the sample: the client, its departments and the clauses that were planned in each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.demo.sample import sample_file
from tests.browser.support.demo import Served
from tests.browser.support.documents import packed, read_docx, read_pdf
from tests.browser.support.people import Ledger, nothing_left, sign_in
from tests.browser.support.phone import PATIENCE_S, close_all, until, visit

NUMBER = "90099-2026-QEO-2026"
DAY = "2026-12-07"
MEETINGS = ("首次会议", "末次会议")
"""Stops that the schedule proposes beside those of the matrix."""
TEAM = (("闻砚秋", "leader"), ("佟牧野", "auditor"), ("卓以宁", "auditor"))


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """The sample's file."""
    made: dict[str, Any] = json.loads(sample_file())
    return made


@contextmanager
def desk(browser: Browser, served: Served, login: str, **options: Any) -> Iterator[Page]:
    """Somebody's computer, on which they are signed in."""
    served.let_in(login)
    context = browser.new_context(
        service_workers="block",
        base_url=served.server.url,
        viewport={"width": 1280, "height": 900},
        accept_downloads=True,
        **options,
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    sign_in(context, served.server, login)
    page = context.new_page()
    try:
        yield page
    finally:
        close_all(context)


def planned_clauses(known: dict[str, Any]) -> dict[str, list[str]]:
    """Departments and the codes of the clauses planned in them, as the sample's plan has them."""
    found: dict[str, set[str]] = {}
    for slot in known["audit"]["plan"]["slots"]:
        if slot["department"] and slot["clauses"]:
            found.setdefault(slot["department"], set()).update(slot["clauses"])
    return {department: sorted(codes) for department, codes in found.items()}


def as_table(clauses: dict[str, list[str]]) -> str:
    """The matrix as a spreadsheet puts it on the clipboard."""
    codes = sorted({code for listed in clauses.values() for code in listed})
    lines = [["部门", *codes]]
    lines += [[name, *("●" if code in listed else "" for code in codes)] for name, listed in clauses.items()]
    return "\n".join("\t".join(line) for line in lines)


def create(page: Page, known: dict[str, Any]) -> str:
    """A new audit by its form; its address."""
    visit(page, "/office/audits")
    page.get_by_role("link", name="新审核").first.click()
    page.locator('[name="client.zh"]').fill(known["client"]["name_zh"])
    page.locator('[name="client.en"]').fill(known["client"]["name_en"])
    page.locator("[name=number]").fill(NUMBER)
    page.locator("[name=start]").fill(DAY)
    page.locator("[name=end]").fill(DAY)
    page.locator("main .go").click()
    page.wait_for_url("**/audits/*/setup")
    return page.url.removesuffix("/setup")


def gather(page: Page, audit: str) -> None:
    """The team from the house's register."""
    visit(page, f"{audit}/team")
    for name, role in TEAM:
        row = page.locator("#add .record", has_text=name)
        row.locator("select").select_option(role)
        row.get_by_role("button").click()
        expect(page.locator("article", has_text=name)).to_be_visible()


def ready(page: Page) -> None:
    """Wait until the plan saves by itself, and has saved everything."""
    page.locator("[data-plan][data-ready]:not([data-saving])").wait_for()


def plan(page: Page, audit: str, clauses: dict[str, list[str]]) -> None:
    """The matrix as a table, the schedule from it, then time and auditor of each stop."""
    visit(page, f"{audit}/plan")
    page.locator("[name=table]").fill(as_table(clauses))
    page.locator("[action$='/plan/table'] button").click()
    expect(page.locator("[data-mark=main]").first).to_be_visible()
    page.locator("form:has([name=from][value=matrix]) button").click()
    stops = page.locator("details.slot")
    expect(stops).to_have_count(len(clauses) + len(MEETINGS))
    ready(page)
    for at in range(len(clauses) + len(MEETINGS)):
        stop = stops.nth(at)
        key = stop.get_attribute("id")
        fields = page.locator(f"[id='{key}']")
        if fields.get_attribute("open") is None:
            fields.locator("summary").click()
        fields.locator("[name=day]").fill(DAY)
        fields.locator("[name=start]").fill(f"{8 + at:02}:00")
        fields.locator("[name=end]").fill(f"{8 + at:02}:50")
        fields.locator("label", has_text=TEAM[at % 2][0]).click()
        fields.locator("button:not([name])").click()
        expect(page.locator(f"[id='{key}'] time")).to_contain_text(f"{8 + at:02}:00")
        ready(page)


def printed(page: Page, audit: str, kind: str, folder: Path) -> str:
    """The words of the printed plan, without blanks."""
    with page.expect_download() as download:
        page.locator(f"#print a[href*='plan.{kind}?lang=zh']").click()
    file = folder / f"plan.{kind}"
    download.value.save_as(file)
    words, _ = (read_docx if kind == "docx" else read_pdf)(file)
    return words


def test_set_up_by_hand_printed_and_changed_on_site(
    browser: Browser, demonstration: Served, known: dict[str, Any], tmp_path: Path
) -> None:
    clauses = planned_clauses(known)
    assert len(clauses) >= 6
    with desk(browser, demonstration, "office") as page:
        audit = create(page, known)
        gather(page, audit)
        plan(page, audit, clauses)
        for kind in ("pdf", "docx"):
            words = printed(page, audit, kind, tmp_path)
            assert packed(known["client"]["name_zh"]) in words
            for department, listed in clauses.items():
                assert packed(department) in words
                assert all(code in words for code in listed[:1])
            for name in (*MEETINGS, *(member for member, _ in TEAM)):
                assert name in words

    demonstration.let_in("wen")
    ledger = Ledger(demonstration.server, "wen", audit.rsplit("/", 1)[1])
    with demonstration.phone(browser, "wen") as page:
        visit(page, audit)
        page.locator("[data-plan-change]").first.tap()
        page.locator("[data-plan-do=skip]").tap()
        expect(page.locator("[data-plan-made]")).to_be_visible()
        page.get_by_text("设备检修或停产").tap()
        page.locator("[name=agreed_other]").fill("阮知微")
        page.locator("#plan-sheet .go").tap()
        expect(page.locator(".route s").first).to_be_visible()
        until(lambda: "agreed_with" in str(ledger.rows()), "what was said of the change is in the journal")
        nothing_left(page)
        visit(page, f"{audit}/report?element=1.5.5.plan_changes")
        paragraph = page.locator("textarea[name='text.zh']").input_value()
        assert "未审" in paragraph
        assert "设备检修或停产" in paragraph
        assert "阮知微" in paragraph
