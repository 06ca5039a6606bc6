"""The client's signature under a nonconformity, and the recommendation that rests on it."""

from __future__ import annotations

from typing import Any

import pytest

from server.audit import gaps
from server.audit.acknowledgement import acknowledgement, lacking, may_sign, text_of, what_of
from server.audit.entries import Finding
from server.audit.gaps import Given
from server.criteria.model import House, Language
from tests.audit.journals import Journal

FINDING: dict[str, Any] = {
    "type": "nonconformity",
    "grade": "minor",
    "number": "NC-1",
    "clauses": [{"scheme": "QMS", "number": "7.1.5.2"}],
    "statement": {"zh": "千分尺超过校准期仍在使用"},
}


def sign(journal: Journal, finding: str, version: str, **more: Any) -> None:
    body = {"what": what_of(finding), "name": "邱晓芸", "version": version, "signed_at": "2026-05-18"}
    journal.add("signed", body | {"picture": "ab" * 32} | more)


def amend(journal: Journal, finding: str, **changes: Any) -> str:
    heads = journal.state.findings[finding].heads
    return journal.add("amended", {"target": finding, "bases": heads, "finding": FINDING | changes})


def codes(journal: Journal, given: Given) -> set[str]:
    wanted = {"NC_UNSIGNED", "NC_CHANGED_AFTER_SIGNING", "NC_REWORDED_AFTER_SIGNING", "NC_NOT_SETTLED"}
    return {gap.code for gap in gaps.find(journal.state, given)} & wanted


def test_bare_words_are_nobodys_signature(journal: Journal, given: Given) -> None:
    finding = journal.add("found", FINDING)
    sign(journal, finding, finding, picture=None)
    assert codes(journal, given) == {"NC_UNSIGNED"}
    sign(journal, finding, finding, picture=None, imported=True)
    assert "NC_UNSIGNED" not in codes(journal, given)


def test_signed_changed_and_signed_again(journal: Journal, given: Given) -> None:
    finding = journal.add("found", FINDING)
    assert codes(journal, given) == {"NC_UNSIGNED"}
    sign(journal, finding, finding)
    assert codes(journal, given) == set()
    amend(journal, finding, statement={"zh": "2 号千分尺超过校准期仍在使用"})
    assert codes(journal, given) == {"NC_REWORDED_AFTER_SIGNING"}
    graver = amend(journal, finding, grade="major")
    assert codes(journal, given) == {"NC_CHANGED_AFTER_SIGNING"}
    sign(journal, finding, graver)
    assert codes(journal, given) == set()
    amend(journal, finding, grade="major", clauses=[{"scheme": "QMS", "number": "7.1.5.1"}])
    assert codes(journal, given) == {"NC_CHANGED_AFTER_SIGNING"}


COMPLETE = FINDING | {
    "evidence": {"zh": "千分尺 182A，校准到期日 2026-03-31"},
    "requirement": {"zh": "测量设备应按规定的间隔校准"},
}


def content_of(journal: Journal, finding: str) -> Finding:
    content = journal.state.findings[finding].current
    assert content
    return content


def sign_shown(journal: Journal, finding: str, language: Language = "zh") -> None:
    """Sign what the page shows in a language."""
    text = text_of(content_of(journal, finding), []).get(language)
    sign(journal, finding, journal.state.findings[finding].head.entry, text=text)


@pytest.mark.parametrize("part", ["statement", "evidence", "requirement"])
def test_other_words_are_told_and_settled_by_signing_anew(journal: Journal, given: Given, part: str) -> None:
    finding = journal.add("found", COMPLETE)
    sign_shown(journal, finding)
    assert not may_sign(journal.state, journal.state.findings[finding])
    amend(journal, finding, **COMPLETE | {part: {"zh": "千分尺 192A"}})
    (told,) = [one for one in gaps.find(journal.state, given) if one.code == "NC_REWORDED_AFTER_SIGNING"]
    assert (told.severity, told.where) == ("warning", f"findings/{finding}")
    assert may_sign(journal.state, journal.state.findings[finding])
    sign_shown(journal, finding)
    assert codes(journal, given) == set()


def test_what_was_read_counts_and_a_translation_beside_it_changes_nothing(
    journal: Journal, given: Given
) -> None:
    finding = journal.add("found", COMPLETE)
    sign_shown(journal, finding)
    evidence = COMPLETE["evidence"] | {"en": "Micrometer 182A, calibration due 2026-03-31"}
    amend(journal, finding, **COMPLETE | {"evidence": evidence, "due": "2026-06-30"})
    assert codes(journal, given) == set()
    amend(journal, finding, **COMPLETE | {"evidence": evidence | {"en": "Micrometer 182A, overdue"}})
    assert codes(journal, given) == set(), "nobody read the translation when it was signed"
    sign_shown(journal, finding, "en")
    amend(journal, finding, **COMPLETE | {"evidence": evidence})
    assert codes(journal, given) == {"NC_REWORDED_AFTER_SIGNING"}, "now the translation is what was signed"


def test_what_was_empty_when_it_was_signed_was_not_signed(journal: Journal, given: Given) -> None:
    finding = journal.add("found", FINDING)
    sign_shown(journal, finding)
    amend(journal, finding, **COMPLETE)
    assert codes(journal, given) == {"NC_REWORDED_AFTER_SIGNING"}


@pytest.mark.parametrize("part", ["statement", "evidence", "requirement"])
def test_nothing_is_signed_before_it_is_complete(journal: Journal, part: str) -> None:
    finding = journal.add("found", COMPLETE | {part: {"zh": " "}})
    assert lacking(content_of(journal, finding)) == [part]
    assert not may_sign(journal.state, journal.state.findings[finding])
    amend(journal, finding, **COMPLETE | {part: {"en": "in one language"}})
    assert may_sign(journal.state, journal.state.findings[finding])


def test_nothing_is_signed_without_a_clause(journal: Journal) -> None:
    finding = journal.add("found", COMPLETE | {"clauses": []})
    assert lacking(content_of(journal, finding)) == ["clauses"]
    assert not may_sign(journal.state, journal.state.findings[finding])


def test_what_is_signed_lists_no_empty_places(house: House) -> None:
    shown = text_of(Finding(type="nonconformity", grade="minor", number="NC-1"), house.nc_grades)
    assert shown.zh.startswith("不符合 NC-1（轻微）")
    assert shown.en.startswith("Nonconformity NC-1 (Minor)")


def test_a_fact_that_a_guide_denied_is_told_until_it_is_corrected_or_confirmed(
    journal: Journal, given: Given
) -> None:
    finding = journal.add("found", COMPLETE)

    def asked(text: str, **answer: Any) -> None:
        shown = {"finding": finding, "text": text, "text_sha256": "0" * 64, "of": "guide", "name": "骆一苇"}
        question = journal.add("confirmed", shown)
        journal.add("confirmed", shown | {"asked": question} | answer)

    def told() -> list[str]:
        return [one.message.zh for one in gaps.find(journal.state, given) if one.code == "NC_FACT_DENIED"]

    evidence = COMPLETE["evidence"]["zh"]
    asked(evidence, right=False, remark="那是 192A")
    assert told() == ["NC-1的事实，骆一苇说不是这样“那是 192A”"]
    amend(journal, finding, **COMPLETE | {"evidence": {"zh": "千分尺 192A"}})
    assert told() == [], "corrected"
    amend(journal, finding, **COMPLETE)
    assert told()
    asked(evidence, right=True)
    assert told() == [], "confirmed"


def test_requirement_statement_and_evidence_are_what_is_signed(journal: Journal) -> None:
    text = text_of(content_of(journal, journal.add("found", COMPLETE)), []).zh
    for words in ("要求：测量设备应按规定的间隔校准", "千分尺超过校准期仍在使用", "千分尺 182A"):
        assert words in text


def test_a_signature_for_another_finding_or_version_counts_for_nothing(
    journal: Journal, given: Given
) -> None:
    one, other = journal.add("found", FINDING), journal.add("found", FINDING | {"number": "NC-2"})
    sign(journal, one, one)
    thing = journal.state.findings[other]
    assert acknowledgement(journal.state, thing).standing == "unsigned"
    sign(journal, other, one)
    assert acknowledgement(journal.state, journal.state.findings[other]).standing == "unsigned"


def test_what_an_imported_audit_states_counts_until_clause_or_grade_change(
    journal: Journal, given: Given
) -> None:
    stated = {"acknowledged_by": "邱晓芸", "acknowledged_at": "2026-05-18T16:00:00+08:00"}
    finding = journal.add("found", FINDING | stated)
    assert codes(journal, given) == set()
    said = acknowledgement(journal.state, journal.state.findings[finding])
    assert (said.name, said.signed_at) == ("邱晓芸", "2026-05-18T16:00:00+08:00")
    amend(journal, finding, grade="major", **stated)
    assert codes(journal, given) == {"NC_CHANGED_AFTER_SIGNING"}


@pytest.mark.parametrize(("grade", "enough"), [("minor", "accepted"), ("major", "effective")])
def test_no_recommendation_without_condition_before_it_is_settled(
    journal: Journal, given: Given, grade: str, enough: str
) -> None:
    finding = journal.add("found", FINDING | {"grade": grade, "acknowledged_by": "邱晓芸"})

    def recommend(*options: int) -> None:
        thing = journal.state.judgements.get("7.recommendations")
        bases, choices = thing.heads if thing else [], [{"option": one} for one in options]
        journal.add("judged", {"element": "7.recommendations", "bases": bases, "choices": choices})

    recommend(2)
    assert codes(journal, given) == set(), "after correction is a condition"
    recommend(0, 2)
    assert codes(journal, given) == ({"NC_NOT_SETTLED"} if grade == "major" else set())
    recommend(1)
    assert codes(journal, given) == {"NC_NOT_SETTLED"}
    journal.add("responded", {"finding": finding})
    assert codes(journal, given) == {"NC_NOT_SETTLED"}, "an answer alone settles nothing"
    if grade == "major":
        journal.add("verified", {"target": finding, "result": "accepted"})
        assert codes(journal, given) == {"NC_NOT_SETTLED"}, "a plan is not enough for a major one"
    journal.add("verified", {"target": finding, "result": enough})
    assert codes(journal, given) == set()
