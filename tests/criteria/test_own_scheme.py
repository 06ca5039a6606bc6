"""A house defines a scheme in a file of its own; what is wrong with it is said so that one can mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.criteria.clauses import ANY_OWN, parse_clause
from server.criteria.install import install
from server.criteria.load import CriteriaError, load_criteria
from server.criteria.model import ClauseRef
from server.settings import data_root

STANDARD = """\
id = "WB 1:2025"
scheme = "WB"
letter = "WB"
scheme_name.zh = "水效"
scheme_name.en = "water use"
title.zh = "用水效率管理"
title.en = "Management of water use"
status = "in_force"
confidence = "high"

[[clauses]]
number = "4.1"
title.zh = "用水现状"
title.en = "How water is used"
"""
LIST = """\
id = "own-water"
kind = "surveillance"
title.zh = "水效监督"
title.en = "Water use, surveillance"
schemes = ["WB"]

[[items]]
id = "own-water-now"
clauses = ["WB4.1"]
prompt.zh = "看三块水表的读数。"
prompt.en = "Read three water meters."
evidence = ["site"]
stops = ["utilities"]
"""


def own(folder: Path, standard: str = STANDARD, listed: str = LIST) -> Path:
    for name, text in (("standards", standard), ("lists", listed)):
        file = folder / name / "water.toml"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_it_stands_behind_the_shipped_ones(tmp_path: Path) -> None:
    installed = install(own(tmp_path))
    criteria = installed.criteria
    assert not installed.problems
    assert criteria.schemes[-1] == "WB"
    assert criteria.scheme_names["WB"].en == "water use"
    assert criteria.title(ClauseRef(scheme="WB", number="4.1")).zh == "用水现状"
    refs = [ClauseRef(scheme=scheme, number="4.1") for scheme in ("WB", "HACCP", "QMS")]
    assert [ref.code for ref in sorted(refs)] == ["Q4.1", "H4.1", "WB4.1"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('scheme = "WB"', 'scheme = "SA"', 2, "cannot name a scheme of your own: take one to four capital"),
        ('scheme = "WB"', 'scheme = "EN"', 2, "cannot name a scheme of your own"),
        ('scheme = "WB"', 'scheme = "water"', 2, "cannot name a scheme of your own"),
        ('letter = "WB"', 'letter = "W"', 3, 'write "W" for scheme and letter both, or "WB"'),
        ('scheme_name.zh = "水效"\nscheme_name.en = "water use"\n', "", 2, "say in scheme_name.zh"),
    ],
)
def test_what_is_wrong_is_said_in_its_line(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    folder = own(tmp_path, standard=STANDARD.replace(old, new))
    with pytest.raises(CriteriaError) as refused:
        load_criteria(folder, data_root("checklists"))
    said = [one for one in refused.value.problems if one.file.endswith("standards/water.toml")]
    assert [(one.line, reason in one.reason) for one in said] == [(line, True)], said


def test_a_clause_of_a_scheme_that_nobody_defined_is_refused(tmp_path: Path) -> None:
    folder = own(tmp_path, listed=LIST.replace("WB4.1", "WX4.1"))
    with pytest.raises(CriteriaError) as refused:
        load_criteria(folder, data_root("checklists"))
    reasons = [one.reason for one in refused.value.problems if one.line == 9]
    assert any("there is no scheme WX, only Q, " in reason for reason in reasons), reasons


def test_a_shipped_scheme_keeps_its_name(tmp_path: Path) -> None:
    named = STANDARD.replace('"WB"', '"Q"', 2).replace('scheme = "Q"', 'scheme = "QMS"')
    with pytest.raises(CriteriaError, match="QMS has its name already"):
        load_criteria(own(tmp_path, standard=named), data_root("checklists"))


@pytest.mark.parametrize(
    ("code", "codes"),
    [("WB4.1", ["WB4.1"]), ("QWB4.1", ["Q4.1", "WB4.1"]), ("WB/Q4.1", ["WB4.1", "Q4.1"])],
)
def test_its_clauses_are_read_beside_others(code: str, codes: list[str]) -> None:
    assert [ref.code for ref in parse_clause(code, ["WB"])] == codes
    assert [ref.code for ref in parse_clause(code, ANY_OWN)] == codes


def test_where_it_is_not_defined_it_is_no_clause() -> None:
    with pytest.raises(ValueError, match="is no scheme letter"):
        parse_clause("WB4.1")
