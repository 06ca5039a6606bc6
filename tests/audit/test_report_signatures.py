"""The team's signatures under the report: who signs, what they sign, what is told when it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as example_of
from hypothesis import settings
from hypothesis import strategies as st

from server.audit import gaps
from server.audit.entries import SignedBody, Text
from server.audit.gaps import Beside, Given
from server.audit.report import compile_report
from server.audit.report.freeze import content_hash
from server.audit.report_signatures import is_own, signers, text_of
from server.criteria.load import Criteria
from tests.audit.journals import TONG, WEN, ZHUO, Journal, planned

UNSIGNED, CHANGED = "REPORT_UNSIGNED", "REPORT_CHANGED_AFTER_SIGNING"
NAMES = ("闻砚秋", "佟牧野")


def content(journal: Journal, criteria: Criteria) -> str:
    return content_hash(compile_report(journal.state, criteria))


def sign(journal: Journal, name: str, **more: Any) -> None:
    journal.add("signed", {"what": "report", "name": name, "signed_at": "2026-05-20", **more})


def standings(journal: Journal, now: str) -> list[str]:
    return [one.standing for one in signers(journal.state, now)]


def told(journal: Journal, given: Given, now: str) -> dict[str, list[str]]:
    found = gaps.find(journal.state, given, Beside(content=now))
    return {gap.code: gap.about for gap in found if gap.code in (UNSIGNED, CHANGED)}


def test_leader_and_auditors_sign_in_the_order_of_the_lines(journal: Journal) -> None:
    others = ("trainee", "expert", "observer", "witness", "interpreter")
    for at, role in enumerate(others):
        journal.configure(f"team/{ZHUO[:-1]}{at}", {"name": role, "role": role})
    assert [one.member.name for one in signers(journal.state, "")] == list(NAMES)


@pytest.mark.parametrize(
    ("bound", "now", "standing"),
    [
        ("a" * 64, "a" * 64, "signed"),
        ("a" * 64, "b" * 64, "changed"),
        ("a" * 64, "", "signed"),
        (None, "b" * 64, "signed"),
    ],
    ids=["as it stands", "changed since", "nothing to compare with", "an import names no content"],
)
def test_how_a_signature_stands(journal: Journal, bound: str | None, now: str, standing: str) -> None:
    sign(journal, "佟牧野", content_sha256=bound, imported=bound is None)
    assert standings(journal, now) == ["unsigned", standing]


def test_the_last_signature_counts_and_none_is_dropped(journal: Journal) -> None:
    sign(journal, "闻砚秋", content_sha256="a" * 64)
    sign(journal, "闻砚秋", content_sha256="b" * 64)
    assert standings(journal, "b" * 64)[0] == "signed"
    assert standings(journal, "a" * 64)[0] == "changed"
    assert len(journal.state.signatures) == 2


def test_gaps_name_who_has_not_signed_and_who_signed_before_a_change(journal: Journal, given: Given) -> None:
    assert told(journal, given, "a" * 64) == {UNSIGNED: list(NAMES)}
    sign(journal, "闻砚秋", content_sha256="a" * 64)
    assert told(journal, given, "a" * 64) == {UNSIGNED: ["佟牧野"]}
    sign(journal, "佟牧野", content_sha256="a" * 64)
    assert told(journal, given, "a" * 64) == {}
    assert told(journal, given, "b" * 64) == {CHANGED: [*NAMES, "b" * 64]}
    assert told(journal, given, "") == {}, "what was released is signed as it was"


def test_a_dismissed_change_comes_back_with_the_next(journal: Journal, given: Given) -> None:
    for name in NAMES:
        sign(journal, name, content_sha256="a" * 64)
    (gap,) = (gap for gap in gaps.find(journal.state, given, Beside(content="b" * 64)) if gap.code == CHANGED)
    journal.add("dismissed", {"gap": gap.id, "reason": "错别字"})
    assert told(journal, given, "b" * 64) == {}
    assert CHANGED in told(journal, given, "c" * 64)


def note(journal: Journal) -> None:
    journal.observe("s1", "QMS 6.2.1", text={"zh": "目标8项"})


def tick(journal: Journal) -> None:
    journal.add("ticked", {"meeting": "opening", "point": "g", "done": True})


def sign_report(journal: Journal) -> None:
    sign(journal, "闻砚秋", picture="c" * 64)


def sign_commitment(journal: Journal) -> None:
    journal.add("signed", {"what": "commitment", "name": "闻砚秋", "signed_at": "2026-05-18"})


def answer(journal: Journal) -> None:
    journal.add("answered", {"element": "1.5.8.unresolved", "none": True})


def take_in(journal: Journal) -> None:
    journal.configure(f"team/{ZHUO}", {"name": "卓以宁", "role": "auditor"})


@pytest.mark.parametrize(
    ("happens", "changes"),
    [
        (note, True),
        (answer, True),
        (take_in, True),
        (tick, False),
        (sign_report, False),
        (sign_commitment, False),
    ],
)
def test_the_content_is_what_the_report_says(
    journal: Journal, criteria: Criteria, happens: Callable[[Journal], None], changes: bool
) -> None:
    before = content(journal, criteria)
    happens(journal)
    assert (content(journal, criteria) != before) is changes


@settings(max_examples=15, deadline=None)
@example_of(st.lists(st.sampled_from([note, tick, sign_report, answer]), max_size=5))
def test_whoever_signs_last_has_signed_what_stands(
    criteria: Criteria, before: list[Callable[[Journal], None]]
) -> None:
    journal = planned()
    for happens in before:
        happens(journal)
    sign(journal, "佟牧野", content_sha256=content(journal, criteria))
    sign_report(journal)
    tick(journal)
    assert standings(journal, content(journal, criteria)) == ["signed", "signed"]


@pytest.mark.parametrize(
    ("principal", "name", "own"),
    [(WEN, "闻砚秋", True), (TONG, "闻砚秋", False), (WEN, "", False), (ZHUO, "闻砚秋", False)],
)
def test_each_signs_for_themselves(journal: Journal, principal: str, name: str, own: bool) -> None:
    assert is_own(journal.state, principal, SignedBody(what="report", name=name)) is own


def test_the_sentence_says_who_which_report_and_at_which_state() -> None:
    name, title = Text(zh="闻砚秋", en="Wen Yanqiu"), Text(zh="审核报告", en="Audit report")
    text = text_of(name, "90017-2026", title, 42, "0123456789ab" + "f" * 52)
    assert text.zh == (
        "闻砚秋参加了本次审核，确认审核报告《审核报告》（90017-2026，截至日志第42条，内容摘要0123456789ab）"
        "如实反映审核情况，并对报告负责。"
    )
    assert text.en == (
        "Wen Yanqiu took part in this audit and stands by the report “Audit report” "
        "(90017-2026, as of entry 42 of the journal, content 0123456789ab)."
    )
