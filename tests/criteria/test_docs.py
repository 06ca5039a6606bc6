"""The examples in the handbook for who writes checklists are sound."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from server.criteria.model import PLACE
from server.criteria.sheet import ITEM_KEYS, LIST_KEYS, NAMES, PHOTO_KEYS
from tests.criteria.test_check import Checklists, checklists

__all__ = ["checklists"]

HANDBOOK = (Path(__file__).parents[2] / "docs" / "checklists.md").read_text(encoding="utf-8")
FOLDERS = {"items": "lists", "changes": "layers", "phrases": "phrases", "clauses": "standards"}
WHOLE = [block for block in re.findall(r"```toml\n(.*?)```", HANDBOOK, re.DOTALL) if block.startswith("id =")]


@pytest.mark.parametrize("block", WHOLE, ids=lambda block: str(tomllib.loads(block)["id"]))
def test_an_example_is_taken(block: str, checklists: Checklists, tmp_path: Path) -> None:
    raw = tomllib.loads(block)
    folder = next((FOLDERS[key] for key in raw if key in FOLDERS), "")
    if not folder:  # "items follow as above"
        assert raw["kind"] in (PLACE, "sector")
        block = (
            block.replace("[[photos]]", "items = []\n[[photos]]") if "[[photos]]" in block else block + "\n"
        )
        folder = "places"
        if "items" not in tomllib.loads(block):
            block += 'title.zh = "甲"\ntitle.en = "a"\nschemes = ["QMS"]\nitems = []\n'
    path = tmp_path / folder / "example.toml"
    path.parent.mkdir()
    path.write_text(block, encoding="utf-8")
    code, _, err = checklists("check", path)
    assert (code, err) == (0, "")


def test_every_column_of_a_spreadsheet_is_explained() -> None:
    for name, key in NAMES.items():
        assert re.search(rf"{name} `{re.escape(key)}`", HANDBOOK), name
    for key in (*LIST_KEYS, *ITEM_KEYS, *PHOTO_KEYS):
        assert f"`{key}`" in HANDBOOK, key
