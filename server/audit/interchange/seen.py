"""What was seen and said on site, from the file to entries: observations, photos, meetings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from server.audit import entries
from server.audit.entries import Evidence, Meeting, Person, Text
from server.audit.interchange import cards, model
from server.audit.interchange.builder import Builder, principal_id
from server.audit.interchange.words import lookup
from server.audit.report_signatures import REPORT

MEETINGS: tuple[Literal["opening", "closing"], ...] = ("opening", "closing")


def add_observations(builder: Builder) -> None:
    """Each observation as `observed`, followed by its photos."""
    _check_ids(builder)
    rows_of = _objectives_by_observation(builder)
    slots = {slot.id: slot for slot in builder.file.audit.plan.slots}
    marked = _marks(builder)
    for observation in builder.file.observations:
        slot = slots.get(observation.slot)
        at = observation.at or (slot.start if slot else None) or builder.begin
        by = builder.author(observation.auditor, (*observation.where, "auditor"))
        body = _observation(builder, observation, rows_of.get(observation.id, []), marked)
        if not (body.text.zh or body.text.en or body.outcome or body.cards or observation.photos):
            builder.notes.warn(
                observation.where, "没有文字、照片和结果", "has neither text nor photo nor outcome"
            )
        observed = builder.add(entries.Observed, observation.where, body, by=by, at=at)
        for photo in observation.photos:
            builder.add(entries.Photographed, photo.where, _photo(builder, photo, observed), by=by, at=at)


def _check_ids(builder: Builder) -> None:
    seen: set[str] = set()
    for observation in builder.file.observations:
        if observation.id in seen:
            builder.notes.refuse(
                (*observation.where, "id"),
                f"有两条审核记录“{observation.id}”",
                f"there are two observations “{observation.id}”",
            )
        seen |= {observation.id} - {""}


def _objectives_by_observation(builder: Builder) -> dict[str, list[model.Objective]]:
    rows: dict[str, list[model.Objective]] = {}
    for objective in builder.file.objectives:
        code = objective.from_observation
        if code and code not in builder.observations:
            builder.notes.refuse(
                (*objective.where, "from_observation"),
                f"没有审核记录“{code}”",
                f"there is no observation “{code}”",
            )
        rows.setdefault(code, []).append(objective)
    rows.pop("", None)
    return rows


def _marks(builder: Builder) -> dict[str, set[str]]:
    """Observations that the leader's lists name as strength or next focus, by the mark."""
    judgements = builder.file.judgements
    found: dict[str, set[str]] = {}
    for mark, listed in (("strength", judgements.positive), ("focus", judgements.next_focus)):
        for one in listed:
            if one.from_observation and one.from_observation not in builder.observations:
                builder.notes.refuse(
                    (*one.where, "from_observation"),
                    f"没有审核记录“{one.from_observation}”",
                    f"there is no observation “{one.from_observation}”",
                )
            found.setdefault(mark, set()).add(one.from_observation)
    return found


def _observation(
    builder: Builder,
    observation: model.Observation,
    objectives: Iterable[model.Objective],
    marked: dict[str, set[str]],
) -> entries.Observation:
    flags = {"focus": observation.next_focus, "strength": observation.strength}
    marks: list[Any] = [
        mark
        for mark, flag in flags.items()
        if flag or (observation.id and observation.id in marked.get(mark, ()))
    ]
    kind: Any = observation.evidence_kind
    assistants = observation.assisted_by
    return entries.Observation(
        stop=builder.stop(observation.slot, (*observation.where, "slot")),
        text=Text(zh=observation.text, en=observation.text_en),
        outcome=observation.outcome,
        clauses=observation.clauses,
        evidence=[Evidence(kind=kind)] if kind else [],
        department=observation.department,
        area=observation.area,
        seen_at=observation.at,
        people=[
            Person(name=one.name, role=Text(zh=one.role_zh, en=one.role_en))
            for one in observation.interviewed
        ],
        assisted_by=[
            builder.author(code, (*observation.where, "assisted_by", index))
            for index, code in enumerate(assistants)
        ],
        cards=cards.of_observation(observation, objectives),
        marks=marks,
        verified=observation.verified,
        elements=observation.report_element,
        label=observation.id,
    )


def _photo(builder: Builder, photo: model.Photo, observed: str) -> entries.Photo:
    """A photo whose bytes the file does not hold: no hash, shown as 无文件."""
    return entries.Photo(
        observation=observed,
        taken_at=photo.taken_at,
        taken_by=builder.author(photo.taken_by, (*photo.where, "taken_by")),
        caption=Text(zh=photo.caption_zh, en=photo.caption_en),
        subject=photo.shows,
        place=photo.place,
        label=photo.id,
    )


def add_meeting(builder: Builder, meeting: Literal["opening", "closing"]) -> None:
    """A meeting with its points and signatures."""
    held: model.MeetingHeld | None = getattr(builder.file.meetings, meeting)
    begin = held.start if held else None
    by = builder.leader
    if held is not None:
        by = builder.author(held.chair, (*held.where, "chair"), otherwise=by)
        body = entries.MeetingBody(
            meeting=meeting,
            start=held.start,
            end=held.end,
            place=Text(zh=held.place_zh, en=held.place_en),
            chair=by if held.chair else "",
        )
        builder.add(entries.MeetingHeld, held.where, body, by=by, at=begin)
        for point in held.points:
            ticked = entries.TickedBody(
                meeting=meeting,
                point=builder.unused(f"{meeting} point", point.ref),
                text=Text(zh=point.zh, en=point.en),
                done=point.done,
                at=point.at,
            )
            builder.add(entries.Ticked, point.where, ticked, by=by, at=point.at or begin)
    _add_signatures(builder, meeting, begin)


def add_attendance(builder: Builder) -> None:
    """Who was at which meeting; somebody listed twice is one person."""
    begin = next((m.start for m in (builder.file.meetings.opening, builder.file.meetings.closing) if m), None)
    people: dict[str, list[model.Attendee]] = {}
    for attendee in builder.file.meetings.attendees:
        people.setdefault(attendee.name, []).append(attendee)
    for same in people.values():
        first = same[0]
        meetings: list[Meeting] = [
            meeting for meeting in MEETINGS if any(meeting in one.present_at for one in same)
        ]
        body = entries.AttendedBody(
            name=first.name,
            name_en=first.name_en,
            department=first.department,
            position=Text(zh=first.position, en=first.position_en),
            meetings=meetings,
        )
        builder.add(entries.Attended, first.where, body, by=builder.leader, at=begin)


def _add_signatures(builder: Builder, meeting: Meeting, begin: datetime | None) -> None:
    """Signatures as the file states them: name and time, no picture, right or wrong."""
    roles = {attendee.name: attendee.position for attendee in builder.file.meetings.attendees}
    for signature in builder.file.meetings.signatures:
        if signature.meeting != meeting:
            continue
        body = entries.SignedBody(
            what=meeting,
            name=signature.name,
            role=roles.get(signature.name, ""),
            signed_at=signature.signed_at.isoformat() if signature.signed_at else "",
            imported=True,
        )
        at = signature.signed_at or begin
        builder.add(entries.Signed, signature.where, body, by=_signer(builder, signature.name), at=at)


def _signer(builder: Builder, name: str) -> str:
    return builder.members.get(name) or principal_id(builder.short, name)


def add_report_signatures(builder: Builder) -> None:
    """Signatures under the report, by day."""
    for signature in builder.file.audit.signatures:
        body = entries.SignedBody(
            what=REPORT,
            name=signature.name,
            role=lookup("role", signature.role) or signature.role,
            signed_at=signature.date,
            imported=True,
        )
        at = builder.day(signature.date) if signature.date else None
        builder.add(entries.Signed, signature.where, body, by=_signer(builder, signature.name), at=at)
