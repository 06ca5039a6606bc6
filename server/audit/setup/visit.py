"""What was agreed for this audit: numbers, types, dates, criteria, certificates, and earlier findings."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from server.audit.entries import Clause, Text


class Purpose(Struct, frozen=True, kw_only=True):
    code: str
    no: int | None = None
    text: Text = Text()


class Criterion(Struct, frozen=True, kw_only=True):
    """One standard of the audit as printed (`text`) and as known to us (`standard`, empty if unknown).

    `transition`: the newer edition that the client is audited against as well, because it moves there.
    """

    scheme: str
    standard: str = ""
    text: str = ""
    transition: str = ""


class Law(Struct, frozen=True, kw_only=True):
    """A law or standard named as a criterion. `group` is `law`, `product` or `environment_safety`."""

    group: str
    number: str = ""
    title: Text = Text()
    edition: str = ""
    topic: str = ""


class AuditorDays(Struct, frozen=True, kw_only=True):
    """Auditor-days 人日 as stated by the office; members counted by principal."""

    required: float | None = None
    planned: float | None = None
    actual: float | None = None
    counted: list[str] = []


class Visit(Struct, frozen=True, kw_only=True):
    """The audit as agreed: numbers, types, dates (ISO days in the audit's zone), criteria."""

    number: str = ""
    contract_number: str = ""
    schemes: list[str] = []
    type: str = "surveillance"
    surveillance_no: int | None = None
    cover_type: Text = Text()
    type_text: Text = Text()
    purposes: list[Purpose] = []
    start: str = ""
    end: str = ""
    report_date: str = ""
    next_audit_by: str = ""
    next_audit_type: Text = Text()
    previous_number: str = ""
    previous_start: str = ""
    previous_end: str = ""
    covered_from: str = ""
    covered_to: str = ""
    method: Text = Text()
    combination: Text = Text()
    auditor_days: AuditorDays = AuditorDays()
    criteria: list[Criterion] = []
    other_criteria: list[Text] = []
    laws: list[Law] = []
    plan_issued: str = ""
    plan_confirmed: str = ""
    plan_completed: bool | None = None
    plan_completion: Text = Text()
    attachments: list[Text] = []
    classified: bool = False
    """涉密: no pictures and no positions are taken at this audit."""
    positions: bool = False
    """Photos say where they were taken and in which direction, unless the audit is classified."""


class NotApplicable(Struct, frozen=True, kw_only=True):
    """Requirements that the client says do not apply to it, and why (ISO 9001:2015, 4.3)."""

    clauses: list[Clause] = []
    reason: Text = Text()


class Certificate(Struct, frozen=True, kw_only=True):
    """Certificate and scope wording of one scheme."""

    scheme: str
    number: str = ""
    scope: Text = Text()
    professional_codes: list[str] = []
    issued: str = ""
    valid_until: str = ""
    status: str = ""
    status_after: str = ""
    history: list[dict[str, Any]] = []
    mark: str = ""
    standard: str = ""
    """As printed on the certificate."""
    not_applicable: list[NotApplicable] = []


class Suspension(Struct, frozen=True, kw_only=True):
    reason: Text = Text()
    schemes: list[str] = []


class Focus(Struct, frozen=True, kw_only=True):
    """What the previous audit asks this one to look at: a record it marked, or an opportunity (`number`)."""

    number: str = ""
    department: str = ""
    clauses: list[Clause] = []
    text: Text = Text()


class PreviousFinding(Struct, frozen=True, kw_only=True):
    """A nonconformity of the previous audit, to be verified in this one (report chapter 四)."""

    number: str = ""
    date: str = ""
    grade: str = ""
    department: str = ""
    clauses: list[Clause] = []
    statement: Text = Text()
    correction: Text = Text()
    cause: Text = Text()
    action: Text = Text()
    verification_needed: bool = True
