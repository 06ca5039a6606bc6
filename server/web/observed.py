"""One observation as lists show it."""

from __future__ import annotations

from collections.abc import Container, Hashable
from dataclasses import dataclass
from typing import Any

import msgspec

from server.audit.coverage import Seen
from server.audit.entries import Clause, Photo, Text
from server.audit.findings import Listed
from server.audit.markup import layer_name, layer_of, layer_of_bytes
from server.audit.state import State
from server.criteria.model import Language
from server.web.overview import Overview


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo as pages show it. `layer` names all that is drawn on its bytes: a part of their address.

    `drawn` is the photo's own layer, as JSON for the script that changes it, and the versions it comes from.
    `arriving`: its bytes, which come after the entry that names them, are not here yet.
    """

    id: str
    content: Photo
    heads: list[str]
    layer: str
    drawn: dict[str, Any]
    arriving: bool

    @property
    def key(self) -> Hashable:
        """Everything that is shown of it."""
        return self.heads[0], self.layer, self.arriving

    @property
    def whereabouts(self) -> str:
        """Where it was taken and into which direction, as far as the phone knew: degrees (WGS 84), metres."""
        position, heading = self.content.position, self.content.heading
        place = f"{position[0]:.5f}, {position[1]:.5f} ±{position[2]:.0f} m" if position else ""
        return " · ".join(filter(None, (place, f"{heading:.0f}°" if heading is not None else "")))


def shown_photos(state: State, observation: str, arrived: Container[str]) -> list[Shown]:
    """The photos of an observation in the order they were named; `arrived`: hashes of the bytes here."""
    return [
        Shown(
            thing.id,
            thing.current,
            thing.heads,
            layer_name(layer_of_bytes(state, thing.current.sha256)) if thing.current.sha256 else "",
            {
                "shapes": msgspec.to_builtins(layer_of(state, thing.id)),
                "bases": state.markups[thing.id].heads if thing.id in state.markups else [],
            },
            bool(thing.current.sha256) and thing.current.sha256 not in arrived,
        )
        for thing in state.photos_of(observation)
        if thing.current
    ]


@dataclass(frozen=True, slots=True)
class Document:
    """An attached document as pages show it: its title and what else is known of it, and how many pages."""

    id: str
    title: Text
    facts: str
    pages: int
    heads: list[str]


def shown_documents(state: State, observation: str) -> list[Document]:
    """The documents of an observation in the order they arrived."""
    return [
        Document(
            thing.id,
            body.title,
            " · ".join(filter(None, (body.number, body.issuer, body.date, body.holder))),
            len(body.pages),
            thing.heads,
        )
        for thing in state.attachments_of(observation)
        if (body := thing.current)
    ]


@dataclass(frozen=True, slots=True)
class Record:
    """An observation ready to be shown. `text_lang` is the language the text is written in."""

    seen: Seen
    author: str
    carried_by: str
    """Whose phone handed it in, where that wasn't its author's."""
    time: str
    text: str
    text_lang: Language
    outcome_word: str
    clauses: list[tuple[Clause, str]]
    """Each clause with its own outcome's word where it differs from the observation's."""
    evidence: list[str]
    photos: list[Shown]
    documents: list[Document]
    findings: list[Listed]
    two_versions: bool

    @property
    def unwritten(self) -> bool:
        """Whether it is a photo alone, taken first and to be written on later 待补."""
        content = self.seen.content
        return bool(self.photos) and not (
            content.text.zh or content.text.en or content.outcome or content.cards
        )

    @property
    def arriving(self) -> bool:
        """Whether the bytes of one of its photos are still on their way."""
        return any(photo.arriving for photo in self.photos)

    @property
    def key(self) -> Hashable:
        """Everything the record shows beside the audit and the language."""
        photos = tuple(photo.key for photo in self.photos)
        documents = tuple(document.id for document in self.documents)
        findings = tuple((one.id, one.content.type, one.content.number) for one in self.findings)
        people = self.author, self.carried_by
        return self.seen.id, self.seen.changed, self.two_versions, photos, documents, people, findings


def record(found: Overview, seen: Seen, language: Language) -> Record:
    """What a list shows of an observation."""
    content, words = seen.content, found.asked.words(language)
    other: Language = "en" if language == "zh" else "zh"
    written = language if getattr(content.text, language) else other
    return Record(
        seen=seen,
        author=found.name(seen.by, language),
        carried_by=_carrier(found, seen.id, language),
        time=f"{seen.at.astimezone(found.asked.zone):%m-%d %H:%M}",
        text=content.text.get(language),
        text_lang=written,
        outcome_word=words.get(content.outcome, content.outcome),
        clauses=[
            (clause, words.get(clause.outcome, clause.outcome) if clause.outcome != content.outcome else "")
            for clause in content.clauses
        ],
        evidence=list(dict.fromkeys(span.kind for span in content.evidence)),
        photos=shown_photos(found.state, seen.id, found.arrived),
        documents=shown_documents(found.state, seen.id),
        findings=found.findings_on.get(seen.id, []),
        two_versions=found.state.observations[seen.id].in_conflict,
    )


def _carrier(found: Overview, entry: str, language: Language) -> str:
    copy = found.state.copies.get(entry)
    return (found.name(copy.by, language) or copy.by) if copy else ""
