"""What is wrong with a plan: a table of rules, each of them a small function of the set-up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.audit import competence
from server.audit.entries import Text
from server.audit.names import name_of
from server.audit.plan.days import UNKNOWN, Days, Line, Tally, attending, shown, span_of
from server.audit.plan.matrix import covers, matrix_of
from server.audit.plan.words import MEETINGS, SENTENCES, IssueCode
from server.audit.setup import Setup, Stop
from server.audit.setup.plan import GONE
from server.audit.walk import ordered_stops
from server.criteria.model import ClauseRef, letter_of

Severity = Literal["error", "warning", "note"]
_GRAVE = frozenset(
    {
        *("no_leader", "leader_not_registered", "interest", "ec_without_q", "not_in_team"),
        *("trainee_alone", "alone", "not_registered", "expired", "provisional"),
    }
)
"""Shortfalls of competence that stand as errors: what is on record rules it out. The others warn."""


class Issue(Struct, frozen=True, kw_only=True):
    """One thing about the plan that somebody should look at.

    `stop` and `other` are keys of stops, `department` a row of the matrix, `principal` whom it is about; each
    "" where it is about none.
    """

    code: IssueCode
    severity: Severity
    stop: str = ""
    other: str = ""
    department: str = ""
    principal: str = ""
    values: dict[str, Text] = {}
    said: Text | None = None

    @property
    def message(self) -> Text:
        """The sentence in both languages."""
        sentence = self.said or SENTENCES[self.code]
        if self.said:
            return sentence
        return Text(
            zh=sentence.zh.format(**{name: value.get("zh") for name, value in self.values.items()}),
            en=sentence.en.format(**{name: value.get("en") for name, value in self.values.items()}),
        )


@dataclass(frozen=True)
class Plan:
    """What the rules look at. `due`: what this audit has to cover; `last`: its cycle's last chance."""

    setup: Setup
    due: Collection[ClauseRef]
    last: Collection[ClauseRef]
    needed: Days | None
    held: Tally | None

    @cached_property
    def stops(self) -> list[tuple[str, Stop]]:
        """In plan order, without those that a change on site left out."""
        return [(key, stop) for key, stop in ordered_stops(self.setup) if stop.status not in GONE]

    @cached_property
    def audited(self) -> list[tuple[str, Stop]]:
        """Stops where something is audited."""
        return [(key, stop) for key, stop in self.stops if stop.type == "audit"]

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.setup.time_zone)

    def name(self, key: str) -> Text:
        """Label and department of a stop, as people call it."""
        stop = self.setup.stops[key]
        label = stop.label or key
        zh = stop.department or stop.process.zh or stop.process.en
        en = stop.process.en or stop.department or stop.process.zh
        return Text(zh=f"{label} {zh}".strip(), en=f"{label} {en}".strip())

    def person(self, principal: str) -> Text:
        """The name of a member; the principal itself for a stranger."""
        member = self.setup.team.get(principal)
        return name_of(member) if member else _same(principal)

    def clock(self, seconds: int) -> Text:
        """A moment as hour and minute in the audit's zone."""
        return _same(f"{datetime.fromtimestamp(seconds, self.zone):%H:%M}")


Rule = Callable[[Plan], Iterator[Issue]]


def check(
    setup: Setup,
    due: Collection[ClauseRef] = (),
    *,
    last: Collection[ClauseRef] = (),
    needed: Days | None = None,
    held: Tally | None = None,
) -> list[Issue]:
    """Everything to look at, errors first, then in plan order, whatever the order of stops in the set-up.

    `due`: the clauses this audit has to cover; `last`: those that no other audit of the cycle has seen or
    will see; `needed`, `held`: auditor-days as required and as planned.
    """
    plan = Plan(setup, due, last, needed, held)
    place = {key: at for at, (key, _) in enumerate(plan.stops)}
    found = [issue for rule in RULES for issue in rule(plan)]
    grades = ("error", "warning", "note")
    return sorted(
        found, key=lambda one: (grades.index(one.severity), place.get(one.stop, -1), one.code, one.principal)
    )


def _overlaps(plan: Plan) -> Iterator[Issue]:
    """Everybody is at one place at a time; meetings of the team and talks with the client are places too."""
    for principal in plan.setup.team:
        own = [
            (span, key)
            for key, stop in plan.stops
            if stop.type != "break" and principal in _there(plan, key, stop) and (span := span_of(stop))
        ]
        for (one, key), (two, other) in combinations(sorted(own), 2):
            begin, end = max(one[0], two[0]), min(one[1], two[1])
            if begin < end:
                yield Issue(
                    code="overlap",
                    severity="error",
                    stop=key,
                    other=other,
                    principal=principal,
                    values={
                        "name": plan.person(principal),
                        "from": plan.clock(begin),
                        "to": plan.clock(end),
                        "stop": plan.name(key),
                        "other": plan.name(other),
                    },
                )


def _there(plan: Plan, key: str, stop: Stop) -> set[str]:
    """Auditors, and experts and observers who come along."""
    return {*attending(plan.setup, stop), *competence.beside(plan.setup, key, stop)}


def _breaks(plan: Plan) -> Iterator[Issue]:
    """Lunch and travel inside a stop are no audit time."""
    pauses = [(key, stop, span_of(stop)) for key, stop in plan.stops if stop.type == "break"]
    for key, stop in plan.audited:
        span = span_of(stop)
        for other, pause, gap in pauses:
            shared = min(span[1], gap[1]) - max(span[0], gap[0]) if span and gap else 0
            if shared > 0 and set(stop.auditors) & set(attending(plan.setup, pause)):
                values = {
                    "stop": plan.name(key),
                    "other": plan.name(other),
                    "minutes": _same(str(shared // 60)),
                }
                yield Issue(code="during_break", severity="note", stop=key, other=other, values=values)


def _clauses(plan: Plan) -> Iterator[Issue]:
    """Every clause that this audit has to cover is planned somewhere."""
    planned = [clause for _, stop in plan.stops for clause in stop.clauses]
    missing = sorted({ref for ref in (*plan.due, *plan.last) if not covers(planned, ref)})
    groups: dict[tuple[IssueCode, str], list[ClauseRef]] = {}
    for ref in missing:
        code: IssueCode = "last_chance" if ref in plan.last else "clause_unplanned"
        groups.setdefault((code, ref.scheme), []).append(ref)
    for (code, scheme), own in groups.items():
        values = {"letter": _letter(scheme), "count": _same(str(len(own))), "codes": _codes(own)}
        yield Issue(code=code, severity="error", values=values)


def _answered_for(plan: Plan) -> Iterator[Issue]:
    """What a department answers for is audited there."""
    for department, row in matrix_of(plan.setup).items():
        planned = [c for _, stop in plan.audited if stop.department == department for c in stop.clauses]
        missing = sorted(ref for ref, mark in row.items() if mark == "main" and not covers(planned, ref))
        if missing and plan.setup.stops:
            values = {"department": _same(department), "codes": _codes(missing)}
            yield Issue(code="main_unplanned", severity="warning", department=department, values=values)


def _nobody(plan: Plan) -> Iterator[Issue]:
    """Somebody answers for every clause, once the matrix says anything of its scheme."""
    owned = {ref for row in matrix_of(plan.setup).values() for ref, mark in row.items() if mark == "main"}
    missing = sorted({ref for ref in plan.due if not covers(owned, ref)})
    for scheme in dict.fromkeys(ref.scheme for ref in missing):
        if any(ref.scheme == scheme for ref in owned):
            values = {"letter": _letter(scheme), "codes": _codes([r for r in missing if r.scheme == scheme])}
            yield Issue(code="nobody_answers", severity="note", values=values)


def _competence(plan: Plan) -> Iterator[Issue]:
    """Members with the registration for the scheme and, at a 专业过程, the code or an expert beside."""
    for one in competence.shortfalls(plan.setup):
        yield Issue(
            code="competence",
            severity="error" if one.code in _GRAVE else "warning",
            stop=one.stop,
            principal=one.principal,
            values=one.values,
            said=one.message,
        )


def _days(plan: Plan) -> Iterator[Issue]:
    """Audit time against what is required."""
    needed, held, agreed = plan.needed, plan.held, plan.setup.visit.auditor_days.required
    if needed is None or held is None:
        return
    if not needed.complete and agreed is None:
        why = next((line for line in needed.lines if line.code in UNKNOWN), Line("no_rule"))
        yield Issue(code="days_unknown", severity="note", values={"why": why.message})
    wanted = needed.total if agreed is None else Fraction(str(agreed))
    least = wanted * needed.on_site_share
    if (needed.complete or agreed is not None) and held.total < wanted:
        values = {"planned": shown(held.total), "required": shown(wanted), "least": shown(least)}
        if held.total < least:
            yield _amounts("too_little_on_site", "error", **values)
        else:
            yield _amounts("rest_off_site", "note", **values, rest=shown(wanted - held.total))
    if needed.complete and agreed is not None and Fraction(str(agreed)) < needed.total:
        yield _amounts("agreed_below_rules", "warning", agreed=f"{agreed:g}", required=shown(needed.total))


def _reasons(plan: Plan) -> Iterator[Issue]:
    """A reduction has its reason."""
    for one in plan.setup.days.adjustments:
        if one.percent < 0 and not one.reason.strip():
            yield _amounts("no_reason", "warning", percent=f"{one.percent}%".replace("-", "−"))


def _dates(plan: Plan) -> Iterator[Issue]:
    """Stops lie within the audit's dates and end after they begin."""
    visit = plan.setup.visit
    first, last = visit.start, visit.end or visit.start
    for key, stop in plan.stops:
        if stop.start is None or stop.end is None:
            yield _at(plan, "no_time", "warning", key)
        elif stop.end <= stop.start:
            yield _at(plan, "backwards", "error", key)
        moments = [moment for moment in (stop.start, stop.end) if moment]
        days = [moment.astimezone(plan.zone).date().isoformat() for moment in moments]
        outside = next((day for day in days if first and not first <= day <= last), "")
        if outside:
            values = {"day": _same(outside), "from": _same(first), "to": _same(last)}
            yield _at(plan, "outside_dates", "error", key, values)


def _content(plan: Plan) -> Iterator[Issue]:
    """A stop has somebody who audits, somewhere to audit and something to audit."""
    if not plan.stops:
        yield Issue(code="no_stops", severity="warning")
    for key, stop in plan.audited:
        if not stop.auditors:
            yield _at(plan, "no_auditor", "error", key)
        if not stop.clauses:
            yield _at(plan, "no_clauses", "warning", key)
        if not stop.department and not stop.process.zh and not stop.process.en:
            yield _at(plan, "no_place", "warning", key)


def _meetings(plan: Plan) -> Iterator[Issue]:
    """Opening first, closing last."""
    for kind, name in MEETINGS.items():
        if plan.stops and not any(stop.type == kind for _, stop in plan.stops):
            yield Issue(code="no_meeting", severity="error", values={"meeting": name})
    opening = [span[0] for _, stop in plan.stops if stop.type == "opening" and (span := span_of(stop))]
    closing = [span[0] for _, stop in plan.stops if stop.type == "closing" and (span := span_of(stop))]
    for key, stop in plan.audited:
        span = span_of(stop)
        if span and opening and span[0] < min(opening):
            yield _at(plan, "before_opening", "warning", key)
        if span and closing and span[1] > max(closing):
            yield _at(plan, "after_closing", "warning", key)


RULES: tuple[Rule, ...] = (
    _overlaps,
    _breaks,
    _clauses,
    _answered_for,
    _nobody,
    _competence,
    _days,
    _reasons,
    _dates,
    _content,
    _meetings,
)
"""Every check of a plan."""


def _at(
    plan: Plan, code: IssueCode, severity: Severity, key: str, values: Mapping[str, Text] | None = None
) -> Issue:
    return Issue(code=code, severity=severity, stop=key, values={"stop": plan.name(key), **(values or {})})


def _amounts(code: IssueCode, severity: Severity, **values: str) -> Issue:
    return Issue(code=code, severity=severity, values={name: _same(value) for name, value in values.items()})


def _letter(scheme: str) -> Text:
    return _same(letter_of(scheme))


def _codes(refs: Collection[ClauseRef]) -> Text:
    listed = [ref.code for ref in refs]
    return Text(zh="、".join(listed), en=", ".join(listed))


def _same(text: str) -> Text:
    return Text(zh=text, en=text)
