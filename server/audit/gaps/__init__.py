"""What is missing, or contradicts itself, before a gate: leaving the site, the closing meeting, release.

Codes are stable and public (`clausewalk audit gaps`); those that the interchange file's own examples name are
taken over from there. A gap never blocks: it says what, where, and which entries it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, NamedTuple

from server.audit.coverage import Coverage, Seen, cover
from server.audit.entries import DismissedBody, Observation
from server.audit.gaps import (
    contradictions,
    earlier,
    mandatory,
    missing,
    nonconformities,
    own_checks,
    pictures,
    recorded,
    reviewed,
    signatures,
    team,
    times,
)
from server.audit.gaps.catalogue import GATES, KINDS, SEVERITIES, Gate, Severity
from server.audit.gaps.model import Audit, Beside, Gap, Given, Note
from server.audit.setup import Setup
from server.audit.state import State, Thing, Version

__all__ = [
    "GATES",
    "KINDS",
    "SEVERITIES",
    "Beside",
    "Found",
    "Gap",
    "Gate",
    "Given",
    "Memo",
    "Severity",
    "as_json",
    "find",
    "look",
]

Check = Callable[[Audit], Iterable[Gap]]
ObservationCheck = Callable[[Audit, Thing[Observation], Observation], Iterable[Gap]]
Noting = Callable[[Audit, Seen], Iterable[Note]]
Rank = tuple[Gate, Severity]
"""Where a gap stands in the list: by gate, then by gravity."""

SETUP_CHECKS: tuple[Check, ...] = (
    contradictions.auditor_days,
    contradictions.next_audit,
    reviewed.competence,
    reviewed.special_processes,
)
"""What is asked of the set-up alone."""

CHECKS: tuple[Check, ...] = (
    missing.empty_stops,
    missing.unseen_clauses,
    missing.last_chances,
    missing.unraised_nonconformities,
    missing.incomplete_findings,
    missing.numbers_twice,
    missing.missing_photos,
    missing.missing_pages,
    signatures.missing_pictures,
    missing.two_versions,
    missing.held_entries,
    missing.outboxes,
    missing.unheard,
    missing.wrong_clocks,
    mandatory.untouched_points,
    mandatory.missing_points,
    mandatory.meetings,
    mandatory.empty_in_report,
    contradictions.stated_counts,
    contradictions.stated_places,
    contradictions.cover_type,
    contradictions.dates,
    contradictions.attendance,
    nonconformities.denied_facts,
    nonconformities.unsigned,
    nonconformities.unsettled,
    reviewed.wording,
    reviewed.contradicted,
    reviewed.earlier_findings,
    reviewed.processes,
    reviewed.departments,
    reviewed.records_of_others,
    reviewed.suspension,
    reviewed.ratings,
    reviewed.closing,
    own_checks.own_checks,
    earlier.copied,
    earlier.addresses,
    pictures.not_permitted,
    team.unexplained_changes,
    team.countersignatures,
    team.unsigned_report,
    times.open_visits,
    times.two_places,
    times.below_plan,
)
OBSERVATION_CHECKS: tuple[ObservationCheck, ...] = (
    missing.unclassified,
    contradictions.unqualified_auditors,
    contradictions.observation_times,
    contradictions.claims_as_verified,
    contradictions.translated_numbers,
    recorded.praise,
    recorded.samples,
    recorded.objectives,
    recorded.laws,
    recorded.written_late,
)
"""What is asked of each observation alone: answers depend on it and on the set-up."""

NOTINGS: tuple[Noting, ...] = (mandatory.notes, reviewed.notes, own_checks.notes)
"""What is noted of each observation for the checks of the whole audit."""


class _Looked(NamedTuple):
    """What was found in one version of an observation."""

    seen: Seen
    gaps: list[Gap]
    notes: list[Note]


class _AtStop(NamedTuple):
    """What was found in the observations of one stop, gaps by their rank."""

    seen: Sequence[Seen]
    gaps: dict[Rank, list[Gap]]
    notes: frozenset[Note]


@dataclass(slots=True)
class Memo:
    """What an earlier call made of observations and set-up: passed on, only changes are checked."""

    setup: Setup | None = None
    of_setup: list[Gap] = field(default_factory=list)
    seen: dict[str, _Looked] = field(default_factory=dict)
    stops: dict[str, _AtStop] = field(default_factory=dict)


class Found(NamedTuple):
    """Gaps that are open, and those that were dismissed, with who said so, when and why."""

    open: list[Gap]
    dismissed: list[tuple[Gap, Version[DismissedBody]]]


_ALONE = Beside()


def find(
    state: State,
    given: Given,
    beside: Beside = _ALONE,
    *,
    coverage: Coverage | None = None,
    gate: Gate | None = None,
    memo: Memo | None = None,
) -> list[Gap]:
    """The open gaps of `look`."""
    return look(state, given, beside, coverage=coverage, gate=gate, memo=memo).open


def look(
    state: State,
    given: Given,
    beside: Beside = _ALONE,
    *,
    coverage: Coverage | None = None,
    gate: Gate | None = None,
    memo: Memo | None = None,
) -> Found:
    """All gaps by gate and gravity: open and dismissed.

    `gate`: only what is due at or before it. `memo` of an earlier call for the same audit and `given`
    saves work.
    """
    memo = Memo() if memo is None else memo
    audit = Audit(state, given, beside, coverage or cover(state, given.points))
    if memo.setup is not state.setup:
        memo.setup, memo.seen, memo.stops = state.setup, {}, {}
        memo.of_setup = [gap for check in SETUP_CHECKS for gap in check(audit)]
    stops = [_at_stop(audit, memo, key, seen) for key, seen in audit.coverage.by_stop.items()]
    audit = replace(audit, notes=frozenset[Note]().union(*(stop.notes for stop in stops)))
    of_audit = _ranked([*memo.of_setup, *(gap for check in CHECKS for gap in check(audit))])
    gates = GATES[: GATES.index(gate) + 1] if gate else GATES
    parts = [of_audit, *(stop.gaps for stop in stops)]
    ranks = product(gates, SEVERITIES)
    return _parted(state, [gap for rank in ranks for part in parts for gap in part.get(rank, ())])


def _at_stop(audit: Audit, memo: Memo, key: str, seen: Sequence[Seen]) -> _AtStop:
    known = memo.stops.get(key)
    if known is None or known.seen is not seen:
        looked = [_looked_at(audit, memo, one) for one in seen]
        gaps = _ranked(gap for one in looked for gap in one.gaps)
        notes = frozenset(note for one in looked for note in one.notes)
        known = memo.stops[key] = _AtStop(seen, gaps, notes)
    return known


def _looked_at(audit: Audit, memo: Memo, seen: Seen) -> _Looked:
    known = memo.seen.get(seen.id)
    if known is None or known.seen is not seen:
        thing = audit.state.observations[seen.id]
        found = [gap for check in OBSERVATION_CHECKS for gap in check(audit, thing, seen.content)]
        notes = [note for noting in NOTINGS for note in noting(audit, seen)]
        known = memo.seen[seen.id] = _Looked(seen, found, notes)
    return known


def _ranked(gaps: Iterable[Gap]) -> dict[Rank, list[Gap]]:
    ranked: dict[Rank, list[Gap]] = {}
    for gap in gaps:
        ranked.setdefault((gap.gate, gap.severity), []).append(gap)
    return ranked


def _parted(state: State, gaps: list[Gap]) -> Found:
    if not state.dismissals:
        return Found(gaps, [])
    spoken_of = {one.rpartition(":")[0] for one in state.dismissals}
    said = [
        (gap, dismissal_of(state, gap) if f"{gap.code}:{gap.where}" in spoken_of else None) for gap in gaps
    ]
    return Found(
        [gap for gap, dismissal in said if dismissal is None],
        [(gap, dismissal) for gap, dismissal in said if dismissal is not None],
    )


def dismissal_of(state: State, gap: Gap) -> Version[DismissedBody] | None:
    """By which exactly this gap stands dismissed; None if it is open."""
    said = state.dismissals.get(gap.id)
    if said is None or said.content is None or said.content.again or KINDS[gap.code].kept:
        return None
    return said


def as_json(gaps: Iterable[Gap]) -> dict[str, Any]:
    """The public shape of `clausewalk audit gaps --json`."""
    return {
        "gaps": [
            {
                "code": gap.code,
                "severity": gap.severity,
                "gate": gap.gate,
                "message": {"zh": gap.message.zh, "en": gap.message.en},
                "where": gap.where,
                "entries": gap.entries,
            }
            for gap in gaps
        ]
    }
