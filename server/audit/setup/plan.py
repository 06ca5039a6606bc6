"""The plan: who answers for which clause, stops in order, the time it takes, and what was changed on site."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.audit.entries import Clause, Moment, Text

StopType = Literal["opening", "audit", "team_meeting", "client_talk", "closing", "break", "other"]
Mark = Literal["main", "related"]
"""What a department has to do with a clause: ● it answers for it, ○ it takes part."""

GONE = ("skipped", "merged")
"""Statuses of a stop that a change of the plan left without a visit of its own."""


class Stop(Struct, frozen=True, kw_only=True):
    """A department, process or area on the plan. `auditors` are principals, times carry their offset."""

    label: str = ""
    type: StopType = "audit"
    start: Moment | None = None
    end: Moment | None = None
    auditors: list[str] = []
    department: str = ""
    process: Text = Text()
    clauses: list[Clause] = []
    kinds: list[str] = []
    """Kinds of place (`StopKind`) that choose checklist items; empty = derived from the department's name."""
    status: str = ""
    professional: bool | None = None
    position: int = 0
    accompanied_by: list[str] = []
    """Principals of experts and observers who come along."""
    before_change: Text = Text()
    """The process as planned before a change of the plan on site."""
    changed_by: str = ""
    """Key of that change in `Setup.plan_changes`."""


class PlanChange(Struct, frozen=True, kw_only=True):
    at: Moment | None = None
    kind: str = ""
    text: Text = Text()
    reason: Text = Text()
    stops: list[str] = []
    agreed_with: str = ""
    label: str = ""
    before: dict[str, Stop | None] = {}
    """Its stops as they were, by key, where it was made here; None: it was not there."""
    after: dict[str, Stop | None] = {}
    undoes: str = ""
    """Key of the change that this one takes back."""


class Adjustment(Struct, frozen=True, kw_only=True):
    """Audit time more (percent above 0) or less (below) than the table gives, of a scheme or ("") of all."""

    percent: int
    reason: str = ""
    scheme: str = ""


class DayBasis(Struct, frozen=True, kw_only=True):
    """From what auditor-days 人日 are worked out, beside the client's effective headcount.

    `levels` is the complexity or risk by scheme, `together` the percentage that auditing the schemes together
    saves.
    """

    levels: dict[str, str] = {}
    adjustments: list[Adjustment] = []
    together: int = 0
