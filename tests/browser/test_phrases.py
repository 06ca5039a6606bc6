"""Phrases to begin a note with: the house's beside one's own."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.support.phone import visit
from tests.support.world import AUDIT

CAPTURE = f"/audits/{AUDIT}/stops/s2/capture"


def test_what_was_dropped_is_not_brought_back_by_what_was_on_its_way(auditor: Page) -> None:
    """Asked for anew at each opening, the house's come late on a bad network, with the list as it was."""
    asked: list[Route] = []

    def first_only(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.continue_()

    auditor.route("**/phrases", first_only)
    visit(auditor, CAPTURE)
    auditor.locator("form[data-capture][data-ready]").wait_for()
    fold = auditor.locator("[data-phrase-fold]")
    own = auditor.locator("[data-take-phrase]").filter(has_text="我的句子")
    auditor.fill("textarea[name=text]", "我的句子：容器3只")
    fold.locator("summary").tap()
    auditor.locator("[data-keep-phrase]").tap()
    expect(own).to_have_count(1)
    fold.locator("summary").tap()
    expect(fold).not_to_have_attribute("open", "")
    fold.locator("summary").tap()
    auditor.get_by_role("button", name="删去这句").tap()
    expect(own).to_have_count(0)
    assert len(asked) == 1, "they are on their way again, and nothing says when they come"
