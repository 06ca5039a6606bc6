"""What the program proposes for ratings and recommendations, and why. A person decides; both are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from msgspec import Struct

from server.audit import followup
from server.audit.entries import Clause, Observation, Text
from server.audit.report.context import Context, has_words, joined
from server.audit.state import State
from server.criteria.load import Criteria
from server.criteria.model import Element

BEST, MIDDLE, WORST = 0, 1, 2
RESTORE, MAINTAIN, MAINTAIN_AFTER_CORRECTION, SUSPEND = 0, 1, 2, 3
"""Options of the recommendation that follow from counts; scope is for people alone."""

_BY_WEIGHT = ("nonconform", "improve", "conform", "not_seen", "not_applicable")
_RECOMMENDATION = "7.recommendations"
_REMOVED = "1.5.4.suspension_removed"
_FOLLOWS = {
    "7.capability": ("2.1.rating",),
    "7.internal_audit_and_review": ("2.3.rating",),
    "7.operation": ("2.2.rating", "2.4.rating"),
}
"""Conclusions that say what other ratings say: the worst of them."""


class Proposal(Struct, frozen=True, kw_only=True):
    """Proposed options by index, none where nothing was recorded, and the counts that speak for them."""

    options: list[int]
    basis: Text


def is_judged(element: Element) -> bool:
    """Whether the leader judges this element, rather than answering it."""
    return element.filled_by == "leader" and element.kind in ("choice", "multi-choice")


def proposals(state: State, criteria: Criteria) -> dict[str, Proposal]:
    """A proposal for every rated element of the audit's form and for the recommendation, by key."""
    context = Context.of(state, criteria)
    proposer = _Proposer(context)
    made = {e.key: proposer.rating(e) for e in context.form.elements if e.rating}
    if any(element.key == _RECOMMENDATION for element in context.form.elements):
        made[_RECOMMENDATION] = proposer.recommendation()
    return made


class _Proposer:
    """The counts of one audit."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.state = context.state
        self.findings = context.nonconformities

    def rating(self, element: Element) -> Proposal:
        own: dict[str, Callable[[], Proposal]] = {
            "2.1.rating": self._objectives,
            "7.purpose": self._purpose,
        }
        if element.key in own:
            return own[element.key]()
        if element.key in _FOLLOWS:
            return self._following(_FOLLOWS[element.key])
        return self._counted(element)

    def _counted(self, element: Element) -> Proposal:
        """From observations and nonconformities of the element's clauses; without clauses, from all."""
        within = _within(element)
        seen = [worst for _, o in self.context.observations if (worst := _worst(o, within))]
        found = [
            (thing.id, finding.grade)
            for thing, finding in self.findings
            if any(within(clause) for clause in finding.clauses)
        ]
        basis = joined([self._outcomes(seen), self._grades(found)])
        if not seen and not found:
            return Proposal(options=[], basis=Text(zh="没有相关的审核记录", en="nothing was recorded for it"))
        return Proposal(options=[self._level(found, "nonconform" in seen)], basis=basis)

    def _level(self, found: list[tuple[str, str]], nonconforming: bool) -> int:
        if any(grade == "major" and not self._closed(key) for key, grade in found):
            return WORST
        return MIDDLE if found or nonconforming else BEST

    def _closed(self, finding: str) -> bool:
        return followup.is_closed(self.state, finding)

    def _outcomes(self, seen: Iterable[str]) -> Text:
        """符合44、改进机会1、不符合1."""
        counted = Counter(outcome for outcome in seen if outcome)
        words = [
            (self.context.outcome(word.code), counted[word.code]) for word in self.context.house.outcomes
        ]
        listed = [Text(zh=f"{w.get('zh')}{n}", en=f"{w.get('en')} {n}") for w, n in words if n]
        return joined(listed, "、", ", ")

    def _grades(self, found: Iterable[tuple[str, str]]) -> Text:
        """不符合报告：严重1（已关闭1）、轻微3."""
        counted = Counter(grade for _, grade in found)
        closed = Counter(grade for key, grade in found if self._closed(key))
        listed = []
        for word in self.context.house.nc_grades:
            grade, n, done = word.code, counted[word.code], closed[word.code]
            title = self.context.grade(grade)
            if n:
                zh = f"{title.get('zh')}{n}" + (f"（已关闭{done}）" if done else "")
                en = f"{title.get('en')} {n}" + (f" ({done} closed)" if done else "")
                listed.append(Text(zh=zh, en=en))
        told = joined(listed, "、", ", ")
        if not has_words(told):
            return Text(zh="无不符合报告", en="no nonconformity report")
        return Text(zh=f"不符合报告：{told.zh}", en=f"nonconformity reports: {told.en}")

    def _objectives(self) -> Proposal:
        """How many objectives were reached: all, some, none."""
        rows = [
            row
            for _, observation in self.context.observations
            for card in observation.cards
            if card.type == "objectives"
            for row in card.rows
        ]
        met = [row.get("met") for row in rows if isinstance(row.get("met"), bool)]
        if not met:
            return self._counted(self.context.form.element("2.1.rating"))
        reached = sum(bool(one) for one in met)
        option = BEST if reached == len(met) else MIDDLE if reached else WORST
        basis = Text(
            zh=f"目标{len(met)}项，达成{reached}项", en=f"{reached} of {len(met)} objectives reached"
        )
        return Proposal(options=[option], basis=basis)

    def _purpose(self) -> Proposal:
        """Whether the plan was carried out and, for a suspended certificate, its cause judged."""
        completed = self.context.setup.visit.plan_completed
        if completed is None:
            return Proposal(
                options=[],
                basis=Text(zh="计划完成情况未填", en="whether the plan was completed is not filled in"),
            )
        told = [
            Text(zh="计划内容已完成", en="the plan was completed")
            if completed
            else Text(zh="计划内容未全部完成", en="part of the plan was not done")
        ]
        undecided = self.context.setup.suspension is not None and self._chosen(_REMOVED) is None
        if undecided:
            told.append(
                Text(zh="暂停原因是否消除未评定", en="whether the suspension's cause is removed is open")
            )
        return Proposal(options=[BEST if completed and not undecided else MIDDLE], basis=joined(told))

    def _following(self, keys: Iterable[str]) -> Proposal:
        """As the ratings it follows from: as judged, else as proposed; the worst of them."""
        options, sections = [], []
        for key in keys:
            element = self.context.form.element(key)
            chosen = self._chosen(key)
            proposed = self.rating(element).options
            options += [chosen] if chosen is not None else proposed
            sections.append(element.section)
        basis = Text(zh=f"见{'、'.join(sections)}", en=f"see {', '.join(sections)}")
        return Proposal(options=[max(options)] if options else [], basis=basis)

    def _chosen(self, key: str) -> int | None:
        thing = self.state.judgements.get(key)
        body = thing.current if thing else None
        return body.choices[0].option if body and body.choices else None

    def recommendation(self) -> Proposal:
        """Restore or suspend, by whether the cause of a suspension is removed; maintain, now or later."""
        found = [(thing.id, finding.grade) for thing, finding in self.findings]
        open_ones = [(key, grade) for key, grade in found if not followup.is_settled(self.state, key, grade)]
        options, told = [], [self._grades(found)]
        suspended = self.context.setup.suspension is not None
        if suspended:
            removed = self._chosen(_REMOVED) == BEST
            major = any(grade == "major" for _, grade in open_ones)
            options.append(RESTORE if removed and not major else SUSPEND)
            told.append(
                Text(zh="暂停原因已消除", en="the cause of the suspension is removed")
                if removed
                else Text(zh="暂停原因未见消除", en="the cause of the suspension is not shown to be removed")
            )
        if open_ones and options != [SUSPEND]:
            options.append(MAINTAIN_AFTER_CORRECTION)
        elif not suspended:
            options.append(MAINTAIN)
        if open_ones:
            n = len(open_ones)
            told.append(Text(zh=f"未关闭{n}项", en=f"{n} still open"))
        return Proposal(options=options, basis=joined(told))


def _worst(observation: Observation, within: Callable[[Clause], bool]) -> str:
    """The outcome of an observation that weighs most among its clauses concerned; "" where there is none."""
    outcomes = {clause.outcome or observation.outcome for clause in observation.clauses if within(clause)}
    return next((outcome for outcome in _BY_WEIGHT if outcome in outcomes), max(outcomes, default=""))


def _within(element: Element) -> Callable[[Clause], bool]:
    """Whether a clause belongs to an element; all do where the element names none."""
    return lambda clause: not element.clauses or any(clause.within(own) for own in element.clauses)
