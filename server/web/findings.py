"""Findings of an audit: the list, and the form of one. What the form says is kept on the phone first."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import urlencode

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from server.audit import findings, followup, wording
from server.audit.acknowledgement import acknowledgement, awaits_signature, lacking, may_sign, text_of
from server.audit.coverage import Seen, audited_schemes, plain
from server.audit.entries import Clause, Finding
from server.audit.facts import denied
from server.audit.findings import FindingType
from server.audit.grading import is_graded
from server.audit.report.observed import RESULTS
from server.audit.state import Thing
from server.criteria.model import ClauseRef, Language
from server.people.principal import Principal
from server.web import shown
from server.web.follow_ups import STAGE_K
from server.web.guards import Case
from server.web.guide import guides
from server.web.observed import Record, record
from server.web.offline import offline
from server.web.overview import Overview, overview, pictured
from server.web.render import language_of, page
from server.web.services import Services
from server.web.texts import texts

TYPES: tuple[FindingType, ...] = ("nonconformity", "opportunity")
"""What the form raises; a strength is a mark on an observation."""

_NEVER_CHOSEN = ("clause_not_lowest",)
"""Remarks that the form has no place for: it offers the lowest clauses alone."""


@get("/audits/{audit:str}/findings", opt={"needs": "audit.read"}, include_in_schema=False)
async def findings_page(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """What was found, what is judged nonconforming without a finding, and the marks."""
    found = overview(case.criteria, case.state)
    return page(
        request,
        "pages/findings.html",
        stamp=(found.hash, case.role),
        make=lambda: _list(found, principal, case, language_of(request)),
    )


@get("/audits/{audit:str}/findings/new", opt={"needs": "finding.write"}, include_in_schema=False)
async def new_finding_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    observation: FromQuery[str] = "",
    type: FromQuery[str] = "nonconformity",  # noqa: A002 - the word of the field
) -> Response[bytes]:
    """The form of a finding drafted from an observation, or an empty one."""
    if type not in TYPES or (observation and observation not in case.state.observations):
        raise NotFoundException
    found = await pictured(services, case)
    draft = findings.draft(
        case.state,
        found.asked.house,
        type,
        [observation] if observation else [],
        principal.id,
        lambda clause: services.clause_texts.quote(
            found.asked.house.id, found.asked.edition(clause.scheme), clause
        ),
    )
    return page(
        request,
        "pages/finding.html",
        stamp=(*found.stamp, case.role),
        make=lambda: _form(found, principal, case, language_of(request), draft, None),
    )


@get("/audits/{audit:str}/findings/{finding:str}", opt={"needs": "audit.read"}, include_in_schema=False)
async def finding_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    finding: FromPath[str],
) -> Response[bytes]:
    """One finding: a form for its author and the leader, words for everybody else."""
    if finding not in case.state.findings:
        raise NotFoundException
    found = await pictured(services, case)
    content = case.state.findings[finding].current
    return page(
        request,
        "pages/finding.html",
        stamp=(*found.stamp, case.role, found.today()),
        make=lambda: _form(found, principal, case, language_of(request), content, finding),
    )


def _list(found: Overview, principal: Principal, case: Case, language: Language) -> dict[str, Any]:
    state = case.state
    seen = {one.id: one for stop in found.coverage.by_stop.values() for one in stop}

    def records(pairs: list[tuple[str, Any]]) -> list[Record]:
        return [record(found, seen[key], language) for key, _ in pairs if key in seen]

    return {
        **_frame(found, case),
        "nonconformities": findings.listing(state, "nonconformity"),
        "opportunities": findings.listing(state, "opportunity"),
        "strengths": findings.listing(state, "strength"),
        "counts": findings.counts(state, found.asked.house),
        "unraised": records(findings.without_finding(state)),
        "improvable": records(findings.without_finding(state, "improve")),
        "marked": {mark: records(findings.marked(state, mark)) for mark in ("strength", "focus")},
        "words": found.asked.words(language),
        "names": {one.id: found.name(one.by, language) for one in findings.listing(state)},
        "conflicts": {one.id for one in findings.listing(state) if one.thing.in_conflict},
    }


def _form(
    found: Overview,
    principal: Principal,
    case: Case,
    language: Language,
    content: Finding | None,
    key: str | None,
) -> dict[str, Any]:
    state = case.state
    thing = state.findings[key] if key else None
    by = thing.first.by if thing else principal.id
    linked = content.observations if content else []
    seen = {one.id: one for stop in found.coverage.by_stop.values() for one in stop}
    kind = content.type if content else "nonconformity"
    drafted_from = {"type": kind, "observation": next(iter(linked), "")}
    outcome = findings.OUTCOME_OF_TYPE.get(kind, "")
    open_ones = [one for one, _ in findings.without_finding(state, outcome)] if outcome else []
    may_edit = case.may("finding.write") and (by == principal.id or case.role == "leader")
    return {
        **_frame(found, case),
        "thing": thing,
        "content": content,
        "kind": kind,
        "may_edit": may_edit and content is not None and not state.released,
        "may_grade": case.may("finding.grade") or thing is None or not is_graded(state, thing),
        "author": found.name(by, language),
        "base": _json(content) if content else "{}",
        "bases": _json(thing.heads) if thing else "[]",
        "grades": found.asked.house.nc_grades,
        "departments": _departments(found),
        "chosen": [plain(clause) for clause in content.clauses] if content else [],
        "proposed": _proposed(found, content, [seen[one] for one in linked if one in seen]),
        "all_clauses": _all_clauses(found, language),
        "records": [record(found, seen[one], language) for one in linked if one in seen],
        "here": f"/audits/{state.audit}/findings/{key or f'new?{urlencode(drafted_from)}'}",
        "others": [
            record(found, seen[one], language) for one in open_ones if one not in linked and one in seen
        ],
        **_follow_up(found, principal, case, language, content, key),
        **_facts(case, key),
        "words": found.asked.words(language),
        "versions": _versions(found, language, key) if thing and thing.in_conflict else [],
        "outcome": outcome,
        "wording": wording.PATTERNS,
        "wording_codes": [code for code in get_args(wording.Code) if code not in _NEVER_CHOSEN],
    }


def _facts(case: Case, key: str | None) -> dict[str, Any]:
    """What `parts/facts.html` shows: the facts shown to guides, what they said, and whom to show them to."""
    said = case.state.confirmations.get(key or "", [])
    answers = {one.body.asked: one.body for one in said if one.body.asked}
    return {
        "facts": [(one.body, answers.get(one.entry)) for one in said if not one.body.asked],
        "guides": guides(case.state),
        "may_invite": case.may("guest.invite"),
        "may_show": case.may("finding.write") and not case.state.released,
    }


def _follow_up(
    found: Overview,
    principal: Principal,
    case: Case,
    language: Language,
    content: Finding | None,
    key: str | None,
) -> dict[str, Any]:
    """What `parts/follow-up.html` shows of a nonconformity that stands."""
    if key is None or content is None or content.type != "nonconformity":
        return {"follow": None}
    follow = followup.follow_up(found.state, key, content)
    answers = found.state.responses.get(key)
    t = texts(language)
    return {
        "follow": follow,
        "overdue": follow.is_overdue(found.today()),
        "day": found.today(),
        "stage_k": STAGE_K,
        "verifiers": {one: found.name(one, language) for one in found.state.setup.team},
        "result_words": {result: t(f"followup.result.{result}") for result in RESULTS},
        "verify_base": _json(
            {"verifier": principal.id} | ({"response": answers[-1].entry} if answers else {})
        ),
        "may_verify": case.may("entry.verified"),
        **_signing(found, case, language, found.state.findings[key], content),
        "may_answer": case.may("finding.answer"),
    }


def _signing(
    found: Overview, case: Case, language: Language, thing: Thing[Finding], content: Finding
) -> dict[str, Any]:
    """What `parts/acknowledgement.html` shows, with the words that the client signs."""
    client = found.state.setup.client
    return {
        "signed": acknowledgement(found.state, thing),
        "may_sign": case.may("entry.signed") and may_sign(found.state, thing),
        "lacking": [texts(language)(f"finding.{part}") for part in lacking(content)]
        if awaits_signature(found.state, thing)
        else [],
        "denied": denied(found.state, thing.id, content),
        "sign_text": text_of(content, found.asked.house.nc_grades).get(language),
        "representative": client.management_representative,
        "client_people": [one.name for one in client.people],
    }


def _frame(found: Overview, case: Case) -> dict[str, Any]:
    return {
        "audit": case.state.audit,
        "setup": case.state.setup,
        "found": found,
        "may_write": case.may("observation.write"),
        "may_raise": case.may("finding.write") and not case.state.released,
        "capture": shown.capture_at_now(found, case.principal.id),
        "shown": shown,
    }


def _proposed(found: Overview, content: Finding | None, linked: list[Seen]) -> list[ClauseRef]:
    """Clauses to choose from at once: those chosen, and those of its observations."""
    if content is None:
        return []
    clauses: list[Clause] = [*content.clauses, *(clause for one in linked for clause in one.content.clauses)]
    return sorted(dict.fromkeys(plain(clause) for clause in clauses))


def _all_clauses(
    found: Overview, language: Language
) -> list[tuple[shown.Scheme, list[tuple[ClauseRef, str]]]]:
    """Every clause that can be audited, by scheme, with its title."""
    return [
        (
            shown.scheme_of(scheme, language, found.asked.criteria),
            [(ref, found.asked.title(ref).get(language)) for ref in found.asked.auditable(scheme)],
        )
        for scheme in audited_schemes(found.state.setup)
    ]


def _departments(found: Overview) -> list[str]:
    setup = found.state.setup
    names = [
        *(one.zh for one in setup.client.departments),
        *(stop.department for stop in setup.stops.values()),
    ]
    return list(dict.fromkeys(name for name in names if name))


def _versions(found: Overview, language: Language, key: str | None) -> list[tuple[str, Finding | None]]:
    """Versions that stand side by side, each with who wrote it."""
    thing = found.state.findings[key or ""]
    return [
        (found.name(thing.versions[head].by, language), thing.versions[head].content) for head in thing.heads
    ]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@offline
def _offline(case: Case) -> list[str]:
    """The list, every finding with its responses, and an empty form of each type."""
    base = f"/audits/{case.state.audit}/findings"
    forms = [f"{base}/new", f"{base}/new?type=opportunity"] if case.may("finding.write") else []
    return [base, *forms, *(f"{base}/{key}" for key in case.state.findings)]


routes = [findings_page, new_finding_page, finding_page]
