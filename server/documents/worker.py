"""The process that makes one document: `python -m server.documents.worker JOB.json`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from server.documents.attendance import lay_out_attendance
from server.documents.bundle import TREES, Job, Paper
from server.documents.layout import lay_out
from server.documents.nonconformities import lay_out_nonconformities
from server.documents.plan import lay_out_plan
from server.documents.printed import Document, Languages
from server.documents.sheets import lay_out_sheets
from server.settings import font_dirs

_LAYOUTS: Mapping[Paper, Callable[[Any, Languages], Document]] = {
    "report": lay_out,
    "sheets": lay_out_sheets,
    "plan": lay_out_plan,
    "nonconformities": lay_out_nonconformities,
    "attendance": lay_out_attendance,
}


def main(arguments: list[str]) -> int:
    """Make the document that the job file describes; prints a line `done/total` for every picture."""
    job = msgspec.json.decode(Path(arguments[0]).read_bytes(), type=Job)
    pictures = {sha: Path(path) for sha, path in job.pictures.items()}
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        print(f"{min(done, len(pictures))}/{len(pictures)}", flush=True)

    document = _LAYOUTS[job.paper](msgspec.json.decode(job.tree, type=TREES[job.paper]), job.lang)
    target = Path(job.target)
    # Each renderer is a heavy import: only the one that is asked for is loaded.
    if job.kind == "pdf":
        from server.documents import pdf

        pdf.render(document, pictures, target, fonts=font_dirs(), tick=tick)
    elif job.kind == "docx":
        from server.documents import docx

        docx.render(document, pictures, target, tick=tick)
    else:
        from server.documents import html

        html.render(document, pictures, target, tick=tick)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
