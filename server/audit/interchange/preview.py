"""Entries folded without a database: what the journal would hold, known before anything is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from server.audit.admission import admit
from server.audit.entries import Entry, decode, encode
from server.audit.state import Record, State, fold


def preview(entries: Iterable[Entry]) -> State:
    """The state that these entries make. Raises `ValueError` if one of them would be held or refused.

    Hashes chain the bytes alone, because there are no times of receipt: they are not those of a journal.
    """
    state: State | None = None
    for seq, entry in enumerate(entries, start=1):
        state = state or State(entry.audit)
        raw = encode(entry)
        verdict = admit(state, decode(raw))
        if verdict.status != "stored":
            raise ValueError(f"{entry.id}: {verdict.reason} {verdict.detail}")
        digest = hashlib.sha256(state.hash.encode() + raw).hexdigest()
        record = Record(seq, raw, "stored", entry.made_at.isoformat(), digest)
        fold(entry.audit, [record], state)
    if state is None:
        raise ValueError("no entries")
    return state
