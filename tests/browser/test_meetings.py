"""The opening meeting on the leader's phone: times, ticks, the sheet, the changes; and without a network."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.support.people import Ledger, nothing_left
from tests.browser.support.phone import listens, until, visit
from tests.support.live import LiveServer
from tests.support.sample import Sampled


def test_an_opening_meeting(wen: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(wen, f"/audits/{sampled.fresh}/meetings/opening")
    with wen.expect_navigation():  # the form comes back once the server has it: a tap before that is lost
        wen.locator("[data-now=start]").tap()
    listens(wen)
    (held,) = ledger.arrived("meeting-held", 1)
    assert held["body"]["meeting"] == "opening"
    assert held["body"]["start"].endswith("+08:00")
    until(lambda: wen.locator("input[name=start]").input_value(), "the page shows the time")

    box = wen.locator("[data-tick=g]")
    box.evaluate("(box) => { for (let tap = 0; tap < 3; tap++) box.click(); }")
    ticks = ledger.arrived("ticked", 3)
    assert [one["body"]["done"] for one in ticks] == [True, False, True]
    assert [one["body"]["bases"] for one in ticks] == [[], [ticks[0]["id"]], [ticks[1]["id"]]]

    wen.locator("[data-present=闻砚秋]").tap()
    (present,) = ledger.arrived("attended", 1)
    assert (present["body"]["name"], present["body"]["meetings"]) == ("闻砚秋", ["opening"])

    unanswered = wen.locator("#changes form:has(input[name=none])")
    before = unanswered.count()
    unanswered.first.locator("button").tap()
    expect(unanswered).to_have_count(before - 1)
    (answer,) = ledger.arrived("answered", 1)
    assert answer["body"]["none"] is True
    assert answer["body"]["changed"] is False

    visit(wen, f"/audits/{sampled.fresh}/meetings/opening")
    expect(wen.locator("[data-tick=g]")).to_be_checked()
    expect(wen.locator("[data-present=闻砚秋]")).to_be_checked()


def test_a_meeting_does_not_end_before_it_begins(wen: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(wen, f"/audits/{sampled.fresh}/meetings/team")
    start, end = wen.locator("input[name=start]"), wen.locator("input[name=end]")
    save = wen.locator("form:has(input[name=start]) button[type=submit]")
    start.fill("2026-11-18T16:30")
    end.fill("2026-11-18T16:10")
    save.tap()
    assert end.evaluate("one => one.validity.rangeUnderflow")
    end.fill("2026-11-18T17:00")
    with wen.expect_navigation():
        save.tap()
    (held,) = ledger.arrived("meeting-held", 1)
    assert held["body"]["end"].startswith("2026-11-18T17:00")


def test_without_a_network_it_stays_and_arrives_later(
    wen: Page, served: LiveServer, sampled: Sampled
) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    page = f"/audits/{sampled.fresh}/meetings/opening"
    visit(wen, page)
    wen.route("**/entries", lambda route: route.abort())
    wen.locator("[data-tick=h]").tap()
    expect(wen.locator("[data-on-this-phone]")).to_be_visible()
    visit(wen, page)
    expect(wen.locator("[data-tick=h]")).to_be_checked()
    wen.locator("[data-tick=h]").tap()
    expect(wen.locator("[data-on-this-phone] [data-count]")).to_have_text("2")
    wen.unroute("**/entries")
    nothing_left(wen)
    first, second = ledger.arrived("ticked", 2)
    assert second["body"] == {**second["body"], "done": False, "bases": [first["id"]]}
