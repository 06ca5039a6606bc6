"""The report before release: its outline, every element with what it comes from, and the leader's hand in it.

Answers and judgements are plain forms: the leader writes them in the evening, with a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from server.audit.entries import Answered, AnsweredBody, Choice, Judged, JudgedBody, Text
from server.audit.gaps import KINDS, Gap
from server.audit.report import compile_report
from server.audit.report.proposals import Proposal, is_judged, proposals
from server.audit.report.tree import Element, Options, Paragraph, Report
from server.criteria.model import Element as FormElement
from server.criteria.model import Language, section_number
from server.people.principal import Principal
from server.web import gap_view, shown
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.gaps import beside_of
from server.web.guards import Case
from server.web.made import append, make
from server.web.overview import Overview, overview
from server.web.render import language_of, page, redirect
from server.web.report_signing import signing
from server.web.services import Services

NOT_EDITABLE = ("signature",)


@get("/audits/{audit:str}/report", opt={"needs": "report.read"}, include_in_schema=False)
async def report_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    chapter: FromQuery[str] = "",
    element: FromQuery[str] = "",
) -> Response[bytes]:
    """One chapter of the report beside the outline; `element` names the one to look at, with its form."""
    found = overview(case.criteria, case.state)
    keys = {one.key: one.chapter for one in found.asked.form.elements}
    wanted = keys.get(element) or (chapter if chapter in keys.values() else "")
    errors = gap_view.open_errors(found.look(await beside_of(services, found)).open)
    return page(
        request,
        "pages/report.html",
        stamp=(found.hash, case.role, [gap.id for gap in errors]),
        make=lambda: _context(found, errors, case, language_of(request), wanted, element),
    )


@post(
    "/audits/{audit:str}/report/{element:str}",
    opt={"needs": "report.edit"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def write_element(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    element: FromPath[str],
) -> Response[bytes]:
    """Keep the leader's answer or judgement, and show the element with it."""
    found = overview(case.criteria, case.state)
    form_element = next((one for one in found.asked.form.elements if one.key == element), None)
    if form_element is None or form_element.kind in NOT_EDITABLE:
        raise NotFoundException
    fields = await read_form(request)
    if is_judged(form_element):
        proposed = proposals(case.state, case.criteria).get(element)
        body = judged_body(proposed, form_element, fields)
        await append(services, case.state.audit, principal, make(Judged, case.state.audit, principal, body))
    else:
        sources = compile_report(case.state, case.criteria).element(element).sources
        answer = answered_body(
            form_element, fields, [one for one in sources if one in case.state.observations]
        )
        await append(
            services, case.state.audit, principal, make(Answered, case.state.audit, principal, answer)
        )
    return redirect(f"/audits/{case.state.audit}/report?chapter={form_element.chapter}#e-{element}")


def answered_body(element: FormElement, fields: dict[str, str], sources: list[str]) -> AnsweredBody:
    """What a person answered, resting on the observations it was compiled from.

    `none` is the answer 无; nothing at all takes the answer back.
    """
    return AnsweredBody(
        element=element.key,
        bases=_bases(fields),
        text=_text(fields, "text"),
        none="none" in fields,
        choices=_choices(element, fields),
        date=fields.get("date", "") if element.kind == "date" else "",
        sources=sources,
    )


def judged_body(proposal: Proposal | None, element: FormElement, fields: dict[str, str]) -> JudgedBody:
    """The leader's choice beside what the program proposes at this moment."""
    return JudgedBody(
        element=element.key,
        bases=_bases(fields),
        choices=_choices(element, fields),
        proposed=list(proposal.options) if proposal else [],
        basis=proposal.basis if proposal else Text(),
    )


def _bases(fields: dict[str, str]) -> list[str]:
    return fields.get("bases", "").split()


def _text(fields: dict[str, str], name: str) -> Text:
    return Text(zh=fields.get(f"{name}.zh", "").strip(), en=fields.get(f"{name}.en", "").strip())


def _choices(element: FormElement, fields: dict[str, str]) -> list[Choice]:
    """Chosen options: one radio, or a box each; with the schemes and the reason written beside."""
    chosen = [fields["option"]] if fields.get("option") else []
    chosen += [str(at) for at in range(len(element.options)) if f"option.{at}" in fields]
    return [
        Choice(
            option=int(at),
            schemes=[name.rpartition(".")[2] for name in fields if name.startswith(f"scheme.{at}.")],
            reason=_text(fields, f"reason.{at}" if f"option.{at}" in fields else "reason"),
        )
        for at in chosen
        if at.isdigit() and int(at) < len(element.options)
    ]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A chapter in the outline: how many of its elements are filled, 无 or empty."""

    key: str
    title: str
    filled: int
    none: int
    empty: int
    sources: int

    @property
    def done(self) -> bool:
        return not self.empty


@dataclass(frozen=True, slots=True)
class Shown:
    """One element on the page; `form` is there while its form is open.

    `observations` are those it rests on beside the ones that its paragraphs cite.
    """

    element: Element
    title: str
    observations: list[str]
    findings: list[str]
    judged: bool
    proposal: Proposal | None
    proposed: list[str]
    chosen: list[str]
    form: dict[str, Any] | None
    editable: bool


def _context(
    found: Overview,
    errors: list[Gap],
    case: Case,
    language: Language,
    chapter: str,
    wanted: str,
) -> dict[str, Any]:
    report = found.report
    outline = [_outlined(report, one.key, one.title.get(language)) for one in report.chapters]
    here = chapter or next((one.key for one in outline if one.empty), outline[0].key)
    may_edit = case.may("report.edit") and not case.state.released
    forms = {one.key: one for one in found.asked.form.elements}
    proposed = proposals(case.state, case.criteria)
    elements = [
        _shown(found, one, forms[one.key], proposed.get(one.key), language, may_edit, one.key == wanted)
        for one in report.of(here)
    ]
    keys = [one.key for one in outline]
    at = keys.index(here)
    return {
        "audit": case.state.audit,
        "setup": case.state.setup,
        "found": found,
        "report": report,
        "outline": outline,
        "here": outline[at],
        "before": outline[at - 1] if at else None,
        "after": outline[at + 1] if at + 1 < len(outline) else None,
        "elements": elements,
        "numbers": _numbers(report),
        "may_edit": may_edit,
        "may_release": case.may("report.release") and not case.state.released,
        "may_export": case.may("audit.export"),
        "errors": len(errors),
        "open_errors": [gap_view.row(found, gap, language) for gap in errors],
        "must_mend": any(KINDS[gap.code].kept for gap in errors),
        "signing": signing(found, case, language),
        "may_write": case.may("observation.write"),
        "capture": shown.capture_at_now(found, case.principal.id),
        "schemes": shown.schemes(case.state.setup, language, case.criteria),
        "shown": shown,
        "section_number": section_number,
        "leader": _leader(found, language),
    }


def _leader(found: Overview, language: Language) -> str:
    team = found.state.setup.team
    return next((found.name(key, language) for key, member in team.items() if member.role == "leader"), "")


def _outlined(report: Report, key: str, title: str) -> Outlined:
    elements = report.of(key)
    said = [element.status for element in elements]
    sources = {source for element in elements for source in element.sources}
    return Outlined(key, title, said.count("filled"), said.count("none"), said.count("empty"), len(sources))


def _numbers(report: Report) -> dict[str, str]:
    """What an observation is called in a link: the label it was imported with, else its place in the plan."""
    return {line.id: line.label or str(at) for at, line in enumerate(report.observations, start=1)}


def _shown(
    found: Overview,
    element: Element,
    form: FormElement,
    proposal: Proposal | None,
    language: Language,
    may_edit: bool,
    wanted: bool,
) -> Shown:
    judged = is_judged(form)
    state = found.state
    options = [option.get(language) for option in _options(found, form)]
    judgement = state.judgements.get(form.key)
    chosen = (
        [choice.option for choice in judgement.current.choices] if judgement and judgement.current else []
    )
    editable = may_edit and form.kind not in NOT_EDITABLE
    cited = {one for block in element.blocks if isinstance(block, Paragraph) for one in block.sources}
    return Shown(
        element=element,
        title=form.title.get(language),
        observations=[one for one in element.sources if one in state.observations and one not in cited],
        findings=[source for source in element.sources if source in state.findings],
        judged=judged,
        proposal=proposal,
        proposed=[options[at] for at in proposal.options if at < len(options)] if proposal else [],
        chosen=[options[at] for at in chosen if at < len(options)],
        form=_form(found, form, element) if editable and wanted else None,
        editable=editable,
    )


def _options(found: Overview, form: FormElement) -> list[Any]:
    """The words offered: those of the house's rating set, else the form's own."""
    house = found.asked.house
    used = house.ratings_used.get(form.key, form.rating)
    return list(house.rating_sets.get(used, form.options))


def _form(found: Overview, form: FormElement, element: Element) -> dict[str, Any]:
    """What the form of an element begins with: the answer given, else what was compiled."""
    state = found.state
    thing = state.judgements.get(form.key) if is_judged(form) else state.answers.get(form.key)
    body: Any = thing.current if thing else None
    choices = {choice.option: choice for choice in body.choices} if body else _compiled_choices(element)
    answer = state.answers.get(form.key)
    given = answer.current if answer else None
    return {
        "bases": " ".join(thing.heads) if thing else "",
        "options": _options(found, form),
        "choices": choices,
        "multiple": form.kind == "multi-choice",
        "text": given.text if given else element.text,
        "none": bool(given and given.none),
        "date": given.date if given else "",
        "is_date": form.kind == "date",
        "has_text": not is_judged(form) and form.kind not in ("choice", "multi-choice", "date"),
    }


def _compiled_choices(element: Element) -> dict[int, Choice]:
    """The options that are marked without anybody's answer."""
    marked = [block.options for block in element.blocks if isinstance(block, Options)]
    return {at: Choice(option=at) for options in marked for at, one in enumerate(options) if one.chosen}


routes = [report_page, write_element]
