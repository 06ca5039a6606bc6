"""Guides at a stop as its page shows them: who signs at its end on the auditor's phone, passed round.

ISO 19011:2018, 6.4.2 (guides). On their own phone a guide signs at `server.web.guide`.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from server.audit.entries import SignedBody
from server.audit.setup import Companion
from server.audit.signing import accompanied_text, signatures_of, what_accompanied
from server.audit.state import State
from server.criteria.model import Language
from server.web.guards import Case


@dataclass(frozen=True, slots=True)
class Guide:
    """Somebody who comes along. `along`: it is recorded that they do, in the versions `bases` (JSON)."""

    name: str
    role: str
    along: bool
    bases: str
    signed: SignedBody | None


@dataclass(frozen=True, slots=True)
class Accompanying:
    """The guides of one stop. `text` is what they sign, with `{who}` and `{day}` left to the phone."""

    guides: list[Guide]
    text: str

    @property
    def signed(self) -> int:
        """How many of them have signed."""
        return sum(guide.signed is not None for guide in self.guides)


def accompanying(case: Case, key: str, language: Language) -> Accompanying | None:
    """For `parts/accompanying.html`: nothing at a meeting or break, nor for who may not record it."""
    state = case.state
    if state.setup.stops[key].type != "audit" or state.released or not case.may("entry.accompanied"):
        return None
    return Accompanying(_guides(state, key), accompanied_text(state, key, "{day}").get(language))


def _guides(state: State, key: str) -> list[Guide]:
    """Whom the plan has here, or else every guide of the audit; then whoever came along or signed."""
    companions = state.setup.companions
    here = [companions[one] for one in state.setup.stops[key].accompanied_by if one in companions]
    planned: dict[str, Companion] = {
        one.name: one for one in here or companions.values() if one.role == "guide"
    }
    signed = signatures_of(state, what_accompanied(key))
    things = {
        thing.current.name: thing
        for thing in state.company.values()
        if thing.current and thing.current.stop == key and thing.current.there
    }

    def guide(name: str) -> Guide:
        thing = things.get(name)
        role = (thing.current.role if thing and thing.current else "") or (
            planned[name].label if name in planned else ""
        )
        known = state.company.get(f"{key}/{name}")
        bases = msgspec.json.encode(known.heads if known else []).decode()
        return Guide(name, role, thing is not None, bases, signed[name][1] if name in signed else None)

    return [guide(name) for name in dict.fromkeys([*planned, *things, *signed])]
