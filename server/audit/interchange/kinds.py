"""The scalar types of the file: each says how it is read (`extra`) and how the schema describes it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from server.audit import entries


def _words(vocabulary: str, description: str) -> Meta:
    return Meta(extra={"read": "word", "vocabulary": vocabulary}, description=description)


Code = Annotated[str, Meta(extra={"read": "code"})]
"""An identifier or number: blanks around it and full-width characters are accidents of typing."""

Number = Annotated[str, Meta(description="kept as written")]

Name = Annotated[str, Meta(extra={"read": "name"})]
"""A person's name: blanks around it are taken off, nothing else is changed."""

Day = Annotated[
    str,
    Meta(
        extra={"read": "day"}, description="a day, 2026-05-18", extra_json_schema={"examples": ["2026-05-18"]}
    ),
]

Moment = Annotated[
    entries.Moment,
    Meta(extra={"read": "moment"}, description="a moment with its offset, 2026-05-18T08:30:00+08:00"),
]

Scheme = Annotated[str, _words("scheme", "Q, EC, E, O (or S), En, F, H, or the system's name such as QMS")]
Outcome = Annotated[str, _words("outcome", "conform, ofi, nonconform, not_seen or not_applicable")]
Evidence = Annotated[
    str, _words("evidence", "document, record_sample, site, interview, measurement or claim")
]
Role = Annotated[
    str,
    _words(
        "role", "leader, member, trainee, technical_expert, interpreter, observer, witness_assessor or guide"
    ),
]
StopKind = Annotated[
    str, _words("stop", "opening, audit, team_meeting, client_talk, closing, break or other")
]
Grade = Annotated[str, _words("grade", "major or minor")]
Meeting = Annotated[str, _words("meeting", "opening or closing")]

Clauses = Annotated[list[entries.Clause], Meta(extra={"read": "clauses"})]
"""Clauses as codes ("E/O8.1") or as objects."""

Rest = Annotated[dict[str, Any], Meta(extra={"read": "rest"})]
"""Not in the file: the keys of an object that the format does not name, kept word for word."""

Where = Annotated[tuple[str | int, ...], Meta(extra={"read": "where"})]
"""Not in the file: where the object stands in it."""
