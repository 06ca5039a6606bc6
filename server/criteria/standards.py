"""What a file with one edition of a standard must agree on, and what a scheme of a house's own needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.criteria.clauses import OWN_LETTERS, can_be_own
from server.criteria.lines import Path
from server.criteria.model import SCHEME_LETTERS, Standard

_NUMBER = re.compile(r"[1-9]\d?(\.[1-9]\d?)*")


def problems(standard: Standard) -> Iterator[tuple[Path, str]]:
    """What is wrong with the standard of one file: where in it, and why."""
    yield from _of_known(standard) if standard.scheme in SCHEME_LETTERS else _of_own(standard)
    for position, clause in enumerate(standard.clauses):
        if not _NUMBER.fullmatch(clause.number):
            yield ("clauses", position, "number"), f"{clause.number} is not a clause number"
    if not standard.clauses and not standard.areas:
        yield ("clauses",), "has neither clauses nor, where their numbers are not known, areas"


def _of_known(standard: Standard) -> Iterator[tuple[Path, str]]:
    if SCHEME_LETTERS[standard.scheme] != standard.letter:
        yield ("letter",), f"the letter of {standard.scheme} is not {standard.letter}"
    if standard.scheme_name is not None:
        yield ("scheme_name",), f"{standard.scheme} has its name already; leave scheme_name out"


def _of_own(standard: Standard) -> Iterator[tuple[Path, str]]:
    if not can_be_own(standard.scheme):
        yield (
            ("scheme",),
            f'"{standard.scheme}" cannot name a scheme of your own: take one to four capital letters, '
            f"the first of them one of {OWN_LETTERS}; the others begin the schemes that are there",
        )
    elif standard.letter != standard.scheme:
        yield (
            ("letter",),
            f"a scheme of your own is named by what stands before its numbers: "
            f'write "{standard.letter}" for scheme and letter both, or "{standard.scheme}"',
        )
    if standard.scheme_name is None:
        yield ("scheme",), f"say in scheme_name.zh and scheme_name.en what {standard.scheme} is called"
