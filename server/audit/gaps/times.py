"""Where the time ledger has a hole, or says what can't be."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit import ledger
from server.audit.entries import Text
from server.audit.gaps.model import Audit, Gap, gap


def open_visits(audit: Audit) -> Iterator[Gap]:
    """Somebody arrived at a stop and nobody wrote down when they left."""
    for one in ledger.still_open(audit.state):
        stop, at = audit.stop_name(one.stop), f"{one.begin.astimezone(audit.zone):%m-%d %H:%M}"
        yield gap(
            "VISIT_OPEN",
            message=Text(
                zh=f"{audit.name(one.person)}{at}到{stop.zh}，没有写离开时间",
                en=f"{audit.name(one.person, 'en')} came to {stop.en} at {at}, no time of leaving",
            ),
            about=[one.person, one.begin.isoformat()],
            where=f"ledger#v{one.id}",
        )


def two_places(audit: Audit) -> Iterator[Gap]:
    """One auditor can't have been at two stops at once."""
    for one in ledger.overlaps(audit.state):
        first, second = audit.stop_name(one.first.stop), audit.stop_name(one.second.stop)
        at = one.second.begin.astimezone(audit.zone)
        yield gap(
            "TWO_PLACES",
            message=Text(
                zh=f"{audit.name(one.person)}{at:%m-%d %H:%M}同时在{first.zh}和{second.zh}",
                en=f"{audit.name(one.person, 'en')} at {at:%m-%d %H:%M} both at {first.en} and {second.en}",
            ),
            about=[one.person, one.first.stop, one.second.stop, one.second.begin.isoformat()],
            where=f"ledger#v{one.second.id or one.first.id}",
        )


def below_plan(audit: Audit) -> Iterator[Gap]:
    """RV-08: audit time below the plan, told once the closing meeting has ended."""
    if audit.given.days is None:
        return
    said = ledger.deviation(audit.state, audit.given.days)
    if said.zh:
        yield gap("TIME_BELOW_PLAN", message=said, about=[said.zh], where="ledger")
