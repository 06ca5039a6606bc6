"""What an exported audit is made of: the files inside the zip, and the manifest that names them by hash.

Described for others in `docs/interchange.md`. The shape only grows: a new key has a default.
"""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta, Struct

from server.audit.entries import Id, Sha256
from server.criteria.load import Criteria
from server.database import Database
from server.evidence.rooms import Evidence
from server.journal import Journal

FORMAT = "clausewalk-audit"
VERSION = 1

MANIFEST = "manifest.json"
ENTRIES = "journal/entries.jsonl"
INDEX = "journal/index.jsonl"
PEOPLE = "people.json"
PINNED = "pinned/"
BLOBS = "blobs/"

Count = Annotated[int, Meta(ge=0, le=2**53)]


class Rooms(Protocol):
    """What this room needs of the program's services."""

    @property
    def db(self) -> Database: ...

    @property
    def journal(self) -> Journal: ...

    @property
    def evidence(self) -> Evidence: ...

    @property
    def criteria(self) -> Criteria: ...


class Head(Struct, frozen=True, kw_only=True):
    """The last entry: its number and its hash."""

    seq: Count
    hash: Sha256


class Content(Struct, frozen=True, kw_only=True):
    """A file of the zip."""

    size: Count
    sha256: Sha256


class Blob(Struct, frozen=True, kw_only=True):
    """`blobs/<sha256>`: what a phone sent, or a released document. `received_at` is the server's time."""

    sha256: Sha256
    size: Count
    media: str
    received_at: str


class Pinned(Struct, frozen=True, kw_only=True):
    """`pinned/<sha256>`: a file of criteria (house, form, checklist …) that the audit was made with."""

    kind: str
    name: str
    sha256: Sha256
    size: Count


class Manifest(Struct, frozen=True, kw_only=True):
    """`manifest.json`. `standing` covers what the server decided about each entry: see `standing_digest`."""

    format: str
    version: int
    audit: Id
    number: str
    head: Head
    standing: Sha256
    entries: Content
    index: Content
    people: Content
    blobs: list[Blob] = []
    pinned: list[Pinned] = []
    lost: list[Sha256] = []
    """Blobs that the exporting server had received and whose bytes it no longer had, or no longer intact."""


class Line(Struct, frozen=True, kw_only=True):
    """One line of `journal/index.jsonl`: what the server added to an entry, and how many bytes it has.

    Of an erased entry there are no bytes: `size` is 0 and `sha256` what they were.
    """

    seq: Count
    id: str
    size: Count
    sha256: Sha256
    received_at: str
    hash: Sha256
    standing: Literal["stored", "held"]
    reason: str = ""
    skew_ms: int | None = None
    erased: bool = False


class Person(Struct, frozen=True, kw_only=True):
    """Who wrote: the id that entries carry as `by`, and a name."""

    id: str
    name: str


def encode_manifest(manifest: Manifest) -> bytes:
    """The one spelling of a manifest."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def encode_lines(lines: list[Line] | list[Person]) -> bytes:
    """One JSON object a line."""
    return msgspec.json.Encoder().encode_lines(lines)
