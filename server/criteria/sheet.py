"""Checklists as spreadsheets: a list as .xlsx for who would rather not write TOML, and back.

Three sheets: ``list`` (a key and its value a row), ``items`` and ``photos`` (a header, then a row each). Keys
are those of the TOML file, or the Chinese names in ``NAMES``. Every problem is named with its cell.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from server.criteria.document import CriteriaError, Document, Problem, read_documents
from server.criteria.load import load_documents
from server.criteria.model import Checklist, Item, Photo
from server.criteria.workbook import MOST_CHARACTERS, WorkbookError, open_workbook

LIST, ITEMS, PHOTOS = "list", "items", "photos"
SHEETS = {"检查表": LIST, "检查项": ITEMS, "照片": PHOTOS}
LIST_KEYS = ("id", "kind", "also", "title.zh", "title.en", "schemes", "words", "replaces")
ITEM_KEYS = (
    *("id", "clauses", "prompt.zh", "prompt.en", "evidence", "stops", "photo", "cards", "points"),
    *("records.zh", "records.en", "failures.zh", "failures.en", "questions.zh", "questions.en", "laws"),
    *("sample.least", "sample.of.zh", "sample.of.en"),
)
PHOTO_KEYS = ("subject", "what.zh", "what.en")
NAMES = {
    "编号": "id",
    "类型": "kind",
    "也用于": "also",
    "名称": "title.zh",
    "英文名称": "title.en",
    "体系": "schemes",
    "词": "words",
    "代替": "replaces",
    "条款": "clauses",
    "提示语": "prompt.zh",
    "英文提示语": "prompt.en",
    "证据方式": "evidence",
    "场所": "stops",
    "拍照": "photo",
    "记录卡": "cards",
    "要点": "points",
    "常见记录": "records.zh",
    "英文常见记录": "records.en",
    "常见问题": "failures.zh",
    "英文常见问题": "failures.en",
    "提问": "questions.zh",
    "英文提问": "questions.en",
    "法规": "laws",
    "至少": "sample.least",
    "抽什么": "sample.of.zh",
    "英文抽什么": "sample.of.en",
    "对象": "subject",
    "拍什么": "what.zh",
    "英文拍什么": "what.en",
}
_EVIDENCE = dict(
    zip("查抽看问测称", ["document", "sample", "site", "interview", "measurement", "claim"], strict=True)
)
_SEVERAL = {
    "also",
    "schemes",
    "words",
    "replaces",
    "clauses",
    "evidence",
    "stops",
    "photo",
    "cards",
    "points",
}
_SEVERAL |= {"laws"}
_MOST_ROWS, _MOST_COLUMNS = 5_000, 60
_MOST_BYTES = 8 * 1024 * 1024
"""Unpacked: every cell of it becomes an object."""

_Line = tuple[str, str]
"""A line of TOML, and the cell that it comes from."""


def read_sheet(path: Path, data: bytes, standing: Sequence[Path], taken: Container[str] = ()) -> str:
    """The list in a spreadsheet (``data``, named ``path``) as TOML, checked against what is ``standing``.

    ``taken``: ids that no list may have. Raises ``CriteriaError`` whose problems name cells: ``pack.xlsx
    items!C5``.
    """
    problems: list[Problem] = []
    lines, left = [], MOST_CHARACTERS
    for line in _lines(path, _open(path, data), problems):
        left -= len(line[0])
        if left < 0:
            raise CriteriaError([Problem(str(path), 1, "holds too much text for a list")])
        lines.append(line)
    text = "".join(f"{line}\n" for line, _ in lines)
    problems += _taken(path, text, lines, taken) if not problems else []
    if not problems:
        problems = _check(path, text, lines, standing)
    if problems:
        raise CriteriaError(problems)
    return text


def _taken(path: Path, text: str, lines: Sequence[_Line], taken: Container[str]) -> list[Problem]:
    key = Document(path, content=text.encode(), kind="list").id
    if key not in taken:
        return []
    cell = next((cell for line, cell in lines if line.startswith("id = ")), LIST)
    reason = f"{key} is a list of the program, which stays as it is; give yours an id of its own"
    return [Problem(f"{path} {cell}", 0, reason)]


def _check(path: Path, text: str, lines: Sequence[_Line], standing: Sequence[Path]) -> list[Problem]:
    document = Document(path, content=text.encode(), kind="list")
    others = [one for one in read_documents(standing) if (one.kind, one.id) != ("list", document.id)]
    try:
        load_documents([*others, document])
    except CriteriaError as error:
        return [
            Problem(f"{path} {lines[one.line - 1][1]}", 0, one.reason) if one.file == str(path) else one
            for one in error.problems
        ]
    return []


def _lines(path: Path, book: Any, problems: list[Problem]) -> Iterator[_Line]:
    """The file as TOML line by line, each with its cell; what no cell may hold is noted in ``problems``."""

    def refuse(cell: str, reason: str) -> None:
        problems.append(Problem(f"{path} {cell}", 0, reason))

    sheets = {SHEETS.get(sheet.title, sheet.title): sheet for sheet in book.worksheets}
    for name in (LIST, ITEMS):
        if name not in sheets:
            refuse(name, f"there is no sheet {name}; there are {', '.join(book.sheetnames)}")
            return
    for row in sheets[LIST].iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS):
        key = _key(row[0], LIST_KEYS, refuse, LIST)
        if key and len(row) > 1:
            yield from _pair(key, row[1], refuse, LIST)
    for name, keys in ((PHOTOS, PHOTO_KEYS), (ITEMS, ITEM_KEYS)):
        if name in sheets:
            yield from _table(sheets[name], name, keys, refuse)


def _open(path: Path, data: bytes) -> Any:
    try:
        return open_workbook(data, most=_MOST_BYTES)
    except WorkbookError as error:
        reason = f"is no .xlsx file of a list ({error}); save it as Excel workbook (.xlsx)"
        raise CriteriaError([Problem(str(path), 1, reason)]) from error


def _table(sheet: Any, name: str, keys: Sequence[str], refuse: Any) -> Iterator[_Line]:
    rows = sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS)
    header = [_key(cell, keys, refuse, name) for cell in next(rows, ())]
    for row in rows:
        if all(cell.value in (None, "") for cell in row):
            continue
        yield f"[[{name}]]", f"{name}!{row[0].coordinate}"
        for key, cell in zip(header, row, strict=False):
            if key:
                yield from _pair(key, cell, refuse, name)


def _key(cell: Any, keys: Sequence[str], refuse: Any, sheet: str) -> str:
    """The key that a cell names; empty for an empty cell and for one that names none."""
    said = str(cell.value or "").strip()
    key = NAMES.get(said, said)
    if key and key not in keys:
        refuse(f"{sheet}!{cell.coordinate}", f"unknown column {said}; there are {', '.join(keys)}")
        return ""
    return key


def _pair(key: str, cell: Any, refuse: Any, sheet: str) -> Iterator[_Line]:
    """``key = value``; nothing for an empty cell."""
    where, value = f"{sheet}!{cell.coordinate}", cell.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    if cell.data_type == "f":
        refuse(where, "is a formula; write the text itself, with an apostrophe before it (')")
        return
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int) or isinstance(value, bool):
        refuse(where, f"holds {type(value).__name__}, not text; format the column as text")
        return
    if key == "sample.least":
        yield f"{key} = {value if str(value).isdigit() else _text(str(value))}", where
        return
    said = str(value).strip()
    if key in _SEVERAL:
        parts = [part.strip() for part in re.split(r"[,，、;；\n]", said) if part.strip()]
        words = [_EVIDENCE.get(part, part) for part in parts] if key == "evidence" else parts
        yield f"{key} = [{', '.join(map(_text, words))}]", where
    else:
        yield f"{key} = {_text(said)}", where


def _text(value: str) -> str:
    """A TOML string: JSON's, but for the one character that JSON lets stand."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def write_sheet(checklist: Checklist, path: Path) -> None:
    """A list as a spreadsheet, to be changed and read back. A text such as ``=1+1`` stays a text in it."""
    from openpyxl import Workbook

    book = Workbook()
    titles = {key: title for title, key in SHEETS.items()}
    first = book.active
    first.title = titles[LIST]
    for key in LIST_KEYS:
        _row(first, [key, _shown(checklist, key)])
    _fill(book.create_sheet(titles[ITEMS]), ITEM_KEYS, checklist.items)
    if checklist.photos:
        _fill(book.create_sheet(titles[PHOTOS]), PHOTO_KEYS, checklist.photos)
    book.save(path)


def _fill(sheet: Any, keys: Sequence[str], things: Iterable[Item | Photo]) -> None:
    _row(sheet, list(keys))
    for thing in things:
        _row(sheet, [_shown(thing, key) for key in keys])
    sheet.freeze_panes = "A2"


def _row(sheet: Any, values: Sequence[str]) -> None:
    number = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value is not None else 1
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(number, column)
        cell.value = value
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.quotePrefix = True
        cell.number_format = "@"


def _shown(thing: Checklist | Item | Photo, key: str) -> str:
    value: Any = thing
    for step in key.split("."):
        value = getattr(value, step, None)
    if isinstance(value, list):
        return "、".join(part if isinstance(part, str) else part.code for part in value)
    return "" if value is None else str(value)
