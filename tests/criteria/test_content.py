"""What the shipped lists ask is worth asking: of every clause, in both languages, in words of its own."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest

from server.criteria.load import Criteria
from server.criteria.model import SECTOR, Item, Language

SCHEMES = ("QMS", "EMS", "OHSMS", "EnMS", "FSMS", "EC", "HACCP")
BOTH: tuple[Language, ...] = ("zh", "en")
SHORTEST = {"zh": 18, "en": 45}
"""Characters that a prompt needs to say what to ask, see or sample, and what then."""
EMPTY = {
    "zh": ("是否符合要求", "是否满足要求", "是否建立并保持", "检查相关记录", "是否按要求", "查阅相关文件"),
    "en": (
        "meets requirements",
        "comply with requirements",
        "relevant records",
        "established and maintained",
    ),
}
PLACES = {
    "production-line",
    "special-process",
    "warehouse",
    "chemicals-store",
    "hazardous-waste",
    "boilers-and-compressors",
    "lifting-and-trucks",
    "electrical",
    "fire-and-escape",
    "waste-water",
    "waste-gas",
    "noise",
    "ppe",
    "first-aid",
    "canteen",
    "dormitory",
    "laboratory",
    "construction-site",
    "food-production",
    "energy-users",
    "office-only",
}


@pytest.fixture(scope="module")
def items(criteria: Criteria) -> list[Item]:
    return [item for checklist in criteria.lists.values() for item in checklist.items]


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def pieces(text: str) -> set[str]:
    """Overlapping parts of four letters, which tell how much of two texts is the same."""
    plain = letters(text)
    return {plain[at : at + 4] for at in range(len(plain) - 3)}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_auditable_clause_is_asked_about_twice(scheme: str, criteria: Criteria) -> None:
    asked = Counter(
        ref
        for checklist in criteria.lists.values()
        if checklist.kind == "surveillance"
        for item in checklist.items
        for ref in set(item.clauses)
    )
    counts = {
        clause.number: sum(
            n for ref, n in asked.items() if (ref.scheme, ref.number) == (scheme, clause.number)
        )
        for clause in criteria.standard_of(scheme).auditable
    }
    assert [number for number, n in counts.items() if n < 2] == []


@pytest.mark.parametrize("lang", BOTH)
def test_no_prompt_only_repeats_a_title(lang: Language, items: list[Item], criteria: Criteria) -> None:
    for item in items:
        prompt = letters(item.prompt.get(lang))
        for ref in item.clauses:
            try:
                title = letters(criteria.title(ref).get(lang))
            except KeyError:
                continue  # a clause of the newer edition alone
            assert len(prompt.replace(title, "")) >= SHORTEST[lang] * 0.6, item.id


@pytest.mark.parametrize("lang", BOTH)
def test_prompts_are_neither_short_nor_empty_phrases(lang: Language, items: list[Item]) -> None:
    short = [item.id for item in items if len(item.prompt.get(lang)) < SHORTEST[lang]]
    assert short == []
    hollow = [item.id for item in items if any(words in item.prompt.get(lang) for words in EMPTY[lang])]
    assert hollow == []


@pytest.mark.parametrize("lang", BOTH)
def test_no_two_prompts_are_the_same_question(lang: Language, items: list[Item]) -> None:
    parts = {item.id: pieces(item.prompt.get(lang)) for item in items}
    alike = [
        (one, other)
        for (one, here), (other, there) in combinations(parts.items(), 2)
        if len(here & there) > 0.6 * min(len(here), len(there))
    ]
    assert alike == []


def test_there_is_a_pack_for_every_kind_of_place(criteria: Criteria) -> None:
    packs = {key.removeprefix("place-"): one for key, one in criteria.lists.items() if one.kind == "place"}
    assert packs.keys() == PLACES
    for pack in packs.values():
        assert pack.photos
        assert pack.words
        assert len(pack.items) >= 3
        assert any(item.records or item.failures for item in pack.items), pack.id
        assert any(item.cards for item in pack.items), pack.id


def test_packs_of_sectors_are_told_apart_and_help(criteria: Criteria) -> None:
    sectors = [one for one in criteria.lists.values() if one.kind == SECTOR]
    assert len(sectors) >= 3
    words = Counter(word for sector in sectors for word in sector.words)
    assert max(words.values()) == 1
    for sector in sectors:
        assert len(sector.items) >= 5
        assert all(item.records and item.failures for item in sector.items), sector.id
        assert {"QMS", "EMS", "OHSMS"} <= {ref.scheme for item in sector.items for ref in item.clauses}


def test_there_is_a_list_for_each_type_of_audit(criteria: Criteria) -> None:
    for kind in ("surveillance", "stage1", "stage2", "initial", "recertification", "special"):
        asked = [
            item
            for one in criteria.lists.values()
            if kind in (one.kind, *one.also) and "QMS" in one.schemes
            for item in one.items
        ]
        assert len(asked) >= 6, kind


def test_every_clause_has_typical_records_and_failures(criteria: Criteria) -> None:
    guides = [guide for guidance in criteria.guidance.values() for guide in guidance.guides]
    for guide in guides:
        assert guide.records
        assert guide.failures
    for scheme in ("QMS", "EMS", "OHSMS"):
        helped = {ref for guide in guides for ref in guide.clauses if ref.scheme == scheme}
        without = [
            clause.number
            for clause in criteria.standard_of(scheme).auditable
            if not any(ref.number == clause.number for ref in helped)
        ]
        assert len(without) <= 6, (scheme, without)
