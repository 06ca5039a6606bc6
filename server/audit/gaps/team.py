"""What the team still owes: why the plan was changed, a name under a trainee's records and the report."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit import countersign, plan_changes
from server.audit.entries import Text
from server.audit.gaps.model import Audit, Gap, gap
from server.audit.names import name_of
from server.audit.report_signatures import signers


def unexplained_changes(audit: Audit) -> Iterator[Gap]:
    """A change of the plan without a reason, or without who agreed to it."""
    state = audit.state
    for key in plan_changes.without_reason(state.setup):
        change = state.setup.plan_changes[key]
        said = plan_changes.sentence(state, change)
        missing = [
            *([] if change.reason.zh or change.reason.en else [Text(zh="原因", en="the reason")]),
            *([] if change.agreed_with else [Text(zh="同意人", en="who agreed")]),
        ]
        thing = state.configured.get(f"plan_changes/{key}")
        yield gap(
            "PLAN_CHANGE_UNEXPLAINED",
            message=Text(
                zh=f"{said.zh or '计划变更'}：没有写{'、'.join(one.zh for one in missing)}",
                en=f"{said.en or 'A change of the plan'}: {' and '.join(one.en for one in missing)} missing",
            ),
            about=[key],
            where=f"plan_changes/{key}",
            entries=list(thing.heads) if thing else [],
        )


def countersignatures(audit: Audit) -> Iterator[Gap]:
    """Records of a trainee that no auditor has countersigned."""
    for principal, entries in countersign.trainees_waiting(audit.state).items():
        yield gap(
            "NOT_COUNTERSIGNED",
            message=Text(
                zh=f"实习审核员{audit.name(principal)}的{len(entries)}条记录还没有审核员签认",
                en=f"{audit.name(principal, 'en')}, trainee: {len(entries)} records not countersigned",
            ),
            about=[principal],
            where="team",
            entries=entries,
        )


def unsigned_report(audit: Audit) -> Iterator[Gap]:
    """Who of the team has not signed the report, and who signed it before it was changed."""
    content = audit.beside.content
    listed = signers(audit.state, content) if content else []
    for standing, code, zh, en in (
        ("unsigned", "REPORT_UNSIGNED", "{}还没有在报告上签字", "Not signed by {}"),
        ("changed", "REPORT_CHANGED_AFTER_SIGNING", "{}签字后报告有改动", "Changed after {} signed"),
    ):
        members = [one.member for one in listed if one.standing == standing]
        if members:
            yield gap(
                code,
                message=Text(
                    zh=zh.format("、".join(name_of(one).get("zh") for one in members)),
                    en=en.format(", ".join(name_of(one).get("en") for one in members)),
                ),
                about=[*(one.name for one in members), *([content] if standing == "changed" else [])],
                where="signatures",
            )
