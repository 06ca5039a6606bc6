"""The sentences of the program: every `zh.toml`, `<part>.zh.toml` and their English twins.

One flat table per file, `key = "sentence with {name}"`. Keys are unique over all files; both languages have
the same ones.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from server.criteria.model import Language


class TextsError(ValueError):
    """A sentence is missing, defined twice or not a string."""


class Count(int):
    """A number in a sentence, which also chooses between two words: `{n} {n:record/records}`."""

    def __format__(self, form: str) -> str:
        one, slash, many = form.partition("/")
        return (one if self == 1 else many) if slash else format(int(self), form)


class Texts:
    """The sentences of one language; calling it gives one: `t("walk.stops", n=3)`."""

    def __init__(self, language: Language, table: Mapping[str, str]) -> None:
        self.language = language
        self._table = table

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence with its places filled in.

        Raises TextsError for an unknown key, KeyError for a missing value.
        """
        try:
            sentence = self._table[key]
        except KeyError:
            raise TextsError(f"no sentence {key!r} in {self.language}") from None
        return (
            sentence.format_map({name: _counted(one) for name, one in values.items()}) if values else sentence
        )

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def keys(self) -> set[str]:
        """All keys."""
        return set(self._table)


def _counted(value: object) -> object:
    return Count(value) if type(value) is int else value


def load_texts(language: Language, folder: Path = Path(__file__).parent) -> Texts:
    """Read the sentences of a language from all files of the folder. Raises TextsError."""
    table: dict[str, str] = {}
    for file in sorted([*folder.glob(f"{language}.toml"), *folder.glob(f"*.{language}.toml")]):
        for key, sentence in tomllib.loads(file.read_text("utf-8")).items():
            if not isinstance(sentence, str):
                raise TextsError(f"{file.name}: {key} is not one sentence; write keys with a dot in quotes")
            if key in table:
                raise TextsError(f"{file.name}: {key} is defined twice")
            table[key] = sentence
    return Texts(language, table)


@cache
def texts(language: Language) -> Texts:
    """The program's own sentences, read once."""
    return load_texts(language)
