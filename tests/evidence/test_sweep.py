"""Old unfinished uploads are swept; what is young, or is being written to, stays."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest

from server.evidence.uploads import OLD_UPLOADS, sweep
from tests.support.live import live_server


def left(folder: Path, name: str, age: float) -> Path:
    part = folder / f"{name}.part"
    part.write_bytes(b"x")
    moment = time.time() - age
    os.utime(part, (moment, moment))
    return part


def test_only_what_is_old_and_left_alone_goes(tmp_path: Path) -> None:
    old, young = left(tmp_path, "old", OLD_UPLOADS + 60), left(tmp_path, "young", 60)
    busy = left(tmp_path, "busy", OLD_UPLOADS + 60)
    with busy.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert sweep(tmp_path, OLD_UPLOADS) == 1
    assert [part.exists() for part in (old, young, busy)] == [False, True, True]
    assert sweep(tmp_path / "nowhere", OLD_UPLOADS) == 0


@pytest.mark.slow
def test_a_server_sweeps_when_it_starts(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    old, young = (
        left(tmp_path / "uploads", "old", OLD_UPLOADS + 60),
        left(tmp_path / "uploads", "young", 60),
    )
    with live_server(tmp_path):
        assert [part.exists() for part in (old, young)] == [False, True]
