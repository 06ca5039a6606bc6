"""What people are called in each language."""

from __future__ import annotations

from typing import Protocol

from server.audit.entries import Text


class Named(Protocol):
    """Somebody whose name may be written in English, too."""

    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def name_of(person: Named) -> Text:
    """Their name in both languages: in English as it is written there, else the same."""
    return Text(zh=person.name, en=person.name_en or person.name)
