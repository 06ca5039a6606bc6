"""Arriving and leaving on the phone, the time ledger, and 认证到 beside a meeting."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.support.people import Ledger, nothing_left
from tests.browser.support.phone import visit
from tests.support.live import LiveServer
from tests.support.sample import Sampled


def test_one_tap_on_arriving_leaves_the_stop_before(wen: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(wen, f"/audits/{sampled.fresh}/stops/S02")
    wen.locator("[data-presence-tap=arrived]").tap()
    expect(wen.locator("[data-presence-said]")).to_have_text(re.compile(r"\d\d:\d\d 到"))
    (came,) = ledger.arrived("arrived", 1)

    visit(wen, f"/audits/{sampled.fresh}/stops/S05")
    wen.route("**/entries", lambda route: route.abort())
    wen.locator("[data-presence-tap=arrived]").tap()
    expect(wen.locator("[data-presence-tap=left]")).to_be_visible()
    wen.reload()
    expect(wen.locator("[data-presence-tap=left]")).to_be_visible()  # what waits here counts
    wen.locator("[data-presence-tap=left]").tap()
    expect(wen.locator("[data-presence-tap=arrived]")).to_be_visible()
    wen.unroute("**/entries")
    nothing_left(wen)
    before, here = ledger.arrived("left", 2)
    assert (before["body"]["visit"], before["body"]["stop"]) == (came["body"]["visit"], "S02")
    (_, again) = ledger.arrived("arrived", 2)
    assert (here["body"]["visit"], here["body"]["stop"]) == (again["body"]["visit"], "S05")


def test_a_visit_is_written_later_and_corrected(wen: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(wen, f"/audits/{sampled.fresh}/ledger")
    wen.get_by_text("补记一次").click()
    form = wen.locator("form[data-visit-form]:has(select)")
    form.locator("select[name=stop]").select_option("S07")
    today = datetime.now(UTC).date().isoformat()
    form.locator("[name=begin]").fill(f"{today}T13:30")
    form.locator("[name=end]").fill(f"{today}T15:00")
    with wen.expect_navigation():  # the list comes anew once the server has it
        form.get_by_role("button", name="保存").tap()
    row = wen.locator("#visits li", has_text="13:30–15:00")
    expect(row).to_be_visible()
    made = ledger.arrived("arrived", 1)[-1]
    assert made["body"]["at"] == f"{today}T13:30:00+08:00"

    row.get_by_text("更正").click()
    row.locator("[name=end]").fill(f"{today}T14:45")
    with wen.expect_navigation():
        row.get_by_role("button", name="保存").tap()
    row = wen.locator("#visits li", has_text="13:30–14:45")
    expect(row).to_be_visible()
    row.get_by_text("更正").click()
    visit_there = wen.locator(f"[id='{row.get_attribute('id')}']")  # other visits may be of 13:30, too
    with wen.expect_navigation():
        row.get_by_role("button", name="没有这一次").tap()
    expect(visit_there).to_have_count(0)


def test_the_window_of_the_check_in(wen: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    meeting = f"/audits/{sampled.fresh}/meetings/opening"
    visit(wen, meeting)
    with wen.expect_navigation():  # the form comes back once the server has it
        wen.locator("[data-now=start]").tap()
    ledger.arrived("meeting-held", 1)
    visit(wen, f"/audits/{sampled.fresh}")
    expect(wen.locator("a[data-check-in]:visible")).to_contain_text("首次会议：认证到可以签到，还剩")
    wen.locator("a[data-check-in]:visible").tap()
    wen.wait_for_url(f"{served.url}{meeting}#check-in")
    expect(wen.locator("[data-window]")).to_contain_text(re.compile(r"还剩 [12] 小时( \d+ 分钟)?。"))
    wen.locator("[data-tick=check-in]").tap()
    expect(wen.locator("[data-window]")).to_have_text("已签到。")
    (tick,) = ledger.arrived("ticked", 1)
    assert (tick["body"]["point"], tick["body"]["done"]) == ("check-in", True)
    visit(wen, f"/audits/{sampled.fresh}")
    expect(wen.locator("a[data-check-in]:visible")).to_have_count(0)
