"""What people are called in each language."""

from __future__ import annotations

from itertools import chain
from typing import Protocol

from server.audit.entries import Text
from server.audit.setup import Client
from server.audit.state import State


class Named(Protocol):
    """Somebody whose name may be written in English, too."""

    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def name_of(person: Named) -> Text:
    """Their name in both languages: in English as it is written there, else the same."""
    return Text(zh=person.name, en=person.name_en or person.name)


def department_of(client: Client, name: str) -> Text:
    """A department as the client calls it in each language; as written where it lists none of that name."""
    known = next((one for one in client.departments if name and name in (one.zh, one.en)), None)
    return Text(zh=known.get("zh"), en=known.get("en")) if known else Text(zh=name, en=name)


def latin_names(state: State) -> dict[str, str]:
    """How people registered in the audit are written in English, by the name they are recorded under."""
    setup = state.setup
    attended = (one for thing in state.attendance.values() if (one := thing.current))
    people: chain[Named] = chain(
        attended, setup.client.people, setup.companions.values(), setup.team.values()
    )
    return {person.name: person.name_en for person in people if person.name_en}
