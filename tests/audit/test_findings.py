"""Findings: drafts, numbers, counts."""

from __future__ import annotations

import pytest

from server.audit import findings
from server.criteria.model import House
from tests.audit.journals import TONG, WEN, Journal


def raised(journal: Journal, **content: object) -> str:
    return journal.add("found", {"type": "nonconformity", "grade": "minor", **content})


def test_a_draft_takes_over_what_was_observed(journal: Journal, house: House) -> None:
    key = journal.observe(
        "s2",
        "EMS 8.1 nonconform",
        "QMS 7.1.5",
        by=TONG,
        outcome="conform",
        text={"zh": "2号除尘停转", "en": "Collector 2 stood still"},
    )
    draft = findings.draft(journal.state, house, "nonconformity", [key], TONG)
    assert [clause.code for clause in draft.clauses] == ["E8.1"]
    assert draft.department == "生产部"
    assert draft.process.zh == "抛光"
    assert draft.evidence.zh == "2号除尘停转"
    assert draft.evidence.en == "Collector 2 stood still"
    assert not draft.statement.zh
    assert draft.observations == [key]
    assert (draft.grade, draft.number, draft.due, draft.follow_up) == (
        "minor",
        "90017-2026-01",
        "2026-06-18",
        "written",
    )


def test_a_draft_joins_several_observations_and_skips_withdrawn_ones(journal: Journal, house: House) -> None:
    first = journal.observe("s2", "EMS 8.1", outcome="nonconform", text={"zh": "一"})
    second = journal.observe("s2", "QMS 7.1.5", outcome="nonconform", text={"zh": "二"})
    gone = journal.observe("s2", "QMS 8.4.1", outcome="nonconform", text={"zh": "三"})
    journal.add("withdrawn", {"target": gone, "bases": [gone], "reason": "误记"})
    draft = findings.draft(journal.state, house, "nonconformity", [first, second, gone, "unknown"], WEN)
    assert draft.evidence.zh == "一\n二"
    assert [clause.code for clause in draft.clauses] == ["Q7.1.5", "E8.1"]
    assert draft.observations == [first, second]


def test_an_opportunity_is_a_statement(journal: Journal, house: House) -> None:
    key = journal.observe("s2", "QMS 7.1.5", outcome="improve", text={"zh": "标签褪色"})
    draft = findings.draft(journal.state, house, "opportunity", [key], WEN)
    assert (draft.number, draft.statement.zh, draft.evidence.zh) == ("90017-2026-OFI-1", "标签褪色", "")
    assert (draft.grade, draft.due) == ("", "")


def test_numbers_are_not_given_out_twice(journal: Journal, house: House) -> None:
    first = raised(journal, number="90017-2026-01")
    raised(journal, number="90017-2026-03")
    journal.add("withdrawn", {"target": first, "bases": [first], "reason": "合并"})
    assert findings.next_number(journal.state, house, "nonconformity") == "90017-2026-02"
    raised(journal, number="90017-2026-02")
    assert findings.next_number(journal.state, house, "nonconformity") == "90017-2026-04"


@pytest.mark.parametrize(
    ("contract", "number"),
    [
        ("90017-2024-QEO", "90017-2026-01"),
        ("HT90017-2024", "HT90017-2026-01"),
        ("HT-117", "HT-117-2026-01"),
        ("2026-017", "2026-017-2026-01"),
        ("HT2026-017", "HT2026-017-2026-01"),
        ("合同-117", "合同-117-2026-01"),
        ("90017", "90017-2026-01"),
    ],
)
def test_numbers_of_two_contracts_are_not_the_same(
    journal: Journal, house: House, contract: str, number: str
) -> None:
    journal.configure("visit/contract_number", contract)
    assert findings.next_number(journal.state, house, "nonconformity") == number


def test_counts(journal: Journal, house: House) -> None:
    raised(journal, grade="major")
    raised(journal)
    raised(journal)
    journal.add("found", {"type": "opportunity"})
    journal.observe("s1", "QMS 6.2.1", marks=["strength", "focus"])
    counts = findings.counts(journal.state, house)
    assert counts.by_grade == {"major": 1, "minor": 2}
    assert (counts.nonconformities, counts.opportunities, counts.strengths, counts.focus) == (3, 1, 1, 1)


def test_observations_without_finding(journal: Journal) -> None:
    first = journal.observe("s2", "EMS 8.1 nonconform", outcome="conform")
    second = journal.observe("s2", "EMS 8.1", outcome="nonconform")
    journal.add("found", {"type": "opportunity", "observations": [first]})
    assert [key for key, _ in findings.without_finding(journal.state)] == [first, second]
    raised(journal, observations=[first])
    assert [key for key, _ in findings.without_finding(journal.state)] == [second]


def test_departments_and_clauses_as_a_report_lists_them(journal: Journal) -> None:
    raised(journal, department="生产部", clauses=[{"scheme": "EMS", "number": "8.1"}])
    (one,) = findings.listing(journal.state, "nonconformity")
    assert findings.department_clauses(one.content) == ["生产部/E8.1"]
