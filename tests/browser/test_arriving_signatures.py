"""Signatures whose entry is here and whose picture is not: nobody is told that they are delivered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support.guests import draw, picture_is_there
from tests.browser.support.link import Link
from tests.browser.support.people import Ledger
from tests.browser.support.phone import items, rows, until, visit
from tests.browser.support.pictures import drawn
from tests.support.live import LiveServer
from tests.support.world import AUDIT, FINDING

STOP = f"/audits/{AUDIT}/stops/s2"
MEETING = f"/audits/{AUDIT}/meetings/opening"
NONCONFORMITY = f"/audits/{AUDIT}/findings/{FINDING}"
HERE = "已签，仅在本机"


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    return shared


def sign(page: Page) -> None:
    """What is asked for by now, with a finger."""
    draw(page, page.locator("dialog.signing [data-pad]"))
    page.locator("dialog.signing button[value=yes]").tap()


def guide_signs(page: Page, name: str) -> Locator:
    """Somebody who goes along signs at the end of the stop; the part of the page where guides stand."""
    visit(page, STOP)
    guides = page.locator("[data-accompanying]")
    guides.locator("summary").tap()
    guides.locator("input[name=name]").fill(name)
    guides.locator("form button").tap()
    sign(page)
    return guides


def entry_is_there(page: Page, ledger: Ledger) -> dict[str, object]:
    """The entry of what was just signed, once the phone knows that it has arrived, and its picture hasn't."""
    [signed] = ledger.arrived("signed", 1)
    until(lambda: rows(page, "entries") == [], "the phone knows that the entry is there")
    assert [(one["type"], one["kind"]) for one in items(page)] == [("photo", "signed")]
    return signed


def then_the_picture(
    page: Page, link: Link, place: Locator, server: LiveServer, signed: dict[str, object]
) -> None:
    """It goes once the network is back, and the page shows it in the place of what it said of it."""
    link.is_cut = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(place).not_to_contain_text(HERE)
    picture_is_there(server, signed)
    ink = place.locator("img.ink")
    expect(ink).to_be_visible()
    until(lambda: drawn(ink), "the picture is drawn")


def test_a_guide_stands_once_and_is_on_this_phone_until_the_picture_is_there(
    auditor: Page, ledger: Ledger, server: LiveServer
) -> None:
    link = Link(auditor)
    guides = guide_signs(auditor, "尤思远")
    line = guides.locator(".rows-line", has_text="尤思远")
    signed = entry_is_there(auditor, ledger)
    expect(line).to_contain_text(HERE)
    visit(auditor, STOP)
    guides.locator("summary").tap()
    expect(line).to_contain_text(HERE)
    expect(line).to_have_count(1)
    expect(line.locator("img.ink")).to_be_hidden()
    then_the_picture(auditor, link, line, server, signed)
    expect(line).to_have_count(1)


def test_who_signs_again_stands_once(auditor: Page, ledger: Ledger) -> None:
    """A picture may be lost with its phone: then they sign on another."""
    for count in (1, 2):
        guides = guide_signs(auditor, "车明远")
        expect(guides.locator(".rows-line", has_text="车明远")).to_contain_text("已签")
        expect(guides.locator(".rows-line", has_text="车明远")).to_have_count(1)
        ledger.arrived("signed", count)
    assert len(ledger.new("accompanied")) == 1, "that they came along is said already"


def test_a_member_at_a_meeting(leader: Page, ledger: Ledger, server: LiveServer) -> None:
    link = Link(leader)
    visit(leader, MEETING)
    place = leader.locator("[data-what=commitment] .rows-line", has_text="leader 某")
    place.locator("[data-sign]").tap()
    sign(leader)
    signed = entry_is_there(leader, ledger)
    expect(place).to_contain_text(HERE)
    visit(leader, MEETING)
    expect(place).to_contain_text(HERE)
    expect(place.locator("img.ink")).to_be_hidden()
    then_the_picture(leader, link, place, server, signed)


def test_the_client_under_a_nonconformity(leader: Page, ledger: Ledger, server: LiveServer) -> None:
    link = Link(leader)
    visit(leader, NONCONFORMITY)
    place = leader.locator("#acknowledgement")
    place.locator("[data-name]").fill("邱晓芸")
    place.locator("[data-sign]").tap()
    sign(leader)
    signed = entry_is_there(leader, ledger)
    expect(place.locator("[data-message]")).to_contain_text(HERE)
    visit(leader, NONCONFORMITY)
    expect(place).to_contain_text(HERE)
    expect(place.locator("img.ink")).to_be_hidden()
    then_the_picture(leader, link, place, server, signed)
