"""What is asked here: the data shipped with the program, and the files of the house beside its data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

from server.criteria.document import Problem
from server.criteria.load import Criteria, CriteriaError, load_criteria
from server.settings import data_root


class Installed(Struct, frozen=True, kw_only=True):
    """The criteria in use, the folders they were read from, and what keeps the house's own files out."""

    criteria: Criteria
    folders: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()


def own_folder(data: Path) -> Path:
    """Where a house keeps lists, packs, layers, phrases, standards and itself, in folders as shipped."""
    return data / "checklists"


def install(own: Path) -> Installed:
    """Everything that is asked. Own files come first, so that a house of one's own is the one offered.

    Own files that are not sound are left out altogether: an office that mistypes a line, or an upgrade that
    drops an item, must not keep auditors from working. `problems` says why, for the office and the doctor.
    """
    shipped = data_root("checklists")
    if not any(own.rglob("*.toml")):
        return Installed(criteria=_shipped(), folders=(shipped,))
    try:
        return Installed(criteria=load_criteria(own, shipped), folders=(own, shipped))
    except CriteriaError as error:
        return Installed(criteria=_shipped(), folders=(shipped,), problems=tuple(error.problems))


@cache
def _shipped() -> Criteria:
    """As installed: these never change while the program runs."""
    return load_criteria(data_root("checklists"))
