"""What the file says of the results: nonconformities, opportunities, ratings, recommendations."""

# ruff: noqa: RUF012 - the classes are msgspec Structs (by way of Part), which copy their defaults

from __future__ import annotations

from typing import Any

from msgspec import field

from server.audit.entries import Text
from server.audit.interchange.kinds import Clauses, Code, Day, Grade, Moment, Scheme
from server.audit.interchange.model.base import Part


class Response(Part, frozen=True, kw_only=True):
    submitted: Day = ""
    responsible: str = ""
    correction: Text = Text()
    cause: Text = Text()
    corrective_action: Text = Text()
    completed: Day = ""
    evidence_list: list[str] = []


class Verification(Part, frozen=True, kw_only=True):
    date: Day = ""
    method: Code = ""
    verifier: Code = ""
    accompanied_by: list[Code] = field(name="with", default_factory=list)
    result: Code = ""
    closed: bool | None = None
    text: Text = Text()


class Finding(Part, frozen=True, kw_only=True):
    number: Code = ""
    grade: Grade = ""
    clauses: Clauses = []
    department: str = ""
    department_clause: list[str] = []
    process_zh: str = ""
    process_en: str = ""
    auditor: Code = ""
    issued_at: Moment | None = None
    statement: Text = Text()
    evidence: Text = Text()
    requirement: Text = Text()
    grading_reason: Text = Text()
    observations: list[Code] = []
    client_representative: str = ""
    acknowledged_at: Moment | None = None
    follow_up: Code = ""
    due: Day = ""
    response: Response | None = None
    verification: Verification | None = None


class Opportunity(Part, frozen=True, kw_only=True):
    number: Code = ""
    clauses: Clauses = []
    department: str = ""
    auditor: Code = ""
    text: Text = Text()
    observations: list[Code] = []


class Rating(Part, frozen=True, kw_only=True):
    rating_zh: str = ""
    index: int | None = None
    zh: str = ""
    en: str = ""


class ConclusionRow(Part, frozen=True, kw_only=True):
    key: Code
    row_zh: str = ""
    row_en: str = ""
    set: Code = ""
    chosen_zh: str = ""
    chosen_en: str = ""
    chosen_index: int | None = None
    basis: str = ""


class FromObservation(Part, frozen=True, kw_only=True):
    from_observation: Code = ""
    zh: str = ""
    en: str = ""


class DataChanged(Part, frozen=True, kw_only=True):
    index: int | None = None
    zh: str = ""
    en: str = ""


class Suspension(Part, frozen=True, kw_only=True):
    reason: Text = Text()
    operation: Text = Text()
    use: Text = Text()
    removed: bool | None = None
    answer_zh: str = ""
    answer_index: int | None = None
    from_observations: list[Code] = []


class Recommendation(Part, frozen=True, kw_only=True):
    option_index: int | None = None
    code: Code = ""
    schemes: list[Scheme] = []
    zh: str = ""
    en: str = ""


class Judgements(Part, frozen=True, kw_only=True):
    """The leader's ratings and statements. `nonconformities` is kept as stated, right or wrong."""

    sections: dict[str, Rating] = {}
    conclusion_table: list[ConclusionRow] = []
    maturity: Text = Text()
    risk: Text = Text()
    positive: list[FromObservation] = []
    positive_text: Text = Text()
    next_focus: list[FromObservation] = []
    unresolved: Text = Text()
    scope_suitable: bool | None = None
    client_data_changed: DataChanged | None = None
    nonconformities: dict[str, Any] = {}
    suspension: Suspension | None = None
    recommendations: list[Recommendation] = []
