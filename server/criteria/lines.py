"""In which line of a TOML file a value stands.

``tomllib`` forgets lines, and a refusal without its line is little help in a file of a thousand. This second
pass runs over text that ``tomllib`` has accepted, so it may trust the syntax and only walks along it.
"""

from __future__ import annotations

import re
from bisect import bisect_left

Path = tuple[str | int, ...]
"""Where a value stands in the document: keys, and indices of arrays counted from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]+")


def line_index(text: str) -> dict[Path, int]:
    """Path of every key, table and array element → its line, counted from 1. ``text`` must be valid TOML."""
    return _Walk(text).run()


def line_of(index: dict[Path, int], path: Path) -> int:
    """Line of ``path``, or of the nearest thing around it that stands in the file; 1 if nothing does."""
    while path and path not in index:
        path = path[:-1]
    return index.get(path, 1)


class _Walk:
    """One walk along a document, noting the line at which each path begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.index: dict[Path, int] = {}
        self.array_sizes: dict[Path, int] = {}
        self.line_ends = [match.start() for match in re.finditer("\n", text)]

    def run(self) -> dict[Path, int]:
        table: Path = ()
        self._skip_blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()
        return self.index

    def _header(self) -> Path:
        """``[table]`` or ``[[array of tables]]``: the path that the keys below it belong to."""
        is_array = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if is_array else 1
        *parents, last = self._dotted_key()
        path: Path = ()
        for key in parents:
            path = self._current((*path, key))
        path = (*path, last)
        if is_array:
            size = self.array_sizes.get(path, 0)
            self.array_sizes[path] = size + 1
            self._note(path, start)
            path = (*path, size)
        self._note(path, start)
        self.at += 2 if is_array else 1
        return path

    def _current(self, path: Path) -> Path:
        """``path``, or its last element so far where it is an array of tables."""
        size = self.array_sizes.get(path)
        return path if size is None else (*path, size - 1)

    def _pair(self, table: Path) -> None:
        start = self.at
        path = table
        for key in self._dotted_key():
            path = (*path, key)
            self._note(path, start)
        self.at += 1  # the equals sign
        self._skip_blank()
        self._value(path)

    def _dotted_key(self) -> list[str]:
        keys = []
        while match := _KEY.match(self.text, self.at):
            keys.append(match.group(1).strip("\"'"))
            self.at = match.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return keys

    def _value(self, path: Path) -> None:
        opener = self.text[self.at]
        if opener == "[":
            self._array(path)
        elif opener == "{":
            self._inline_table(path)
        else:
            match = (_STRING if opener in "\"'" else _PLAIN).match(self.text, self.at)
            assert match is not None, "tomllib accepted this text"
            self.at = match.end()

    def _array(self, path: Path) -> None:
        self.at += 1
        position = 0
        while not self._closes("]"):
            self._note((*path, position), self.at)
            self._value((*path, position))
            position += 1
            self._skip_comma()

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while not self._closes("}"):
            self._pair(path)
            self._skip_comma()

    def _closes(self, bracket: str) -> bool:
        self._skip_blank()
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True

    def _skip_comma(self) -> None:
        self._skip_blank()
        if self.text[self.at] == ",":
            self.at += 1

    def _skip_blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def _note(self, path: Path, start: int) -> None:
        self.index.setdefault(path, bisect_left(self.line_ends, start) + 1)
