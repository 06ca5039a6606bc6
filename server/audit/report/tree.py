"""The report tree: chapters, elements and their blocks. Plain data, both languages side by side.

Every renderer walks this tree and nothing else; `clausewalk report -o x.json` prints it. Its canonical bytes
are what a release freezes, so fields are only ever added.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.audit.entries import Corners, Shape, Text
from server.criteria.model import Language

Status = Literal["filled", "none", "empty"]
"""`none` is the answer 无; `empty` is a gap. The two never look alike."""


class Paragraph(Struct, frozen=True, kw_only=True, tag="paragraph", tag_field="block"):
    """A paragraph as written, and the observations or answers it comes from.

    `lead` is what stands before it (department and clauses), `photos` are numbers in the appendix.
    """

    text: Text
    lead: Text = Text()
    photos: list[int] = []
    sources: list[str] = []
    in_conflict: bool = False
    """Two versions stand side by side; this is the older one."""


class Option(Struct, frozen=True, kw_only=True):
    text: Text
    chosen: bool = False


class Options(Struct, frozen=True, kw_only=True, tag="options", tag_field="block"):
    """All options of a choice with a visible mark at the chosen ones; `proposed` are the program's."""

    options: list[Option]
    proposed: list[int] = []
    multiple: bool = False


class Table(Struct, frozen=True, kw_only=True, tag="table", tag_field="block"):
    columns: list[Text]
    rows: list[list[Text]]
    title: Text = Text()


class Signature(Struct, frozen=True, kw_only=True, tag="signature", tag_field="block"):
    """A signature line; nothing but the name while unsigned.

    `imported`: the interchange file said that the person signed; there is no picture.
    """

    name: str
    name_en: str = ""
    role: Text
    date: str = ""
    picture: str | None = None
    imported: bool = False

    @property
    def signed(self) -> bool:
        return bool(self.date or self.picture or self.imported)


class Qr(Struct, frozen=True, kw_only=True, tag="qr", tag_field="block"):
    """A QR code of the house."""

    text: str
    caption: Text


Block = Paragraph | Options | Table | Signature | Qr


class Element(Struct, frozen=True, kw_only=True):
    """One element of the form, filled, 无 or empty. `text` is all its words as plain text."""

    key: str
    ref: int
    chapter: str
    section: str
    title: Text
    kind: str
    filled_by: str
    status: Status
    text: Text = Text()
    blocks: list[Block] = []
    sources: list[str] = []
    """Ids of the entries it comes from: observations, findings, answers."""
    photos: list[int] = []
    edited: bool = False
    """A person answered or judged it; otherwise it is compiled."""
    in_conflict: bool = False


class Chapter(Struct, frozen=True, kw_only=True):
    key: str
    title: Text


class Section(Struct, frozen=True, kw_only=True):
    """A numbered heading inside a chapter: 1.5.6."""

    number: str
    title: Text


class Picture(Struct, frozen=True, kw_only=True):
    """A photo of the appendix. `sha256` None: the import named it without bytes (无文件)."""

    id: str
    number: int
    label: str
    sha256: str | None
    caption: Text
    place: str
    taken_at: str
    by: str
    by_en: str = ""
    """The name as it is written in English, where that is known."""
    observation: str
    layer: list[Shape] = []
    """What is drawn on it."""
    stop: Text = Text()
    subject: Text = Text()
    """What kind of thing it shows."""
    clauses: list[str] = []
    note: Text = Text()
    """The first words of its observation, which say what it is where it has no caption."""
    document: str = ""
    """Of a page: what else is known of its document — number, issuer, date, holder."""
    page: int = 0
    """Which page of an attached document this is; 0 for a photo."""
    corners: Corners | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """A nonconformity, opportunity or strength as printed in the list of findings."""

    id: str
    type: str
    number: str
    grade: Text
    clauses: list[str]
    department: Text
    statement: Text
    evidence: Text
    requirement: Text
    grading_reason: Text
    follow_up: Text
    due: str
    verification: Text
    """How and when it was verified and with which result; empty while it is open."""
    sources: list[str]
    in_conflict: bool = False


class Place(Struct, frozen=True, kw_only=True):
    """A stop of the plan, for headings over observations."""

    key: str
    label: str
    department: Text
    process: Text


class Line(Struct, frozen=True, kw_only=True):
    """One observation in a record sheet or in the appendix of observations."""

    id: str
    stop: str
    label: str
    clauses: list[str]
    text: Text
    outcome: Text
    evidence: list[Text]
    people: list[str]
    people_en: list[str] = []
    """The people as they are written in English, each where that is known."""
    seen_at: str
    by: str
    by_en: str = ""
    area: str
    cards: list[Table] = []
    photos: list[int] = []
    in_conflict: bool = False


class Sheet(Struct, frozen=True, kw_only=True):
    """审核记录表: what one auditor recorded at one stop."""

    place: Place
    auditor: str
    auditor_en: str = ""
    escort: list[str]
    escort_en: list[str] = []
    people: list[str]
    people_en: list[str] = []
    date: str
    lines: list[Line]


class Untranslated(Struct, frozen=True, kw_only=True):
    """Text that stands in one language only: printed as written, marked, and listed."""

    where: str
    place: Text = Text()
    """Where it stands, in words."""
    text: str
    missing: Language


class Header(Struct, frozen=True, kw_only=True):
    """What stands on every document of an audit, and which head of its journal it was made at."""

    audit: str
    seq: int
    head: str
    number: str
    title: Text
    house: Text
    client: Text
    date: str
    """Day of the report (ISO), or the last day of the audit; documents carry it instead of a clock's time."""
    released: bool


class Report(Struct, frozen=True, kw_only=True):
    """The whole report of one audit at one head of its journal."""

    header: Header
    form: str
    chapters: list[Chapter]
    sections: list[Section]
    elements: list[Element]
    findings: list[Finding]
    places: list[Place]
    observations: list[Line]
    """Every standing observation in plan order, also those that an element prints."""
    others: list[str]
    """Ids of the observations whose text no element prints: the appendix prints them by stop."""
    pictures: list[Picture]
    empty: list[str]
    """Keys of elements that print 未填."""
    untranslated: list[Untranslated]

    def of(self, chapter: str) -> list[Element]:
        """The elements of a chapter in the order of printing."""
        return [element for element in self.elements if element.chapter == chapter]

    def element(self, key: str) -> Element:
        """The element of that key; `KeyError` if there is none."""
        for element in self.elements:
            if element.key == key:
                return element
        raise KeyError(key)


class Sheets(Struct, frozen=True, kw_only=True):
    """All record sheets 审核记录表 of one audit at one head of its journal."""

    header: Header
    sheets: list[Sheet]
    pictures: list[Picture]
    untranslated: list[Untranslated]
