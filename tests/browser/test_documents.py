"""Document mode: pages taken offline become one attachment, straightened, and their photos stay whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.link import Link
from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import modules, rows, until, visit
from tests.browser.support.site import has_worker
from tests.browser.test_accessibility import AXE, CHECK, TAGS
from tests.browser.test_capture import begin, save
from tests.evidence.test_drawing import jpeg
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID

EDITOR = "dialog.editor.scrolls"
PAGES = f"{EDITOR} [data-pages] li"
CORNERS = [(0.2, 0.15), (0.75, 0.2), (0.85, 0.85), (0.1, 0.8)]


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Page]:
    with phone_of(browser, server, "auditor", worker=True) as page:
        yield page


def sheet(colour: str = "red") -> bytes:
    """A white page on a dark desk, seen askew: its upper left part is coloured."""
    picture = Image.new("RGB", (800, 1000), "#222")
    pen = ImageDraw.Draw(picture)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = [(x * 800, y * 1000) for x, y in CORNERS]
    pen.polygon([(x0, y0), (x1, y1), (x2, y2), (x3, y3)], fill="white")
    middle = ((x0 + x1) / 2, (y0 + y1) / 2), ((x0 + x3) / 2, (y0 + y3) / 2)
    centre = ((x0 + x1 + x2 + x3) / 4, (y0 + y1 + y2 + y3) / 4)
    pen.polygon([(x0 + 20, y0 + 20), middle[0], centre, middle[1]], fill=colour)
    return jpeg(picture)


def take(page: Page, *pages: bytes) -> None:
    """Choose pages from the gallery, and wait until they are there to be seen."""
    before = page.locator(PAGES).count()
    files = [{"name": f"{at}.jpg", "mimeType": "image/jpeg", "buffer": data} for at, data in enumerate(pages)]
    page.set_input_files(f"{EDITOR} [data-gallery]", files)  # type: ignore[arg-type]
    until(lambda: page.locator(f"{PAGES} img[src]").count() == before + len(pages))


def open_editor(page: Page) -> None:
    page.locator("[data-take-document]").first.click()
    page.locator(EDITOR).wait_for()


def keep(page: Page) -> None:
    page.locator(f"{EDITOR} .go").click()
    page.locator(EDITOR).wait_for(state="detached")


def test_pages_taken_without_a_network_arrive_as_one_document(
    phone: Page, ledger: Ledger, server: LiveServer, browser: Browser
) -> None:
    begin(phone)
    has_worker(phone)
    phone.context.set_offline(True)
    phone.fill("textarea[name=text]", "查看了操作证")
    open_editor(phone)
    take(phone, sheet("red"), sheet("blue"))
    for name, value in {
        "title": "高压电工证",
        "number": "T3301",
        "holder": "邱晓芸",
        "date": "2024-06-01",
    }.items():
        phone.fill(f"{EDITOR} [name={name}]", value)
    keep(phone)
    expect(phone.locator("[data-local-documents] li")).to_contain_text("高压电工证")
    phone.context.set_offline(False)
    save(phone)
    [entry] = ledger.arrived("attached", 1)
    [note] = ledger.arrived("observed", 1)
    body = entry["body"]
    pages = body.pop("pages")
    assert body == {
        "title": {"zh": "高压电工证"},
        "number": "T3301",
        "holder": "邱晓芸",
        "date": "2024-06-01",
        "observation": note["id"],
    }
    assert ledger.new("photographed") == []
    for page in pages:
        for found, true in zip(page["corners"], CORNERS, strict=True):
            assert abs(found[0] - true[0]) < 0.03
            assert abs(found[1] - true[1]) < 0.03
    nothing_left(phone)
    with phone_of(browser, server, "leader") as other:
        visit(other, f"/audits/{AUDIT}/observations/{note['id']}/view")
        expect(other.locator(f"[data-document='{entry['id']}']")).to_contain_text("邱晓芸")
        url = other.locator(".documents img").first.get_attribute("src")
        seen = Image.open(io.BytesIO(other.request.get(str(url)).body())).convert("RGB")
        quarters = [
            seen.getpixel((seen.width * x // 4, seen.height * y // 4))
            for x, y in ((1, 1), (3, 1), (1, 3), (3, 3))
        ]
        assert [is_red(pixel) for pixel in quarters] == [True, False, False, False]
        assert min(pixel[1] for pixel in quarters[1:]) > 200, "the desk is cut off"  # type: ignore[index]
        whole = other.request.get(f"/audits/{AUDIT}/photos/{pages[0]['sha256']}").body()
        assert Image.open(io.BytesIO(whole)).size == (800, 1000)


def test_a_document_is_delivered_once_its_pages_are(phone: Page, ledger: Ledger) -> None:
    link = Link(phone)
    begin(phone)
    open_editor(phone)
    take(phone, sheet("green"))
    phone.fill(f"{EDITOR} [name=title]", "排污许可证")
    keep(phone)
    # Asked in between: an upload that nobody cuts would hold up what follows it.
    until(lambda: phone.title() and ledger.new("attached"), "the entry is there")
    until(lambda: rows(phone, "entries") == [], "the phone knows that the entry is there")
    tried = link.tries
    until(lambda: rows(phone, "photos") and link.tries > tried + 1, "its page was tried again")
    kept = phone.locator("[data-local-documents] li")
    expect(kept).to_contain_text("仅在本机")
    link.is_cut = False
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(kept).to_contain_text("已送达")
    assert rows(phone, "photos") == []


def test_a_page_answers_the_complaint_that_there_was_none(phone: Page) -> None:
    begin(phone)
    open_editor(phone)
    complaint = phone.locator(f"{EDITOR} [role=alert]").filter(has_text="先拍至少一页")
    phone.locator(f"{EDITOR} .go").click()
    expect(complaint).to_be_visible()
    take(phone, sheet())
    expect(complaint).to_be_hidden()


IN_EDITOR = """
const media = navigator.mediaDevices;
const ask = media?.getUserMedia.bind(media);
if (media) media.getUserMedia = (wanted) => document.querySelector("dialog") ? camera(wanted) : ask(wanted);
async function camera(wanted) { %s }
"""
COMES_LATE = """
self.stream = await ask(wanted);
await new Promise((give) => { self.give = give; });
return stream;
"""
SHOWS_NOTHING = "return (self.stream = document.createElement('canvas').captureStream(0));"


@pytest.mark.parametrize("camera", [COMES_LATE, SHOWS_NOTHING], ids=["comes late", "shows nothing yet"])
def test_a_camera_that_begins_while_its_editor_is_closed_is_let_go(phone: Page, camera: str) -> None:
    phone.add_init_script(IN_EDITOR % camera)
    begin(phone)
    open_editor(phone)
    until(lambda: phone.evaluate("Boolean(self.stream)"), "the camera is asked for")
    phone.locator(f"{EDITOR} header .ib").click()
    phone.locator(EDITOR).wait_for(state="detached")
    phone.evaluate("self.give?.()")
    until(lambda: phone.evaluate("stream.getTracks().every((track) => track.readyState === 'ended')"))


def is_red(pixel: Any) -> bool:
    return bool(pixel[0] > 180 and pixel[1] < 90)


def test_corners_are_moved_by_thumb_and_keys_or_left_alone(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    open_editor(phone)
    take(phone, sheet(), sheet())
    phone.locator("[data-straighten]").first.click()
    grip = phone.locator("[data-corner='0']")
    grip.wait_for()
    box, field = grip.bounding_box(), phone.locator(".sheet canvas").bounding_box()
    assert box
    assert field
    phone.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.mouse.down()
    phone.mouse.move(field["x"] + field["width"] * 0.3, field["y"] + field["height"] * 0.3, steps=3)
    phone.mouse.up()
    grip.press("ArrowRight")
    phone.locator("dialog.editor:not(.scrolls) .go").click()
    phone.locator("[data-straighten]").nth(1).click()
    phone.get_by_role("button", name="用整张照片").click()
    until(lambda: [one["corners"] is None for one in rows(phone, "photos")] == [False, True])
    phone.fill(f"{EDITOR} [name=title]", "台账")
    keep(phone)
    save(phone)
    first, second = ledger.arrived("attached", 1)[0]["body"]["pages"]
    assert abs(first["corners"][0][0] - 0.31) < 0.02
    assert abs(first["corners"][0][1] - 0.30) < 0.02
    assert "corners" not in second


HOLD = """
const post = Worker.prototype.postMessage;
self.held = [];
self.release = () => { for (const one of self.held.splice(0)) one(); };
Worker.prototype.postMessage = function (job, ...rest) {
  if (!("corners" in job)) return post.call(this, job, ...rest);
  self.held.push(() => post.call(this, job, ...rest));
};
"""
REDRAW = """async (base) => {
  const [outbox, store] = await Promise.all([import(`${base}/outbox.js`), import(`${base}/store.js`)]);
  outbox.changes.dispatchEvent(new Event("change"));
  for (const name of ["photos", "bytes"]) await (await store.database()).getAll(name);
}"""


def test_corners_that_were_set_are_not_guessed_again(
    browser: Browser, server: LiveServer, ledger: Ledger
) -> None:
    """The row was drawn again while a page was being looked at: a second guess would come after the thumb."""
    with phone_of(browser, server, "auditor") as phone:
        phone.add_init_script(HOLD)
        begin(phone)
        open_editor(phone)
        file = {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": sheet()}
        phone.set_input_files(f"{EDITOR} [data-gallery]", file)  # type: ignore[arg-type]
        until(lambda: phone.evaluate("held.length") == 1)
        until(lambda: [one["phase"] for one in rows(phone, "photos")] == ["ready"])
        phone.evaluate(REDRAW, modules(phone))
        phone.evaluate("held.splice(0, 1)[0]()")
        until(lambda: phone.locator(f"{PAGES} img[src]").count() == 1)
        look = phone.locator(f"{PAGES} img").get_attribute("src")
        phone.locator("[data-straighten]").click()
        phone.get_by_role("button", name="用整张照片").click()
        until(lambda: [one["corners"] for one in rows(phone, "photos")] == [None])
        until(lambda: phone.evaluate("held.length") > 0)
        phone.evaluate("release()")
        expect(phone.locator(f"{PAGES} img")).not_to_have_attribute("src", str(look))
        assert [one["corners"] for one in rows(phone, "photos")] == [None]
        phone.fill(f"{EDITOR} [name=title]", "台账")
        keep(phone)
        save(phone)
        [page] = ledger.arrived("attached", 1)[0]["body"]["pages"]
        assert "corners" not in page


def test_a_page_killed_in_the_middle_has_its_document_back(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    open_editor(phone)
    take(phone, sheet())
    phone.fill(f"{EDITOR} [name=title]", "手册")
    until(lambda: "手册" in str(rows(phone, "drafts")))
    note = ledger.arrived("observed", 1)[0]["id"]
    visit(phone, f"/audits/{AUDIT}/observations/{note}")
    phone.locator("form[data-capture][data-ready]").wait_for()
    phone.get_by_role("button", name="接着做").click()
    until(lambda: phone.locator(PAGES).count() == 1)
    assert phone.input_value(f"{EDITOR} [name=title]") == "手册"
    assert ledger.new("attached") == []
    keep(phone)
    assert len(ledger.arrived("attached", 1)[0]["body"]["pages"]) == 1
    nothing_left(phone)


def photograph(page: Page) -> None:
    """Pages of a document that nobody saves."""
    open_editor(page)
    take(page, sheet(), sheet("green"))
    until(lambda: [one["phase"] for one in rows(page, "photos")] == ["ready"] * 2)


def waiting_phones(leader: Page) -> int:
    """How many of the auditor's phones hold one photo and nothing else."""
    visit(leader, f"/audits/{AUDIT}/leave")
    phones = leader.locator(f"[data-phone='{ID['auditor']}']").filter(has_text="0 条 · 1 张还在手机上")
    return phones.count()


def test_a_document_that_is_not_saved_waits_for_all_to_see(phone: Page, leader: Page, ledger: Ledger) -> None:
    before = waiting_phones(leader)
    begin(phone)
    photograph(phone)
    [note] = ledger.arrived("observed", 1)
    visit(phone, "/outbox")
    line = phone.locator("[data-part=waiting] [data-item]")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("附件 · 2 页")
    expect(line).to_contain_text("拍了没有保存")
    expect(phone.locator("[data-part=gate]")).to_have_attribute("data-k", "wait")
    expect(phone.locator("[data-part=count]")).to_have_text("1")
    expect(phone.locator("[data-sync-status]")).to_contain_text("仅在本机 1")
    go_on = line.get_by_role("link", name="接着做")
    expect(go_on).to_have_attribute("href", f"/audits/{AUDIT}/observations/{note['id']}")

    until(lambda: waiting_phones(leader) > before, "the leader reads what the list says")
    go_on.click()
    phone.locator("form[data-capture][data-ready]").wait_for()
    phone.get_by_role("button", name="接着做").click()
    until(lambda: phone.locator(f"{PAGES} img[src]").count() == 2)
    phone.fill(f"{EDITOR} [name=title]", "特种设备使用登记证")
    keep(phone)
    assert len(ledger.arrived("attached", 1)[0]["body"]["pages"]) == 2
    nothing_left(phone)


def test_it_is_found_before_its_note_is_sent_and_may_be_deleted(phone: Page) -> None:
    phone.route("**/entries", lambda route: route.abort())
    begin(phone)
    photograph(phone)
    visit(phone, "/outbox")
    line = phone.locator("[data-part=waiting] [data-item]").filter(has_text="拍了没有保存")
    line.get_by_role("link", name="接着做").click()
    phone.locator("form[data-capture][data-ready]").wait_for()
    expect(phone.get_by_role("button", name="接着做")).to_be_visible()
    visit(phone, "/outbox")
    line.get_by_role("button", name="删除").click()
    phone.locator("dialog button[value=yes]").click()
    expect(line).to_have_count(0)
    assert rows(phone, "photos") == []


def test_a_document_is_taken_back(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    open_editor(phone)
    take(phone, sheet())
    phone.locator(f"{EDITOR} .go").click()
    expect(phone.locator(EDITOR)).to_contain_text("写上文件名称")
    phone.fill(f"{EDITOR} [name=title]", "旧版")
    keep(phone)
    [entry] = ledger.arrived("attached", 1)
    nothing_left(phone)
    visit(phone, f"/audits/{AUDIT}/observations/{entry['body']['observation']}")
    phone.locator("form[data-capture][data-ready]").wait_for()
    phone.locator(f"[data-withdraw='{entry['id']}']").click()
    phone.get_by_role("button", name="删除", exact=True).click()
    [withdrawn] = ledger.arrived("withdrawn", 1)
    assert withdrawn["body"]["target"] == entry["id"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_editors(browser: Browser, server: LiveServer, theme: Any) -> None:
    with phone_of(browser, server, "auditor", color_scheme=theme, reduced_motion="reduce") as page:
        page.add_init_script(path=AXE)
        begin(page)
        open_editor(page)
        take(page, sheet())
        found = page.evaluate(CHECK, TAGS)
        page.locator("[data-straighten]").click()
        page.locator("[data-corner='0']").wait_for()
        found += page.evaluate(CHECK, TAGS)
        page.locator("dialog.editor:not(.scrolls) .go").click()
        page.fill(f"{EDITOR} [name=title]", "手册")
        keep(page)
        page.set_input_files(
            "form [data-gallery]", {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": sheet()}
        )
        page.locator("[data-edit-photo]").click()
        page.get_by_role("button", name="标注").click()
        page.locator("dialog.editor canvas").wait_for()
        found += page.evaluate(CHECK, TAGS)
        assert not found, "\n".join(found)
