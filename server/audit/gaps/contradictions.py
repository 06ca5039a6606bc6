"""What contradicts itself: stated values against counts, times against the plan, names against lists.

Nothing is corrected: what was stated stays as stated until a person changes it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from server.audit import competence
from server.audit import findings as found
from server.audit.calendar import iso_day
from server.audit.entries import Meeting, Observation, Text
from server.audit.gaps.model import Audit, Gap, gap
from server.audit.names import name_of
from server.audit.next_visit import next_visit_by
from server.audit.plan import checks as plan_checks
from server.audit.plan import days as plan_days
from server.audit.state import Thing
from server.criteria.clauses import can_be_own
from server.criteria.model import SCHEME_LETTERS, letter_of

COUNT_REFS = {62: "major", 63: "minor"}
PLACES_REF = 64
"""Elements of the form that state how many nonconformities there are, by grade, and where."""

_NUMBER = re.compile(r"\d+(?:[ ,]\d{3})*(?:\.\d+)?")
_TOLERANCE = timedelta(minutes=30)
_SCHEME_LETTER = re.compile(
    rf"({'|'.join(sorted([*SCHEME_LETTERS.values(), 'S'], key=len, reverse=True))})[/\dEOQS]"
)
_MEETING_NAMES: Mapping[Meeting, Text] = {
    "opening": Text(zh="首次会议", en="opening meeting"),
    "closing": Text(zh="末次会议", en="closing meeting"),
}


def _stated(audit: Audit) -> Mapping[str, Any]:
    stated = audit.state.setup.stated.get("nonconformities")
    return stated if isinstance(stated, Mapping) else {}


def stated_counts(audit: Audit) -> Iterator[Gap]:
    """Numbers of nonconformities as stated (by a file, or in the report) against the list."""
    counted = Counter(one.content.grade for one in audit.nonconformities)
    keys = audit.elements
    for ref, grade in COUNT_REFS.items():
        answer = audit.state.answers.get(keys.get(ref, ""))
        said = answer.current.text.zh if answer and answer.current else _stated(audit).get(grade)
        number = re.search(r"\d+", str(said)) if said is not None else None
        if number and int(number[0]) != counted[grade]:
            names = next(
                (word.title for word in audit.house.nc_grades if word.code == grade), Text(zh=grade, en=grade)
            )
            yield gap(
                "NC_COUNT",
                message=Text(
                    zh=f"{names.zh}不符合数{number[0]}与清单{counted[grade]}不一致",
                    en=f"{names.en} count {number[0]} does not equal the {counted[grade]} in the list",
                ),
                about=[number[0], counted[grade]],
                where=f"report#{keys.get(ref, grade)}",
            )


def stated_places(audit: Audit) -> Iterator[Gap]:
    """Department and clause of each nonconformity as stated: with its scheme letter, and as in the list."""
    key = audit.elements.get(PLACES_REF, "")
    listed = {place for one in audit.nonconformities for place in found.department_clauses(one.content)}
    places = [str(place) for place in _stated(audit).get("items", ())]
    own = tuple(scheme for scheme in audit.state.setup.visit.schemes if can_be_own(scheme))
    for place in places:
        clause = place.rpartition("/")[2]
        if not (_SCHEME_LETTER.match(clause) or clause.startswith(own)):
            yield gap(
                "SCHEME_LETTER",
                message=Text(zh=f"“{place}”缺少体系字母", en=f'"{place}" has no scheme letter'),
                about=[place],
                where=f"report#{key}",
            )
        elif place not in listed:
            yield gap(
                "NC_PLACE",
                message=Text(
                    zh=f"“{place}”不在不符合清单里", en=f'"{place}" is not in the list of nonconformities'
                ),
                about=[place],
                where=f"report#{key}",
            )


def cover_type(audit: Audit) -> Iterator[Gap]:
    """The type of audit on the cover against the one of 1.2."""
    visit = audit.state.setup.visit
    cover, inside = visit.cover_type, visit.type_text
    if cover.zh and inside.zh and cover.zh.strip() != inside.zh.strip():
        yield gap(
            "COVER_TYPE",
            message=Text(
                zh=f"封面“{cover.zh}”与1.2“{inside.zh}”不一致",
                en=f"Cover says {cover.en or cover.zh}, 1.2 says {inside.en or inside.zh}",
            ),
            about=[cover.zh, inside.zh],
            where="report#cover",
        )


def auditor_days(audit: Audit) -> Iterator[Gap]:
    """RV-08: auditor-days not below what is required, counted for auditors alone.

    What was stated as actual counts; where nothing was, the plan's time on site does.
    """
    setup, rules = audit.state.setup, audit.given.days
    days, on = setup.visit.auditor_days, iso_day(setup.visit.start)
    if days.actual is not None and days.required is not None:
        if days.actual < days.required:
            yield gap(
                "AUDITOR_DAYS_SHORT",
                message=Text(
                    zh=f"实际人日{days.actual:g}少于要求{days.required:g}",
                    en=f"{days.actual:g} auditor-days, {days.required:g} required",
                ),
                about=[days.actual, days.required],
                where="report#auditor_days",
            )
    elif rules is not None and on is not None:
        needed, held = plan_days.required(setup, rules, on), plan_days.planned(setup, rules)
        for issue in plan_checks.check(setup, needed=needed, held=held):
            if issue.code == "too_little_on_site":
                about = [held.total, needed.total, days.required]
                yield gap("AUDITOR_DAYS_SHORT", message=issue.message, about=about, where="plan")
    for principal in days.counted:
        member = audit.member(principal)
        if member is None or member.role not in ("leader", "auditor"):
            yield gap(
                "AUDITOR_DAYS_COUNTED",
                message=Text(
                    zh=f"人日计入了{audit.name(principal)}，不是审核员",
                    en=f"Auditor-days count {audit.name(principal, 'en')}, who is no auditor",
                ),
                about=[principal],
                where="report#auditor_days",
            )


def unqualified_auditors(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """RV-07: an observation of a scheme its author isn't registered for on the day.

    Members of whom no registration is known are not judged, experts don't need one.
    """
    member = audit.member(thing.first.by)
    if member is None or not member.registrations or member.role == "expert":
        return
    day = (content.seen_at or thing.first.made_at).astimezone(audit.zone).date().isoformat()
    for scheme in dict.fromkeys(clause.scheme for clause in content.clauses):
        standing = competence.standing(member, scheme, day)
        if standing not in ("none", "expired"):
            continue
        name = audit.observation_name(thing, content)
        letter = letter_of(scheme)
        who = name_of(member).en
        held = Text(zh=f"{member.name}没有{letter}的注册", en=f"{who} holds no registration for {letter}")
        late = Text(
            zh=f"{member.name}的{letter}注册已过期", en=f"{who}'s registration for {letter} has expired"
        )
        said = late if standing == "expired" else held
        yield gap(
            "AUDITOR_NOT_QUALIFIED",
            message=Text(zh=f"{name}：{said.zh}", en=f"{name}: {said.en}"),
            about=[scheme, standing],
            where=f"observations/{thing.id}",
            entries=[thing.id],
        )


def observation_times(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """A stated time of an observation that lies clearly outside its stop.

    Whoever was at another stop of theirs by then is warned only: the order of a walk changes.
    """
    stop = audit.state.setup.stops.get(content.stop)
    seen_at = content.seen_at
    if seen_at is None or stop is None or stop.start is None or stop.end is None:
        return
    if stop.start - _TOLERANCE <= seen_at <= stop.end + _TOLERANCE:
        return
    at, (start, end) = f"{seen_at.astimezone(audit.zone):%m-%d %H:%M}", _hours(audit, stop.start, stop.end)
    place = stop.label or content.stop
    name = Text(
        zh=f"{content.label}（{at}）" if content.label else f"{at} 的记录",
        en=f"{content.label} ({at})" if content.label else f"The record of {at}",
    )
    yield gap(
        "OUTSIDE_SLOT",
        severity="warning" if _elsewhere(audit, thing.first.by, seen_at) else None,
        message=Text(
            zh=f"{name.zh}不在 {place} 的计划时间（{start} 至 {end}）内",
            en=f"{name.en} lies outside the planned time of {place} ({start} to {end})",
        ),
        about=[seen_at, stop.start, stop.end],
        where=f"observations/{thing.id}",
        entries=[thing.id],
    )


def _elsewhere(audit: Audit, principal: str, at: datetime) -> bool:
    """Whether somebody was planned to be at any stop at that moment."""
    own = (stop for stop in audit.state.setup.stops.values() if principal in stop.auditors)
    return any(stop.start <= at <= stop.end for stop in own if stop.start and stop.end)


def _hours(audit: Audit, start: datetime, end: datetime) -> tuple[str, str]:
    """Begin and end in words; the day is named once where it is one."""
    begins, ends = start.astimezone(audit.zone), end.astimezone(audit.zone)
    return f"{begins:%m-%d %H:%M}", f"{ends:%H:%M}" if begins.date() == ends.date() else f"{ends:%m-%d %H:%M}"


def claims_as_verified(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """A claim alone (称) presented as verified conformity: the kinds of evidence are never blurred."""
    kinds = {span.kind for span in content.evidence}
    if kinds == {"claim"} and content.verified and content.outcome == "conform":
        name = audit.observation_name(thing, content)
        yield gap(
            "CLAIM_VERIFIED",
            message=Text(
                zh=f"{name}证据方式为“称”，却判为符合且已核实",
                en=f"{name} rests on a claim but is judged conform and verified",
            ),
            about=[content.text.zh, content.text.en],
            where=f"observations/{thing.id}",
            entries=[thing.id],
        )


def next_audit(audit: Audit) -> Iterator[Gap]:
    """The next audit was agreed for a day later than the rules of a scheme or a certificate allow."""
    agreed = audit.state.setup.visit.next_audit_by
    latest = next_visit_by(audit.state.setup, audit.given.intervals)
    if agreed and latest and agreed > latest:
        yield gap(
            "NEXT_AUDIT_LATE",
            message=Text(
                zh=f"下次审核{agreed}，按规则不晚于{latest}", en=f"Next audit {agreed}, by the rules {latest}"
            ),
            about=[agreed, latest],
            where="report#1.5.6.next_audit",
        )


def dates(audit: Audit) -> Iterator[Gap]:
    """Due dates before the audit ended; verifications after the report's date. ISO days compare as text."""
    visit = audit.state.setup.visit
    for one in audit.nonconformities:
        name = one.content.number or one.id[:8]
        if one.content.due and visit.end and one.content.due < visit.end:
            yield gap(
                "NC_DUE_BEFORE_END",
                message=Text(
                    zh=f"{name}期限{one.content.due}早于审核结束{visit.end}",
                    en=f"{name} is due {one.content.due}, before the audit end {visit.end}",
                ),
                about=[one.content.due, visit.end],
                where=f"findings/{one.id}",
                entries=[one.id],
            )
        for check in (said.body for said in audit.state.verifications.get(one.id, ())):
            if check.date > visit.report_date > "" and not audit.state.released:
                yield gap(
                    "DATE_AFTER_REPORT",
                    message=Text(
                        zh=f"{name}验证日期{check.date}晚于报告日期{visit.report_date}",
                        en=f"{name}: verified {check.date}, after the report date {visit.report_date}",
                    ),
                    about=[check.date, visit.report_date],
                    where=f"findings/{one.id}",
                    entries=[one.id],
                )


def attendance(audit: Audit) -> Iterator[Gap]:
    """Signatures of the opening and the closing meeting against the list of those present."""
    team = {member.name for member in audit.state.setup.team.values()}
    for meeting, name in _MEETING_NAMES.items():
        listed = {
            thing.current.name
            for thing in audit.state.attendance.values()
            if thing.current and meeting in thing.current.meetings
        }
        signed = {
            signature.name for signature in audit.state.signatures.values() if signature.what == meeting
        }
        strangers, unsigned = sorted(signed - listed - team), sorted(listed - signed)
        if strangers or (signed and unsigned):
            zh = [f"{'、'.join(strangers)}签到{name.zh}，但不在参会名单"] if strangers else []
            zh += [f"{'、'.join(unsigned)}缺{name.zh}签名"] if unsigned else []
            en = [f"{', '.join(strangers)} signed the {name.en} but is not listed"] if strangers else []
            en += [f"{', '.join(unsigned)} has no signature of the {name.en}"] if unsigned else []
            yield gap(
                "SIGNATURE_NOT_ATTENDEE",
                message=Text(zh="；".join(zh), en="; ".join(en)),
                about=[*strangers, "", *unsigned],
                where=f"meetings/{meeting}",
            )


def translated_numbers(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """Values that differ between the Chinese and the English text of one observation.

    Only decimals and numbers of three digits or more: dates and small counts are spelled out differently. A
    number that one text simply leaves out is no contradiction.
    """
    if not (content.text.zh and content.text.en):
        return
    zh, en = _values(content.text.zh), _values(content.text.en)
    if zh - en and en - zh:
        name = audit.observation_name(thing, content)
        only_zh, only_en = ("、".join(sorted(values)) for values in (zh - en, en - zh))
        yield gap(
            "NUMBER_MISMATCH",
            message=Text(
                zh=f"{name}：中文{only_zh}与英文{only_en}不一致",
                en=f"{name}: {only_zh} in Chinese, {only_en} in English",
            ),
            about=[only_zh, only_en],
            where=f"observations/{thing.id}",
            entries=[thing.id],
        )


def _values(text: str) -> set[str]:
    found = {re.sub(r"[ ,]", "", match[0]) for match in _NUMBER.finditer(text)}
    return {number for number in found if "." in number or len(number) > 2}
