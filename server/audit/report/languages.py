"""Which printed text stands in one language only: it is printed as written, marked and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from server.audit.entries import Text
from server.audit.report.tree import (
    Block,
    Element,
    Finding,
    Line,
    Options,
    Paragraph,
    Picture,
    Signature,
    Table,
    Untranslated,
)
from server.criteria.model import Language

_CHINESE = re.compile(r"[\u3400-\u9fff]")
Where = tuple[str, Text]


def missing(text: Text) -> Language | Literal[""]:
    """The language that a text lacks, "" where it lacks none or is the same in both (numbers, codes)."""
    zh, en = text.zh.strip(), text.en.strip()
    if zh and not en:
        return "en" if _CHINESE.search(zh) else ""
    if en and not zh:
        return "zh" if re.search(r"[A-Za-z]{2}", en) else ""
    # A text of parts, one of which has no translation, stands in its own language in both.
    return "en" if zh == en and _CHINESE.search(zh) else ""


def untranslated(places: Iterable[Where]) -> list[Untranslated]:
    """Every text that lacks a language, each once, in the order of printing."""
    listed: dict[str, Untranslated] = {}
    for where, text in places:
        lacking = missing(text)
        if lacking:
            made = Untranslated(where=where, text=text.get("zh"), missing=lacking)
            listed.setdefault(made.text, made)
    return list(listed.values())


def of_elements(elements: Iterable[Element]) -> Iterator[Where]:
    for element in elements:
        for block in element.blocks:
            for text in _of_block(block):
                yield element.key, text


def _of_block(block: Block) -> Iterator[Text]:
    match block:
        case Paragraph():
            yield block.text
        case Table():
            yield from (cell for row in block.rows for cell in row)
        case Options():
            yield from (option.text for option in block.options)
        case Signature():
            yield block.role


def of_findings(findings: Iterable[Finding]) -> Iterator[Where]:
    for finding in findings:
        texts = (finding.statement, finding.evidence, finding.requirement, finding.grading_reason)
        for text in (finding.department, *texts, finding.verification):
            yield finding.number or finding.id, text


def of_lines(lines: Iterable[Line]) -> Iterator[Where]:
    for line in lines:
        where = line.label or line.id
        yield where, line.text
        yield from ((where, cell) for card in line.cards for row in card.rows for cell in row)


def of_pictures(pictures: Iterable[Picture]) -> Iterator[Where]:
    for picture in pictures:
        yield picture.label or picture.id, picture.caption
