"""What is wrong with a server's data and its installation, and how to mend each thing."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from server.archive import installation
from server.archive.checking import check_audit
from server.archive.checks import Check, ok, problem, warning
from server.archive.layout import Rooms
from server.database import BUSY_SECONDS, FILE_NAME, MigrationError, pending_migrations
from server.evidence.rooms import Evidence
from server.evidence.uploads import OLD_UPLOADS, sweep, unfinished

_DAY = 24 * 3600
_SHOWN = 5
_BLOB = re.compile(r"[0-9a-f]{64}")


def examine_database(data: Path, rooms: dict[str, Path]) -> list[Check]:
    """What can be seen of the database without opening it for writing: also where nothing opens it at all.

    `rooms` are the folders of migrations by room. Blocks.
    """
    path = data / FILE_NAME
    if not path.is_file():
        mend = "name the folder with --data, restore a backup, or run `clausewalk demo`"
        return [problem("database", f"there is no {path}", mend)]
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as raw:
            raw.execute("PRAGMA query_only = ON")
            return [_integrity(raw), _migrations(raw, rooms), *_heads(raw), _clock(raw)]
    except sqlite3.Error as error:
        mend = "stop the server, keep a copy of the folder, and restore the last backup"
        return [problem("database", f"{path}: {error}", mend)]


def _integrity(raw: sqlite3.Connection) -> Check:
    wrong = [row[0] for row in raw.execute("PRAGMA integrity_check(20)")]
    wrong = [] if wrong == ["ok"] else wrong
    wrong += [
        f"{row[0]}: a row refers to none in {row[2]}" for row in raw.execute("PRAGMA foreign_key_check")
    ]
    if wrong:
        mend = "stop the server, keep a copy of the folder, and restore the last backup"
        return problem("database", _some(wrong), mend)
    return ok("database", "SQLite finds nothing wrong")


def _migrations(raw: sqlite3.Connection, rooms: dict[str, Path]) -> Check:
    try:
        pending = [
            f"{room}/{name}"
            for room, folder in rooms.items()
            for name in pending_migrations(raw, room, folder)
        ]
    except MigrationError as error:
        mend = "this data was made by another version of the program: install that one or a newer"
        return problem("migrations", str(error), mend)
    if pending:
        mend = "make a backup, then start the server: they are applied then"
        return warning("migrations", f"waiting: {_some(pending)}", mend)
    return ok("migrations", "the tables are those of this version")


_HEADS = """
SELECT coalesce(h.audit, e.audit), h.seq, e.last, e.n, e.hash FROM heads h FULL JOIN (
  SELECT audit, max(seq) AS last, count(*) AS n, hash FROM entries GROUP BY audit
) e ON e.audit = h.audit
WHERE h.seq IS NOT e.last OR h.seq IS NOT e.n OR h.hash IS NOT e.hash
"""
_UNLISTED = """
SELECT audit FROM heads WHERE audit NOT IN (SELECT audit FROM audits)
  AND audit NOT IN (SELECT audit FROM stale_audits)
"""


def _heads(raw: sqlite3.Connection) -> Iterator[Check]:
    wrong = [f"{row[0]} ends at {row[1]}, has {row[3]} entries up to {row[2]}" for row in raw.execute(_HEADS)]
    if wrong:
        mend = "run `clausewalk audit verify ID` on each, and restore the last backup into another folder"
        yield problem("heads", _some(wrong), mend)
    else:
        count = raw.execute("SELECT count(*) FROM heads").fetchone()[0]
        yield ok("heads", f"{count} audits end where their entries do")
    unlisted = [row[0] for row in raw.execute(_UNLISTED)]
    if unlisted:
        yield problem("lists", f"not listed: {_some(unlisted)}", _REBUILD)
    else:
        yield ok("lists", "every audit is in the lists")


_REBUILD = "run `clausewalk rebuild`"


def _clock(raw: sqlite3.Connection) -> Check:
    last = raw.execute("SELECT max(received_at) FROM entries").fetchone()[0]
    return installation.clock(last)


async def examine_evidence(rooms: Rooms, *, deep: bool, mend: bool) -> list[Check]:
    """Blobs, pictures and unfinished uploads; with `deep` every byte and every chain is read, too."""
    checks = [await _blobs(rooms), await _unheld(rooms.evidence, mend), await _uploads(rooms.evidence, mend)]
    if deep:
        checks.append(await _chains(rooms))
    return checks


async def _blobs(rooms: Rooms) -> Check:
    held = await rooms.db.read(
        "SELECT sha256, max(size) AS size FROM blobs_held GROUP BY sha256 ORDER BY sha256"
    )

    def look() -> list[str]:
        wrong = []
        for row in held:
            path = rooms.evidence.blobs.path(row["sha256"])
            if not path.is_file():
                wrong.append(f"{row['sha256']} is missing")
            elif path.stat().st_size != row["size"]:
                wrong.append(f"{row['sha256']} has another size")
        return wrong

    wrong = await asyncio.to_thread(look)
    if wrong:
        mend = "copy them from blobs/ of a backup to the same place under the data folder"
        return problem("blobs", _some(wrong), mend)
    return ok("blobs", f"{len(held)} photos and documents are in their places")


async def _unheld(evidence: Evidence, mend: bool) -> Check:
    """What interrupted imports left; the newest may belong to one that runs now."""
    since = await asyncio.to_thread(installation.now) - _DAY
    paths = [path for path in await evidence.blobs.unheld() if path.stat().st_mtime < since]
    if not paths:
        return ok("orphans", "no file lies there that no audit holds")
    size = sum(path.stat().st_size for path in paths)
    if mend:
        for path in paths:
            if _BLOB.fullmatch(path.name):
                await evidence.blobs.drop_unheld(path.name)
            else:
                await asyncio.to_thread(path.unlink, missing_ok=True)
        return ok("orphans", f"removed {len(paths)} files that no audit holds ({size} bytes)")
    what = f"{len(paths)} files that no audit holds ({size} bytes)"
    return warning("orphans", what, "run `clausewalk doctor --mend`")


async def _uploads(evidence: Evidence, mend: bool) -> Check:
    old = await asyncio.to_thread(unfinished, evidence.uploads.folder, OLD_UPLOADS)
    if not old:
        return ok("uploads", f"no unfinished upload is older than {OLD_UPLOADS // _DAY} days")
    if mend:
        swept = await asyncio.to_thread(sweep, evidence.uploads.folder, OLD_UPLOADS)
        return ok("uploads", f"swept {swept} unfinished uploads older than {OLD_UPLOADS // _DAY} days")
    what = f"{len(old)} unfinished uploads are older than {OLD_UPLOADS // _DAY} days"
    return warning("uploads", what, "run `clausewalk doctor --mend`")


async def _chains(rooms: Rooms) -> Check:
    wrong = []
    audits = await rooms.journal.audits()
    for audit in audits:
        for one in await check_audit(rooms, audit):
            if one.is_damage:
                wrong.append(f"{audit}: {one.problem} {one.what}")
    if wrong:
        mend = "run `clausewalk audit verify ID`, and compare with an export or a backup"
        return problem("chains", _some(wrong), mend)
    return ok("chains", f"every entry and every byte of {len(audits)} audits is as it was stored")


def examine_surroundings(data: Path) -> list[Check]:
    """The data folder, the disk and the installation. Blocks."""
    return [
        installation.permissions(data),
        installation.disk(data),
        *installation.certificates(data),
        installation.fonts(),
        *installation.criteria(data),
        installation.versions(),
    ]


def _some(things: Sequence[str]) -> str:
    more = len(things) - _SHOWN
    return "; ".join(things[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
