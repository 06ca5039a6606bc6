"""Sharing to the installed app: kept by the worker without a network, a note once its owner says where."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from server.settings import data_root
from tests.browser.support.people import Ledger, nothing_left, phone_of
from tests.browser.support.phone import rows, visit
from tests.browser.support.pictures import camera_jpeg
from tests.browser.support.site import has_worker
from tests.browser.test_capture import READY, begin
from tests.support.live import LiveServer
from tests.support.world import AUDIT

STATIC = data_root("static")
SHARE = """([bytes, text]) => {
  const form = document.createElement("form");
  Object.assign(form, { action: "/share", method: "POST", enctype: "multipart/form-data" });
  const words = Object.assign(document.createElement("input"), { name: "text", value: text });
  const file = Object.assign(document.createElement("input"), { name: "photos", type: "file" });
  const chosen = new DataTransfer();
  const data = Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0));
  chosen.items.add(new File([data], "IMG_7.jpg", { type: "image/jpeg", lastModified: 0 }));
  file.files = chosen.files;
  form.append(words, file);
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Page]:
    with phone_of(browser, server, "auditor", worker=True) as page:
        visit(page, "/")
        has_worker(page)
        visit(page, "/share")
        yield page


def share(page: Page, text: str) -> bytes:
    """What the phone's share sheet does; the photo that was shared."""
    photo = camera_jpeg(800, 600, taken="2026:11:18 10:42:07", offset="+08:00")
    page.evaluate(SHARE, [base64.b64encode(photo).decode(), text])
    page.locator("[data-part=list] li").first.wait_for()
    return photo


@pytest.mark.parametrize("is_offline", [True, False], ids=["without a network", "with one"])
def test_what_is_shared_becomes_a_note_at_the_chosen_stop(
    phone: Page, server: LiveServer, is_offline: bool
) -> None:
    begin(phone)
    visit(phone, "/share")
    ledger = Ledger(server)
    phone.context.set_offline(is_offline)
    share(phone, "3 号炉的铭牌")
    assert len(rows(phone, "drafts")) == 1
    expect(phone.locator("[data-part=list]")).to_contain_text("3 号炉的铭牌")
    phone.locator(f"[data-audit='{AUDIT}'][data-stop=s2]").click()
    phone.locator(READY).wait_for()
    assert phone.input_value("textarea[name=text]") == "3 号炉的铭牌"
    assert rows(phone, "drafts") == []
    phone.context.set_offline(False)
    [note] = ledger.arrived("observed", 1)
    [photo] = ledger.arrived("photographed", 1)
    assert note["body"]["stop"] == "s2"
    assert note["body"]["text"] == {"zh": "3 号炉的铭牌"}
    assert note["body"]["department"] == "生产部"
    assert photo["body"]["observation"] == note["id"]
    assert photo["body"]["taken_at"].startswith("2026-11-18T")
    nothing_left(phone)


def test_what_was_shared_waits_until_it_has_a_place(phone: Page) -> None:
    share(phone, "稍后再说")
    visit(phone, "/")
    phone.locator("[data-shared]").wait_for()
    phone.locator("[data-shared] a").click()
    phone.locator("[data-part=list] li").wait_for()
    phone.get_by_role("button", name="放弃草稿").click()
    phone.locator("dialog").get_by_role("button", name="放弃草稿").click()
    phone.locator("[data-part=none]").wait_for()
    assert rows(phone, "drafts") == []


def test_the_manifest_says_what_is_there() -> None:
    manifest = json.loads((STATIC / "manifest.webmanifest").read_text("utf-8"))
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in [*manifest["icons"], *(icon for one in manifest["shortcuts"] for icon in one["icons"])]:
        if icon["src"].endswith(".png"):
            with Image.open(STATIC / icon["src"]) as picture:
                assert "x".join(map(str, picture.size)) == icon["sizes"]
    target = manifest["share_target"]
    script = (STATIC / "js" / "worker-share.js").read_text("utf-8")
    assert f'SHARE = "{target["action"]}"' in script
    assert all(
        f'"{name}"' in script for name in ("title", "text", "url", target["params"]["files"][0]["name"])
    )
