"""Two server processes on one data folder, 64 writers on one audit, `kill -9` in the middle."""

from __future__ import annotations

import asyncio
import itertools
import signal
from contextlib import ExitStack
from pathlib import Path

from server.database import Database
from server.evidence import Evidence, check_blobs
from server.journal import Journal
from tests.faults.phones import Acknowledged, Phone
from tests.support.live import LiveServer, live_server
from tests.support.world import AUDIT, make_world

WRITERS = 64
CAPTURES_EACH = 2
ACKNOWLEDGED = 3 * WRITERS * CAPTURES_EACH


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    tokens = await make_world(tmp_path)
    kept = Acknowledged()
    with ExitStack() as stack:
        servers = [await _start(stack, tmp_path) for _ in range(2)]
        phones = [_phone(servers, number, tokens["auditor"], kept) for number in range(WRITERS)]
        numbers = itertools.count()

        async def walk(phone: Phone) -> None:
            for _ in range(CAPTURES_EACH):
                await phone.note_with_photo(next(numbers))

        walking = asyncio.gather(*(walk(phone) for phone in phones))
        # Each server dies once in the middle of the work; phones go on with the other until it is back.
        for dying, part in ((0, 4), (1, 2)):
            await kept.until(ACKNOWLEDGED // part)
            _kill(servers[dying])
            servers[dying] = await _start(stack, tmp_path)
        await walking
        for phone in phones:
            await phone.close()
    assert len(kept.entries) == 2 * WRITERS * CAPTURES_EACH
    assert len(kept.photos) == WRITERS * CAPTURES_EACH
    await nothing_is_lost(tmp_path, kept)


async def nothing_is_lost(data: Path, kept: Acknowledged) -> None:
    """Everything acknowledged is in the data folder as it was sent, and all of it verifies."""
    db = await Database.open(data)
    try:
        journal, evidence = await Journal.open(db), await Evidence.open(db, data)
        assert await journal.verify(AUDIT) == []
        records = await journal.records(AUDIT)
        # A phone notes a photo only after its bytes were taken: none is awaited, whenever one looks.
        assert await check_blobs(evidence.blobs, AUDIT, records) == []
        raws = [record.raw for record in records]
        for raw in kept.entries.values():
            assert raws.count(raw) == 1
        for sha256, photo in kept.photos.items():
            assert await evidence.blobs.has(AUDIT, sha256)
            assert evidence.blobs.path(sha256).read_bytes() == photo
        state = await journal.state(AUDIT)
        assert state.seq == len(records)
        assert set(kept.entries) <= state.known
    finally:
        await db.close()


def _phone(servers: list[LiveServer], number: int, token: str, kept: Acknowledged) -> Phone:
    """Half of the phones prefer either server, and try the other at each further attempt."""
    turns = itertools.count(number)

    def server() -> str:
        preferred = servers[number % 2]
        return (preferred if preferred.process.poll() is None else servers[next(turns) % 2]).url

    return Phone(server, token, kept)


async def _start(stack: ExitStack, data: Path) -> LiveServer:
    return await asyncio.to_thread(stack.enter_context, live_server(data))


def _kill(server: LiveServer) -> None:
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
