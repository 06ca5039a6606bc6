"""What a page of the set-up shows: groups with labelled inputs, what became of a save, versions to choose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.audit.state import State
from server.criteria.model import Language
from server.web.setup.fields import SPARE_ROWS, Cell, Field, Group
from server.web.setup.saving import Outcome, seen, value_at, versions
from server.web.texts import Texts, texts


@dataclass(frozen=True, slots=True)
class Input:
    """One input as it stands in the page. `wrong` says why what was typed could not be taken."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One place: its label and its inputs; of a list a line of inputs each row."""

    path: str
    label: str
    help: str
    inputs: tuple[Input, ...] = ()
    rows: tuple[tuple[Input, ...], ...] = ()
    is_list: bool = False
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One of several versions that stand side by side."""

    choice: str
    by: str
    words: str


@dataclass
class Status:
    """What became of the group: also carries the versions that its form shows, and what undo sets again."""

    group: str
    saved: bool = False
    sentences: list[str] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[tuple[str, list[Version]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GroupView:
    """A form of the page."""

    key: str
    title: str
    fields: list[Shown]
    status: Status
    removable: bool
    """The one thing described can be taken out."""


class Shaper:
    """Makes views in one language from the state."""

    def __init__(self, state: State, language: Language) -> None:
        self._state = state
        self.language = language
        self._t: Texts = texts(language)

    def group(
        self,
        group: Group,
        typed: Mapping[str, str] | None = None,
        outcome: Outcome | None = None,
        more: str = "",
    ) -> GroupView:
        """A group with what stands in the set-up, or with what was typed where that was not taken.

        `more` is the path of a list that gets further empty rows.
        """
        wrong = outcome.wrong if outcome else {}
        fields = [self._field(one, typed, wrong, more == one.path) for one in group.fields]
        title = group.title.get(self.language) if group.title else self._words(f"setup.group.{group.key}")
        return GroupView(group.key, title, fields, self.status(group, outcome), group.removable)

    def status(self, group: Group, outcome: Outcome | None = None) -> Status:
        """What became of a save, in sentences."""
        made = Status(group.key)
        for one in group.fields:
            made.hidden.append((f"seen:{one.path}", seen(self._state, one.path)))
            if found := versions(self._state, one):
                shown = [
                    Version(choice, self._name(by), words or self._t("setup.nothing"))
                    for choice, by, words in found
                ]
                made.conflicts.append((self._label(one), shown))
        if outcome is not None:
            made.saved = outcome.is_saved
            made.sentences = [self._t(f"setup.wrong.{why}") for why in dict.fromkeys(outcome.wrong.values())]
            made.sentences += [self._t("setup.wrong.refused", why=why) for why in outcome.refused]
            made.hidden += [(f"undo:{path}", json.dumps(value)) for path, value in outcome.before.items()]
        return made

    def _name(self, principal: str) -> str:
        member = self._state.setup.team.get(principal)
        return member.name if member else self._t("setup.somebody")

    def _field(
        self, one: Field, typed: Mapping[str, str] | None, wrong: Mapping[str, str], more: bool
    ) -> Shown:
        value = value_at(self._state.setup, one.path)
        texts_of = dict(typed) if typed is not None else one.shown(value)
        label, helped = self._label(one), self._words(f"setup.help.{one.key}", otherwise="")
        helped = " ".join(filter(None, (helped, one.note.get(self.language) if one.note else "")))
        if not one.rows:
            inputs = tuple(self._input(one, cell, None, texts_of, wrong) for cell in one.cells)
            return Shown(one.path, label, helped, inputs)
        count = one.row_count(texts_of)
        count += max(SPARE_ROWS - (count - _last_filled(one, texts_of, count)), 4 if more else 0)
        rows = tuple(
            tuple(self._input(one, cell, row, texts_of, wrong) for cell in one.cells) for row in range(count)
        )
        hidden = tuple(
            (name, text)
            for name, text in texts_of.items()
            if name.startswith(f"{one.path}|") and name.endswith("|was")
        )
        return Shown(one.path, label, helped, rows=rows, is_list=True, hidden=hidden)

    def _input(
        self, one: Field, cell: Cell, row: int | None, texts_of: Mapping[str, str], wrong: Mapping[str, str]
    ) -> Input:
        name = one.name_of(cell, row)
        value = texts_of.get(name, "")
        options = [(code, word.get(self.language)) for code, word in cell.options]
        if value and cell.kind == "choice" and value not in dict(options):
            options.append((value, value))
        why = self._t(f"setup.wrong.{wrong[name]}") if name in wrong else ""
        return Input(name, self._cell_label(one, cell), cell.kind, value, tuple(options), why)

    def _label(self, one: Field) -> str:
        section, _, key = one.path.partition("/")
        keys = [f"setup.field.{section}.{key}", f"setup.field.{section}"]
        return next((self._t(found) for found in keys if found in self._t), "")

    def _cell_label(self, one: Field, cell: Cell) -> str:
        if cell.word is not None:
            return cell.word.get(self.language)
        if not cell.key or cell.key == "option":
            return self._label(one)
        section, _, key = one.path.partition("/")
        for found in (f"setup.cell.{section}.{key}.{cell.key}", f"setup.cell.{section}.{cell.key}"):
            if found in self._t:
                return self._t(found)
        return self._t(f"setup.cell.{cell.key}")

    def _words(self, key: str, otherwise: str = "") -> str:
        return self._t(key) if key in self._t else otherwise


def _last_filled(one: Field, texts_of: Mapping[str, str], count: int) -> int:
    """How many rows there are up to the last that holds something."""
    filled = [
        row
        for row in range(count)
        if any(texts_of.get(one.name_of(cell, row), "") for cell in one.cells if cell.kind != "choice")
    ]
    return max(filled, default=-1) + 1
