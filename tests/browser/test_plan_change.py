"""The leader changes the plan on the phone: two taps to a change, the paragraph in the report, undo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.support.people import COOKIE, Ledger, nothing_left, phone_of
from tests.browser.support.phone import PATIENCE_S, online_again, until, visit
from tests.browser.support.site import has_worker
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

COUNT_TAPS = """
addEventListener("pointerdown", (event) => {
  if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true);
"""
TAKE_TAPS = "() => { const n = Number(sessionStorage.taps ?? 0); sessionStorage.taps = 0; return n; }"
WALK = f"/audits/{AUDIT}"
STOP = f"{WALK}/stops/s2"
MADE = "[data-plan-made]"


@pytest.fixture
def leader(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The leader's phone, on which every page counts the taps."""
    with phone_of(browser, server, "leader") as page:
        page.add_init_script(COUNT_TAPS)
        yield page


def taps(page: Page) -> int:
    """Taps counted in this tab since this was last asked. A page that is being reloaded is asked again."""

    def ask() -> tuple[int] | None:
        try:
            return (int(page.evaluate(TAKE_TAPS)),)
        except Error:
            return None

    (counted,) = until(ask, "the page tells its taps")
    return int(counted)


@contextmanager
def settled(page: Page) -> Iterator[None]:
    """Wait until the page shows the plan anew after a change, or says that the change is only here yet."""

    def began() -> float:
        return float(page.evaluate("performance.timeOrigin"))

    def is_over() -> bool:
        try:
            return began() != before or page.locator(".toast").filter(has_text="已存在本机").count() > 0
        except Error:
            return False  # it is being loaded

    before = began()
    yield
    until(is_over, "the plan is shown anew")
    page.wait_for_load_state()


def agreed(ledger: Ledger) -> None:
    """Wait until the journal has what was said of a change after it was made."""
    until(
        lambda: any("reason" in one["body"] for one in ledger.new("configured")[-2:]),
        "the reason of the last change",
    )


def times(ledger: Ledger) -> list[tuple[str, str]]:
    """Beginning and end of stop s2 in each of its new versions."""
    bodies = [one["body"] for one in ledger.new("configured")]
    return [(one["value"]["start"], one["value"]["end"]) for one in bodies if one["path"] == "stops/s2"]


def paragraph(server: LiveServer, language: str = "zh") -> str:
    """Report element 1.5.5, what was changed, as the leader sees it before release."""
    url = f"{server.url}{WALK}/report?element=1.5.5.plan_changes"
    page = httpx.get(url, cookies={COOKIE: server.tokens["leader"]}, timeout=PATIENCE_S).text
    found = re.search(rf'name="text\.{language}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, page
    return found[1].strip()


def test_an_auditor_is_swapped_and_a_stop_skipped_in_two_taps_each(
    leader: Page, ledger: Ledger, server: LiveServer
) -> None:
    visit(leader, STOP)
    leader.locator("[data-plan-change]").tap()
    leader.locator(f"[data-plan-do=swap][data-to='{ID['leader']}']").tap()
    expect(leader.locator(MADE)).to_be_visible()
    assert taps(leader) == 2
    [changed, change] = ledger.arrived("configured", 2)
    assert changed["body"]["value"]["auditors"] == [ID["leader"]]
    assert change["body"]["value"]["before"]["s2"]["auditors"] == [ID["auditor"]]
    leader.get_by_text("受审核方人员不在").tap()
    leader.locator("[name=agreed_other]").fill("阮知微")
    leader.locator("#plan-sheet .go").tap()
    expect(leader.locator(".live .note s")).to_have_text("auditor 某")
    agreed(ledger)
    taps(leader)

    visit(leader, WALK)
    leader.locator("[data-plan-change]").tap()
    leader.locator("[data-plan-do=skip]").tap()
    expect(leader.locator(MADE)).to_be_visible()
    assert taps(leader) == 2
    leader.get_by_text("设备检修或停产").tap()
    leader.locator("#plan-sheet .go").tap()
    expect(leader.locator(".route s").first).to_be_visible()
    expect(leader.locator("#changes .record")).to_have_count(2)
    agreed(ledger)
    nothing_left(leader)

    zh, en = paragraph(server).splitlines(), paragraph(server, "en").splitlines()
    assert len(zh) == len(en) == 2
    assert (
        "S02 生产部·真空钎焊审核员由auditor 某改为leader 某；原因：受审核方人员不在；同意人：阮知微" in zh[0]
    )
    assert "auditor leader 某 instead of auditor 某; reason: Person of the client not available" in en[0]
    assert re.search(r"S0[12] .*（11月18日\d\d:00–1\d:00）未审；原因：设备检修或停产", zh[1])


def test_without_a_network_the_change_is_kept_and_sent_later(
    browser: Browser, server: LiveServer, ledger: Ledger
) -> None:
    with phone_of(browser, server, "leader", worker=True) as leader:
        visit(leader, STOP)
        expect(leader.locator("[data-plan-change]")).to_be_visible()
        has_worker(leader)  # which brings what the change needs
        leader.context.set_offline(True)
        leader.locator("[data-plan-change]").tap()
        leader.locator("[data-plan-do=move][data-minutes='30']").tap()
        expect(leader.locator(MADE)).to_have_text("已改时间")
        leader.locator("#plan-sheet .go").tap()
        expect(leader.locator(".toast")).to_contain_text("已存在本机")
        leader.locator("[data-plan-change]").tap()
        leader.locator("[data-plan-do=move][data-minutes='60']").tap()
        expect(leader.locator(MADE)).to_be_visible()
        leader.locator("#plan-sheet .go").tap()
        expect(leader.locator(".toast")).to_contain_text("已存在本机")
        leader.context.set_offline(False)
        online_again(leader)
        sent = ledger.arrived("configured", 4)
        starts = [one["body"]["value"]["start"] for one in sent if one["body"]["path"] == "stops/s2"]
        assert starts == ["2026-11-18T10:30:00+08:00", "2026-11-18T11:30:00+08:00"]
        later = [one for one in sent if one["body"]["path"] == "stops/s2"]
        assert later[1]["body"]["bases"] == [later[0]["id"]]
        nothing_left(leader)


def test_a_change_is_undone_from_the_walk(leader: Page, ledger: Ledger, server: LiveServer) -> None:
    visit(leader, STOP)
    leader.locator("[data-plan-change]").tap()
    leader.locator("[data-plan-do=split]").tap()
    expect(leader.locator(MADE)).to_have_text("已拆成两站")
    leader.locator("#plan-sheet .go").tap()
    ledger.arrived("configured", 3)
    visit(leader, WALK)
    expect(leader.locator(".route li")).to_have_count(3)
    leader.locator("[data-plan-undo]").tap()
    expect(leader.locator(".route li")).to_have_count(2)
    expect(leader.locator("#changes")).to_have_count(0)
    nothing_left(leader)


def test_a_stop_moved_beyond_the_visit_is_a_task_of_the_office(
    leader: Page, ledger: Ledger, browser: Browser, server: LiveServer
) -> None:
    visit(leader, STOP)
    leader.locator("[data-plan-change]").tap()
    leader.locator("[data-plan-do=move][data-day='2026-11-19']").tap()
    expect(leader.locator(MADE)).to_be_visible()
    leader.locator("[name=day]").fill("2026-11-21")
    leader.locator("[name=from]").fill("14:00")
    leader.locator("[name=to]").fill("15:30")
    leader.locator("#plan-sheet .go").tap()
    until(
        lambda: times(ledger)[-1:] == [("2026-11-21T14:00:00+08:00", "2026-11-21T15:30:00+08:00")],
        "the stop at its new time, however many versions that took",
    )
    nothing_left(leader)
    with phone_of(browser, server, "office") as office:
        visit(office, "/office/tasks")
        expect(office.locator(".badge")).to_have_text("1")
        expect(office.locator("main li")).to_contain_text("改到2026-11-21，不在审核日期内")
        office.locator("button[value=finish]").tap()
        expect(office.locator("main li")).to_have_count(0)


def test_stops_are_joined_and_added(leader: Page, ledger: Ledger) -> None:
    visit(leader, WALK)
    leader.locator("[data-plan-change]").tap()
    leader.locator("[data-plan-stop]").select_option("s2")
    leader.locator("[data-plan-into]").select_option("s1")
    expect(leader.locator(MADE)).to_have_text("已合并")
    bodies = {one["body"]["path"]: one["body"]["value"] for one in ledger.arrived("configured", 3)}
    joined = bodies["stops/s1"]
    assert joined["auditors"] == [ID["leader"], ID["auditor"]]
    assert [one["number"] for one in joined["clauses"]] == ["6.2.1", "6.2.1", "8.5.1"]
    assert (joined["start"][11:16], joined["end"][11:16]) == ("09:00", "12:00")
    assert bodies["stops/s2"]["status"] == "merged"
    with settled(leader):
        leader.locator("[data-plan-do=undo]").tap()
    undone = ledger.arrived("configured", 6)[3:]
    assert {one["body"]["path"]: one["body"]["value"]["label"] for one in undone[:2]} == {
        "stops/s1": "S01",
        "stops/s2": "S02",
    }

    leader.locator("[data-plan-change]").tap()
    leader.locator("[data-plan-do=add]", has_text="生产部").tap()
    expect(leader.locator(MADE)).to_have_text("已加一站")
    leader.locator("[name=process]").fill("热处理")
    leader.locator("#plan-sheet .go").tap()
    expect(leader.locator(".route")).to_contain_text("生产部 · 热处理")
    nothing_left(leader)


def test_a_stop_added_before_midnight_ends_after_it(leader: Page, ledger: Ledger) -> None:
    leader.add_init_script('Date.now = () => Date.parse("2026-11-18T23:40:00+08:00");')
    visit(leader, WALK)
    leader.locator("[data-plan-change]").tap()
    leader.locator("[data-plan-do=add]", has_text="生产部").tap()
    expect(leader.locator(MADE)).to_have_text("已加一站")
    leader.locator("[name=process]").fill("夜班")
    leader.locator("#plan-sheet .go").tap()

    def named() -> list[dict[str, Any]]:
        values = [one["body"]["value"] for one in ledger.new("configured")]
        return [value for value in values if value.get("process") == {"zh": "夜班"}]

    [added] = until(named, "the stop with its name")
    assert (added["start"], added["end"]) == ("2026-11-18T23:40:00+08:00", "2026-11-19T00:10:00+08:00")


def test_who_may_not_set_up_the_audit_is_offered_no_change(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "auditor") as page:
        visit(page, STOP)
        expect(page.locator(".dock")).to_be_visible()
        expect(page.locator("[data-plan-change]")).to_have_count(0)
