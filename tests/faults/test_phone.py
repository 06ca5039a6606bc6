"""What else a phone meets on site, against the real server: each item arrives exactly once.

docs/offline.md says of each what happens and what the auditor sees.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.people import COOKIE
from tests.browser.support.phone import PATIENCE_S, rows, until, visit
from tests.faults.scene import (
    CAPTURE,
    FORM,
    SAVE,
    STOP,
    STORES,
    TEXT,
    Scene,
)
from tests.faults.troubles import CHUNK, ENTRIES, UPLOADS
from tests.support.live import COMMAND, ROOT, environment
from tests.support.proxy import drop, half
from tests.support.world import AUDIT, ID, PASSWORD, entry

pytestmark = pytest.mark.browser


def test_two_tabs(scene: Scene, photo: Path) -> None:
    scene.begin()
    other = scene.context.new_page()
    visit(other, CAPTURE)
    other.locator(FORM).wait_for()
    scene.meet(CHUNK, half, half)
    scene.record("第一个标签页", photo)
    other.fill("textarea[name=text]", "第二个标签页")
    other.locator(SAVE).click()
    other.wait_for_url(f"**{STOP}")
    scene.arrived("第一个标签页", "第二个标签页")


def test_the_page_is_killed_while_it_saves(scene: Scene, photo: Path) -> None:
    scene.begin()
    scene.page.fill("textarea[name=text]", TEXT)
    scene.page.set_input_files("[data-gallery]", photo)
    expect(scene.page.locator("[data-shots] figure")).to_have_count(1)
    scene.page.evaluate("document.querySelector('[data-again]').click()")
    scene.replace_tab()
    scene.arrived(TEXT)


def test_a_clock_that_is_set_back(scene: Scene, photo: Path) -> None:
    scene.begin()
    scene.proxy.always(ENTRIES, drop)
    scene.record(TEXT, photo)
    scene.context.add_init_script("const now = Date.now; Date.now = () => now() - 3 * 86400e3;")
    scene.begin()
    scene.page.fill("textarea[name=text]", "时钟拨回三天后")
    scene.page.locator(SAVE).click()
    scene.page.wait_for_url(f"**{STOP}")
    scene.proxy.heal()
    scene.arrived(TEXT, "时钟拨回三天后")


def test_somebody_else_signs_in_on_the_phone(scene: Scene, photo: Path) -> None:
    scene.begin()
    scene.proxy.always(ENTRIES, drop)
    scene.record(TEXT, photo)
    scene.come_as("leader")
    scene.begin()
    scene.page.fill("textarea[name=text]", "组长的一条")
    scene.page.locator(SAVE).click()
    scene.page.wait_for_url(f"**{STOP}")
    scene.proxy.heal()
    scene.delivered()
    scene.come_as("auditor")
    notes = scene.arrived(TEXT, "组长的一条")
    assert len({note["by"] for note in notes}) == 2


def test_a_device_credential_delivers_though_nobody_is_signed_in(scene: Scene, photo: Path) -> None:
    scene.context.clear_cookies()
    visit(scene.page, "/sign-in")
    scene.page.fill("[name=login]", "auditor")
    scene.page.fill("[name=password]", PASSWORD)
    scene.page.locator("[name=own_phone]").check()
    scene.page.locator("main form .go").click()
    scene.page.wait_for_url(lambda url: "sign-in" not in url)
    until(lambda: has_credential(scene.page), "the phone keeps its credential")
    scene.begin()
    scene.proxy.always(ENTRIES, drop)
    scene.record(TEXT, photo)
    scene.context.clear_cookies()
    scene.proxy.heal()
    visit(scene.page, "/sign-in")
    scene.ledger().arrived("observed", 1)
    until(lambda: scene.left() == dict.fromkeys(STORES, 0), "nothing is left on the phone")
    scene.sign_in("auditor")
    visit(scene.page, "/")
    scene.arrived(TEXT)


def has_credential(page: Page) -> bool:
    """Whether the answer is here: leaving the page would cut it off, and asking again needs a session."""
    return any(isinstance(row, dict) and row.get("credential") for row in rows(page, "meta"))


def test_what_was_exported_is_imported_and_sent_later_once(scene: Scene, photo: Path, tmp_path: Path) -> None:
    scene.begin()
    scene.proxy.always(ENTRIES, drop)
    scene.proxy.always(UPLOADS, drop)
    scene.record(TEXT, photo)
    visit(scene.page, "/outbox")
    with scene.page.expect_download() as coming:
        scene.page.locator("[data-part=export]").tap()
    file = tmp_path / "outbox.json"
    coming.value.save_as(file)
    assert import_outbox(scene, file) == (AUDIT, "2 entries stored, 0 here already, 0 held; 1 photos stored")
    assert import_outbox(scene, file) == (AUDIT, "0 entries stored, 2 here already, 0 held; 0 photos stored")
    scene.proxy.heal()
    scene.arrived(TEXT)


def import_outbox(scene: Scene, file: Path) -> tuple[str, str]:
    """What the operator's command prints: the audit, and what became of the file."""
    command = [*COMMAND, "audit", "import", str(file), "--data", str(scene.site.data)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr.strip()


def test_the_author_was_taken_out_of_the_team_meanwhile(scene: Scene, photo: Path) -> None:
    scene.begin()
    scene.proxy.always(ENTRIES, drop)
    scene.record(TEXT, photo)
    take_out_of_the_team(scene, "auditor")
    scene.proxy.heal()
    scene.arrived(TEXT)
    all_held(scene, "组长")


def test_the_leader_released_meanwhile(scene: Scene, photo: Path) -> None:
    scene.begin()
    scene.proxy.always(ENTRIES, drop)
    scene.record(TEXT, photo)
    release(scene)
    scene.proxy.heal()
    scene.arrived(TEXT)
    all_held(scene, "复核人员")
    kinds = [row["entry"]["kind"] for row in scene.ledger().rows()]
    assert kinds.count("released") == 1
    assert kinds.index("released") < kinds.index("observed")


def all_held(scene: Scene, accepts: str) -> None:
    """Note and photo are in the journal until somebody decides on them, and the phone says so."""
    rows = scene.ledger().rows()
    assert {row["standing"] for row in rows if row["entry"]["kind"] in ("observed", "photographed")} == {
        "held"
    }
    expect(scene.page.locator("[data-part=receipts]")).to_contain_text(f"待{accepts}收下")


def release(scene: Scene) -> None:
    """The leader releases the report as it stands, past the proxy."""
    form = {"head": str(scene.ledger().ask_head()), "lang": "zh", "sure": "yes", "reason": "只走了一站"}
    answer = httpx.post(
        f"{scene.site.url}/audits/{AUDIT}/release",
        data=form,
        cookies={COOKIE: scene.tokens["leader"]},
        headers={"Clausewalk": "1"},
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 303, answer.text


def take_out_of_the_team(scene: Scene, login: str) -> None:
    """The office sets the team anew, past the proxy."""
    path = f"team/{ID[login]}"
    office = {COOKIE: scene.tokens["office"]}
    url = f"{scene.site.url}/audits/{AUDIT}/entries"
    known = httpx.get(url, cookies=office, timeout=PATIENCE_S).json()["entries"]
    [base] = [row["entry"]["id"] for row in known if row["entry"]["body"].get("path") == path]
    gone = entry("configured", {"path": path, "value": None, "bases": [base]}, by="office")
    answer = httpx.post(url, json=[gone], cookies=office, headers={"Clausewalk": "1"}, timeout=PATIENCE_S)
    assert answer.json()["results"][0]["status"] == "stored", answer.text
