"""Fill functions that print observations: statements of chapters 二 to 五, marks, objectives, sheets."""

from __future__ import annotations

from server.audit.entries import Observation, Text
from server.audit.report.cells import card_tables, cells
from server.audit.report.context import (
    ABSENT,
    Context,
    Filling,
    codes,
    has_words,
    joined,
    listed_codes,
    same,
    table,
    words,
)
from server.audit.report.tree import Block, Line, Paragraph
from server.audit.setup import PreviousFinding
from server.audit.state import Thing
from server.criteria.model import Element

_ALL_CHANGES = "g"
_PRINTED_ELSEWHERE = ("sampling", "objectives")
_EVIDENCE = {
    "document": Text(zh="查", en="Document"),
    "sample": Text(zh="抽", en="Sample"),
    "site": Text(zh="看", en="Site"),
    "interview": Text(zh="问", en="Interview"),
    "measurement": Text(zh="测", en="Measurement"),
    "claim": Text(zh="称", en="Claim"),
}
RESULTS = {
    "effective": Text(zh="有效", en="Effective"),
    "accepted": Text(zh="接受", en="Accepted"),
    "asked_again": Text(zh="要求补充", en="Asked again"),
    "not_effective": Text(zh="无效", en="Not effective"),
    "closed": Text(zh="关闭", en="Closed"),
}


def statement(context: Context, element: Element) -> Filling:
    """The observations that belong to an element, a paragraph each, in plan order, with their photos."""
    listed = [(thing, o) for thing, o in context.observations if element.key in homes(context, o)]
    blocks = [block for thing, o in listed for block in _as_blocks(context, thing, o, element.key)]
    photos = [number for thing, _ in listed for number in context.photo_numbers(thing.id)]
    return Filling(blocks, [thing.id for thing, _ in listed], photos=photos)


def named_by(context: Context, element: Element) -> list[str]:
    """Ids of the observations that name the element as where they belong."""
    return [thing.id for thing, o in context.observations if element.ref in o.elements]


def _as_blocks(
    context: Context, thing: Thing[Observation], observation: Observation, element: str
) -> list[Block]:
    """An observation as printed in an element: its paragraph, then its cards in the first that prints it.

    Samples and objectives have a place of their own (record sheets, 2.1), unless the cards are all there is.
    """
    worded = has_words(observation.text)
    cards = card_tables(context, observation, _PRINTED_ELSEWHERE if worded else ())
    if not (worded or cards):
        return []
    open_homes = [key for key in homes(context, observation) if key not in context.state.answers]
    return [_paragraph(context, thing, observation), *(cards if open_homes[:1] == [element] else [])]


def _paragraph(context: Context, thing: Thing[Observation], observation: Observation) -> Paragraph:
    department = context.department_of(observation)
    lead = joined([department, listed_codes(observation.clauses)], " ", " ")
    return Paragraph(
        text=observation.text,
        lead=lead,
        photos=context.photo_numbers(thing.id),
        sources=[thing.id],
        in_conflict=thing.in_conflict,
    )


def homes(context: Context, observation: Observation) -> list[str]:
    """Keys of the elements that print an observation.

    Those it names itself, else the one that is for nothing but the surveillance point of its checklist item,
    else the statement that most of its clauses fit; among equals the one that covers most clauses.
    """
    clauses = tuple((clause.scheme, clause.number) for clause in observation.clauses)
    key = (tuple(observation.elements), observation.item, clauses)
    if key not in context.homes:
        context.homes[key] = _homes(context, observation)
    return context.homes[key]


def _homes(context: Context, observation: Observation) -> list[str]:
    if observation.elements:
        wanted = set(observation.elements)
        return [element.key for element in context.form.elements if element.ref in wanted]
    statements = [e for e in context.form.elements if e.kind == "text" and e.filled_by == "auditor"]
    points = _points(context, observation.item) - {_ALL_CHANGES}
    of_point = [element for element in statements if points & set(element.points)]
    for element in of_point:
        if not element.clauses:
            return [element.key]
    fits = [(_fit(observation, element), len(element.clauses), element.key) for element in statements]
    best = max(fits, key=lambda fit: fit[:2], default=(0, 0, ""))
    if best[0]:
        return [best[2]]
    return [element.key for element in of_point[:1]]


def _points(context: Context, item: str) -> set[str]:
    """The surveillance points that an item is for where it is for few: an item for all says nothing."""
    for checklist in context.criteria.lists.values():
        for one in checklist.items:
            if one.id == item and len(one.points) == 1:
                return set(one.points)
    return set()


def _fit(observation: Observation, element: Element) -> int:
    return sum(any(seen.within(clause) for clause in element.clauses) for seen in observation.clauses)


def objectives(context: Context, element: Element) -> Filling:
    """Rows of all cards of the element's type under the columns of that type."""
    card_type = context.criteria.cards[element.card]
    stated = context.setup.stated.get("objectives")
    rows = [*stated] if isinstance(stated, list) else []
    sources = []
    for thing, observation in context.observations:
        for card in observation.cards:
            if card.type == card_type.id:
                rows += card.rows
                sources.append(thing.id)
    columns = [words(column.title) for column in card_type.columns]
    return table(columns, cells(context, card_type.columns, rows), [*sources, *named_by(context, element)])


def marked(context: Context, element: Element, mark: str) -> Filling:
    """Observations with a mark (next-audit focus, strength), each as a paragraph."""
    found = [(thing, o) for thing, o in context.observations if mark in o.marks]
    blocks: list[Block] = [_paragraph(context, thing, o) for thing, o in found if has_words(o.text)]
    sources = [*(thing.id for thing, _ in found), *named_by(context, element)]
    return Filling(blocks, list(dict.fromkeys(sources)))


def previous_findings(context: Context, element: Element) -> Filling:
    """Each earlier nonconformity, the evidence seen now and the result (ISO/IEC 17021-1:2015, 9.6.2.2 b)."""
    blocks: list[Block] = []
    sources: list[str] = []
    for key, finding in context.setup.previous.items():
        seen = [o for v in context.state.verifications.get(key, []) for o in v.body.observations]
        blocks.append(Paragraph(text=_previous(context, key, finding), sources=seen))
        sources += seen
    told = statement(context, element)
    return Filling(
        [*blocks, *told.blocks], list(dict.fromkeys([*sources, *told.sources])), photos=told.photos
    )


def _previous(context: Context, key: str, finding: PreviousFinding) -> Text:
    """An earlier nonconformity with what was done and the result; a part nobody wrote is left out."""
    grade, department = context.grade(finding.grade), context.department(finding.department)
    places = [joined([department, same(code)], "/", "/") for code in codes(finding.clauses)] or [department]
    head = joined([same(finding.number), joined(places, "、", ", ")], " ", " ")
    if finding.grade:
        head = Text(zh=f"{head.get('zh')}（{grade.get('zh')}）", en=f"{head.get('en')} ({grade.get('en')})")
    parts = [
        (Text(zh="", en=""), finding.statement),
        (Text(zh="纠正：", en="Correction: "), finding.correction),
        (Text(zh="原因：", en="Cause: "), finding.cause),
        (Text(zh="措施：", en="Corrective action: "), finding.action),
    ]
    verified = [one.body for one in context.state.verifications.get(key, [])]
    if verified:
        result = RESULTS.get(verified[-1].result, same(verified[-1].result))
        parts.append((Text(zh="本次验证结果：", en="Result of this audit: "), result))
        parts.append((Text(), verified[-1].text))
    told = [
        Text(zh=label.zh + text.get("zh"), en=label.en + text.get("en"))
        for label, text in parts
        if has_words(text)
    ]
    return joined([head, joined(told, " ", " ")], "：", ": ")


def earlier_on_site(context: Context, element: Element) -> Filling:
    """What was seen of earlier nonconformities; 无 where there were none."""
    told = statement(context, element)
    if told.blocks or context.setup.previous or not context.setup.visit.previous_number:
        return told
    return ABSENT


def line(context: Context, thing: Thing[Observation], observation: Observation) -> Line:
    """One observation as table clause · record · outcome."""
    kinds = dict.fromkeys(evidence.kind for evidence in observation.evidence)
    by = context.name(thing.first.by)
    return Line(
        id=thing.id,
        stop=observation.stop,
        label=observation.label,
        clauses=codes(observation.clauses),
        text=observation.text,
        outcome=_outcomes(context, observation),
        evidence=[_EVIDENCE.get(kind, same(kind)) for kind in kinds],
        people=[_person(person.name, person.role.zh) for person in observation.people],
        people_en=[
            _person_en(context.written(person.name).en, person.role.get("en"))
            for person in observation.people
        ],
        seen_at=context.day(thing, observation),
        by=by,
        by_en=context.latin(by),
        area=observation.area,
        cards=card_tables(context, observation),
        photos=context.photo_numbers(thing.id),
        in_conflict=thing.in_conflict,
    )


def _person(name: str, role: str) -> str:
    return f"{name}（{role}）" if name and role else name or role


def _person_en(name: str, role: str) -> str:
    return f"{name} ({role})" if name and role else name or role


def _outcomes(context: Context, observation: Observation) -> Text:
    """The outcome, and those of clauses that differ from it: 符合；O8.1.2 不符合."""
    own = [
        joined([same(clause.code), context.outcome(clause.outcome)], " ", " ")
        for clause in observation.clauses
        if clause.outcome and clause.outcome != observation.outcome
    ]
    return joined([context.outcome(observation.outcome), *own])
