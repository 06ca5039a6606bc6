"""Modules of ours run in processes of their own: what slows or brings down one leaves the server as it is."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def child(
    module: str, *arguments: str, stdin: int | None = None, stderr: int | None = None
) -> AsyncIterator[Process]:
    """A module that runs beside the block, with its output to read, and never outlives it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=Path(__file__).parents[1],
        stdin=stdin,
        stdout=PIPE,
        stderr=stderr,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
