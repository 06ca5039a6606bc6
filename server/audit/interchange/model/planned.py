"""What the file says before the walk: house, client, certificates, plan, team."""

# ruff: noqa: RUF012 - the classes are msgspec Structs (by way of Part), which copy their defaults

from __future__ import annotations

from typing import Any

import msgspec

from server.audit.entries import Text
from server.audit.interchange.kinds import (
    Clauses,
    Code,
    Day,
    Moment,
    Name,
    Rest,
    Role,
    Scheme,
    StopKind,
)
from server.audit.interchange.model.base import Part


class Named(Part, frozen=True, kw_only=True):
    """Something with a name in both languages, with whatever else the file says of it."""

    id: Code = ""
    no: int | None = None
    zh: str = ""
    en: str = ""
    building: str = ""
    special: bool = False
    confirmation: Code = ""
    confirmed: Day = ""


class House(Part, frozen=True, kw_only=True):
    """The certification body. `short` is its mark in numbers; the other keys are kept as written."""

    short: Code
    name_zh: str = ""
    name_en: str = ""
    rating_sets: dict[str, list[Text]] = {}
    rest: Rest = {}


class Contact(Part, frozen=True, kw_only=True):
    name: str = ""
    phone: str = ""
    email: str = ""


class Site(Part, frozen=True, kw_only=True):
    id: Code = ""
    kind: Code = "permanent"
    address: Text = Text()
    activities: Text = Text()


class TemporarySites(Part, frozen=True, kw_only=True):
    answer: Code = ""
    items: list[dict[str, Any]] = []
    rest: Rest = {}


class ClientPerson(Part, frozen=True, kw_only=True):
    id: Code = ""
    name: Name
    name_en: str = ""
    department: str = ""
    position_zh: str = ""
    position_en: str = ""


class Shift(Part, frozen=True, kw_only=True):
    name_zh: str = ""
    name_en: str = ""
    start: Code = msgspec.field(default="", name="from")
    to: Code = ""
    people: int | None = None
    processes_zh: str = ""
    processes_en: str = ""


class Permit(Part, frozen=True, kw_only=True):
    kind_zh: str = ""
    kind_en: str = ""
    number: Code = ""
    issuer: str = ""
    valid_until: Day = ""


class Client(Part, frozen=True, kw_only=True):
    """The audited company. Keys not named here are kept with it."""

    name_zh: str = ""
    name_en: str = ""
    credit_code: Code = ""
    legal_representative: str = ""
    management_representative: str = ""
    contact: Contact = Contact()
    registered_address: Text = Text()
    office_address: Text = Text()
    operating_address: Text = Text()
    correspondence_address: Text = Text()
    licence_scope: Text = Text()
    industry: Text = Text()
    headcount: int | None = None
    headcount_by_department: dict[str, int] = {}
    effective_headcount: int | None = None
    working_days_per_week: float | None = None
    shifts: list[Shift] = []
    permits: list[Permit] = []
    products: list[Text] = []
    departments: list[Text] = []
    processes: list[Named] = []
    outsourced_processes: list[Named] = []
    equipment: list[Named] = []
    sites: list[Site] = []
    temporary_sites: TemporarySites = TemporarySites()
    people: list[ClientPerson] = []
    rest: Rest = {}


class Certificate(Part, frozen=True, kw_only=True):
    scheme: Scheme
    scheme_name: Code = ""
    standard: str = ""
    number: Code = ""
    scope_zh: str = ""
    scope_en: str = ""
    professional_codes: list[Code] = []
    issued: Day = ""
    valid_until: Day = ""
    status: Code = ""
    status_after_this_audit: Code = ""
    status_history: list[dict[str, Any]] = []
    mark: Code = ""


class Purpose(Part, frozen=True, kw_only=True):
    code: Code
    no: int | None = None
    zh: str = ""
    en: str = ""


class PreviousAudit(Part, frozen=True, kw_only=True):
    number: Code = ""
    start: Day = ""
    end: Day = ""


class ManDays(Part, frozen=True, kw_only=True):
    required: float | None = None
    planned: float | None = None
    actual: float | None = None
    counted: list[Code] = []


class Criterion(Part, frozen=True, kw_only=True):
    scheme: Scheme
    standard: str = ""


class Law(Part, frozen=True, kw_only=True):
    number: Code = ""
    prefix_zh: str = ""
    title_zh: str = ""
    title_en: str = ""
    edition_zh: str = ""
    topic: Code = ""


class Before(Part, frozen=True, kw_only=True):
    process_zh: str = ""
    process_en: str = ""


class Slot(Part, frozen=True, kw_only=True):
    id: Code = ""
    start: Moment | None = None
    end: Moment | None = None
    auditors: list[Code] = []
    kind: StopKind = "audit"
    department: str = ""
    process_zh: str = ""
    process_en: str = ""
    clauses: Clauses = []
    accompanied_by: list[Code] = []
    before_change: Before | None = None
    changed_by: Code = ""
    status: Code = ""
    professional: bool | None = None


class PlanChange(Part, frozen=True, kw_only=True):
    id: Code = ""
    at: Moment | None = None
    kind: Code = ""
    reason: Text = Text()
    zh: str = ""
    en: str = ""
    slots: list[Code] = []
    agreed_with: str = ""


class MatrixRow(Part, frozen=True, kw_only=True):
    """What a department answers for (``main`` ●) and takes part in (``related`` ○)."""

    department: str
    main: Clauses = []
    related: Clauses = []


class Completion(Part, frozen=True, kw_only=True):
    all_done: bool | None = None
    zh: str = ""
    en: str = ""


class Plan(Part, frozen=True, kw_only=True):
    issued: Day = ""
    confirmed_by_client: Day = ""
    slots: list[Slot] = []
    matrix: list[MatrixRow] = []
    changes: list[PlanChange] = []
    completion: Completion = Completion()


class Registration(Part, frozen=True, kw_only=True):
    scheme: Scheme
    grade: str = ""
    number: Code = ""
    professional_codes: list[Code] = []
    valid_until: Day = ""


class Member(Part, frozen=True, kw_only=True):
    id: Code = ""
    name: Name
    name_en: str = ""
    role: Role = "auditor"
    role_zh: str = ""
    registrations: list[Registration] = []
    consulting_for_client_last_2_years: bool | None = None
    from_zh: str = ""
    from_en: str = ""
    field_zh: str = ""
    field_en: str = ""
    areas_zh: str = ""
    areas_en: str = ""
    accompanies: list[Code] = []
    slots: list[Code] = []


class ReportSignature(Part, frozen=True, kw_only=True):
    name: Name
    role: str = ""
    date: Day = ""


class Audit(Part, frozen=True, kw_only=True):
    number: Code
    contract_number: Code = ""
    schemes: list[Scheme] = []
    audit_type: Code = "surveillance"
    surveillance_no: int | None = None
    cover_type_zh: str = ""
    cover_type_en: str = ""
    type_zh: str = ""
    type_en: str = ""
    purposes: list[Purpose] = []
    start: Day
    end: Day = ""
    report_date: Day = ""
    next_audit_by: Day = ""
    next_audit_type: Text = Text()
    previous_audit: PreviousAudit = PreviousAudit()
    covered_from: Day = ""
    covered_to: Day = ""
    method: Text = Text()
    combination: Text = Text()
    man_days: ManDays = ManDays()
    criteria: list[Criterion] = []
    other_criteria: list[Text] = []
    laws: list[Law] = []
    product_standards: list[Law] = []
    environment_and_safety_standards: list[Law] = []
    plan: Plan = Plan()
    team: list[Member] = []
    others: list[Member] = []
    attachments: list[Text] = []
    signatures: list[ReportSignature] = []
