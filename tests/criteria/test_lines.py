"""The second pass over a file finds the line of every value, however the file is laid out."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from server.criteria.lines import line_index, line_of
from server.settings import data_root

TEXT = '''\
# a comment with = and [brackets]
a.b = 1
when = 2015-09-15  # "not a text"
"quoted.key" = 'x'

[[items]]
id = "x" # ] }
prompt.zh = """
two "quotes" and
[items]
a slash \\""" still inside"""
prompt.en = 'it = "literal"'
[items.sub]
list = [
  "one", # [
  { a = [1,
    2], b = "}" },
]
[[items]]
id = "y"
[[items.deep]]
z = true
[[items.deep]]
z = false
[other]
z = ''\'
raw ' text''\'
last = "end"
'''.replace("''\\'", "'''")

WANTED: dict[tuple[str | int, ...], int] = {
    ("a", "b"): 2,
    ("when",): 3,
    ("quoted.key",): 4,
    ("items", 0): 6,
    ("items", 0, "id"): 7,
    ("items", 0, "prompt", "zh"): 8,
    ("items", 0, "prompt", "en"): 12,
    ("items", 0, "sub"): 13,
    ("items", 0, "sub", "list", 0): 15,
    ("items", 0, "sub", "list", 1): 16,
    ("items", 0, "sub", "list", 1, "a", 1): 17,
    ("items", 0, "sub", "list", 1, "b"): 17,
    ("items", 1, "id"): 20,
    ("items", 1, "deep", 0, "z"): 22,
    ("items", 1, "deep", 1, "z"): 24,
    ("other",): 25,
    ("other", "last"): 28,
}


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value of a document."""
    children = list(value.items()) if isinstance(value, dict) else []
    children = list(enumerate(value)) if isinstance(value, list) else children
    return [path, *(deeper for step, child in children for deeper in paths(child, (*path, step)))]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines(end: str) -> None:
    text = TEXT.replace("\n", end)
    index = line_index(text)
    assert {path: index[path] for path in WANTED} == WANTED
    assert set(paths(tomllib.loads(text))) - {()} == set(index)


def test_every_path_of_every_shipped_file_has_a_line() -> None:
    for file in data_root("checklists").rglob("*.toml"):
        text = Path(file).read_text(encoding="utf-8")
        assert set(paths(tomllib.loads(text))) - {()} == set(line_index(text)), file


def test_what_is_not_there_stands_where_its_parent_does() -> None:
    index = line_index(TEXT)
    assert line_of(index, ("items", 1, "prompt", "en")) == 19
    assert line_of(index, ("none",)) == 1
    assert line_of({}, ()) == 1
