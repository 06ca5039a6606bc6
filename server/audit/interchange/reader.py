"""From decoded JSON to the file's Structs: tolerant of untidy values, naming every one that means nothing.

The Structs of `model` say what is expected where; this walks them. Null, "" and a missing key are the same
for everything optional. Keys that the format does not name are kept in the stored source and warned about.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from msgspec import Struct

from server.audit.entries import Clause, Text
from server.audit.interchange import scalars
from server.audit.interchange.problems import Notes, Path
from server.audit.interchange.scalars import Unreadable
from server.audit.interchange.shape import Shape, shape_of
from server.audit.interchange.words import plain
from server.criteria.model import LANGUAGES

_MISSING = object()
_SCALARS: dict[str, Callable[[Any], Any]] = {
    "text": scalars.text,
    "code": lambda value: plain(scalars.text(value)),
    "name": lambda value: scalars.text(value).strip(),
    "day": scalars.day,
    "truth": scalars.boolean,
    "whole": lambda value: scalars.number(value, whole=True),
    "number": lambda value: scalars.number(value, whole=False),
    "any": lambda value: value,
}


class Reader:
    """Reads one file; `notes` holds what was refused and warned about."""

    def __init__(self, notes: Notes, zone: tzinfo) -> None:
        self.notes, self.zone = notes, zone

    def read(self, value: Any, wanted: type[Struct]) -> Any:
        """`value` as `wanted`; without meaning where something was refused."""
        return self._value(value, shape_of(wanted), ())

    def _value(self, value: Any, shape: Shape, path: Path) -> Any:
        try:
            return self._convert(value, shape, path)
        except Unreadable as reason:
            self.notes.refuse(path, reason.zh, reason.en)
            return _MISSING

    def _convert(self, value: Any, shape: Shape, path: Path) -> Any:
        match shape.kind:
            case "object":
                return self._object(value, shape, path)
            case "pair":
                return self._pair(value, path)
            case "list" if shape.item is not None:
                return self._list(value, shape.item, path)
            case "map" if shape.item is not None:
                return self._map(value, shape.item, path)
            case "clauses":
                return self._clauses(value, path)
            case "word":
                return scalars.word(value, shape.vocabulary)
            case "moment":
                return scalars.moment(value, self.zone)
        return _SCALARS[shape.kind](value)

    def _object(self, value: Any, shape: Shape, path: Path) -> Any:
        if not isinstance(value, dict) or shape.cls is None:
            raise Unreadable(f"应为对象，不是{scalars.shown(value)}", "must be an object")
        values: dict[str, Any] = {shape.where: path}
        extra: dict[str, Any] = {}
        for key, part in value.items():
            if key not in shape.fields:
                extra[key] = part
            elif not _is_empty(part):
                name, inner = shape.fields[key]
                values[name] = self._value(part, inner, (*path, key))
        complete = self._has_required(value, shape, path)
        if shape.rest:
            values[shape.rest] = extra
        else:
            self._warn(extra, path)
        if not complete or any(part is _MISSING for part in values.values()):
            return _MISSING
        return shape.cls(**values)

    def _has_required(self, value: dict[str, Any], shape: Shape, path: Path) -> bool:
        lacking = [key for key in shape.required if _is_empty(value.get(key))]
        for key in lacking:
            self.notes.refuse((*path, key), "必填，但没有内容", "is required and has no content")
        return not lacking

    def _warn(self, extra: dict[str, Any], path: Path) -> None:
        for key in extra:
            self.notes.warn(
                (*path, key),
                "格式中没有这个键，只保留在原始文件里",
                "unknown key, kept in the stored file only",
            )

    def _pair(self, value: Any, path: Path) -> Any:
        """A text in two languages; bare text is Chinese."""
        if not isinstance(value, dict):
            return Text(zh=scalars.text(value))
        words: dict[str, Any] = {}
        for lang in LANGUAGES:
            part = value.get(lang)
            words[lang] = "" if part is None else self._value(part, Shape("text"), (*path, lang))
        self._warn({key: part for key, part in value.items() if key not in ("zh", "en", "no")}, path)
        return _MISSING if _MISSING in words.values() else Text(**words)

    def _items(self, value: Any, path: Path) -> list[tuple[Path, Any]]:
        """The items of a list with their places, without the empty ones; a lone word is a list of one."""
        items = [value] if isinstance(value, (str, int, float)) else value
        if not isinstance(items, list):
            raise Unreadable(f"应为列表，不是{scalars.shown(value)}", "must be a list")
        return [((*path, index), item) for index, item in enumerate(items) if not _is_empty(item)]

    def _list(self, value: Any, item: Shape, path: Path) -> Any:
        read = [self._value(one, item, at) for at, one in self._items(value, path)]
        return _MISSING if any(one is _MISSING for one in read) else read

    def _clauses(self, value: Any, path: Path) -> list[Clause]:
        found: list[Clause] = []
        for at, item in self._items([value] if isinstance(value, dict) else value, path):
            try:
                found += scalars.clauses(item)
            except Unreadable as reason:
                self.notes.refuse(at, reason.zh, reason.en)
        return list(dict.fromkeys(found))

    def _map(self, value: Any, item: Shape, path: Path) -> Any:
        if not isinstance(value, dict):
            raise Unreadable(f"应为对象，不是{scalars.shown(value)}", "must be an object")
        if item.kind == "any":
            return value
        read = {key: self._value(one, item, (*path, key)) for key, one in value.items() if not _is_empty(one)}
        return _MISSING if any(one is _MISSING for one in read.values()) else read


def _is_empty(value: Any) -> bool:
    """Nothing at all, or text without a letter in it."""
    return value is None or (isinstance(value, str) and not value.strip())
