"""Whether the bytes that an audit's entries refer to are there and unchanged."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from server.audit.entries import (
    Amended,
    Attached,
    Copied,
    Entry,
    Erased,
    Opened,
    Photographed,
    Released,
    Responded,
    Signed,
    decode,
    first_hand,
)
from server.audit.state import Record
from server.evidence.blobs import Blobs, hash_file


class BlobDamage(Struct, frozen=True, kw_only=True):
    """A blob whose bytes are `changed`, `missing` though received once, or `awaited`: never received so far.

    `erased`: dropped by an `erased` entry, which is no damage. `entries` are the ids of the entries that
    refer to it.
    """

    sha256: str
    problem: Literal["changed", "missing", "awaited", "erased"]
    entries: list[str]


async def check_blobs(blobs: Blobs, audit: str, records: Iterable[Record]) -> list[BlobDamage]:
    """Every blob of an audit whose bytes are not what their name says, and every one that is not there.

    Looks at what the records refer to and at what the audit ever received.
    """
    held = {blob.sha256 for blob in await blobs.all_held(audit)}
    named: dict[str, list[str]] = defaultdict(list)
    erased: set[str] = set()
    for entry in readable(records):
        for sha256 in blobs_of(entry):
            named[sha256].append(entry.id)
        if isinstance(entry, Erased):
            erased.update(entry.body.blobs)
    damages = []
    for sha256 in sorted(held | named.keys()):
        problem = await asyncio.to_thread(_problem, blobs, sha256, sha256 in held)
        if problem == "awaited" and sha256 in erased:
            problem = "erased"
        if problem:
            damages.append(BlobDamage(sha256=sha256, problem=problem, entries=named.get(sha256, [])))
    return damages


def blobs_of(entry: Entry) -> list[str]:
    """The hashes of all bytes an entry refers to."""
    match entry:
        case Photographed():
            found = [entry.body.sha256]
        case Attached():
            found = [entry.body.sha256, *(page.sha256 for page in entry.body.pages)]
        case Amended():
            found = [entry.body.photo.sha256 if entry.body.photo else None]
        case Signed():
            found = [entry.body.picture]
        case Copied():
            return [sha256 for carried in carried_by(entry) for sha256 in blobs_of(carried)]
        case Responded():
            found = [file.sha256 for file in entry.body.files]
        case Released():
            found = [entry.body.tree, entry.body.docx, entry.body.pdf]
        case Opened():
            found = [entry.body.source]
        case _:
            found = []
    return [sha256 for sha256 in found if sha256]


def carried_by(entry: Entry) -> list[Entry]:
    """The first author's entry in a copied one, if it can be read."""
    try:
        return [first_hand(entry)] if isinstance(entry, Copied) else []
    except ValueError:
        return []


def _problem(
    blobs: Blobs, sha256: str, held: bool
) -> Literal["changed", "missing", "awaited", "erased"] | None:
    path = blobs.path(sha256)
    if not held:
        return "awaited"
    if not path.is_file():
        return "missing"
    return None if hash_file(path)[0] == sha256 else "changed"


def readable(records: Iterable[Record]) -> Iterable[Entry]:
    """The entries among records that can be read: not erased, not of a newer version, not damaged."""
    for record in records:
        try:
            yield decode(record.raw)
        except ValueError:
            continue  # an unknown kind, or damage that the journal's own verification names
