"""The process that makes documents: its progress, its failure, and that it takes one at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from server.audit.report import Report, compile_report
from server.criteria.load import load_criteria
from server.demo.sample import sample_state
from server.documents import bundle
from server.documents.bundle import Job, MakingFailed, make
from server.settings import data_root
from tests.documents.conftest import COLOURS, in_thread, jpeg


@pytest.fixture(scope="module")
def tree() -> Report:
    criteria = load_criteria(data_root("checklists"))
    return compile_report(sample_state(criteria), criteria)


def _job(tree: Report, target: Path, pictures: dict[str, str]) -> Job:
    written = msgspec.Raw(msgspec.json.encode(tree))
    return Job(paper="report", tree=written, kind="docx", lang="zh", pictures=pictures, target=str(target))


def test_progress_is_told_picture_by_picture(tree: Report, tmp_path: Path) -> None:
    shas = [f"{number:064x}" for number in range(len(COLOURS))]
    pictures = {}
    for sha, colour in zip(shas, COLOURS, strict=True):
        (tmp_path / sha).write_bytes(jpeg(colour, (96, 72)))
        pictures[sha] = str(tmp_path / sha)
    photos = [
        msgspec.structs.replace(picture, sha256=sha)
        for picture, sha in zip(tree.pictures, shas, strict=False)
    ]
    told: list[tuple[int, int]] = []
    job = _job(
        msgspec.structs.replace(tree, pictures=[*photos, *tree.pictures[3:]]), tmp_path / "r.docx", pictures
    )
    in_thread(lambda: asyncio.run(make(job, lambda done, total: told.append((done, total)))))
    assert [total for _, total in told] == [3] * len(told)
    assert told[-1] == (3, 3)
    assert (tmp_path / "r.docx").is_file()


def test_a_failure_says_what_the_process_said(tree: Report, tmp_path: Path) -> None:
    job = _job(tree, tmp_path / "nowhere" / "r.docx", {})
    with pytest.raises(MakingFailed, match="No such file"):
        in_thread(lambda: asyncio.run(make(job)))


def test_what_of_a_failure_may_be_logged_says_where_and_not_what(tree: Report, tmp_path: Path) -> None:
    job = _job(tree, tmp_path / "nowhere" / "r.docx", {})
    with pytest.raises(MakingFailed) as caught:
        in_thread(lambda: asyncio.run(make(job)))
    [note] = caught.value.__notes__
    assert note.startswith("FileNotFoundError File ")
    assert "nowhere" not in note


def test_one_document_is_made_at_a_time(
    tree: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = 0, 0
    run = bundle._run

    async def counted(job_file: str, progress: bundle.Progress) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await run(job_file, progress)
        running -= 1

    monkeypatch.setattr(bundle, "_run", counted)

    async def three() -> None:
        await asyncio.gather(*(make(_job(tree, tmp_path / f"{n}.docx", {})) for n in range(3)))

    in_thread(lambda: asyncio.run(three()))
    assert most == 1
    assert len({(tmp_path / f"{n}.docx").read_bytes() for n in range(3)}) == 1


def test_cancelling_ends_the_process_and_frees_the_turn(tree: Report, tmp_path: Path) -> None:
    async def cancel_then_make() -> None:
        task = asyncio.create_task(make(_job(tree, tmp_path / "1.docx", {})))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await make(_job(tree, tmp_path / "2.docx", {}))

    in_thread(lambda: asyncio.run(cancel_then_make()))
    assert (tmp_path / "2.docx").is_file()
