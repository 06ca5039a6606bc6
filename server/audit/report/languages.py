"""Which printed text stands in one language only: it is printed as written, marked and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from server.audit.entries import Text
from server.audit.report.titles import element_in_words, line_in_words
from server.audit.report.tree import (
    Block,
    Chapter,
    Element,
    Finding,
    Line,
    Options,
    Paragraph,
    Picture,
    Place,
    Signature,
    Table,
    Untranslated,
)
from server.criteria.model import Language

_CHINESE = re.compile(r"[\u3400-\u9fff]")
Where = tuple[str, Text, Text]
"""Key of a place, the place in words, the text that stands there."""
_FINDINGS = {
    "nonconformity": Text(zh="不符合", en="Nonconformity"),
    "opportunity": Text(zh="改进机会", en="Opportunity for improvement"),
    "strength": Text(zh="亮点", en="Strength"),
}


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
    for where, place, text in places:
        lacking = missing(text)
        if lacking:
            made = Untranslated(where=where, place=place, text=text.get("zh"), missing=lacking)
            listed.setdefault(made.text, made)
    return list(listed.values())


def of_elements(elements: Iterable[Element], chapters: list[Chapter]) -> Iterator[Where]:
    for element in elements:
        place = element_in_words(element, chapters)
        for block in element.blocks:
            for text in _of_block(block):
                yield element.key, place, text


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
        kind = _FINDINGS[finding.type]
        place = Text(zh=f"{kind.zh} {finding.number}".strip(), en=f"{kind.en} {finding.number}".strip())
        for text in (finding.department, *texts, finding.verification):
            yield finding.number or finding.id, place, text


def of_lines(lines: Iterable[Line], places: Mapping[str, Place]) -> Iterator[Where]:
    for line in lines:
        where, place = line.label or line.id, line_in_words(line, places[line.stop])
        yield where, place, line.text
        yield from ((where, place, cell) for card in line.cards for row in card.rows for cell in row)


def of_pictures(pictures: Iterable[Picture]) -> Iterator[Where]:
    for picture in pictures:
        place = Text(zh=f"照片 {picture.number}", en=f"Photo {picture.number}")
        yield picture.label or picture.id, place, picture.caption
