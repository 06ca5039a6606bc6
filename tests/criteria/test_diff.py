"""What changed between two versions, in words that a quality manager reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.criteria.test_check import SMALL, Checklists, checklists

__all__ = ["checklists"]


def changed(copy: Path, old: str, new: str) -> tuple[Path, Path]:
    """The small list as it was and as it is, with ``old`` become ``new``."""
    text = (copy / SMALL).read_text(encoding="utf-8")
    assert old in text
    now = copy.parent / "now.toml"
    now.write_text(text.replace(old, new), encoding="utf-8")
    return copy / SMALL, now


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        (
            "抽量具，看",
            "抽三件量具，看",
            "提示语由「抽量具，看有效期。」改为「抽三件量具，看有效期。」",
            "changed",
        ),
        ('"E8.2"', '"E9.1.1"', "不再问条款E8.2", "also asks about E9.1.1"),
        ('photo = ["label"]', "photo = []", "照片由「label」改为「无」", "photos was “label”, is “nothing”"),
        (
            'id = "small.waste"',
            'id = "small.new"',
            "小检查表 · small.new 新增：看危废间。",
            "small.waste removed",
        ),
        (
            'cards = ["calibration"]',
            'cards = ["calibration"]\nsample.least = 3\nsample.of.zh = "件"\nsample.of.en = "gauges"',
            "抽样由「无」改为「至少3件」",
            "at least 3 gauges",
        ),
    ],
)
def test_each_change_is_one_sentence_in_both_languages(
    copy: Path, checklists: Checklists, old: str, new: str, zh: str, en: str
) -> None:
    code, out, err = checklists("diff", *changed(copy, old, new))
    assert (code, err) == (0, "")
    assert zh in out
    assert en in out


def test_the_same_is_the_same(copy: Path, checklists: Checklists) -> None:
    assert checklists("diff", copy / SMALL, copy / SMALL) == (0, "没有不同 · no difference\n", "")


def test_folders_are_compared_whole(copy: Path, checklists: Checklists) -> None:
    code, out, _ = checklists("diff", copy / "cards", copy / "lists")
    assert code == 0
    assert "small.gauges 新增" in out


def test_a_file_that_is_wrong_is_refused_with_its_line(copy: Path, checklists: Checklists) -> None:
    code, _, err = checklists("diff", *changed(copy, 'id = "small.waste"', 'identity = "x"'))
    assert code == 2
    assert "unknown key identity" in err
