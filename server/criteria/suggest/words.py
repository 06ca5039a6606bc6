"""Cutting a text into units: a Chinese character each, English words by their stem, numbers as they stand."""

from __future__ import annotations

import re
import unicodedata
from functools import reduce
from typing import NamedTuple

_UNIT = re.compile(r"[a-z]+(?:'s)?|[0-9]+(?:\.[0-9]+)*|[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z0-9]")
_VOWEL = re.compile(r"[aeiouy]")
_STOP = re.compile(r"[。；;！？!?\n]|[.:](?=\s|$)")
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")
_KEEP_S = ("ss", "us", "is")


class Unit(NamedTuple):
    """One unit, where it stands in the text (in UTF-16 units, as a browser counts), and in which sentence."""

    word: str
    start: int
    end: int
    sentence: int


def units(text: str) -> list[Unit]:
    """The units of a text in order. Full-width letters count as plain ones; what is between is left out."""
    plain = "".join(_plain(letter) for letter in text)
    found: list[Unit] = []
    sentence, end = 0, 0
    for match in _UNIT.finditer(plain):
        sentence += bool(_STOP.search(plain[end : match.start()]))
        end = match.end()
        found.append(Unit(stem(match.group()), match.start(), end, sentence))
    return found


def has_units(text: str) -> bool:
    """Whether anything is left of a text when it is cut into units."""
    return _UNIT.search(unicodedata.normalize("NFKC", text).lower()) is not None


def _plain(letter: str) -> str:
    """A letter as compared, of the same length, so that places in the plain text are places in the text."""
    if ord(letter) > 0xFFFF:
        return "  "
    folded = unicodedata.normalize("NFKC", letter).lower()
    if len(folded) != 1:
        return " "
    return "'" if folded == "’" else folded


def stem(word: str) -> str:
    """An English word without its commonest endings; anything else as it is.

    Light on purpose: `calibrated`, `calibration` and `calibrates` meet, `process` stays.
    """
    if not ("a" <= word[0] <= "z"):
        return word
    word = word.removesuffix("'s")
    if len(word) > 3 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(_KEEP_S):
        word = word[:-1]
    for ending in ("ing", "ed", "ion"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and _VOWEL.search(rest):
            word = _DOUBLED.sub(r"\1", rest)
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def joined(key: str, word: str) -> str:
    """A key with one more unit: a blank only where two words of letters or digits meet."""
    return f"{key} {word}" if key and _LATIN.match(key[-1]) and _LATIN.match(word[0]) else key + word


def term_key(term: str) -> str:
    """The key of a term as people write it."""
    return reduce(joined, (unit.word for unit in units(term)), "")


def split_terms(text: str) -> list[str]:
    """The terms of a list as people write it: between commas or the Chinese enumeration comma."""
    return [term for part in text.replace("、", ",").split(",") if (term := part.strip())]
