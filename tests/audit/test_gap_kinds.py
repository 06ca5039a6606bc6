"""Every kind of gap is documented, and made by some check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.gap_table import PAGE, page
from server.audit.gaps.catalogue import KINDS

CHECKS = Path(__file__).parents[2] / "server" / "audit" / "gaps"


def test_the_documentation_says_what_the_data_say() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "run: python scripts/gap_table.py"
    assert set(re.findall(r"^\| `([A-Z_]+)`", text, re.MULTILINE)) == set(KINDS)


@pytest.mark.parametrize("code", KINDS)
def test_a_kind_is_made_by_some_check(code: str) -> None:
    assert any(f'"{code}"' in file.read_text("utf-8") for file in CHECKS.glob("*.py"))


@pytest.mark.parametrize("code", KINDS)
def test_a_kind_has_both_languages(code: str) -> None:
    kind = KINDS[code]
    for text in filter(None, (kind.title, kind.mend, kind.kept)):
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert text.en
        assert not re.search(r"[\u4e00-\u9fff]", text.en)
