"""What is asked, in the numbers of the editions that an audit names.

Lists, phrases and rules are written in the numbers of the oldest edition that certificates run on. A number
that this edition doesn't have is one of a newer edition, and stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from server.criteria.crosswalk import Crosswalk, crosswalk_between
from server.criteria.load import Criteria
from server.criteria.model import ClauseRef

T = TypeVar("T", bound=msgspec.Struct)

_Numbers = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By scheme and number as written: the numbers in the edition of the audit."""


def in_editions(criteria: Criteria, editions: Mapping[str, str]) -> Criteria:
    """The criteria with every clause in the numbers of ``editions`` (standard ids by scheme).

    What asks about nothing but a clause that was dropped is left out.
    """
    numbers = {
        scheme: {number: tuple(row.to) for row in walk.rows for number in row.from_}
        for scheme, edition in editions.items()
        if (walk := crosswalk_to(criteria, scheme, edition))
    }
    if not numbers:
        return criteria
    return msgspec.structs.replace(
        criteria,
        written={key: _inside(one, "items", numbers) for key, one in criteria.written.items()},
        lists={key: _inside(one, "items", numbers) for key, one in criteria.lists.items()},
        guidance={key: _inside(one, "guides", numbers) for key, one in criteria.guidance.items()},
        phrases={key: _inside(one, "phrases", numbers) for key, one in criteria.phrases.items()},
        mandatory={
            key: _inside(one, "points", numbers, keep=True) for key, one in criteria.mandatory.items()
        },
        forms={key: _inside(one, "elements", numbers, keep=True) for key, one in criteria.forms.items()},
    )


def crosswalk_to(criteria: Criteria, scheme: str, edition: str) -> Crosswalk | None:
    """From the edition in which lists are written to another; None where there is none, or none is needed."""
    try:
        base = criteria.standard_of(scheme)
        return crosswalk_between(criteria.crosswalks, base, criteria.standards[edition])
    except LookupError:
        return None


def _inside(whole: T, key: str, numbers: _Numbers, *, keep: bool = False) -> T:
    """``whole`` with its clauses renumbered. ``keep``: also entries that are left without any."""
    entries: Iterable[Any] = getattr(whole, key)
    made = [_renumbered(entry, numbers) for entry in entries]
    kept = [
        entry for entry, was in zip(made, entries, strict=True) if keep or entry.clauses or not was.clauses
    ]
    return msgspec.structs.replace(whole, **{key: type(entries)(kept)})  # type: ignore[call-arg]


def _renumbered(entry: Any, numbers: _Numbers) -> Any:
    refs: Iterable[ClauseRef] = entry.clauses
    if not any(ref.scheme in numbers for ref in refs):
        return entry
    now = dict.fromkeys(
        ClauseRef(scheme=ref.scheme, number=number)
        for ref in refs
        for number in numbers.get(ref.scheme, {}).get(ref.number, (ref.number,))
    )
    return msgspec.structs.replace(entry, clauses=type(refs)(now))  # type: ignore[call-arg]
