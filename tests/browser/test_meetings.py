"""The opening meeting on the leader's phone: times, ticks, the sheet, the changes; and without a network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import until, visit
from tests.support.live import LiveServer, live_server
from tests.support.sample import Sampled


@pytest.fixture(scope="module")
def served(sampled: Sampled) -> Iterator[LiveServer]:
    """The program with both audits in it, as a process of its own."""
    with live_server(sampled.data) as running:
        running.tokens = sampled.tokens
        yield running


@pytest.fixture
def leader(browser: Browser, served: LiveServer) -> Iterator[Page]:
    """The leader's phone."""
    with phone_of(browser, served, "wen") as page:
        yield page


def test_an_opening_meeting(leader: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(leader, f"/audits/{sampled.fresh}/meetings/opening")
    with leader.expect_navigation():  # the form comes back once the server has it: a tap before that is lost
        leader.locator("[data-now=start]").tap()
    (held,) = ledger.arrived("meeting-held", 1)
    assert held["body"]["meeting"] == "opening"
    assert held["body"]["start"].endswith("+08:00")
    until(lambda: leader.locator("input[name=start]").input_value(), "the page shows the time")

    box = leader.locator("[data-tick=g]")
    box.evaluate("(box) => { for (let tap = 0; tap < 3; tap++) box.click(); }")
    ticks = ledger.arrived("ticked", 3)
    assert [one["body"]["done"] for one in ticks] == [True, False, True]
    assert [one["body"]["bases"] for one in ticks] == [[], [ticks[0]["id"]], [ticks[1]["id"]]]

    leader.locator("[data-present=闻砚秋]").tap()
    (present,) = ledger.arrived("attended", 1)
    assert (present["body"]["name"], present["body"]["meetings"]) == ("闻砚秋", ["opening"])

    unanswered = leader.locator("#changes form:has(input[name=none])")
    before = unanswered.count()
    unanswered.first.locator("button").tap()
    expect(unanswered).to_have_count(before - 1)
    (answer,) = ledger.arrived("answered", 1)
    assert answer["body"]["none"] is True
    assert answer["body"]["changed"] is False

    visit(leader, f"/audits/{sampled.fresh}/meetings/opening")
    expect(leader.locator("[data-tick=g]")).to_be_checked()
    expect(leader.locator("[data-present=闻砚秋]")).to_be_checked()


def test_a_meeting_does_not_end_before_it_begins(leader: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(leader, f"/audits/{sampled.fresh}/meetings/team")
    start, end = leader.locator("input[name=start]"), leader.locator("input[name=end]")
    save = leader.locator("form:has(input[name=start]) button[type=submit]")
    start.fill("2026-11-18T16:30")
    end.fill("2026-11-18T16:10")
    save.tap()
    assert end.evaluate("one => one.validity.rangeUnderflow")
    end.fill("2026-11-18T17:00")
    with leader.expect_navigation():
        save.tap()
    (held,) = ledger.arrived("meeting-held", 1)
    assert held["body"]["end"].startswith("2026-11-18T17:00")


def test_without_a_network_it_stays_and_arrives_later(
    leader: Page, served: LiveServer, sampled: Sampled
) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    page = f"/audits/{sampled.fresh}/meetings/opening"
    visit(leader, page)
    leader.route("**/entries", lambda route: route.abort())
    leader.locator("[data-tick=h]").tap()
    expect(leader.locator("[data-on-this-phone]")).to_be_visible()
    visit(leader, page)
    expect(leader.locator("[data-tick=h]")).to_be_checked()
    leader.locator("[data-tick=h]").tap()
    expect(leader.locator("[data-on-this-phone] [data-count]")).to_have_text("2")
    leader.unroute("**/entries")
    nothing_left(leader)
    first, second = ledger.arrived("ticked", 2)
    assert second["body"] == {**second["body"], "done": False, "bases": [first["id"]]}
