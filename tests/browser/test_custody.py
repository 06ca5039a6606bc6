"""Custody in the browser: verify, download, import elsewhere, check an interchange file, erase."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.archive.reading import read_archive
from server.database import FILE_NAME
from server.demo.sample import sample_file
from tests.browser.support.people import phone_of
from tests.browser.support.phone import visit
from tests.support.live import LiveServer, live_server
from tests.support.world import AUDIT, OBSERVATION


@pytest.fixture
def empty(tmp_path: Path, server: LiveServer) -> Iterator[LiveServer]:
    """Another server of the same people, with no audit."""
    data = Path(shutil.copytree(server.data, tmp_path / "empty"))
    raw = sqlite3.connect(data / FILE_NAME)
    raw.execute("DROP TRIGGER entries_are_never_deleted")
    for table in ("entries", "heads", "members", "audits", "stale_audits"):
        raw.execute(f"DELETE FROM {table}")
    raw.commit()
    raw.close()
    with live_server(data) as other:
        other.tokens = server.tokens
        yield other


def test_an_audit_goes_to_another_server_as_a_file(
    browser: Browser, server: LiveServer, empty: LiveServer, tmp_path: Path
) -> None:
    file = tmp_path / "export.zip"
    with phone_of(browser, server, "office", accept_downloads=True) as page:
        visit(page, f"/audits/{AUDIT}/custody")
        page.get_by_role("link", name="现在核验").click()
        expect(page.get_by_role("status")).to_contain_text("都与存入时一致")
        with page.expect_download() as downloading:
            page.get_by_role("link", name="下载导出文件").click()
        downloading.value.save_as(file)
    archive = read_archive(file)
    assert archive.manifest.audit == AUDIT
    with phone_of(browser, empty, "office") as page:
        visit(page, "/office/import")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="导入").click()
        expect(page.get_by_role("status")).to_contain_text("已导入")
        page.get_by_role("link", name="打开这场审核").click()
        expect(page.get_by_text("生产部").first).to_be_visible()


def test_an_administrator_erases_a_note(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "admin") as page:
        visit(page, f"/audits/{AUDIT}/erase?find=真空炉")
        page.locator(f"input[value='{OBSERVATION}']").check()
        page.get_by_label("依据").fill("合同 7.3")
        page.get_by_label("决定人").fill("王主任")
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("heading", name="核对后删除")).to_be_visible()
        page.get_by_label("我已核对").check()
        page.get_by_role("button", name="永久删除").click()
        expect(page.get_by_text("合同 7.3")).to_be_visible()
        visit(page, f"/audits/{AUDIT}/erase?find=真空炉")
        assert page.locator(f"input[value='{OBSERVATION}']").count() == 0


def test_an_interchange_file_is_checked(browser: Browser, server: LiveServer) -> None:
    source = json.loads(sample_file())
    source["audit"]["end"] = "2026-02-30"
    with phone_of(browser, server, "auditor") as page:
        visit(page, "/interchange/check")
        page.get_by_label("粘贴").fill(json.dumps(source))
        page.get_by_role("button", name="检查", exact=True).click()
        expect(page.get_by_text("/audit/end")).to_be_visible()
        visit(page, "/interchange/check")
        page.locator("input[type=file]").set_input_files(
            {"name": "a.json", "mimeType": "application/json", "buffer": sample_file()}
        )
        page.get_by_role("button", name="检查", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("可以导入")
