"""Data folders with the rooms that exports, backups and erasure need, and an audit with one of each thing."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.archive import keeping
from server.archive.export import export_audit, write_export
from server.audit.admission import admit
from server.audit.state import Record
from server.criteria.load import Criteria, load_criteria
from server.database import Database
from server.evidence.rooms import Evidence
from server.journal import Journal
from server.settings import data_root
from tests.journal.entries import AUTHOR, OTHER, entry

AUDIT = "0190f111-0000-7000-8000-0000000000e0"
OBSERVED = "0190f111-0000-7000-8000-0000000000e1"
AMENDED = "0190f111-0000-7000-8000-0000000000e2"
PHOTO = "0190f111-0000-7000-8000-0000000000e3"
KEPT = "0190f111-0000-7000-8000-0000000000e4"
SECRET = "王小明的身份证号"
"""What must be gone from every file once it is erased."""

ACCOUNTS = "CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT"


@dataclass(frozen=True)
class Opened:
    """The rooms of a data folder."""

    data: Path
    db: Database
    journal: Journal
    evidence: Evidence
    criteria: Criteria

    async def records(self, audit: str = AUDIT) -> list[Record]:
        return await self.journal.records(audit)

    async def is_empty(self) -> bool:
        """Whether nothing at all is stored here: no audit, no blob, no name, no file of criteria."""
        tables = ("entries", "heads", "blobs_held", "names_brought", "pinned_files", "erasures")
        counts = [(await self.db.read(f"SELECT count(*) FROM {table}"))[0][0] for table in tables]
        files = [path for path in (self.data / "blobs").rglob("*") if path.is_file()]
        return not any(counts) and not files


@pytest.fixture(scope="session")
def criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


@asynccontextmanager
async def rooms_in(data: Path, criteria: Criteria) -> AsyncIterator[Opened]:
    """The rooms of a folder, made where it is missing."""
    db = await Database.open(data)
    try:
        await keeping.open_tables(db)
        await db.write(lambda connection: connection.execute_insert(ACCOUNTS))
        yield Opened(data, db, await Journal.open(db), await Evidence.open(db, data), criteria)
    finally:
        await db.close()


@pytest.fixture
async def rooms(tmp_path: Path, criteria: Criteria) -> AsyncIterator[Opened]:
    async with rooms_in(tmp_path / "data", criteria) as opened:
        yield opened


@pytest.fixture
async def elsewhere(tmp_path: Path, criteria: Criteria) -> AsyncIterator[Opened]:
    """Another server."""
    async with rooms_in(tmp_path / "elsewhere", criteria) as opened:
        yield opened


def drawn(colour: str) -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


SECRET_PHOTO, KEPT_PHOTO = drawn("red"), drawn("green")


def made(kind: str, body: Any, **more: Any) -> bytes:
    return entry(kind, body, AUDIT, **more)


def walked() -> list[bytes]:
    """An audit with a note, its amendment and its photo, another note and photo, and an entry of tomorrow."""
    text = {"stop": "s1", "text": {"zh": SECRET}}
    return [
        made("opened", {"number": "90017/2026"}),
        made("configured", {"path": "client", "value": {"name": {"zh": "临沅暖川"}}}),
        made("observed", text, entry_id=OBSERVED),
        made(
            "amended",
            {"target": OBSERVED, "bases": [OBSERVED], "observation": text | {"outcome": "conform"}},
            entry_id=AMENDED,
        ),
        made("photographed", {"observation": OBSERVED, "sha256": sha(SECRET_PHOTO)}, entry_id=PHOTO),
        made("observed", {"stop": "s1", "text": {"zh": "现场整洁"}}, entry_id=KEPT, by=OTHER),
        made("photographed", {"observation": KEPT, "sha256": sha(KEPT_PHOTO)}, by=OTHER),
        b'{ "kind" : "of-tomorrow",\n "id":"0190f111-0000-7000-8000-0000000000e9","audit":"'
        + AUDIT.encode()
        + b'",\n "made_at":"2026-09-10T10:00:00+08:00","by":"x" }',
    ]


async def walk(rooms: Opened, raws: list[bytes] | None = None) -> None:
    """Store that audit and its photos."""
    pin = json.dumps({"path": "pins", "value": _pins(rooms.criteria)})
    raws = raws or [*walked(), made("configured", json.loads(pin))]
    for data in (SECRET_PHOTO, KEPT_PHOTO):
        await rooms.evidence.blobs.put(AUDIT, data, media="image/jpeg")
    await rooms.db.write(
        lambda connection: connection.execute_insert(
            "INSERT OR IGNORE INTO accounts (id, name) VALUES (?, ?)", (AUTHOR, "闻砚秋")
        )
    )
    await keeping.keep_criteria(rooms.db, rooms.criteria, [data_root("checklists")])
    appended = await rooms.journal.append(AUDIT, raws, sender="", admit=admit, create=True)
    assert {result.status for result in appended.results} <= {"stored", "held"}


def _pins(criteria: Criteria) -> dict[str, str]:
    house = next(iter(criteria.houses))
    return {f"house:{house}": criteria.digest("house", house)}


async def exported(rooms: Opened, out: Path, audit: str = AUDIT) -> Path:
    """The export of an audit as a file."""
    await write_export(await export_audit(rooms, audit), out)
    return out
