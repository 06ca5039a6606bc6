"""Journals of earlier days are taken, verified and folded by the program of today: stored shapes only grow.

Each file in `replays` is an export made on the day in its name. None is ever made again or changed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from server.archive.checking import check_audit, check_file
from server.archive.export import export_audit, write_export
from server.archive.incoming import take_in
from server.criteria.load import Criteria
from tests.archive.conftest import criteria, rooms_in

__all__ = ["criteria"]

REPLAYS = Path(__file__).parent / "replays"

EXPECTED = {
    # file: entries, hash of the last one, observations, photos, held, erased
    "2026-11-23-small.zip": (10, "5b49f796", 2, 2, 2, 0),
    "2026-11-23-erased.zip": (11, "f56382ff", 1, 1, 2, 3),
    "2026-11-23-sample.zip": (307, "3f917177", 90, 45, 0, 0),
    "2026-11-29-carried.zip": (12, "38319820", 4, 2, 2, 0),
}


def test_no_replay_is_left_out() -> None:
    assert {path.name for path in REPLAYS.glob("*.zip")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
async def test_an_old_journal_is_what_it_was(name: str, criteria: Criteria, tmp_path: Path) -> None:
    file = REPLAYS / name
    _, found = await check_file(file)
    assert not [one for one in found if one.is_damage]
    async with rooms_in(tmp_path / "data", criteria) as rooms:
        imported = await take_in(rooms, file)
        state = await rooms.journal.state(imported.audit)
        counted = (len(state.observations), len(state.photos), len(state.held), len(state.gone))
        assert (state.seq, state.hash[:8], *counted) == EXPECTED[name]
        assert not [one for one in await check_audit(rooms, imported.audit) if one.is_damage]
        await write_export(await export_audit(rooms, imported.audit), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()
