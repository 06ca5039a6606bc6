"""不符合报告: each nonconformity as the house hands it to the client, with what was answered and verified.

What it holds: ISO/IEC 17021-1:2015, 9.4.5 (recording) and 9.4.9–9.4.10 (answer and verification). The
client's representative signs that it is understood, which is not the same as accepted (9.4.5.3).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
from msgspec import Struct

from server.audit.acknowledgement import Acknowledgement, acknowledgement, lacking
from server.audit.entries import Finding, RespondedBody, Text, VerifiedBody
from server.audit.followup import closes
from server.audit.report.context import Context, has_words, joined, listed_codes, same, words
from server.audit.report.observed import RESULTS
from server.audit.report.overview import way
from server.audit.report.tree import Header
from server.audit.sheets import address_of, code_of
from server.audit.state import State, Thing
from server.criteria.load import Criteria

TITLE = Text(zh="不符合报告", en="Nonconformity report")
SHEET = "nonconformities"
_CHANGED = {"changed": Text(zh="条款或等级", en="Clause or grade"), "reworded": Text(zh="文字", en="Words")}
Row = tuple[Text, Text]
"""Label and words."""


class Signer(Struct, frozen=True, kw_only=True):
    """Who signs, as what, and on which ISO day they did; empty: still to be signed."""

    name: Text
    role: Text
    date: str
    picture: str = ""
    """SHA-256 of the handwritten signature's picture."""


class Part(Struct, frozen=True, kw_only=True):
    """A part of a report: what was found, what the client answered, how it was verified."""

    title: Text
    rows: list[Row]
    signers: list[Signer] = []


class NonconformityPaper(Struct, frozen=True, kw_only=True):
    """The report of one nonconformity."""

    id: str
    number: str
    parts: list[Part]
    in_conflict: bool
    to_sign: bool


class NonconformityPapers(Struct, frozen=True, kw_only=True):
    """The reports of all nonconformities of an audit, in the order of their numbers.

    `sha256` covers the version of each, not what was answered.
    """

    header: Header
    papers: list[NonconformityPaper]
    sha256: str

    @property
    def code(self) -> str:
        """What they are filed by once they are signed (`audit.sheets`)."""
        return code_of(self.header.seq, self.sha256)

    @property
    def address(self) -> str:
        """What the QR code holds."""
        return address_of(self.header.audit, SHEET, self.header.seq, self.sha256)


def compile_nonconformities(state: State, criteria: Criteria, *, house: str = "") -> NonconformityPapers:
    """The nonconformity reports of an audit at its head."""
    setup = state.setup
    context = Context.of(state, criteria, house=house)
    return NonconformityPapers(
        header=Header(
            audit=state.audit,
            seq=state.seq,
            head=state.hash,
            number=setup.visit.number,
            title=TITLE,
            house=words(context.house.name),
            client=setup.client.name,
            date=setup.visit.end or setup.visit.start,
            released=state.released,
        ),
        papers=[_paper(context, thing, finding) for thing, finding in context.nonconformities],
        sha256=_hash([[thing.id, *thing.heads] for thing, _ in context.nonconformities]),
    )


def _hash(versions: list[list[str]]) -> str:
    return hashlib.sha256(msgspec.json.encode(versions)).hexdigest()


def _paper(context: Context, thing: Thing[Finding], finding: Finding) -> NonconformityPaper:
    answers = [one.body for one in context.state.responses.get(thing.id, [])]
    checks = [one.body for one in context.state.verifications.get(thing.id, [])]
    return NonconformityPaper(
        id=thing.id,
        number=finding.number,
        parts=[
            _found(context, thing, finding),
            *(_answered(context, answer) for answer in answers or [RespondedBody(finding=thing.id)]),
            *(_verified(context, check) for check in checks or [VerifiedBody(target=thing.id)]),
        ],
        in_conflict=thing.in_conflict,
        to_sign=acknowledgement(context.state, thing).standing != "signed" and not lacking(finding),
    )


def _found(context: Context, thing: Thing[Finding], finding: Finding) -> Part:
    auditor = context.name(finding.auditor or thing.first.by)
    issued = finding.issued_at or thing.first.made_at
    rows = [
        (Text(zh="不符合编号", en="Number"), same(finding.number)),
        (Text(zh="项目编号", en="Audit"), same(context.setup.visit.number)),
        (Text(zh="受审核方", en="Client"), context.setup.client.name),
        (Text(zh="部门", en="Department"), context.department(finding.department)),
        (Text(zh="过程", en="Process"), finding.process),
        (Text(zh="条款", en="Clauses"), listed_codes(finding.clauses)),
        (Text(zh="等级", en="Grade"), context.grade(finding.grade) if finding.grade else Text()),
        (Text(zh="要求", en="Requirement"), finding.requirement),
        (Text(zh="不符合陈述", en="Statement"), finding.statement),
        (Text(zh="客观证据", en="Evidence"), finding.evidence),
        (Text(zh="照片", en="Photos"), _photos(context, finding)),
        (Text(zh="分级理由", en="Reason for the grade"), finding.grading_reason),
        (Text(zh="答复期限", en="Answer due by"), same(finding.due)),
        (Text(zh="验证方式", en="To be verified"), way(finding.follow_up) if finding.follow_up else Text()),
    ]
    understood = acknowledgement(context.state, thing)
    rows.append((Text(zh="此前的签字", en="Signed before"), _signed_otherwise(context, understood)))
    return Part(
        title=Text(zh="一、不符合事实", en="1 What was found"),
        rows=[row for row in rows if has_words(row[1])],
        signers=[
            Signer(
                name=context.written(auditor),
                role=Text(zh="审核员", en="Auditor"),
                date=_day(context, issued),
            ),
            _representative(context, understood),
        ],
    )


def _photos(context: Context, finding: Finding) -> Text:
    """The photos of its evidence by their numbers in the report."""
    numbers = [str(one) for seen in finding.observations for one in context.photo_numbers(seen)]
    if not numbers:
        return Text()
    return Text(
        zh=f"审核报告照片附录 {'、'.join(numbers)}", en=f"{', '.join(numbers)} in the report’s photo appendix"
    )


def _representative(context: Context, understood: Acknowledgement) -> Signer:
    """Who signed these words; room to sign where nobody did."""
    role = Text(
        zh="受审核方代表（确认事实并理解）", en="Client’s representative (facts confirmed, understood)"
    )
    if understood.standing != "signed":
        return Signer(name=Text(), role=role, date="")
    signature = understood.signature
    return Signer(
        name=context.written(understood.name),
        role=role,
        date=_signed_day(context, understood),
        picture=(signature.picture or "") if signature else "",
    )


def _signed_otherwise(context: Context, understood: Acknowledgement) -> Text:
    """Who signed it as it was before, and that this is not what they signed."""
    if understood.standing not in _CHANGED:
        return Text()
    who = " ".join(filter(None, (understood.name, _signed_day(context, understood))))
    changed = _CHANGED[understood.standing]
    return Text(
        zh=f"{who}。签字后改过{changed.zh}：受审核方还没有就改后的内容签字",
        en=f"{who}. {changed.en} changed after it was signed: not signed as it stands now",
    )


def _answered(context: Context, answer: RespondedBody) -> Part:
    return Part(
        title=Text(zh="二、受审核方答复", en="2 The client’s answer"),
        rows=[
            (Text(zh="纠正", en="Correction"), answer.correction),
            (Text(zh="举一反三", en="The same elsewhere"), answer.elsewhere),
            (Text(zh="原因分析", en="Cause"), answer.cause),
            (Text(zh="纠正措施", en="Corrective action"), answer.corrective_action),
            (Text(zh="计划完成日期", en="To be completed by"), same(answer.planned)),
            (Text(zh="完成日期", en="Completed"), same(answer.completed)),
            (Text(zh="证据清单", en="Evidence"), joined([same(one) for one in _evidence(answer)])),
        ],
        signers=[
            Signer(
                name=context.written(answer.responsible),
                role=Text(zh="责任人", en="Responsible"),
                date=answer.submitted,
            )
        ],
    )


def _evidence(answer: RespondedBody) -> list[str]:
    return [*answer.evidence_list, *(file.name for file in answer.files)]


def _verified(context: Context, check: VerifiedBody) -> Part:
    result = RESULTS.get(check.result, same(check.result))
    closed = Text(zh="已关闭", en="closed") if closes(check) else Text()
    return Part(
        title=Text(zh="三、验证", en="3 Verification"),
        rows=[
            (Text(zh="方式", en="How"), way(check.method) if check.method else Text()),
            (Text(zh="结果", en="Result"), joined([result, closed], "，", ", ")),
            (Text(zh="证据与说明", en="Evidence and remarks"), check.text),
            (Text(zh="商定期限", en="Date agreed"), same(check.due)),
        ],
        signers=[
            Signer(
                name=context.written(context.name(check.verifier)),
                role=Text(zh="验证人", en="Verified by"),
                date=check.date,
            )
        ],
    )


def _signed_day(context: Context, understood: Acknowledgement) -> str:
    if understood.signature and understood.signature.way == "paper":
        return understood.signed_at
    try:
        return _day(context, datetime.fromisoformat(understood.signed_at))
    except ValueError:
        return understood.signed_at


def _day(context: Context, moment: datetime | None) -> str:
    return moment.astimezone(context.zone).date().isoformat() if moment else ""
