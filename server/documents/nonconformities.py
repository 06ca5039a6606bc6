"""不符合报告 laid out for print: a page each, what is still open as empty lines to be filled in by hand."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.report.nonconformities import NonconformityPaper, NonconformityPapers, Part, Signer
from server.documents.filing import filed_by
from server.documents.layout import document
from server.documents.printed import Document, Grid, Heading, Languages, Node, Para, Sign, Words
from server.documents.wording import flat, plain, term, words

_SHARES = [2, 7]


def lay_out_nonconformities(papers: NonconformityPapers, lang: Languages) -> Document:
    """The printed reports in `lang`. Each but the first begins a page."""
    body = [
        node for at, paper in enumerate(papers.papers) for node in _paper(papers, paper, lang, fresh=at > 0)
    ]
    if not body:
        body.append(Para(words=term("no_nonconformity", lang), look="note"))
    return document(papers.header, lang, None, body)


def _paper(
    papers: NonconformityPapers, paper: NonconformityPaper, lang: Languages, *, fresh: bool
) -> Iterator[Node]:
    title = " ".join(filter(None, (flat(term("nonconformity", lang)), paper.number)))
    yield Heading(level=1, words=plain(title, lang), anchor=f"nonconformity-{paper.id}", fresh=fresh)
    if paper.in_conflict:
        yield Para(words=term("conflict", lang), look="empty")
    for at, part in enumerate(paper.parts):
        yield from _part(part, lang, f"nonconformity-{paper.id}-{at}")
        if at == 0 and paper.to_sign:
            yield filed_by(papers.address, papers.code, lang, key=f"code-{paper.id}")


def _part(part: Part, lang: Languages, anchor: str) -> Iterator[Node]:
    yield Heading(level=2, words=words(part.title, lang), anchor=anchor)
    rows = [[words(label, lang), words(text, lang)] for label, text in part.rows]
    rows += [[words(one.role, lang), _signature(one, lang)] for one in part.signers if not one.picture]
    yield Grid(columns=[], rows=rows, widths=_SHARES)
    for one in part.signers:
        if one.picture:
            yield Sign(
                name=flat(words(one.name, lang)),
                role=words(one.role, lang),
                date=one.date,
                picture=one.picture,
                note=term("drawn", lang),
            )


def _signature(signer: Signer, lang: Languages) -> Words:
    """Name and day; where it is still to be signed, room to do so on paper."""
    name = flat(words(signer.name, lang))
    told = f"{name}　{signer.date}" if signer.date else f"{name}　{flat(term('unsigned', lang))}\n　"
    return plain(told, lang)
