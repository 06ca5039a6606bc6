"""Drawing on photos with a thumb: kept on the phone at once, shown in place, blurred for everybody."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.support.fake_server import FakeServer
from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import LAB, call, drained, put_photo, rows, start_outbox, until, visit
from tests.browser.support.site import has_worker
from tests.browser.test_capture import begin, save
from tests.evidence.test_drawing import contrast, jpeg, striped
from tests.support.live import LiveServer
from tests.support.world import AUDIT, ID, OBSERVATION
from tests.web.test_markup import BLUR

EDITOR = "dialog.editor"
CANVAS = f"{EDITOR} canvas"


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Page]:
    with phone_of(browser, server, "auditor", worker=True) as page:
        yield page


def shoot(page: Page) -> None:
    """A note with one photo of thin stripes, from the gallery.

    Its corner is like no other's: photos of equal bytes share what is drawn on them.
    """
    picture = striped()
    picture.paste(tuple(os.urandom(3)), (0, 0, 32, 32))
    page.set_input_files(
        "[data-gallery]",
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": jpeg(picture)},
    )
    page.locator("[data-shots] figure").wait_for()


def open_editor(page: Page) -> None:
    page.locator("[data-edit-photo]").click()
    page.get_by_role("button", name="标注").click()
    page.locator(CANVAS).wait_for()


def drag(page: Page, kind: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Choose a shape and draw it, in shares of the picture."""
    page.locator(f"{EDITOR} input[value={kind}]").check()
    box = page.locator(CANVAS).bounding_box()
    assert box

    def at(place: tuple[float, float]) -> tuple[float, float]:
        return box["x"] + box["width"] * place[0], box["y"] + box["height"] * place[1]

    page.mouse.move(*at(start))
    page.mouse.down()
    page.mouse.move(*at(end), steps=4)
    page.mouse.up()


def shapes(page: Page) -> int:
    return int(page.locator(CANVAS).get_attribute("data-shapes") or 0)


def keep(page: Page) -> None:
    page.locator(f"{EDITOR} .go").click()
    page.locator(EDITOR).wait_for(state="detached")


def kinds(body: dict[str, Any]) -> list[str]:
    return [shape["kind"] for shape in body["shapes"]]


def test_what_is_drawn_without_a_network_arrives_and_is_blurred_for_all(
    phone: Page, ledger: Ledger, server: LiveServer, browser: Browser
) -> None:
    begin(phone)
    has_worker(phone)
    phone.context.set_offline(True)
    shoot(phone)
    open_editor(phone)
    drag(phone, "blur", (0.25, 0.25), (0.75, 0.75))
    drag(phone, "arrow", (0.1, 0.9), (0.2, 0.5))
    drag(phone, "circle", (0.8, 0.8), (0.95, 0.95))
    keep(phone)
    phone.locator("[data-shots] figure canvas.layer").wait_for()
    phone.context.set_offline(False)
    save(phone)
    [entry] = ledger.arrived("marked-up", 1)
    [photo] = ledger.arrived("photographed", 1)
    assert entry["body"]["photo"] == photo["id"]
    assert kinds(entry["body"]) == ["blur", "arrow", "circle"]
    blur = entry["body"]["shapes"][0]
    assert [round(share, 1) for share in blur["start"] + blur["end"]] == [0.2, 0.2, 0.8, 0.8]
    nothing_left(phone)
    with phone_of(browser, server, "leader") as other:
        visit(other, f"/audits/{AUDIT}/observations/{photo['body']['observation']}/view")
        source = other.locator("figure img").get_attribute("src")
        seen = Image.open(io.BytesIO(other.request.get(str(source)).body()))
        assert contrast(seen, (85, 65, 235, 175)) < 40


def test_a_shape_is_undone_selected_and_deleted(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    shoot(phone)
    open_editor(phone)
    drag(phone, "circle", (0.1, 0.1), (0.3, 0.3))
    drag(phone, "arrow", (0.5, 0.5), (0.9, 0.9))
    assert shapes(phone) == 2
    phone.get_by_role("button", name="撤销").click()
    assert shapes(phone) == 1
    box = phone.locator(CANVAS).bounding_box()
    assert box
    phone.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
    phone.get_by_role("button", name="删除").click()
    assert shapes(phone) == 0
    drag(phone, "blur", (0.4, 0.4), (0.6, 0.6))
    keep(phone)
    save(phone)
    assert kinds(ledger.arrived("marked-up", 1)[0]["body"]) == ["blur"]


def test_keys_do_what_a_thumb_does(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    shoot(phone)
    open_editor(phone)
    phone.locator(CANVAS).focus()
    for key in ("Enter", "ArrowRight", "Shift+ArrowDown", "Enter", "Space", "Space", "Delete"):
        phone.keyboard.press(key)
    keep(phone)
    save(phone)
    [entry] = ledger.arrived("marked-up", 1)
    assert entry["body"]["shapes"] == [{"kind": "arrow", "start": [0.42, 0.4], "end": [0.62, 0.62]}]


def test_a_page_killed_while_drawing_has_it_back(phone: Page) -> None:
    begin(phone)
    shoot(phone)
    save_and_reopen(phone)
    open_editor(phone)
    drag(phone, "blur", (0.2, 0.2), (0.4, 0.4))
    until(lambda: any("markup/" in one["key"] for one in rows(phone, "drafts")))
    phone.reload()
    phone.locator("form[data-capture][data-ready]").wait_for()
    open_editor(phone)
    assert shapes(phone) == 1
    expect(phone.locator(EDITOR)).to_contain_text("已恢复")
    keep(phone)
    until(lambda: not any("markup/" in one["key"] for one in rows(phone, "drafts")))
    nothing_left(phone)


def test_a_layer_of_a_photo_on_the_server_is_changed_by_a_new_version(phone: Page, ledger: Ledger) -> None:
    begin(phone)
    shoot(phone)
    open_editor(phone)
    drag(phone, "blur", (0.2, 0.2), (0.4, 0.4))
    keep(phone)
    save_and_reopen(phone)
    [first] = ledger.arrived("marked-up", 1)
    open_editor(phone)
    assert shapes(phone) == 1
    drag(phone, "arrow", (0.5, 0.5), (0.9, 0.9))
    keep(phone)
    second = ledger.arrived("marked-up", 2)[1]
    assert second["body"]["bases"] == [first["id"]]
    assert kinds(second["body"]) == ["blur", "arrow"]


def test_without_a_network_a_photo_on_the_server_is_drawn_on_in_its_small_copy(
    phone: Page, ledger: Ledger
) -> None:
    begin(phone)
    has_worker(phone)
    shoot(phone)
    save_and_reopen(phone)
    phone.locator("[data-shots] img").scroll_into_view_if_needed()
    kept = "(img) => caches.match(img.src, { ignoreVary: true }).then(Boolean)"
    until(lambda: phone.locator("[data-shots] img").evaluate(kept), "the worker keeps the list's copy")
    phone.context.set_offline(True)
    open_editor(phone)
    expect(phone.locator(EDITOR)).to_contain_text("小图")
    drag(phone, "arrow", (0.2, 0.2), (0.8, 0.8))
    keep(phone)
    phone.context.set_offline(False)
    assert kinds(ledger.arrived("marked-up", 1)[0]["body"]) == ["arrow"]


def test_the_leader_blurs_a_face_in_somebody_elses_photo(
    phone: Page, ledger: Ledger, server: LiveServer, browser: Browser
) -> None:
    begin(phone)
    shoot(phone)
    save(phone)
    [photo] = ledger.arrived("photographed", 1)
    nothing_left(phone)
    with phone_of(browser, server, "leader") as other:
        visit(other, f"/audits/{AUDIT}/observations/{photo['body']['observation']}/view")
        other.locator("[data-mark-photo]").click()
        other.locator(CANVAS).wait_for()
        drag(other, "blur", (0.25, 0.25), (0.75, 0.75))
        keep(other)
        [entry] = ledger.arrived("marked-up", 1)
        assert (entry["by"], entry["body"]["photo"]) == (ID["leader"], photo["id"])
    with phone_of(browser, server, "observer") as other:
        visit(other, f"/audits/{AUDIT}/observations/{photo['body']['observation']}/view")
        assert other.locator("[data-mark-photo]").count() == 0
        source = other.locator("figure img").get_attribute("src")
        seen = Image.open(io.BytesIO(other.request.get(str(source)).body()))
        assert contrast(seen, (85, 65, 235, 175)) < 40


def save_and_reopen(page: Page) -> None:
    """Save the note, wait until it has left the phone, and open its own page."""
    save(page)
    until(lambda: rows(page, "photos") == [] and rows(page, "entries") == [], "all sent")
    sent = call(page, "receipts", "receipts")
    note = next(one["object"] for one in sent if one["type"] == "photo")
    visit(page, f"/audits/{AUDIT}/observations/{note}")
    page.locator("form[data-capture][data-ready]").wait_for()


def test_what_is_drawn_before_a_photo_is_developed_goes_right_after_it(
    phone: Page, faulty: FakeServer
) -> None:
    faulty.pages["/lab"] = LAB.format(account=ID["auditor"])
    visit(phone, f"{faulty.url}/lab")
    call(phone, "owner", "openFor", ID["auditor"])
    put_photo(phone, jpeg(striped()), observation=OBSERVATION, audit=AUDIT)
    [photo] = rows(phone, "photos")
    about = {"entry": photo["entry"], "audit": AUDIT, "observation": OBSERVATION}
    call(phone, "layer", "keepLayer", about, {"shapes": [BLUR], "bases": []})
    assert rows(phone, "entries") == []
    phone.reload()
    start_outbox(phone, ID["auditor"])
    until(lambda: faulty.complete)
    drained(phone)
    [body] = faulty.bodies("marked-up")
    assert body == {"photo": photo["entry"], "shapes": [BLUR], "bases": []}
    assert faulty.order.index(photo["entry"]) < len(faulty.order) - 1
