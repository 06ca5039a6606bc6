"""What is asked in an audit, as data: standards, checklists, card types, report forms and houses.

Every Struct mirrors a TOML file under ``checklists/`` key by key; unknown keys are refused so that a
misspelt key never becomes a silently missing check. Only items and elements differ from their file:
there clauses are written as codes (``"E/O8.2"``), here they are ``ClauseRef`` values.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

from msgspec import Struct

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
EvidenceKind = Literal["document", "sample", "site", "interview", "measurement", "claim"]
PhotoSubject = Literal["equipment", "ppe", "site", "record", "label", "person", "other"]
StopKind = Literal[
    "management",
    "administration",
    "sales",
    "purchasing",
    "design",
    "quality",
    "laboratory",
    "production",
    "special_process",
    "warehouse",
    "chemicals",
    "hazardous_waste",
    "utilities",
    "ehs",
    "any",
]
SurveillancePoint = Literal["a", "b", "c", "d", "e", "f", "g", "h"]
"""What every surveillance covers, lettered as in ISO/IEC 17021-1:2015, 9.6.2.2."""
Outcome = Literal["conform", "improve", "nonconform", "not_seen", "not_applicable"]
Confidence = Literal["high", "medium", "low"]
Status = Literal["in_force", "superseded", "withdrawn"]
"""``superseded``: a newer edition is out, certificates on this one run on. ``withdrawn``: they do not."""
ColumnType = Literal["text", "number", "date", "bool", "choice"]
ElementKind = Literal["text", "boilerplate", "choice", "multi-choice", "signature", "date", "table", "list"]
FilledBy = Literal["fixed", "office", "auditor", "leader"]

SCHEME_LETTERS: dict[str, str] = {
    "QMS": "Q",
    "EC": "EC",
    "EMS": "E",
    "OHSMS": "O",
    "EnMS": "En",
    "FSMS": "F",
    "HACCP": "H",
}
"""Scheme → letter written before a clause number, in the order in which schemes are printed.

A scheme of a house's own is named by its letters, which stand before the numbers as they are: ``IS8.1``.
"""

_CHAPTER_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_SCHEME_ORDER = {scheme: place for place, scheme in enumerate(SCHEME_LETTERS)}


def letter_of(scheme: str) -> str:
    """What is written before the numbers of a scheme."""
    return SCHEME_LETTERS.get(scheme, scheme)


def scheme_position(scheme: str) -> tuple[int, str]:
    """Key of the order in which schemes are printed: a house's own follow the others."""
    return _SCHEME_ORDER.get(scheme, len(_SCHEME_ORDER)), scheme


class Data(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that is read from ``checklists/``."""


class Text(Data, frozen=True, kw_only=True):
    """The same words in both languages of the product."""

    zh: str
    en: str = ""

    def get(self, lang: Language) -> str:
        """The words in ``lang``, or in the other language where it has none."""
        wanted, other = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return wanted or other


ReadingOrder = tuple[tuple[int, str], ...]
_LONGEST_NUMBER = 9


@lru_cache(maxsize=4096)
def reading_order(number: str) -> ReadingOrder:
    """Key of a number as people read it: 8.2 before 8.10, and what is no number (`A.5`) behind."""
    return tuple(
        (int(part), "") if part.isdecimal() and len(part) <= _LONGEST_NUMBER else (10**_LONGEST_NUMBER, part)
        for part in number.split(".")
    )


class ClauseRef(Data, frozen=True, kw_only=True):
    """One clause of one scheme. Sorts as people read: QMS before EMS, 8.2 before 8.10."""

    scheme: str
    number: str

    @property
    def code(self) -> str:
        """As written in a report: ``Q8.5.1``."""
        return letter_of(self.scheme) + self.number

    @property
    def position(self) -> tuple[int, str, ReadingOrder]:
        """Key of the reading order."""
        return *scheme_position(self.scheme), reading_order(self.number)

    def __lt__(self, other: ClauseRef) -> bool:
        return self.position < other.position

    def within(self, ancestor: ClauseRef) -> bool:
        """Whether this is ``ancestor`` or one of its sub-clauses."""
        return self.scheme == ancestor.scheme and (self.number + ".").startswith(ancestor.number + ".")


class Clause(Data, frozen=True, kw_only=True):
    """A numbered clause. ``titled`` is false where the standard prints no heading and ours describes it.

    ``confidence`` says how sure number and title are where that differs from the standard as a whole.
    """

    number: str
    title: Text
    titled: bool = True
    confidence: Confidence | None = None


class Standard(Data, frozen=True, kw_only=True):
    """One edition of a standard, with the numbers and short titles of its clauses, never their text.

    ``gb`` is empty where no GB adoption is known. ``effective`` is the day from which it applies where that
    is not the day it was published. ``chapters`` are the first and the last that hold requirements. ``areas``
    are what is required by an edition whose numbering is not known. ``remark`` says what is uncertain, for
    the office. ``scheme_name``: what a scheme of a house's own is called; others have their name.
    """

    id: str
    gb: str = ""
    scheme: str
    letter: str
    scheme_name: Text | None = None
    title: Text
    status: Status
    superseded_by: str = ""
    confidence: Confidence
    published: date | None = None
    effective: date | None = None
    amendments: list[str] = []
    remark: Text | None = None
    chapters: tuple[int, int] = (4, 10)
    clauses: list[Clause]
    areas: list[Text] = []

    @property
    def auditable(self) -> tuple[Clause, ...]:
        """Clauses that hold requirements and have no sub-clause: the smallest things one audits."""
        first, last = self.chapters
        parents = {clause.number.rpartition(".")[0] for clause in self.clauses}
        return tuple(
            clause
            for clause in self.clauses
            if clause.number not in parents and first <= int(clause.number.split(".")[0]) <= last
        )

    @property
    def name(self) -> str:
        """GB and ISO designation as printed among the criteria of an audit."""
        return f"{self.gb}/{self.id}" if self.gb else self.id

    def confidence_of(self, clause: Clause) -> Confidence:
        """How sure number and title of one of its clauses are."""
        return clause.confidence or self.confidence


class Sample(Data, frozen=True, kw_only=True):
    """How many of what to take at least, where there are as many."""

    least: int
    of: Text


class Photo(Data, frozen=True, kw_only=True):
    """A picture to take: its subject, and of what exactly."""

    subject: PhotoSubject
    what: Text


class Help(Data, frozen=True, kw_only=True):
    """What helps to ask well: typical ``records``, typical ``failures``, ``questions`` for whom one meets.

    ``laws`` are ids of laws that bear on it.
    """

    records: Text | None = None
    failures: Text | None = None
    questions: Text | None = None
    laws: list[str] = []
    sample: Sample | None = None


class Guide(Help, frozen=True, kw_only=True):
    """Help for whatever asks about some clauses."""

    clauses: list[ClauseRef]


class Guidance(Data, frozen=True, kw_only=True):
    """Help by clause, shown where an item of such a clause is opened."""

    id: str
    title: Text
    guides: list[Guide]


class Item(Help, frozen=True, kw_only=True):
    """One thing to look at, the evidence expected for it, and where it fits.

    The help of an item is its own; that of its clauses stands in a ``Guidance``.
    """

    id: str
    clauses: list[ClauseRef]
    prompt: Text
    evidence: list[EvidenceKind]
    stops: list[StopKind]
    photo: list[PhotoSubject] = []
    cards: list[str] = []
    points: list[SurveillancePoint] = []


PLACE = "place"
SECTOR = "sector"
"""Kinds of a list that no type of audit asks by itself."""


class Checklist(Data, frozen=True, kw_only=True):
    """A named set of items for one kind of audit, and ``also`` for others.

    Kind ``place`` is a pack for a kind of place: offered at stops in whose name one of its ``words`` stands,
    with the ``photos`` to take there. Kind ``sector`` is asked in every audit of a client in whose trade,
    processes or products one of its ``words`` stands; items that it ``replaces`` are then left out.
    """

    id: str
    kind: str
    also: list[str] = []
    words: list[str] = []
    photos: list[Photo] = []
    replaces: list[str] = []
    title: Text
    schemes: list[str]
    items: list[Item]


class Change(Help, frozen=True, kw_only=True):
    """What a house makes of an item of another file: it hides it and says ``why``, or says it in its words.

    Only what is given takes the place of what the item says.
    """

    item: str
    hide: bool = False
    why: Text | None = None
    prompt: Text | None = None
    photo: list[PhotoSubject] | None = None
    cards: list[str] | None = None

    @property
    def rewords(self) -> dict[str, object]:
        """The fields of the item that it replaces."""
        given = {key: getattr(self, key) for key in ("prompt", "photo", "cards", *Help.__struct_fields__)}
        return {key: value for key, value in given.items() if value not in (None, [])}


class Layer(Data, frozen=True, kw_only=True):
    """Changes that a house lays over lists, whose files stay as they are."""

    id: str
    title: Text
    changes: list[Change]


class Phrase(Data, frozen=True, kw_only=True):
    """A sentence to begin a note with; ``__`` is a blank to fill in.

    Offered first where one of its ``clauses`` and its ways of ``evidence`` fit, everywhere else below.
    """

    id: str
    clauses: list[ClauseRef] = []
    evidence: list[EvidenceKind] = []
    text: Text


class PhraseBank(Data, frozen=True, kw_only=True):
    """Sentences with blanks that auditors begin with."""

    id: str
    title: Text
    phrases: list[Phrase]


class Words(Data, frozen=True, kw_only=True):
    """Words of both languages, separated by commas (``、`` in Chinese); one language may have none."""

    zh: str = ""
    en: str = ""


class Topic(Data, frozen=True, kw_only=True):
    """Words from which clauses are told in a text.

    ``sure`` words nearly decide, ``usual`` ones are typical, ``hint`` ones only tip the scales. ``a+b``: both
    near each other, in any order.
    """

    id: str
    clauses: list[ClauseRef]
    sure: Words = Words()
    usual: Words = Words()
    hint: Words = Words()


class TermList(Data, frozen=True, kw_only=True):
    """Words of some topics, for suggesting clauses while somebody writes."""

    id: str
    title: Text
    topics: list[Topic]


class Column(Data, frozen=True, kw_only=True):
    """A column of a card or of a table in the report.

    ``type`` chooses how a value is entered; what the auditor wrote is kept as written.
    """

    key: str
    title: Text
    type: ColumnType = "text"
    options: list[Text] = []


class CardType(Data, frozen=True, kw_only=True):
    """Typed rows under an observation; ``records`` are the columns of what may be listed below a row."""

    id: str
    title: Text
    columns: list[Column]
    records: list[Column] = []


class Chapter(Data, frozen=True, kw_only=True):
    """A chapter of the report, in the order of printing."""

    key: str
    title: Text


class Section(Data, frozen=True, kw_only=True):
    """A numbered heading inside a chapter: ``1.5.6``."""

    number: str
    title: Text


def section_number(section: str, lang: Language) -> str:
    """A section of a form as printed in ``lang``: ``三 1)``, in English ``3 1)``."""
    return section if lang == "zh" else section.translate(_CHAPTER_NUMERALS)


class Element(Data, frozen=True, kw_only=True):
    """One field of the report form.

    ``ref`` is its place in the form (1…135), ``section`` its number as printed in Chinese (``1.5.6 1)``,
    ``三 1)``), ``house_text`` names the text of the house that it prints (see ``House.text``), ``rating`` the
    rating set whose words it offers, ``clauses`` those whose observations (sub-clauses included) are its
    evidence, ``points`` the surveillance points it answers, ``columns`` those of a table, or ``card`` the
    card type whose rows it prints, ``same_as`` the element that it repeats, ``source`` a hint where its
    content comes from.
    """

    key: str
    ref: int
    chapter: str
    section: str
    title: Text
    kind: ElementKind
    filled_by: FilledBy
    options: list[Text] = []
    columns: list[Column] = []
    card: str = ""
    clauses: list[ClauseRef] = []
    points: list[SurveillancePoint] = []
    rating: str = ""
    house_text: str = ""
    same_as: str = ""
    source: Text | None = None

    def number(self, lang: Language) -> str:
        """The section as printed in ``lang``: ``三 1)``, in English ``3 1)``."""
        return section_number(self.section, lang)


class Form(Data, frozen=True, kw_only=True):
    """A report form: chapters and elements in the order of printing."""

    id: str
    title: Text
    chapters: list[Chapter]
    sections: list[Section]
    elements: list[Element]

    def element(self, key: str) -> Element:
        """The element of that key; ``KeyError`` if there is none."""
        for element in self.elements:
            if element.key == key:
                return element
        raise KeyError(key)


class Word(Data, frozen=True, kw_only=True):
    """A code of the program and the words a house prints for it."""

    code: str
    title: Text


class Speech(Data, frozen=True, kw_only=True):
    """A text read aloud: title, introduction, numbered points and, for some, a closing line."""

    title: Text
    intro: Text
    points: list[Text]
    closing: Text | None = None


class Rules(Data, frozen=True, kw_only=True):
    """Limits a house works by. Days are calendar days, counted from the closing meeting or the signature."""

    objection_days: int
    nc_due_days_minor: int
    nc_due_days_major: int
    suspension_max_months: int
    consultancy_free_years: int
    major_verified_on_site: bool
    nc_reminder_days: tuple[int, ...] = (7, 1)
    """So many days before something of a nonconformity is due, people are reminded by mail."""


class Numbers(Data, frozen=True, kw_only=True):
    """How a house numbers things; each is a ``str.format`` pattern over the fields named here.

    ``audit``: contract, letters, year. ``nonconformity`` and ``opportunity``: project (the contract number up
    to its first dash, all of it where letters or a year stand there), year (of the audit), n (1, 2, 3 …
    within the audit).
    """

    audit: str
    nonconformity: str
    opportunity: str


class MeetingPoint(Data, frozen=True, kw_only=True):
    """A point of a meeting; ``ref`` is its letter in ISO/IEC 17021-1 or a word of our own."""

    ref: str
    text: Text


class Meetings(Data, frozen=True, kw_only=True):
    """What must be said at the opening (9.4.2) and at the closing meeting (9.4.7), in the house's words."""

    opening: list[MeetingPoint]
    closing: list[MeetingPoint]


class House(Data, frozen=True, kw_only=True):
    """How one certification body writes: its name, words, limits, numbers and printed texts."""

    id: str
    name: Text
    short: str
    form: str
    invented: bool = False
    """There is no such body: it shows what a house is, and what is printed in its name is for trying out."""
    address: Text
    phone: str
    complaint_phone: str
    web: str
    email: str
    complaint_email: str
    qr_text: str
    qr_caption: Text
    editions: dict[str, date] = {}
    """By standard: the day from which this house is accredited for it and may offer it."""
    transition_ends: dict[str, date] = {}
    """By standard: the last day on which an audit against it may begin."""
    rules: Rules
    numbers: Numbers
    outcomes: list[Word]
    nc_grades: list[Word]
    auditor_grades: list[Word]
    rating_sets: dict[str, list[Text]]
    ratings_used: dict[str, str]
    notes: list[Text]
    commitment: Speech
    attention: Speech
    texts: dict[str, Text]
    meetings: Meetings

    @property
    def contact(self) -> Text:
        """Address, phone, website and e-mail in one line."""
        phone = Text(zh=f"电话 {self.phone}", en=f"phone {self.phone}")
        lines = ((self.address.get(lang), phone.get(lang), self.web, self.email) for lang in LANGUAGES)
        zh, en = (" · ".join(parts) for parts in lines)
        return Text(zh=zh, en=en)

    def text(self, ref: str) -> Text:
        """The text that an element's ``house_text`` names: ``name``, ``notes.2``, ``texts.objective`` …

        Numbered texts count from 1. ``KeyError`` if the house has no such text.
        """
        found: object = self
        for step in ref.split("."):
            if isinstance(found, list):
                if not step.isdigit() or not 1 <= int(step) <= len(found):
                    raise KeyError(ref)
                found = found[int(step) - 1]
            elif isinstance(found, dict):
                found = found.get(step)
            else:
                found = getattr(found, step, None)
        if not isinstance(found, Text):
            raise KeyError(ref)
        return found

    def outcome_word(self, outcome: str) -> Text:
        """What this house prints for an outcome; ``KeyError`` if it has no word for it."""
        for word in self.outcomes:
            if word.code == outcome:
                return word.title
        raise KeyError(outcome)
