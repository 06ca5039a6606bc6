"""What an earlier audit left for this one: the sections that list its nonconformities and its focus."""

from __future__ import annotations

from server.audit.setup import Setup
from server.criteria.model import LANGUAGES, Text
from server.web.setup.fields import Cell, Field, Group, choice

_GRADES = ("minor", "major")


def previous_groups(setup: Setup) -> tuple[Group, ...]:
    """A group for each nonconformity of the previous audit."""
    groups = [
        Group(
            f"finding-{key}",
            previous_fields(f"previous/{key}", setup),
            title=Text(zh=found.number or key, en=found.number or key),
            removable=True,
        )
        for key, found in setup.previous.items()
    ]
    return tuple(groups)


def previous_fields(path: str, setup: Setup) -> tuple[Field, ...]:
    """The fields of one earlier nonconformity."""
    return (
        Field(
            path,
            (
                *(Cell("number"), Cell("date", "day"), choice("grade", "grade", _GRADES)),
                *(Cell("department"), _clauses(setup)),
                *(Cell("statement.zh", "long"), Cell("statement.en", "long")),
                *(
                    Cell(f"{part}.{language}")
                    for part in ("correction", "cause", "action")
                    for language in LANGUAGES
                ),
                Cell("verification_needed", "tick"),
            ),
        ),
    )


def focus_groups(setup: Setup) -> tuple[Group, ...]:
    """A group for each thing that the previous audit asks to be looked at."""
    return tuple(
        Group(
            f"point-{key}",
            focus_fields(f"focus/{key}", setup),
            title=Text(zh=found.number or key, en=found.number or key),
            removable=True,
        )
        for key, found in setup.focus.items()
    )


def focus_fields(path: str, setup: Setup) -> tuple[Field, ...]:
    """The fields of one thing to look at."""
    where = (Cell("number"), Cell("department"), _clauses(setup))
    return (Field(path, (*where, Cell("text.zh", "long"), Cell("text.en", "long"))),)


def _clauses(setup: Setup) -> Cell:
    return Cell("clauses", "clauses", schemes=tuple(setup.visit.schemes))
