"""Nonconformities that the client hasn't signed, and those on which no positive recommendation can rest."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.acknowledgement import acknowledgement
from server.audit.entries import Text
from server.audit.facts import denied
from server.audit.followup import is_settled, stage
from server.audit.gaps.model import Audit, Gap, gap

_RECOMMENDATION = "7.recommendations"
_RESTORE, _MAINTAIN, _AFTER_CORRECTION = 0, 1, 2
"""The first two are positive at once; the third, beside or instead, sets correction as a condition."""


def unsigned(audit: Audit) -> Iterator[Gap]:
    """Signed by the client before the closing meeting, and again after a change of clause, grade or words."""
    for one in audit.nonconformities:
        said = acknowledgement(audit.state, one.thing)
        name = one.content.number or one.id[:8]
        if said.standing == "unsigned":
            yield gap(
                "NC_UNSIGNED",
                message=Text(zh=f"{name}还没有受审核方签字", en=f"{name} isn't signed by the client"),
                where=f"findings/{one.id}",
                entries=[one.id],
            )
        elif said.standing == "changed":
            yield gap(
                "NC_CHANGED_AFTER_SIGNING",
                message=Text(
                    zh=f"{name}签字后改了条款或等级", en=f"{name}: clause or grade changed after signing"
                ),
                about=[one.content.grade, *sorted(clause.code for clause in one.content.clauses)],
                where=f"findings/{one.id}",
                entries=[one.id],
            )
        elif said.standing == "reworded":
            parts = (one.content.statement, one.content.evidence, one.content.requirement)
            yield gap(
                "NC_REWORDED_AFTER_SIGNING",
                message=Text(
                    zh=f"{name}签字后改了文字，受审核方还没有就改后的内容签字",
                    en=f"{name}: reworded after signing, not signed as it stands now",
                ),
                about=[words for part in parts for words in (part.zh, part.en)],
                where=f"findings/{one.id}",
                entries=[one.id],
            )


def denied_facts(audit: Audit) -> Iterator[Gap]:
    """A guide denied the evidence, and it stands as it was: cleared up before the client signs it as true."""
    for one in audit.nonconformities:
        name = one.content.number or one.id[:8]
        for said in denied(audit.state, one.id, one.content):
            remark = said.remark and f"“{said.remark}”"
            yield gap(
                "NC_FACT_DENIED",
                message=Text(
                    zh=f"{name}的事实，{said.name}说不是这样{remark}",
                    en=" ".join(filter(None, (f"{name}: {said.name} says the facts are not so", remark))),
                ),
                about=[said.of, said.text, said.remark],
                where=f"findings/{one.id}",
                entries=[one.id],
            )


def unsettled(audit: Audit) -> Iterator[Gap]:
    """A positive recommendation over a major one not verified, or a minor one without an accepted plan."""
    judged = audit.state.judgements.get(_RECOMMENDATION)
    chosen = {choice.option for choice in judged.current.choices} if judged and judged.current else set()
    if not chosen & {_RESTORE, _MAINTAIN}:
        return
    for one in audit.nonconformities:
        grade = one.content.grade
        on_condition = grade != "major" and _AFTER_CORRECTION in chosen
        if on_condition or is_settled(audit.state, one.id, grade):
            continue
        name = one.content.number or one.id[:8]
        zh, en = ("验证有效", "verified") if grade == "major" else ("接受整改计划", "accepted as a plan")
        yield gap(
            "NC_NOT_SETTLED",
            message=Text(
                zh=f"{name}还没有{zh}，推荐意见却不附条件", en=f"{name} isn't {en}, yet recommended"
            ),
            about=[grade, stage(audit.state, one.id)],
            where=f"findings/{one.id}",
            entries=[one.id],
        )
