"""One TOML file as read, and what is wrong with it, by line."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.criteria import lines

FOLDERS = {
    "standards": "standard",
    "crosswalks": "crosswalk",
    "lists": "list",
    "layers": "layer",
    "phrases": "phrases",
    "terms": "terms",
    "places": "list",
    "sectors": "list",
    "guidance": "guidance",
    "cards": "card",
    "forms": "form",
    "houses": "house",
}
"""Folder under a root → kind of file in it. A house has a folder of its own inside ``houses``;
the laws stand in a file beside the folders. What is in ``rules`` is told apart by its keys."""

_TELLTALE_KEYS = {
    "items": "list",
    "changes": "layer",
    "phrases": "phrases",
    "topics": "terms",
    "guides": "guidance",
    "elements": "form",
    "columns": "card",
    "rules": "house",
    "rows": "crosswalk",
    "laws": "laws",
    "tables": "days",
    "windows": "check-in",
    "intervals": "intervals",
    "points": "mandatory",
    "clauses": "standard",
}
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


class Problem(Struct, frozen=True, order=True):
    """Why a file is refused. ``line`` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class CriteriaError(Exception):
    """The data under ``checklists/`` cannot be used; ``problems`` says why, in order of file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Document:
    """A TOML file: kind (a value of ``FOLDERS``, or ``laws``), raw content, and the problems found so far."""

    def __init__(
        self, path: Path, root: Path | None = None, *, content: bytes | None = None, kind: str = ""
    ) -> None:
        """``root``: the folder it was found below; names of folders further up say nothing about it.

        ``content`` and ``kind``: of a file that is kept elsewhere than at ``path``.
        """
        self.path = path
        self._content = content
        self._folders = path.relative_to(root or path.parent.parent).parent.parts
        self.raw: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self._refused: set[lines.Path] = set()
        self._text = ""
        self.digest = ""
        self._read()
        self.kind = kind or self._kind()

    @property
    def content(self) -> bytes:
        """The bytes of the file, as read."""
        return self._text.encode()

    @property
    def id(self) -> str:
        """The id the file gives itself, empty where it has none."""
        found = self.raw.get("id")
        return found if isinstance(found, str) else ""

    def refuse(self, path: lines.Path, reason: str) -> None:
        """Note that the value at ``path`` is wrong, and why."""
        self._refused.add(path)
        self.problems.append(Problem(str(self.path), self.line(path), reason))

    def line(self, path: lines.Path) -> int:
        """The line of the value at ``path``."""
        return lines.line_of(self._index, path)

    @cached_property
    def _index(self) -> dict[lines.Path, int]:
        """Made when first asked for: sound files, which is nearly all of them, never need it."""
        return lines.line_index(self._text)

    def refused(self, path: lines.Path) -> bool:
        """Whether the value at ``path`` has been refused already; a step ``*`` stands for any."""
        return any(
            len(known) == len(path)
            and all(step in ("*", there) for step, there in zip(path, known, strict=True))
            for known in self._refused
        )

    def _read(self) -> None:
        try:
            content = self.path.read_bytes() if self._content is None else self._content
            text = content.decode("utf-8")
            self.raw = tomllib.loads(text)
        except OSError as error:
            self.refuse((), f"cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self._refuse_line(line, "is not UTF-8; save the file as UTF-8")
        except tomllib.TOMLDecodeError as error:
            self._refuse_syntax(str(error), text)
        else:
            self.digest = hashlib.sha256(content).hexdigest()
            self._text = text

    def _refuse_syntax(self, message: str, text: str) -> None:
        found = _AT_LINE.search(message)
        line = int(found.group(1)) if found else text.rstrip().count("\n") + 1
        self._refuse_line(line, f"is not valid TOML: {_AT_LINE.sub('', message)}")

    def _refuse_line(self, line: int, reason: str) -> None:
        self.problems.append(Problem(str(self.path), line, reason))

    def _kind(self) -> str:
        for folder in self._folders:
            if folder in FOLDERS:
                return FOLDERS[folder]
        for key, kind in _TELLTALE_KEYS.items():
            if key in self.raw:
                return kind
        if not self.problems:
            self.refuse(
                (), f"is in none of the folders {', '.join(FOLDERS)}, and its keys do not tell what it is"
            )
        return ""


def read_documents(paths: Iterable[Path]) -> list[Document]:
    """Every TOML file at or below ``paths``, in a stable order; ``CriteriaError`` if a path is not there."""
    files: dict[Path, Path | None] = {}
    missing: list[Problem] = []
    for path in paths:
        found = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not path.exists():
            missing.append(Problem(str(path), 1, "there is no such file or folder"))
        elif not found:
            missing.append(Problem(str(path), 1, "holds no TOML file"))
        for file in found:
            files.setdefault(file, path if path.is_dir() else None)
    if missing:
        raise CriteriaError(missing)
    return [Document(file, root) for file, root in files.items()]
