"""What was agreed before the walk, from the file to `configured` entries: client, visit, plan, team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from server.audit import setup
from server.audit.entries import Clause, Text
from server.audit.interchange import cards, model, scalars, team
from server.audit.interchange.builder import Builder

_TEMPORARY_SITE_KEYS = {"kind_of_work": "nature", "end": "completion"}


def add_setup(builder: Builder, source: dict[str, Any]) -> None:
    """Everything that `Setup` holds. `source` gives what is kept word for word."""
    file = builder.file
    builder.configure("house", builder.house.id, ("house",))
    builder.configure("form", builder.form.id, ("house",))
    builder.configure("time_zone", builder.zone_name, ("about",))
    builder.configure("about", file.about, ("about",))
    criteria = _criteria(builder)
    editions = [criterion.standard for criterion in criteria]
    pins = builder.criteria.pins(house=builder.house.id, form=builder.form.id, standards=editions)
    builder.configure("pins", pins, ("house",))
    builder.configure("visit", _visit(builder, criteria), ("audit",))
    builder.configure("client", _client(file.client), ("client",))
    for certificate in file.certificates:
        builder.configure(f"certificates/{certificate.scheme}", _certificate(certificate), certificate.where)
    team.add_people(builder)
    team.add_matrix(builder)
    team.add_plan(builder)
    for finding in file.previous_findings:
        key = builder.previous[finding.where]
        builder.configure(f"previous/{key}", _previous(builder, finding), finding.where)
    for position, focus in enumerate(file.previous_focus, start=1):
        builder.configure(f"focus/focus-{position}", _focus(focus), focus.where)
    if file.judgements.suspension:
        builder.configure("suspension", _suspension(file), file.judgements.suspension.where)
    builder.configure("stated/house", source["house"], ("house",))
    for path, value in _stated(file).items():
        builder.configure(f"stated/{path}", value, ("judgements",))


def _visit(builder: Builder, criteria: list[setup.Criterion]) -> setup.Visit:
    audit = builder.file.audit
    days = audit.man_days
    return setup.Visit(
        number=audit.number,
        contract_number=audit.contract_number,
        schemes=schemes(builder.file),
        type=audit.audit_type,
        surveillance_no=audit.surveillance_no,
        cover_type=Text(zh=audit.cover_type_zh, en=audit.cover_type_en),
        type_text=Text(zh=audit.type_zh, en=audit.type_en),
        purposes=[setup.Purpose(code=p.code, no=p.no, text=Text(zh=p.zh, en=p.en)) for p in audit.purposes],
        start=audit.start,
        end=audit.end or audit.start,
        report_date=audit.report_date,
        next_audit_by=audit.next_audit_by,
        next_audit_type=audit.next_audit_type,
        previous_number=audit.previous_audit.number,
        previous_start=audit.previous_audit.start,
        previous_end=audit.previous_audit.end,
        covered_from=audit.covered_from,
        covered_to=audit.covered_to,
        method=audit.method,
        combination=audit.combination,
        auditor_days=setup.AuditorDays(
            required=days.required,
            planned=days.planned,
            actual=days.actual,
            counted=builder.people(days.counted),
        ),
        criteria=criteria,
        other_criteria=audit.other_criteria,
        laws=[
            *_laws("law", audit.laws),
            *_laws("product", audit.product_standards),
            *_laws("environment_safety", audit.environment_and_safety_standards),
        ],
        plan_issued=audit.plan.issued,
        plan_confirmed=audit.plan.confirmed_by_client,
        plan_completed=audit.plan.completion.all_done,
        plan_completion=Text(zh=audit.plan.completion.zh, en=audit.plan.completion.en),
        attachments=audit.attachments,
    )


def schemes(file: model.File) -> list[str]:
    """The schemes of the audit: as stated, else those of its criteria and certificates."""
    stated = file.audit.schemes
    derived = [one.scheme for one in file.audit.criteria] + [one.scheme for one in file.certificates]
    return list(dict.fromkeys(stated or derived))


def _criteria(builder: Builder) -> list[setup.Criterion]:
    audit = builder.file.audit
    listed: Sequence[model.Criterion | model.Certificate] = audit.criteria or builder.file.certificates
    return [
        setup.Criterion(scheme=one.scheme, standard=_standard(builder, one), text=one.standard)
        for one in listed
    ]


def _standard(builder: Builder, criterion: model.Criterion | model.Certificate) -> str:
    """The id of the edition meant; empty with a warning where it is none of ours."""
    if not criterion.standard:
        return ""
    try:
        return builder.criteria.parse_standard(criterion.standard).id
    except ValueError as error:
        builder.notes.warn(
            (*criterion.where, "standard"),
            f"“{criterion.standard}”不是已有的标准版本，按原文保留",
            str(error),
        )
        return ""


def _laws(group: str, laws: Iterable[model.Law]) -> list[setup.Law]:
    return [
        setup.Law(
            group=group,
            number=law.number,
            title=Text(zh=law.prefix_zh + law.title_zh, en=law.title_en),
            edition=law.edition_zh,
            topic=law.topic,
        )
        for law in laws
    ]


def _client(client: model.Client) -> setup.Client:
    temporary = client.temporary_sites
    more = client.rest | ({"temporary_sites": temporary.rest} if temporary.rest else {})
    return setup.Client(
        name=Text(zh=client.name_zh, en=client.name_en),
        credit_code=client.credit_code,
        legal_representative=client.legal_representative,
        management_representative=client.management_representative,
        contact=setup.Contact(
            name=client.contact.name, phone=client.contact.phone, email=client.contact.email
        ),
        registered_address=client.registered_address,
        office_address=client.office_address,
        operating_address=client.operating_address,
        correspondence_address=client.correspondence_address,
        licence_scope=client.licence_scope,
        industry=client.industry,
        headcount=client.headcount,
        headcount_by_department=client.headcount_by_department,
        effective_headcount=client.effective_headcount,
        working_days_per_week=client.working_days_per_week,
        shifts=[_shift(one) for one in client.shifts],
        permits=[
            setup.Permit(
                kind=Text(zh=one.kind_zh, en=one.kind_en),
                number=one.number,
                issuer=one.issuer,
                valid_until=one.valid_until,
            )
            for one in client.permits
        ],
        products=client.products,
        departments=client.departments,
        processes=[_named(one) for one in client.processes],
        outsourced_processes=[_named(one) for one in client.outsourced_processes],
        equipment=[_named(one) for one in client.equipment],
        sites=[
            setup.Site(id=site.id, kind=site.kind, address=site.address, activities=site.activities)
            for site in client.sites
        ],
        temporary_sites=[
            {_TEMPORARY_SITE_KEYS.get(key, key): value for key, value in item.items()}
            for item in temporary.items
        ],
        temporary_sites_none=temporary.answer.casefold() in ("none", "no", "无") and not temporary.items,
        people=[
            setup.ClientPerson(
                id=person.id,
                name=person.name,
                name_en=person.name_en,
                department=person.department,
                position=Text(zh=person.position_zh, en=person.position_en),
            )
            for person in client.people
        ],
        more=more,
    )


def _shift(one: model.Shift) -> setup.Shift:
    return setup.Shift(
        name=Text(zh=one.name_zh, en=one.name_en),
        start=one.start,
        end=one.to,
        people=one.people,
        processes=Text(zh=one.processes_zh, en=one.processes_en),
    )


def _named(one: model.Named) -> setup.Named:
    return setup.Named(
        id=one.id or ("" if one.no is None else str(one.no)),
        name=Text(zh=one.zh, en=one.en),
        special=one.special,
        place=one.building,
        confirmation=one.confirmation,
        confirmed=one.confirmed,
    )


def _certificate(certificate: model.Certificate) -> setup.Certificate:
    return setup.Certificate(
        scheme=certificate.scheme,
        number=certificate.number,
        scope=Text(zh=certificate.scope_zh, en=certificate.scope_en),
        professional_codes=certificate.professional_codes,
        issued=certificate.issued,
        valid_until=certificate.valid_until,
        status=certificate.status,
        status_after=certificate.status_after_this_audit,
        history=certificate.status_history,
        mark=certificate.mark,
        standard=certificate.standard,
    )


def _previous(builder: Builder, finding: model.PreviousFinding) -> setup.PreviousFinding:
    named: list[Clause] = []
    if finding.clause:
        try:
            code = {"scheme": finding.scheme, "clause": finding.clause} if finding.scheme else finding.clause
            named = scalars.clauses(code)
        except scalars.Unreadable as reason:
            builder.notes.refuse((*finding.where, "clause"), reason.zh, reason.en)
    return setup.PreviousFinding(
        number=finding.number,
        date=finding.date,
        grade=finding.grade,
        department=finding.department,
        clauses=list(dict.fromkeys([*named, *finding.clauses])),
        statement=finding.statement,
        correction=finding.correction,
        cause=finding.cause,
        action=finding.action,
        verification_needed=finding.verification_needed,
    )


def _focus(focus: model.Focus) -> setup.Focus:
    return setup.Focus(
        number=focus.number, department=focus.department, clauses=focus.clauses, text=focus.text
    )


def _suspension(file: model.File) -> setup.Suspension:
    suspended = [c.scheme for c in file.certificates if c.status.casefold() in ("suspended", "暂停")]
    reason = file.judgements.suspension.reason if file.judgements.suspension else Text()
    return setup.Suspension(reason=reason, schemes=suspended)


def _stated(file: model.File) -> dict[str, Any]:
    """Values that follow from others, as the file states them; what contradicts them is a gap."""
    judgements = file.judgements
    stated: dict[str, Any] = {}
    if judgements.nonconformities:
        stated["nonconformities"] = judgements.nonconformities
    if judgements.scope_suitable is not None:
        stated["scope_suitable"] = judgements.scope_suitable
    places = {f.number: f.department_clause for f in file.findings if f.department_clause}
    if places:
        stated["department_clauses"] = places
    words = {row.key: row.chosen_zh for row in judgements.conclusion_table if row.chosen_zh}
    words |= {number: rating.rating_zh for number, rating in judgements.sections.items() if rating.rating_zh}
    if words:
        stated["rating_words"] = words
    loose = [row for row in file.objectives if not row.from_observation]
    if loose:
        stated["objectives"] = [cards.objective(row) for row in loose]
    return stated
