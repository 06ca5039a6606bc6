"""What the doctor says of each thing that was looked at."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Level = Literal["ok", "warning", "problem"]


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `name` is stable; `mend` says what to do, empty where all is well."""

    name: str
    level: Level
    what: str
    mend: str = ""


def ok(name: str, what: str) -> Check:
    """Nothing is wrong."""
    return Check(name=name, level="ok", what=what)


def warning(name: str, what: str, mend: str) -> Check:
    """Something that will be wrong, or only wastes room."""
    return Check(name=name, level="warning", what=what, mend=mend)


def problem(name: str, what: str, mend: str) -> Check:
    """Something that is wrong."""
    return Check(name=name, level="problem", what=what, mend=mend)
