"""Finding laws and standards in what people wrote, and what is wrong with the way they are named."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, NamedTuple

from server.criteria.laws import Law, successor

Fault = Literal["misnamed", "obsolete", "not_yet", "unknown_edition"]
"""``misnamed``: no such name, another is meant. ``obsolete``: no longer in force, or an older text.
``not_yet``: in force only later. ``unknown_edition``: newer than what is known here."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_STATE = "中华人民共和国"
_QUOTED = re.compile(r"《([^《》]{2,60})》(\([^()]{0,40}\))?")
_INSIDE = re.compile("《[^《》]*》")
_TAIL = re.compile(r"\([^()]*\)$")
_YEAR = re.compile(r"(?<![\d-])((?:19|20)\d\d)(?!\d)")
_BEGINS = re.compile("施行|实施|生效|起")
_NUMBERED = re.compile(
    r"(?<![A-Z])(GBZ|GB|AQ|HJ|JGJ|TSG|DB\d\d)\s?(/?T)?[ /]?\s?(\d+(?:\.\d+)*)"
    r"(?:\s?-\s?((?:19|20)\d\d|\d\d))?(?!\d)"
)
_NO_NAME_BEFORE = "省市区县州"
_NO_NAME_AFTER = "规律定人庭则兰宝院制案务学"
_CUE_BEFORE = "按照据依反合"
_SHORT = 3


class LawMention(NamedTuple):
    """A law found in a text: ``text[start:end]`` is ``written``.

    ``law`` is what was meant, ``instead`` what should stand there (the same where nothing is wrong).
    """

    start: int
    end: int
    written: str
    law: Law
    fault: Fault | None
    instead: Law


class _Designation(NamedTuple):
    """Number of a standard apart from whether it is recommended (``/T``) and its year."""

    family: str
    number: str


def find_law(text: str, laws: Iterable[Law], on: date) -> list[LawMention]:
    """Every law and standard among ``laws`` that ``text`` names, in order, judged for the day ``on``.

    Names in 《》 are compared closely, so that a slip in one is found too; outside only names that are
    written as such. A standard is found by its number. What is not known is left out: it may well be right.
    For many texts make one ``LawNames`` and ask that.
    """
    return LawNames(laws).find(text, on)


def _plain(text: str) -> str:
    """``text`` with ASCII for full-width characters and all dashes alike, place by place."""
    narrow = (unicodedata.normalize("NFKC", character) for character in text)
    kept = (new if len(new) == 1 else old for old, new in zip(text, narrow, strict=True))
    return "".join(kept).translate(_DASHES)


def _key(name: str) -> str:
    return re.sub(r"[\s“”\"'〈〉]", "", _plain(name)).removeprefix(_STATE)


_Judged = tuple[Law, Fault | None, Law]
_Found = tuple[tuple[int, int], _Judged]


class LawNames:
    """Laws by every way of naming them."""

    def __init__(self, laws: Iterable[Law]) -> None:
        self._by_id = {law.id: law for law in laws}
        self._right: defaultdict[str, list[Law]] = defaultdict(list)
        self._wrong: dict[str, Law] = {}
        self._numbers: defaultdict[_Designation, list[tuple[int, bool, Law]]] = defaultdict(list)
        for law in self._by_id.values():
            self._right[_key(law.name.zh)].append(law)
            self._wrong |= {_key(name): law for name in law.misnamed}
            for match in _NUMBERED.finditer(law.number if law.rank == "standard" else ""):
                designation, recommended, year = _designation(match)
                self._numbers[designation].append((year or 0, recommended, law))
        spoken = [key for key, entries in self._right.items() if entries[0].rank != "standard"]
        longest_first = sorted([*spoken, *self._wrong], key=len, reverse=True)
        self._bare = re.compile(f"(?:{_STATE})?({'|'.join(map(re.escape, longest_first)) or '(?!)'})")

    def find(self, text: str, on: date) -> list[LawMention]:
        """What ``find_law`` does."""
        plain = _plain(text)
        outside = _INSIDE.sub(lambda match: "《" * len(match[0]), plain)
        found = [
            LawMention(start, end, text[start:end], *judged)
            for (start, end), judged in (
                *self._quoted_in(plain, on),
                *self._bare_in(outside, on),
                *self._numbered_in(plain, on),
            )
        ]
        return sorted(found, key=lambda mention: (mention.start, mention.end))

    def _quoted_in(self, plain: str, on: date) -> Iterator[_Found]:
        """Names in 《》."""
        for match in _QUOTED.finditer(plain):
            judged = self._quoted(match[1], match[2] or "", on)
            if judged is not None:
                yield (match.start(), match.end(1) + 1), judged

    def _quoted(self, name: str, after: str, on: date) -> _Judged | None:
        """What a name in 《》 stands for; ``after`` is what follows in brackets."""
        whole, short = _key(name), _key(_TAIL.sub("", name.strip()))
        key = whole if whole in self._right else short
        if key in self._right:
            return self._edition(self._of_day(self._right[key], on), whole.removeprefix(key) + after, on)
        meant = self._wrong.get(key) or self._near(key)
        return self._judge(meant, on, "misnamed") if meant else None

    def _bare_in(self, plain: str, on: date) -> Iterator[_Found]:
        """Names written without 《》."""
        for match in self._bare.finditer(plain):
            before, after = plain[: match.start()][-1:], plain[match.end() : match.end() + 1]
            if (before and before in _NO_NAME_BEFORE) or (after and after in _NO_NAME_AFTER):
                continue
            if len(match[1]) <= _SHORT and not ((before and before in _CUE_BEFORE) or after == "第"):
                continue
            if match[1] in self._right:
                yield match.span(), self._judge(self._of_day(self._right[match[1]], on), on, None)
            else:
                yield match.span(), self._judge(self._wrong[match[1]], on, "misnamed")

    def _numbered_in(self, plain: str, on: date) -> Iterator[_Found]:
        """Standards by number."""
        for match in _NUMBERED.finditer(plain.upper() if len(plain.upper()) == len(plain) else plain):
            designation, recommended, year = _designation(match)
            editions = self._numbers.get(designation)
            if editions:
                yield match.span(), self._numbered(editions, recommended, year, on)

    def _numbered(
        self, editions: list[tuple[int, bool, Law]], recommended: bool, year: int | None, on: date
    ) -> _Judged:
        law, fault, instead = self._by_year(editions, year, on)
        prefixed = next(is_recommended for _, is_recommended, known in editions if known is law)
        return law, fault or ("misnamed" if prefixed != recommended else None), instead

    def _by_year(self, editions: list[tuple[int, bool, Law]], year: int | None, on: date) -> _Judged:
        for known_year, _, law in editions:
            if year == known_year:
                return self._judge(law, on, None)
        current = self._of_day([law for _, _, law in editions], on)
        if year is None:
            return self._judge(current, on, None)
        if year > max(known_year for known_year, _, _ in editions):
            return current, "unknown_edition", current
        return current, "obsolete" if current.in_force(on) else None, current

    def _edition(self, law: Law, year_text: str, on: date) -> _Judged:
        """A law named with the year of its text (2014年修订); the day on which it begins is no such year."""
        year = None if _BEGINS.search(year_text) else _YEAR.search(year_text)
        older = year and law.amended and int(year[1]) < law.amended <= on.year
        return self._judge(law, on, "obsolete" if older else None)

    def _judge(self, law: Law, on: date, fault: Fault | None) -> _Judged:
        if law.valid_to and law.valid_to < on:
            return law, "obsolete", successor(law, self._by_id, on)
        if law.valid_from and on < law.valid_from:
            earlier = [
                other for other in self._by_id.values() if other.replaced_by == law.id and other.in_force(on)
            ]
            return law, "not_yet", earlier[0] if len(earlier) == 1 else law
        return law, fault, law

    def _of_day(self, several: list[Law], on: date) -> Law:
        return next((law for law in several if law.in_force(on)), several[0])

    def _near(self, key: str) -> Law | None:
        """The one law whose name differs from ``key`` by a slip; words put before a name make a local law."""
        if not key.endswith(("法", "条例", "法典")):
            return None
        ending = "条例" if key.endswith("条例") else key[-1]
        near = [
            entries[0]
            for name, entries in self._right.items()
            if name.endswith(ending) and not key.endswith(name) and _distance(name, key) * 4 < len(name)
        ]
        return near[0] if len(near) == 1 else None


def _designation(match: re.Match[str]) -> tuple[_Designation, bool, int | None]:
    family, recommended, number, year = match.groups()
    full = int(year) if year else None
    if full is not None and full < 100:
        full += 1900 if full >= 50 else 2000
    return _Designation(family, number), bool(recommended), full


def _distance(one: str, other: str) -> int:
    """Edit distance; far apart in length counts as far apart."""
    if abs(len(one) - len(other)) > 2:
        return max(len(one), len(other))
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]
