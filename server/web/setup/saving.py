"""Saving a group of the set-up: what changed becomes entries, what can't be understood is explained."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import msgspec

from server.audit import setup as setups
from server.audit.entries import Configured, ConfiguredBody
from server.audit.setup import Setup
from server.audit.state import State
from server.people.principal import Principal
from server.web.made import append, make
from server.web.services import Services
from server.web.setup.fields import Field, Group, Value
from server.web.setup.refusals import impossible


@dataclass
class Outcome:
    """What became of a group: places written with what stood there before, and what was not understood."""

    before: dict[str, Value] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    """Keys of sentences by input."""
    refused: list[str] = field(default_factory=list)
    """Places whose value doesn't fit, with what is wrong, as the set-up says it."""

    @property
    def is_saved(self) -> bool:
        return bool(self.before)


_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def one_at_a_time(audit: str) -> asyncio.Lock:
    """Leaving an input and pressing a button send two requests at once; the second has to see the first."""
    lock = _locks.get(audit)
    if lock is None:
        lock = _locks[audit] = asyncio.Lock()
    return lock


def value_at(setup: Setup, path: str) -> Value:
    """What stands at a path now, as JSON has it; None for nothing."""
    section, _, key = path.partition("/")
    whole = getattr(setup, section)
    if not key:
        return msgspec.to_builtins(whole)
    part = whole.get(key) if isinstance(whole, dict) else getattr(whole, key, None)
    return msgspec.to_builtins(part)


def seen(state: State, path: str) -> str:
    """The versions that a form shows of a path, to be sent back with it."""
    thing = state.configured.get(path)
    return ",".join(thing.heads) if thing else ""


async def save(
    services: Services, principal: Principal, state: State, part: str, group: Group, typed: Mapping[str, str]
) -> Outcome:
    """Write what was typed differently from what stands; that confirms `part`, if it was carried over."""
    changes, outcome = _changes(state, principal, group, typed)
    await _write(services, principal, state, part, changes, typed, outcome)
    return outcome


def _changes(
    state: State, principal: Principal, group: Group, typed: Mapping[str, str]
) -> tuple[dict[str, Value], Outcome]:
    """What this person changed: against what their form showed, which may not be what stands by now."""
    outcome = Outcome()
    changes: dict[str, Value] = {}
    for one in group.fields:
        stands = value_at(state.setup, one.path)
        known = _shown_value(state, one.path, typed.get(f"seen:{one.path}"))
        value, wrong = one.read(typed, known)
        outcome.wrong |= wrong
        if wrong or _same(value, known):
            continue
        if _is_own(state, one.path, principal):
            value, _ = one.read(typed, stands)  # what the same person saved since in another group stays
        if _same(value, stands):
            continue
        changes[one.path] = value
        if one.also:
            further = one.also(value)
            changes |= {path: v for path, v in further.items() if v != value_at(state.setup, path)}
    for path, why in list(impossible(changes, lambda path: value_at(state.setup, path))):
        del changes[path]
        outcome.wrong[path] = why
    return changes, outcome


def _shown_value(state: State, path: str, known: str | None) -> Value:
    """The value that a form showed, by the versions it named."""
    thing = state.configured.get(path)
    if known is None or thing is None or thing.heads == known.split(","):
        return value_at(state.setup, path)
    version = next((thing.versions[key] for key in known.split(",") if key in thing.versions), None)
    if version is not None:
        return version.content
    # Nobody had set this place by itself: it was part of its section, or nothing.
    section, _, key = path.partition("/")
    whole = state.configured.get(section)
    inside = whole.current if whole and isinstance(whole.current, dict) else {}
    return inside.get(key) if key in inside else value_at(Setup(), path)


def _is_own(state: State, path: str, principal: Principal) -> bool:
    thing = state.configured.get(path)
    return thing is not None and all(thing.versions[key].by == principal.id for key in thing.heads)


def _same(value: Value, stands: Value) -> bool:
    """Whether a value says what stands there, nothing being the same however it is written."""
    return value == stands or (_is_nothing(value) and _is_nothing(stands))


def _is_nothing(value: Value) -> bool:
    if isinstance(value, dict):
        return all(_is_nothing(part) for part in value.values())
    return value in (None, "", [], False)


async def undo(
    services: Services, principal: Principal, state: State, part: str, group: Group, typed: Mapping[str, str]
) -> Outcome:
    """Set again what stood before the save whose answer holds the button."""
    allowed = _paths(group, typed)
    before = {path: json.loads(typed[f"undo:{path}"]) for path in allowed if f"undo:{path}" in typed}
    outcome = Outcome()
    await _write(services, principal, state, part, before, {}, outcome)
    return outcome


def _paths(group: Group, typed: Mapping[str, str]) -> list[str]:
    """The places that a group may set, those that follow from its fields among them."""
    own = [one.path for one in group.fields]
    return own + [path for one in group.fields if one.also for path in one.also(None)]


async def choose(
    services: Services, principal: Principal, state: State, part: str, group: Group, chosen: str
) -> Outcome:
    """Let one of two versions stand: an entry that names all heads."""
    outcome = Outcome()
    path, _, version = chosen.rpartition("=")
    thing = state.configured.get(path)
    if thing is not None and version in thing.versions and any(one.path == path for one in group.fields):
        await _write(services, principal, state, part, {path: thing.versions[version].content}, {}, outcome)
    return outcome


async def put(
    services: Services, principal: Principal, state: State, part: str, changes: Mapping[str, Value]
) -> Outcome:
    """Set places to values that a page made itself."""
    outcome = Outcome()
    await _write(services, principal, state, part, changes, {}, outcome)
    return outcome


async def confirm(services: Services, principal: Principal, state: State, part: str) -> None:
    """Somebody looked at a part that was carried over: it stands as it is."""
    if part in state.setup.carried:
        await append(services, state.audit, principal, _entry(state, principal, f"carried/{part}", None))


async def _write(
    services: Services,
    principal: Principal,
    state: State,
    part: str,
    changes: Mapping[str, Value],
    typed: Mapping[str, str],
    outcome: Outcome,
) -> None:
    raws = []
    for path, value in changes.items():
        try:
            setups.check_value(path, value)
        except setups.BadPath as error:
            outcome.refused.append(str(error))
            continue
        outcome.before[path] = value_at(state.setup, path)
        raws.append(_entry(state, principal, path, value, typed.get(f"seen:{path}")))
    if raws and part in state.setup.carried:
        raws.append(_entry(state, principal, f"carried/{part}", None))
    if raws:
        await append(services, state.audit, principal, *raws)


def _entry(state: State, principal: Principal, path: str, value: Value, known: str | None = None) -> bytes:
    """Based on the versions that the form showed, and on those that the same person made since.

    Where somebody else wrote meanwhile, both versions stand, and the page asks which.
    """
    thing = state.configured.get(path)
    bases: list[str] = list(thing.heads) if thing else []
    if thing is not None and known is not None:
        shown = set(known.split(","))
        own = {key for key in thing.heads if thing.versions[key].by == principal.id}
        bases = [key for key in thing.versions if key in shown or key in own]
    return make(Configured, state.audit, principal, ConfiguredBody(path=path, value=value, bases=bases))


def versions(state: State, one: Field) -> list[tuple[str, str, str]]:
    """Versions of a place that stand side by side: what chooses it, who wrote it, what it says."""
    thing = state.configured.get(one.path)
    if thing is None or not thing.in_conflict:
        return []
    found = []
    for key in thing.heads:
        version = thing.versions[key]
        words = [
            text for name, text in one.shown(version.content).items() if text and not name.endswith("|was")
        ]
        found.append((f"{one.path}={key}", version.by, " · ".join(words)))
    return found
