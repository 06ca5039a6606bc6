"""The meetings of an audit: times, points to cover, texts read aloud, changes asked one by one, attendance.

ISO/IEC 17021-1:2015, 9.4.2 (opening), 9.4.7 (closing), 9.6.2.2 g (changes). What is recorded here is kept on
the phone first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit import findings
from server.audit.acknowledgement import acknowledgement
from server.audit.entries import AnsweredBody, AttendedBody, Meeting, MeetingBody, SignedBody, TickedBody
from server.audit.names import name_of
from server.audit.signing import COMMITMENT, attendance_text, commitment_text, signatures_of
from server.audit.signing import MEETINGS as SIGNED_AT
from server.audit.state import Thing
from server.criteria.model import Element, House, Language, MeetingPoint, Speech
from server.web import check_in, shown
from server.web.guards import Case
from server.web.offline import offline
from server.web.overview import Overview, overview
from server.web.render import language_of, page
from server.web.team_meeting import agenda

MEETINGS: tuple[Meeting, ...] = get_args(Meeting)
READ_ALOUD = ("commitment", "attention")
"""Points that are ticked where their text stands."""
_CHANGES = "3."
"""Elements about changes since the last audit begin with it."""


@get("/audits/{audit:str}/meetings/{meeting:str}", opt={"needs": "audit.read"}, include_in_schema=False)
async def meeting_page(
    request: Request[Any, Any, Any],
    case: NamedDependency[Case],
    meeting: FromPath[str],
) -> Response[bytes]:
    """The page of one meeting: opening, closing, team or client."""
    if meeting not in MEETINGS:
        raise NotFoundException
    found = overview(case.criteria, case.state)
    return page(
        request,
        "pages/meeting.html",
        stamp=(found.hash, case.role),
        make=lambda: _context(found, case, meeting, language_of(request)),
    )


@dataclass(frozen=True, slots=True)
class Point:
    """A point to cover and whether it was. `bases` are the versions of its tick."""

    ref: str
    text: str
    done: bool
    bases: list[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change: what was answered (None: not asked yet)."""

    element: Element
    answer: AnsweredBody | None
    bases: list[str]


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody on the attendance sheet, or who may be expected there. `kept` is the JSON of their row."""

    name: str
    title: str
    """The name as the page's language writes it."""
    role: str
    present: bool
    at_once: bool
    """Shown without unfolding: the team, and whoever came to either meeting."""
    kept: str
    bases: list[str]
    signed: SignedBody | None
    """Their signature of this meeting."""


def _context(found: Overview, case: Case, meeting: Meeting, language: Language) -> dict[str, Any]:
    state, house = found.state, found.asked.house
    thing = state.meetings.get(meeting)
    held = (thing.current if thing else None) or MeetingBody(meeting=meeting)
    points = _points(found, meeting, language)
    return {
        "audit": state.audit,
        "setup": state.setup,
        "found": found,
        "meeting": meeting,
        "held": held,
        "bases": thing.heads if thing else [],
        "base": _json(held),
        "offset": found.offset(),
        "start": _local(held.start, found),
        "end": _local(held.end, found),
        "planned": _planned(found, meeting),
        "points": [one for one in points if one.ref not in READ_ALOUD],
        "speeches": _speeches(house, points),
        "changes": _changes(found) if meeting == "opening" else [],
        "people": _attendees(found, meeting, language) if meeting in ("opening", "closing") else [],
        "sign_text": attendance_text(state, meeting, "{day}").get(language) if meeting in SIGNED_AT else "",
        "agenda": agenda(found, language) if meeting == "team" else None,
        "commitment": _commitment(found, language) if meeting in SIGNED_AT else [],
        "commitment_text": commitment_text(house.commitment).get(language),
        "script": _script(found) if meeting == "closing" else None,
        "may_write": case.may("entry.meeting-held") and not state.released,
        "may_grade": case.may("finding.grade") and not state.released,
        "grades": house.nc_grades,
        "may_answer": case.may("entry.answered") and not state.released,
        "may_capture": case.may("observation.write"),
        "capture": shown.capture_at_now(found, case.principal.id),
        "window": next(
            (one for one in check_in.windows(found, language) if one.due.meeting == meeting), None
        ),
        "words": found.asked.words(language),
        "shown": shown,
    }


def _points(found: Overview, meeting: Meeting, language: Language) -> list[Point]:
    listed: list[MeetingPoint] = getattr(found.asked.house.meetings, meeting, [])
    ticks = found.state.ticks

    def point(one: MeetingPoint) -> Point:
        thing: Thing[TickedBody] | None = ticks.get(f"{meeting}/{one.ref}")
        done = bool(thing and thing.current and thing.current.done)
        return Point(one.ref, one.text.get(language), done, thing.heads if thing else [])

    return [point(one) for one in listed]


def _speeches(house: House, points: list[Point]) -> list[tuple[Speech, Point]]:
    """What is read aloud, each beside the point that says it was."""
    texts = {"commitment": house.commitment, "attention": house.attention}
    return [(texts[one.ref], one) for one in points if one.ref in texts]


def _changes(found: Overview) -> list[Change]:
    elements = [one for one in found.asked.form.elements if one.key.startswith(_CHANGES)]
    things = {one.key: found.state.answers.get(one.key) for one in elements}
    return [
        Change(one, thing.current if thing else None, thing.heads if thing else [])
        for one in elements
        for thing in [things[one.key]]
    ]


def _attendees(found: Overview, meeting: Meeting, language: Language) -> list[Attendee]:
    """Who signed in at either meeting, then the team and the people of the client who may be expected."""
    listed = {name: thing for name, thing in found.state.attendance.items() if thing.current}
    team = {one.name for one in found.state.setup.team.values()}
    signed = {name: body for name, (_, body) in signatures_of(found.state, meeting).items()}
    expected = {one.name: one for one in _expected(found) if one.name and one.name not in listed}
    people = [(thing.current, thing.heads, True) for thing in listed.values() if thing.current]
    people += [(one, [], one.name in team) for one in expected.values()]

    def row(person: AttendedBody, heads: list[str], at_once: bool) -> Attendee:
        department = shown.department(found.state.setup.client, person.department, language)
        return Attendee(
            name=person.name,
            title=name_of(person).get(language),
            role=" · ".join(filter(None, (department, person.position.get(language)))),
            present=meeting in person.meetings,
            at_once=at_once,
            kept=_json(person),
            bases=heads,
            signed=signed.get(person.name),
        )

    return [row(*one) for one in people]


def _expected(found: Overview) -> list[AttendedBody]:
    setup = found.state.setup
    return [
        *(AttendedBody(name=one.name, name_en=one.name_en) for one in setup.team.values()),
        *(AttendedBody(name=one.name, name_en=one.name_en) for one in setup.companions.values()),
        *(
            AttendedBody(name=one.name, name_en=one.name_en, department=one.department, position=one.position)
            for one in setup.client.people
        ),
    ]


def _commitment(found: Overview, language: Language) -> list[tuple[str, str, SignedBody | None]]:
    """Who signs the commitment: leader, auditors and trainees, as they are written, with what they signed."""
    signed = signatures_of(found.state, COMMITMENT)
    team = sorted(
        found.state.setup.team.values(), key=lambda one: (one.role != "leader", one.label, one.name)
    )
    signing = [one for one in team if one.role in ("leader", "auditor", "trainee")]
    return [
        (one.name, name_of(one).get(language), signed[one.name][1] if one.name in signed else None)
        for one in signing
    ]


def _script(found: Overview) -> dict[str, Any]:
    """What the closing meeting is told, from what was recorded so far."""
    state, house = found.state, found.asked.house
    strengths = [(f"findings/{one.id}", one.content.statement) for one in findings.listing(state, "strength")]
    strengths += [
        (f"observations/{key}", content.text) for key, content in findings.marked(state, "strength")
    ]
    return {
        "records": sum(1 for _ in state.standing_observations()),
        "counts": findings.counts(state, house),
        "strengths": [(path, text) for path, text in strengths if text.zh or text.en],
        "nonconformities": [
            (one, acknowledgement(state, one.thing).standing)
            for one in findings.listing(state, "nonconformity")
        ],
        "opportunities": findings.listing(state, "opportunity"),
        "notes": house.notes,
    }


def _planned(found: Overview, meeting: Meeting) -> str:
    """When the plan has the meeting: 08:30–09:00, or nothing."""
    stops = found.state.setup.stops.values()
    return next(
        (shown.hours(stop, found.asked.zone) for stop in stops if shown.MEETING_OF.get(stop.type) == meeting),
        "",
    )


def _local(moment: datetime | None, found: Overview) -> str:
    """A moment as a form's field has it, in the audit's zone."""
    return moment.astimezone(found.asked.zone).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@offline
def _offline(case: Case) -> list[str]:
    return [f"/audits/{case.state.audit}/meetings/{meeting}" for meeting in MEETINGS]


routes = [meeting_page]
