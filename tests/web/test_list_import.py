"""The office keeps a checklist from a spreadsheet by the page; a wrong cell is named and nothing is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.criteria.install import install, own_folder
from tests.criteria.test_sheet import LIST, ROW, book
from tests.support.html import Html
from tests.support.world import World

URL = "/checklists/import"


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., bytes]:
    def made(**changes: Any) -> bytes:
        return book(tmp_path / "pack.xlsx", **changes).read_bytes()

    return made


def send(world: World, data: bytes, login: str = "office") -> httpx.Response:
    origin = str(world.client.base_url).rstrip("/")
    files = {"file": ("../涂装.xlsx", data)}
    return world.visitor(login).ask("POST", URL, files=files, headers={"Origin": origin})


def own_files(world: World) -> list[str]:
    folder = own_folder(world.services.settings.data)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_list_is_kept_and_asked_from_the_next_start_on(world: World, sheet: Callable[..., bytes]) -> None:
    assert URL in world.visitor("office").get("/checklists").text
    answer = send(world, sheet())
    assert answer.status_code == 200, Html(answer.text).words
    assert "“涂装”已保存，1 项" in Html(answer.text).words
    assert own_files(world) == ["places/own-paint.toml"]
    again = send(world, sheet(rows=[ROW, ["own-gun", *ROW[1:]]]))
    assert "“涂装”已替换，2 项" in Html(again.text).words
    assert own_files(world) == ["places/own-paint.toml"]
    installed = install(own_folder(world.services.settings.data))
    assert not installed.problems
    assert [item.id for item in installed.criteria.lists["own-paint"].items] == ["own-oven", "own-gun"]


def test_a_wrong_cell_is_named_and_nothing_is_kept(world: World, sheet: Callable[..., bytes]) -> None:
    answer = send(world, sheet(rows=[[ROW[0], "Q8.5.9", *ROW[2:]]]))
    assert answer.status_code == 400
    words = Html(answer.text).words
    assert "涂装.xlsx items!B2" in words
    assert "unknown clause Q8.5.9" in words
    assert own_files(world) == []


def test_a_list_of_the_program_stays_as_it_is(world: World, sheet: Callable[..., bytes]) -> None:
    answer = send(world, sheet(listed=LIST | {"编号": "stage1"}))
    assert answer.status_code == 400
    words = Html(answer.text).words
    assert "涂装.xlsx list!B1" in words
    assert "stage1 is a list of the program" in words
    assert own_files(world) == []


def inflated(sheet: bytes) -> bytes:
    """A workbook that unpacks to far more than a list."""
    made = io.BytesIO(sheet)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/media/large.bin", bytes(9 * 1024 * 1024))
    return made.getvalue()


def test_what_is_no_list_or_unpacks_to_too_much_is_refused(world: World, sheet: Callable[..., bytes]) -> None:
    for data in (b"PK\x03\x04", b"id,clauses", inflated(sheet()), sheet()[:600]):
        answer = send(world, data)
        assert answer.status_code == 400
        assert "is no .xlsx file of a list" in Html(answer.text).words
    assert send(world, b"").status_code == 400
    repeated = sheet(rows=[["x" * 30_000, *ROW[1:]] for _ in range(200)])
    assert len(repeated) < 2 * 1024 * 1024
    assert "holds too much text" in Html(send(world, repeated).text).words
    wide = sheet(rows=[[*ROW, *["…"] * 400]])
    assert send(world, wide).status_code == 200, "what stands far to the right is not looked at"


def test_who_keeps_no_checklists_is_shown_no_way_to(world: World) -> None:
    assert URL not in world.visitor("auditor").get("/checklists").text
    assert send(world, b"x", login="auditor").status_code == 403
