"""Wording help against a table of nonconformities that was written before its rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.audit.entries import Clause, Finding, Text
from server.audit.wording import Remark, remarks
from server.criteria.load import Criteria, load_criteria, parse_clause
from server.criteria.model import ClauseRef
from server.settings import data_root

TABLE = Path(__file__).parent / "nonconformities.jsonl"
RIGHT = 0.9


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


def _remarks(case: dict[str, Any], criteria: Criteria) -> list[Remark]:
    def is_lowest(clause: ClauseRef) -> bool:
        return clause.number in {one.number for one in criteria.standard_of(clause.scheme).auditable}

    def text(key: str) -> Text:
        return Text(**{case["lang"]: case[key]})

    refs = [ref for code in case["clauses"] for ref in parse_clause(code)]
    finding = Finding(
        type=case["type"],
        department=case["department"],
        clauses=[Clause(scheme=ref.scheme, number=ref.number) for ref in refs],
        statement=text("statement"),
        evidence=text("evidence"),
        requirement=text("requirement"),
    )
    return remarks(finding, is_lowest)


def test_help_is_right_on_nine_of_ten(criteria: Criteria) -> None:
    cases = [json.loads(line) for line in TABLE.read_text("utf-8").splitlines()]
    assert len(cases) >= 60
    wrong = {}
    for case in cases:
        said = sorted(remark.code for remark in _remarks(case, criteria))
        if said != case["expect"]:
            wrong[case["id"]] = (case["statement"], said, case["expect"])
    assert len(wrong) <= (1 - RIGHT) * len(cases), msgspec.json.format(msgspec.json.encode(wrong)).decode()


def test_words_that_led_to_a_warning_are_named(criteria: Criteria) -> None:
    case = {
        "type": "nonconformity",
        "lang": "zh",
        "department": "质量部",
        "clauses": ["Q7.1.5"],
        "statement": "由于疏忽，卡尺超期使用。",
        "evidence": "",
        "requirement": "",
    }
    assert _remarks(case, criteria) == [
        Remark("cause", "由于"),
        Remark("no_requirement"),
        Remark("no_evidence"),
        Remark("clause_not_lowest", "Q7.1.5"),
    ]


def test_a_strength_is_taken_as_it_is(criteria: Criteria) -> None:
    case = {
        "type": "strength",
        "lang": "en",
        "department": "",
        "clauses": [],
        "statement": "Tools should be this tidy everywhere.",
        "evidence": "",
        "requirement": "",
    }
    assert _remarks(case, criteria) == []
