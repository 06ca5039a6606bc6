"""A list as a spreadsheet and back: nothing is lost, wrong cells are named, no text becomes a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from server.criteria.load import Criteria, read_alone
from server.criteria.model import Text
from server.criteria.sheet import write_sheet
from tests.criteria.test_check import Checklists, checklists

__all__ = ["checklists"]

HEADER = ["编号", "条款", "提示语", "英文提示语", "证据方式", "场所", "至少", "抽什么", "英文抽什么"]
ROW = [
    *(
        "own-oven",
        "Q8.5.1、E8.1",
        "取今天一条炉温曲线，与工艺卡三段温度对。",
        "Compare one of today's curves.",
    ),
    *("抽、测", "special_process", 3, "条曲线", "curves"),
]
LIST = {
    "编号": "own-paint",
    "类型": "place",
    "名称": "涂装",
    "英文名称": "Paint shop",
    "体系": "QMS，EMS",
    "词": "涂装, paint",
}


def book(path: Path, *, listed: dict[str, Any] | None = None, rows: list[list[Any]] | None = None) -> Path:
    made = Workbook()
    made.active.title = "检查表"
    for pair in (LIST if listed is None else listed).items():
        made.active.append(pair)
    items = made.create_sheet("检查项")
    items.append(HEADER)
    for row in [ROW] if rows is None else rows:
        items.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize("name", ["stage1", "place-hazardous-waste", "surveillance-planning"])
def test_a_shipped_list_comes_back_as_it_was(
    name: str, criteria: Criteria, checklists: Checklists, tmp_path: Path
) -> None:
    sheet, toml = tmp_path / "a.xlsx", tmp_path / "a.toml"
    assert checklists("export", name, "-o", sheet)[0] == 0
    assert checklists("import", sheet, "-o", toml)[0] == 0
    assert read_alone([toml]).lists[name] == criteria.lists[name]


def test_chinese_columns_and_words_are_understood(checklists: Checklists, tmp_path: Path) -> None:
    toml = tmp_path / "own.toml"
    assert checklists("import", book(tmp_path / "own.xlsx"), "-o", toml) == (0, f"{toml}: 1 items\n", "")
    [item] = read_alone([toml]).lists["own-paint"].items
    assert [ref.code for ref in item.clauses] == ["Q8.5.1", "E8.1"]
    assert item.evidence == ["sample", "measurement"]
    assert item.sample is not None
    assert item.sample.least == 3
    assert checklists("check", toml)[0] == 0


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("B", "Q8.5.9", "items!B2: unknown clause Q8.5.9"),
        ("C", "", "items!D2: prompt has no Chinese (zh)"),
        ("E", "闻", "items!E2: unknown evidence word 闻"),
        ("F", "kitchen", "items!F2: unknown stop word kitchen"),
        ("C", "=A1", "items!C2: is a formula; write the text itself"),
        ("D", 12.5, "items!D2: holds float, not text"),
        ("G", "三", "items!G2: least must be a whole number"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_written(
    checklists: Checklists, tmp_path: Path, column: str, value: Any, said: str
) -> None:
    row = list(ROW)
    row["ABCDEFGHI".index(column)] = value
    sheet, toml = book(tmp_path / "own.xlsx", rows=[row]), tmp_path / "own.toml"
    code, out, err = checklists("import", sheet, "-o", toml)
    assert (code, out) == (2, "")
    assert f"{sheet} {said}" in err
    assert not toml.exists()


def test_an_unknown_column_and_a_missing_sheet_are_named(checklists: Checklists, tmp_path: Path) -> None:
    sheet = book(tmp_path / "own.xlsx", listed=LIST | {"颜色": "红"})
    assert "list!A7: unknown column 颜色" in checklists("import", sheet, "-o", tmp_path / "o")[2]
    empty = tmp_path / "empty.xlsx"
    Workbook().save(empty)
    assert "there is no sheet list" in checklists("import", empty, "-o", tmp_path / "o")[2]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", "编号,条款".encode()])
def test_what_is_no_spreadsheet_is_refused_in_one_line(
    checklists: Checklists, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "own.xlsx"
    path.write_bytes(content)
    code, _, err = checklists("import", path, "-o", tmp_path / "o")
    assert (code, err.count("\n")) == (2, 1)
    assert "is no .xlsx file" in err


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Zs", "Zl", "Zp"]), min_size=1, max_size=30
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prefix=st.sampled_from(["", "=", "+", "-", "@", "'", '"', "\\"]), words=WORDS)
def test_any_text_stays_a_text(criteria: Criteria, tmp_path: Path, prefix: str, words: str) -> None:
    shipped = criteria.lists["stage1"]
    prompt = Text(zh=prefix + words, en=prefix + words)
    item = msgspec.structs.replace(shipped.items[0], prompt=prompt)
    path = tmp_path / "text.xlsx"
    write_sheet(msgspec.structs.replace(shipped, items=[item]), path)
    cell = load_workbook(path)["检查项"]["C2"]
    assert (cell.value, cell.data_type) == (prefix + words, "s")
