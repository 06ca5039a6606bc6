"""RV-09 and RV-15: what stands beside the last audit of the same client."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from server.audit import gaps
from server.audit.cycle import cycle_of, look
from server.audit.gaps import Beside, Given
from server.audit.repeated import SAME, SHORTEST, Paragraph, _pairs, _share, repeats
from tests.audit.journals import Journal, planned

LAST = (
    "查2025年度设备维护计划与三台真空炉的点检表，抽9份均按周实施，操作工能说出炉温偏差的处理办法，"
    "超差时停炉报修并隔离该炉产品，记录由车间主任复核签名。"
)
NEXT = LAST.replace("2025", "2026").replace("9份", "11份")
OTHER = (
    "与仓库保管员交谈，危化品台账与实物核对一致，灭火毯、洗眼器在位，领用由两人签字，"
    "空桶当日退回供应商，防渗托盘内无积液，通风连锁试开正常。"
)
texts = st.text(st.sampled_from("设备维护计划点检表记录抽样操作工炉温"), min_size=SHORTEST, max_size=90)


def found(now: Journal, before: Journal, given: Given, code: str, **beside: Any) -> list[gaps.Gap]:
    """The gaps of `now` where `before` is the audit before it."""
    last, state = before.state, now.state
    cycle = cycle_of([look("last", last), look("now", state)], "now")
    return [gap for gap in gaps.find(state, given, Beside(cycle=cycle, **beside)) if gap.code == code]


def audit(year: int, text: str = "", address: str = "") -> Journal:
    """A surveillance of that year with one observation."""
    journal = planned()
    journal.configure(
        "visit", {"number": f"N-{year}", "start": f"{year}-05-18", "surveillance_no": year - 2024}
    )
    journal.configure("client/registered_address", {"zh": address})
    if text:
        journal.observe("s2", "EMS 8.1", outcome="conform", text={"zh": text})
    return journal


@pytest.mark.parametrize(("text", "count"), [(LAST, 1), (NEXT, 1), (OTHER, 0), (LAST[:30], 0), ("", 0)])
def test_a_paragraph_of_the_last_audit_is_recognized(given: Given, text: str, count: int) -> None:
    gaps_found = found(audit(2026, text), audit(2025, LAST), given, "PARAGRAPH_COPIED")
    assert [gap.severity for gap in gaps_found] == ["warning"] * count
    assert all("N-2025" in gap.message.zh for gap in gaps_found)


@examples(texts)
def test_the_same_is_the_same_and_nothing_is_like_nothing(text: str) -> None:
    same = [Paragraph("here", text)]
    assert [one.share for one in repeats(same, same)] == [1.0]
    assert repeats(same, []) == repeats([], same) == []


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same with a few characters put in, taken out or changed."""
    text = draw(texts)
    other = list(text)
    for _ in range(draw(st.integers(0, 12))):
        at = draw(st.integers(0, len(other) - 1))
        other[at : at + draw(st.integers(0, 3))] = draw(st.text("设备维护计划表", max_size=2))
    return text, "".join(other)


@examples(changed(), st.lists(texts, max_size=4))
def test_nothing_alike_is_overlooked(pair: tuple[str, str], others: list[str]) -> None:
    text, other = pair
    before = [other, *others]
    most = max(_share(_pairs(text), _pairs(one)) for one in before)
    found = repeats([Paragraph("here", text)], [Paragraph("there", one) for one in before])
    assert [one.share for one in found] == ([most] if most >= SAME else [])


@examples(texts, texts)
def test_being_alike_is_mutual(one: str, other: str) -> None:
    there, back = (repeats([Paragraph("a", x)], [Paragraph("a", y)]) for x, y in ((one, other), (other, one)))
    assert there == back


NONE: dict[str, Any] = {"element": "3.organization", "none": True}
TOLD: dict[str, Any] = {"element": "3.organization", "text": {"zh": "注册地址迁至沐云路66号"}}


@pytest.mark.parametrize(
    ("before", "now", "answer", "severities"),
    [
        ("沐云路6号", "沐云路66号", NONE, ["error"]),
        ("沐云路6号", "沐云路66号", None, ["warning"]),
        ("沐云路6号", "沐云路66号", TOLD, []),
        ("沐云路 66 号", "沐云路66号", NONE, []),
        ("", "沐云路66号", NONE, []),
    ],
)
def test_an_address_that_changed_is_told(
    given: Given, before: str, now: str, answer: dict[str, Any] | None, severities: list[str]
) -> None:
    journal = audit(2026, address=now)
    if answer:
        journal.add("answered", answer)
    empty = frozenset() if answer else frozenset({"3.organization"})
    made = found(journal, audit(2025, address=before), given, "ADDRESS_CHANGE_UNTOLD", empty=empty)
    assert [gap.severity for gap in made] == severities
