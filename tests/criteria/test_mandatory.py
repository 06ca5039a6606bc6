"""Mandatory points that can't be right are refused with the line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server.criteria.check import check_paths
from server.criteria.load import Criteria, CriteriaError
from server.settings import data_root

SOUND = """\
id = "own"

[[points]]
id = "drills"
title = { zh = "演练", en = "drills" }
rule = { zh = "内部规定 3", en = "own rule 3" }
schemes = ["EMS"]
clauses = ["E8.2"]
items = ["emergency-drills-held"]
elements = ["2.2.ehs_on_site"]
cards = ["sampling"]
effective_from = 2026-01-01
effective_to = 2026-12-31
confidence = "high"

[[report]]
id = "own"
title = { zh = "其他", en = "other" }
rule = { zh = "内部规定 4", en = "own rule 4" }
elements = ["1.5.8.unresolved"]
confidence = "low"
"""


def checked(folder: Path, text: str) -> Criteria:
    file = folder / "own.toml"
    file.write_text(text, "utf-8")
    return check_paths([file], data_root("checklists"))


def test_rules_of_a_house_stand_beside_those_shipped(tmp_path: Path) -> None:
    criteria = checked(tmp_path, SOUND)
    assert set(criteria.mandatory) == {"mandatory", "own"}
    (point,) = criteria.mandatory["own"].points
    assert [clause.code for clause in point.clauses] == ["E8.2"]
    assert point.applies("EMS", "surveillance", date(2026, 1, 1))
    assert point.applies("EMS", "special", date(2026, 12, 31))
    assert not point.applies("EMS", "surveillance", date(2025, 12, 31))
    assert not point.applies("EMS", "surveillance", date(2027, 1, 1))
    assert not point.applies("QMS", "surveillance", None)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"E8.2"', '"E8.9"', 8, "unknown clause E8.9"),
        ('"E8.2"', '"8.2"', 8, "8.2"),
        ('["EMS"]', '["EMX"]', 7, "unknown scheme EMX"),
        ('["EMS"]', "[]", 7, "schemes of drills is empty"),
        ("emergency-drills-held", "drill", 9, "unknown item drill"),
        ("2.2.ehs_on_site", "2.2.nothing", 10, "unknown element 2.2.nothing"),
        ('["sampling"]', '["samples"]', 11, "unknown card samples"),
        ("2026-12-31", "2025-12-31", 13, "drills ends before it begins"),
        ('confidence = "high"', 'confidence = "sure"', 14, "unknown confidence sure"),
        ('id = "drills"', 'id = "drills"\nletter = "z"', 5, "unknown surveillance point z"),
        ("1.5.8.unresolved", "1.5.8.nothing", 20, "unknown element 1.5.8.nothing"),
        ('zh = "演练"', 'zh = ""', 5, "has no Chinese"),
    ],
)
def test_wrong_rules_are_refused(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(CriteriaError) as refused:
        checked(tmp_path, SOUND.replace(old, new))
    assert [(problem.line, reason in problem.reason) for problem in refused.value.problems] == [(line, True)]


def test_a_point_that_nothing_could_satisfy(tmp_path: Path) -> None:
    lines = [line for line in SOUND.splitlines() if not line.startswith(("clauses", "items", "cards"))]
    bare = "\n".join(lines).replace('elements = ["2.2.ehs_on_site"]\n', "")
    with pytest.raises(CriteriaError, match="nothing could satisfy drills"):
        checked(tmp_path, bare)
