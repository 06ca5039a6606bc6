"""What the data must agree on across keys and files; problems are noted in the document concerned."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, get_args

import msgspec

from server.criteria import (
    check_in,
    crosswalk,
    days,
    intervals,
    laws,
    layers,
    lines,
    mandatory,
    model,
    standards,
)
from server.criteria.check_in import CheckIn
from server.criteria.clauses import ANY_OWN, parse_clause
from server.criteria.crosswalk import Crosswalk
from server.criteria.days import DayRules
from server.criteria.decode import WITH_CLAUSES
from server.criteria.document import Document
from server.criteria.intervals import Intervals
from server.criteria.laws import LawList
from server.criteria.mandatory import Mandatory
from server.criteria.model import (
    LANGUAGES,
    CardType,
    Checklist,
    ClauseRef,
    Form,
    Guidance,
    Help,
    House,
    Layer,
    PhraseBank,
    Standard,
    TermList,
)
from server.criteria.suggest.words import has_units, split_terms

_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_WIDTH = re.compile(r"(0?[1-9]d?)?")
_PATTERN_FIELDS = {
    "audit": {"contract", "letters", "year"},
    "nonconformity": {"project", "year", "n"},
    "opportunity": {"project", "year", "n"},
}
_GRADES = ("major", "minor")
_DIFFERENT: dict[str, list[tuple[str, str]]] = {
    "standard": [("clauses", "number")],
    "crosswalk": [],
    "laws": [("laws", "id")],
    "list": [("items", "id")],
    "layer": [("changes", "item")],
    "phrases": [("phrases", "id")],
    "terms": [("topics", "id")],
    "guidance": [],
    "card": [("columns", "key"), ("records", "key")],
    "form": [("chapters", "key"), ("sections", "number"), ("elements", "key"), ("elements", "ref")],
    "house": [
        ("outcomes", "code"),
        ("nc_grades", "code"),
        ("auditor_grades", "code"),
        ("meetings.opening", "ref"),
        ("meetings.closing", "ref"),
    ],
    "days": [],
    "check-in": [],
    "intervals": [],
    "mandatory": [("points", "id"), ("report", "id"), ("meetings", "meeting")],
}
"""Kind of file → arrays in it and the key in which their entries differ from each other."""

_ACROSS_FILES = ("items", "changes", "phrases")

_Found = tuple[Document, lines.Path, object]
"""A value, and where it stands."""


@dataclass
class Loaded:
    """What could be decoded, each value beside the document it came from."""

    standards: list[tuple[Document, Standard]] = field(default_factory=list)
    crosswalks: list[tuple[Document, Crosswalk]] = field(default_factory=list)
    laws: list[tuple[Document, LawList]] = field(default_factory=list)
    lists: list[tuple[Document, Checklist]] = field(default_factory=list)
    layers: list[tuple[Document, Layer]] = field(default_factory=list)
    phrases: list[tuple[Document, PhraseBank]] = field(default_factory=list)
    terms: list[tuple[Document, TermList]] = field(default_factory=list)
    guidance: list[tuple[Document, Guidance]] = field(default_factory=list)
    cards: list[tuple[Document, CardType]] = field(default_factory=list)
    forms: list[tuple[Document, Form]] = field(default_factory=list)
    houses: list[tuple[Document, House]] = field(default_factory=list)
    days: list[tuple[Document, DayRules]] = field(default_factory=list)
    check_in: list[tuple[Document, CheckIn]] = field(default_factory=list)
    intervals: list[tuple[Document, Intervals]] = field(default_factory=list)
    mandatory: list[tuple[Document, Mandatory]] = field(default_factory=list)

    @property
    def schemes(self) -> list[str]:
        """Every scheme in printing order, those of a house's own last."""
        own = {standard.scheme for _, standard in self.standards} - model.SCHEME_LETTERS.keys()
        return [*model.SCHEME_LETTERS, *sorted(own)]

    def add(self, document: Document, value: msgspec.Struct) -> None:
        """File ``value`` under its type."""
        match value:
            case Standard():
                self.standards.append((document, value))
            case Crosswalk():
                self.crosswalks.append((document, value))
            case LawList():
                self.laws.append((document, value))
            case Checklist():
                self.lists.append((document, value))
            case Layer():
                self.layers.append((document, value))
            case PhraseBank():
                self.phrases.append((document, value))
            case Guidance():
                self.guidance.append((document, value))
            case TermList():
                self.terms.append((document, value))
            case CardType():
                self.cards.append((document, value))
            case Form():
                self.forms.append((document, value))
            case House():
                self.houses.append((document, value))
            case DayRules():
                self.days.append((document, value))
            case CheckIn():
                self.check_in.append((document, value))
            case Intervals():
                self.intervals.append((document, value))
            case Mandatory():
                self.mandatory.append((document, value))


def apply(documents: list[Document], loaded: Loaded) -> None:
    """Apply every rule; what is wrong is noted in the documents.

    Duplicates and unknown clauses are looked for in the raw files, so that they are named together with
    what keeps a file from being decoded.
    """
    for kind in _DIFFERENT:
        _check_different([document for document in documents if document.kind == kind])
    if len(loaded.standards) == sum(document.kind == "standard" for document in documents):
        for document in documents:
            _check_clauses(document, [standard for _, standard in loaded.standards])
        for document, value in loaded.crosswalks:
            _check_crosswalk(document, value, loaded)
    for document, standard in loaded.standards:
        for path, reason in standards.problems(standard):
            document.refuse(path, reason)
    _check_laws(loaded)
    for document, checklist in loaded.lists:
        _check_list(document, checklist, loaded)
    _check_layers(loaded)
    for document, form in loaded.forms:
        _check_form(document, form, loaded)
    for document, house in loaded.houses:
        _check_house(document, house, loaded)
    _check_times(loaded)
    _check_mandatory(loaded)
    for document, guidance in loaded.guidance:
        for position, guide in enumerate(guidance.guides):
            _check_help(document, ("guides", position), guide, loaded)
    for document, words in loaded.terms:
        _check_terms(document, words)


def _check_different(documents: list[Document]) -> None:
    """Ids of files, items, phrases and changes differ across files, other keys within theirs."""
    _refuse_repeated((document, ("id",), document.id) for document in documents if "id" in document.raw)
    across: list[_Found] = []
    for document in documents:
        for array, key in _DIFFERENT[document.kind]:
            found = _values(document, array, key)
            if array in _ACROSS_FILES:
                across += found
            else:
                _refuse_repeated(found)
    _refuse_repeated(across)


def _values(document: Document, array: str, key: str) -> list[_Found]:
    """The values of ``key`` in the entries of ``array``; what is malformed is left to decoding."""
    path: lines.Path = tuple(array.split("."))
    entries: Any = document.raw
    for step in path:
        entries = entries.get(step) if isinstance(entries, dict) else None
    return [
        (document, (*path, position, key), entry[key])
        for position, entry in enumerate(entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get(key), str | int)
    ]


def _refuse_repeated(values: Iterable[_Found]) -> None:
    """Refuse a value that is empty or stood earlier, in this or another file, naming where."""
    first: dict[object, tuple[Document, lines.Path]] = {}
    for document, path, value in values:
        if value == "":
            document.refuse(path, f"{path[-1]} is empty")
        elif value not in first:
            first[value] = document, path
        else:
            earlier, earlier_path = first[value]
            where = f"line {earlier.line(earlier_path)}"
            if earlier is not document:
                where = f"{earlier.path}, {where}"
            document.refuse(path, f"duplicate {path[-1]} {value}: first in {where}")


def _check_clauses(document: Document, known: list[Standard]) -> None:
    """Every clause of an item or element stands in an edition of its scheme's standard."""
    for path, ref in _clauses(document):
        editions = [standard for standard in known if standard.scheme == ref.scheme]
        if not any(clause.number == ref.number for standard in editions for clause in standard.clauses):
            names = " or ".join(standard.id for standard in editions)
            schemes = sorted({standard.scheme for standard in known}, key=model.scheme_position)
            letters = ", ".join(map(model.letter_of, schemes))
            reason = f"not in {names}" if names else f"there is no scheme {ref.scheme}, only {letters}"
            document.refuse(path, f"unknown clause {ref.code}: {reason}")


def _clauses(document: Document) -> Iterator[tuple[lines.Path, ClauseRef]]:
    """Every clause that an item or element names, with the path of its code; what is no code is left out."""
    array = WITH_CLAUSES.get(document.kind, "")
    entries = document.raw.get(array)
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        codes = entry.get("clauses") if isinstance(entry, dict) else None
        for n, code in enumerate(codes if isinstance(codes, list) else []):
            with suppress(ValueError):
                for ref in parse_clause(code if isinstance(code, str) else "", ANY_OWN):
                    yield (array, position, "clauses", n), ref


def _check_crosswalk(document: Document, value: Crosswalk, loaded: Loaded) -> None:
    editions = {standard.id: standard for _, standard in loaded.standards}
    for path, reason in crosswalk.problems(value, editions):
        document.refuse(path, reason)


def _check_laws(loaded: Loaded) -> None:
    everywhere = {law.id: law for _, some in loaded.laws for law in some.laws}
    for document, some in loaded.laws:
        for path, reason in laws.problems(some.laws, everywhere, loaded.schemes):
            document.refuse(path, reason)


def _check_mandatory(loaded: Loaded) -> None:
    """Every item, card and element that a mandatory point names is there."""
    items = {item.id for _, checklist in loaded.lists for item in checklist.items}
    cards, forms = {card.id for _, card in loaded.cards}, [form for _, form in loaded.forms]
    for document, value in loaded.mandatory:
        for path, reason in mandatory.problems(
            value, items=items, cards=cards, forms=forms, schemes=loaded.schemes
        ):
            document.refuse(path, reason)


def _check_layers(loaded: Loaded) -> None:
    """Layers change items that are there, and hide none that a mandatory point needs."""
    items = {item.id for _, checklist in loaded.lists for item in checklist.items}
    points = (point for _, value in loaded.mandatory for point in value.points)
    needed = {point.items[0]: f"mandatory point {point.id}" for point in points if point.rests_on_one_item}
    for document, layer in loaded.layers:
        for path, reason in layers.problems(layer, items, needed):
            document.refuse(path, reason)
    for document, checklist in loaded.lists:
        for position, item in enumerate(checklist.replaces):
            if item not in items:
                document.refuse(("replaces", position), f"unknown item {item}: in none of the lists")
            if item in needed:
                reason = f"{item} cannot be replaced: {needed[item]} asks for it"
                document.refuse(("replaces", position), reason)
        if checklist.kind in (model.PLACE, model.SECTOR) and not checklist.words:
            document.refuse(("words",), f"a {checklist.kind} needs words that tell where it is asked")


def _check_times(loaded: Loaded) -> None:
    for document, value in loaded.days:
        for path, reason in days.problems(value, loaded.schemes):
            document.refuse(path, reason)
    for document, windows in loaded.check_in:
        for path, reason in check_in.problems(windows):
            document.refuse(path, reason)
    for document, apart in loaded.intervals:
        for path, reason in intervals.problems(apart, loaded.schemes):
            document.refuse(path, reason)


def _check_list(document: Document, checklist: Checklist, loaded: Loaded) -> None:
    _check_schemes(document, checklist, loaded)
    for path, ref in _clauses(document):
        if ref.scheme not in checklist.schemes:
            document.refuse(path, f"{ref.code} is of {ref.scheme}, which this list is not for")
    known = sorted(card.id for _, card in loaded.cards)
    for position, item in enumerate(checklist.items):
        _check_help(document, ("items", position), item, loaded)
        for key in ("clauses", "evidence", "stops"):
            if not getattr(item, key):
                document.refuse(("items", position, key), f"{key} of item {item.id} is empty")
        for n, card in enumerate(item.cards):
            if card not in known:
                reason = f"unknown card {card}; one of {', '.join(known)}"
                document.refuse(("items", position, "cards", n), reason)


def _check_help(document: Document, path: lines.Path, shown: Help, loaded: Loaded) -> None:
    known = {law.id for _, some in loaded.laws for law in some.laws}
    for position, law in enumerate(shown.laws if known else ()):  # none: laws.toml itself is refused
        if law not in known:
            document.refuse((*path, "laws", position), f"unknown law {law}: not in laws.toml")
    if shown.sample is not None and shown.sample.least < 1:
        document.refuse((*path, "sample", "least"), "a sample is of one at least")


def _check_terms(document: Document, words: TermList) -> None:
    """A term is one word or a pair, and something of it is left when it is cut into units."""
    for position, topic in enumerate(words.topics):
        if not topic.clauses:
            document.refuse(("topics", position, "clauses"), f"topic {topic.id} names no clause")
        for level in ("sure", "usual", "hint"):
            for lang in LANGUAGES:
                for term in split_terms(getattr(getattr(topic, level), lang)):
                    parts = term.split("+")
                    if len(parts) > 2 or not all(map(has_units, parts)):
                        reason = f'"{term}" is neither a word nor a pair "a+b"'
                        document.refuse(("topics", position, level, lang), reason)


def _check_schemes(document: Document, checklist: Checklist, loaded: Loaded) -> None:
    known = {standard.scheme for _, standard in loaded.standards}
    for position, scheme in enumerate(checklist.schemes):
        if scheme not in known:
            document.refuse(
                ("schemes", position), f"unknown scheme {scheme}; one of {', '.join(sorted(known))}"
            )


def _check_form(document: Document, form: Form, loaded: Loaded) -> None:
    chapters = {chapter.key for chapter in form.chapters}
    keys = {element.key for element in form.elements}
    cards = {card.id for _, card in loaded.cards}
    for position, element in enumerate(form.elements):
        refuse = _refuser(document, ("elements", position))
        if not _KEY.fullmatch(element.key):
            refuse("key", f"key {element.key} is not made of small letters, digits, dots and underscores")
        if element.chapter not in chapters:
            refuse("chapter", f"unknown chapter {element.chapter}")
        if element.same_as and element.same_as not in keys:
            refuse("same_as", f"unknown element {element.same_as}")
        if (element.kind in ("choice", "multi-choice")) != bool(element.options):
            refuse("options", f"a {element.kind} {'needs' if not element.options else 'has no'} options")
        if (element.kind == "table") != bool(element.columns or element.card):
            refuse(
                "columns", f"a {element.kind} {'has no' if element.columns else 'needs'} columns or a card"
            )
        if element.card and element.card not in cards:
            refuse("card", f"unknown card {element.card}")
        if element.kind == "boilerplate" and not element.house_text:
            refuse("house_text", f"boilerplate {element.key} names no text of the house")


def _refuser(document: Document, path: lines.Path) -> Callable[[str, str], None]:
    return lambda key, reason: document.refuse((*path, key), reason)


def _check_house(document: Document, house: House, loaded: Loaded) -> None:
    for key, needed in (("outcomes", get_args(model.Outcome)), ("nc_grades", _GRADES)):
        missing = set(needed) - {word.code for word in getattr(house, key)}
        if missing:
            document.refuse((key,), f"{key} has no word for {', '.join(sorted(missing))}")
    known = {standard.id for _, standard in loaded.standards}
    for key in ("editions", "transition_ends"):
        for edition in getattr(house, key):
            if edition not in known:
                document.refuse((key, edition), f"unknown standard {edition}")
    for edition in house.editions.keys() & house.transition_ends.keys():
        if house.transition_ends[edition] < house.editions[edition]:
            document.refuse(("transition_ends", edition), f"{edition} ends before it may be offered")
    for name, fields in _PATTERN_FIELDS.items():
        _check_pattern(document, name, getattr(house.numbers, name), fields)
    form = next((form for _, form in loaded.forms if form.id == house.form), None)
    if form is None:
        document.refuse(("form",), f"unknown form {house.form}")
    else:
        _check_house_for_form(document, house, form)


def _check_pattern(document: Document, name: str, pattern: str, fields: set[str]) -> None:
    path = ("numbers", name)
    try:
        parts = list(string.Formatter().parse(pattern))
        named = [(name, spec or "") for _, name, spec, _ in parts if name is not None]
        # A width of any size would be filled: {n:>999999999} takes a gigabyte.
        counts = "n" not in fields or any(name == "n" for name, _ in named)
        sound = counts and all(name in fields and _WIDTH.fullmatch(spec) for name, spec in named)
        if sound:
            pattern.format(**dict.fromkeys(fields, 1))
    except (ValueError, KeyError):
        sound = False
    if not sound:
        document.refuse(
            path,
            f'pattern "{pattern}" may hold only {", ".join("{" + f + "}" for f in sorted(fields))},'
            " and {n} where it may",
        )


def _check_house_for_form(document: Document, house: House, form: Form) -> None:
    """The house has every text and every rating word that its form prints."""
    keys = {element.key for element in form.elements}
    for element in form.elements:
        if element.house_text:
            try:
                house.text(element.house_text)
            except KeyError:
                document.refuse(
                    ("texts",), f"has no text {element.house_text} for {element.key} of form {form.id}"
                )
        if element.rating and element.key not in house.ratings_used:
            document.refuse(("ratings_used",), f"has no rating set for {element.key} of form {form.id}")
    for key, name in house.ratings_used.items():
        if key not in keys:
            document.refuse(("ratings_used", key), f"unknown element {key}")
        if name not in house.rating_sets:
            document.refuse(("ratings_used", key), f"unknown rating set {name}")
