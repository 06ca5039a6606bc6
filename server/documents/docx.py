"""The Word document: real styles, table of contents, header and footer, photos with captions."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path

import segno
from PIL import Image

from server.documents import docx_styles
from server.documents.docx_package import Media
from server.documents.docx_xml import (
    ALARM,
    LINE,
    QUIET,
    Xml,
    bold,
    bookmarked,
    box,
    cell,
    colour,
    element,
    field,
    line_of,
    link,
    paragraph,
    picture,
    row,
    run,
    runs,
    size,
    table,
    w,
    widths,
)
from server.documents.jpeg import read_frame
from server.documents.printed import (
    Block,
    Choices,
    Code,
    Cover,
    Document,
    Fields,
    Grid,
    Heading,
    Item,
    Node,
    Para,
    Photo,
    Photos,
    Sign,
    Words,
)
from server.documents.wording import drafted, flat

_LABEL_SHARES = (30, 70)
_PHOTO_WIDTH, _PHOTO_HEIGHT = 4450, 3500
_PAGE_WIDTH, _PAGE_HEIGHT = 9000, 11500
_TWIPS_PER_PIXEL = 15
_LONG_ROW = 800


def render(
    document: Document,
    pictures: Mapping[str, Path],
    target: Path,
    *,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Write the document as DOCX to `target`.

    `pictures`: SHA-256 → JPEG (photos) or PNG (signatures); what is not there prints as 无文件. `tick` is
    called once for every picture.
    """
    made = docx_styles.new(document)
    writer = _Writer(document, Media(made), pictures)
    content = [*(writer.cover(document.cover) if document.cover else writer.head())]
    for node in document.body:
        content += writer.node(node)
    body = made.element.body
    body.clear_content()
    for child in list(element(w("body", *content))):
        body.insert(len(body) - 1, child)
    writer.media.save(target, tick)


class _Writer:
    """Turns nodes into elements of one Word document."""

    def __init__(self, document: Document, media: Media, pictures: Mapping[str, Path]) -> None:
        self.document, self.media, self.pictures = document, media, pictures
        self.numbers = count(1)

    def term(self, name: str) -> Words:
        return self.document.terms[name]

    def head(self) -> list[Xml]:
        """The title of a document without a cover."""
        return [
            paragraph("Title", *runs(self.document.title)),
            paragraph("Note", *line_of(drafted(self.document))),
        ]

    def cover(self, cover: Cover) -> list[Xml]:
        """The first page, then the table of contents."""
        fields = Fields(items=cover.fields)
        foot: list[Xml] = [
            paragraph("Note", *runs(cover.contact)),
            paragraph("Note", *line_of(drafted(self.document))),
        ]
        code = self._code(cover.code) if cover.code else []
        foot_cells = [cell(7400, foot, ruled=False), cell(LINE - 7400, code, ruled=False)]
        return [
            _placed("Normal", "right", 0, run(cover.number)),
            _placed("Subtitle", "center", 60, *runs(cover.issuer)),
            _placed("Title", "center", 24, *runs(cover.title)),
            _placed("Subtitle", "center", 0, *runs(cover.subtitle)),
            _placed("Subtitle", "center", 24, *runs(cover.client, bold())),
            _placed("Normal", "center", 24),
            *self.node(fields),
            _placed("Normal", "center", 6),
            table((7400, LINE - 7400), [row(foot_cells)]),
            *self._contents(),
        ]

    def _contents(self) -> list[Xml]:
        """The table of contents: a field that Word updates, showing the headings until then."""
        entries: list[list[Xml]] = []
        for heading in self.document.headings():
            anchor = _bookmark(heading.anchor)
            shown = [
                *self._heading_runs(heading),
                w("r", w("tab")),
                *field(f"PAGEREF {anchor} \\h"),
            ]
            entries.append([link(anchor, *shown)])
        field_parts = field('TOC \\o "1-3" \\h \\z \\u', dirty=True)
        begin, end = field_parts[:3], field_parts[3:]
        listed = [paragraph("TOC Heading", *line_of(self.term("contents")), fresh=True)]
        for at, (heading, entry) in enumerate(zip(self.document.headings(), entries, strict=True)):
            content = [*(begin if at == 0 else []), *entry, *(end if at == len(entries) - 1 else [])]
            listed.append(paragraph(f"toc{heading.level}", *content))
        return listed

    def _heading_runs(self, heading: Heading) -> list[Xml]:
        number = [run(f"{heading.number} ")] if heading.number else []
        return [*number, *line_of(heading.words)]

    def node(self, node: Node) -> list[Xml]:
        match node:
            case Heading():
                content = bookmarked(self._heading_runs(node), _bookmark(node.anchor), next(self.numbers))
                return [paragraph(f"Heading{node.level}", *content, fresh=node.fresh)]
            case Fields():
                return [self._fields(node), paragraph("Cell")]
            case Item():
                return self._item(node)
            case Para():
                return [self._para(node, "Normal")]
            case Grid():
                return [*self._grid(node), paragraph("Cell")]
            case Sign():
                return [self._sign(node, "Normal")]
            case Photos():
                return self._photos(node)

    def _fields(self, fields: Fields) -> Xml:
        label, content = widths(_LABEL_SHARES)
        rows = [
            row(
                [
                    cell(label, [paragraph("Cell", *self._label(item))], shaded=True),
                    cell(content, self._blocks(item.blocks, "Cell", content)),
                ]
            )
            for item in fields.items
        ]
        return table(_LABEL_SHARES, rows)

    def _label(self, item: Item) -> list[Xml]:
        number = [run(f"{item.number} ", bold())] if item.number else []
        conflict = [run(" "), *self._tag(self.term("conflict"))] if item.conflict else []
        return [*number, *runs(item.label, bold()), *conflict]

    def _item(self, item: Item) -> list[Xml]:
        label = [paragraph("Element", *self._label(item))] if item.label else []
        return [*label, *self._blocks(item.blocks, "Normal", LINE)]

    def _blocks(self, blocks: Sequence[Block], style: str, line: int) -> list[Xml]:
        made: list[Xml] = []
        for block in blocks:
            match block:
                case Para():
                    made.append(self._para(block, style))
                case Choices():
                    made += self._choices(block, style)
                case Grid():
                    made += [*self._grid(block, line), paragraph("Cell")]
                case Sign():
                    made.append(self._sign(block, style))
                case Code():
                    made += self._code(block)
        return made

    def _para(self, para: Para, style: str) -> Xml:
        content: list[Xml] = []
        if para.number:
            content.append(run(f"{para.number} " if para.number.endswith(")") else f"{para.number}. "))
        if para.conflict:
            content += [*self._tag(self.term("conflict")), run(" ")]
        if para.lead:
            content += [*line_of(para.lead, bold(), colour(QUIET)), run("  ")]
        match para.look:
            case "empty":
                content += self._tag(para.words)
            case "strong":
                content += runs(para.words, bold())
            case _:
                content += runs(para.words)
        if para.photos:
            content += self._photo_links(para.photos)
        return paragraph("Note" if para.look == "note" else style, *content)

    def _photo_links(self, numbers: Sequence[int]) -> list[Xml]:
        quiet = partial(run, lang=self.term("photo")[0].lang)
        made: list[Xml] = [quiet(f"〔{self.term('photo')[0].text} ", colour(QUIET))]
        for at, number in enumerate(numbers):
            if at:
                made.append(quiet("、" if self.document.lang != "en" else ", ", colour(QUIET)))
            made.append(link(f"photo_{number}", run(str(number), colour(QUIET))))
        return [*made, quiet("〕", colour(QUIET))]

    def _tag(self, listed: Words) -> list[Xml]:
        """Words that stand out: 未填, 两个版本."""
        return [run(f"【{flat(listed)}】", bold(), colour(ALARM), lang=listed[0].lang)]

    def _choices(self, choices: Choices, style: str) -> list[Xml]:
        options = [
            [box(option.chosen), *runs(option.words, *([bold()] if option.chosen else []))]
            for option in choices.options
        ]
        if not choices.inline:
            return [paragraph(style, *option) for option in options]
        line: list[Xml] = []
        for at, option in enumerate(options):
            line += [*([run("    ")] if at else []), *option]
        return [paragraph(style, *line)]

    def _grid(self, grid: Grid, line: int = LINE) -> list[Xml]:
        title = [paragraph("Cell", *runs(grid.title, bold()), together=True)] if grid.title else []
        each = widths(grid.widths, line)
        rows = []
        if grid.columns:
            heads = [
                cell(width, [paragraph("Cell", *runs(column, bold()))], shaded=True)
                for width, column in zip(each, grid.columns, strict=True)
            ]
            rows.append(row(heads, header=True, whole=True))
        for cells in grid.rows:
            made = []
            for at, (width, content) in enumerate(zip(each, cells, strict=True)):
                labels = not grid.columns and at % 2 == 0
                shown = runs(content, *([bold()] if labels else []))
                made.append(cell(width, [paragraph("Cell", *shown)], shaded=labels))
            rows.append(row(made, whole=_is_short(cells), tall=grid.tall))
        return [*title, table(grid.widths, rows, line=line)]

    def _sign(self, sign: Sign, style: str) -> Xml:
        content = [run(f"{sign.name} "), *line_of(sign.role, colour(QUIET)), run("  ")]
        path = self.pictures.get(sign.picture) if sign.picture else None
        if path is not None:
            content.append(self._picture(sign.picture, path, 2400, 620, sign.name))
        elif not sign.date:
            content.append(run("＿＿＿＿＿＿＿＿ "))
        if sign.note:
            content += line_of(sign.note, colour(QUIET), size(9))
        return paragraph(style, *content, run(f"  {sign.date}"))

    def _code(self, code: Code) -> list[Xml]:
        target = io.BytesIO()
        segno.make(code.text, error="m").save(target, kind="png", scale=8, border=1)
        relation = self.media.add(f"qr:{code.text}", target.getvalue(), "png")
        shown = picture(relation, next(self.numbers), 1300, 1300, code.text)
        return [_placed("Note", "center", 0, shown), _placed("Note", "center", 0, *runs(code.caption))]

    def _photos(self, photos: Photos) -> list[Xml]:
        """Two photos in a row, each with its caption; a row is never torn. Large ones stand one by one."""
        if photos.large:
            return [part for photo in photos.items for part in self._photo(photo, _PAGE_WIDTH, _PAGE_HEIGHT)]
        half = LINE // 2
        rows = []
        for at in range(0, len(photos.items), 2):
            pair = [cell(half, self._photo(photo), ruled=False) for photo in photos.items[at : at + 2]]
            if len(pair) == 1:
                pair.append(cell(half, [], ruled=False))
            rows.append(row(pair, whole=True))
        return [table((1, 1), rows), paragraph("Cell")]

    def _photo(self, photo: Photo, width: int = _PHOTO_WIDTH, height: int = _PHOTO_HEIGHT) -> list[Xml]:
        label = f"{self.term('photo')[0].text} {photo.number}"
        path = self.pictures.get(photo.sha256) if photo.sha256 else None
        if path is None:
            shown = [paragraph("Cell", *self._tag(self.term("no_file")), together=True)]
        else:
            description = f"{label} {flat(photo.caption)}"
            picture_run = self._picture(photo.sha256, path, width, height, description)
            shown = [paragraph("Cell", picture_run, together=True)]
        name = bookmarked([run(label, bold())], f"photo_{photo.number}", next(self.numbers))
        return [
            *shown,
            paragraph("Caption", *name, run("  "), *runs(photo.caption), together=True),
            paragraph("Note", *runs(photo.details, size(8))),
        ]

    def _picture(self, name: str, path: Path, width: int, height: int, description: str) -> Xml:
        """A picture as large as fits."""
        frame = read_frame(path)
        if frame:
            suffix, across, down = "jpg", frame.width, frame.height
        else:
            with Image.open(path) as image:
                suffix, (across, down) = "png", image.size
        scale = min(width / across, height / down, _TWIPS_PER_PIXEL)
        relation = self.media.add(name, path, suffix)
        return picture(relation, next(self.numbers), round(across * scale), round(down * scale), description)


def _is_short(cells: Sequence[Words]) -> bool:
    """Whether a row fits on a page with others: only a long one is torn."""
    return sum(len(one.text) for cell in cells for one in cell) <= _LONG_ROW


def _bookmark(anchor: str) -> str:
    """A name that Word takes: letters, digits and underscores, at most 40."""
    return ("h_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in anchor))[:40]


def _placed(style: str, side: str, before: int, *content: Xml) -> Xml:
    """A paragraph of the first page: its side and the space before it in points."""
    return paragraph(style, *content, placed=w("spacing", before=before * 20, after=80) + w("jc", val=side))
