"""How often the first suggestion, or one of the first three, is right: by scheme and language."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from server.criteria.suggest.rank import ranker

Rank = Callable[[str, str], Sequence[str]]
"""Text and scheme → clause numbers, the likeliest first."""


Row = tuple[str, str, str]
"""Part (`dev`, `held_out`), scheme and language."""


class Sentence(msgspec.Struct, frozen=True):
    """A labelled sentence: the clauses under which a reviewer would accept it."""

    id: str
    scheme: str
    lang: str
    split: str
    labels: list[str]
    text: str


class Figures(NamedTuple):
    """Of `sentences`, how many have a right clause first, and among the first three."""

    sentences: int
    first: int
    three: int


def read_sentences(path: Path) -> list[Sentence]:
    """The labelled sentences of a file, one a line."""
    return [msgspec.json.decode(line, type=Sentence) for line in path.read_bytes().splitlines()]


def numbers(text: str, scheme: str) -> list[str]:
    """The ranking of the program itself."""
    return [one.number for one in ranker((scheme,)).rank(text)]


def evaluate(sentences: Iterable[Sentence], rank: Rank = numbers) -> dict[Row, Figures]:
    """Figures by row; `all` stands for every scheme or language."""
    total: Counter[Row] = Counter()
    first: Counter[Row] = Counter()
    three: Counter[Row] = Counter()
    for sentence in sentences:
        found = list(rank(sentence.text, sentence.scheme))[:3]
        right = [number in sentence.labels for number in found]
        for scheme in (sentence.scheme, "all"):
            for lang in (sentence.lang, "all"):
                row = (sentence.split, scheme, lang)
                total[row] += 1
                first[row] += right[0]
                three[row] += any(right)
    return {row: Figures(total[row], first[row], three[row]) for row in total}


def main(path: Path) -> int:
    """Print the figures of a labelled file, one line for each part, scheme and language."""
    figures = evaluate(read_sentences(path))
    print("part\tscheme\tlanguage\tsentences\tfirst\twithin three")
    for (split, scheme, lang), (n, first, three) in sorted(figures.items()):
        print(f"{split}\t{scheme}\t{lang}\t{n}\t{first / n:.1%}\t{three / n:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
