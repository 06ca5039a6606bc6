"""A document as it is printed: headings, fields, paragraphs, tables and photos in the language asked for.

`layout` makes it from the report tree; HTML, DOCX and PDF render it and decide about looks alone, so all
three hold the same words in the same order.
"""

from __future__ import annotations

import re
from datetime import date as calendar_day
from typing import Literal

from msgspec import Struct

from server.criteria.model import Language

_NO_DAY = calendar_day(2000, 1, 1)
Languages = Literal["zh", "en", "both"]
"""In which language a document is printed, or in both, one below the other."""


class Run(Struct, frozen=True, kw_only=True):
    """Words in one language. `mark`: they stand in this language only because there is no other."""

    text: str
    lang: Language
    mark: bool = False


Words = list[Run]
"""One run; two where both languages are printed and differ. Each stands on a line of its own."""


class Para(Struct, frozen=True, kw_only=True, tag="para"):
    """A paragraph. `look`: body, strong, note, none (the answer 无) or empty (未填, a gap)."""

    words: Words
    look: Literal["body", "strong", "note", "none", "empty"] = "body"
    lead: Words = []
    number: str = ""
    photos: list[int] = []
    sources: list[str] = []
    conflict: bool = False


class Choice(Struct, frozen=True, kw_only=True):
    words: Words
    chosen: bool
    proposed: bool = False


class Choices(Struct, frozen=True, kw_only=True, tag="choices"):
    """Options, each behind a box that is ticked or not; `inline`: short enough for one line."""

    options: list[Choice]
    inline: bool


class Grid(Struct, frozen=True, kw_only=True, tag="grid"):
    """A ruled table. `widths` are shares of the line; `landscape` is never needed: cells wrap.

    `tall`: rows have room to write in by hand.
    """

    columns: list[Words]
    rows: list[list[Words]]
    widths: list[int]
    title: Words = []
    tall: bool = False


class Sign(Struct, frozen=True, kw_only=True, tag="sign"):
    """A signature line: name, role, picture or note, date."""

    name: str
    role: Words
    date: str
    picture: str
    note: Words


class Code(Struct, frozen=True, kw_only=True, tag="code"):
    """A QR code with its caption."""

    text: str
    caption: Words


class Photo(Struct, frozen=True, kw_only=True):
    """A photo of the appendix; `sha256` empty: there is no file."""

    number: int
    sha256: str
    caption: Words
    details: Words
    source: str
    """Id of its observation."""


class Photos(Struct, frozen=True, kw_only=True, tag="photos"):
    """Photos in columns, or, `large`, one below the other: what is read and not only looked at."""

    items: list[Photo]
    large: bool = False


Block = Para | Choices | Grid | Sign | Code


class Item(Struct, frozen=True, kw_only=True, tag="item"):
    """One element of the form. `wide`: its label stands above its blocks, not beside them.

    Without a label none is printed: a text of the house that stands for itself.
    """

    key: str
    ref: int
    label: Words
    number: str
    blocks: list[Block]
    wide: bool
    status: Literal["filled", "none", "empty"]
    edited: bool = False
    conflict: bool = False
    sources: list[str] = []


class Fields(Struct, frozen=True, kw_only=True, tag="fields"):
    """Items as rows of one ruled table: label, content."""

    items: list[Item]


class Heading(Struct, frozen=True, kw_only=True, tag="heading"):
    """A heading of level 1 to 3; `anchor` is unique in the document. `fresh`: it begins a page."""

    level: int
    words: Words
    anchor: str
    number: str = ""
    fresh: bool = False


Node = Heading | Fields | Item | Para | Grid | Sign | Photos


class Cover(Struct, frozen=True, kw_only=True):
    """The first page: number, title, client, fields, and at its foot who issued it."""

    number: str
    title: Words
    subtitle: Words
    client: Words
    fields: list[Item]
    issuer: Words
    contact: Words
    code: Code | None


class Document(Struct, frozen=True, kw_only=True):
    """Everything that a renderer prints."""

    lang: Languages
    title: Words
    house: Words
    number: str
    date: str
    head: str
    """Which head of the journal it was made at: the first letters of its hash, and its seq."""
    terms: dict[str, Words]
    """Words that renderers add themselves: page, contents, photo, no file …"""
    cover: Cover | None
    body: list[Node]

    def day(self) -> calendar_day:
        """What stands in place of the time it was made, so that the same content gives the same bytes.

        Typed by people, it may be no day; archives want one all the same.
        """
        year, month, day, *_ = (*map(int, re.findall(r"[0-9]{1,4}", self.date)), 0, 0, 0)
        try:
            return calendar_day(year, month, day)
        except ValueError:
            return _NO_DAY

    def headings(self) -> list[Heading]:
        """The table of contents."""
        return [node for node in self.body if isinstance(node, Heading)]

    def items(self) -> list[Item]:
        """All elements of the form in the body."""
        listed = [
            node.items if isinstance(node, Fields) else [node]
            for node in self.body
            if isinstance(node, Fields | Item)
        ]
        return [item for items in listed for item in items]

    def photos(self) -> list[Photo]:
        return [photo for node in self.body if isinstance(node, Photos) for photo in node.items]
