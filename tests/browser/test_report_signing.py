"""The leader signs the report on their phone: it arrives once, is shown, a later change is told."""

from __future__ import annotations

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser.support.documents import read_docx
from tests.browser.support.follow_up import leave_by
from tests.browser.support.guests import draw, picture_is_there
from tests.browser.support.people import COOKIE, Ledger, nothing_left
from tests.browser.support.phone import PATIENCE_S, visit
from tests.support.live import LiveServer
from tests.support.sample import Sampled


def pictures(served: LiveServer, sampled: Sampled, folder: Path) -> int:
    """How many pictures the report holds as it would be printed now."""
    url, file = f"{served.url}/audits/{sampled.fresh}/report.docx?lang=zh", folder / "report.docx"
    cookies = {COOKIE: served.tokens["wen"]}
    file.write_bytes(httpx.get(url, cookies=cookies, timeout=PATIENCE_S).raise_for_status().content)
    return len(read_docx(file)[1])


def drawn(page: Page) -> None:
    """Open the sentence to sign, and sign it with a finger."""
    page.locator("#signatures [data-sign]").tap()
    dialog = page.locator("dialog.signing")
    expect(dialog.locator(".rec")).to_contain_text("闻砚秋参加了本次审核，确认审核报告")
    draw(page, dialog.locator("[data-pad]"))


def test_signed_shown_and_changed(wen: Page, served: LiveServer, sampled: Sampled, tmp_path: Path) -> None:
    before = pictures(served, sampled, tmp_path)
    ledger = Ledger(served, "wen", sampled.fresh)
    report = f"/audits/{sampled.fresh}/report?chapter=7"
    visit(wen, report)
    box = wen.locator("#signatures")
    expect(box.locator(".head")).to_contain_text("0 / 3")
    drawn(wen)
    leave_by(wen, wen.locator("dialog.signing button[value=yes]"))
    (signed,) = ledger.arrived("signed", 1)
    assert (signed["body"]["what"], signed["body"]["way"]) == ("report", "own_phone")
    assert signed["body"]["content_sha256"][:12] in signed["body"]["text"]
    picture_is_there(served, signed, "wen", sampled.fresh)
    assert pictures(served, sampled, tmp_path) > before
    expect(box.locator("img.ink")).to_be_visible()
    expect(box.locator("[data-sign]")).to_have_count(0)
    visit(wen, f"/audits/{sampled.fresh}/report?chapter=cover")
    expect(wen.locator("[id='e-cover.leader_signature']")).to_contain_text(signed["body"]["signed_at"][:10])

    visit(wen, f"/audits/{sampled.fresh}/report?element=5.use_of_marks")
    leave_by(wen, wen.locator("form[action$='5.use_of_marks'] button[type=submit]"))
    expect(box).to_contain_text("签字后报告有改动，请重新签字")
    expect(box.locator("[data-sign]")).to_have_text("重新签字")


def test_without_a_network_it_waits_on_the_phone(wen: Page, served: LiveServer, sampled: Sampled) -> None:
    ledger = Ledger(served, "wen", sampled.fresh)
    visit(wen, f"/audits/{sampled.fresh}/report")
    wen.route("**/entries", lambda route: route.abort())
    drawn(wen)
    wen.locator("dialog.signing button[value=yes]").tap()
    box = wen.locator("#signatures")
    expect(box.locator("[data-message]")).to_contain_text("已签，仅在本机")
    expect(box.locator("[data-sign]")).to_be_hidden()
    visit(wen, f"/audits/{sampled.fresh}/report")
    expect(box.locator("[data-message]")).to_contain_text("已签，仅在本机")
    assert ledger.new("signed") == []
    wen.unroute("**/entries")
    nothing_left(wen)
    assert len(ledger.arrived("signed", 1)) == 1
