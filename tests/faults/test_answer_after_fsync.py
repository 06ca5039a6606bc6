"""The disk has an entry and a photo before anybody is told so: the order of the system calls."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import msgspec
import pytest

from tests.faults.phones import Acknowledged, Phone, drawn
from tests.faults.traced import Trace, traced_server
from tests.support.world import make_world, observed

SYNC = ("fsync", "fdatasync")
SEND = ("write", "writev", "sendto", "sendmsg")
WRITE = ("pwrite64", "write", "writev")
LOG = "clausewalk.db-wal>"

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


async def test_fsync_comes_before_the_answer(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "calls"
    tokens = await make_world(data)
    note, photo = observed(text="marked-by-the-test"), drawn(1)
    sha256 = hashlib.sha256(photo).hexdigest()
    with traced_server(data, log) as url:
        phone = Phone(lambda: url, tokens["auditor"], Acknowledged())
        await phone.send(msgspec.json.encode(note), str(note["id"]))
        await phone.upload(photo, sha256)
        await phone.close()
    trace = Trace(log.read_text(errors="replace"))
    _entry_is_durable_first(trace, str(note["id"]))
    _photo_is_durable_first(trace, sha256)


def _entry_is_durable_first(trace: Trace, entry_id: str) -> None:
    written = trace.first(WRITE, LOG, "marked-by-the-test")
    synced = trace.first(SYNC, LOG, after=written)
    answered = trace.first(SEND, "<socket:", entry_id)
    assert synced.ended < answered.began


def _photo_is_durable_first(trace: Trace, sha256: str) -> None:
    folder = f"/blobs/{sha256[:2]}"
    renamed = trace.first(("rename", "renameat", "renameat2"), f"{folder}/{sha256}")
    pieces = [call for call in trace.calls if call.name == "write" and "/data/uploads/" in call.text]
    assert len(pieces) == 2
    bytes_synced = trace.first(SYNC, "/data/uploads/", after=pieces[-1])
    name_synced = trace.first(SYNC, f"{folder}>", after=renamed)
    noted = trace.first(WRITE, LOG, sha256, after=name_synced)
    note_synced = trace.first(SYNC, LOG, after=noted)
    answered = trace.first(SEND, "<socket:", "receipt", sha256)
    assert bytes_synced.ended < renamed.began
    assert note_synced.ended < answered.began
