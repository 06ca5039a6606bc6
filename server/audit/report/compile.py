"""Compile the report tree: every element gets what a person answered, else what the journal holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from server.audit.entries import Text
from server.audit.followup import closes
from server.audit.names import name_of
from server.audit.report import languages, observed
from server.audit.report.context import NONE, Context, Filling, codes, has_words, joined, same, words
from server.audit.report.fills import FILLS
from server.audit.report.judged import answered, judged
from server.audit.report.overview import fixed, way
from server.audit.report.sheets import sheets
from server.audit.report.tree import (
    Block,
    Chapter,
    Element,
    Finding,
    Header,
    Line,
    Options,
    Paragraph,
    Qr,
    Report,
    Section,
    Sheets,
    Signature,
    Table,
)
from server.audit.state import State
from server.criteria.load import Criteria
from server.criteria.model import Element as FormElement

_KINDS = ("nonconformity", "opportunity", "strength")


def compile_report(state: State, criteria: Criteria, *, house: str = "", dated: str = "") -> Report:
    """The report of an audit at its head, both languages in one tree.

    Form and house are those of the audit's set-up unless `house` names another; `dated` (ISO day) is the
    day of the report where the set-up names none.
    """
    context = Context.of(state, criteria, house=house, dated=dated)
    elements = [_element(context, element) for element in context.form.elements]
    lines = [observed.line(context, thing, o) for thing, o in context.observations]
    findings = _findings(context)
    others = _others(elements, lines)
    chapters = [Chapter(key=one.key, title=words(one.title)) for one in context.form.chapters]
    places = {stop: context.place(stop) for stop in dict.fromkeys(line.stop for line in lines)}
    return Report(
        header=_header(context, words(context.form.title)),
        form=context.form.id,
        chapters=chapters,
        sections=[Section(number=one.number, title=words(one.title)) for one in context.form.sections],
        elements=elements,
        findings=findings,
        places=list(places.values()),
        observations=lines,
        others=others,
        pictures=context.pictures,
        empty=[element.key for element in elements if element.status == "empty"],
        untranslated=languages.untranslated(
            chain(
                languages.of_elements(elements, chapters),
                languages.of_findings(findings),
                languages.of_lines((line for line in lines if line.id in others), places),
                languages.of_pictures(context.pictures),
            )
        ),
    )


def compile_sheets(state: State, criteria: Criteria, *, house: str = "") -> Sheets:
    """The record sheets 审核记录表 of an audit at its head."""
    context = Context.of(state, criteria, house=house)
    made = sheets(context)
    lines = [line for sheet in made for line in sheet.lines]
    places = {sheet.place.key: sheet.place for sheet in made}
    return Sheets(
        header=_header(context, Text(zh="审核记录表", en="Audit record sheets")),
        sheets=made,
        pictures=context.pictures,
        untranslated=languages.untranslated(
            chain(languages.of_lines(lines, places), languages.of_pictures(context.pictures))
        ),
    )


def _header(context: Context, title: Text) -> Header:
    visit = context.setup.visit
    return Header(
        audit=context.state.audit,
        seq=context.state.seq,
        head=context.state.hash,
        number=visit.number,
        title=title,
        house=words(context.house.name),
        client=context.setup.client.name,
        date=visit.report_date or context.dated or visit.end or visit.start,
        released=context.state.released,
    )


def _element(context: Context, element: FormElement) -> Element:
    filling = fill(context, element)
    things = (context.state.answers.get(element.key), context.state.judgements.get(element.key))
    return Element(
        key=element.key,
        ref=element.ref,
        chapter=element.chapter,
        section=element.section,
        title=words(element.title),
        kind=element.kind,
        filled_by=element.filled_by,
        status=filling.status,
        text=_plain(filling),
        blocks=filling.blocks,
        sources=list(dict.fromkeys(filling.sources)),
        photos=filling.photos,
        edited=any(thing is not None and thing.current is not None for thing in things),
        in_conflict=any(thing.in_conflict for thing in things if thing),
    )


def fill(context: Context, element: FormElement) -> Filling:
    """An answer by a person first, then the leader's judgement, then what can be compiled."""
    return answered(context, element) or judged(context, element) or compiled(context, element)


def compiled(context: Context, element: FormElement) -> Filling:
    """What the journal gives for an element without anybody's answer."""
    if element.same_as:
        return fill(context, context.form.element(element.same_as))
    if element.key in FILLS:
        return FILLS[element.key](context, element)
    if element.house_text:
        return fixed(context, element)
    if element.kind == "text" and element.filled_by == "auditor":
        return observed.statement(context, element)
    return Filling(sources=observed.named_by(context, element))


def _plain(filling: Filling) -> Text:
    """All words of an element, one block a line, as `report -o x.json` gives them."""
    listed = [text for block in filling.blocks for text in block_words(block) if has_words(text)]
    if filling.none and not listed:
        return NONE
    return joined(listed, "\n", "\n")


def block_words(block: Block) -> Iterator[Text]:
    """The words of a block that say something: chosen options, filled cells, signatures that were given."""
    match block:
        case Paragraph():
            yield block.text
        case Options():
            yield from (option.text for option in block.options if option.chosen)
        case Table():
            yield from (Text(zh=_row(row, "zh"), en=_row(row, "en")) for row in block.rows)
        case Signature():
            yield joined([name_of(block), same(block.date)], " ", " ") if block.signed else Text()
        case Qr():
            yield joined([block.caption, same(block.text)], " ", " ")


def _row(row: Iterable[Text], lang: str) -> str:
    return " | ".join(cell.get("zh" if lang == "zh" else "en") for cell in row)


def _others(elements: Iterable[Element], lines: Iterable[Line]) -> list[str]:
    """Observations whose words no element prints."""
    printed = {
        (source, block.text)
        for element in elements
        for block in element.blocks
        if isinstance(block, Paragraph)
        for source in block.sources
    }
    return [line.id for line in lines if (line.id, line.text) not in printed]


def _findings(context: Context) -> list[Finding]:
    """Nonconformities, then opportunities, then strengths, each in the order of their numbers."""
    return [
        Finding(
            id=thing.id,
            type=finding.type,
            number=finding.number,
            grade=context.grade(finding.grade) if finding.grade else Text(),
            clauses=codes(finding.clauses),
            department=context.department(finding.department),
            statement=finding.statement,
            evidence=finding.evidence,
            requirement=finding.requirement,
            grading_reason=finding.grading_reason,
            follow_up=way(finding.follow_up) if finding.follow_up else Text(),
            due=finding.due,
            verification=_verification(context, thing.id),
            sources=finding.observations,
            in_conflict=thing.in_conflict,
        )
        for kind in _KINDS
        for thing, finding in context.findings(kind)
    ]


def _verification(context: Context, finding: str) -> Text:
    """The last verification of a finding in one line: day, way, person, result, words."""
    made = context.state.verifications.get(finding, [])
    if not made:
        return Text()
    last = made[-1].body
    result = observed.RESULTS.get(last.result, same(last.result))
    closed = Text(zh="已关闭", en="closed") if closes(last) else Text()
    head = joined(
        [same(last.date), way(last.method), context.written(context.name(last.verifier)), result, closed],
        "，",
        ", ",
    )
    return joined([head, last.text], "：", ": ")
