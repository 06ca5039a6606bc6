"""Reading clauses and standards as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from string import ascii_uppercase

from server.criteria.model import SCHEME_LETTERS, ClauseRef, Standard

_SCHEME_OF = {letter.upper(): scheme for scheme, letter in SCHEME_LETTERS.items()} | {"S": "OHSMS"}
_LETTERS_LONGEST_FIRST = sorted(_SCHEME_OF, key=len, reverse=True)
_PART = re.compile(r"([A-Z]*)([0-9.]*)")
_NUMBER = re.compile(r"[1-9]\d?(\.[1-9]\d?)*")
OWN_LETTERS = "".join(letter for letter in ascii_uppercase if letter not in "".join(_SCHEME_OF))
"""Those with which a house's own scheme may begin: no other scheme has them."""
_OWN = re.compile(rf"[{OWN_LETTERS}][A-Z]{{0,3}}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_STANDARD = re.compile(r"(ISO|GB/?T)(\d{4,5})[-:](\d{4})(?!\d)")
_HACCP_V1 = re.compile(r"HACCP[^/]*V1\.0|CNCA-N-001[-:]2021")


class _AnyOwn:
    """Every name that a house may give a scheme."""

    def __contains__(self, scheme: object) -> bool:
        return isinstance(scheme, str) and can_be_own(scheme)


ANY_OWN = _AnyOwn()


def can_be_own(scheme: str) -> bool:
    """Whether a house may name a scheme so.

    1 to 4 capitals, the first of which begins no other scheme: then ``QIS8.1`` can be read in one way only.
    """
    return _OWN.fullmatch(scheme) is not None


def parse_clause(code: str, own: Container[str] = ()) -> list[ClauseRef]:
    """The clauses that a code names, in the order written and each once.

    Takes ``Q7.1.5.2``, ``E/O8.2``, ``ES8.1`` (``S`` is OHSMS too), ``E8.1/O8.1.1``, full-width characters and
    stray blanks. ``own``: schemes of the house that may be named. Raises ``ValueError`` that says what is
    wrong.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", code)).upper()
    if not plain:
        raise ValueError("the clause is empty")
    waiting: list[str] = []
    refs: list[ClauseRef] = []
    for part in re.split(r"[/,、]", plain):
        match = _PART.fullmatch(part)
        if match is None or not part:
            raise ValueError(f'"{code}" is not a clause; write it like Q8.5.1 or E/O8.2')
        letters, number = match.groups()
        waiting += _schemes(letters, code, own)
        if not number:
            continue
        if not waiting:
            raise ValueError(_letterless(number, code))
        if not _NUMBER.fullmatch(number):
            raise ValueError(f'"{number}" in "{code}" is not a clause number')
        refs += [ClauseRef(scheme=scheme, number=number) for scheme in waiting]
        waiting = []
    if waiting:
        raise ValueError(f'"{code}" has no clause number')
    return list(dict.fromkeys(refs))


def _schemes(letters: str, code: str, own: Container[str]) -> list[str]:
    schemes: list[str] = []
    while letters:
        if letters in own and can_be_own(letters):
            return [*schemes, letters]
        known = next((known for known in _LETTERS_LONGEST_FIRST if letters.startswith(known)), None)
        if known is None:
            raise ValueError(
                f'"{letters}" in "{code}" is no scheme letter; there are {", ".join(SCHEME_LETTERS.values())}'
            )
        schemes.append(_SCHEME_OF[known])
        letters = letters[len(known) :]
    return schemes


def _letterless(number: str, code: str) -> str:
    if number.startswith("0"):
        return f'"{code}" begins with a zero; the letter O stands for OHSMS'
    return f'"{code}" has no scheme letter; write it like Q{number}'


def parse_standard(name: str, standards: Iterable[Standard]) -> Standard:
    """The standard that a name as people write it stands for.

    Takes the ISO or the GB designation or both ("GB/T 19001-2016 / ISO 9001:2015") with uneven blanks and
    full-width punctuation, words around it ignored. Raises ``ValueError`` if it names none, one without its
    edition, one that is not among ``standards``, or two different ones.
    """
    plain = unicodedata.normalize("NFKC", name).translate(_DASHES).upper()
    named = _designations(plain)
    if not named:
        raise ValueError(f'"{name}" names no edition of a standard; write it like ISO 9001:2015')
    by_designation = {
        designation: standard
        for standard in standards
        for designation in _designations(f"{standard.id}/{standard.gb}".upper())
    }
    unknown = sorted(named - by_designation.keys())
    if unknown:
        raise ValueError(f'"{name}": {" and ".join(unknown)} is not among the standards')
    found = {by_designation[designation].id: by_designation[designation] for designation in named}
    if len(found) > 1:
        raise ValueError(f'"{name}" names different standards: {", ".join(sorted(found))}')
    return next(iter(found.values()))


def _designations(plain: str) -> set[str]:
    """What ``plain`` names, each in one way of writing; capitals and ASCII punctuation only."""
    tight = re.sub(r"\s", "", plain)
    named = {
        f"ISO {number}:{year}" if series == "ISO" else f"GB/T {number}-{year}"
        for series, number, year in _STANDARD.findall(tight)
    }
    return named | {"HACCP V1.0" for _ in _HACCP_V1.findall(tight)}
