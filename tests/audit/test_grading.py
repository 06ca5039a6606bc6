"""Grades and numbers before the team: no number twice, and what the leader wrote down is the team's."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from server.audit import grading
from server.audit.entries import Finding
from server.criteria.load import Criteria
from server.criteria.model import House
from tests.audit.journals import TONG, WEN, Journal, planned

NUMBERS = ("", "", "90017-2026-01", "90017-2026-02", "90017-2026-04", "NC-1")


@given(st.lists(st.tuples(st.sampled_from(NUMBERS), st.booleans()), max_size=9))
def test_every_nonconformity_has_a_number_of_its_own(
    criteria: Criteria, drawn: list[tuple[str, bool]]
) -> None:
    house = criteria.houses["qinghe"]
    journal = planned()
    gone: set[str] = set()
    for number, withdrawn in drawn:
        key = journal.add("found", {"type": "nonconformity", "grade": "minor", "number": number})
        if withdrawn:
            journal.add("withdrawn", {"target": key, "bases": [key], "reason": "合并"})
            gone.add(number)
    state = journal.state
    proposed = grading.numbering(state, house)
    standing = {thing.id: finding.number for thing, finding in state.standing_findings()}
    assert proposed.keys() == standing.keys()
    assert len(set(proposed.values())) == len(proposed)
    assert all(proposed.values())
    for number in {*standing.values()} - {""}:
        assert number in proposed.values(), "who has it first keeps it"
    for key, number in proposed.items():
        assert number == standing[key] or number not in {*standing.values(), *gone}


def test_what_is_agreed_settles_the_table(journal: Journal, house: House) -> None:
    for _ in range(3):
        journal.add("found", {"type": "nonconformity", "number": "90017-2026-01"}, by=TONG)
    before = grading.rows(journal.state, house)
    assert [row.open for row in before] == [
        ["grade", "due"],
        ["grade", "number", "due"],
        ["grade", "number", "due"],
    ]
    for row in before:
        content = msgspec.structs.replace(row.one.content, grade="minor", number=row.number, due=row.due)
        agree(journal, row.one.id, content)
    after = grading.rows(journal.state, house)
    assert [(row.number, row.open) for row in after] == [(row.number, []) for row in before]


def test_the_leaders_word_stands_until_the_leader_changes_it(journal: Journal) -> None:
    key = journal.add("found", {"type": "nonconformity", "grade": "minor", "number": "1"}, by=TONG)
    draft = Finding(type="nonconformity", grade="major", number="1")
    assert not grading.regrades(journal.state, key, draft), "a draft proposes"
    agree(journal, key, draft)
    assert not grading.regrades(journal.state, key, msgspec.structs.replace(draft, department="生产部"))
    for other in ({"grade": "minor"}, {"number": "2"}):
        assert grading.regrades(journal.state, key, msgspec.structs.replace(draft, **other))


def agree(journal: Journal, key: str, content: Finding) -> None:
    heads = journal.state.findings[key].heads
    body = {"target": key, "bases": heads, "finding": msgspec.to_builtins(content)}
    journal.add("amended", body, by=WEN)
