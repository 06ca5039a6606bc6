"""Packing the word lists into the one small file that server and phone read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from server.criteria.model import TermList, Topic, Words
from server.criteria.suggest.rank import Model
from server.criteria.suggest.words import split_terms, term_key, units

SETTINGS = {"levels": [6.0, 3.0, 1.0], "decay": 0.9, "early": 0.6, "early_units": 24, "window": 14}
"""What a word of each level is worth, and the other numbers of `rank`; chosen on the `dev` part of the
labelled sentences."""

FALLBACK = {
    "QMS": ["8.5.1", "7.1.3", "8.1"],
    "EMS": ["8.1", "6.1.2", "9.1.1"],
    "OHSMS": ["8.1.2", "8.1.1", "6.1.2.1"],
    "EnMS": ["8.1", "6.3", "9.1.1"],
    "FSMS": ["8.2.4", "8.5.4.3", "7.1.3"],
    "EC": ["10.5", "11.2", "8.4"],
    "HACCP": ["6.4", "6.3", "7.6"],
}
"""Where most of what is noted in a scheme belongs: offered when no word is known."""


def compile_terms(lists: Iterable[TermList]) -> Model:
    """The model of all word lists, the same for the same lists."""
    topics = [topic for one in sorted(lists, key=lambda one: one.id) for topic in one.topics]
    packed = [_packed(topic) for topic in topics]
    longest = max((_length(term) for topic in topics for term in _terms(topic)), default=1)
    return Model(longest=longest, fallback=FALLBACK, topics=packed, **SETTINGS)  # type: ignore[arg-type]


def to_bytes(model: Model) -> bytes:
    """The file."""
    return msgspec.json.encode(model) + b"\n"


def _packed(topic: Topic) -> list[str]:
    codes = "|".join(f"{ref.scheme} {ref.number}" for ref in topic.clauses)
    seen: set[str] = set()
    return [codes, *("|".join(_keys(level, seen)) for level in (topic.sure, topic.usual, topic.hint))]


def _keys(level: Words, seen: set[str]) -> Iterator[str]:
    for term in (*split_terms(level.zh), *split_terms(level.en)):
        packed = "+".join(term_key(part) for part in term.split("+"))
        if packed not in seen:
            seen.add(packed)
            yield packed


def _terms(topic: Topic) -> Iterator[str]:
    for level in (topic.sure, topic.usual, topic.hint):
        yield from split_terms(level.zh)
        yield from split_terms(level.en)


def _length(term: str) -> int:
    return max(len(units(part)) for part in term.split("+"))
