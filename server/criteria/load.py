"""Loading everything under ``checklists/``, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from server.criteria import clauses, rules
from server.criteria.check_in import CheckIn
from server.criteria.clauses import parse_clause
from server.criteria.crosswalk import Crosswalk, crosswalk_between
from server.criteria.days import DayRules
from server.criteria.decode import decode
from server.criteria.document import CriteriaError, Document, Problem, read_documents
from server.criteria.intervals import Intervals
from server.criteria.laws import Law
from server.criteria.layers import laid_over
from server.criteria.mandatory import Mandatory
from server.criteria.model import (
    SCHEME_LETTERS,
    CardType,
    Checklist,
    ClauseRef,
    Form,
    Guidance,
    House,
    Layer,
    PhraseBank,
    Standard,
    TermList,
    Text,
)

__all__ = ["Criteria", "CriteriaError", "Problem", "load_criteria", "load_documents", "parse_clause"]


_TABLES = {
    "standard": "standards",
    "list": "written",
    "layer": "layers",
    "card": "cards",
    "form": "forms",
    "house": "houses",
}
"""Kind of file that an audit keeps as it began with it → where it stands in ``Criteria``."""

_PRINTED = ("house", "form")
"""Kinds of files that agree with each other on what a report prints."""

LAID_DOWN = ("list", "layer")
"""Kinds of files of which an audit asks those that it began with, and no other."""


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """All that is asked, by id. ``lists`` are those ``written``, with the house's ``layers`` over them."""

    standards: dict[str, Standard]
    crosswalks: dict[str, Crosswalk]
    laws: dict[str, Law]
    written: dict[str, Checklist]
    lists: dict[str, Checklist]
    layers: dict[str, Layer]
    phrases: dict[str, PhraseBank]
    terms: dict[str, TermList]
    guidance: dict[str, Guidance]
    cards: dict[str, CardType]
    forms: dict[str, Form]
    houses: dict[str, House]
    days: dict[str, DayRules]
    check_in: dict[str, CheckIn]
    intervals: dict[str, Intervals]
    mandatory: dict[str, Mandatory]
    digests: dict[tuple[str, str], str]

    @property
    def stamp(self) -> str:
        """Differs wherever any file does."""
        every = ",".join(sorted(self.digests.values()))
        return hashlib.sha256(every.encode()).hexdigest()[:12]

    @property
    def house(self) -> House:
        """In whose name an audit is begun: the first, since own files come before shipped ones."""
        return next(iter(self.houses.values()))

    def house_of(self, name: str) -> House:
        """The house of that id; of an audit that came from a server with others, the one here."""
        return self.houses.get(name) or self.house

    def form_of(self, name: str, house: House) -> Form:
        """The report form of that id, else the one of the house."""
        return self.forms.get(name) or self.forms[house.form]

    @property
    def scheme_names(self) -> dict[str, Text]:
        """What the schemes of a house's own are called."""
        named = ((one.scheme, one.scheme_name) for one in self.standards.values())
        return {scheme: name for scheme, name in sorted(named, key=lambda pair: pair[0]) if name}

    @property
    def schemes(self) -> list[str]:
        """Every scheme in printing order, those of a house's own last."""
        return [*SCHEME_LETTERS, *self.scheme_names]

    def standard_of(self, scheme: str, edition: str | None = None) -> Standard:
        """The standard of a scheme: the ``edition`` named by id, else the oldest that certificates run on.

        ``KeyError`` if there is none.
        """
        editions = [standard for standard in self.standards.values() if standard.scheme == scheme]
        if edition is not None:
            editions = [standard for standard in editions if standard.id == edition]
        else:
            editions = [standard for standard in editions if standard.status != "withdrawn"]
        if not editions:
            raise KeyError(edition or scheme)
        return min(
            editions, key=lambda standard: (standard.published is None, standard.published, standard.id)
        )

    def parse_standard(self, name: str) -> Standard:
        """The standard meant by a name as people write it; ``ValueError`` says why none is."""
        return clauses.parse_standard(name, self.standards.values())

    def title(self, ref: ClauseRef, edition: str | None = None) -> Text:
        """The title of a clause in ``standard_of`` its scheme; ``KeyError`` if it has no such clause."""
        for clause in self.standard_of(ref.scheme, edition).clauses:
            if clause.number == ref.number:
                return clause.title
        raise KeyError(ref.code)

    def crosswalk(self, old: str, new: str) -> Crosswalk:
        """The crosswalk between two editions named as people write them.

        ``ValueError`` if a name stands for no standard, ``LookupError`` if there is no such crosswalk.
        """
        return crosswalk_between(self.crosswalks, self.parse_standard(old), self.parse_standard(new))

    def pins(self, *, house: str, form: str, standards: Iterable[str]) -> dict[str, str]:
        """Digests by ``kind:id`` of all that an audit begins with: what it asks later follows from them."""
        wanted = {("house", house), ("form", form), *(("standard", name) for name in standards)}
        wanted |= {key for key in self.digests if key[0] in ("card", *LAID_DOWN)}
        return {
            f"{kind}:{name}": self.digests[kind, name] for kind, name in sorted(wanted & self.digests.keys())
        }

    def digest(self, kind: str, name: str) -> str:
        """SHA-256 (hex) of the file of that kind with that id (standard, laws, list, card, form …).

        ``KeyError`` if there is none.
        """
        return self.digests[kind, name]


def load_criteria(*roots: Path) -> Criteria:
    """Everything under ``roots``; raises ``CriteriaError`` with every problem found in any file."""
    return load_documents(read_documents(roots))


def read_alone(paths: Iterable[Path]) -> Criteria:
    """The content of ``paths`` as written, not checked against anything else; raises ``CriteriaError``."""
    documents = read_documents(paths)
    loaded = _decoded(documents)
    _raise_problems(documents)
    return _criteria(documents, loaded)


def load_documents(documents: Iterable[Document]) -> Criteria:
    """The content of ``documents``, checked one by one and against each other; raises ``CriteriaError``."""
    documents = list(documents)
    loaded = _decoded(documents)
    rules.apply(documents, loaded)
    _raise_problems(documents)
    return _criteria(documents, loaded)


def as_begun(current: Criteria, pins: Mapping[str, str], files: Iterable[Document]) -> Criteria:
    """What an audit asks whose ``pins`` (digests by ``kind:id``) are not all those of ``current``.

    ``files``: the pinned files that differ, each checked when it was new, so not against each other now; one
    that cannot be read is taken as it is now. Where lists are pinned, no other list and no other layer is
    asked: those came later. House and form go together: where one cannot be read, both are those of now.
    """
    files = [document for document in files if document.kind in _TABLES]
    read = {(document.kind, document.id): decode(document) for document in files}
    unread = {kind for (kind, _), value in read.items() if value is None}
    left_out = unread & set(_PRINTED) and set(_PRINTED)
    read = {key: value for key, value in read.items() if value is not None and key[0] not in left_out}
    files = [document for document in files if (document.kind, document.id) in read]
    came_later = LAID_DOWN if any(pin.startswith("list:") for pin in pins) else ()
    tables: dict[str, dict[str, Any]] = {}
    for kind, name in _TABLES.items():
        table = getattr(current, name)
        tables[name] = {
            key: value for key, value in table.items() if kind not in came_later or f"{kind}:{key}" in pins
        }
        tables[name] |= {key: value for (of, key), value in read.items() if of == kind}
    digests = {key: digest for key, digest in current.digests.items() if key[0] not in _TABLES}
    now = current.digests | {(document.kind, document.id): document.digest for document in files}
    kept = ((kind, key) for kind, name in _TABLES.items() for key in tables[name])
    digests |= {key: now[key] for key in kept}
    lists = laid_over(tables["written"].values(), tables["layers"].values())
    tables["lists"] = {one.id: one for one in lists}
    return msgspec.structs.replace(current, digests=digests, **tables)


def _decoded(documents: Iterable[Document]) -> rules.Loaded:
    loaded = rules.Loaded()
    for document in documents:
        value = decode(document)
        if value is not None:
            loaded.add(document, value)
    return loaded


def _raise_problems(documents: Iterable[Document]) -> None:
    problems = [problem for document in documents for problem in document.problems]
    if problems:
        raise CriteriaError(problems)


def _criteria(documents: Iterable[Document], loaded: rules.Loaded) -> Criteria:
    written = [value for _, value in loaded.lists]
    layers = [value for _, value in loaded.layers]
    return Criteria(
        standards={value.id: value for _, value in loaded.standards},
        crosswalks={value.id: value for _, value in loaded.crosswalks},
        laws={law.id: law for _, value in loaded.laws for law in value.laws},
        written={value.id: value for value in written},
        lists={value.id: value for value in laid_over(written, layers)},
        layers={value.id: value for value in layers},
        phrases={value.id: value for _, value in loaded.phrases},
        terms={value.id: value for _, value in loaded.terms},
        guidance={value.id: value for _, value in loaded.guidance},
        cards={value.id: value for _, value in loaded.cards},
        forms={value.id: value for _, value in loaded.forms},
        houses={value.id: value for _, value in loaded.houses},
        days={value.id: value for _, value in loaded.days},
        check_in={value.id: value for _, value in loaded.check_in},
        intervals={value.id: value for _, value in loaded.intervals},
        mandatory={value.id: value for _, value in loaded.mandatory},
        digests={(document.kind, document.id): document.digest for document in documents},
    )
