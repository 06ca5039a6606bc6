"""Proposals follow from counts."""

from __future__ import annotations

from typing import Any

import pytest

from server.audit.report.proposals import Proposal, is_judged, proposals
from server.criteria.load import Criteria
from server.criteria.model import Form
from tests.audit.journals import Journal

RATING, RECOMMENDATION = "2.2.rating", "7.recommendations"


@pytest.fixture
def proposed(journal: Journal, criteria: Criteria) -> Any:
    def of(key: str) -> Proposal:
        return proposals(journal.state, criteria)[key]

    return of


def test_nothing_seen_nothing_proposed(proposed: Any) -> None:
    assert proposed(RATING).options == []


def test_ratings_from_findings(journal: Journal, proposed: Any) -> None:
    journal.observe("s2", "EMS 8.1", outcome="conform")
    assert proposed(RATING).options == [0]
    clauses = [{"scheme": "EMS", "number": "8.1"}]
    journal.add("found", {"type": "nonconformity", "grade": "minor", "clauses": clauses})
    assert proposed(RATING).options == [1]
    major = journal.add("found", {"type": "nonconformity", "grade": "major", "clauses": clauses})
    assert proposed(RATING).options == [2]
    assert proposed(RATING).basis.zh == "符合1；不符合报告：严重1、轻微1"
    journal.add("verified", {"target": major, "closed": True})
    assert proposed(RATING).options == [1]


def test_a_finding_elsewhere_leaves_a_rating_alone(journal: Journal, proposed: Any) -> None:
    journal.observe("s2", "EMS 8.1", outcome="conform")
    clauses = [{"scheme": "QMS", "number": "9.2.1"}]
    journal.add("found", {"type": "nonconformity", "grade": "major", "clauses": clauses})
    assert proposed(RATING).options == [0]
    assert proposed("7.criteria").options == [2], "the rating over all findings"


def test_recommendation(journal: Journal, proposed: Any, form: Form) -> None:
    assert proposed(RECOMMENDATION).options == [1]
    journal.add("found", {"type": "nonconformity", "grade": "minor"})
    assert proposed(RECOMMENDATION).options == [2]
    journal.configure("suspension", {"reason": {"zh": "逾期"}, "schemes": ["QMS"]})
    assert proposed(RECOMMENDATION).options == [3]
    removed = next(element.key for element in form.elements if element.ref == 57)
    journal.add("judged", {"element": removed, "choices": [{"option": 0}]})
    assert proposed(RECOMMENDATION).options == [0, 2]


def test_what_is_judged(form: Form) -> None:
    judged = {element.ref for element in form.elements if is_judged(element)}
    assert {57, 74, 77, 95, 98, 113, 118, 123, 124} <= judged
    assert judged.isdisjoint({5, 31, 71, 102})
