"""Fields of the set-up: what stands in a form for a place of the set-up, and back.

A field shows and reads the value of one path (`visit/start`). Cells are its inputs; their names are the path
and the cell's key with a bar between, and in a list the row before the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from server.criteria.load import parse_clause
from server.criteria.model import ClauseRef, Text, letter_of
from server.web.texts import texts

CellKind = Literal["text", "long", "day", "time", "whole", "decimal", "tick", "choice", "clauses", "words"]
Value = Any
"""A value as JSON has it."""

SPARE_ROWS = 2
"""Empty lines at the end of a list to begin with."""

MOST_ROWS = 300
_DAY = re.compile(r"(\d{4})[-./年 ]?(\d{1,2})[-./月 ]?(\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2})[:：时点](\d{2})分?")


class Unreadable(ValueError):
    """What was typed can't be taken; the text is the key of the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One input. `key` is its place in the value: "" for the value itself, `name.zh` inside an object."""

    key: str = ""
    kind: CellKind = "text"
    options: tuple[tuple[str, Text], ...] = ()
    """Of a choice: value and word."""
    word: Text | None = None
    """A label of its own, where it is no fixed sentence."""
    schemes: tuple[str, ...] = ()
    """Of clauses: schemes of the house's own that they may be of."""
    of: str = ""
    """Of clauses: the scheme that a number without a letter belongs to."""

    @property
    def is_wide(self) -> bool:
        return self.kind in ("long", "words", "clauses")


PAIR = (Cell("zh"), Cell("en"))
LONG_PAIR = (Cell("zh", "long"), Cell("en", "long"))


@dataclass(frozen=True, slots=True)
class Field:
    """One place of the set-up in a form.

    unpack, pack: between the value and what the cells show, where that is not the value itself; `pack` also
        gets the value as it stands. also: further places that follow from a new value.
    """

    path: str
    cells: tuple[Cell, ...] = (Cell(),)
    rows: bool = False
    unpack: Callable[[Value], Value] | None = None
    pack: Callable[[Value, Value], Value] | None = None
    also: Callable[[Value], dict[str, Value]] | None = None
    note: Text | None = None
    """What this audit's facts say about it, shown beside what holds for all."""

    @property
    def key(self) -> str:
        """The path in keys of sentences."""
        return self.path.replace("/", ".")

    def shown(self, value: Value) -> dict[str, str]:
        """What the inputs hold for a value, by name."""
        inside = self.unpack(value) if self.unpack else value
        if not self.rows:
            return {self.name_of(cell): _write(cell, _get(inside, cell.key)) for cell in self.cells}
        found: dict[str, str] = {}
        for row, item in enumerate(inside or []):
            found[f"{self.path}|{row}|was"] = str(row)
            found |= {self.name_of(cell, row): _write(cell, _get(item, cell.key)) for cell in self.cells}
        return found

    def read(self, typed: Mapping[str, str], value: Value) -> tuple[Value, dict[str, str]]:
        """The value as typed over the one that stands, and what can't be understood: sentences by input."""
        wrong: dict[str, str] = {}
        inside = self.unpack(value) if self.unpack else value
        if self.rows:
            made: Value = self._read_rows(typed, inside or [], wrong)
        else:
            made = self._read_cells(typed, inside, wrong, None)
        return (self.pack(made, value) if self.pack and not wrong else made), wrong

    def row_count(self, typed: Mapping[str, str]) -> int:
        """How many rows the inputs hold."""
        pattern = re.compile(re.escape(self.path) + r"\|(\d{1,3})\|")
        rows = [int(match[1]) for name in typed if (match := pattern.match(name))]
        return min(max(rows, default=-1) + 1, MOST_ROWS)

    def without_row(self, typed: Mapping[str, str], row: int) -> dict[str, str]:
        """The inputs without what one row holds: an empty row counts for nothing."""
        prefix = f"{self.path}|{row}|"
        return {name: text for name, text in typed.items() if not name.startswith(prefix)}

    def name_of(self, cell: Cell, row: int | None = None) -> str:
        """The name of an input."""
        return "|".join(
            [self.path, *([str(row)] if row is not None else []), *([cell.key] if cell.key else [])]
        )

    def _read_rows(
        self, typed: Mapping[str, str], items: Sequence[Value], wrong: dict[str, str]
    ) -> list[Value]:
        made = []
        for row in range(self.row_count(typed)):
            names = [self.name_of(cell, row) for cell in self.cells if cell.kind != "choice"]
            if not any(typed.get(name, "").strip() for name in names):
                continue
            was = typed.get(f"{self.path}|{row}|was", "")
            item = items[int(was)] if was.isdigit() and int(was) < len(items) else {}
            made.append(self._read_cells(typed, item, wrong, row))
        return made

    def _read_cells(
        self, typed: Mapping[str, str], value: Value, wrong: dict[str, str], row: int | None
    ) -> Value:
        made = _copy(value)
        for cell in self.cells:
            name = self.name_of(cell, row)
            if name not in typed and cell.kind != "tick":
                continue
            try:
                part = _read(cell, typed.get(name, ""))
            except Unreadable as error:
                wrong[name] = str(error)
                continue
            made = _set(made, cell.key, part)
        return made


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that are saved together. `reloads`: what else is on the page follows from them."""

    key: str
    fields: tuple[Field, ...]
    title: Text | None = None
    reloads: bool = False
    removable: bool = False
    """The one thing that the group describes can be taken out of the set-up."""


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the set-up. `parts` are the names in `Setup.carried` and of what is missing."""

    key: str
    groups: tuple[Group, ...] = field(default=())


def choice(key: str, words: str, codes: tuple[str, ...]) -> Cell:
    """A cell that takes one of some codes; their words are sentences under `setup.<words>`."""
    zh, en = texts("zh"), texts("en")
    options = tuple(
        (code, Text(zh=zh(f"setup.{words}.{code}"), en=en(f"setup.{words}.{code}"))) for code in codes
    )
    return Cell(key, "choice", options)


def read_day(typed: str) -> str:
    """A day as people write it (2026-5-18, 2026.05.18, 2026年5月18日, 20260518) as an ISO day."""
    match = _DAY.fullmatch(typed.strip())
    if match is None:
        raise Unreadable("day")
    try:
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        raise Unreadable("no_such_day") from None


def _read(cell: Cell, typed: str) -> Value:
    text = typed.replace("\r\n", "\n").strip()
    match cell.kind:
        case "tick":
            return bool(text)
        case "day":
            return read_day(text) if text else ""
        case "time":
            return _read_time(text) if text else ""
        case "whole" | "decimal":
            return _read_number(cell.kind, text)
        case "clauses":
            return _read_clauses(text, cell)
        case "words":
            return [word for word in re.split(r"[、，,;；\s]+", text) if word]
    return text


def _read_time(text: str) -> str:
    match = _TIME.fullmatch(text)
    if not match or int(match[1]) > 24 or int(match[2]) > 59:
        raise Unreadable("time")
    return f"{int(match[1]):02}:{match[2]}"


def _read_number(kind: str, text: str) -> int | float | None:
    if not text:
        return None
    try:
        number = int(text) if kind == "whole" else float(text)
    except ValueError:
        raise Unreadable(kind) from None
    if not 0 <= number < 1_000_000:
        raise Unreadable(kind)
    return number


def _read_clauses(text: str, cell: Cell) -> list[Value]:
    found: list[Value] = []
    for word in filter(None, re.split(r"[、，,;；\s]+", text)):
        try:
            letter = letter_of(cell.of) if cell.of and word[0].isdigit() else ""
            refs = parse_clause(letter + word, cell.schemes)
            found += [{"scheme": ref.scheme, "number": ref.number} for ref in refs]
        except ValueError:
            raise Unreadable("clauses") from None
    return found


def _write(cell: Cell, value: Value) -> str:
    match cell.kind:
        case "tick":
            return "on" if value else ""
        case "clauses":
            return " ".join(_code(one) for one in value or [])
        case "words":
            return "、".join(value or [])
        case "decimal" if isinstance(value, float) and value.is_integer():
            return str(int(value))
    return "" if value is None else str(value)


def _code(clause: Mapping[str, str]) -> str:
    return ClauseRef(scheme=clause["scheme"], number=clause["number"]).code


def _get(value: Value, key: str) -> Value:
    for part in key.split(".") if key else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _set(value: Value, key: str, part: Value) -> Value:
    if not key:
        return part
    head, _, rest = key.partition(".")
    made = dict(value) if isinstance(value, dict) else {}
    made[head] = _set(made.get(head), rest, part)
    return made


def _copy(value: Value) -> Value:
    return dict(value) if isinstance(value, dict) else value
