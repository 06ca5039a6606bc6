"""Ranking the clauses of some schemes for a text.

A clause is worth the sum of its words in the text, the strongest whole and each further one less (`decay`).
A word is worth what its list says (`sure`, `usual`, `hint`), divided by the root of the number of clauses of
the scheme that share it; one near the beginning is worth a little more, because people name the subject
first. Of two words, one inside the other, the longer counts. `a+b` counts where both stand in one sentence,
at most `window` units from each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import sqrt
from pathlib import Path

import msgspec

from server.criteria.suggest.words import Unit, joined, units
from server.settings import data_root

FILE = "suggest.json"


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """The compiled word lists. A topic: clause codes (`QMS 4.1`), then words by level, each joined by `|`."""

    levels: list[float]
    decay: float
    early: float
    early_units: int
    window: int
    longest: int
    fallback: dict[str, list[str]]
    topics: list[list[str]]


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A clause, what it is worth, and the words of the text that led to it, the weightiest first."""

    scheme: str
    number: str
    score: float
    because: tuple[str, ...]


class _Share(msgspec.Struct, frozen=True):
    """What a word adds to a clause."""

    clause: int
    weight: float


class _Hit(msgspec.Struct, frozen=True):
    """A word found in the text: units `first` to `last`, the last excluded. A pair is two spans."""

    key: str
    first: int
    last: int
    second: tuple[int, int] | None = None


class Ranker:
    """The words of some schemes, ready to look up. Made once per set of schemes."""

    def __init__(self, model: Model, schemes: Iterable[str]) -> None:
        self.model = model
        wanted = list(dict.fromkeys(schemes))
        self.clauses: list[tuple[str, str]] = []
        self._places: dict[str, int] = {}
        self._words: dict[str, list[_Share]] = {}
        self._partners: dict[str, list[str]] = {}
        self._fallback = [
            f"{scheme} {number}" for scheme in wanted for number in model.fallback.get(scheme, ())
        ]
        for term, weights in self._weights(set(wanted)).items():
            self._add(term, weights)

    def _weights(self, wanted: set[str]) -> dict[str, dict[int, float]]:
        """Word → clause → the greatest worth that any list gives it there."""
        weights: dict[str, dict[int, float]] = {}
        for codes, *levels in self.model.topics:
            places = [self._place(code) for code in codes.split("|") if code.split(" ")[0] in wanted]
            if not places:
                continue
            for level, terms in zip(self.model.levels, levels, strict=False):
                for term in filter(None, terms.split("|")):
                    shares = weights.setdefault(term, {})
                    for place in places:
                        shares[place] = max(shares.get(place, 0.0), level)
        for code in self._fallback:
            self._place(code)
        return weights

    def _place(self, code: str) -> int:
        if code not in self._places:
            self._places[code] = len(self.clauses)
            scheme, number = code.split(" ")
            self.clauses.append((scheme, number))
        return self._places[code]

    def _add(self, term: str, weights: dict[int, float]) -> None:
        sharing: dict[str, int] = {}
        for place in weights:
            scheme = self.clauses[place][0]
            sharing[scheme] = sharing.get(scheme, 0) + 1
        self._words[term] = [
            _Share(place, weight / sqrt(sharing[self.clauses[place][0]])) for place, weight in weights.items()
        ]
        if "+" in term:
            for part in term.split("+"):
                self._partners.setdefault(part, []).append(term)

    def rank(self, text: str, *, least: int = 3) -> list[Suggestion]:
        """Clauses in falling order of worth; at least `least`, filled up with the commonest."""
        found = units(text)
        hits = self._hits(found)
        worth: dict[int, list[tuple[float, int, str]]] = {}
        for hit in self._counted(hits, found):
            early = max(0.0, 1 - hit.first / self.model.early_units) * self.model.early
            said = _said(text, found, hit)
            for share in self._words[hit.key]:
                worth.setdefault(share.clause, []).append((share.weight * (1 + early), hit.first, said))
        ranked = [self._suggestion(place, words) for place, words in worth.items()]
        ranked.sort(key=lambda one: (-one.score, self._places[f"{one.scheme} {one.number}"]))
        return ranked + self._filling(ranked, least)

    def _suggestion(self, place: int, words: list[tuple[float, int, str]]) -> Suggestion:
        words.sort(key=lambda word: (-word[0], word[1], word[2]))
        score, factor = 0.0, 1.0
        for weight, _, _ in words:
            score += weight * factor
            factor *= self.model.decay
        scheme, number = self.clauses[place]
        because = tuple(dict.fromkeys(said for _, _, said in words))
        return Suggestion(scheme=scheme, number=number, score=score, because=because)

    def _filling(self, ranked: Sequence[Suggestion], least: int) -> list[Suggestion]:
        known = {f"{one.scheme} {one.number}" for one in ranked}
        spare = [code.split(" ") for code in self._fallback if code not in known]
        missing = max(0, least - len(ranked))
        return [
            Suggestion(scheme=scheme, number=number, score=0.0, because=())
            for scheme, number in spare[:missing]
        ]

    def _hits(self, found: Sequence[Unit]) -> list[_Hit]:
        """Every word or part of a pair in the text, the longer of two at one place first."""
        hits: list[_Hit] = []
        for first in range(len(found)):
            wanted, here = "", []
            for last in range(first, min(len(found), first + self.model.longest)):
                wanted = joined(wanted, found[last].word)
                if wanted in self._words or wanted in self._partners:
                    here.append(_Hit(wanted, first, last + 1))
            hits += reversed(here)
        return hits

    def _counted(self, hits: Sequence[_Hit], found: Sequence[Unit]) -> list[_Hit]:
        """The words that count, each once at its first place: none inside a longer one; near pairs."""
        counted: dict[str, _Hit] = {}
        reach = 0
        for (
            hit
        ) in hits:  # in order of place, so a word that ends before the reach of an earlier one lies within it
            if hit.key not in self._words:
                continue
            if hit.last > reach:
                counted.setdefault(hit.key, hit)
                reach = hit.last
        places: dict[str, list[_Hit]] = {}
        for hit in hits:
            if hit.key in self._partners:
                places.setdefault(hit.key, []).append(hit)
        for part in places:
            for pair in self._partners[part]:
                near = None if pair in counted else self._near(pair, places, found)
                if near is not None:
                    counted[pair] = near
        return list(counted.values())

    def _near(self, pair: str, places: dict[str, list[_Hit]], found: Sequence[Unit]) -> _Hit | None:
        left, _, right = pair.partition("+")
        for one in places.get(left, ()):
            for other in places.get(right, ()):
                first, second = (one, other) if one.first <= other.first else (other, one)
                near = 0 <= second.first - first.last <= self.model.window
                if near and found[first.first].sentence == found[second.first].sentence:
                    return _Hit(pair, first.first, first.last, (second.first, second.last))
        return None


def _said(text: str, found: Sequence[Unit], hit: _Hit) -> str:
    """The words of a hit as they stand in the text."""
    spans = [(hit.first, hit.last), *([hit.second] if hit.second else [])]
    return " … ".join(text_of(text, found[first].start, found[last - 1].end) for first, last in spans)


def text_of(text: str, start: int, end: int) -> str:
    """The part of a text between places counted as a browser counts."""
    if len(text) == len(text.encode("utf-16-le")) // 2:
        return text[start:end]
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")


def load_model(path: Path | None = None) -> Model:
    """The compiled word lists that are shipped."""
    return msgspec.json.decode((path or data_root("static") / FILE).read_bytes(), type=Model)


@cache
def ranker(schemes: tuple[str, ...]) -> Ranker:
    """The ranker of some schemes with the shipped words."""
    return Ranker(load_model(), schemes)
