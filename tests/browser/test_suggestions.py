"""While a note is written, the clauses it speaks of are offered, without a network; none is ever chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import Ledger, phone_of
from tests.browser.support.phone import visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT

CAPTURE = f"/audits/{AUDIT}/stops/s2/capture"
TEXT = "textarea[name=text]"
GAUGES = "抽3块压力表，2块校准证书过期，其中1块没有标识"


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Page]:
    with phone_of(browser, server, "auditor") as page:
        visit(page, CAPTURE)
        page.locator("form[data-capture][data-ready]").wait_for()
        yield page


def test_a_tap_adds_a_suggested_clause_and_its_kind_of_evidence(phone: Page, server: LiveServer) -> None:
    ledger = Ledger(server)
    phone.locator(TEXT).fill("抽")
    phone.locator("[data-suggest-evidence=sample]").wait_for()  # the words are on the phone now
    phone.context.set_offline(True)
    phone.locator(TEXT).fill(GAUGES)
    offer = phone.locator("[data-suggested] [data-suggest='QMS 7.1.5.2']")
    expect(offer).to_contain_text("校准证书")
    assert phone.locator("input[name=clause]:checked").count() == 0, "nothing is chosen for the auditor"
    offer.click()
    expect(phone.locator("input[name=clause][value='QMS 7.1.5.2']")).to_be_checked()
    expect(offer).to_have_count(0)
    phone.locator("[data-suggest-evidence=sample]").click()
    expect(phone.locator("input[name=evidence][value=sample]")).to_be_checked()
    phone.context.set_offline(False)
    phone.locator(".dock .go").click()
    phone.wait_for_url(f"**/audits/{AUDIT}/stops/s2")
    [entry] = ledger.arrived("observed", 1)
    assert [clause["number"] for clause in entry["body"]["clauses"]] == ["7.1.5.2"]
    assert [span["kind"] for span in entry["body"]["evidence"]] == ["sample"]


def test_a_tap_on_a_clause_of_the_stop_shows_it(phone: Page) -> None:
    folded = phone.locator("[data-chips] details input[value='QMS 8.5.1']")
    expect(folded).to_be_hidden()
    phone.locator(TEXT).fill(
        "看装配线防错装置启用、作业指导书在位，抽3个工位实际扭矩在规定之内，首件、巡检记录完整"
    )
    phone.locator("[data-suggest='QMS 8.5.1']").click()
    expect(folded.locator("..")).to_be_visible()
    expect(folded).to_be_checked()


def test_what_was_chosen_stays_whatever_is_written(phone: Page) -> None:
    find = phone.locator("input[data-find]")
    find.fill("Q8.6")
    find.press("Enter")
    phone.locator(TEXT).fill(GAUGES)
    phone.locator("[data-suggest='QMS 7.1.5.2']").wait_for()
    expect(phone.locator("input[name=clause]:checked")).to_have_value("QMS 8.6")
    phone.locator(TEXT).fill("")
    expect(phone.locator("[data-suggested]")).to_be_hidden()
    expect(phone.locator("input[name=clause]:checked")).to_have_value("QMS 8.6")
