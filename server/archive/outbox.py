"""Taking in what a phone could not send: the file that 全部交出 on 仅在本机 makes.

Entries go through the same door as from the phone, as their authors and under their rights; what arrived
before is left as it is. So the file may be imported twice, and the phone may send everything afterwards.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct, field

from server.archive.layout import Rooms
from server.audit.entries import carried_authors
from server.evidence.pictures import NotAPicture, media_of
from server.journal import NoSuchAudit
from server.people.accounts import Accounts
from server.people.rights import admit_for

_BEGINS = b'{"clausewalk":"outbox"'
_BATCH = 200


class Services(Rooms, Protocol):
    """What the import needs of the program's services."""

    @property
    def accounts(self) -> Accounts: ...


class KeptEntry(Struct, frozen=True):
    """An entry as the very characters that would have been sent."""

    raw: str


class KeptLayer(Struct, frozen=True):
    """What was drawn on a raw photo, and the id set aside for the entry that says so."""

    entry: str
    shapes: list[dict[str, Any]]


class KeptPhoto(Struct, frozen=True, kw_only=True):
    """A photo with its bytes; `raw` ones have no entry yet, and are as the camera made them."""

    audit: str
    account: str
    observation: str
    entry: str
    phase: Literal["raw", "ready"]
    content: bytes = field(name="bytes")
    sha256: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    layer: KeptLayer | None = None
    document: str = ""
    """The `attached` entry that it is a page of. It has none of its own."""


class OutboxFile(Struct, frozen=True, tag_field="clausewalk", tag="outbox"):
    """The file. Drafts in it were never saved by their author and stay in it."""

    version: int
    account: str
    device: str
    exported_at: str
    entries: list[KeptEntry] = field(default_factory=list)
    photos: list[KeptPhoto] = field(default_factory=list)
    drafts: list[msgspec.Raw] = field(default_factory=list)


class _Head(Struct, frozen=True):
    id: str
    audit: str
    by: str


class Taken(Struct):
    """What became of the items: stored now, here already, held for the leader, refused with the reason."""

    audits: dict[str, None] = field(default_factory=dict)
    stored: int = 0
    already: int = 0
    held: int = 0
    photos: int = 0
    refused: list[str] = field(default_factory=list)


def is_outbox(file: Path) -> bool:
    """Whether a file is a phone's outbox, by its first bytes. Raises OSError where it can't be read."""
    with file.open("rb") as opened:
        return opened.read(len(_BEGINS)) == _BEGINS


async def take_outbox(services: Services, data: bytes) -> Taken:
    """Store what isn't here yet. Raises `msgspec.DecodeError` for a file that is cut off or damaged."""
    file = msgspec.json.decode(data, type=OutboxFile)
    taken = Taken()
    for photo in file.photos:
        await _take_bytes(services, photo, taken)
    raws = [entry.raw.encode() for entry in file.entries]
    raws += [
        raw
        for photo in file.photos
        if photo.phase == "raw" and not photo.document
        for raw in _entries_of(photo, file)
    ]
    for (audit, by), batch in _batches(raws, taken):
        await _take_entries(services, audit, by, batch, taken)
    return taken


async def _take_bytes(services: Services, photo: KeptPhoto, taken: Taken) -> None:
    blobs = services.evidence.blobs
    sha256 = hashlib.sha256(photo.content).hexdigest()
    if photo.phase == "ready" and sha256 != photo.sha256:
        taken.refused.append(f"photo {photo.entry}: its bytes are damaged")
        return
    if await blobs.has(photo.audit, sha256):
        return
    if await services.journal.head(photo.audit) is None:
        taken.refused.append(f"photo {photo.entry}: there is no audit {photo.audit}")
        return
    await blobs.bring(photo.content)
    try:
        media = await asyncio.to_thread(media_of, blobs.path(sha256))
    except NotAPicture as error:
        await blobs.drop_unheld(sha256)
        taken.refused.append(f"photo {photo.entry}: {error}")
        return
    await blobs.note(photo.audit, sha256, size=len(photo.content), media=media)
    taken.photos += 1


def _entries_of(photo: KeptPhoto, file: OutboxFile) -> list[bytes]:
    """What the phone would have made of a raw photo, under the ids that it had set aside."""
    sha256 = hashlib.sha256(photo.content).hexdigest()
    body = {"observation": photo.observation, "sha256": sha256, "size": len(photo.content), **photo.facts}
    head = {
        "audit": photo.audit,
        "made_at": photo.facts.get("taken_at") or file.exported_at,
        "by": photo.account,
        "device": file.device,
    }
    made: list[dict[str, Any]] = [{"kind": "photographed", "id": photo.entry, **head, "body": body}]
    if photo.layer:
        drawn = {"photo": photo.entry, "shapes": photo.layer.shapes}
        made.append({"kind": "marked-up", "id": photo.layer.entry, **head, "body": drawn})
    return [msgspec.json.encode(entry) for entry in made]


def _batches(raws: Iterable[bytes], taken: Taken) -> list[tuple[tuple[str, str], list[bytes]]]:
    """Entries by audit and author, in their order, as many as one append takes."""
    groups: dict[tuple[str, str], list[bytes]] = {}
    for raw in raws:
        try:
            head = msgspec.json.decode(raw, type=_Head)
        except msgspec.DecodeError as error:
            taken.refused.append(f"an entry: {error}")
            continue
        groups.setdefault((head.audit, head.by), []).append(raw)
    return [
        (key, group[place : place + _BATCH])
        for key, group in groups.items()
        for place in range(0, len(group), _BATCH)
    ]


async def _take_entries(services: Services, audit: str, by: str, batch: list[bytes], taken: Taken) -> None:
    known = await services.accounts.principals({by, *carried_authors(batch)})
    if by not in known:
        taken.refused.append(f"{len(batch)} entries of account {by}: there is no such account")
        return
    admit = admit_for(known[by], from_phone=True, authors=known)
    try:
        appended = await services.journal.append(audit, batch, sender=by, admit=admit)
    except NoSuchAudit:
        taken.refused.append(f"{len(batch)} entries of audit {audit}: there is no such audit")
        return
    taken.audits[audit] = None
    for result in appended.results:
        if result.status == "refused":
            taken.refused.append(f"entry {result.id}: {result.reason} {result.detail}".rstrip())
        else:
            setattr(taken, result.status, getattr(taken, result.status) + 1)


async def outbox_command(services: Services, file: Path) -> int:
    """`clausewalk audit import FILE` of an outbox: the ids of its audits, a line each; exit 2 or 1."""
    try:
        taken = await take_outbox(services, await asyncio.to_thread(file.read_bytes))
    except msgspec.DecodeError as error:
        print(
            f"{file.name}: not a whole outbox file: {error}; export it from the phone again", file=sys.stderr
        )
        return 2
    for line in taken.refused:
        print(f"refused: {line}", file=sys.stderr)
    counts = (f"{taken.stored} entries stored", f"{taken.already} here already", f"{taken.held} held")
    print(f"{', '.join(counts)}; {taken.photos} photos stored", file=sys.stderr)
    for audit in taken.audits:
        print(audit)
    return 1 if taken.refused else 0
