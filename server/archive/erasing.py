"""Erasure: the bytes of entries and photos are dropped for good, their digests and the reason stay."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from server.archive.layout import Rooms
from server.audit.acknowledgement import signed_finding
from server.audit.admission import Admit
from server.audit.entries import (
    Accepted,
    Amended,
    Attached,
    ConfiguredBody,
    Copied,
    Entry,
    Erased,
    ErasedBody,
    MarkedUp,
    Opened,
    Photographed,
    Released,
    Responded,
    Signed,
    Text,
    Verified,
    Withdrawn,
    encode,
)
from server.audit.interchange.builder import DEVICE as IMPORTED
from server.audit.state import Record
from server.evidence.check import blobs_of, carried_by, readable

KEPT = (Opened, Accepted, Released, Erased)
"""Kinds that hold an audit together and say nothing about anybody: they are never erased."""

MAX_ENTRIES = 1_000
"""So many names fit into one entry."""

_LONGEST = 80


class NotErased(ValueError):
    """Nothing was erased. `reason` is a stable code, the text one line that says what to do."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Subject(Struct, frozen=True, kw_only=True):
    """An entry as somebody sees it who decides on its erasure."""

    seq: int
    id: str
    kind: str
    by: str
    made_at: datetime
    words: str
    follows: bool = False
    """Whether it goes because another one goes: a later version, a photo, an answer."""
    carries: str = ""
    """Of a copied entry: the id of the first author's."""


class Erasing(Struct, frozen=True, kw_only=True):
    """What would be erased: entries, and blobs that nothing else in the audit refers to.

    `documents`: released documents and the imported file, which repeat what the entries said. They go only
    where that was asked for, except the imported file.
    """

    audit: str
    entries: list[Subject]
    blobs: list[str]
    documents: list[str]


async def subjects(rooms: Rooms, audit: str, find: str = "", limit: int = 200) -> list[Subject]:
    """Entries that may be erased, the newest first, whose words, kind, author or id hold `find`."""
    records = await rooms.journal.records(audit)
    wanted = find.casefold().strip()

    def look() -> list[Subject]:
        found = []
        for record, entry in reversed(_read(records)):
            subject = _subject(record, entry)
            text = f"{subject.words} {subject.kind} {subject.by} {subject.id}".casefold()
            if not isinstance(entry, KEPT) and wanted in text:
                found.append(subject)
                if len(found) == limit:
                    break
        return found

    return await asyncio.to_thread(look)


async def plan_erasure(rooms: Rooms, audit: str, ids: Iterable[str], *, documents: bool = False) -> Erasing:
    """What goes when these entries go: they, what says the same or hangs on them, and their blobs.

    `documents`: released documents, too. Raises `NotErased`, `NoSuchAudit`.
    """
    if await rooms.journal.head(audit) is None:
        await rooms.journal.state(audit)  # raises
    records = await rooms.journal.records(audit)
    return await asyncio.to_thread(_plan, audit, records, list(dict.fromkeys(ids)), documents)


async def erase(rooms: Rooms, erasing: Erasing, *, rule: str, person: str, by: str, admit: Admit) -> str:
    """Erase, for good, and return the id of the entry that says so.

    `rule` is the clause or contract that asks for it, `person` who decided it, `by` the principal who does
    it. Raises `NotErased`.
    """
    if not rule.strip() or not person.strip():
        raise NotErased("no_reason", "name the rule that asks for it and the person who decided it")
    now = datetime.now(UTC)
    state = await rooms.journal.state(erasing.audit)
    body = ErasedBody(
        # With what was carried its first author's entry is named, too: should they send it, it is not taken.
        entries=[key for one in erasing.entries for key in (one.id, one.carries) if state.has(key)],
        rule=rule.strip(),
        person=person.strip(),
        blobs=[*erasing.blobs, *erasing.documents],
    )
    entry = Erased(id=_uuid7(now), audit=erasing.audit, made_at=now, by=by, device="server", body=body)
    result = await rooms.journal.erase(erasing.audit, encode(entry), sender=by, admit=admit)
    if result.status != "stored":
        raise NotErased(result.reason, f"{result.reason} {result.detail}".strip())
    for sha256 in await rooms.evidence.blobs.let_go(erasing.audit, body.blobs):
        await asyncio.to_thread(rooms.evidence.pictures.discard, sha256)
    return entry.id


def _plan(audit: str, records: Sequence[Record], ids: list[str], documents: bool) -> Erasing:
    read = _read(records)
    by_id = {entry.id: entry for _, entry in read}
    for one in ids:
        if one not in by_id:
            raise NotErased("unknown_entry", f"the audit has no entry {one}, or it is erased already")
        if isinstance(by_id[one], KEPT):
            raise NotErased("kept", f"entry {one} holds the audit together and is never erased")
    going = set(ids)
    for entry in by_id.values():  # in journal order: what hangs on something comes after it
        if entry.id in going or _hangs_on(entry) & going:
            going |= {entry.id, *(carried.id for carried in carried_by(entry))}
    if not going:
        raise NotErased("nothing", "name the entries to erase")
    if len(going) > MAX_ENTRIES:
        raise NotErased("too_many", f"{len(going)} entries at once, at most {MAX_ENTRIES}")
    kept = {sha256 for entry in by_id.values() if entry.id not in going for sha256 in blobs_of(entry)}
    gone = {sha256 for entry in by_id.values() if entry.id in going for sha256 in blobs_of(entry)}
    return Erasing(
        audit=audit,
        entries=[
            _subject(record, entry, follows=entry.id not in ids)
            for record, entry in read
            if entry.id in going
        ],
        blobs=sorted(gone - kept),
        documents=_documents(by_id.values(), going, documents),
    )


def _hangs_on(entry: Entry) -> set[str]:
    """Entries without which this one says nothing, or whose words it repeats."""
    match entry:
        case Copied():
            return {named for carried in carried_by(entry) for named in _hangs_on(carried)}
        case Amended() | Withdrawn():
            return {entry.body.target}
        case Photographed():
            return {entry.body.observation}
        case MarkedUp():
            return {entry.body.photo}
        case Attached():
            return {entry.body.observation} if entry.body.observation else set()
        case Responded():
            return {entry.body.finding}
        case Verified():
            return {entry.body.target}
        case Signed() if finding := signed_finding(entry.body):
            return {finding}
    return set()


def _documents(entries: Iterable[Entry], going: set[str], documents: bool) -> list[str]:
    found: list[str] = []
    is_imported = False
    source = None
    for entry in entries:
        if isinstance(entry, Opened):
            source = entry.body.source
        elif isinstance(entry, Released) and documents:
            found += [entry.body.tree, entry.body.docx, entry.body.pdf]
        # The file that was imported says it all again.
        is_imported = is_imported or (entry.id in going and entry.device == IMPORTED)
    if source and is_imported:
        found.append(source)
    return sorted(set(found))


def _read(records: Sequence[Record]) -> list[tuple[Record, Entry]]:
    """Records with their entries, without those that can't be read."""
    found = []
    for record in records:
        for entry in readable([record]) if not record.digest else ():
            found.append((record, entry))
    return found


def _subject(record: Record, entry: Entry, *, follows: bool = False) -> Subject:
    told = next(iter(carried_by(entry)), entry)
    kind, words = str(told.__struct_config__.tag), _words(told)
    if len(words) > _LONGEST:
        words = words[: _LONGEST - 1] + "…"
    return Subject(
        seq=record.seq,
        id=entry.id,
        kind=kind,
        by=told.by,
        made_at=told.made_at,
        words=words,
        follows=follows,
        carries=told.id if told is not entry else "",
    )


_TELLING = ("text", "statement", "caption", "name", "path", "subject", "element", "title", "meeting", "what")


def _words(entry: Entry) -> str:
    """What an entry says, short: the first of its fields that tells something."""
    body = entry.body
    if isinstance(body, ConfiguredBody):
        return f"{body.path} {_named(body.value)}".strip()
    for holder in (body, *(getattr(body, name, None) for name in ("observation", "photo", "finding"))):
        for name in _TELLING:
            value = getattr(holder, name, None)
            text = (value.zh or value.en) if isinstance(value, Text) else value
            if isinstance(text, str) and text.strip():
                return " ".join(text.split())
    return ""


def _named(value: Any) -> str:
    """What a place of the set-up is about: the name of a person or client, the department of a stop."""
    if not isinstance(value, dict):
        return ""
    named = value.get("name") or value.get("department") or value.get("number") or ""
    if isinstance(named, dict):
        named = named.get("zh") or named.get("en") or ""
    return str(named)


def _uuid7(now: datetime) -> str:
    value = int(now.timestamp() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
