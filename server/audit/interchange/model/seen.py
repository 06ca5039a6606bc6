"""What the file says of the walk: meetings, objectives, changes, observations with their photos and rows."""

# ruff: noqa: RUF012 - the classes are msgspec Structs (by way of Part), which copy their defaults

from __future__ import annotations

from server.audit.interchange.kinds import (
    Clauses,
    Code,
    Evidence,
    Meeting,
    Moment,
    Name,
    Number,
    Outcome,
    Scheme,
)
from server.audit.interchange.model.base import Part


class Attendee(Part, frozen=True, kw_only=True):
    name: Name
    name_en: str = ""
    department: str = ""
    position: str = ""
    position_en: str = ""
    present_at: list[Meeting] = []


class MeetingSignature(Part, frozen=True, kw_only=True):
    name: Name
    meeting: Meeting
    signed_at: Moment | None = None


class Point(Part, frozen=True, kw_only=True):
    ref: Code
    zh: str = ""
    en: str = ""
    done: bool = True
    at: Moment | None = None


class MeetingHeld(Part, frozen=True, kw_only=True):
    start: Moment | None = None
    end: Moment | None = None
    place_zh: str = ""
    place_en: str = ""
    chair: Code = ""
    points: list[Point] = []


class Meetings(Part, frozen=True, kw_only=True):
    attendees: list[Attendee] = []
    signatures: list[MeetingSignature] = []
    opening: MeetingHeld | None = None
    closing: MeetingHeld | None = None


class Objective(Part, frozen=True, kw_only=True):
    no: int | None = None
    scheme: Scheme = ""
    name_zh: str = ""
    name_en: str = ""
    unit: str = ""
    target: Number = ""
    actual: Number = ""
    period: str = ""
    department: str = ""
    met: bool | None = None
    from_observation: Code = ""


class Change(Part, frozen=True, kw_only=True):
    """The answer to one of the nine kinds of change; `report_element` is the element's place in the form."""

    no: int | None = None
    report_element: int | None = None
    changed: bool | None = None
    zh: str = ""
    en: str = ""
    from_observations: list[Code] = []


class Interviewed(Part, frozen=True, kw_only=True):
    name: str = ""
    role_zh: str = ""
    role_en: str = ""


class Photo(Part, frozen=True, kw_only=True):
    id: Code = ""
    caption_zh: str = ""
    caption_en: str = ""
    shows: Code = ""
    place: str = ""
    taken_at: Moment | None = None
    taken_by: Code = ""


class Sample(Part, frozen=True, kw_only=True):
    what: str = ""
    population: Number = ""
    sample: Number = ""
    id: str = ""


class Measurement(Part, frozen=True, kw_only=True):
    parameter_zh: str = ""
    parameter_en: str = ""
    value: Number = ""
    unit: str = ""
    limit: str = ""
    basis: str = ""
    point: str = ""


class Observation(Part, frozen=True, kw_only=True):
    id: Code = ""
    slot: Code = ""
    at: Moment | None = None
    auditor: Code
    department: str = ""
    area: str = ""
    clauses: Clauses = []
    evidence_kind: Evidence = ""
    verified: bool | None = None
    text: str = ""
    text_en: str = ""
    outcome: Outcome = ""
    interviewed: list[Interviewed] = []
    photos: list[Photo] = []
    report_element: list[int] = []
    samples: list[Sample] = []
    measurements: list[Measurement] = []
    assisted_by: list[Code] = []
    strength: bool = False
    next_focus: bool = False
    table: Code = ""
