"""The shape of an interchange file, version 1, key by key. What a word or number may look like: `kinds`.

Only what an audit can't be without is required; everything else may be missing, null or empty.
"""

# ruff: noqa: RUF012 - the classes are msgspec Structs (by way of Part), which copy their defaults

from __future__ import annotations

from typing import Any

from server.audit.interchange.model.base import Part
from server.audit.interchange.model.earlier import Focus, PreviousFinding
from server.audit.interchange.model.judged import (
    ConclusionRow,
    DataChanged,
    Finding,
    FromObservation,
    Judgements,
    Opportunity,
    Rating,
    Recommendation,
    Response,
    Suspension,
    Verification,
)
from server.audit.interchange.model.planned import (
    Audit,
    Before,
    Certificate,
    Client,
    ClientPerson,
    Completion,
    Contact,
    Criterion,
    House,
    Law,
    ManDays,
    MatrixRow,
    Member,
    Named,
    Permit,
    Plan,
    PlanChange,
    PreviousAudit,
    Purpose,
    Registration,
    ReportSignature,
    Shift,
    Site,
    Slot,
    TemporarySites,
)
from server.audit.interchange.model.seen import (
    Attendee,
    Change,
    Interviewed,
    Measurement,
    MeetingHeld,
    Meetings,
    MeetingSignature,
    Objective,
    Observation,
    Photo,
    Point,
    Sample,
)

__all__ = [
    "VERSION",
    "Attendee",
    "Audit",
    "Before",
    "Certificate",
    "Change",
    "Client",
    "ClientPerson",
    "Completion",
    "ConclusionRow",
    "Contact",
    "Criterion",
    "DataChanged",
    "File",
    "Finding",
    "Focus",
    "FromObservation",
    "House",
    "Interviewed",
    "Judgements",
    "Law",
    "ManDays",
    "MatrixRow",
    "Measurement",
    "MeetingHeld",
    "MeetingSignature",
    "Meetings",
    "Member",
    "Named",
    "Objective",
    "Observation",
    "Opportunity",
    "Part",
    "Permit",
    "Photo",
    "Plan",
    "PlanChange",
    "Point",
    "PreviousAudit",
    "PreviousFinding",
    "Purpose",
    "Rating",
    "Recommendation",
    "Registration",
    "ReportSignature",
    "Response",
    "Sample",
    "Shift",
    "Site",
    "Slot",
    "Suspension",
    "TemporarySites",
    "Verification",
]

VERSION = 1


class File(Part, frozen=True, kw_only=True):
    """One audit: who, what, when, the walk, what was found and judged."""

    about: dict[str, Any] = {}
    house: House
    client: Client = Client()
    certificates: list[Certificate] = []
    audit: Audit
    previous_findings: list[PreviousFinding] = []
    previous_focus: list[Focus] = []
    meetings: Meetings = Meetings()
    objectives: list[Objective] = []
    changes: list[Change] = []
    observations: list[Observation] = []
    findings: list[Finding] = []
    opportunities: list[Opportunity] = []
    judgements: Judgements = Judgements()
