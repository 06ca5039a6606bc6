"""A day that is none, a text without an end, a broken photo: every document is made all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from server.audit.report import compile_report
from server.criteria.load import load_criteria
from server.demo.sample import sample_state
from server.documents import docx, pdf
from server.documents.layout import lay_out
from server.documents.printed import Document, Heading, Para, Photos, Run, Words
from server.settings import data_root, font_dirs
from tests.documents.reading import words

ENDLESS = "7" * 60_000
"""More than PDF/A takes in one piece, and more than stands on a line."""


@pytest.fixture(scope="module")
def plain() -> Document:
    criteria = load_criteria(data_root("checklists"))
    return lay_out(compile_report(sample_state(criteria), criteria), "zh")


def printed(document: Document, folder: Path) -> str:
    target = folder / "report.pdf"
    pdf.render(document, {}, target, fonts=font_dirs())
    return words(target)


def said(text: str) -> Words:
    return [Run(text=text, lang="zh")]


def captioned(node: Any, caption: Words) -> Any:
    return replace(node, items=[replace(photo, caption=caption) for photo in node.items[:1]])


EXTREMES: dict[str, Callable[[Document], Document]] = {
    "note": lambda plain: replace(plain, body=[*plain.body, Para(words=said(ENDLESS))]),
    "name of a place": lambda plain: replace(
        plain, body=[*plain.body, Heading(level=2, words=said(ENDLESS), anchor="endless")]
    ),
    "caption": lambda plain: replace(
        plain,
        body=[captioned(node, said(ENDLESS)) if isinstance(node, Photos) else node for node in plain.body],
    ),
}


@pytest.mark.parametrize("where", EXTREMES)
def test_a_text_without_a_break_is_printed_to_its_end(plain: Document, tmp_path: Path, where: str) -> None:
    before, after = (printed(document, tmp_path).count("7") for document in (plain, EXTREMES[where](plain)))
    # The caption took the place of others, with some sevens in the days of their photos.
    assert after - before > len(ENDLESS) - 100


def test_an_audit_whose_number_has_no_end_is_printed(plain: Document, tmp_path: Path) -> None:
    assert printed(replace(plain, number=ENDLESS), tmp_path)


def test_what_fits_a_line_stays_one_word(plain: Document, tmp_path: Path) -> None:
    hint = "https://example.org/a-long-way"
    assert hint in printed(replace(plain, body=[*plain.body, Para(words=said(hint))]), tmp_path)


@pytest.mark.parametrize("day", ["", "x", "十一月", "2026-13-45", "0000-00-00", "99999999-1-1", "٢٠٢٦-١١-١٩"])
def test_a_day_that_is_none_keeps_no_document_from_being_made(
    plain: Document, tmp_path: Path, day: str
) -> None:
    document = replace(plain, date=day)
    assert printed(document, tmp_path)
    docx.render(document, {}, tmp_path / "report.docx")
    assert words(tmp_path / "report.docx")
