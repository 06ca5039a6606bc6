"""The text of clauses that a house has a licence for: it prefills what a nonconformity quotes as required.

`<data>/clauses/<house>/*.toml`, private: beside the checklists and never among them, so nothing that exports,
pins or compares checklists knows of it.

    standard = "ISO 9001:2015"
    [clauses]
    "7.1.5.2".zh = "…"
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from server.criteria.document import Problem
from server.criteria.model import ClauseRef, Text

Texts = dict[tuple[str, str], Text]
"""By standard and number."""


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str = ""
    en: str = ""


class _Pack(Struct, frozen=True, forbid_unknown_fields=True):
    standard: str
    clauses: dict[str, _Words]


class ClauseTexts(Struct, frozen=True, kw_only=True):
    """The texts by house, and what is wrong with files that are left out."""

    of_house: dict[str, Texts] = {}
    problems: tuple[Problem, ...] = ()

    def quote(self, house: str, standard: str, clause: ClauseRef) -> Text | None:
        """The text of a clause, else of the nearest one above it; None where the house has none."""
        texts, number = self.of_house.get(house, {}), clause.number
        while number:
            if found := texts.get((standard, number)):
                return found
            number = number.rpartition(".")[0]
        return None


def load_clause_texts(folder: Path) -> ClauseTexts:
    """Every pack below the folder. A file that is not sound is left out and named: it must stop nobody."""
    of_house: dict[str, Texts] = {}
    problems = []
    for path in sorted(folder.glob("*/*.toml")):
        try:
            pack = msgspec.toml.decode(path.read_bytes(), type=_Pack)
        except (OSError, ValueError) as error:
            problems.append(Problem(str(path), 1, f"holds no clause texts: {error}"))
            continue
        texts = of_house.setdefault(path.parent.name, {})
        for number, words in pack.clauses.items():
            texts[pack.standard, number] = Text(zh=words.zh, en=words.en)
    return ClauseTexts(of_house=of_house, problems=tuple(problems))
