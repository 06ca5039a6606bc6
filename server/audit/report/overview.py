"""Fill functions of cover, notes and chapter 一: what the office set up, and the findings counted."""

from __future__ import annotations

from collections.abc import Container, Iterable

from server.audit import ledger
from server.audit import plan_changes as changes
from server.audit.entries import Text
from server.audit.names import name_of
from server.audit.next_visit import next_visit_by
from server.audit.report.context import (
    ABSENT,
    EMPTY,
    Context,
    Filling,
    choice,
    codes,
    form_table,
    has_words,
    joined,
    paragraph,
    paragraphs,
    same,
    table,
    words,
)
from server.audit.report.observed import named_by, statement
from server.audit.report.tree import Block, Option, Options, Paragraph, Qr, Signature
from server.audit.report_signatures import REPORT, SIGNERS
from server.audit.setup import Certificate, Law, NotApplicable
from server.audit.signing import MEETING_NAMES, MEETINGS, signatures_of
from server.criteria.model import Element

_SCHEME_MARKS = {
    "QMS": ("质量",),
    "EC": ("50430",),
    "EMS": ("环境",),
    "OHSMS": ("职业健康",),
    "EnMS": ("能源",),
    "FSMS": ("食品",),
    "HACCP": ("HACCP", "危害分析"),
}
"""The word by which an option of the form shows the scheme that it means."""

_ROLES = {
    "leader": Text(zh="组长", en="Team leader"),
    "auditor": Text(zh="组员", en="Team member"),
    "trainee": Text(zh="实习审核员", en="Trainee auditor"),
    "expert": Text(zh="技术专家", en="Technical expert"),
    "interpreter": Text(zh="翻译", en="Interpreter"),
    "observer": Text(zh="观察员", en="Observer"),
    "witness": Text(zh="见证评审员", en="Witness assessor"),
    "guide": Text(zh="向导", en="Guide"),
}
_WAYS = {
    "on_site": Text(zh="现场", en="on site"),
    "written": Text(zh="书面", en="on paper"),
    "next_audit": Text(zh="下次审核", en="at the next audit"),
}
_PURPOSES = ("surveillance", "restore")


def role(code: str) -> Text:
    """The printed word for a role in the audit."""
    return _ROLES.get(code, same(code))


def way(code: str) -> Text:
    """The printed word for a way of verifying a nonconformity."""
    return _WAYS.get(code, same(code))


def project_number(context: Context, element: Element) -> Filling:
    return paragraph(same(context.setup.visit.number))


def audit_type(context: Context, element: Element) -> Filling:
    """The type on the cover; gaps compare it with 1.2."""
    visit = context.setup.visit
    return matching(element, visit.cover_type if has_words(visit.cover_type) else visit.type_text)


def matching(element: Element, text: Text) -> Filling:
    """The option that a stated text names; the text itself where no option says the same."""
    if not has_words(text):
        return EMPTY
    wanted = {part for part in (text.zh, text.en) if part}
    chosen = [at for at, option in enumerate(element.options) if wanted & {option.zh, option.en}]
    return choice(element, chosen) if chosen else paragraph(text)


def method(context: Context, element: Element) -> Filling:
    return matching(element, context.setup.visit.method)


def combination(context: Context, element: Element) -> Filling:
    return matching(element, context.setup.visit.combination)


def organization(context: Context, element: Element) -> Filling:
    return paragraph(context.setup.client.name)


def schemes(context: Context, element: Element) -> Filling:
    """The schemes of this audit marked among the form's options."""
    chosen = []
    for scheme in context.setup.visit.schemes:
        marks = _SCHEME_MARKS.get(scheme, ("其他",))
        chosen += [at for at, option in enumerate(element.options) if any(m in option.zh for m in marks)][:1]
    return choice(element, chosen)


def other_scheme(context: Context, element: Element) -> Filling:
    """The name of a scheme that the form has no box for."""
    listed = context.setup.visit.schemes
    names = context.criteria.scheme_names
    others = [
        Text(zh=names[scheme].zh, en=names[scheme].en) if scheme in names else same(scheme)
        for scheme in listed
        if scheme not in _SCHEME_MARKS
    ]
    return paragraph(joined(others)) if others else ABSENT if listed else EMPTY


def report_date(context: Context, element: Element) -> Filling:
    return paragraph(same(context.setup.visit.report_date or context.dated))


def signatures(context: Context, element: Element, what: str, roles: Iterable[str]) -> Filling:
    """A line per person who signs. The element is empty until all of them have."""
    signed = {one.name: one for one in context.state.signatures.values() if one.what == what}
    ids = {one.name: entry for entry, one in context.state.signatures.items() if one.what == what}
    blocks: list[Block] = []
    for member in context.members(*roles):
        one = signed.get(member.name)
        blocks.append(
            Signature(
                name=member.name,
                name_en=member.name_en,
                role=role(member.role),
                date=one.signed_at[:10] if one else "",
                picture=one.picture if one else None,
                imported=one.imported if one else False,
            )
        )
    names = [block.name for block in blocks if isinstance(block, Signature)]
    return Filling(
        blocks,
        [ids[name] for name in names if name in ids],
        pending=any(name not in signed for name in names),
    )


def qr_code(context: Context, element: Element) -> Filling:
    if not context.house.qr_text:
        return EMPTY
    return Filling([Qr(text=context.house.qr_text, caption=words(context.house.qr_caption))])


def attachments(context: Context, element: Element) -> Filling:
    """The attachments that are really there, marked among the form's options."""
    present = [
        bool(context.setup.stops),
        bool(context.state.attendance),
        bool(context.nonconformities),
        bool(_other_files(context)),
    ]
    return choice(element, [at for at, there in enumerate(present) if there])


def other_attachments(context: Context, element: Element) -> Filling:
    listed = _other_files(context)
    return paragraph(joined(listed)) if listed else ABSENT


def _other_files(context: Context) -> list[Text]:
    own = ("计划", "签到", "不符合")
    stated = [text for text in context.setup.visit.attachments if not any(word in text.zh for word in own)]
    filed = [t.current.title for t in context.state.attachments.values() if t.current is not None]
    return [*stated, *filed]


def team(context: Context, element: Element) -> Filling:
    """Members with grade, registration number and professional codes per scheme, one line a scheme."""
    rows = []
    for member in context.members("leader", "auditor", "trainee"):
        head = {"name": name_of(member), "role": role(member.role)}
        for registration in member.registrations:
            rows.append(
                head
                | {
                    "scheme": same(registration.scheme),
                    "grade": context.auditor_grade(registration.grade),
                    "certificate": same(registration.number),
                    "professional_code": same("、".join(registration.professional_codes)),
                }
            )
            head = {}
        if not member.registrations:
            rows.append(head)
    return form_table(element, rows)


def companions(context: Context, element: Element) -> Filling:
    """Experts, observers and guides. The observer's row is printed even when there is nobody."""
    members = context.members("expert", "interpreter", "observer", "witness")
    rows = [
        {"role": role(m.role), "name": name_of(m), "organization": joined([m.from_, m.field])}
        for m in members
    ]
    if not any(m.role == "observer" for m in members):
        rows.append({"role": role("observer")})
    for one in context.setup.companions.values():
        rows.append(
            {"role": role(one.role), "name": name_of(one), "organization": joined([one.from_, one.areas])}
        )
    return form_table(element, rows)


def purposes(context: Context, element: Element) -> Filling:
    """Types of this audit, several may be true; the blank in an option takes the number in the cycle."""
    listed = context.setup.visit.purposes
    places = {code: at for at, code in enumerate(_PURPOSES)}
    chosen = {places.get(purpose.code, len(_PURPOSES)): purpose for purpose in listed}
    options = []
    for at, option in enumerate(element.options):
        number = str(chosen[at].no or context.setup.visit.surveillance_no or " ") if at in chosen else " "
        text = Text(
            zh=option.zh.replace("（ ）", f"（{number}）"), en=option.en.replace("( )", f"({number})")
        )
        options.append(Option(text=text, chosen=at in chosen))
    return Filling([Options(options=options, multiple=True)]) if listed else EMPTY


def other_purpose(context: Context, element: Element) -> Filling:
    listed = context.setup.visit.purposes
    others = [purpose.text for purpose in listed if purpose.code not in _PURPOSES]
    return paragraph(joined(others)) if others else ABSENT if listed else EMPTY


def to_decide(context: Context, element: Element) -> Filling:
    """What the audit is to decide: restore (option 0), maintain (option 1)."""
    purposes_of = {purpose.code for purpose in context.setup.visit.purposes}
    return choice(element, [at for at, code in enumerate(reversed(_PURPOSES)) if code in purposes_of])


def persons(context: Context, element: Element) -> Filling:
    """The house's text, then who of the client took part in the meetings."""
    columns = [Text(zh="姓名", en="Name"), Text(zh="部门", en="Department"), Text(zh="职务", en="Position")]
    team_names = {member.name for member in context.setup.team.values()}
    rows = [
        [name_of(a), _told(context.department(a.department)), _told(a.position)]
        for thing in context.state.attendance.values()
        if (a := thing.current) is not None and a.name not in team_names
    ]
    intro = fixed(context, element)
    drawn, ids = _drawn(context, team_names)
    blocks = [*intro.blocks, *table(columns, rows).blocks, *drawn]
    return Filling(blocks, [*named_by(context, element), *ids])


def _told(about: Text) -> Text:
    return about if has_words(about) else same("—")


def _drawn(context: Context, team: Container[str]) -> tuple[list[Block], list[str]]:
    """What the client's people drew on the attendance sheet, by meeting; the team is not among the audited.

    Signatures on paper stand on their own sheet.
    """
    blocks: list[Block] = []
    ids: list[str] = []
    for meeting in MEETINGS:
        for name, (entry, one) in signatures_of(context.state, meeting).items():
            if one.picture is None or name in team:
                continue
            blocks.append(
                Signature(
                    name=name,
                    name_en=context.latin(name),
                    role=MEETING_NAMES[meeting],
                    date=one.signed_at[:10],
                    picture=one.picture,
                )
            )
            ids.append(entry)
    return blocks, ids


def fixed(context: Context, element: Element) -> Filling:
    """A printed text of the house, and as its sources what was observed for it."""
    text = words(context.house.text(element.house_text)) if element.house_text else Text()
    printed = paragraph(text)
    return Filling(printed.blocks, named_by(context, element)) if printed.blocks else EMPTY


def standards(context: Context, element: Element) -> Filling:
    return paragraphs(
        same(criterion.text or criterion.standard) for criterion in context.setup.visit.criteria
    )


def programme(context: Context, element: Element) -> Filling:
    return paragraphs(context.setup.visit.other_criteria)


def laws(context: Context, element: Element, groups: Iterable[str]) -> Filling:
    """Laws or standards of the given groups with number and edition, then what was observed of them."""
    listed = paragraphs(_law(law) for law in context.setup.visit.laws if law.group in groups)
    told = statement(context, element)
    return Filling([*listed.blocks, *told.blocks], told.sources, photos=told.photos)


def _law(law: Law) -> Text:
    title = joined([same(law.number), law.title], " ", " ")
    return Text(
        zh=title.zh + (f"（{law.edition}）" if law.edition else ""), en=title.en if law.title.en else ""
    )


def day(context: Context, element: Element, which: str) -> Filling:
    """A day of the visit, by the name of its field."""
    return paragraph(same(getattr(context.setup.visit, which)))


def covered_to(context: Context, element: Element) -> Filling:
    """The last day covered, where it was named, beside the house's text."""
    text = words(context.house.text(element.house_text)) if element.house_text else Text()
    return paragraph(joined([same(context.setup.visit.covered_to), text], "，", ", "))


def scope(context: Context, element: Element) -> Filling:
    """Scope wording and certificate number per scheme, as on the certificates."""
    listed = context.setup.certificates
    first = [scheme for scheme in context.setup.visit.schemes if scheme in listed]
    rows = [
        {
            "scheme": same("\n".join(part for part in (scheme, listed[scheme].number) if part)),
            "scope": _scope(listed[scheme]),
        }
        for scheme in dict.fromkeys([*first, *listed])
    ]
    return form_table(element, rows, named_by(context, element))


def _scope(certificate: Certificate) -> Text:
    return joined([certificate.scope, *map(_left_out, certificate.not_applicable)], "\n", "\n")


def _left_out(one: NotApplicable) -> Text:
    """What does not apply and why, below the scope it belongs to."""
    codes = [clause.code for clause in one.clauses]
    return Text(
        zh=f"不适用条款{'、'.join(codes)}：{one.reason.zh or one.reason.en}",
        en=f"Not applicable {', '.join(codes)}: {one.reason.en or one.reason.zh}",
    )


def address(context: Context, element: Element, which: str) -> Filling:
    """An address of the client, by the name of its field."""
    printed = paragraph(getattr(context.setup.client, which))
    return Filling(printed.blocks, named_by(context, element)) if printed.blocks else EMPTY


def sites(context: Context, element: Element) -> Filling:
    rows = [
        {"site": same(site.id), "address": site.address, "processes": site.activities}
        for site in context.setup.client.sites
    ]
    return form_table(element, rows, named_by(context, element))


def temporary_sites(context: Context, element: Element) -> Filling:
    client = context.setup.client
    sources = named_by(context, element)
    if not client.temporary_sites:
        return Filling(sources=sources, none=client.temporary_sites_none)
    rows = [{key: same(str(value)) for key, value in site.items()} for site in client.temporary_sites]
    return form_table(element, rows, sources)


def suspension_reason(context: Context, element: Element) -> Filling:
    """Why certificates are suspended; 无 where none is."""
    suspension = context.setup.suspension
    if suspension is None:
        return ABSENT
    return Filling(paragraph(suspension.reason).blocks, named_by(context, element))


def only_if_suspended(context: Context, element: Element) -> Filling:
    """What only a suspension asks for; otherwise 无."""
    return EMPTY if context.setup.suspension else ABSENT


def plan_changed(context: Context, element: Element) -> Filling:
    """Option 0: unchanged, option 1: changed."""
    return choice(element, [1 if changes.standing(context.setup) else 0])


def plan_changes(context: Context, element: Element) -> Filling:
    """Each change with its reason and who agreed, then audit time that fell below the plan.

    Deviations: ISO/IEC 17021-1:2015, 9.4.8.2 g.
    """
    texts, sources = [], []
    for key, change in changes.standing(context.setup):
        parts = [
            (Text(), changes.sentence(context.state, change)),
            (Text(zh="原因：", en="reason: "), change.reason),
            (Text(zh="同意人：", en="agreed with: "), context.written(change.agreed_with)),
        ]
        texts.append(joined(_labelled(label, text) for label, text in parts if has_words(text)))
        thing = context.state.configured.get(f"plan_changes/{key}")
        sources += thing.heads[:1] if thing else []
    rules = next(iter(context.criteria.days.values()), None)
    if rules is not None and has_words(short := ledger.deviation(context.state, rules)):
        texts.append(short)
    return Filling(paragraphs(texts).blocks, sources) if texts else ABSENT


def _labelled(label: Text, text: Text) -> Text:
    return Text(zh=label.zh + text.get("zh"), en=label.en + text.get("en"))


def plan_completed(context: Context, element: Element) -> Filling:
    visit = context.setup.visit
    if visit.plan_completed is None:
        return EMPTY
    marked = choice(element, [0 if visit.plan_completed else 1])
    told = paragraph(visit.plan_completion) if visit.plan_completed else EMPTY
    return Filling([*marked.blocks, *told.blocks])


def not_completed(context: Context, element: Element) -> Filling:
    """Why part of the plan was not done; 无 where all of it was."""
    visit = context.setup.visit
    if visit.plan_completed is None:
        return EMPTY
    return ABSENT if visit.plan_completed else paragraph(visit.plan_completion)


def count(context: Context, element: Element, grade: str) -> Filling:
    """How many nonconformities of a grade the list holds."""
    listed = [thing.id for thing, finding in context.nonconformities if finding.grade == grade]
    return paragraph(same(str(len(listed))), listed)


def departments_and_clauses(context: Context, element: Element) -> Filling:
    """Department before clause, no blank: 生产部/Q7.1.5.2."""
    if not context.nonconformities:
        return ABSENT
    written = [
        joined([context.department(finding.department), same(code)], "/", "/")
        for _, finding in context.nonconformities
        for code in codes(finding.clauses)
    ]
    return paragraph(joined(written, "、", ", "), [thing.id for thing, _ in context.nonconformities])


def follow_up(context: Context, element: Element) -> Filling:
    """Ways of verification: option 0 on site, option 1 on paper; both may be marked, told per grade."""
    if not context.nonconformities:
        return ABSENT
    ways = [finding.follow_up for _, finding in context.nonconformities]
    marked = choice(element, [at for at, code in enumerate(("on_site", "written")) if code in ways])
    by_grade = _by_grade(
        context, [(f.grade, way(f.follow_up)) for _, f in context.nonconformities if f.follow_up]
    )
    return Filling([*marked.blocks, *by_grade.blocks], [thing.id for thing, _ in context.nonconformities])


def due_dates(context: Context, element: Element) -> Filling:
    """Agreed dates by grade, each date once."""
    if not context.nonconformities:
        return ABSENT
    dues = sorted((f.grade, f.due) for _, f in context.nonconformities if f.due)
    return _by_grade(context, [(grade, same(due)) for grade, due in dues])


def _by_grade(context: Context, pairs: Iterable[tuple[str, Text]]) -> Filling:
    """Texts by grade, gravest first, each once: 严重：2026-06-08；轻微：2026-06-18."""
    listed: dict[str, dict[str, Text]] = {}
    for grade, text in pairs:
        listed.setdefault(grade, {})[text.zh] = text
    known = [word.code for word in context.house.nc_grades]
    order = sorted(listed, key=lambda grade: known.index(grade) if grade in known else len(known))
    texts = []
    for grade in order:
        told = joined(listed[grade].values(), "、", ", ")
        word = context.grade(grade)
        texts.append(Text(zh=f"{word.get('zh')}：{told.zh}", en=f"{word.get('en')}: {told.en}"))
    return paragraph(joined(texts))


def next_audit(context: Context, element: Element) -> Filling:
    """Date of the next audit on site, by the rules where none was agreed, and of which type it will be."""
    visit = context.setup.visit
    by = visit.next_audit_by or next_visit_by(context.setup, context.criteria.intervals.values())
    return paragraph(joined([same(by), visit.next_audit_type], "，", ", "))


def report_lines(context: Context, element: Element) -> Filling:
    """The closing lines: house, then leader and members, each with the day they signed the report."""
    signed = signatures(context, element, REPORT, SIGNERS)
    house: Block = Paragraph(text=words(context.house.name))
    return Filling([house, *signed.blocks], signed.sources, pending=signed.pending)
