"""What no page could show is refused at the door; a clock that is merely wrong is taken."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from server.audit.admission import admit
from server.audit.entries import decode
from server.audit.state import State

ID = "0190f000-0000-7000-8000-{:012d}"
BEFORE, AFTER = "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"
NOTE = {"stop": "s1", "text": {"zh": "看"}}


def verdict(kind: str, body: dict[str, Any], made_at: str = "2026-09-10T10:00:00+08:00") -> tuple[str, str]:
    state = State(ID.format(0), seq=1, known={ID.format(7)})
    entry = {"kind": kind, "id": ID.format(1), "audit": ID.format(0), "made_at": made_at, "by": "wen"}
    admission = admit(state, decode(msgspec.json.encode({**entry, "body": body})))
    return admission.status, admission.reason


@pytest.mark.parametrize("made_at", [BEFORE, AFTER])
def test_a_moment_beyond_the_calendar_is_refused(made_at: str) -> None:
    assert verdict("observed", NOTE, made_at) == ("refused", "bad_value")


@pytest.mark.parametrize("made_at", ["1970-01-01T00:00:00Z", "2028-09-10T10:00:00+08:00"])
def test_a_wrong_clock_is_taken(made_at: str) -> None:
    assert verdict("observed", NOTE, made_at) == ("stored", "")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("observed", {**NOTE, "seen_at": BEFORE}),
        ("photographed", {"observation": ID.format(7), "taken_at": AFTER}),
        ("amended", {"target": ID.format(7), "bases": [], "observation": {**NOTE, "seen_at": BEFORE}}),
        ("found", {"type": "nonconformity", "issued_at": BEFORE}),
        ("meeting-held", {"meeting": "opening", "start": AFTER}),
        ("configured", {"path": "stops/s1", "value": {"start": BEFORE}}),
        ("configured", {"path": "stops/s1", "value": {"end": AFTER}}),
        ("configured", {"path": "plan_changes/c1", "value": {"at": BEFORE}}),
        ("configured", {"path": "time_zone", "value": "Mars/Olympus"}),
        ("configured", {"path": "time_zone", "value": "../../etc"}),
    ],
)
def test_what_could_not_be_shown_is_refused(kind: str, body: dict[str, Any]) -> None:
    assert verdict(kind, body) == ("refused", "bad_value")
