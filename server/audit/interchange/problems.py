"""What is wrong or doubtful in a file: the place as a JSON pointer, the reason in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

Path = tuple[str | int, ...]
"""Keys and indices from the top of the file."""


class Problem(Struct, frozen=True):
    """One thing in the file. `path` is a JSON pointer ("" = the whole file)."""

    path: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.path or '/'}: {self.zh} · {self.en}"


class Refused(ValueError):
    """The file, or part of it, can't be understood; `problems` names every place, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.path or '/'}: {problem.en}" for problem in self.problems))


def pointer(path: Path) -> str:
    """The JSON pointer (RFC 6901) of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


class Notes:
    """Collects refusals and warnings while a file is read."""

    def __init__(self) -> None:
        self.refusals: list[Problem] = []
        self.warnings: list[Problem] = []

    def refuse(self, path: Path, zh: str, en: str) -> None:
        self.refusals.append(Problem(pointer(path), zh, en))

    def warn(self, path: Path, zh: str, en: str) -> None:
        self.warnings.append(Problem(pointer(path), zh, en))

    def raise_refusals(self) -> None:
        """Raise `Refused` if anything was refused."""
        if self.refusals:
            raise Refused(self.refusals)


def refusal(path: Sequence[str | int], zh: str, en: str) -> Refused:
    """A refusal of one thing."""
    return Refused([Problem(pointer(tuple(path)), zh, en)])
