"""The main job, whole, in Chromium at 390×844.

An auditor signs in, walks, records with photos and raises a nonconformity. The leader answers, judges,
downloads the report in three formats, which are opened here, and releases it.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.support.demo import Served
from tests.browser.support.documents import Picture, packed, read_docx, read_html, read_pdf
from tests.browser.support.people import Ledger
from tests.browser.support.phone import drained, until
from tests.browser.support.pictures import drawn

ORANGE = (232, 120, 24)
TEXT = "抽 6 台测量设备，万用表 SB-217 校准有效期至 3 月 31 日，仍在线上使用"
STATEMENT = "在用测量设备超过校准有效期"
EVIDENCE = "技术质量部检验台，万用表 SB-217，校准有效期至 3 月 31 日"
REQUIREMENT = "GB/T 19001-2016 7.1.5.2；测量设备管理程序 5.3"
ANSWER = "在用测量设备 48 台，抽查 6 台，1 台超期。<组长核对> & 已停用"
ENGLISH = "Multimeter SB-217, calibration expired on 31 March, was in use"
READERS = {"docx": read_docx, "pdf": read_pdf, "html": read_html}


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of 12 MP as a phone's gallery hands it over: orange, with the grain that a sensor adds."""
    grain = Image.effect_noise((1000, 750), 60).resize((4000, 3000))
    picture = Image.blend(Image.new("RGB", (4000, 3000), ORANGE), Image.merge("RGB", [grain] * 3), 0.12)
    file = tmp_path_factory.mktemp("gallery") / "IMG_0217.jpg"
    picture.save(file, "JPEG", quality=90)
    return file


def is_the_photo(picture: Picture) -> bool:
    """Whether a picture of a document shows the photo: four to three, large enough to see, and orange."""
    (width, height), (red, green, blue) = picture
    return abs(width / height - 4 / 3) < 0.02 and width >= 600 and red > 180 > green > 80 > blue


def test_an_audit_is_walked_on_a_phone_and_its_report_handed_over(
    browser: Browser, demonstration: Served, photo: Path, tmp_path: Path
) -> None:
    audit = demonstration.demo.today
    demonstration.let_in("wen")
    ledger = Ledger(demonstration.server, "wen", audit)
    with demonstration.phone(browser, "tong") as page:
        walk_to_the_measuring_equipment(page)
        observation = record(page, ledger, photo)
        raise_nonconformity(page, ledger, observation)
        drained(page)  # the photo is seen from the phone as well, before its bytes are where reports are made
    with demonstration.phone(browser, "wen", accept_downloads=True) as page:
        open_report(page, audit)
        answer(page, "2.2.measuring_equipment")
        judge(page)
        for kind in READERS:
            holds_everything(kind, download(page, kind, "zh", tmp_path))
        release(page)
        [released] = ledger.arrived("released", 1)
        frozen(page, released["body"], tmp_path)


def test_the_same_in_english_by_the_leader_alone(
    browser: Browser, demonstration: Served, photo: Path, tmp_path: Path
) -> None:
    with demonstration.phone(browser, "wen", accept_downloads=True) as page:
        read_english(page)
        page.get_by_role("link", name="All stops").first.tap()
        find(page, "7.1.5")
        page.locator("ol.route a.go1").first.tap()
        page.get_by_role("link", name="Note on this item").first.tap()
        page.locator("form[data-capture][data-ready]").wait_for()
        expect(page.locator("textarea[name=text]")).to_be_focused()
        page.keyboard.insert_text(ENGLISH)
        page.locator(".seg label").filter(has_text="Nonconformity").tap()
        page.set_input_files("[data-gallery]", photo)
        expect(page.locator("[data-shots] figure")).to_have_count(1)
        page.get_by_role("button", name="Save", exact=True).tap()
        row = page.locator("#records [data-object]").filter(has_text=ENGLISH)
        until(lambda: row.locator("img").count() == 1 and drawn(row.locator("img")), "the photo is shown")
        row.get_by_role("link", name="Details").tap()
        page.get_by_role("link", name="Raise").first.tap()
        page.locator("label").filter(has_text="Minor").tap()
        page.fill("[name='statement.en']", "Equipment past its calibration date was in use")
        page.get_by_role("button", name="Raise").tap()
        page.wait_for_url("**/findings")
        drained(page)
        page.locator(".dock").get_by_role("link", name="Report").tap()
        for kind, read in READERS.items():
            words, pictures = read(download(page, kind, "en", tmp_path))
            assert packed(ENGLISH) in words
            assert packed("Equipment past its calibration date was in use") in words
            assert re.search(r"Numberofminornonconformities1(?!\d)", words)
            assert sum(map(is_the_photo, pictures)) == 1


def read_english(page: Page) -> None:
    """Choose the other language in one's own account, and go back to Today."""
    page.get_by_role("link", name="我的账户").tap()
    page.locator("label").filter(has_text="English").tap()
    page.locator("main form .go").first.tap()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Back to Today").tap()


def walk_to_the_measuring_equipment(page: Page) -> None:
    """Today → the audit of today → the walk → the stop, found by a word."""
    today = page.locator("article.box").filter(has_text="泽溪市岚壶不锈钢制品有限公司")
    today.get_by_role("link", name="看全部站").tap()
    page.locator("ol.route").wait_for()
    find(page, "测量设备")
    page.get_by_role("link", name="测量设备、检验放行").tap()
    page.locator("#records").wait_for()


def find(page: Page, words: str) -> None:
    """Search the walk, and wait for the page that has only what was found."""
    page.get_by_role("searchbox").fill(words)
    with page.expect_navigation(url=re.compile("find=")):
        page.keyboard.press("Enter")


def record(page: Page, ledger: Ledger, photo: Path) -> dict[str, Any]:
    """Item → Capture: text, outcome, the gallery's photo and one of the page's camera; back to the list."""
    asked = page.locator("[data-clauses*='7.1.5.2'] li.item").first
    asked.get_by_role("link", name="记").tap()
    page.locator("form[data-capture][data-ready]").wait_for()
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.keyboard.insert_text(TEXT)
    page.locator(".seg label").filter(has_text="不符合").tap()
    page.set_input_files("[data-gallery]", photo)
    expect(page.locator("[data-shots] figure")).to_have_count(1)
    page.tap("[data-shutter][data-live]")
    expect(page.locator("[data-shots] figure")).to_have_count(2)
    page.get_by_role("button", name="保存", exact=True).tap()
    row = page.locator("#records [data-object]").filter(has_text=TEXT)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("不符合")
    expect(row.locator("img")).to_have_count(2)
    pictures = row.locator("img")
    until(lambda: [drawn(one) for one in pictures.all()] == [True, True], "both photos are shown")
    [note] = ledger.arrived("observed", 1)
    taken = ledger.arrived("photographed", 2)
    assert {one["body"]["observation"] for one in taken} == {note["id"]}
    assert {"scheme": "QMS", "number": "7.1.5.2"} in note["body"]["clauses"]
    return note


def raise_nonconformity(page: Page, ledger: Ledger, observation: dict[str, Any]) -> None:
    """From the record's page: the three parts, the grade, clauses of two schemes, the department."""
    row = page.locator(f"#records [data-object='{observation['id']}']")
    row.get_by_role("link", name="详情").tap()
    page.get_by_role("link", name="开不符合").tap()
    page.locator("label").filter(has_text="轻微").tap()
    page.fill("[name='statement.zh']", STATEMENT)
    page.fill("[name='evidence.zh']", EVIDENCE)
    page.fill("[name='requirement.zh']", REQUIREMENT)
    page.locator("summary").filter(has_text="安全").tap()
    page.locator("label").filter(has=page.locator("[value='OHSMS 9.1.1']")).tap()
    expect(page.locator("[value='QMS 7.1.5.2']")).to_be_checked()
    expect(page.locator("[name=department]")).to_have_value("技术质量部")
    page.get_by_role("button", name="开出").tap()
    page.wait_for_url("**/findings")
    expect(page.locator("main .rows").first).to_contain_text(STATEMENT)
    [finding] = ledger.arrived("found", 1)
    body = finding["body"]
    assert body["grade"] == "minor"
    assert body["observations"] == [observation["id"]]
    assert {"QMS 7.1.5.2", "OHSMS 9.1.1"} <= {f"{one['scheme']} {one['number']}" for one in body["clauses"]}


def open_report(page: Page, audit: str) -> None:
    """From Today to the report by what is in reach of the thumb."""
    page.locator(f"a[href='/audits/{audit}']").first.tap()
    page.locator(".dock").get_by_role("link", name="报告").tap()
    page.locator("article.element").first.wait_for()


def element(page: Page, key: str) -> Locator:
    """An element on the report's page, its chapter open."""
    chapter = key.partition(".")[0]
    page.locator(f"ol.route a[href*='chapter={chapter}#']").tap()
    found = page.locator(f"[id='e-{key}']")
    found.wait_for()
    return found


def answer(page: Page, key: str) -> None:
    """Change what the report says of an element."""
    element(page, key).get_by_role("link", name="改").tap()
    page.fill("[name='text.zh']", ANSWER)
    page.get_by_role("button", name="保存").tap()
    expect(page.locator(f"[id='e-{key}']")).to_contain_text(ANSWER)


def judge(page: Page) -> None:
    """Take the rating that the program proposes, choose another one oneself, and recommend."""
    proposed = element(page, "7.criteria").locator(".judge")
    expect(proposed).to_contain_text(re.compile(r"不符合\s*1"))
    element(page, "7.criteria").get_by_role("button", name="确认建议").tap()
    expect(proposed).not_to_contain_text("还没确认")
    element(page, "2.2.rating").get_by_role("link", name="改").first.tap()
    page.locator("[id='e-2.2.rating'] [name=option][value='0']").check()
    page.get_by_role("button", name="保存").tap()
    expect(page.locator("[id='e-2.2.rating'] .judge")).not_to_contain_text("还没确认")
    element(page, "7.recommendations").get_by_role("link", name="改").first.tap()
    page.locator("[name='option.2']").check()
    page.locator("[name='scheme.2.QMS']").check()
    page.get_by_role("button", name="保存").tap()
    expect(page.locator("[id='e-7.recommendations'] .judge")).not_to_contain_text("还没确认")


def download(page: Page, kind: str, language: str, folder: Path) -> Path:
    """Tap a download and keep the file."""
    with page.expect_download() as coming:
        page.locator(f"a[href$='/report.{kind}?lang={language}']").tap()
    file = folder / f"{language}-{len(list(folder.iterdir()))}.{kind}"
    coming.value.save_as(file)
    return file


def holds_everything(kind: str, file: Path) -> None:
    """Text, clauses, the count of nonconformities, the leader's answer and the photo are in a document."""
    words, pictures = READERS[kind](file)
    for said in (TEXT, STATEMENT, ANSWER):
        assert packed(said) in words, said
    for clause in ("Q7.1.5.2", "O9.1.1"):
        assert clause in words, clause
    assert re.search(r"严重不符合项数0(?!\d)", words)
    assert re.search(r"轻微不符合项数1(?!\d)", words)
    assert sum(map(is_the_photo, pictures)) == 1


def release(page: Page) -> None:
    """Release the report as it stands."""
    page.locator("summary").filter(has_text="提交报告").tap()
    page.fill("[name=reason]", "示范审核，只走了一站")
    page.locator("[name=sure]").check()
    page.get_by_role("button", name="提交并封存").tap()
    expect(page.locator("header.bar")).to_contain_text("已提交")


def frozen(page: Page, body: dict[str, Any], folder: Path) -> None:
    """Downloads are the released bytes, and nothing can be changed any more."""
    for kind in ("docx", "pdf"):
        for _ in range(2):
            file = download(page, kind, "zh", folder)
            assert hashlib.sha256(file.read_bytes()).hexdigest() == body[kind]
    expect(page.get_by_role("link", name="改")).to_have_count(0)
    expect(page.get_by_role("button", name="提交并封存")).to_have_count(0)
