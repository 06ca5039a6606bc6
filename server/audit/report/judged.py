"""What a person answered or judged for an element: it stands instead of anything compiled."""

from __future__ import annotations

from server.audit.entries import Choice, Text
from server.audit.report.cells import cells
from server.audit.report.context import Context, Filling, choice, has_words, same, table, words
from server.audit.report.observed import named_by
from server.audit.report.tree import Block, Option, Options, Paragraph
from server.criteria.model import Element


def answered(context: Context, element: Element) -> Filling | None:
    """What a person answered for the element; None where nobody did, or took it back by an empty answer."""
    thing = context.state.answers.get(element.key)
    body = thing.current if thing else None
    if body is None or thing is None:
        return None
    blocks: list[Block] = []
    if body.choices:
        words_of = [words(option) for option in element.options]
        blocks += choice(element, [made.option for made in body.choices]).blocks
        blocks += _reasons(body.choices, words_of)
    if body.date:
        blocks.append(Paragraph(text=same(body.date)))
    if has_words(body.text):
        blocks.append(Paragraph(text=body.text, sources=body.sources))
    if body.rows:
        columns = [words(column.title) for column in element.columns]
        blocks += table(columns, cells(context, element.columns, body.rows)).blocks
    if not (blocks or body.none):
        return None
    sources = [thing.head.entry, *body.sources, *named_by(context, element)]
    return Filling(blocks, list(dict.fromkeys(sources)), none=body.none)


def judged(context: Context, element: Element) -> Filling | None:
    """The leader's rating or recommendation in the house's words, with reason; None where nobody judged."""
    thing = context.state.judgements.get(element.key)
    body = thing.current if thing else None
    if body is None or thing is None or not body.choices:
        return None
    chosen = {made.option for made in body.choices}
    offered = rating_words(context, element)
    block = Options(
        options=[Option(text=text, chosen=at in chosen) for at, text in enumerate(offered)],
        proposed=body.proposed,
        multiple=element.kind == "multi-choice",
    )
    return Filling([block, *_reasons(body.choices, offered)], [thing.head.entry, *named_by(context, element)])


def rating_words(context: Context, element: Element) -> list[Text]:
    """The words of the element's rating set in this house, or the form's own options."""
    used = context.house.ratings_used.get(element.key, element.rating)
    return [words(text) for text in context.house.rating_sets.get(used, element.options)]


def _reasons(choices: list[Choice], offered: list[Text]) -> list[Block]:
    """A paragraph per reason; one that only repeats the words of an option says nothing more."""
    return [
        Paragraph(text=_with_schemes(made.schemes, made.reason))
        for made in choices
        if has_words(made.reason) and made.reason not in offered
    ]


def _with_schemes(schemes: list[str], text: Text) -> Text:
    """The schemes that a choice is for, before its reason; a missing translation stays missing."""
    if not schemes:
        return text
    return Text(
        zh=f"{'、'.join(schemes)}：{text.zh}" if text.zh else "",
        en=f"{', '.join(schemes)}: {text.en}" if text.en else "",
    )
