"""P6: a report with 100 photos as PDF and as DOCX, and the memory of one with 1,000, beside bare libraries.

Each side runs as a process of its own, start included, as the server makes documents. The comparators set the
same words as bare paragraphs and the same photos: no form, no tables, no contents, no tags.
"""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PIL import Image, ImageFilter

from benchmarks.common import Figure, folder, interleave
from server.audit.report import Report, compile_report
from server.audit.report.tree import Picture
from server.criteria.load import load_criteria
from server.demo.sample import sample_state
from server.documents.bundle import Job, Kind
from server.settings import data_root, font_dirs

PHOTOS, MANY = 100, 1_000
SECONDS, MEGABYTES = 1.0, 300.0
_KEPT = ("cover", "notes", "1", "2", "3", "4", "5", "6", "7")
_SIZE = (960, 720)
_AFTER_JFIF = 20
"""Where the first segment of a JPEG ends, which says that it is one."""

_TYPST = """
import sys, typst
fonts, folder, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
source = '''#set page(paper: "a4")
#set text(font: "Noto Sans CJK SC", size: 10pt)
#for line in read("words.txt").split("\\n") { par(line) }
#grid(columns: 2, gutter: 8pt, ..range(N).map(i => image("photo-" + str(i) + ".jpg", width: 100%)))
'''.replace("N", str(n))
open(folder + "/bare.typ", "w").write(source)
typst.compile(folder + "/bare.typ", output=folder + "/bare.pdf", font_paths=[fonts], ignore_system_fonts=True)
"""
_DOCX = """
import sys, docx
from docx.shared import Cm
fonts, folder, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
document = docx.Document()
for line in open(folder + "/words.txt", encoding="utf-8"):
    document.add_paragraph(line)
for i in range(n):
    document.add_picture(folder + f"/photo-{i}.jpg", width=Cm(7.8))
document.save(folder + "/bare.docx")
"""


def _photo() -> bytes:
    """A picture as hard to pack as a photo of a workshop."""
    noise = Image.effect_noise(_SIZE, 60).filter(ImageFilter.GaussianBlur(1.6))
    target = io.BytesIO()
    Image.merge("RGB", (noise, noise.rotate(180), noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT))).save(
        target, "JPEG", quality=82
    )
    return target.getvalue()


def _write_photos(where: Path, count: int) -> list[Path]:
    """Photos that differ in a comment alone: each is a file of its own to everybody."""
    photo = _photo()
    paths = [where / f"photo-{number}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        comment = b"%08d" % number
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        path.write_bytes(photo[:_AFTER_JFIF] + segment + photo[_AFTER_JFIF:])
    return paths


def _report(photos: int) -> Report:
    """The sample audit's report, cut to its form, with so many photos."""
    criteria = load_criteria(data_root("checklists"))
    whole = compile_report(sample_state(criteria), criteria)
    pictures: list[Picture] = [
        msgspec.structs.replace(
            whole.pictures[number % len(whole.pictures)],
            id=f"photo-{number}",
            number=number + 1,
            sha256=f"{number:064x}",
        )
        for number in range(photos)
    ]
    return msgspec.structs.replace(
        whole,
        pictures=pictures,
        chapters=[chapter for chapter in whole.chapters if chapter.key in _KEPT],
        others=[],
        findings=[],
        untranslated=[],
    )


def _run(*command: str) -> tuple[float, float]:
    """Seconds and most memory (MB) of a process."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[:2]} failed")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def _ours(kind: Kind, photos: int, where: Path) -> tuple[float, float]:
    paths = _write_photos(where, photos)
    job = Job(
        paper="report",
        tree=msgspec.Raw(msgspec.json.encode(_report(photos))),
        kind=kind,
        lang="zh",
        pictures={f"{number:064x}": str(path) for number, path in enumerate(paths)},
        target=str(where / f"ours.{kind}"),
    )
    (where / "job.json").write_bytes(msgspec.json.encode(job))
    return _run("-m", "server.documents.worker", str(where / "job.json"))


def _theirs(kind: Kind, photos: int, where: Path) -> tuple[float, float]:
    _write_photos(where, photos)
    words = [element.text.zh for element in _report(photos).elements]
    (where / "words.txt").write_text("\n".join(words), encoding="utf-8")
    script = _TYPST if kind == "pdf" else _DOCX
    return _run("-c", script, str(font_dirs()[0]), str(where), str(photos))


def _timed(kind: Kind) -> Figure:
    ours, theirs = interleave(
        lambda where: _ours(kind, PHOTOS, where)[0], lambda where: _theirs(kind, PHOTOS, where)[0], runs=3
    )
    library = "typst" if kind == "pdf" else "python-docx"
    name = f"P6 {kind.upper()}, {PHOTOS} photos (at most {SECONDS:.0f} s), beside bare {library}"
    return Figure(name, "s", ours, theirs, SECONDS / theirs, "lower")


def _memory(kind: Kind) -> Figure:
    def peak(measure: Callable[[Kind, int, Path], tuple[float, float]]) -> float:
        with folder() as where:
            return measure(kind, MANY, where)[1]

    ours, theirs = peak(_ours), peak(_theirs)
    name = f"P6 {kind.upper()}, {MANY} photos, memory (at most {MEGABYTES:.0f} MB)"
    return Figure(name, "MB", ours, theirs, MEGABYTES / theirs, "lower")


def measure() -> list[Figure]:
    """The figures of this file."""
    random.seed(6)
    return [_timed("pdf"), _timed("docx"), _memory("pdf"), _memory("docx")]


if __name__ == "__main__":
    for figure in measure():
        print(figure)
