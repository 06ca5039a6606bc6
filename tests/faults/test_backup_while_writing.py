"""A backup while 64 writers append: restored, it holds everything that was acknowledged before it began."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
from pathlib import Path

from server.archive.snapshot import snapshots
from tests.faults.phones import Acknowledged, Phone
from tests.faults.test_killed_servers import nothing_is_lost
from tests.support.live import COMMAND, LiveServer, environment, live_server
from tests.support.world import make_world

WRITERS = 64
CAPTURES_EACH = 5
ACKNOWLEDGED = 3 * WRITERS * CAPTURES_EACH


async def test_a_backup_beside_64_writers_holds_all_that_was_acknowledged(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    tokens = await make_world(data)
    kept = Acknowledged()
    numbers = itertools.count()
    promised: list[Acknowledged] = []

    async def walk(phone: Phone) -> None:
        for _ in range(CAPTURES_EACH):
            await phone.note_with_photo(next(numbers))

    with live_server(data) as server:
        phones = [_phone(server, tokens["auditor"], kept) for _ in range(WRITERS)]
        walking = asyncio.gather(*(walk(phone) for phone in phones))
        for part in (12, 4):
            await kept.until(ACKNOWLEDGED // part)
            promised.append(Acknowledged(dict(kept.entries), dict(kept.photos)))
            await asyncio.to_thread(command, "backup", str(out), "--data", str(data))
            assert len(kept.entries) > len(promised[-1].entries), "nobody wrote meanwhile: nothing was shown"
        await walking
        for phone in phones:
            await phone.close()
    made = await asyncio.to_thread(snapshots, out)
    assert len(made) == len(promised)
    for number, (backup, acknowledged) in enumerate(zip(made, promised, strict=True)):
        restored = tmp_path / f"restored-{number}"
        await asyncio.to_thread(command, "restore", str(backup), "--data", str(restored))
        await nothing_is_lost(restored, acknowledged)
    await nothing_is_lost(data, kept)


def _phone(server: LiveServer, token: str, kept: Acknowledged) -> Phone:
    return Phone(lambda: server.url, token, kept)


def command(*words: str) -> None:
    """Run a command of the program beside the server."""
    answer = subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        cwd=Path(__file__).parents[2],
    )
    assert answer.returncode == 0, answer.stderr
