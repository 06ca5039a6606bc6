"""What the file says of the previous audit: its nonconformities, and what this one should look at."""

# ruff: noqa: RUF012 - the classes are msgspec Structs (by way of Part), which copy their defaults

from __future__ import annotations

from server.audit.entries import Text
from server.audit.interchange.kinds import Clauses, Code, Day, Grade, Scheme
from server.audit.interchange.model.base import Part


class Focus(Part, frozen=True, kw_only=True):
    number: Code = ""
    department: str = ""
    clauses: Clauses = []
    text: Text = Text()


class PreviousFinding(Part, frozen=True, kw_only=True):
    number: Code = ""
    date: Day = ""
    grade: Grade = ""
    department: str = ""
    scheme: Scheme = ""
    clause: Code = ""
    clauses: Clauses = []
    statement: Text = Text()
    correction: Text = Text()
    cause: Text = Text()
    action: Text = Text()
    verification_needed: bool = True
    verified_in: list[Code] = []
    result: Code = ""
