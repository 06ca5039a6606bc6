"""Whichever way and in whichever order an entry comes — by its author or carried — it stands once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from server.audit.admission import admit
from server.journal import Journal
from tests.journal.entries import AUTHOR, OTHER, entry, id_of, new_id, observed

THIRD = "0190f000-0000-7000-8000-00000000000c"


def copied(audit: str, raw: bytes, by: str) -> bytes:
    return entry("copied", {"entry": id_of(raw), "raw": raw.decode()}, audit, by=by)


async def deliver(journal: Journal, audit: str, deliveries: Sequence[bytes]) -> None:
    """Send each, accept what was held, and send all of it once more."""
    for raw in deliveries:
        appended = await journal.append(audit, [raw], sender="", admit=admit)
        assert appended.results[0].status in ("stored", "already", "held"), appended
    while held := list((await journal.state(audit)).held):
        accepted = entry("accepted", {"entries": held}, audit)
        await journal.append(audit, [accepted], sender="", admit=admit)
    again = await journal.append(audit, list(deliveries), sender="", admit=admit)
    assert {result.status for result in again.results} == {"already"}


async def test_in_every_order_it_stands_once(journal: Journal, audit: str) -> None:
    for order in itertools.permutations(range(5)):
        note = observed(audit, "一条")
        body = {"target": id_of(note), "bases": [id_of(note)]}
        change = entry("amended", body | {"observation": {"stop": "s1", "text": {"zh": "改过"}}}, audit)
        ways = [
            note,
            copied(audit, note, OTHER),
            copied(audit, note, THIRD),
            change,
            copied(audit, change, OTHER),
        ]
        await deliver(journal, audit, [ways[place] for place in order])
        state = await journal.state(audit)
        thing = state.observations[id_of(note)]
        assert [version.entry for version in thing.versions.values()] == [id_of(note), id_of(change)], order
        assert {version.by for version in thing.versions.values()} == {AUTHOR}
        assert thing.current is not None
        assert thing.current.text.zh == "改过"
        assert thing.heads == [id_of(change)]
    assert len((await journal.state(audit)).observations) == 120


async def test_the_state_is_the_same_after_a_restart(journal: Journal, audit: str) -> None:
    note = observed(audit, f"一条 {new_id()}")
    await deliver(journal, audit, [copied(audit, note, OTHER), note])
    before = await journal.state(audit)
    anew = await (await Journal.open(journal._db)).state(audit)
    assert (anew.seq, anew.hash, anew.copies) == (before.seq, before.hash, before.copies)
    assert anew.observations.keys() == before.observations.keys() == {id_of(note)}
    assert await journal.verify(audit) == []
