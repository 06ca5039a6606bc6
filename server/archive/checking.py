"""Whether everything kept of an audit is as it was stored: here, or in an exported file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec import Struct

from server.archive.layout import Rooms
from server.archive.reading import read_archive
from server.audit.interchange.problems import Refused
from server.evidence.check import blobs_of, check_blobs, readable

_HARMLESS = frozenset({"awaited", "erased", "lost"})


class Checked(Struct, frozen=True, kw_only=True):
    """One thing that verification says: what it is about, what is the matter, and more for people.

    `awaited` (bytes that never arrived), `erased` (by rule) and `lost` (missing before an export, which said
    so) are no damage.
    """

    what: str
    problem: str
    detail: str = ""

    @property
    def is_damage(self) -> bool:
        return self.problem not in _HARMLESS


async def check_audit(rooms: Rooms, audit: str, head: str | None = None) -> list[Checked]:
    """Entries and blobs of an audit that is kept here. Raises `NoSuchAudit`."""
    entries = await rooms.journal.verify(audit, head)
    blobs = await check_blobs(rooms.evidence.blobs, audit, await rooms.journal.records(audit))
    return [
        Checked(what=f"{one.seq} {one.id}".strip(), problem=one.problem, detail=one.detail) for one in entries
    ] + [Checked(what=one.sha256, problem=one.problem, detail=" ".join(one.entries)) for one in blobs]


async def check_file(file: Path, head: str | None = None) -> tuple[str, list[Checked]]:
    """The id of the audit in an exported file ("" where it can't be read) and what is wrong with the file."""
    try:
        archive = await asyncio.to_thread(read_archive, file, head)
    except Refused as refused:
        return "", [
            Checked(what=one.path or file.name, problem="damaged", detail=one.en) for one in refused.problems
        ]
    held = {blob.sha256 for blob in archive.manifest.blobs}
    erased = archive.state.erased_blobs
    lost = set(archive.manifest.lost)
    named = {
        sha256: entry.id
        for entry in readable(row.record for row in archive.rows if not row.record.digest)
        for sha256 in blobs_of(entry)
        if sha256 not in held
    }
    found = [
        Checked(what=f"{one.seq} {one.id}", problem="erased", detail=one.detail) for one in archive.erased
    ]
    for sha256, entry in sorted(named.items()):
        problem = "erased" if sha256 in erased else "lost" if sha256 in lost else "awaited"
        found.append(Checked(what=sha256, problem=problem, detail=entry))
    return archive.manifest.audit, found
