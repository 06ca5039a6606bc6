"""Property tests of the fold: three devices, every order of arrival, held entries accepted at the end.

Devices make entries from what they have seen; the entries then arrive in different orders. What finally
stands is computed a second way, from the entries alone: a version stands unless another names it as a base.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.audit.admission import admit
from server.audit.entries import Amended, Configured, Entry, Observed, Photographed, Withdrawn, decode
from server.audit.state import Record, State, Thing, apply, fold

AUDIT = str(uuid.UUID(int=0))
PATHS = ("house", "form")
MADE_AT = "2026-09-10T10:00:00+08:00"


@dataclass
class Made:
    """An entry and the entries its author had seen of what it speaks of."""

    raw: bytes
    entry: Entry
    device: int
    needs: set[str]


@dataclass
class Device:
    """A phone: what it has seen, as a state, and what it has not sent yet."""

    number: int
    state: State = field(default_factory=lambda: State(AUDIT))
    unsent: list[Made] = field(default_factory=list)


class World:
    """Three devices that write alone and now and then see everything the others have sent."""

    def __init__(self) -> None:
        self.devices = [Device(number) for number in range(3)]
        self.sent: list[Made] = []
        self.all: list[Made] = []

    def make(self, device: Device, kind: str, body: dict[str, Any], needs: set[str]) -> None:
        head = {"id": str(uuid.UUID(int=len(self.all) + 1)), "audit": AUDIT, "by": f"device {device.number}"}
        raw = msgspec.json.encode({"kind": kind, **head, "made_at": MADE_AT, "body": body})
        made = Made(raw, decode(raw), device.number, needs)
        self.all.append(made)
        device.unsent.append(made)
        arrive(device.state, made)

    def step(self, number: int, action: str, choice: int) -> None:
        device = self.devices[number]
        things: list[Thing[Any]] = [*device.state.observations.values(), *device.state.photos.values()]
        thing = things[choice % len(things)] if things else None
        if action == "sync":
            self.sent += device.unsent
            device.unsent = []
            device.state = State(AUDIT)
            for made in self.sent:
                arrive(device.state, made)
        elif action == "configure":
            path = PATHS[choice % len(PATHS)]
            known = device.state.configured.get(path)
            bases = list(known.heads) if known else []
            self.make(device, "configured", {"path": path, "value": f"v{choice}", "bases": bases}, set(bases))
        elif action == "note" or thing is None:
            self.make(device, "observed", {"stop": "s", "text": {"zh": f"{choice}"}}, set())
        elif action == "photo":
            of = choice % len(device.state.observations)
            observation = list(device.state.observations)[of]
            self.make(device, "photographed", {"observation": observation}, {observation})
        else:
            bases = list(thing.heads)
            body: dict[str, Any] = {"target": thing.id, "bases": bases, "reason": f"{choice}"}
            kind = "withdrawn"
            if action == "amend":
                kind = "amended"
                if thing.id in device.state.photos:
                    body["photo"] = {"observation": observation_of(thing)}
                else:
                    body["observation"] = {"stop": "s", "label": f"{choice}"}
            self.make(device, kind, body, {thing.id, *bases})


def arrive(state: State, made: Made) -> None:
    """What the journal does with a new entry."""
    verdict = admit(state, made.entry)
    assert verdict.status != "refused"
    record = Record(state.seq + 1, made.raw, verdict.status, "", f"{state.seq + 1}", None, verdict.reason)
    apply(state, record, made.entry)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(("note", "photo", "amend", "amend", "withdraw", "configure", "sync", "sync")),
        st.integers(0, 30),
    ),
    min_size=1,
    max_size=40,
)


def played(steps: list[tuple[int, str, int]]) -> World:
    world = World()
    for number, action, choice in steps:
        world.step(number, action, choice)
    return world


def causal_order(world: World, shuffle: random.Random) -> list[Made]:
    """A random order in which each device sends its own in order and nothing comes before what it names."""
    waiting = {number: [made for made in world.all if made.device == number] for number in range(3)}
    arrived: set[str] = set()
    order: list[Made] = []
    while any(waiting.values()):
        ready = [queue for queue in waiting.values() if queue and queue[0].needs <= arrived]
        made = shuffle.choice(ready).pop(0)
        arrived.add(made.entry.id)
        order.append(made)
    return order


def expected_heads(entries: list[Entry]) -> dict[str, set[str]]:
    """The heads of every thing, from the entries alone."""
    versions: dict[str, set[str]] = defaultdict(set)
    superseded: set[str] = set()
    for entry in entries:
        match entry:
            case Observed() | Photographed():
                versions[entry.id].add(entry.id)
            case Amended() | Withdrawn():
                versions[entry.body.target].add(entry.id)
                superseded.update(entry.body.bases)
            case Configured():
                versions[entry.body.path].add(entry.id)
                superseded.update(entry.body.bases)
    return {thing: ids - superseded for thing, ids in versions.items()}


def things_of(state: State) -> dict[str, Thing[Any]]:
    return {**state.observations, **state.photos, **state.configured}


def observation_of(photo: Thing[Any]) -> str:
    assert photo.first.content is not None
    return str(photo.first.content.observation)


def heads_of(state: State) -> dict[str, set[str]]:
    things = things_of(state)
    for thing in things.values():
        assert thing.heads == sorted(thing.heads, key=lambda head: thing.versions[head].seq)
        assert thing.head.entry == thing.heads[0]
    return {key: set(thing.heads) for key, thing in things.items()}


def contents_of(state: State) -> dict[str, dict[str, object]]:
    things = things_of(state)
    return {key: {entry: v.content for entry, v in thing.versions.items()} for key, thing in things.items()}


@settings(max_examples=100)
@given(STEPS, st.randoms(use_true_random=False), st.randoms(use_true_random=False))
def test_in_every_causal_order_the_same_stands_and_nothing_is_held(
    steps: list[tuple[int, str, int]], one: random.Random, other: random.Random
) -> None:
    world = played(steps)
    states = []
    for shuffle in (one, other):
        state = State(AUDIT)
        for made in causal_order(world, shuffle):
            arrive(state, made)
        assert state.held == {}
        states.append(state)
    expected = expected_heads([made.entry for made in world.all])
    assert [heads_of(state) for state in states] == [expected, expected]
    assert contents_of(states[0]) == contents_of(states[1])
    assert {thing.id for thing in states[0].conflicts()} == {
        key for key, ids in expected.items() if len(ids) > 1
    }


@settings(max_examples=100)
@given(STEPS, st.randoms(use_true_random=False), st.booleans())
def test_in_any_order_at_all_nothing_is_lost_and_accepting_makes_it_whole(
    steps: list[tuple[int, str, int]], shuffle: random.Random, at_once: bool
) -> None:
    world = played(steps)
    order = list(world.all)
    shuffle.shuffle(order)
    state = State(AUDIT)
    for made in order:
        arrive(state, made)
    assert {made.entry.id for made in order} == state.known | set(state.held)
    assert all(held.reason == "unknown_base" for held in state.held.values())
    while state.held:
        ids = list(state.held) if at_once else [shuffle.choice(list(state.held))]
        accepted = {"kind": "accepted", "id": str(uuid.uuid4()), "audit": AUDIT, "by": "leader"}
        raw = msgspec.json.encode({**accepted, "made_at": MADE_AT, "body": {"entries": ids}})
        arrive(state, Made(raw, decode(raw), 0, set()))
    assert heads_of(state) == expected_heads([made.entry for made in world.all])


@settings(max_examples=60)
@given(STEPS, st.randoms(use_true_random=False), st.integers(0, 40))
def test_the_fold_is_the_same_in_one_go_and_in_two(
    steps: list[tuple[int, str, int]], shuffle: random.Random, cut: int
) -> None:
    world = played(steps)
    state, records = State(AUDIT), []
    for made in shuffle.sample(world.all, len(world.all)):
        verdict = admit(state, made.entry)
        record = Record(state.seq + 1, made.raw, verdict.status, "", "", None, verdict.reason)  # type: ignore[arg-type]
        records.append(record)
        apply(state, record, made.entry)
    assert fold(AUDIT, records) == state
    assert fold(AUDIT, records[cut:], fold(AUDIT, records[:cut])) == state


@settings(max_examples=60)
@given(STEPS)
def test_an_amendment_that_names_all_heads_resolves_every_conflict(steps: list[tuple[int, str, int]]) -> None:
    world = played(steps)
    for number in (0, 1, 2, 0):
        world.step(number, "sync", 0)
    device = world.devices[0]
    for thing in device.state.conflicts():
        bases = list(thing.heads)
        if thing.id in PATHS:
            world.make(device, "configured", {"path": thing.id, "value": "x", "bases": bases}, set(bases))
        elif thing.id in device.state.photos:
            photo = {"observation": observation_of(thing)}
            world.make(device, "amended", {"target": thing.id, "bases": bases, "photo": photo}, set(bases))
        else:
            body = {"target": thing.id, "bases": bases, "observation": {"stop": "s"}}
            world.make(device, "amended", body, set(bases))
        assert not thing.in_conflict
    assert device.state.conflicts() == []
