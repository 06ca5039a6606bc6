"""What was found and judged, from the file to entries: findings, answers, ratings, recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.audit import entries
from server.audit.entries import Choice, Text
from server.audit.interchange import model
from server.audit.interchange.builder import Builder, principal_id
from server.audit.interchange.problems import Path
from server.criteria.model import Text as Word

SECTIONS = {"2.1": 74, "2.2": 77, "2.3": 95, "2.4": 98}
"""Rated sections of the report → their place in the reference form."""

CONCLUSIONS = {
    "criteria": 118,
    "applicable_requirements": 119,
    "capability": 120,
    "internal_audit_and_review": 121,
    "purpose": 122,
    "operation": 123,
}
RECOMMENDATIONS = ("restore", "maintain", "maintain_after_correction", "suspend", "extend", "reduce")
"""Codes of recommendations in the order of the form's options."""

FIRST_CHANGE = 102
STRENGTHS, MATURITY, RISKS, UNRESOLVED = 70, 71, 72, 73
SUSPENSION_REASON, SUSPENSION_OPERATION, SUSPENSION_REMOVED = 55, 56, 57
CLIENT_DATA_CHANGED, SCOPE_SUITABLE, RECOMMENDED = 113, 114, 124
_NONE_WORDS = ("无", "none", "没有", "n/a")
NOT_SUITABLE = Text(
    zh="经审核，认证范围不适宜。", en="As audited, the scope of certification is not suitable."
)


def add_findings(builder: Builder) -> None:
    """Nonconformities with their responses and verifications, then opportunities."""
    for finding in builder.file.findings:
        _add_nonconformity(builder, finding)
    for opportunity in builder.file.opportunities:
        observations = builder.sources(opportunity.observations, (*opportunity.where, "observations"))
        first = _first_observation(builder, opportunity.observations)
        by = builder.author(
            opportunity.auditor or (first.auditor if first else ""),
            opportunity.where,
            otherwise=builder.leader,
        )
        body = entries.Finding(
            type="opportunity",
            number=opportunity.number,
            clauses=opportunity.clauses,
            department=opportunity.department,
            statement=opportunity.text,
            observations=observations,
            auditor=by,
        )
        builder.add(entries.Found, opportunity.where, body, by=by, at=first.at if first else None)


def _first_observation(builder: Builder, codes: Sequence[str]) -> model.Observation | None:
    return next((o for o in builder.file.observations if o.id and o.id in codes), None)


def _add_nonconformity(builder: Builder, finding: model.Finding) -> None:
    by = builder.author(finding.auditor, (*finding.where, "auditor"), otherwise=builder.leader)
    body = entries.Finding(
        type="nonconformity",
        grade=finding.grade,
        number=finding.number,
        clauses=finding.clauses,
        department=finding.department,
        process=Text(zh=finding.process_zh, en=finding.process_en),
        statement=finding.statement,
        evidence=finding.evidence,
        requirement=finding.requirement,
        grading_reason=finding.grading_reason,
        observations=builder.sources(finding.observations, (*finding.where, "observations")),
        auditor=by,
        issued_at=finding.issued_at,
        acknowledged_by=finding.client_representative,
        acknowledged_at=finding.acknowledged_at,
        follow_up=finding.follow_up,
        due=finding.due,
    )
    found = builder.add(entries.Found, finding.where, body, by=by, at=finding.issued_at)
    if finding.response is not None:
        _add_response(builder, finding.response, found)
    if finding.verification is not None:
        _add_verification(builder, finding.verification, found, by)


def _add_response(builder: Builder, response: model.Response, found: str) -> None:
    body = entries.RespondedBody(
        finding=found,
        submitted=response.submitted,
        responsible=response.responsible,
        correction=response.correction,
        cause=response.cause,
        corrective_action=response.corrective_action,
        completed=response.completed,
        evidence_list=response.evidence_list,
    )
    at = builder.day(response.submitted) if response.submitted else None
    by = principal_id(builder.short, response.responsible) if response.responsible else ""
    builder.add(entries.Responded, response.where, body, by=by, at=at)


def _add_verification(builder: Builder, verification: model.Verification, found: str, by: str) -> None:
    verifier = builder.author(verification.verifier, (*verification.where, "verifier"), otherwise=by)
    body = entries.VerifiedBody(
        target=found,
        date=verification.date,
        method=verification.method,
        verifier=verifier,
        accompanied_by=builder.people(verification.accompanied_by),
        result=verification.result,
        closed=verification.closed,
        text=verification.text,
    )
    at = builder.day(verification.date) if verification.date else None
    builder.add(entries.Verified, verification.where, body, by=verifier, at=at)


def add_previous_verifications(builder: Builder) -> None:
    """What this audit found of the previous one's nonconformities."""
    for finding in builder.file.previous_findings:
        observations = builder.sources(finding.verified_in, (*finding.where, "verified_in"))
        if not (finding.result or observations):
            continue
        first = _first_observation(builder, finding.verified_in)
        verifier = builder.members.get(first.auditor, "") if first else ""
        body = entries.VerifiedBody(
            target=builder.previous[finding.where],
            verifier=verifier,
            result=finding.result,
            observations=observations,
        )
        at = first.at if first else None
        builder.add(
            entries.Verified, finding.where, body, by=verifier or builder.leader, at=at, part="verified"
        )


class Results:
    """The leader's answers and judgements, made when the report was dated."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.judgements = builder.file.judgements
        audit = builder.file.audit
        self.at: datetime = builder.day(audit.report_date or audit.end or audit.start)

    def add(self) -> None:
        """Everything under `changes` and `judgements`."""
        self._changes()
        self._statements()
        for number, rating in self.judgements.sections.items():
            reason = Text(zh=rating.zh, en=rating.en)
            self._rating(SECTIONS, number, rating.where, rating.index, rating.rating_zh, reason)
        for row in self.judgements.conclusion_table:
            self._rating(
                CONCLUSIONS,
                row.key,
                row.where,
                row.chosen_index,
                row.chosen_zh or row.chosen_en,
                Text(zh=row.basis),
            )
        self._scope()
        self._suspension()
        self._recommendations()

    def _answer(self, ref: int, where: Path, text: Text, **more: object) -> None:
        if not (text.zh or text.en):
            return
        plain = (text.zh or text.en).strip().rstrip("。.").casefold()
        body = entries.AnsweredBody(
            element=self.builder.element(ref, where),
            text=text,
            none=plain in _NONE_WORDS,
            **more,  # type: ignore[arg-type]
        )
        self.builder.add(entries.Answered, where, body, by=self.builder.leader, at=self.at)

    def _judge(self, ref: int, where: Path, choices: list[Choice]) -> None:
        key = self.builder.element(ref, where)
        if not key or not choices:
            return
        element = self.builder.form.element(key)
        for choice in choices:
            if not 0 <= choice.option < len(element.options):
                self.builder.notes.refuse(
                    where,
                    f"没有选项{choice.option}，第{ref}项有{len(element.options)}个选项（从0数起）",
                    f"there is no option {choice.option}; element {ref} has {len(element.options)}, from 0",
                )
        body = entries.JudgedBody(element=key, choices=choices)
        self.builder.add(entries.Judged, where, body, by=self.builder.leader, at=self.at, part="judged")

    def _changes(self) -> None:
        """The nine questions of chapter 三; 无 is an answer."""
        for index, change in enumerate(self.builder.file.changes):
            ref = change.report_element or FIRST_CHANGE - 1 + (change.no or index + 1)
            sources = self.builder.sources(change.from_observations, (*change.where, "from_observations"))
            text = Text(zh=change.zh, en=change.en)
            if change.changed is False and not (text.zh or text.en):
                text = Text(zh="无", en="None")
            self._answer(ref, change.where, text, sources=sources, changed=change.changed)

    def _statements(self) -> None:
        judgements = self.judgements
        texts = {
            "maturity": (MATURITY, judgements.maturity),
            "risk": (RISKS, judgements.risk),
            "positive_text": (STRENGTHS, judgements.positive_text),
            "unresolved": (UNRESOLVED, judgements.unresolved),
        }
        for name, (ref, text) in texts.items():
            self._answer(ref, ("judgements", name), text)

    def _rating(
        self, refs: dict[str, int], key: str, where: Path, index: int | None, word: str, reason: Text
    ) -> None:
        if key not in refs:
            self.builder.notes.refuse(
                where,
                f"“{key}”不是评定项，可用的有：{', '.join(refs)}",
                f"“{key}” is nothing that is rated; there are {', '.join(refs)}",
            )
            return
        ref = refs[key]
        option = self._option(ref, where, index, word)
        if option is not None:
            self._judge(ref, where, [Choice(option=option, reason=reason)])

    def _option(self, ref: int, where: Path, index: int | None, word: str) -> int | None:
        """The option chosen: by its index, else by its word; a word that is none is refused."""
        if index is not None or not word:
            return index
        key = self.builder.element(ref, where)
        options: Sequence[Word] = self.builder.form.element(key).options if key else []
        for at, option in enumerate(options):
            if word.strip() in (option.zh, option.en):
                return at
        self.builder.notes.refuse(
            where,
            f"“{word}”不在选项中：{'、'.join(option.zh for option in options)}",
            f"“{word}” is none of the options {', '.join(option.en for option in options)}",
        )
        return None

    def _scope(self) -> None:
        changed = self.judgements.client_data_changed
        if changed is not None:
            option = self._option(CLIENT_DATA_CHANGED, changed.where, changed.index, changed.zh or changed.en)
            if option is not None:
                reason = Text(zh=changed.zh, en=changed.en)
                self._judge(CLIENT_DATA_CHANGED, changed.where, [Choice(option=option, reason=reason)])
        if self.judgements.scope_suitable is False:
            self._answer(SCOPE_SUITABLE, ("judgements", "scope_suitable"), NOT_SUITABLE)

    def _suspension(self) -> None:
        suspension = self.judgements.suspension
        if suspension is None:
            return
        where = suspension.where
        sources = self.builder.sources(suspension.from_observations, (*where, "from_observations"))
        self._answer(SUSPENSION_REASON, (*where, "reason"), suspension.reason)
        told = [suspension.operation, suspension.use]
        text = Text(
            zh="；".join(one.zh for one in told if one.zh), en="; ".join(one.en for one in told if one.en)
        )
        self._answer(SUSPENSION_OPERATION, (*where, "operation"), text, sources=sources)
        option = self._option(SUSPENSION_REMOVED, where, suspension.answer_index, suspension.answer_zh)
        if option is None and suspension.removed is not None:
            option = 0 if suspension.removed else 1
        if option is not None:
            self._judge(SUSPENSION_REMOVED, where, [Choice(option=option)])

    def _recommendations(self) -> None:
        """Several recommendations may be true at once, each for its schemes."""
        choices = []
        for one in self.judgements.recommendations:
            option = one.option_index
            if option is None and one.code in RECOMMENDATIONS:
                option = RECOMMENDATIONS.index(one.code)
            if option is None:
                self.builder.notes.refuse(
                    (*one.where, "code"),
                    f"“{one.code}”不是推荐意见，可用的有：{', '.join(RECOMMENDATIONS)}",
                    f"“{one.code}” is no recommendation; there are {', '.join(RECOMMENDATIONS)}",
                )
                continue
            choices.append(Choice(option=option, schemes=one.schemes, reason=Text(zh=one.zh, en=one.en)))
        self._judge(RECOMMENDED, ("judgements", "recommendations"), choices)
