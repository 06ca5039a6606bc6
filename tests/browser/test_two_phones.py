"""Two phones on one audit, at one stop: all arrives exactly once, each sees the other, two changes stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import until, visit
from tests.browser.support.site import has_worker
from tests.support.live import LiveServer, verify
from tests.support.world import AUDIT, ID

STOP = f"/audits/{AUDIT}/stops/s2"
CAPTURE = f"{STOP}/capture"
FORM = "form[data-capture][data-ready]"
TEXT = "textarea[name=text]"
SAVE = ".dock button[type=submit]:not([data-again])"
NEXT = "[data-again]"
SHUTTER = "[data-shutter][data-live]"
RECORD = "#records [data-object]"
BADGE = "[data-on-this-phone]"


@pytest.fixture
def leader(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The leader's phone."""
    with phone_of(browser, server, "leader", permissions=["camera"]) as page:
        yield page


@pytest.fixture
def auditor(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The auditor's phone."""
    with phone_of(browser, server, "auditor", permissions=["camera"]) as page:
        yield page


@pytest.fixture
def roaming(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The auditor's phone where a network comes and goes."""
    with phone_of(browser, server, "auditor", worker=True, permissions=["camera"]) as page:
        yield page


def begin(page: Page) -> None:
    """Open an empty form for a note."""
    visit(page, CAPTURE)
    page.locator(FORM).wait_for()


def write(page: Page, text: str) -> None:
    """Write a note and begin the next one in the same place."""
    page.fill(TEXT, text)
    page.tap(NEXT)
    expect(page.locator(TEXT)).to_have_value("")


def shows(page: Page, *texts: str) -> None:
    """Wait until an open page of the stop shows each of these notes once, without being reloaded."""
    for text in texts:
        expect(page.locator(RECORD).filter(has_text=text)).to_have_count(1)


def arrived_once(ledger: Ledger, texts: list[str]) -> None:
    """The journal got each of these notes exactly once, and no other."""
    known = ledger.arrived("observed", len(texts))
    assert Counter(entry["body"]["text"]["zh"] for entry in known) == Counter(texts)


def test_turn_about_and_at_once(leader: Page, auditor: Page, server: LiveServer, ledger: Ledger) -> None:
    ours = [f"组长记录第 {n} 条" for n in range(4)]
    theirs = [f"组员记录第 {n} 条" for n in range(4)]
    begin(leader)
    begin(auditor)
    for our, their in zip(ours[:3], theirs[:3], strict=True):
        write(leader, our)
        write(auditor, their)
    leader.fill(TEXT, ours[3])
    auditor.fill(TEXT, theirs[3])
    for page in (leader, auditor):
        page.locator(SAVE).dispatch_event("click")
    for page in (leader, auditor):
        page.wait_for_url(f"**{STOP}")
    for page in (leader, auditor):
        shows(page, *ours, *theirs)
    arrived_once(ledger, ours + theirs)
    for page in (leader, auditor):
        nothing_left(page)
    verify(server.data, AUDIT)


def test_each_sees_what_the_other_records_without_reloading(leader: Page, auditor: Page) -> None:
    visit(leader, STOP)
    visit(auditor, CAPTURE)
    auditor.locator(FORM).wait_for()
    leader.evaluate("window.notReloaded = true")
    write(auditor, "回火炉 2 号表无校准标识")
    shows(leader, "回火炉 2 号表无校准标识")
    expect(leader.locator(RECORD).filter(has_text="回火炉")).to_contain_text("auditor 某")
    assert leader.evaluate("window.notReloaded")


def test_one_of_them_is_offline_for_a_while(
    leader: Page, roaming: Page, server: LiveServer, ledger: Ledger
) -> None:
    begin(leader)
    begin(roaming)
    write(leader, "离线之前")
    has_worker(roaming)  # photos are developed by a script that is fetched when there are any
    roaming.context.set_offline(True)
    for n in range(3):
        write(roaming, f"离线时第 {n} 条")
        write(leader, f"同时在线第 {n} 条")
    roaming.fill(TEXT, "离线时附照片")
    roaming.tap(SHUTTER)
    expect(roaming.locator("[data-shots] figure")).to_have_count(1)
    online = ["离线之前", *(f"同时在线第 {n} 条" for n in range(3))]
    arrived_once(ledger, online)
    roaming.context.set_offline(False)
    offline = [*(f"离线时第 {n} 条" for n in range(3)), "离线时附照片"]
    arrived_once(ledger, online + offline)
    [photo] = ledger.arrived("photographed", 1)
    [note] = [entry for entry in ledger.new("observed") if "附照片" in entry["body"]["text"]["zh"]]
    assert photo["body"]["observation"] == note["id"]
    nothing_left(roaming)
    visit(leader, STOP)
    shows(leader, *online, *offline)
    verify(server.data, AUDIT)


def test_a_change_on_both_phones_of_one_author_stands_in_two_versions(
    browser: Browser, auditor: Page, leader: Page, server: LiveServer, ledger: Ledger
) -> None:
    begin(auditor)
    write(auditor, "抽查 3 份焊工证")
    [note] = ledger.arrived("observed", 1)
    address = f"/audits/{AUDIT}/observations/{note['id']}"
    with phone_of(browser, server, "auditor") as tablet:
        for page, text in ((auditor, "抽查 3 份焊工证，均有效"), (tablet, "抽查 3 份焊工证，1 份过期")):
            visit(page, address)
            page.locator(FORM).wait_for()
            page.fill(TEXT, text)
        for page in (auditor, tablet):
            page.tap(SAVE)
            page.wait_for_url(f"**{STOP}")
        changes = ledger.arrived("amended", 2)
        assert [change["body"]["bases"] for change in changes] == [[note["id"]], [note["id"]]]
        assert {change["by"] for change in changes} == {ID["auditor"]}
        assert len({change["device"] for change in changes}) == 2
        visit(leader, STOP)
        changed = leader.locator(f"#records [data-object='{note['id']}']")
        expect(changed).to_contain_text("两个版本")
        resolve(tablet, address, "抽查 3 份焊工证，2 份有效，1 份过期")
        merged = ledger.arrived("amended", 3)[-1]
    assert set(merged["body"]["bases"]) == {change["id"] for change in changes}
    expect(changed).to_contain_text("2 份有效，1 份过期")
    expect(changed).not_to_contain_text("两个版本")
    verify(server.data, AUDIT)


def test_two_versions_become_one_on_a_phone_that_was_not_told_that_its_own_arrived(
    browser: Browser, auditor: Page, server: LiveServer, ledger: Ledger
) -> None:
    """The answer was lost: its own version still waits there, and is on the page beside the other one."""
    begin(auditor)
    write(auditor, "抽查 3 份焊工证")
    [note] = ledger.arrived("observed", 1)
    address = f"/audits/{AUDIT}/observations/{note['id']}"

    is_lost = True

    def answer(route: Route) -> None:
        if not is_lost:
            route.continue_()
            return
        route.fetch()
        route.abort()

    with phone_of(browser, server, "auditor") as tablet:
        for page, text in ((auditor, "抽查 3 份焊工证，均有效"), (tablet, "抽查 3 份焊工证，1 份过期")):
            visit(page, address)
            page.locator(FORM).wait_for()
            page.fill(TEXT, text)
        tablet.route("**/entries", answer)
        for page in (auditor, tablet):
            page.tap(SAVE)
            page.wait_for_url(f"**{STOP}")
        changes = until(lambda: tablet.title() and len(ledger.new("amended")) == 2 and ledger.new("amended"))
        resolve(tablet, address, "抽查 3 份焊工证，2 份有效，1 份过期")
        is_lost = False
        nothing_left(tablet)
        merged = ledger.arrived("amended", 3)[-1]
    assert set(merged["body"]["bases"]) == {change["id"] for change in changes}


def resolve(page: Page, address: str, text: str) -> None:
    """Say on one phone what holds: the page of a note in two versions says so; saving makes one of them."""
    visit(page, address)
    page.locator(FORM).wait_for()
    expect(page.locator(FORM)).to_contain_text("两个版本")
    page.fill(TEXT, text)
    page.tap(SAVE)
    page.wait_for_url(f"**{STOP}")
