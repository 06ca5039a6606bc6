"""A journal on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.audit.admission import admit
from server.database import Database
from server.journal import Journal
from tests.journal.entries import new_id, opened


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path)
    yield database
    await database.close()


@pytest.fixture
async def journal(db: Database) -> Journal:
    return await Journal.open(db)


@pytest.fixture
async def audit(journal: Journal) -> str:
    """An audit that was opened: its journal holds one entry."""
    audit = new_id()
    await journal.append(audit, [opened(audit)], sender="", admit=admit, create=True)
    return audit
