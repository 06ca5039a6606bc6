"""Capture: what was typed, shot or tapped is on the phone at once, and in the journal as it was meant."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.support.link import Link
from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import PHONE, SHIFTS, call, listens, online_again, rows, until, visit
from tests.browser.support.pictures import camera_jpeg
from tests.browser.support.site import has_worker
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

CAPTURE = f"/audits/{AUDIT}/stops/s2/capture"
READY = "form[data-capture][data-ready]"
SAVE = ".dock .go"
TEXT = "textarea[name=text]"


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Page]:
    """The auditor's phone, signed in, its camera allowed."""
    with phone_of(browser, server, "auditor", permissions=["camera"]) as page:
        yield page


def begin(page: Page, url: str = CAPTURE) -> None:
    visit(page, url)
    page.locator(READY).wait_for()


def save(page: Page) -> None:
    page.locator(SAVE).click()
    page.wait_for_url(f"**/audits/{AUDIT}/stops/s2")
    listens(page)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def only(entries: list[dict[str, Any]]) -> dict[str, Any]:
    [entry] = entries
    return entry


def test_a_page_takes_no_tap_before_its_scripts_listen(phone: Page) -> None:
    """The browser would send the form by itself, and what was typed would be gone."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.route("**/js/capture.js", hold)
    phone.goto(CAPTURE, wait_until="domcontentloaded")
    until(lambda: phone.title() and held, "the script is asked for")
    for element in (phone.locator("form[data-capture]"), phone.locator(SAVE)):
        expect(element).to_have_css("pointer-events", "none")
    for route in held:
        route.continue_()
    phone.locator(READY).wait_for()
    expect(phone.locator(SAVE)).to_have_css("pointer-events", "auto")


def test_a_note_says_where_when_and_by_whom(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.fill(TEXT, "Certificate QR-7-2026 was on the wall")
    save(phone)
    [entry] = ledger.arrived("observed", 1)
    assert entry["by"] == ID["auditor"]
    body = entry["body"]
    assert body.pop("seen_at") <= entry["made_at"]
    assert body == {
        "stop": "s2",
        "department": "生产部",
        "text": {"en": "Certificate QR-7-2026 was on the wall"},
    }


def test_everything_on_the_form_is_in_the_note(phone: Page, ledger: Ledger) -> None:
    begin(phone, f"{CAPTURE}?item=Q8.5.1")
    phone.fill(TEXT, "保温 25 min")
    phone.locator("input[name=outcome][value=nonconform]").check()
    for kind in ("document", "interview"):
        phone.locator(f"input[name=evidence][value={kind}]").check()
    phone.fill("[name='sample.n']", "12")
    phone.fill("[name='sample.population']", "约 80")
    phone.fill("[name='sample.what']", "炉次记录")
    phone.fill("[data-find]", "o8.1.2")
    phone.keyboard.press("Enter")
    phone.locator("[data-clause-outcomes]").locator("xpath=ancestor::details").locator("summary").click()
    phone.select_option("[data-clause-outcomes] select[name='OHSMS 8.1.2']", "conform")
    phone.get_by_text("部门和地点").click()
    phone.fill("[name=area]", "炉区")
    phone.get_by_text("被访谈的人").click()
    phone.fill("[data-people] [data-key=name]", "邱晓芸")
    phone.fill("[data-people] [data-key=role]", "车间主任")
    save(phone)
    body = ledger.arrived("observed", 1)[0]["body"]
    del body["seen_at"]
    assert body == {
        "stop": "s2",
        "department": "生产部",
        "area": "炉区",
        "text": {"zh": "保温 25 min"},
        "outcome": "nonconform",
        "evidence": [{"kind": "document"}, {"kind": "interview"}],
        "clauses": [
            {"scheme": "QMS", "number": "8.5.1"},
            {"scheme": "OHSMS", "number": "8.1.2", "outcome": "conform"},
        ],
        "cards": [{"type": "sampling", "rows": [{"n": "12", "population": "约 80", "what": "炉次记录"}]}],
        "people": [{"name": "邱晓芸", "role": {"zh": "车间主任"}}],
    }


def test_rows_are_copied_pasted_and_warned_about(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.locator("[data-add-card=calibration]").click()
    phone.fill("[data-card-list] [data-key=name]", "真空计")
    phone.fill("[data-card-list] [data-key=number]", "VG-03")
    phone.get_by_role("button", name="复制上一行").first.click()
    cells = (
        "设备名称\t设备编号\t证书编号\t有效期至\n热电偶\tTC-1\tC-77\t2027-03-01\n热电偶\tTC-2\tC-78\t长期\n"
    )
    phone.locator("[data-card-list] li").nth(1).locator("[data-key=name]").evaluate(
        """(cell, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        cells,
    )
    phone.locator("[data-add-card=sampling]").click()
    sample = phone.locator("[data-card-list] > fieldset").nth(1)
    sample.locator(".card-cells [data-key=n]").first.fill("3")
    sample.locator("summary").click()
    sample.locator("details [data-key=number]").fill("R-1")
    expect(sample.locator("[data-warning]")).to_contain_text("列出 1 条")
    save(phone)
    cards = ledger.arrived("observed", 1)[0]["body"]["cards"]
    assert cards == [
        {
            "type": "calibration",
            "rows": [
                {"name": "真空计", "number": "VG-03"},
                {"name": "热电偶", "number": "TC-1", "certificate": "C-77", "valid_until": "2027-03-01"},
                {"name": "热电偶", "number": "TC-2", "certificate": "C-78", "valid_until": "长期"},
            ],
        },
        {"type": "sampling", "rows": [{"n": "3", "records": [{"number": "R-1"}]}]},
    ]


def test_a_draft_survives_the_page_and_can_be_given_up(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.fill(TEXT, "写到一半")
    phone.locator("input[name=outcome][value=improve]").check()
    expect(phone.locator("[data-draft-status]")).to_contain_text("草稿已存")
    until(lambda: '"improve"' in json.dumps(rows(phone, "drafts")), "the draft has the outcome, too")
    begin(phone)
    expect(phone.locator(TEXT)).to_have_value("写到一半")
    expect(phone.locator("input[name=outcome][value=improve]")).to_be_checked()
    expect(phone.locator("[data-restored]")).to_be_visible()
    with phone.expect_navigation():
        phone.get_by_role("button", name="放弃草稿").click()
    phone.locator(READY).wait_for()
    expect(phone.locator("[data-restored]")).to_be_hidden()
    expect(phone.locator(TEXT)).to_have_value("")
    assert ledger.new("observed") == []


def test_a_page_killed_while_the_phones_camera_was_open_says_so(phone: Page) -> None:
    begin(phone)
    phone.fill(TEXT, "拍设备铭牌")
    with phone.expect_file_chooser():
        phone.locator("[data-camera-app]").click()
    until(lambda: any(one["camera"] for one in rows(phone, "drafts")), "the draft knows of the camera")
    begin(phone)
    expect(phone.locator("[data-restored]")).to_contain_text("这张照片可能没有保存")
    expect(phone.locator(TEXT)).to_have_value("拍设备铭牌")


def test_the_shutter_saves_and_words_typed_later_join_the_note(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.locator("[data-shutter][data-live]").click()
    expect(phone.locator("[data-shots] figure")).to_have_count(1)
    phone.locator("[data-shutter][data-live]").click()
    expect(phone.locator("[data-shots] figure")).to_have_count(2)
    ledger.arrived("photographed", 2)
    phone.fill(TEXT, "两张铭牌")
    save(phone)
    [amendment] = ledger.arrived("amended", 1)
    note = only(ledger.new("observed"))
    photos = ledger.new("photographed")
    assert amendment["body"]["target"] == note["id"]
    assert amendment["body"]["bases"] == [note["id"]]
    assert amendment["body"]["observation"]["text"] == {"zh": "两张铭牌"}
    assert {photo["body"]["observation"] for photo in photos} == {note["id"]}
    nothing_left(phone)


def test_taps_faster_than_the_camera_are_a_photo_each(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.locator("[data-shutter][data-live]").evaluate(
        "(shutter) => { for (let tap = 0; tap < 12; tap++) shutter.click(); }"
    )
    expect(phone.locator("[data-shots] figure")).to_have_count(12)
    photos = ledger.arrived("photographed", 12)
    note = only(ledger.new("observed"))
    assert [photo["body"]["observation"] for photo in photos] == [note["id"]] * 12
    nothing_left(phone)


def test_fast_taps_make_one_note_with_its_photo(phone: Page, ledger: Ledger) -> None:
    """The photo is being taken when Save is tapped, and the note being kept when it is tapped again."""
    begin(phone)
    phone.fill(TEXT, "铭牌")
    phone.locator("[data-shutter][data-live]").wait_for()
    phone.evaluate(
        """(taps) => { for (const one of taps) document.querySelector(one).click(); }""",
        ["[data-shutter]", "[data-again]", "[data-again]"],
    )
    expect(phone.locator(TEXT)).to_have_value("")
    nothing_left(phone)
    photo = only(ledger.arrived("photographed", 1))
    note = only(ledger.new("observed"))
    assert note["body"]["text"] == {"zh": "铭牌"}
    assert photo["body"]["observation"] == note["id"]


def test_without_a_network_everything_stays_one_note_and_arrives_later(
    browser: Browser, server: LiveServer, ledger: Ledger
) -> None:
    with phone_of(browser, server, "auditor", worker=True, permissions=["camera"]) as phone:
        begin(phone)
        has_worker(phone)
        phone.context.set_offline(True)
        phone.locator("[data-shutter][data-live]").click()
        expect(phone.locator("[data-shots] figure")).to_have_count(1)
        phone.fill(TEXT, "地下室没有信号")
        phone.locator("[data-again]").click()
        expect(phone.locator(TEXT)).to_have_value("")
        phone.locator("input[name=outcome][value=conform]").check()
        phone.locator("[data-again]").click()
        until(lambda: any('"conform"' in row["raw"] for row in rows(phone, "entries")))
        assert ledger.new("observed") == []
        phone.context.set_offline(False)
        notes = [one["body"] for one in ledger.arrived("observed", 2)]
        ledger.arrived("photographed", 1)
        assert [note.get("outcome") for note in notes] == [None, "conform"]
        nothing_left(phone)


def test_photos_of_the_gallery_join_one_note_with_their_own_times(
    phone: Page, ledger: Ledger, tmp_path: Path
) -> None:
    files = [tmp_path / "IMG_1.jpg", tmp_path / "IMG_2.jpg"]
    for hour, file in enumerate(files, start=9):
        file.write_bytes(camera_jpeg(640, 480, taken=f"2026:11:18 {hour:02}:30:00", offset="+08:00"))
    begin(phone)
    phone.set_input_files("[data-gallery]", files)
    photos = ledger.arrived("photographed", 2)
    note = only(ledger.new("observed"))
    assert {photo["body"]["observation"] for photo in photos} == {note["id"]}
    assert [photo["body"]["taken_at"][11:16] for photo in photos] in (["01:30", "02:30"], ["09:30", "10:30"])
    nothing_left(phone)


@pytest.mark.parametrize(
    ("error", "words"), [("NotAllowedError", "没有相机权限"), ("NotFoundError", "没有找到")]
)
def test_without_a_camera_in_the_page_the_phones_own_opens(phone: Page, error: str, words: str) -> None:
    phone.add_init_script(
        f"""navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "{error}"));"""
    )
    begin(phone)
    expect(phone.locator("[data-camera-message]")).to_contain_text(words)
    expect(phone.locator("[data-camera]")).to_be_hidden()
    with phone.expect_file_chooser():
        phone.locator("[data-shutter]").click()


def test_the_page_has_room_for_a_camera_that_comes_by_itself(phone: Page) -> None:
    begin(phone)
    expect(phone.locator("[data-shutter]")).to_have_attribute("data-live", "")
    phone.add_init_script(SHIFTS)
    begin(phone)
    expect(phone.locator("[data-shutter]")).to_have_attribute("data-live", "")
    assert sum(phone.evaluate("globalThis.shifts")) < 0.01
    phone.add_init_script("delete Navigator.prototype.permissions;")
    begin(phone)
    expect(phone.locator("[data-camera]")).to_be_hidden()
    assert "data-camera hidden" in phone.request.get(CAPTURE).text()


def test_nothing_at_all_is_no_note(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.locator(SAVE).click()
    expect(phone.locator("[data-complaint]")).to_contain_text("才能保存")
    assert ledger.new("observed") == []


def test_text_that_is_too_long_is_said_and_kept(phone: Page) -> None:
    begin(phone)
    phone.fill(TEXT, "长" * 30_000)
    phone.locator(SAVE).click()
    expect(phone.locator("[data-complaint]")).to_contain_text("文字太长")
    assert len(phone.locator(TEXT).input_value()) == 30_000


def test_a_full_phone_says_so_keeps_the_form_and_offers_a_file(phone: Page, ledger: Ledger) -> None:
    phone.add_init_script(
        """IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };"""
    )
    begin(phone)
    phone.fill(TEXT, "存不下的记录")
    phone.locator(SAVE).click()
    expect(phone.locator("[data-complaint]")).to_contain_text("空间不足")
    expect(phone.locator(TEXT)).to_have_value("存不下的记录")
    with phone.expect_download() as download:
        phone.get_by_role("button", name="note.json").click()
    assert "存不下的记录" in Path(download.value.path()).read_text("utf-8")


def test_ones_own_note_is_changed_by_an_amendment_that_keeps_the_rest(phone: Page, ledger: Ledger) -> None:
    begin(phone, f"{CAPTURE}?item=Q8.5.1")
    phone.fill(TEXT, "初稿")
    phone.locator("[data-shutter][data-live]").click()
    expect(phone.locator("[data-shots] figure")).to_have_count(1)
    save(phone)
    note = ledger.arrived("observed", 1)[0]
    ledger.arrived("photographed", 1)
    nothing_left(phone)
    begin(phone, f"/audits/{AUDIT}/observations/{note['id']}")
    expect(phone.locator(TEXT)).to_have_value("初稿")
    expect(phone.locator("[data-shots] img")).to_have_count(1)
    phone.fill(TEXT, "定稿")
    save(phone)
    [amendment] = ledger.arrived("amended", 1)
    changed = amendment["body"]["observation"]
    assert (amendment["body"]["target"], amendment["body"]["bases"]) == (note["id"], [note["id"]])
    assert moment(changed.pop("seen_at")) == moment(note["body"].pop("seen_at"))
    assert changed == {**note["body"], "text": {"zh": "定稿"}}
    begin(phone, f"/audits/{AUDIT}/observations/{note['id']}")
    save(phone)
    assert len(ledger.new("amended")) == 1, "saving what did not change makes no entry"


def test_a_note_is_withdrawn_with_a_reason(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.fill(TEXT, "记错了地方")
    save(phone)
    note = ledger.arrived("observed", 1)[0]
    begin(phone, f"/audits/{AUDIT}/observations/{note['id']}")
    phone.locator("summary", has_text="撤回这一条").click()
    phone.fill("[name=reason]", "应记在第 1 站")
    phone.locator("form[data-entry=withdrawn] button").click()
    phone.wait_for_url(f"**/audits/{AUDIT}/stops/s2")
    [entry] = ledger.arrived("withdrawn", 1)
    assert entry["body"] == {"target": note["id"], "bases": [note["id"]], "reason": "应记在第 1 站"}
    visit(phone, f"/audits/{AUDIT}/observations/{note['id']}")
    phone.wait_for_url("**/view")
    expect(phone.locator("main")).to_contain_text("应记在第 1 站")


def test_another_ones_note_is_read_not_changed(
    browser: Browser, server: LiveServer, phone: Page, ledger: Ledger
) -> None:
    begin(phone)
    phone.fill(TEXT, "审核员写的")
    save(phone)
    note = ledger.arrived("observed", 1)[0]
    with phone_of(browser, server, "leader") as other:
        visit(other, f"/audits/{AUDIT}/observations/{note['id']}")
        other.wait_for_url("**/view")
        expect(other.locator("main")).to_contain_text("审核员写的")
        assert other.locator("textarea").count() == 0


def test_what_is_only_on_the_phone_stands_in_its_place_and_can_be_changed(
    phone: Page, ledger: Ledger
) -> None:
    phone.route("**/entries", lambda route: route.abort())
    begin(phone)
    phone.fill(TEXT, "还没送出的")
    save(phone)
    row = phone.locator("[data-pending-for='stop/s2'] [data-pending]")
    expect(row).to_contain_text("还没送出的")
    expect(row).to_contain_text("仅在本机")
    expect(phone.locator("[data-on-this-phone]")).to_be_visible()
    row.locator("a").click()
    phone.locator(READY).wait_for()
    expect(phone.locator(TEXT)).to_have_value("还没送出的")
    phone.fill(TEXT, "改过的")
    save(phone)
    expect(row).to_contain_text("改过的")
    phone.unroute("**/entries")
    phone.reload()
    ledger.arrived("observed", 1)
    nothing_left(phone)
    texts = [one["body"]["observation"]["text"] for one in ledger.new("amended")]
    assert (texts or [one["body"]["text"] for one in ledger.new("observed")]) == [{"zh": "改过的"}]


def test_a_stop_says_nothing_is_here_only_while_nothing_is(phone: Page) -> None:
    stop = f"/audits/{AUDIT}/stops/s1"
    visit(phone, stop)
    nothing = phone.locator("#records [data-nothing-here]")
    expect(nothing).to_be_visible()
    phone.route("**/entries", lambda route: route.abort())
    begin(phone, f"{stop}/capture")
    phone.fill(TEXT, "这一站的第一条")
    phone.locator(".seg label").filter(has_text="改进机会").tap()
    phone.locator(SAVE).click()
    row = phone.locator("#records [data-pending]")
    expect(row.locator("[data-k=ofi]")).to_have_text("改进机会")
    expect(nothing).to_be_hidden()
    expect(phone.locator("#records h2")).to_contain_text("仅在本机 1")
    [note] = rows(phone, "entries")
    call(phone, "outbox", "remove", note["id"])
    expect(row).to_have_count(0)
    expect(nothing).to_be_visible()
    expect(phone.locator("#records h2")).not_to_contain_text("仅在本机")


def test_one_tap_on_an_outcome_is_a_note_the_second_changes_it(phone: Page, ledger: Ledger) -> None:
    visit(phone, f"/audits/{AUDIT}/stops/s2")
    strip = phone.locator(".seg[data-item]").first
    strip.locator("input[value=conform]").check()
    note = ledger.arrived("observed", 1)[0]
    assert note["body"]["outcome"] == "conform"
    assert note["body"]["clauses"] == [{"scheme": "QMS", "number": "8.5.1"}]
    # The strip comes anew once its note was delivered: a tap is for that one.
    expect(strip).to_have_attribute("data-observation", note["id"])
    strip.locator("input[value=improve]").check()
    undo = phone.locator(".toast", has_text="改进机会").get_by_role("button", name="撤销")
    undo.focus()  # so it stays, however long the delivery takes
    [amendment] = ledger.arrived("amended", 1)
    assert amendment["body"]["target"] == note["id"]
    assert amendment["body"]["observation"] == {**note["body"], "outcome": "improve"}
    undo.click()
    assert ledger.arrived("amended", 2)[-1]["body"]["observation"]["outcome"] == "conform"


def test_the_outbox_page_shows_exports_and_deletes(phone: Page, ledger: Ledger) -> None:
    phone.route("**/entries", lambda route: route.abort())
    begin(phone)
    phone.fill(TEXT, "要删的")
    save(phone)
    begin(phone)
    phone.fill(TEXT, "要留的")
    save(phone)
    visit(phone, "/outbox")
    expect(phone.locator("[data-part=count]")).to_have_text("2")
    expect(phone.locator("[data-part=waiting]")).to_contain_text("没有网络")
    with phone.expect_download() as download:
        phone.locator("[data-part=export]").click()
    exported = json.loads(Path(download.value.path()).read_text("utf-8"))
    texts = [json.loads(entry["raw"])["body"]["text"]["zh"] for entry in exported["entries"]]
    assert (exported["account"], texts) == (ID["auditor"], ["要删的", "要留的"])
    row = phone.locator("[data-item]", has_text="要删的")
    row.get_by_role("button", name="删除").click()
    phone.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(phone.locator("[data-part=count]")).to_have_text("2")
    row.get_by_role("button", name="删除").click()
    phone.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(phone.locator("[data-part=count]")).to_have_text("1")
    call(phone, "sync", "now")  # one that began before, with both, has failed when this one has
    phone.unroute("**/entries")
    phone.locator("[data-part=send]").click()
    expect(phone.locator("[data-part=gate]")).to_have_attribute("data-k", "ok")
    assert only(ledger.new("observed"))["body"]["text"] == {"zh": "要留的"}


def test_a_refused_note_is_corrected_and_sent_anew(phone: Page, ledger: Ledger) -> None:
    def refuse(route: Any) -> None:
        [entry] = json.loads(route.request.post_data)
        results = [{"id": entry["id"], "status": "refused", "seq": None, "reason": "malformed"}]
        route.fulfill(json={"results": results, "head": 0, "head_hash": ""})

    phone.route("**/entries", refuse)
    begin(phone)
    phone.fill(TEXT, "被拒的")
    save(phone)
    visit(phone, "/outbox")
    expect(phone.locator("[data-part=stuck]")).to_contain_text("内容不完整")
    phone.unroute("**/entries")
    phone.get_by_role("link", name="修正后重发").click()
    phone.locator(READY).wait_for()
    expect(phone.locator(TEXT)).to_have_value("被拒的")
    phone.fill(TEXT, "修正了")
    save(phone)
    assert ledger.arrived("observed", 1)[0]["body"]["text"] == {"zh": "修正了"}
    nothing_left(phone)


def test_a_picture_taken_in_the_page_is_a_real_one(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.locator("[data-shutter][data-live]").click()
    [photo] = ledger.arrived("photographed", 1)
    nothing_left(phone)
    answer = phone.request.get(f"/audits/{AUDIT}/photos/{photo['body']['sha256']}")
    picture = Image.open(io.BytesIO(answer.body()))
    assert picture.size == (photo["body"]["width"], photo["body"]["height"])


def test_a_photo_that_is_sent_at_once_is_shown_though_timers_come_late(phone: Page, ledger: Ledger) -> None:
    phone.add_init_script(
        """const timer = setTimeout;
        globalThis.setTimeout = (job, ms = 0, ...rest) => timer(job, Math.max(ms, 5000), ...rest);"""
    )
    begin(phone)
    phone.locator("[data-shutter][data-live]").click()
    ledger.arrived("photographed", 1)
    expect(phone.locator("[data-shots] figure")).to_have_count(1)


def test_a_photo_gets_its_caption_and_can_be_taken_back(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    phone.locator("[data-shutter][data-live]").click()
    shot = phone.locator("[data-shots] figure button").first
    [photo] = ledger.arrived("photographed", 1)
    shot.click()
    dialog = phone.get_by_role("dialog")
    dialog.locator("textarea").fill("真空计铭牌")
    dialog.locator("select").select_option("label")
    dialog.get_by_role("button", name="保存").click()
    [amendment] = ledger.arrived("amended", 1)
    assert amendment["body"] == {
        "target": photo["id"],
        "bases": [photo["id"]],
        "photo": {**photo["body"], "caption": {"zh": "真空计铭牌"}, "subject": "label"},
    }
    shot.click()
    dialog.get_by_role("button", name="不要这张").click()
    [withdrawn] = ledger.arrived("withdrawn", 1)
    assert (withdrawn["body"]["target"], withdrawn["body"]["bases"]) == (photo["id"], [amendment["id"]])
    expect(phone.locator("[data-shots] figure")).to_have_count(0)
    note = ledger.new("observed")[0]["id"]
    begin(phone, f"/audits/{AUDIT}/observations/{note}")
    assert phone.locator("[data-shots] figure").count() == 0


def test_a_photo_taken_back_before_its_bytes_are_sent_stays_away(phone: Page, ledger: Ledger) -> None:
    link = Link(phone)
    begin(phone)
    phone.locator("[data-shutter][data-live]").click()
    until(lambda: phone.title() and ledger.new("photographed"), "its entry is there")
    phone.locator("[data-shots] figure button").first.click()
    phone.get_by_role("dialog").get_by_role("button", name="不要这张").click()
    expect(phone.locator("[data-shots] figure")).to_have_count(0)
    until(lambda: phone.title() and ledger.new("withdrawn"), "it is taken back")
    begin(phone, f"/audits/{AUDIT}/observations/{only(ledger.new('observed'))['id']}")
    assert len(rows(phone, "photos")) == 1
    assert phone.locator("[data-shots] figure").count() == 0
    link.is_cut = False
    online_again(phone)
    nothing_left(phone)


def test_a_row_that_says_the_same_stays_under_the_finger(phone: Page) -> None:
    phone.route("**/entries", lambda route: route.abort())
    begin(phone)
    phone.fill(TEXT, "先记的一条")
    save(phone)
    rows_here = phone.locator("[data-pending-for='stop/s2'] [data-pending]")
    expect(rows_here).to_have_count(1)
    first = rows_here.element_handle()
    call(
        phone,
        "outbox",
        "put",
        [{"kind": "observed", "audit": AUDIT, "body": {"stop": "s2", "text": {"zh": "又一条"}}}],
    )
    expect(rows_here).to_have_count(2)
    assert first.evaluate("one => one.isConnected")
    phone.unroute("**/entries")
    nothing_left(phone)


def test_a_note_that_arrived_without_an_answer_is_shown_once(phone: Page, ledger: Ledger) -> None:
    arrived: list[int] = []
    losing = True

    def lose_the_answer(route: Route) -> None:
        if not losing:
            route.continue_()
            return
        arrived.append(route.fetch().status)
        route.abort()

    phone.route("**/entries", lose_the_answer)
    begin(phone)
    phone.fill(TEXT, "答复丢了的一条")
    phone.locator(SAVE).click()
    phone.wait_for_url(f"**/audits/{AUDIT}/stops/s2")
    until(
        lambda: phone.title() and 200 in arrived, "it has arrived"
    )  # a page that is asked lets its routes go on
    only(ledger.arrived("observed", 1))
    visit(phone, f"/audits/{AUDIT}/stops/s2")
    noted = phone.locator("#records li").filter(has_text="答复丢了的一条")
    expect(noted.locator("[data-pending-mark]")).to_be_visible()
    expect(noted).to_have_count(1)
    losing = False  # taking the route away would answer the one that is under way a second time
    nothing_left(phone)
    visit(phone, f"/audits/{AUDIT}/stops/s2")
    expect(noted).to_have_count(1)
    expect(noted.locator("[data-pending-mark]")).to_have_count(0)


def test_a_photo_of_a_record_is_seen_as_large_as_the_screen(phone: Page, tmp_path: Path) -> None:
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(camera_jpeg(1600, 1200))
    begin(phone)
    phone.set_input_files("[data-gallery]", file)
    expect(phone.locator("[data-shots] figure")).to_have_count(1)
    nothing_left(phone)
    visit(phone, f"/audits/{AUDIT}/stops/s2")
    phone.locator("#records [data-look-photo]").last.tap()
    picture = phone.locator("dialog img")
    until(lambda: picture.evaluate("one => one.naturalWidth") > 320)
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] == PHONE["width"]
    picture.tap()
    expect(phone.locator("dialog")).to_have_count(0)
