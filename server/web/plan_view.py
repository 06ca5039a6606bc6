"""The plan as a page shows it: columns of the matrix, stops with their forms, checks, auditor-days."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from litestar import Request

from server.audit import plan as plans
from server.audit.calendar import iso_day
from server.audit.coverage import audited_schemes
from server.audit.entries import Text
from server.audit.plan import Issue
from server.audit.plan.days import shown as shown_days
from server.audit.plan.matrix import matrix_of, merged
from server.audit.plan.words import LEVELS
from server.audit.setup import Mark, Setup, Stop
from server.audit.state import State
from server.audit.walk import ordered_stops
from server.criteria.days import DayRules
from server.criteria.load import Criteria
from server.criteria.model import ClauseRef, Language
from server.web import shown
from server.web.guards import Case
from server.web.new_audit import ROLES
from server.web.overview import Overview, overview
from server.web.plan_form import (
    STOP_TYPES,
    Typed,
    adjustment_lines,
    days_fields,
    fields_of,
)
from server.web.render import language_of
from server.web.services import Services

NEXT: dict[str, str] = {"": "main", "main": "related", "related": ""}
"""What a tap makes of a cell."""

DONE = ("saved", "removed", "made", "pasted", "undone", "nothing")
DAYS_ISSUES = ("too_little_on_site", "rest_off_site", "agreed_below_rules", "days_unknown", "no_reason")
_TOLD_AT_ONCE = ("outside_dates",)
SPAN = re.compile(r"\d{1,9}-\d{1,9}")


@dataclass(frozen=True)
class Column:
    """A department of the matrix. `conflict`: two versions of it stand side by side, shown laid together."""

    department: str
    at: int
    marks: dict[str, Mark]
    conflict: bool
    stops: int


@dataclass(frozen=True)
class Slot:
    """A stop of the schedule with its form."""

    key: str
    stop: Stop
    name: str
    when: str
    people: list[str]
    form: Typed
    seen: str
    grade: str
    """The gravest of what there is to say of it; "" for nothing."""
    conflict: bool
    told: list[Text]
    """What its form says at once, however far the list of checks is away."""


@dataclass(frozen=True)
class View:
    """The page as one person sees it. What was typed and refused (`typed`, `days`, `table`) stands in it."""

    request: Request[Any, Any, Any]
    services: Services
    case: Case
    last: Sequence[ClauseRef] = ()
    scheme: str = ""
    done: str = ""
    what: str = ""
    open: str = ""
    typed: Mapping[str, Typed] = field(default_factory=dict)
    days: Typed | None = None
    table: str = ""
    unread: Sequence[str] = ()

    @property
    def setup(self) -> Setup:
        return self.case.state.setup

    @property
    def language(self) -> Language:
        return language_of(self.request)

    @cached_property
    def found(self) -> Overview:
        return overview(self.case.criteria, self.case.state)

    def context(self) -> dict[str, Any]:
        """Everything the templates show."""
        setup, rules = self.setup, day_rules(self.services)
        auditable = auditable_of(self.case.criteria, setup)
        needed = plans.required(setup, rules, _first_day(setup))
        held = plans.planned(setup, rules)
        due = plans.due_clauses(setup, auditable)
        issues = plans.check(setup, due, last=self.last, needed=needed, held=held)
        chosen = self.scheme if self.scheme in auditable else next(iter(auditable), "")
        open_part = self.open if self.open in setup.stops else ""
        return {
            "audit": self.case.state.audit,
            "setup": setup,
            "found": self.found,
            "may_change": self.case.may("audit.configure") and not self.case.state.released,
            "may_share": self.case.may("plan.share"),
            "shown": shown,
            "every_scheme": shown.every_scheme(self.language, self.case.criteria),
            "schemes": [shown.scheme_of(scheme, self.language, self.case.criteria) for scheme in auditable],
            "scheme": chosen,
            "clauses": [
                (ref, self.found.asked.title(ref).get(self.language)) for ref in auditable.get(chosen, [])
            ],
            "columns": self._columns(),
            "groups": self._groups(issues),
            "open": open_part,
            "changed": open_part,
            "issues": [(one, self._where(one)) for one in issues],
            "counts": Counter(one.severity for one in issues),
            "needed": needed,
            "held": held,
            "shown_days": shown_days,
            "levels": {table.scheme: table.levels for table in rules.tables},
            "level_names": LEVELS,
            "rules": rules,
            "days_form": self.days or Typed(days_fields(setup), self.language),
            "adjustments": adjustment_lines(self.days.fields if self.days else days_fields(setup)),
            "table": self.table,
            "unread": list(self.unread),
            "done": self.done if SPAN.fullmatch(self.done) else "",
            "what": self.what if self.what in DONE else "",
            "stop_types": STOP_TYPES,
            "next_mark": NEXT,
            "departments": list(plans.matrix_of(setup)),
            "team": self._team(),
        }

    def _columns(self) -> list[Column]:
        state = self.case.state
        stops = Counter(stop.department for stop in self.setup.stops.values())
        columns = []
        for at, name in enumerate(plans.matrix_of(self.setup)):
            thing = state.configured.get(f"matrix/{name}")
            conflict = bool(thing and thing.in_conflict)
            columns.append(Column(name, at, row_of(state, name), conflict, stops[name]))
        return columns

    def _groups(self, issues: Sequence[Issue]) -> list[tuple[str, list[Slot]]]:
        """Stops by day, those without a time first."""
        zone = ZoneInfo(self.setup.time_zone)
        groups: dict[str, list[Slot]] = {}
        for key, stop in ordered_stops(self.setup):
            day = stop.start.astimezone(zone).date().isoformat() if stop.start else ""
            groups.setdefault(day, []).append(self._slot(key, stop, issues))
        return sorted(groups.items())

    def _slot(self, key: str, stop: Stop, issues: Sequence[Issue]) -> Slot:
        thing = self.case.state.configured.get(f"stops/{key}")
        fields = fields_of(self.setup, stop)
        people = dict.fromkeys([*stop.auditors, *stop.accompanied_by])
        return Slot(
            key=key,
            stop=stop,
            name=shown.stop_name(stop, self.setup, self.language),
            when=shown.hours(stop, ZoneInfo(self.setup.time_zone)),
            people=[self.found.name(one, self.language) or one for one in people],
            form=self.typed.get(key) or Typed(fields, self.language),
            seen=" ".join(thing.heads) if thing else "",
            grade=next((one.severity for one in issues if key in (one.stop, one.other)), ""),
            conflict=bool(thing and thing.in_conflict),
            told=[one.message for one in issues if one.stop == key and one.code in _TOLD_AT_ONCE],
        )

    def _team(self) -> list[tuple[str, str, str]]:
        """Members as the form offers them: principal, letter, name."""
        order = {role: at for at, role in enumerate(ROLES)}
        members = sorted(self.setup.team.items(), key=lambda pair: (order[pair[1].role], pair[1].label))
        return [(key, one.label, self.found.name(key, self.language)) for key, one in members]

    def _where(self, issue: Issue) -> str:
        """Where an issue leads on this page."""
        if issue.stop:
            return f"?open={quote(issue.stop)}#stop-{quote(issue.stop)}"
        if issue.code in DAYS_ISSUES:
            return "#days"
        if issue.code in ("main_unplanned", "nobody_answers", "clause_unplanned", "last_chance"):
            return "#matrix"
        return f"/audits/{self.case.state.audit}/team" if issue.code == "competence" else "#schedule"


def _first_day(setup: Setup) -> date:
    """The day whose rules apply: the first of the audit, else today."""
    return iso_day(setup.visit.start) or datetime.now(UTC).date()


def day_rules(services: Services) -> DayRules:
    """The rules for auditor-days: the house's where it has some of its own, else those shipped."""
    return next(iter(services.criteria.days.values()))


def row_of(state: State, department: str) -> dict[str, Mark]:
    """A department's row as the page shows it: versions side by side laid together."""
    thing = state.configured.get(f"matrix/{department}")
    if thing is not None and thing.current is not None:
        return merged(content for head in thing.heads if (content := thing.versions[head].content))
    return {ref.code: mark for ref, mark in matrix_of(state.setup).get(department, {}).items()}


def auditable_of(criteria: Criteria, setup: Setup) -> dict[str, list[ClauseRef]]:
    """Auditable clauses by scheme, in the edition audited, without those that do not apply to the client."""
    found: dict[str, list[ClauseRef]] = {}
    for scheme in audited_schemes(setup):
        edition = next((one.standard for one in setup.visit.criteria if one.scheme == scheme), "")
        try:
            standard = criteria.standard_of(scheme, edition or None)
        except KeyError:
            continue
        refs = [ClauseRef(scheme=scheme, number=clause.number) for clause in standard.auditable]
        found[scheme] = [ref for ref in refs if setup.applies(ref)]
    return found
