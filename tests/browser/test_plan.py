"""The office makes the plan of a small audit from nothing, on laptop and phone, prints it, hands it on."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from server.audit.admission import admit
from server.settings import Settings
from server.web.services import open_services
from tests.browser.support.people import COOKIE, sign_in
from tests.browser.support.phone import PATIENCE_S, close_all, phone_page, visit
from tests.browser.test_accessibility import AXE, CHECK, TAGS
from tests.support.live import LiveServer, live_server
from tests.support.world import ID, entry

NEW = "0190f111-0000-7000-8000-0000000000cc"
PLAN = f"/audits/{NEW}/plan"
LAPTOP = {"width": 1280, "height": 900}


def registered(*schemes: str) -> list[dict[str, str]]:
    return [
        {"scheme": scheme, "grade": "审核员", "number": "1", "valid_until": "2030-01-01"}
        for scheme in schemes
    ]


SET_UP: dict[str, Any] = {
    "visit": {
        "number": "QHHZ-2026-077",
        "schemes": ["QMS", "EMS"],
        "type": "surveillance",
        "start": "2026-12-01",
        "end": "2026-12-01",
    },
    "client": {
        "name": {"zh": "云栎包装材料（临沅）有限公司", "en": "Yunli Packaging"},
        "effective_headcount": 12,
    },
    f"team/{ID['leader']}": {
        "name": "闻砚秋",
        "role": "leader",
        "label": "A",
        "registrations": registered("QMS", "EMS"),
    },
    f"team/{ID['auditor']}": {
        "name": "佟牧野",
        "role": "auditor",
        "label": "B",
        "registrations": registered("QMS", "EMS"),
    },
}


async def open_audit(data: Path) -> None:
    """An audit with client, dates and team; no stop, no department."""
    made = [entry("opened", {"number": "QHHZ-2026-077"}, by="office", audit=NEW)]
    made += [
        entry("configured", {"path": path, "value": value}, by="office", audit=NEW)
        for path, value in SET_UP.items()
    ]
    async with open_services(Settings(data=data, cdn="off")) as services:
        raws = [msgspec.json.encode(one) for one in made]
        appended = await services.journal.append(NEW, raws, sender="", admit=admit, create=True)
        assert {result.status for result in appended.results} == {"stored"}


@pytest.fixture
def planning(furnished: tuple[Path, dict[str, str]], data: Path) -> Iterator[LiveServer]:
    """The program with an audit that has no plan yet."""
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps a loop in this thread
        elsewhere.submit(lambda: asyncio.run(open_audit(data))).result()
    with live_server(data) as running:
        running.tokens = furnished[1]
        yield running


@pytest.fixture
def office(browser: Browser, planning: LiveServer) -> Iterator[Page]:
    """The office's laptop."""
    context = browser.new_context(
        service_workers="block",
        viewport=LAPTOP,  # type: ignore[arg-type]
        base_url=planning.url,
        locale="zh-CN",
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    sign_in(context, planning, "office")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    close_all(context)


def add_department(page: Page, name: str) -> None:
    rows = page.locator("details", has_text="增减部门")
    if rows.get_attribute("open") is None:
        rows.locator("summary").click()
    rows.get_by_label("部门", exact=True).fill(name)
    rows.get_by_role("button", name="添加部门").click()
    expect(page.locator(".matrix thead")).to_contain_text(name)
    ready(page)


def ready(page: Page) -> None:
    """Wait until the page saves by itself, and has saved everything."""
    page.locator("[data-plan][data-ready]:not([data-saving])").wait_for()


def cell(page: Page, department: str, code: str) -> Locator:
    return page.locator(f'.matrix button[aria-label^="{department} {code} "]')


def slot(page: Page, department: str) -> Locator:
    return page.locator("details.slot", has=page.locator("summary", has_text=department))


def set_time(page: Page, department: str, start: str, end: str, *people: str) -> None:
    """Unfold a stop, type its time and choose who audits; each change saves by itself."""
    one = slot(page, department)
    if one.get_attribute("open") is None:
        one.locator("summary").click()
    one.get_by_label("开始").fill(start)
    one.get_by_label("结束").fill(end)
    for name in people:
        one.locator("label", has_text=name).click()
        expect(one.locator("summary")).to_contain_text(name)
    expect(one.locator("summary")).to_contain_text(f"{start}–{end}")


def pdf_words(server: LiveServer, target: Path, lang: str = "zh") -> str:
    answer = httpx.get(
        f"{server.url}/audits/{NEW}/plan.pdf?lang={lang}",
        cookies={COOKIE: server.tokens["office"]},
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 200, answer.text
    target.write_bytes(answer.content)
    made = subprocess.run(
        ["pdftotext", "-layout", "-enc", "UTF-8", str(target), "-"], capture_output=True, check=True
    )
    return made.stdout.decode()


def test_from_an_empty_matrix_to_a_printed_plan(office: Page, planning: LiveServer, tmp_path: Path) -> None:
    visit(office, PLAN)
    ready(office)
    expect(office.locator("main")).to_contain_text("还没有部门")
    for name in ("管理层", "生产部"):
        add_department(office, name)

    # by keyboard down a column, by mouse elsewhere
    cell(office, "管理层", "Q5.1.1").focus()
    office.keyboard.press("Enter")
    expect(cell(office, "管理层", "Q5.1.1")).to_have_attribute("data-mark", "main")
    office.keyboard.press("ArrowDown")
    office.keyboard.press("Space")
    expect(cell(office, "管理层", "Q5.1.2")).to_have_attribute("data-mark", "main")
    cell(office, "生产部", "Q8.5.1").click()
    cell(office, "生产部", "Q8.5.2").click()
    cell(office, "生产部", "Q8.5.2").click()
    expect(cell(office, "生产部", "Q8.5.2")).to_have_attribute("data-mark", "related")
    # at once: the page is left when all of this is saved
    office.get_by_role("navigation", name="体系").get_by_role("link", name="环境").click()
    expect(office.locator(".matrix tbody")).to_contain_text("E4.1")
    ready(office)
    cell(office, "生产部", "E8.1").click()
    expect(office.locator("#checks [data-code=clause_unplanned]").first).to_be_visible()
    ready(office)
    office.reload()
    ready(office)
    expect(cell(office, "生产部", "E8.1")).to_have_attribute("data-mark", "main")

    office.get_by_role("button", name="由矩阵生成日程").click()
    expect(office.locator("details.slot")).to_have_count(4)
    ready(office)
    expect(slot(office, "生产部").locator("summary")).to_contain_text("Q8.5.1 E8.1")
    set_time(office, "首次会议", "08:30", "09:00")
    set_time(office, "管理层", "09:00", "11:00", "闻砚秋")
    set_time(office, "生产部", "10:30", "12:00", "佟牧野", "闻砚秋")
    set_time(office, "末次会议", "16:00", "16:30")

    overlap = office.locator("#checks [data-code=overlap]")
    expect(overlap).to_have_count(1)
    expect(overlap).to_contain_text("闻砚秋 10:30–11:00同时安排在S03 管理层和S02 生产部")
    slot(office, "生产部").locator("label", has_text="闻砚秋").click()
    expect(overlap).to_have_count(0)
    ready(office)
    office.get_by_role("button", name="撤销").click()
    expect(office.locator("#plan-undo")).to_contain_text("已撤销")
    expect(overlap).to_have_count(1)
    ready(office)
    office.locator("#checks [data-code=overlap] a").click()
    set_time(office, "管理层", "09:00", "10:30")
    expect(office.locator("#checks [data-code=overlap]")).to_have_count(0)
    ready(office)

    words = pdf_words(planning, tmp_path / "plan.pdf")
    for expected in (
        "QHHZ-2026-077",
        "管理层",
        "生产部",
        "Q5.1.1",
        "Q8.5.1",
        "E8.1",
        "09:00",
        "闻砚秋",
        "2026-12-01",
    ):
        assert expected in words
    assert "Q8.5.2" not in words


def added(office: Page) -> Locator:
    """The form of a stop that was just added."""
    visit(office, PLAN)
    ready(office)
    office.get_by_role("button", name="添加一站").click()
    one = office.locator("details.slot[open]")
    one.wait_for()
    ready(office)
    return one


def test_a_form_says_at_once_what_holds_now_and_nothing_that_held_before(office: Page) -> None:
    one = added(office)
    one.locator("[name=start]").fill("10:00")
    one.locator("[name=end]").fill("11:00")
    one.locator("[name=day]").fill("2036-01-01")
    one.locator("[name=day]").blur()
    expect(one.locator(".told")).to_contain_text("2036-01-01")
    expect(office.locator("#plan-undo")).to_contain_text("已保存")
    one.locator("[name=end]").fill("09:00")
    one.locator("[name=end]").blur()
    expect(one.get_by_role("alert")).to_contain_text("结束时间要晚于开始时间")
    expect(office.locator("#plan-undo")).not_to_contain_text("已保存")


def test_what_cannot_be_saved_is_said_and_stays(office: Page) -> None:
    one = added(office)
    one.get_by_label("条款").fill("车间")
    one.get_by_label("部门").click()
    expect(one.get_by_role("alert")).to_contain_text("看不懂条款「车间」")
    expect(one.get_by_label("条款")).to_have_value("车间")
    one.get_by_label("条款").fill("Q8.5.1")
    one.get_by_role("button", name="保存").click()
    expect(one.get_by_role("alert")).to_have_count(0)
    expect(one.locator("summary")).to_contain_text("Q8.5.1")
    ready(office)
    office.route("**/plan/**", lambda route: route.abort())
    one.get_by_label("部门").fill("生产部")
    one.get_by_role("button", name="保存").click()
    expect(office.locator(".toast")).to_contain_text("没有存下")
    expect(one.get_by_label("部门")).to_have_value("生产部")


def test_an_answer_that_breaks_off_is_none(office: Page) -> None:
    visit(office, PLAN)
    ready(office)
    add_department(office, "生产部")
    office.evaluate("() => { Response.prototype.text = async () => { throw new TypeError('broken off'); }; }")
    cell(office, "生产部", "Q8.5.1").click()
    expect(office.locator(".toast")).to_contain_text("没有存下")
    expect(cell(office, "生产部", "Q8.5.1")).to_have_attribute("data-mark", "")


def test_on_a_phone_and_by_a_link(browser: Browser, planning: LiveServer) -> None:
    with phone_page(browser, base_url=planning.url, locale="zh-CN") as phone:
        sign_in(phone.context, planning, "leader")
        visit(phone, PLAN)
        ready(phone)
        phone.get_by_label("部门", exact=True).fill("生产部")
        phone.get_by_role("button", name="添加部门").tap()
        phone.locator(".only-narrow details").wait_for()
        ready(phone)
        row = phone.locator(".only-narrow details", has_text="生产部")
        row.locator("summary").tap()
        row.get_by_role("button", name="生产部 Q8.5.1 ").tap()
        expect(row.get_by_role("button", name=re.compile("生产部 Q8.5.1 .*主责"))).to_be_visible()
        ready(phone)
        phone.get_by_role("button", name="由矩阵生成日程").tap()
        expect(phone.locator("details.slot")).to_have_count(3)
        over = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0
        phone.get_by_role("link", name="用链接和二维码转交").tap()
        phone.get_by_role("button", name="生成链接和二维码").tap()
        picture = phone.get_by_role("img", name="审核计划链接的二维码")
        expect(picture).to_be_visible()
        assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth > 100)")
        address = phone.get_by_label("链接").input_value()
    context = browser.new_context(
        service_workers="block",
        locale="zh-CN",
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    context.add_init_script(path=AXE)
    guest = context.new_page()
    visit(guest, address)
    expect(guest.locator("main")).to_contain_text("生产部")
    expect(guest.locator("main")).to_contain_text("Q8.5.1")
    assert guest.evaluate(CHECK, TAGS) == []
    guest.get_by_role("link", name="English").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Audit plan")
    close_all(context)
