"""Documents made in a process of their own, one at a time, so that a large report never slows the server."""

from __future__ import annotations

import asyncio
import re
import tempfile
from asyncio import AbstractEventLoop, Semaphore
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args
from weakref import WeakKeyDictionary

import msgspec
from msgspec import Struct

from server.audit.attendance import AttendancePaper
from server.audit.plan.paper import PlanPaper
from server.audit.report.nonconformities import NonconformityPapers
from server.audit.report.tree import Report, Sheets
from server.documents.printed import Languages
from server.processes import child

Kind = Literal["docx", "pdf", "html"]
Progress = Callable[[int, int], None]
"""Called with the number of pictures put in so far and their total."""

Paper = Literal["report", "sheets", "plan", "nonconformities", "attendance"]
"""What can be printed of an audit."""
Tree = Report | Sheets | PlanPaper | NonconformityPapers | AttendancePaper
TREES: dict[Paper, type[Tree]] = dict(zip(get_args(Paper), get_args(Tree), strict=True))

_turns: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()


_KIND = re.compile(r"[A-Za-z_.]*(?:Error|Exception|Exit|Interrupt)(?=:|$)")
_PLACE = re.compile(r'  File "[^"]+", line \d+, in ')
"""How the last line of a trace begins, and the line before that says where."""


class Job(Struct, frozen=True, kw_only=True):
    """What the process is told: which tree to print (as JSON), as what, with which pictures, where to."""

    paper: Paper
    tree: msgspec.Raw
    kind: Kind
    lang: Languages
    pictures: dict[str, str]
    target: str


class MakingFailed(RuntimeError):
    """The process ended without a document; the text is what it said last."""


async def make(job: Job, progress: Progress = lambda done, total: None) -> None:
    """Write the document to `job.target`. Waits for its turn; `MakingFailed` if the process fails.

    Cancelling ends the process.
    """
    turn = _turns.setdefault(asyncio.get_running_loop(), Semaphore(1))
    async with turn:
        with tempfile.NamedTemporaryFile(prefix="clausewalk-job-", suffix=".json") as file:
            await asyncio.to_thread(_write, Path(file.name), job)
            await _run(file.name, progress)


def _write(path: Path, job: Job) -> None:
    path.write_bytes(msgspec.json.encode(job))


async def _run(job_file: str, progress: Progress) -> None:
    async with child("server.documents.worker", job_file, stderr=PIPE) as process:
        told = asyncio.create_task(_follow(process, progress))
        errors = await process.stderr.read() if process.stderr else b""
        await told
        code = await process.wait()
    if code != 0:
        lines = errors.decode("utf-8", "replace").strip().splitlines()
        failed = MakingFailed(lines[-1] if lines else f"the process ended with code {code}")
        failed.add_note(_place(lines) or f"code {code}")
        raise failed


def _place(lines: list[str]) -> str:
    """What ended the process and where, without what it said: that may quote an audit."""
    kind = _KIND.match(lines[-1]) if lines else None
    places = [line.strip() for line in lines if _PLACE.match(line)]
    return f"{kind[0] if kind else ''} {places[-1] if places else ''}".strip()


async def _follow(process: Process, progress: Progress) -> None:
    if process.stdout is None:
        return
    async for line in process.stdout:
        done, _, total = line.decode().strip().partition("/")
        if done.isdigit() and total.isdigit():
            progress(int(done), int(total))
