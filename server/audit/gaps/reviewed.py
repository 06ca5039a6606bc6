"""What technical reviewers send back (RV-01 … RV-20), as far as the state of an audit allows to see it.

They read words, so nearly all only warn; nobody's text is corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.audit import competence as competences
from server.audit import wording as wordings
from server.audit.coverage import Seen, words_of
from server.audit.entries import Text
from server.audit.findings import Listed
from server.audit.gaps.model import Audit, Gap, Note, gap
from server.audit.setup import Certificate
from server.audit.state import Thing
from server.criteria.model import LANGUAGES, letter_of

RATED_BEST, RESTORE, REMOVED = 0, 0, 0
"""Places of the best rating, of “restore certification”, of “cause removed” among the form's options."""

_WELL = re.compile(r"符合|满足|有效|合格|受控|正常|良好")
_IDENTITY = re.compile(r"[A-Z]{1,4}(?:/[A-Z]+)?-?\d[\w-]*")
_PARTS = re.compile(r"[、，,；;和及与/]")
_TOP = re.compile(
    r"总经理|董事长|厂长|院长|校长|最高管理|法定代表人|CEO|general manager|managing director|president", re.I
)
_MILD = ("no_registration", "provisional")
_VAGUE = ("no_place", "no_time", "no_identity", "no_sample", "clause_not_lowest")
_REMARKS: Mapping[str, Text] = {
    "no_place": Text(zh="地点", en="the place"),
    "no_time": Text(zh="日期", en="the date"),
    "no_identity": Text(zh="文件或设备编号", en="the number of a document or machine"),
    "no_sample": Text(zh="抽样数（几份中的几份）", en="n of N"),
    "clause_not_lowest": Text(zh="最低一级条款", en="the lowest clause"),
    "cause": Text(zh="原因", en="a cause"),
    "solution": Text(zh="办法", en="a solution"),
    "opportunity_breach": Text(zh="写成改进机会的不符合", en="a breach filed as an opportunity"),
}


def notes(audit: Audit, seen: Seen) -> Iterator[Note]:
    """The department that an observation names, and the processes of the client that it speaks of."""
    if seen.content.department:
        yield "department", seen.content.department
    stop = audit.state.setup.stops.get(seen.content.stop)
    text = words_of(seen.content) + (f"{stop.process.zh}\n{stop.process.en}".lower() if stop else "")
    for process in audit.state.setup.client.processes:
        if any(part in text for part in _names_of(process.name)):
            yield "process", process.name.zh


def _names_of(name: Text) -> list[str]:
    parts = [part.strip().lower() for words in (name.zh, name.en) for part in _PARTS.split(words)]
    return [part for part in parts if len(part) > 1]


def competence(audit: Audit) -> Iterator[Gap]:
    """RV-07: what speaks against the team and the plan, by the registrations."""
    for one in competences.shortfalls(audit.state.setup):
        yield gap(
            "TEAM_NOT_COMPETENT",
            severity="warning" if one.code in _MILD else "error",
            message=one.message,
            about=[one.code, one.principal, one.scheme],
            where=f"stops/{one.stop}" if one.stop else "team",
        )


def special_processes(audit: Audit) -> Iterator[Gap]:
    """RV-17: a process to be confirmed of which no confirmation is known."""
    for process in audit.state.setup.client.processes:
        if process.special and not process.confirmed:
            yield gap(
                "SPECIAL_PROCESS_UNCONFIRMED",
                message=Text(
                    zh=f"特殊过程“{process.name.zh}”没有确认日期",
                    en=f"Special process {process.name.get('en')}: no day of confirmation",
                ),
                about=[process.name.zh],
                where="client",
            )


def wording(audit: Audit) -> Iterator[Gap]:
    """RV-01: nonconformities that a stranger can't check, and what doesn't belong into them."""
    for one in (*audit.nonconformities, *audit.opportunities):
        said = [remark.code for remark in wordings.remarks(one.content, audit.is_lowest)]
        vague = [code for code in said if code in _VAGUE]
        if vague:
            zh, en = (_listed(vague, lang) for lang in LANGUAGES)
            yield _of_finding("NC_VAGUE", one, Text(zh=f"没有写{zh}", en=f"doesn't tell {en}"), vague)
        wrong = [code for code in said if code in ("cause", "solution", "opportunity_breach")]
        if wrong:
            zh, en = (_listed(wrong, lang) for lang in LANGUAGES)
            yield _of_finding("NC_WORDING", one, Text(zh=f"里有{zh}", en=f"holds {en}"), wrong)


def _listed(codes: Sequence[str], lang: str) -> str:
    words = dict.fromkeys(_REMARKS[code].get("zh" if lang == "zh" else "en") for code in codes)
    return ("、" if lang == "zh" else ", ").join(words)


def _of_finding(code: str, one: Listed, says: Text, about: Sequence[str]) -> Gap:
    name = one.content.number or one.id[:8]
    return gap(
        code,
        message=Text(zh=f"{name}{says.zh}", en=f"{name} {says.en}"),
        about=about,
        where=f"findings/{one.id}",
        entries=[one.id],
    )


def contradicted(audit: Audit) -> Iterator[Gap]:
    """RV-02: another record of the same clause says that all is well with what a nonconformity is about."""
    for one in audit.nonconformities:
        named = {(clause.scheme, clause.number) for clause in one.content.clauses}
        things = set(_IDENTITY.findall(f"{one.content.evidence.zh} {one.content.statement.zh}"))
        for seen in audit.seen if things and named else ():
            content = seen.content
            if seen.id in one.content.observations or not named & seen.named or content.outcome != "conform":
                continue
            same = things & set(_IDENTITY.findall(content.text.zh))
            if same and _WELL.search(content.text.zh) and content.department == one.content.department:
                name = audit.observation_name(audit.state.observations[seen.id], content)
                said = "、".join(sorted(same))
                yield gap(
                    "NC_CONTRADICTED",
                    message=Text(
                        zh=f"{name}说{said}符合，{one.content.number}却就此开了不符合",
                        en=f"{name} finds {said} in order; {one.content.number} is about it",
                    ),
                    about=sorted(same),
                    where=f"observations/{seen.id}",
                    entries=[seen.id, one.id],
                )


def earlier_findings(audit: Audit) -> Iterator[Gap]:
    """RV-19: each earlier nonconformity was verified, with the evidence seen now and a result."""
    for key, one in audit.state.setup.previous.items():
        if not one.verification_needed:
            continue
        said = [one.body for one in audit.state.verifications.get(key, [])]
        name = one.number or key
        if not said:
            code, zh, en = "PREVIOUS_UNVERIFIED", "还没有验证", "not verified yet"
        elif not any(check.observations or check.text.zh or check.text.en for check in said):
            code, zh, en = "PREVIOUS_THIN", "的验证没有写这次看到的证据", "verified without evidence seen now"
        elif not any(check.result for check in said):
            code, zh, en = "PREVIOUS_THIN", "的验证没有结果", "verified without a result"
        else:
            continue
        yield gap(
            code,
            message=Text(zh=f"上次不符合{name}{zh}", en=f"Earlier nonconformity {name}: {en}"),
            where=f"previous/{key}",
        )


def processes(audit: Audit) -> Iterator[Gap]:
    """RV-16: a process of the client of which no record speaks."""
    if not audit.coverage.by_stop:
        return
    for process in audit.state.setup.client.processes:
        if process.name.zh and ("process", process.name.zh) not in audit.notes:
            yield gap(
                "PROCESS_NOT_SEEN",
                message=Text(
                    zh=f"过程“{process.name.zh}”没有记录",
                    en=f"Process {process.name.get('en')}: no record speaks of it",
                ),
                about=[process.name.zh],
                where="client",
            )


def departments(audit: Audit) -> Iterator[Gap]:
    """RV-10: a department that the client's record doesn't know."""
    known = {words for one in audit.state.setup.client.departments for words in (one.zh, one.en) if words}
    if not known:
        return
    named = sorted(note[1] for note in audit.notes if note[0] == "department")
    for name in named:
        unknown = [part for part in _PARTS.split(name) if part.strip() and part.strip() not in known]
        if unknown and name not in known:
            yield gap(
                "DEPARTMENT_UNKNOWN",
                message=Text(
                    zh=f"记录里的部门“{name}”不在客户信息里",
                    en=f"Department {name} isn't in the client's record",
                ),
                about=[name],
                where="client",
            )


def records_of_others(audit: Audit) -> Iterator[Gap]:
    """RV-04: a record whose holder is not the client."""
    client = audit.state.setup.client.name
    for thing in audit.state.attachments.values():
        body = thing.current
        if body is None or not body.holder or not client.zh:
            continue
        if body.holder in client.zh or client.zh in body.holder or (client.en and body.holder in client.en):
            continue
        title = body.title.zh or body.title.en or body.number
        yield gap(
            "RECORD_OF_OTHERS",
            message=Text(
                zh=f"“{title}”是{body.holder}的", en=f"{body.title.get('en')} belongs to {body.holder}"
            ),
            about=[body.holder],
            where=f"observations/{body.observation}" if body.observation else "attachments",
            entries=[thing.id],
        )


def suspension(audit: Audit) -> Iterator[Gap]:
    """RV-06: certificates, purpose, cause and recommendation say the same of a suspension."""
    setup = audit.state.setup
    suspended = [one for one in setup.certificates.values() if one.status == "suspended"]
    purposes = {one.code for one in setup.visit.purposes}
    restored, removed = _chosen(audit, "7.recommendations"), _chosen(audit, "1.5.4.suspension_removed")
    said: list[tuple[str, str, str]] = []
    if suspended and purposes and "restore" not in purposes:
        said.append(("purpose", "证书暂停着，1.2 没有“暂停后恢复”", "suspended, but 1.2 has no restoring"))
    if setup.certificates and not suspended and "restore" in purposes:
        said.append(("status", "1.2 要恢复证书，却没有暂停的证书", "1.2 restores, but nothing is suspended"))
    if RESTORE in restored and removed and REMOVED not in removed:
        said.append(("removed", "推荐恢复，1.5.4 却说原因未消除", "restored, but 1.5.4: cause not removed"))
    if suspended and REMOVED in removed and restored and RESTORE not in restored:
        said.append(("restored", "1.5.4 说原因已消除，推荐意见却不恢复", "cause removed, but not restored"))
    for one in suspended:
        until, letter = _until(one), letter_of(one.scheme)
        if until and setup.visit.start and until < setup.visit.start:
            zh, en = (
                f"{letter} 的暂停{until}已到期，审核在其后",
                f"{letter}: suspended until {until}, audited later",
            )
            said.append((f"{one.scheme} until {until}", zh, en))
    for code, zh, en in said:
        yield gap(
            "SUSPENSION_DISAGREES",
            message=Text(zh=zh, en=en),
            about=[code],
            where="report#1.5.4.suspension_removed",
        )


def _until(certificate: Certificate) -> str:
    """The day on which the last suspension of a certificate ends; "" where none is known."""
    return next((str(step["until"]) for step in reversed(certificate.history) if step.get("until")), "")


def _chosen(audit: Audit, element: str) -> set[int]:
    """Options chosen for an element, answered or judged."""
    group: Mapping[str, Thing[Any]] = audit.state.judgements
    thing = group.get(element) or audit.state.answers.get(element)
    return {choice.option for choice in thing.current.choices} if thing and thing.current else set()


def ratings(audit: Audit) -> Iterator[Gap]:
    """The best rating over a major nonconformity of its clauses, with no reason given."""
    majors = [one for one in audit.nonconformities if one.content.grade == "major"]
    for element in audit.form.elements if majors else ():
        judged = audit.state.judgements.get(element.key)
        body = judged.current if judged else None
        if not element.rating or body is None or body.basis.zh or body.basis.en:
            continue
        own = [
            one.content.number or one.id[:8]
            for one in majors
            if any(clause.within(wanted) for clause in one.content.clauses for wanted in element.clauses)
        ]
        if own and {choice.option for choice in body.choices} == {RATED_BEST}:
            yield gap(
                "RATING_OVER_MAJOR",
                message=Text(
                    zh=f"{element.title.zh}评为最好，却有严重不符合{'、'.join(own)}",
                    en=f"{element.title.en}: best rating over {', '.join(own)}",
                ),
                about=own,
                where=f"report#{element.key}",
            )


def closing(audit: Audit) -> Iterator[Gap]:
    """RV-20: the report isn't dated before the closing meeting, and top management was there."""
    held = audit.state.meetings.get("closing")
    moment = held.current.end or held.current.start if held and held.current else None
    day = moment.astimezone(audit.zone).date().isoformat() if moment else ""
    dated = audit.state.setup.visit.report_date
    if day and dated and dated < day:
        yield gap(
            "REPORT_BEFORE_CLOSING",
            message=Text(
                zh=f"报告日期{dated}早于末次会议{day}", en=f"Report of {dated}, closing meeting on {day}"
            ),
            about=[dated, day],
            where="report#cover.report_date",
        )
    there = [thing.current for thing in audit.state.attendance.values() if thing.current]
    at_closing = [one for one in there if "closing" in one.meetings]
    legal = audit.state.setup.client.legal_representative
    if at_closing and not any(
        one.name == legal or _TOP.search(f"{one.position.zh} {one.position.en}") for one in at_closing
    ):
        yield gap(
            "TOP_MANAGEMENT_ABSENT",
            message=Text(
                zh="末次会议签到里没有最高管理者", en="Nobody of top management attended the closing meeting"
            ),
            about=sorted(one.name for one in at_closing),
            where="meetings/closing",
        )
