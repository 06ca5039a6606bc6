"""Importing an interchange file: its entries stored once, its source as a blob; a changed file is refused."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from server.audit.admission import admit
from server.audit.entries import Entry, encode
from server.audit.interchange import Converted, Parsed, Problem, parse, to_entries
from server.audit.interchange.preview import preview
from server.audit.interchange.problems import refusal
from server.audit.interchange.source import difference
from server.criteria.load import Criteria
from server.evidence.blobs import Blobs
from server.journal import Journal

_BATCH = 500
_SHOWN = 60


class Imported(Struct, frozen=True, kw_only=True):
    """What an import did. `added` is 0 where the same file had been imported before."""

    audit: str
    number: str
    added: int
    warnings: tuple[Problem, ...]


class ImportFailed(RuntimeError):
    """The file is fine but could not be stored; the text is one line that says what to do."""


async def import_file(journal: Journal, blobs: Blobs, criteria: Criteria, data: bytes) -> Imported:
    """Import an interchange file; what an earlier, unfinished import stored is completed, not repeated.

    Raises `Refused` for what can't be understood and for a file that differs from the one the audit was made
    from, `ImportFailed` where storing it failed.
    """
    parsed, converted = await asyncio.to_thread(_understand, data, criteria)
    entries = converted.entries
    if await journal.head(parsed.audit) is not None:
        state = await journal.state(parsed.audit)
        if state.opened is not None:
            await _check_unchanged(blobs, state.opened.source, parsed)
        entries = [entry for entry in entries if not state.has(entry.id)]
    await blobs.put(parsed.audit, parsed.canonical, media="application/json")
    await _append(journal, parsed.audit, entries)
    return Imported(
        audit=parsed.audit,
        number=parsed.file.audit.number,
        added=len(entries),
        warnings=converted.warnings,
    )


def _understand(data: bytes, criteria: Criteria) -> tuple[Parsed, Converted]:
    """The file and its entries, folded once so that nothing is stored of an audit that would not stand."""
    parsed = parse(data)
    converted = to_entries(parsed, criteria, hashlib.sha256(parsed.canonical).hexdigest())
    preview(converted.entries)
    return parsed, converted


async def _check_unchanged(blobs: Blobs, sha256: str | None, parsed: Parsed) -> None:
    path = blobs.path(sha256) if sha256 else None
    if path is None or not path.is_file():
        raise ImportFailed("the source of the earlier import is missing; run `clausewalk audit verify`")
    stored = msgspec.json.decode(await asyncio.to_thread(path.read_bytes))
    where = difference(stored, parsed.source)
    if where is None:
        return
    before, now = _at(stored, where), _at(parsed.source, where)
    raise refusal(
        where,
        f"该审核已导入过，文件在此处与当时不同：原为{before}，现为{now}；请在审核中修改",
        f"the audit was imported before and the file differs here: was {before}, now {now}; change the audit",
    )


def _at(source: Any, where: Sequence[str | int]) -> str:
    """The value at a place as a message shows it."""
    try:
        for step in where:
            source = source[step]
    except (KeyError, IndexError):
        return "—"
    text = msgspec.json.encode(source).decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


async def _append(journal: Journal, audit: str, entries: list[Entry]) -> None:
    for begin in range(0, len(entries), _BATCH):
        raws = [encode(entry) for entry in entries[begin : begin + _BATCH]]
        appended = await journal.append(audit, raws, sender="", admit=admit, create=True)
        for result in appended.results:
            if result.status in ("held", "refused"):
                raise ImportFailed(
                    f"entry {result.id}: {result.reason} {result.detail}; import the file again"
                )
