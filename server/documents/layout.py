"""The report tree laid out for print: cover, chapters of the form, findings, other records, photos, lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from server.audit.entries import Text
from server.audit.names import name_of
from server.audit.report import titles, tree
from server.documents import appendix
from server.documents.grids import grid
from server.documents.printed import (
    Block,
    Choice,
    Choices,
    Code,
    Cover,
    Document,
    Fields,
    Grid,
    Heading,
    Item,
    Languages,
    Node,
    Para,
    Sign,
    Words,
)
from server.documents.wording import TERMS, clean, length, term, words

_COVER = "cover"
_COVER_PLACES = (
    "cover.project_number",
    "cover.report_title",
    "cover.audit_type",
    "cover.organization",
    "cover.issuer",
    "cover.contact",
    "cover.qr_code",
)
"""Elements that have a place of their own on the first page; the others of its chapter are its fields."""

_INLINE_OPTION = 14
_INLINE_LINE = 60
_NARROW = 90
"""Length (in Chinese characters; Latin ones count half) up to which an element fits beside its label."""


def lay_out(report: tree.Report, lang: Languages) -> Document:
    """The printed report in `lang`: `both` prints the English below the Chinese wherever they differ."""
    layout = _Layout(report, lang)
    body: list[Node] = []
    for chapter in report.chapters:
        if chapter.key != _COVER:
            body += layout.chapter(chapter)
    body += appendix.findings(report, lang)
    body += appendix.others(report, lang)
    body += appendix.photos(report.pictures, lang)
    body += appendix.empties(report, lang)
    body += appendix.untranslated(report.untranslated, lang)
    return document(report.header, lang, layout.cover(), body)


def document(header: tree.Header, lang: Languages, cover: Cover | None, body: list[Node]) -> Document:
    """What every document of an audit carries, around its body. A mark is explained where it isn't listed."""
    if _is_marked(body) and not any(
        isinstance(one, Heading) and one.anchor == "untranslated" for one in body
    ):
        body = [*body, Para(words=term("mark_note", lang), look="note")]
    return Document(
        lang=lang,
        title=words(header.title, lang),
        house=words(header.house, lang),
        number=clean(header.number),
        date=header.date,
        head=f"{header.seq} · {header.head[:12]}",
        terms={name: words(text, lang) for name, text in TERMS.items()},
        cover=cover,
        body=body,
    )


def _is_marked(body: Iterable[Node]) -> bool:
    return any(run.mark for node in body for listed in _words_of(node) for run in listed)


def _words_of(node: Node) -> list[Words]:
    match node:
        case Heading() | Para():
            return [node.words]
        case Grid():
            return [*node.columns, *(cell for row in node.rows for cell in row)]
    return []


class _Layout:
    """One report in one language."""

    def __init__(self, report: tree.Report, lang: Languages) -> None:
        self.report, self.lang = report, lang
        self.chapters = {chapter.key: chapter for chapter in report.chapters}
        self.sections = {section.number: section for section in report.sections}

    def cover(self) -> Cover:
        report = self.report
        elements = {element.key: element for element in report.of(_COVER)}
        title, subtitle, client, issuer, contact = (
            self._text(elements.get(key), otherwise)
            for key, otherwise in (
                ("cover.report_title", report.header.title),
                ("cover.audit_type", Text()),
                ("cover.organization", report.header.client),
                ("cover.issuer", report.header.house),
                ("cover.contact", Text()),
            )
        )
        codes = [
            block for key in ("cover.qr_code",) if key in elements for block in self.blocks(elements[key])
        ]
        return Cover(
            number=clean(report.header.number),
            title=title,
            subtitle=subtitle,
            client=client,
            fields=[self.item(e, wide=False) for key, e in elements.items() if key not in _COVER_PLACES],
            issuer=issuer,
            contact=contact,
            code=next((block for block in codes if isinstance(block, Code)), None),
        )

    def _text(self, element: tree.Element | None, otherwise: Text) -> Words:
        """The words of an element of the first page; a gap there shows as one, too."""
        if element is None:
            return words(otherwise, self.lang)
        return words(element.text, self.lang) or term("empty", self.lang)

    def chapter(self, chapter: tree.Chapter) -> Iterator[Node]:
        """A chapter: its heading, the headings of its sections, and runs of short elements as fields."""
        yield Heading(
            level=1,
            words=words(chapter.title, self.lang),
            anchor=f"c-{chapter.key}",
            fresh=self._begins_page(chapter),
        )
        opened: set[str] = set()
        narrow: list[Item] = []
        last = ""
        for element in self.report.of(chapter.key):
            headings = list(self._headings(element.section, opened))
            item = self.item(element)
            if item.label and element.section == last:
                item = msgspec.structs.replace(item, number="")
            last = element.section
            if narrow and (headings or item.wide or not item.label):
                yield Fields(items=narrow)
                narrow = []
            yield from headings
            if item.wide or not item.label:
                yield item
            else:
                narrow.append(item)
        if narrow:
            yield Fields(items=narrow)

    def _begins_page(self, chapter: tree.Chapter) -> bool:
        """The first chapter, those with sections, and those that are signed or read aloud."""
        first = next(one for one in self.report.chapters if one.key != _COVER)
        sectioned = any(e.section.partition(" ")[0] in self.sections for e in self.report.of(chapter.key))
        return chapter is first or sectioned or self._is_printed(chapter.key)

    def _is_printed(self, chapter: str) -> bool:
        """Whether a chapter is nothing but printed texts of the house and signatures."""
        return all(element.kind in ("boilerplate", "signature") for element in self.report.of(chapter))

    def _headings(self, section: str, opened: set[str]) -> Iterator[Heading]:
        """Headings that the section of an element opens: 1.5, then 1.5.6."""
        number = section.partition(" ")[0]
        steps = number.split(".")
        for depth in range(2, len(steps) + 1):
            part = ".".join(steps[:depth])
            if part in self.sections and part not in opened:
                opened.add(part)
                title = words(self.sections[part].title, self.lang)
                yield Heading(level=depth, words=title, anchor=f"s-{part}", number=part)

    def item(self, element: tree.Element, wide: bool | None = None) -> Item:
        """An element with its blocks; printed texts of the house stand without a label."""
        blocks = self.blocks(element)
        bare = self._is_bare(element)
        number = self._number(element)
        if bare and blocks and isinstance(blocks[0], Para):
            first = msgspec.structs.replace(blocks[0], number=number)
            if element.key.endswith(".title"):
                first = msgspec.structs.replace(first, look="strong")
            blocks[0] = first
        return Item(
            key=element.key,
            ref=element.ref,
            label=[] if bare else words(titles.printed(element.title), self.lang),
            number=number,
            blocks=blocks,
            wide=_is_wide(blocks) if wide is None else wide,
            status=element.status,
            edited=element.edited,
            conflict=element.in_conflict,
            sources=element.sources,
        )

    def _is_bare(self, element: tree.Element) -> bool:
        """Whether a text of the house stands for itself: a numbered point, or in a chapter of such texts."""
        if element.kind != "boilerplate":
            return False
        return element.section.isdigit() or self._is_printed(element.chapter)

    def _number(self, element: tree.Element) -> str:
        """The number before an element: what follows that of its heading ("1)"), or all of it ("2")."""
        number, _, rest = element.section.partition(" ")
        headed = number in self.sections or self.chapters[element.chapter].title.zh.startswith(number)
        return rest if headed else element.section

    def blocks(self, element: tree.Element) -> list[Block]:
        """The blocks of an element; 无 and 未填 where there are none."""
        made: list[Block] = [self._block(block) for block in element.blocks]
        if element.status == "none" and not made:
            made = [Para(words=term("none", self.lang), look="none")]
        if element.status == "empty":
            made.append(Para(words=term("empty", self.lang), look="empty"))
        return made

    def _block(self, block: tree.Block) -> Block:
        lang = self.lang
        match block:
            case tree.Paragraph():
                return Para(
                    words=words(block.text, lang),
                    lead=words(block.lead, lang)[:1],
                    photos=block.photos,
                    sources=block.sources,
                    conflict=block.in_conflict,
                )
            case tree.Options():
                return self._choices(block)
            case tree.Table():
                return grid(block, lang)
            case tree.Signature():
                drawn = "drawn" if block.picture else ""
                note = "imported" if block.imported else drawn if block.signed else "unsigned"
                return Sign(
                    name=clean(name_of(block).en if lang == "en" else block.name),
                    role=words(block.role, lang),
                    date=block.date,
                    picture=block.picture or "",
                    note=term(note, lang) if note else [],
                )
            case tree.Qr():
                return Code(text=block.text, caption=words(block.caption, lang))

    def _choices(self, block: tree.Options) -> Choices:
        options = [
            Choice(words=words(option.text, self.lang), chosen=option.chosen, proposed=at in block.proposed)
            for at, option in enumerate(block.options)
        ]
        lengths = [length(option.words) for option in options]
        return Choices(
            options=options,
            inline=self.lang != "both"
            and max(lengths, default=0) <= _INLINE_OPTION
            and sum(lengths) <= _INLINE_LINE,
        )


def _is_wide(blocks: Iterable[Block]) -> bool:
    """Whether an element needs the whole line: tables, statements with photos, or much text."""
    total = 0
    for block in blocks:
        match block:
            case Para():
                if block.lead or block.photos:
                    return True
                total += length(block.words)
            case Choices():
                total += sum(length(option.words) for option in block.options) // 3
            case Sign():
                total += 8
            case _:
                return True
    return total > _NARROW
