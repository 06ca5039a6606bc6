"""Releasing a report: tree, DOCX and PDF are frozen as blobs, and an entry says so in the journal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs

from server.audit.admission import Admission, Admit
from server.audit.entries import Entry, Released, ReleasedBody, encode
from server.audit.gaps import Gap
from server.audit.gaps.catalogue import may_be_dismissed
from server.audit.report import compile_report, freeze
from server.audit.state import State
from server.documents.make import LANG_PIN, MEDIA, Made, Rooms, print_report
from server.documents.printed import Languages

_PIECE = 256 * 1024
_DEVICE = "server"


class NotReleased(RuntimeError):
    """Nothing was released; `reason` is a stable code.

    `already_released`, `moved_on`, `must_be_mended` (an open gap that nobody may dismiss; `detail` is its
    code), `reason_missing` (errors are open), or from `admit`.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


async def release(
    rooms: Rooms,
    audit: str,
    *,
    principal: str,
    admit: Admit,
    now: datetime,
    lang: Languages = "zh",
    gaps: Sequence[Gap] = (),
    reason: str = "",
) -> ReleasedBody:
    """Freeze the report at the audit's head, by the leader `principal`; returns the body of the entry.

    `admit` is the rights' verdict on the entry, `now` the time with its offset: its day in the audit's zone
    dates a report that nobody dated. `gaps`: those open at this head; errors among them need a `reason`, and
    both stand in the entry. `NotReleased`: it is released already, or an entry arrived meanwhile (`moved_on`:
    look at it, then release again), or gaps or `admit` say no.
    """
    state = await rooms.journal.state(audit)
    errors = [gap for gap in gaps if gap.severity == "error"]
    _check(state, errors, reason)
    frozen = await _freeze(rooms, state, lang, now)
    if errors:
        frozen = structs.replace(frozen, gaps=[gap.id for gap in errors], reason=reason.strip())
    entry = Released(id=_uuid7(now), audit=audit, made_at=now, by=principal, device=_DEVICE, body=frozen)

    def unmoved(current: State, proposed: Entry) -> Admission:
        if current.seq != frozen.head:
            return Admission("refused", "moved_on", f"{current.seq - frozen.head}")
        return admit(current, proposed)

    appended = await rooms.journal.append(audit, [encode(entry)], sender=principal, admit=unmoved)
    result = appended.results[0]
    if result.status != "stored":
        raise NotReleased(result.reason, result.detail)
    return frozen


def _check(state: State, errors: Sequence[Gap], reason: str) -> None:
    if state.released:
        raise NotReleased("already_released")
    if kept := next((gap for gap in errors if not may_be_dismissed(gap.id)), None):
        raise NotReleased("must_be_mended", kept.code)
    if errors and not reason.strip():
        raise NotReleased("reason_missing", str(len(errors)))


async def _freeze(rooms: Rooms, state: State, lang: Languages, now: datetime) -> ReleasedBody:
    """Put the report's tree, DOCX and PDF among the blobs; what a release says of them and their making."""
    audit, head, head_hash = state.audit, state.seq, state.hash
    criteria = await rooms.criteria_of(state)
    editions = [one.standard for one in state.setup.visit.criteria]
    pins = criteria.pins(house=state.setup.house, form=state.setup.form, standards=editions)
    standing = await rooms.journal.standing_digest(audit, head)
    day = now.astimezone(ZoneInfo(state.setup.time_zone)).date().isoformat()
    report = compile_report(state, criteria, dated=day)
    tree = freeze.canonical(freeze.without_signatures(report))
    return ReleasedBody(
        tree=await rooms.blobs.put(audit, tree, media=MEDIA["json"]),
        docx=await _store(rooms, audit, await print_report(rooms, audit, report, "docx", lang)),
        pdf=await _store(rooms, audit, await print_report(rooms, audit, report, "pdf", lang)),
        head=head,
        head_hash=head_hash,
        build=build(),
        pins=pins | {LANG_PIN: lang},
        standing=standing,
    )


async def _store(rooms: Rooms, audit: str, made: Made) -> str:
    try:
        return await rooms.blobs.put(audit, _pieces(made.path), media=made.media)
    finally:
        await asyncio.to_thread(made.discard)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def build() -> str:
    """Which version of the program made a document."""
    try:
        return version("clausewalk")
    except PackageNotFoundError:
        return "checkout"


def _uuid7(now: datetime) -> str:
    """A UUID of version 7: the time in milliseconds, then random bits."""
    milliseconds = int(now.timestamp() * 1000)
    value = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
