"""The labelled sentences are what their README says, so that figures made with them mean something."""

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from server.criteria.load import Criteria, load_criteria
from server.settings import data_root

LABELLED = Path(__file__).with_name("labelled.jsonl")


class Sentence(NamedTuple):
    """One line of the file."""

    id: str
    scheme: str
    lang: str
    split: str
    labels: list[str]
    text: str


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    lines = LABELLED.read_text(encoding="utf-8").splitlines()
    return [Sentence(**json.loads(line)) for line in lines]


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


def test_there_are_enough_of_each(sentences: list[Sentence]) -> None:
    of_scheme = Counter(sentence.scheme for sentence in sentences)
    assert all(of_scheme[scheme] >= 100 for scheme in ("QMS", "EMS", "OHSMS"))
    assert all(of_scheme[scheme] >= 25 for scheme in ("EnMS", "FSMS", "EC", "HACCP"))
    chinese = sum(sentence.lang == "zh" for sentence in sentences) / len(sentences)
    assert 0.55 <= chinese <= 0.65
    assert len({sentence.id for sentence in sentences}) == len(sentences)
    assert len({sentence.text for sentence in sentences}) == len(sentences)


def test_half_of_each_scheme_and_language_is_held_out(sentences: list[Sentence]) -> None:
    counts = Counter((sentence.scheme, sentence.lang, sentence.split) for sentence in sentences)
    for scheme, lang, _ in counts:
        assert abs(counts[scheme, lang, "dev"] - counts[scheme, lang, "held_out"]) <= 1


def test_labels_are_clauses_at_the_lowest_depth(sentences: list[Sentence], criteria: Criteria) -> None:
    for sentence in sentences:
        auditable = {clause.number for clause in criteria.standard_of(sentence.scheme).auditable}
        assert sentence.labels
        assert auditable.issuperset(sentence.labels), sentence.id
        assert len(set(sentence.labels)) == len(sentence.labels)


@pytest.mark.parametrize("scheme", ["QMS", "EMS", "OHSMS"])
def test_every_clause_of_the_big_schemes_has_two(
    scheme: str, sentences: list[Sentence], criteria: Criteria
) -> None:
    labelled = Counter(label for s in sentences if s.scheme == scheme for label in s.labels)
    rare = [c.number for c in criteria.standard_of(scheme).auditable if labelled[c.number] < 2]
    assert rare == []
