"""The attendance sheet 签到表 as a document: who, and room or a mark for each meeting's signature.

A photographed sheet is filed by its code (`audit.sheets`), whose hash is that of its rows.
"""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

from server.audit.entries import AttendedBody, Meeting, MeetingBody, SignedBody, Text
from server.audit.report.context import Context, same, words
from server.audit.report.overview import role
from server.audit.report.tree import Header, Table
from server.audit.setup import Setup
from server.audit.sheets import address_of, code_of
from server.audit.signing import MEETING_NAMES, MEETINGS, signatures_of
from server.audit.state import State
from server.criteria.load import Criteria

TITLE = Text(zh="签到表", en="Attendance sheet")
SHEET = "attendance"
_EMPTY_LINES = 4
"""Lines for people who turn up unexpectedly."""


class Attending(Struct, frozen=True, kw_only=True):
    """A line of the sheet. `signed` has for each meeting the signature, or None: room to sign."""

    name: str
    name_en: str
    department: str
    department_en: str = ""
    position: Text
    role: Text = Text()
    """What a member of the team is in the audit."""
    signed: list[SignedBody | None]


class AttendancePaper(Struct, frozen=True, kw_only=True):
    """The printed sheet. `sha256` covers client, number and people, not the signatures."""

    header: Header
    facts: list[tuple[Text, Text]]
    meetings: Table
    people: list[Attending]
    empty_lines: int
    sha256: str

    @property
    def code(self) -> str:
        """What it is filed by."""
        return code_of(self.header.seq, self.sha256)

    @property
    def address(self) -> str:
        """What its QR code holds."""
        return address_of(self.header.audit, SHEET, self.header.seq, self.sha256)


def compile_attendance(state: State, criteria: Criteria, *, house: str = "") -> AttendancePaper:
    """The sheet of an audit at its head."""
    setup = state.setup
    context = Context.of(state, criteria, house=house)
    signed = [signatures_of(state, meeting) for meeting in MEETINGS]
    roles = {one.name: role(one.role) for one in setup.team.values()}
    people = []
    for one in expected(state):
        department = context.department(one.department) if one.department else Text()
        people.append(
            Attending(
                name=one.name,
                name_en=one.name_en,
                department=department.zh,
                department_en=department.en,
                position=one.position,
                role=roles.get(one.name, Text()),
                signed=[of[one.name][1] if one.name in of else None for of in signed],
            )
        )
    dates = " — ".join(dict.fromkeys(filter(None, (setup.visit.start, setup.visit.end))))
    return AttendancePaper(
        header=Header(
            audit=state.audit,
            seq=state.seq,
            head=state.hash,
            number=setup.visit.number,
            title=TITLE,
            house=words(context.house.name),
            client=setup.client.name,
            date=setup.visit.start,
            released=state.released,
        ),
        facts=[
            (Text(zh="受审核方", en="Client"), setup.client.name),
            (Text(zh="项目编号", en="Number"), same(setup.visit.number)),
            (Text(zh="审核日期", en="Dates"), same(dates)),
        ],
        meetings=_meetings(context),
        people=people,
        empty_lines=_EMPTY_LINES,
        sha256=_hash(setup, people),
    )


def _meetings(context: Context) -> Table:
    """When and where the meetings were and who chaired; room to write what nobody recorded."""
    return Table(
        columns=[
            Text(zh="会议", en="Meeting"),
            Text(zh="日期", en="Date"),
            Text(zh="时间", en="Time"),
            Text(zh="地点", en="Place"),
            Text(zh="主持人", en="Chaired by"),
        ],
        rows=[_held(context, meeting) for meeting in MEETINGS],
    )


def _held(context: Context, meeting: Meeting) -> list[Text]:
    thing = context.state.meetings.get(meeting)
    held = (thing.current if thing else None) or MeetingBody(meeting=meeting)
    moments = [one.astimezone(context.zone) for one in (held.start, held.end) if one]
    days = dict.fromkeys(one.date().isoformat() for one in moments)
    return [
        MEETING_NAMES[meeting],
        same(" — ".join(days)),
        same("–".join(f"{one:%H:%M}" for one in moments)),
        held.place,
        context.written(context.name(held.chair)),
    ]


def expected(state: State) -> list[AttendedBody]:
    """Who stands on the sheet: whoever was put on it, then the team."""
    listed = {one.name: one for thing in state.attendance.values() if (one := thing.current)}
    team = (AttendedBody(name=one.name, name_en=one.name_en) for one in state.setup.team.values())
    return list((listed | {one.name: one for one in team if one.name not in listed}).values())


def _hash(setup: Setup, people: list[Attending]) -> str:
    rows = [[one.name, one.department, one.position.zh, one.position.en] for one in people]
    about = [setup.client.name.zh, setup.client.name.en, setup.visit.number, rows]
    return hashlib.sha256(msgspec.json.encode(about)).hexdigest()
