"""Paragraphs that were written before: what one audit says nearly word for word as an earlier one did.

Compared by pairs of neighbouring characters, blanks and punctuation left out; so a changed number or name
in a long paragraph hides nothing, and the order of sentences does not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from server.audit.state import State

SAME = 0.8
"""From this share on a paragraph counts as written before (review rule RV-09)."""
SHORTEST = 40
"""Shorter ones, in letters and characters, are alike by chance: 未发生投诉."""
_BETWEEN = re.compile(r"[\W_]+")


class Paragraph(NamedTuple):
    """What somebody wrote in an audit. `where`: `observations/ID`, `report#ELEMENT`."""

    where: str
    text: str


class Repeat(NamedTuple):
    """A paragraph that stands in an earlier audit already, by the largest share found there."""

    where: str
    share: float


def paragraphs(state: State) -> Iterator[Paragraph]:
    """What auditors wrote in an audit, paragraph by paragraph, in the language it was written in."""
    for thing, content in state.standing_observations():
        yield from _parts(f"observations/{thing.id}", content.text.zh or content.text.en)
    for element, answer in state.answers.items():
        if answer.current is not None:
            yield from _parts(f"report#{element}", answer.current.text.zh or answer.current.text.en)


def _parts(where: str, text: str) -> Iterator[Paragraph]:
    for part in text.splitlines():
        plain = _BETWEEN.sub("", part).lower()
        if len(plain) >= SHORTEST:
            yield Paragraph(where, plain)


def repeats(now: Iterable[Paragraph], before: Iterable[Paragraph]) -> list[Repeat]:
    """The paragraphs of `now` that are the same as one of `before` by at least `SAME`; each place once."""
    earlier = _texts(frozenset(one.text for one in before))
    found: dict[str, float] = {}
    for one in now:
        share = earlier.most_alike(one.text)
        if share >= SAME:
            found[one.where] = max(share, found.get(one.where, 0.0))
    return [Repeat(where, share) for where, share in found.items()]


@lru_cache(maxsize=32)
def _texts(texts: frozenset[str]) -> _Texts:
    """Kept, because an audit that grows is compared with the same earlier one again and again."""
    return _Texts(texts)


class _Texts:
    """Texts by the pairs of characters they hold, the rare ones asked first."""

    def __init__(self, texts: frozenset[str]) -> None:
        self._known: dict[str, float] = dict.fromkeys(texts, 1.0)
        self._pairs = {text: _pairs(text) for text in texts}
        self._holding: dict[str, list[str]] = {}
        for text, pairs in self._pairs.items():
            for pair in pairs:
                self._holding.setdefault(pair, []).append(text)

    def most_alike(self, text: str) -> float:
        """The largest share that the text has in common with one of these; below `SAME` perhaps less.

        Of two texts the same by `SAME` = 4/5 neither lacks more than a third of the other's pairs, so a third
        of the pairs, the rarest, finds every text worth comparing.
        """
        if text not in self._known:
            self._known[text] = self._compared(text)
        return self._known[text]

    def _compared(self, text: str) -> float:
        pairs = _pairs(text)
        enough, asked, candidates = pairs.total() / 3, 0, set[str]()
        for pair in sorted(pairs, key=lambda one: len(self._holding.get(one, ()))):
            candidates.update(self._holding.get(pair, ()))
            asked += pairs[pair]
            if asked > enough:
                break
        return max((_share(pairs, self._pairs[one]) for one in candidates), default=0.0)


def _share(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())


def _pairs(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(len(text) - 1))
