"""The shipped data, loaded once, and a copy of it that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from server.criteria.load import Criteria, load_criteria
from server.settings import data_root

SMALL_LIST = """\
id = "small"
kind = "surveillance"
title.zh = "小检查表"
title.en = "Small list"
schemes = ["QMS", "EMS"]

[[items]]
id = "small.gauges"
clauses = ["Q7.1.5.2"]
prompt.zh = "抽量具，看有效期。"
prompt.en = "Sample gauges and look at their validity."
evidence = ["sample", "site"]
photo = ["label"]
stops = ["laboratory"]
cards = ["calibration"]
points = ["f"]

[[items]]
id = "small.waste"
clauses = [
  "E8.1",
  "E8.2",
]
prompt.zh = "看危废间。"
prompt.en = "Look at the hazardous waste store."
evidence = ["site"]
stops = ["hazardous_waste"]
"""


@pytest.fixture(scope="session")
def criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """All shipped data but the lists and what names their items, and one small list instead."""
    root = tmp_path / "checklists"
    shutil.copytree(data_root("checklists"), root)
    shutil.rmtree(root / "lists")
    shutil.rmtree(root / "places")
    shutil.rmtree(root / "sectors")
    (root / "rules" / "mandatory.toml").unlink()
    (root / "lists").mkdir()
    (root / "lists" / "small.toml").write_text(SMALL_LIST, encoding="utf-8")
    return root
