"""Backups: what is in them, what damage is named, what comes back; the doctor on sound and broken folders."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.archive.backup import back_up
from server.archive.restore import restore
from server.archive.snapshot import BackupError, snapshots
from server.criteria.load import Criteria
from server.database import FILE_NAME
from tests.archive.conftest import AUDIT, KEPT_PHOTO, SECRET_PHOTO, Opened, rooms_in, sha, walk


def quiet(done: int, total: int) -> None:
    assert 0 <= done <= total


def backed_up(data: Path, out: Path, keep: int | None = None) -> Path:
    return back_up(data, out, program="test", keep=keep, progress=quiet).path


async def test_everything_comes_back(rooms: Opened, criteria: Criteria, tmp_path: Path) -> None:
    await walk(rooms)
    (rooms.data / "tls").mkdir()
    (rooms.data / "tls" / "ca.key").write_text("key")
    records = await rooms.records()
    made = back_up(rooms.data, tmp_path / "out", program="test", progress=quiet)
    assert (made.audits, made.blobs, made.copied, made.lost) == (1, 2, 2, ())
    target = tmp_path / "restored"
    done = await restore(tmp_path / "out", target, progress=quiet)
    assert (done.audits, done.blobs, done.damaged) == (1, 2, ())
    assert (target / "tls" / "ca.key").read_text() == "key"
    assert oct(target.stat().st_mode)[-3:] == "700"
    async with rooms_in(target, criteria) as again:
        assert await again.records() == records
        assert await again.journal.verify(AUDIT) == []
        assert again.evidence.blobs.path(sha(KEPT_PHOTO)).read_bytes() == KEPT_PHOTO
        assert [row.id for row in await again.journal.audits_of(None)] == [AUDIT]


async def test_a_second_backup_copies_only_what_is_new(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    out = tmp_path / "out"
    first = backed_up(rooms.data, out)
    await rooms.evidence.blobs.put(AUDIT, b"one more", media="text/plain")
    second = back_up(rooms.data, out, program="test", progress=quiet)
    assert (second.blobs, second.copied) == (3, 1)
    assert (await restore(first, tmp_path / "1", progress=quiet)).blobs == 2
    assert (await restore(out, tmp_path / "2", progress=quiet)).blobs == 3


async def test_old_backups_go_and_their_blobs_with_them(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    out = tmp_path / "out"
    backed_up(rooms.data, out)
    await rooms.evidence.blobs.let_go(AUDIT, [sha(SECRET_PHOTO)])
    kept = backed_up(rooms.data, out, keep=1)
    assert snapshots(out) == [kept]
    assert [path.name for path in (out / "blobs").rglob("*") if path.is_file()] == [sha(KEPT_PHOTO)]
    assert (await restore(out, tmp_path / "1", progress=quiet)).blobs == 1


async def test_a_killed_backup_is_none(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    out = tmp_path / "out"
    (out / "2026-11-23T100000Z.part").mkdir(parents=True)
    with pytest.raises(BackupError, match="no finished backup"):
        await restore(out, tmp_path / "1", progress=quiet)
    backed_up(rooms.data, out)
    assert not list(out.glob("*.part"))


async def test_a_lost_photo_is_named_and_the_rest_is_backed_up(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    rooms.evidence.blobs.path(sha(KEPT_PHOTO)).write_bytes(b"rotten")
    made = back_up(rooms.data, tmp_path / "out", program="test", progress=quiet)
    assert made.lost == (sha(KEPT_PHOTO),)
    done = await restore(tmp_path / "out", tmp_path / "1", progress=quiet)
    assert (done.lost, done.damaged, done.blobs) == (made.lost, (), 1)


async def test_where_no_backup_can_be(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    with pytest.raises(BackupError, match="lies in the data folder"):
        backed_up(rooms.data, rooms.data / "backup")
    with pytest.raises(BackupError, match="there is no data"):
        backed_up(tmp_path / "nowhere", tmp_path / "out")
    backed_up(rooms.data, tmp_path / "out")
    with pytest.raises(BackupError, match="is not empty"):
        await restore(tmp_path / "out", rooms.data, progress=quiet)


def _edit(change: Callable[[dict[str, Any]], object]) -> Callable[[Path, Path], object]:
    def damage(out: Path, made: Path) -> None:
        description = json.loads((made / "backup.json").read_text())
        change(description)
        (made / "backup.json").write_text(json.dumps(description))

    return damage


def _blob(out: Path, data: bytes) -> Path:
    return out / "blobs" / sha(data)[:2] / sha(data)


def _drop_entry(out: Path, made: Path) -> None:
    """A database whose last entry is gone, with the hash in the description made to fit."""
    path = made / FILE_NAME
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DROP TRIGGER entries_are_never_deleted")
        raw.execute("DELETE FROM entries WHERE seq = 4")
    _edit(lambda it: it["database"].update(sha256=sha(path.read_bytes()), size=path.stat().st_size))(
        out, made
    )


DAMAGES: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "a blob changed": (lambda out, _: _blob(out, KEPT_PHOTO).write_bytes(b"x"), "is missing or was changed"),
    "a blob missing": (lambda out, _: _blob(out, KEPT_PHOTO).unlink(), "is missing or was changed"),
    "the database changed": (
        lambda _, made: (made / FILE_NAME).write_bytes((made / FILE_NAME).read_bytes()[:-1]),
        "restore another backup",
    ),
    "the database missing": (lambda _, made: (made / FILE_NAME).unlink(), "restore another backup"),
    "an entry missing": (_drop_entry, "entry 4 missing"),
    "no description": (lambda _, made: (made / "backup.json").write_text("{"), "can't be understood"),
    "another format": (_edit(lambda it: it.update(format="x")), "is no backup of Clausewalk"),
    "another version": (_edit(lambda it: it.update(version=2)), "this program reads version 1"),
    "a path outside": (
        _edit(lambda it: it.update(files=[{"path": "../x", "size": 1, "sha256": "0" * 64}])),
        "leads outside",
    ),
    "an audit more": (
        _edit(lambda it: it["audits"].append({"audit": "x", "seq": 1, "hash": "0"})),
        "audit x: is missing",
    ),
    "another head": (_edit(lambda it: it["audits"][0].update(seq=3)), "doesn't end where it did"),
    "a blob unnamed": (_edit(lambda it: it.update(blobs=[])), "is not in the backup"),
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_a_damaged_backup_is_refused_by_name_and_nothing_made(
    name: str, rooms: Opened, tmp_path: Path
) -> None:
    await walk(rooms)
    out = tmp_path / "out"
    damage, reason = DAMAGES[name]
    damage(out, made := backed_up(rooms.data, out))
    with pytest.raises(BackupError, match=reason):
        await restore(made, tmp_path / "restored", progress=quiet)
    assert not (tmp_path / "restored").exists()
    assert not (tmp_path / "restored.restoring").exists()


async def test_what_is_whole_is_salvaged(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    backed_up(rooms.data, tmp_path / "out")
    _blob(tmp_path / "out", KEPT_PHOTO).unlink()
    done = await restore(tmp_path / "out", tmp_path / "restored", salvage=True, progress=quiet)
    assert done.damaged == (f"blob {sha(KEPT_PHOTO)} is missing or was changed",)
    assert (tmp_path / "restored" / "blobs" / sha(SECRET_PHOTO)[:2] / sha(SECRET_PHOTO)).exists()


async def test_two_backups_at_once_wait_for_nobody(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    out = tmp_path / "out"
    out.mkdir()
    lock = os.open(out / ".lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BackupError, match="another backup is writing"):
            backed_up(rooms.data, out)
    finally:
        os.close(lock)
