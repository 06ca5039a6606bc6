"""Small plans for tests: two auditors, an expert, a day and a half."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from server.audit.entries import Clause, Text
from server.audit.setup import (
    AuditorDays,
    Certificate,
    Client,
    Member,
    Registration,
    Setup,
    Stop,
    Visit,
)
from server.criteria.model import ClauseRef

START = datetime.fromisoformat("2026-11-18T08:00:00+08:00")


def at(hours: float) -> datetime:
    """So many hours after eight o'clock of the first day."""
    return START + timedelta(hours=hours)


def clauses(*codes: str) -> list[Clause]:
    """Clauses of Q by number."""
    return [Clause(scheme="QMS", number=code) for code in codes]


def refs(*codes: str) -> list[ClauseRef]:
    return [ClauseRef(scheme="QMS", number=code) for code in codes]


def stop(begin: float | None, end: float | None, *auditors: str, **more: Any) -> Stop:
    """A stop by hours after eight."""
    kept = (
        {"department": "生产部", "clauses": clauses("8.5.1")} if more.get("type", "audit") == "audit" else {}
    )
    return Stop(
        start=None if begin is None else at(begin),
        end=None if end is None else at(end),
        auditors=list(auditors),
        **(kept | more),
    )


TEAM = {
    name: Member(
        name=f"{name} 某",
        role=role,  # type: ignore[arg-type]
        label=letter,
        registrations=[Registration(scheme="QMS", grade="审核员", number="1", valid_until="2030-01-01")],
    )
    for name, role, letter in (
        ("wen", "leader", "A"),
        ("tong", "auditor", "B"),
        ("sui", "trainee", "C"),
        ("wu", "expert", "D"),
    )
}


def setup(stops: dict[str, Stop], **more: Any) -> Setup:
    """An audit of one scheme with these stops."""
    known: dict[str, Any] = {
        "team": TEAM,
        "client": Client(name=Text(zh="临沅暖川"), effective_headcount=60),
        "visit": Visit(
            schemes=["QMS"],
            type="surveillance",
            start="2026-11-18",
            end="2026-11-19",
            auditor_days=AuditorDays(),
        ),
        "certificates": {"QMS": Certificate(scheme="QMS")},
    }
    return Setup(stops=stops, **(known | more))
