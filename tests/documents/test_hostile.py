"""Whatever somebody types is printed as typed: nothing is read as markup, nothing vanishes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from server.audit.admission import admit
from server.audit.entries import Clause, Observation, Observed, Text, encode
from server.demo.sample import sample_file
from server.importing import import_file
from server.web.services import Services
from tests.documents.conftest import Audit, with_services
from tests.documents.reading import squeezed, words

LONG = "".join(f"第{number}句没有空格也没有标点符号" for number in range(700))
TEXTS = {
    "xml": "<&>\"' ]]> <script>alert(1)</script> &amp; &#x41; <!-- -->",
    "typst": '#let x = 1 #panic("no") $a^2$ *strong* _soft_ @ref <label> \\u{41} // note /* note */ = head',
    "template": "{{ 7 * 7 }} {% raw %} ${PATH} %(name)s {page}",
    "symbols": "≤ 0.05 mm² ℃ Φ12 ①② ㎡ ☑ ✓ → μ",
    "long": LONG,
    "formula": "=HYPERLINK(1)",
    "lines": "一行\n二行\r\n三行",
}
RIGHT_TO_LEFT = ("مرحبا بالعالم", "שלום עולם")
UNHOLDABLE = {
    "control": ("a\x00b\x07c\x1b[31md\x7fe", "a[U+0000]b[U+0007]c[U+001B][31md[U+007F]e"),
    "noncharacter": ("甲\ufffe乙", "甲[U+FFFE]乙"),
}
"""What XML and PDF can't hold stands as its number, in every format the same."""

AS_NUMBERS = {
    "emoji": ("好👍坏🧯", "好[U+1F44D]坏[U+1F9EF]"),
    "private": ("甲\ue000乙", "甲[U+E000]乙"),
    "rare": ("人名𪚥", "人名[U+2A6A5]"),
}
"""What no font of the PDF has stands there as its number; Word and the page keep the character."""


async def _hostile(services: Services) -> str:
    imported = await import_file(services.journal, services.blobs, services.criteria, sample_file())
    state = await services.journal.state(imported.audit)
    first = next(iter(state.observations.values()))
    content, by = first.current, first.first.by
    assert content is not None
    written = [
        *TEXTS.values(),
        *RIGHT_TO_LEFT,
        *(typed for typed, _ in (*UNHOLDABLE.values(), *AS_NUMBERS.values())),
    ]
    entries = [
        Observed(
            id=str(uuid4()),
            audit=imported.audit,
            made_at=first.first.made_at,
            by=by,
            body=Observation(
                stop=content.stop, text=Text(zh=text), clauses=[Clause(scheme="QMS", number="7.2")]
            ),
        )
        for text in written
    ]
    appended = await services.journal.append(
        imported.audit, [encode(entry) for entry in entries], sender="", admit=admit
    )
    assert {result.status for result in appended.results} == {"stored"}
    return imported.audit


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    data = tmp_path_factory.mktemp("hostile") / "data"
    return Audit(data, with_services(data, _hostile))


@pytest.fixture(scope="module", params=["docx", "pdf", "html"])
def printed(request: Any, hostile: Audit, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    target = tmp_path_factory.mktemp("hostile-documents") / f"report.{request.param}"
    return request.param, words(hostile.document(target))


@pytest.mark.parametrize("name", TEXTS)
def test_text_survives(printed: tuple[str, str], name: str) -> None:
    assert _stands_in(squeezed(TEXTS[name]), printed[1])


@pytest.mark.parametrize("text", RIGHT_TO_LEFT)
def test_right_to_left_text_survives(printed: tuple[str, str], text: str) -> None:
    """Word by word: a PDF is read back here in the order in which words stand from the left."""
    assert all(word in printed[1] for word in text.split())


def _stands_in(text: str, document: str) -> bool:
    """Whether a text is there, in one piece or torn between pages, with the head of a table between."""
    if text in document:
        return True
    start = document.find(text[:200])
    pieces = 0
    while text and start >= 0 and pieces < 20:
        length = next((n for n in range(len(text), 0, -1) if document.startswith(text[:n], start)), 0)
        text, pieces = text[length:], pieces + 1
        start = document.find(text[:30], start + length) if text else -1
    return not text


@pytest.mark.parametrize("name", UNHOLDABLE)
def test_what_no_format_can_hold_stands_as_its_number(printed: tuple[str, str], name: str) -> None:
    assert squeezed(UNHOLDABLE[name][1]) in printed[1]


@pytest.mark.parametrize("name", AS_NUMBERS)
def test_what_no_font_has_stands_as_its_number(printed: tuple[str, str], name: str) -> None:
    typed, numbered = AS_NUMBERS[name]
    assert (numbered if printed[0] == "pdf" else typed) in printed[1]
