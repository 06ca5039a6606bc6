"""Which function fills which element of the reference form, by key.

Elements not named here are filled by what they are: judged by the leader, a printed text of the house, the
repetition of another element, or the observations that belong to them; see `compile`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from server.audit.report import observed, overview
from server.audit.report.context import Context, Filling
from server.audit.report_signatures import REPORT
from server.criteria.model import Element

Fill = Callable[[Context, Element], Filling]

FILLS: dict[str, Fill] = {
    "cover.project_number": overview.project_number,
    "cover.audit_type": overview.audit_type,
    "cover.organization": overview.organization,
    "cover.schemes": overview.schemes,
    "cover.other_scheme": overview.other_scheme,
    "cover.leader_signature": partial(overview.signatures, what=REPORT, roles=("leader",)),
    "cover.member_signatures": partial(overview.signatures, what=REPORT, roles=("auditor",)),
    "cover.report_date": overview.report_date,
    "cover.qr_code": overview.qr_code,
    "notes.attachments": overview.attachments,
    "notes.other_attachments": overview.other_attachments,
    "commitment.leader_signature": partial(overview.signatures, what="commitment", roles=("leader",)),
    "commitment.member_signatures": partial(overview.signatures, what="commitment", roles=("auditor",)),
    "1.1.members": overview.team,
    "1.1.others": overview.companions,
    "1.2.certified_schemes": overview.schemes,
    "1.2.purposes": overview.purposes,
    "1.2.other_purpose": overview.other_purpose,
    "1.2.to_decide": overview.to_decide,
    "1.3.persons": overview.persons,
    "1.4.standards": overview.standards,
    "1.4.combination": overview.combination,
    "1.4.programme": overview.programme,
    "1.4.laws": partial(overview.laws, groups=("law",)),
    "1.4.product_standards": partial(overview.laws, groups=("product", "environment_safety")),
    "1.5.1.start": partial(overview.day, which="start"),
    "1.5.1.end": partial(overview.day, which="end"),
    "1.5.1.covered_from": partial(overview.day, which="covered_from"),
    "1.5.1.covered_to": overview.covered_to,
    "1.5.1.method": overview.method,
    "1.5.2.scope": overview.scope,
    "1.5.2.deviation": overview.not_completed,
    "1.5.3.registered_address": partial(overview.address, which="registered_address"),
    "1.5.3.office_address": partial(overview.address, which="office_address"),
    "1.5.3.operating_address": partial(overview.address, which="operating_address"),
    "1.5.3.sites": overview.sites,
    "1.5.3.temporary_sites": overview.temporary_sites,
    "1.5.4.suspension_reason": overview.suspension_reason,
    "1.5.4.suspension_operation": overview.only_if_suspended,
    "1.5.4.suspension_removed": overview.only_if_suspended,
    "1.5.5.plan_changed": overview.plan_changed,
    "1.5.5.plan_changes": overview.plan_changes,
    "1.5.5.completed": overview.plan_completed,
    "1.5.5.not_completed_reason": overview.not_completed,
    "1.5.6.major_count": partial(overview.count, grade="major"),
    "1.5.6.minor_count": partial(overview.count, grade="minor"),
    "1.5.6.departments_clauses": overview.departments_and_clauses,
    "1.5.6.follow_up": overview.follow_up,
    "1.5.6.due": overview.due_dates,
    "1.5.6.next_audit": overview.next_audit,
    "1.5.6.next_focus": partial(observed.marked, mark="focus"),
    "1.5.6.strengths": partial(observed.marked, mark="strength"),
    "2.1.objectives": observed.objectives,
    "2.2.earlier_nonconformities": observed.earlier_on_site,
    "4.effectiveness": observed.previous_findings,
    "7.schemes": overview.schemes,
    "7.signatures": overview.report_lines,
}
