"""A day of an audit from the opening meeting to a closed nonconformity, everybody on their own phone.

The leader, a second auditor, two guides who came by a code – one of them inside WeChat – and the client's
representative, each in a browser of their own, against one server. In the evening the journal holds
everything once, and the papers say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.day import (
    BOTH,
    CLIENT,
    EVERYBODY,
    GUIDE,
    MEETINGS,
    STOREKEEPER,
    Day,
    begin,
    end,
    everybody_signs_in,
    open_day,
    tick_everything,
)
from tests.browser.support.documents import packed
from tests.browser.support.follow_up import answer, auditees_code, leave_by, sign_on_own_phone, verify
from tests.browser.support.guests import code_of, draw, enter, picture_is_there
from tests.browser.support.people import nothing_left
from tests.browser.support.phone import visit
from tests.support.live import verify as verify_chain
from tests.support.sample import Sampled

POLISHING, DRAWING = "S09", "S08"
"""The stop of the second auditor, where pictures are allowed, and the leader's, where they are not."""
SEEN = "抛光 3 号工位除尘风机停转，岗位上没有替代措施"
GOOD = "拉伸 2 号机首件记录 6 份，齐全"
STATEMENT = "除尘停用期间公司没有采取替代控制"
REQUIREMENT = "LH-HJ-12 第 4.3 条：停用须书面报告并采取替代措施"
CAUSE = "停机报修单没有抄送设备安环部"
TEXT = "textarea[name=text]"
SAVE = ".dock button[type=submit]:not([data-again])"

ONCE = {
    "meeting-held": 2 * len(MEETINGS),
    "attended": len(EVERYBODY) * len(BOTH),
    "signed": len(EVERYBODY) * len(BOTH) + 3,
    "accompanied": 2,
    "permitted": 2,
    "observed": 2,
    "photographed": 1,
    "arrived": 1,
    "left": 1,
    "found": 1,
    "confirmed": 2,
    "amended": 1,
    "responded": 1,
    "verified": 2,
}
"""How many entries of each kind the day makes, ticks aside; facts are asked once and answered once."""


@pytest.fixture
def day(browser: Browser, sampled: Sampled) -> Iterator[Day]:
    with open_day(browser, sampled) as opened:
        yield opened


def test_a_whole_day(day: Day) -> None:
    guests = the_company_comes_in(day)
    opening_meeting(day, guests)
    guides_say_what_may_be_photographed(day, guests)
    the_leader_records_without_a_picture(day)
    observation = the_auditor_records_with_a_photo(day)
    finding = a_nonconformity_is_raised(day, observation)
    its_facts_are_confirmed_at_the_machine(day, finding)
    guides_sign_the_end_of_their_stops(day)
    number, due = the_team_grades_it(day, finding)
    own_page = the_client_signs_it(day, number)
    closing_meeting(day, guests, number, due)
    the_client_answers(day, own_page)
    the_auditor_verifies_and_closes_it(day, finding, own_page)
    for page in (day.leader, day.auditor):
        nothing_left(page)
    the_journal_has_everything_once(day, finding)
    the_papers_say_the_same(day, number, due)


def the_company_comes_in(day: Day) -> dict[str, str]:
    """Each by the code that the leader shows them; returns below which address their pages are."""
    enter(day.client, code_of(day.leader, "attendee", day.audit), CLIENT)
    day.client.get_by_role("navigation", name="哪一次会议").wait_for()
    for page, name in ((day.guide, GUIDE), (day.storekeeper, STOREKEEPER)):
        enter(page, code_of(day.leader, "guide", day.audit), name)
        page.locator("#stops").wait_for()
    return {name: page.url.rsplit("/", 1)[0] for page, name in day.company}


def opening_meeting(day: Day, guests: dict[str, str]) -> None:
    """Begun, every point ticked, the sheet signed, ended."""
    begin(day.leader, f"{day.path}/meetings/opening")
    tick_everything(day.leader)
    everybody_signs_in(day, guests, "opening")
    end(day.leader)


def guides_say_what_may_be_photographed(day: Day, guests: dict[str, str]) -> None:
    for page, name, stop, pictures in (
        (day.guide, GUIDE, POLISHING, "allowed"),
        (day.storekeeper, STOREKEEPER, DRAWING, "none"),
    ):
        visit(page, f"{guests[name]}/guide")
        page.locator(f"input[name='along.{stop}']").check()
        page.locator(f"input[name='pictures.{stop}'][value={pictures}]").check()
        page.locator("#stops button[type=submit]").tap()
        expect(page.locator("#sign")).to_be_visible()


def the_leader_records_without_a_picture(day: Day) -> None:
    page, stop = day.leader, f"{day.path}/stops/{DRAWING}"
    visit(page, f"{stop}/capture")
    page.locator("form[data-capture][data-ready]").wait_for()
    expect(page.locator("[data-no-pictures]")).to_contain_text("不可拍照")
    expect(page.locator("[data-shutter]")).to_be_disabled()
    write(page, GOOD, "符合")
    save(page)
    expect(page.locator("#records [data-object]", has_text=GOOD)).to_have_count(1)


def the_auditor_records_with_a_photo(day: Day) -> str:
    """At an item of the stop, between arriving and leaving; returns the record's id."""
    page, stop = day.auditor, f"{day.path}/stops/{POLISHING}"
    visit(page, stop)
    page.locator("[data-presence-tap=arrived]").tap()
    day.ledger.arrived("arrived", 1)
    page.locator("li.item").first.get_by_role("link", name="记").tap()
    page.locator("form[data-capture][data-ready]").wait_for()
    write(page, SEEN, "不符合")
    page.locator("[data-shutter][data-live]").tap()  # keeps what is written, too: Save adds nothing to it
    expect(page.locator("[data-shots] figure")).to_have_count(1)
    save(page)
    row = page.locator("#records [data-object]", has_text=SEEN)
    expect(row.locator("img")).to_have_count(1)
    page.locator("[data-presence-tap=left]").tap()
    day.ledger.arrived("left", 1)
    day.ledger.arrived("photographed", 1)
    seen = {one["body"]["text"]["zh"]: one["id"] for one in day.ledger.arrived("observed", 2)}
    return str(seen[SEEN])


def write(page: Page, text: str, outcome: str) -> None:
    page.fill(TEXT, text)
    page.locator(".seg label").filter(has=page.get_by_text(outcome, exact=True)).tap()


def save(page: Page) -> None:
    page.locator(SAVE).tap()
    page.locator("#records").wait_for()


def a_nonconformity_is_raised(day: Day, observation: str) -> str:
    page = day.auditor
    visit(page, f"{day.path}/findings/new?observation={observation}")
    page.fill("textarea[name='statement.zh']", STATEMENT)
    page.fill("textarea[name='requirement.zh']", REQUIREMENT)
    leave_by(page, page.locator("form[data-entry=found] button[type=submit]"))
    (found,) = day.ledger.arrived("found", 1)
    return str(found["id"])


def its_facts_are_confirmed_at_the_machine(day: Day, finding: str) -> None:
    """The auditor shows them to the guide of this stop, who reads nothing else of it."""
    address = f"{day.path}/findings/{finding}"
    visit(day.auditor, address)
    form = day.auditor.locator("#facts form")
    form.locator("select").select_option(label=GUIDE)
    leave_by(day.auditor, form.locator("button"))
    for page in (day.guide, day.storekeeper):
        page.reload()
    expect(day.storekeeper.locator("#facts")).to_have_count(0)
    shown = day.guide.locator("#facts form")
    expect(shown).to_contain_text(SEEN)
    expect(shown).not_to_contain_text(STATEMENT)
    shown.locator("[name=remark]").fill("上午 10 点起停机")
    leave_by(day.guide, shown.locator("button[value=yes]"))
    visit(day.auditor, address)
    expect(day.auditor.locator("#facts .note[data-k=ok]")).to_contain_text("上午 10 点起停机")


def guides_sign_the_end_of_their_stops(day: Day) -> None:
    for page in (day.guide, day.storekeeper):
        draw(page, page.locator("#sign [data-pad]"))
        page.locator("#sign button[type=submit]").tap()
        expect(page.locator("#sign [data-k=ok]")).to_contain_text("已签")


def the_team_grades_it(day: Day, finding: str) -> tuple[str, str]:
    """A candidate no more: major, with the number and the due day that the page proposes."""
    page = day.leader
    begin(page, f"{day.path}/meetings/team")
    form = page.locator(f"form[data-target='{finding}']")
    number, due = form.locator("[name=number]").input_value(), form.locator("[name=due]").input_value()
    form.locator("[name=grade][value=major]").check()
    form.locator("[type=submit]").tap()
    expect(form.locator("[data-form-message] [data-k=ok]")).to_be_visible()
    (graded,) = day.ledger.arrived("amended", 1)
    said = graded["body"]["finding"]
    assert (said["grade"], said["number"], said["due"]) == ("major", number, due)
    end(page)
    return number, due


def the_client_signs_it(day: Day, number: str) -> str:
    """After the talk with the leader, on their own phone; returns the address of their page of it."""
    begin(day.leader, f"{day.path}/meetings/client")
    end(day.leader)
    enter(day.client, auditees_code(day.leader, day.audit), CLIENT)
    leave_by(day.client, day.client.locator("main a", has_text=number))
    sign_on_own_phone(day.client, CLIENT)
    return day.client.url


def closing_meeting(day: Day, guests: dict[str, str], number: str, due: str) -> None:
    page = day.leader
    begin(page, f"{day.path}/meetings/closing")
    script = page.locator("#script")
    expect(script).to_contain_text("共形成 2 条审核记录；没有抽到的地方仍可能存在问题")
    for grade, count in (("严重", "1"), ("轻微", "0"), ("改进机会", "0")):
        expect(script.locator("li", has_text=grade)).to_contain_text(count)
    told = script.locator("article")
    expect(told).to_have_count(1)
    for words in ("严重", number, STATEMENT, f"答复期限 {due}", "受审核方已签"):
        expect(told).to_contain_text(words)
    tick_everything(page)
    everybody_signs_in(day, guests, "closing")
    end(page)


def the_client_answers(day: Day, own_page: str) -> None:
    visit(day.client, own_page)
    answer(day.client, CLIENT, CAUSE)
    expect(day.client.locator("main")).to_contain_text("审核组正在评定")


def the_auditor_verifies_and_closes_it(day: Day, finding: str, own_page: str) -> None:
    address = f"{day.path}/findings/{finding}"
    verify(day.auditor, address, "accepted", "原因和措施对得上")
    verify(day.auditor, address, "effective", "看了 11 月返工记录与停机报修单")
    expect(day.auditor.locator("#follow-up h2")).to_contain_text("已关闭")
    visit(day.client, own_page)
    expect(day.client.locator("main")).to_contain_text("已关闭")
    expect(day.client.locator("textarea")).to_have_count(0)


def the_journal_has_everything_once(day: Day, finding: str) -> None:
    rows = day.ledger.rows()
    assert {one["standing"] for one in rows} == {"stored"}
    kinds = Counter(one["entry"]["kind"] for one in rows)
    ticked = Counter((one["meeting"], one["point"]) for one in day.bodies("ticked"))
    assert set(ticked.values()) == {1}
    assert {meeting for meeting, _ in ticked} == set(BOTH)
    assert kinds == ONCE | {"ticked": ticked.total()}
    for meeting in MEETINGS:
        began, ended = (one for one in day.bodies("meeting-held") if one["meeting"] == meeting)
        assert "end" not in began
        assert began["start"] == ended["start"] <= ended["end"]
    last = {one["name"]: one["meetings"] for one in day.bodies("attended")}
    assert last == {name: list(BOTH) for name in EVERYBODY}
    signed = [(meeting, name) for meeting in BOTH for name in EVERYBODY]
    signed += [(f"accompanied/{POLISHING}", GUIDE), (f"accompanied/{DRAWING}", STOREKEEPER)]
    signed += [(f"nonconformity/{finding}", CLIENT)]
    assert Counter((one["what"], one["name"]) for one in day.bodies("signed")) == Counter(signed)
    for one in day.ledger.new("signed"):
        picture_is_there(day.served, one, "wen", day.audit)
    assert [one["result"] for one in day.bodies("verified")] == ["accepted", "effective"]
    assert "everything is as it was stored" in verify_chain(day.served.data, day.audit)


def the_papers_say_the_same(day: Day, number: str, due: str) -> None:
    sheet = day.printed("attendance.html")
    for name in EVERYBODY:
        assert [sheet.count(f"{name}{meeting}") for meeting in ("首次会议", "末次会议")] == [1, 1], name
    raised = day.printed("nonconformities.html")
    for words in (f"不符合编号{number}", "等级严重", STATEMENT, f"答复期限{due}", CAUSE, "有效，已关闭"):
        assert raised.count(packed(words)) == 1, words
    report = day.get("report.json").json()
    (told,) = report["findings"]
    assert (told["number"], told["grade"]["zh"], told["due"]) == (number, "严重", due)
    assert "有效，已关闭" in told["verification"]["zh"]
    elements = {one["key"]: one for one in report["elements"]}
    assert [elements[f"1.5.6.{grade}_count"]["text"]["zh"] for grade in ("major", "minor")] == ["1", "0"]
    there = [one["name"] for one in elements["1.3.persons"]["blocks"] if one["block"] == "signature"]
    assert Counter(there) == Counter([CLIENT, GUIDE, STOREKEEPER] * len(BOTH))
