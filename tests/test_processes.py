"""Processes of their own: they are ended with the block that waits for them."""

import asyncio

import pytest

from server.evidence import codes
from server.processes import child
from tests.evidence.pictures_made import photo

A_MINUTE = ("timeit", "-n1", "-r1", "import time; time.sleep(60)")


@pytest.mark.anyio
async def test_a_child_ends_with_its_block() -> None:
    async with child(*A_MINUTE) as left:
        assert left.returncode is None
    assert left.returncode == -9


@pytest.mark.anyio
async def test_a_child_ends_with_whoever_is_cancelled_while_it_runs() -> None:
    started = asyncio.get_running_loop().create_future()

    async def wait_for_it() -> None:
        async with child(*A_MINUTE) as running:
            started.set_result(running)
            await running.wait()

    waiting = asyncio.create_task(wait_for_it())
    running = await started
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert running.returncode == -9


@pytest.mark.anyio
async def test_a_photo_that_keeps_the_reader_busy_has_no_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "_LONGEST_S", 0)
    assert await codes.read_codes(photo((320, 200))) == []
