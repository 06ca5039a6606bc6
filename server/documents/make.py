"""A document of an audit, ready to be served: compiled now, or as it was released."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from server.audit.attendance import AttendancePaper, compile_attendance
from server.audit.entries import ReleasedBody
from server.audit.plan.paper import compile_plan
from server.audit.report import Report, Sheets, compile_report, compile_sheets, freeze
from server.audit.report.nonconformities import NonconformityPapers, compile_nonconformities
from server.audit.report.tree import Signature
from server.audit.state import State
from server.criteria.load import Criteria
from server.documents import bundle
from server.documents.bundle import TREES, Job, Paper, Progress, Tree
from server.documents.printed import Languages
from server.evidence.blobs import Blobs
from server.evidence.pictures import NotAPicture, Pictures, is_printable
from server.journal import Journal

Kind = Literal["docx", "pdf", "html", "json"]
MEDIA: dict[Kind, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html",
    "json": "application/json",
}
PHOTO_PIXELS: Literal[960] = 960
PAGE_PIXELS: Literal[1600] = 1600
"""The page of a document is read, not looked at."""
LANG_PIN = "lang"
"""Under which pin a release names the language of its DOCX and PDF."""

_COMPILED: dict[str, Callable[..., Tree]] = {
    "sheets": compile_sheets,
    "plan": compile_plan,
    "nonconformities": compile_nonconformities,
    "attendance": compile_attendance,
}


class WrongHouse(ValueError):
    """The report can't be printed as that house would; the text says why."""


class Rooms(Protocol):
    """What documents are made from. `web`'s services have these."""

    @property
    def journal(self) -> Journal: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def pictures(self) -> Pictures: ...
    @property
    def criteria(self) -> Criteria: ...
    async def criteria_of(self, state: State) -> Criteria: ...


class Made(Struct, frozen=True, kw_only=True):
    """A document on disk: its media type and a name to save it under. Whoever asked for it discards it."""

    path: Path
    media: str
    name: str
    folder: Path | None = None
    """Where it was made; a released document has none and stays."""

    def discard(self) -> None:
        """Delete what was made for this one request."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


async def make_report(
    rooms: Rooms,
    audit: str,
    kind: Kind,
    lang: Languages = "zh",
    *,
    house: str = "",
    progress: Progress | None = None,
) -> Made:
    """The report of an audit.

    A released report is served as released: DOCX and PDF of its language byte for byte, anything else printed
    from the frozen tree. Raises `NoSuchAudit`, `WrongHouse`, `bundle.MakingFailed`.
    """
    state = await rooms.journal.state(audit)
    _check_house(rooms, house)
    if house not in ("", state.setup.house) and state.releases:
        raise WrongHouse(f"the report is released as {state.setup.house} prints it")
    report = compile_report(state, await rooms.criteria_of(state), house=house)
    # A released report that was erased is gone: what prints then is compiled from what is left.
    if state.releases and state.releases[-1].tree not in state.erased_blobs:
        return await _released(rooms, audit, state.releases[-1], report, kind, lang, progress)
    return await print_report(rooms, audit, report, kind, lang, progress)


def _check_house(rooms: Rooms, house: str) -> None:
    if house and house not in rooms.criteria.houses:
        raise WrongHouse(f"there is no house {house!r}; there are {', '.join(rooms.criteria.houses)}")


async def _released(
    rooms: Rooms,
    audit: str,
    release: ReleasedBody,
    current: Report,
    kind: Kind,
    lang: Languages,
    progress: Progress | None,
) -> Made:
    stored = {"json": release.tree, "docx": release.docx, "pdf": release.pdf}.get(kind)
    if stored and (kind == "json" or lang == release.pins.get(LANG_PIN, "zh")):
        return Made(path=rooms.blobs.path(stored), media=MEDIA[kind], name=_name(current, kind, lang))
    tree = await asyncio.to_thread(rooms.blobs.path(release.tree).read_bytes)
    report = freeze.with_signatures(freeze.read(tree), current)
    return await print_report(rooms, audit, report, kind, lang, progress)


async def make_paper(
    rooms: Rooms,
    audit: str,
    paper: Paper,
    kind: Kind,
    lang: Languages = "zh",
    *,
    house: str = "",
    progress: Progress | None = None,
) -> Made:
    """The report of an audit, or another paper as it stands now. Raises as `make_report` does."""
    if paper == "report":
        return await make_report(rooms, audit, kind, lang, house=house, progress=progress)
    _check_house(rooms, house)
    state = await rooms.journal.state(audit)
    tree = _COMPILED[paper](state, await rooms.criteria_of(state), house=house)
    return await _print(rooms, audit, tree, kind, lang, progress)


async def print_report(
    rooms: Rooms, audit: str, report: Report, kind: Kind, lang: Languages, progress: Progress | None = None
) -> Made:
    """A tree as a document. The pictures come from the audit's blobs."""
    return await _print(rooms, audit, report, kind, lang, progress)


async def _print(
    rooms: Rooms,
    audit: str,
    tree: Tree,
    kind: Kind,
    lang: Languages,
    progress: Progress | None,
) -> Made:
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="clausewalk-"))
    made = Made(
        path=folder / f"document.{kind}", media=MEDIA[kind], name=_name(tree, kind, lang), folder=folder
    )
    try:
        if kind == "json":
            await asyncio.to_thread(made.path.write_bytes, msgspec.json.encode(tree))
            return made
        paths = await picture_paths(rooms, audit, tree)
        job = Job(
            paper=_paper_of(tree),
            tree=msgspec.Raw(msgspec.json.encode(tree)),
            kind=kind,
            lang=lang,
            pictures={sha: str(path) for sha, path in paths.items()},
            target=str(made.path),
        )
        await bundle.make(job, progress or (lambda done, total: None))
    except BaseException:
        made.discard()
        raise
    return made


def _name(tree: Tree, kind: Kind, lang: Languages) -> str:
    """A file name from the audit's number; anything a file system might refuse becomes a dash."""
    number = "".join(c if c.isalnum() or c in "-_." else "-" for c in tree.header.number) or "audit"
    language = "" if kind == "json" else f"-{lang}"
    return f"{number}-{_paper_of(tree)}{language}.{kind}"


def _paper_of(tree: Tree) -> Paper:
    return next(paper for paper, kind in TREES.items() if type(tree) is kind)


async def picture_paths(rooms: Rooms, audit: str, tree: Tree) -> dict[str, Path]:
    """Where the pictures of a tree are: signatures, and photos as copies of 960 pixels, drawn on.

    What the audit does not hold, or what is no picture, is left out and prints as 无文件.
    """
    listed = tree.pictures if isinstance(tree, Report | Sheets) else []
    photos = {picture.sha256: picture for picture in listed if picture.sha256}
    signed = _signatures(tree)
    absent = await rooms.blobs.missing(audit, [*photos, *signed])
    paths = {
        sha: path
        for sha in signed
        if sha not in absent and await asyncio.to_thread(is_printable, path := rooms.blobs.path(sha))
    }
    for sha, picture in photos.items():
        if sha in absent:
            continue
        try:
            width = PAGE_PIXELS if picture.page else PHOTO_PIXELS
            paths[sha] = await rooms.pictures.derivative(sha, width, picture.layer, picture.corners)
        except (NotAPicture, FileNotFoundError):
            continue
    return paths


def _signatures(tree: Tree) -> list[str]:
    if isinstance(tree, AttendancePaper):
        return [one.picture for person in tree.people for one in person.signed if one and one.picture]
    if isinstance(tree, NonconformityPapers):
        signers = [one for paper in tree.papers for part in paper.parts for one in part.signers]
        return [one.picture for one in signers if one.picture]
    if not isinstance(tree, Report):
        return []
    blocks = [block for element in tree.elements for block in element.blocks]
    return [block.picture for block in blocks if isinstance(block, Signature) and block.picture]
