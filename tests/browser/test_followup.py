"""A nonconformity from wording to closure: auditor, leader and the client, each in a browser of their own."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.follow_up import answer, auditees_code, leave_by, sign_on_own_phone, verify
from tests.browser.support.guests import draw, enter, guest_phone, picture_is_there
from tests.browser.support.people import COOKIE, Ledger, nothing_left, phone_of
from tests.browser.support.phone import PATIENCE_S, visit
from tests.browser.test_accessibility import AXE, CHECK, TAGS
from tests.support.live import LiveServer
from tests.support.world import AUDIT, FINDING, NONCONFORMITY, OBSERVATION

FINDINGS = f"/audits/{AUDIT}/findings"


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


def raise_it(auditor: Page, ledger: Ledger) -> str:
    """The auditor words it from an observation; returns its id."""
    visit(auditor, f"{FINDINGS}/new?observation={OBSERVATION}")
    auditor.fill("textarea[name='statement.zh']", "真空钎焊 3 号炉保温时间短于作业指导书的规定")
    auditor.fill("textarea[name='requirement.zh']", "作业指导书 W-7 规定保温 30 min")
    auditor.fill("input[name=number]", "NC-07")
    clause = "input[name=clauses][value='QMS 8.5.1']"
    auditor.locator(f"details:has({clause}) > summary").tap()
    auditor.locator(f"label:has({clause})").tap()
    leave_by(auditor, auditor.locator("form[data-entry=found] button[type=submit]"))
    (found,) = ledger.arrived("found", 1)
    return str(found["id"])


def grade_it(leader: Page, finding: str, ledger: Ledger, grade: str, count: int) -> None:
    visit(leader, f"{FINDINGS}/{finding}")
    leader.locator(f"input[name=grade][value={grade}]").check()
    leave_by(leader, leader.locator("form[data-entry=amended] button[type=submit]"))
    ledger.arrived("amended", count)


def sign_it(leader: Page, finding: str, dissent: str = "") -> None:
    """The phone is passed to the client's representative."""
    visit(leader, f"{FINDINGS}/{finding}")
    box = leader.locator("[data-acknowledge]")
    box.locator("[data-name]").fill("邱晓芸")
    box.locator("[data-dissent]").fill(dissent)
    box.locator("[data-sign]").tap()
    dialog = leader.locator("dialog.signing")
    expect(dialog.locator(".rec")).to_contain_text("签字表示理解，不表示接受")
    draw(leader, dialog.locator("[data-pad]"))
    leave_by(leader, dialog.locator("button[value=yes]"))


def a_file_of_another_kind_is_told_within_the_screen(auditee: Page, folder: Path) -> None:
    film = folder / "整改后现场录像第二车间真空钎焊.mov"
    film.write_bytes(b"moov")
    answer(auditee, "邱晓芸", "定时器未锁定", film)
    expect(auditee.locator("#wrong-files")).to_be_visible()
    over = auditee.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over == 0, "the page scrolls sideways"


def check_axe(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert page.evaluate(CHECK, TAGS) == []


def test_from_wording_to_closure(browser: Browser, server: LiveServer, tmp_path: Path) -> None:
    ledger = Ledger(server)
    file = tmp_path / "整改记录.pdf"
    file.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\n")
    with (
        phone_of(browser, server, "auditor") as auditor,
        phone_of(browser, server, "leader") as leader,
        guest_phone(browser, server, worker=False) as auditee,
    ):
        auditee.context.add_init_script(path=AXE)
        visit(leader, FINDINGS)
        finding = raise_it(auditor, ledger)
        expect(leader.locator(f"#live [data-object='{finding}']")).to_have_count(1)
        expect(leader.locator("header.bar")).to_have_count(1)
        grade_it(leader, finding, ledger, "major", 1)
        sign_it(leader, finding, "定时器当时正在维修")
        (signed,) = ledger.arrived("signed", 1)
        assert signed["body"]["what"] == f"nonconformity/{finding}"
        assert signed["body"]["version"] == ledger.new("amended")[0]["id"]
        assert "不同意见：定时器当时正在维修" in signed["body"]["text"]
        picture_is_there(server, signed)
        grade_it(leader, finding, ledger, "minor", 2)
        visit(leader, f"{FINDINGS}/{finding}")
        expect(leader.locator("#acknowledgement")).to_contain_text("请重新签字")
        enter(auditee, auditees_code(leader, AUDIT), "邱晓芸")
        expect(auditee.locator("main")).to_contain_text("沟通之后")
        visit(leader, f"/audits/{AUDIT}/meetings/client")
        leader.locator("[data-now=start]").tap()
        ledger.arrived("meeting-held", 1)
        auditee.reload()
        leave_by(auditee, auditee.locator("a", has_text="NC-07"))
        check_axe(auditee)
        sign_on_own_phone(auditee, "邱晓芸")
        (_, signed) = ledger.arrived("signed", 2)
        assert (signed["body"]["way"], signed["body"]["name"]) == ("own_phone", "邱晓芸")
        picture_is_there(server, signed)
        visit(leader, f"{FINDINGS}/{finding}")
        expect(leader.locator("#acknowledgement img")).to_be_visible()
        a_file_of_another_kind_is_told_within_the_screen(auditee, tmp_path)
        answer(auditee, "邱晓芸", "定时器未锁定", file)
        expect(auditee.locator("main")).to_contain_text("审核组正在评定")
        check_axe(auditee)

        verify(auditor, f"{FINDINGS}/{finding}", "asked_again", "请附培训签到表")
        ledger.arrived("verified", 1)
        auditee.reload()
        expect(auditee.locator("main")).to_contain_text("请附培训签到表")
        answer(auditee, "邱晓芸", "定时器未锁定；点检表没有这一项")
        said = ledger.arrived("responded", 2)
        assert said[0]["body"]["files"][0]["name"] == "整改记录.pdf"

        verify(leader, f"{FINDINGS}/{finding}", "effective", "看了 11 月 25 日返工记录与点检表")
        (_, last) = ledger.arrived("verified", 2)
        assert last["body"]["response"] == said[1]["id"]
        visit(leader, f"{FINDINGS}/{finding}")
        expect(leader.locator("#follow-up h2")).to_contain_text("已关闭")
        auditee.reload()
        expect(auditee.locator("main")).to_contain_text("已关闭")
        assert auditee.locator("textarea").count() == 0
        check_axe(auditee)
    printed = httpx.get(
        f"{server.url}/audits/{AUDIT}/nonconformities.html",
        cookies={COOKIE: server.tokens["leader"]},
        timeout=PATIENCE_S,
    )
    for words in ("邱晓芸", "点检表没有这一项", "看了 11 月 25 日返工记录", "已关闭", "<img"):
        assert words in printed.text


def test_the_team_meeting_grades_without_a_network(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "leader") as leader:
        ledger, meeting = Ledger(server), f"/audits/{AUDIT}/meetings/team"
        form = leader.locator(f"form[data-target='{FINDING}']")
        visit(leader, meeting)
        leader.route("**/entries", lambda route: route.abort())
        form.locator("input[name=grade][value=major]").check()
        form.locator("[type=submit]").tap()
        expect(leader.locator("[data-on-this-phone] [data-count]")).to_have_text("1")
        visit(leader, meeting)
        expect(form.locator("input[value=major]")).to_be_checked()
        form.locator("input[name=number]").fill("NC-21")
        form.locator("[type=submit]").tap()
        expect(leader.locator("[data-on-this-phone] [data-count]")).to_have_text("2")
        leader.unroute("**/entries")
        nothing_left(leader)
        first, second = (one["body"] | {"id": one["id"]} for one in ledger.arrived("amended", 2))
        assert (first["bases"], second["bases"]) == ([FINDING], [first["id"]])
        assert first["finding"]["number"] == NONCONFORMITY["number"]
        assert (second["finding"]["grade"], second["finding"]["number"]) == ("major", "NC-21")
        assert second["finding"]["statement"]["zh"] == "保温时间不足"


def test_what_is_not_saved_is_not_signed(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "leader") as leader:
        visit(leader, f"{FINDINGS}/{FINDING}")
        box, evidence = leader.locator("[data-acknowledge]"), leader.locator("[name='evidence.zh']")
        saved = evidence.input_value()
        box.locator("[data-name]").fill("邱晓芸")
        evidence.fill("3 号炉 11 月 6 日记录 20 min")
        box.locator("[data-sign]").tap()
        expect(box.locator("[data-message]")).to_contain_text("请先保存")
        expect(leader.locator("dialog.signing")).to_have_count(0)
        evidence.fill(saved)
        box.locator("[data-sign]").tap()
        expect(leader.locator("dialog.signing .rec")).to_contain_text(saved)
