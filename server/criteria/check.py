"""Checking data before it is used: what is wrong, and which clauses no surveillance item covers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from server.criteria.document import Document, read_documents
from server.criteria.load import Criteria, CriteriaError, load_documents
from server.criteria.model import Checklist, ClauseRef
from server.settings import data_root

BAD_INPUT = 2


def main(paths: Sequence[Path], own: Path | None = None) -> int:
    """Check ``paths`` and say what they hold and which clauses have no item.

    Without paths: the shipped data with the ``own`` files of the house.

    0 if nothing is wrong, else 2 with one line a problem on stderr. A clause without item is no problem: a
    list of a house may be meant to hold a few items only.
    """
    try:
        criteria = check_paths(paths, data_root("checklists"), own)
    except CriteriaError as error:
        print_problems(error)
        return BAD_INPUT
    items = sum(len(checklist.items) for checklist in criteria.lists.values())
    phrases = sum(len(bank.phrases) for bank in criteria.phrases.values())
    print(
        f"OK: {len(criteria.standards)} standards, {len(criteria.crosswalks)} crosswalks, "
        f"{len(criteria.laws)} laws, {len(criteria.lists)} lists with {items} items, "
        f"{len(criteria.cards)} cards, {len(criteria.forms)} forms, {len(criteria.houses)} houses, "
        f"{len(criteria.layers)} layers, {phrases} phrases"
    )
    for scheme in without_list(criteria):
        print(f"no surveillance list for {scheme}")
    for ref in uncovered(criteria):
        print(f"no surveillance item for {ref.code} {criteria.title(ref).en}")
    return 0


def print_problems(error: CriteriaError) -> None:
    """One line a problem on stderr: file, line and reason."""
    for problem in error.problems:
        print(problem, file=sys.stderr)


def check_paths(paths: Sequence[Path], shipped: Path, own: Path | None = None) -> Criteria:
    """The data at ``paths``, checked; raises ``CriteriaError`` with every problem.

    A folder with a report form is all data there is. Anything else is checked against the ``shipped`` data
    and the ``own`` files of the house, in which it takes the place of what has the same id.
    """
    standing = [own, shipped] if own is not None and any(own.rglob("*.toml")) else [shipped]
    documents = read_documents(paths or standing)
    if paths and not any(document.kind == "form" and document.id for document in documents):
        given = {_name(document) for document in documents}
        documents += [document for document in read_documents(standing) if _name(document) not in given]
    return load_documents(documents)


def _name(document: Document) -> tuple[str, str]:
    return document.kind, document.id


def without_list(criteria: Criteria) -> list[str]:
    """Schemes with a standard for which no surveillance list is made."""
    listed = {scheme for checklist in _surveillance(criteria) for scheme in checklist.schemes}
    return [scheme for scheme in _schemes(criteria) if scheme not in listed]


def uncovered(criteria: Criteria) -> list[ClauseRef]:
    """Auditable clauses, of every scheme with a surveillance list, that no item of such a list names."""
    covered = {
        ref for checklist in _surveillance(criteria) for item in checklist.items for ref in item.clauses
    }
    bare = without_list(criteria)
    auditable = (
        ClauseRef(scheme=scheme, number=clause.number)
        for scheme in _schemes(criteria)
        if scheme not in bare
        for clause in criteria.standard_of(scheme).auditable
    )
    return sorted(ref for ref in auditable if ref not in covered)


def _surveillance(criteria: Criteria) -> list[Checklist]:
    return [checklist for checklist in criteria.lists.values() if checklist.kind == "surveillance"]


def _schemes(criteria: Criteria) -> list[str]:
    return list(dict.fromkeys(standard.scheme for standard in criteria.standards.values()))


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
