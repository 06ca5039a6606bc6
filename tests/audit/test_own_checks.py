"""RV-14: internal audit and management review, by the days that records tell, and never on a guess."""

from __future__ import annotations

from typing import Any

import pytest

from server.audit import gaps
from server.audit.gaps import Given
from tests.audit.journals import Journal

CODES = {"OWN_CHECK_OLD", "REVIEW_BEFORE_AUDIT", "OWN_DEPARTMENT_AUDITED"}
AUDITED, REVIEWED = "内审2026-01-12至01-14，三体系合并。", "管理评审2026-02-05，总经理主持。"


def told(journal: Journal, given: Given, audited: str, reviewed: str = "", **content: Any) -> set[str]:
    """What is found where the records of 9.2 and 9.3 say this; the audit begins on 18 May 2026."""
    journal.configure("visit", {"start": "2026-05-18", "end": "2026-05-19", "schemes": ["QMS"]})
    content = {"outcome": "conform"} | content
    journal.observe("s1", "QMS 9.2.2", text={"zh": audited}, **content)
    if reviewed:
        journal.observe("s1", "QMS 9.3.2", text={"zh": reviewed}, **content)
    return {gap.code for gap in gaps.find(journal.state, given)} & CODES


@pytest.mark.parametrize(
    ("audited", "reviewed", "codes"),
    [
        (AUDITED, REVIEWED, set()),
        (AUDITED, "管理评审2026年1月5日，输入齐全。", {"REVIEW_BEFORE_AUDIT"}),
        ("内审2025-02-10，内审2026-04-02。", REVIEWED, set()),
        ("内部审核2025-03-01实施。", "", {"OWN_CHECK_OLD"}),
        (AUDITED, "管理评审 2024/12/30 召开。", {"OWN_CHECK_OLD", "REVIEW_BEFORE_AUDIT"}),
        ("内部审核2025-03-01实施。本次内审为2026年3月。", "", set()),
        (AUDITED, "管理评审2026年1月召开。", set()),
        (AUDITED + "其中两名内审员审核本部门。", "", {"OWN_DEPARTMENT_AUDITED"}),
        (AUDITED + "内审员均未审本部门。", "", set()),
        (AUDITED + "程序规定不得审核自己的部门。", "", set()),
    ],
)
def test_what_the_days_tell(
    journal: Journal, given: Given, audited: str, reviewed: str, codes: set[str]
) -> None:
    assert told(journal, given, audited, reviewed) == codes


@pytest.mark.parametrize("outcome", ["nonconform", "improve"])
def test_who_judged_it_has_said_so(journal: Journal, given: Given, outcome: str) -> None:
    assert not told(journal, given, "内审2025-03-01，两名内审员审核本部门。", outcome=outcome)


def test_only_records_of_its_clause_count(journal: Journal, given: Given) -> None:
    journal.observe("s1", "QMS 9.1.1", outcome="conform", text={"zh": "内审2024-01-01，内审员审核本部门"})
    assert not told(journal, given, AUDITED, REVIEWED)
