"""A photographed document: its pages straightened, in the record and in every paper, its photos whole."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.browser.test_documents import CORNERS, is_red, sheet
from tests.documents.reading import words
from tests.support.upload import upload
from tests.support.world import AUDIT, OBSERVATION, UNKNOWN_AUDIT, World, entry
from tests.web.test_markup import status

TITLE = {"zh": "高压电工证", "en": "High-voltage licence"}


def attached(world: World, *, by: str = "auditor", **changes: Any) -> str:
    """A document of two pages on the auditor's note; the id of its entry."""
    pages = [
        {
            "sha256": upload(world.visitor(by), sheet(colour)),
            "corners": CORNERS,
            "taken_at": "2026-11-18T10:42:00+08:00",
        }
        for colour in ("red", "blue")
    ]
    body = {"title": TITLE, "number": "T3301", "holder": "邱晓芸", "observation": OBSERVATION, "pages": pages}
    made = entry("attached", body | changes, by=by)
    assert status(world.visitor(by).send(made)) == ("stored", "")
    return str(made["id"])


@pytest.mark.parametrize(("width", "longest"), [(1600, 655), (960, 655), (320, 320)])
def test_a_page_is_cut_out_and_straightened(world: World, width: int, longest: int) -> None:
    url = f"/audits/{AUDIT}/attachments/{attached(world)}/pages/1?w={width}"
    page = Image.open(io.BytesIO(world.visitor("leader").get(url).content)).convert("RGB")
    assert abs(max(page.size) - longest) <= longest * 0.02
    quarters = [
        page.getpixel((page.width * x // 4, page.height * y // 4))
        for x, y in ((1, 1), (3, 1), (1, 3), (3, 3))
    ]
    assert [is_red(pixel) for pixel in quarters] == [True, False, False, False]


@pytest.mark.parametrize("page", ["0", "3", "1?w=500"])
def test_there_are_no_other_pages(world: World, page: str) -> None:
    url = f"/audits/{AUDIT}/attachments/{attached(world)}/pages/{page}"
    assert world.visitor("leader").get(url).status_code == 404


def test_the_record_shows_it_even_where_the_note_says_nothing_else(world: World) -> None:
    note = entry("observed", {"stop": "s2"}, by="auditor")
    assert status(world.visitor("auditor").send(note)) == ("stored", "")
    attached(world, observation=note["id"])
    page = world.visitor("leader").get(f"/audits/{AUDIT}/stops/s2").text
    assert "高压电工证" in page
    assert "T3301 · 邱晓芸" in page


@pytest.mark.parametrize("paper", ["report.pdf", "report.docx", "report.html", "sheets.pdf"])
def test_its_pages_are_printed(world: World, tmp_path: Path, paper: str) -> None:
    attached(world)
    file = tmp_path / paper
    file.write_bytes(world.visitor("leader").get(f"/audits/{AUDIT}/{paper}").content)
    printed = words(file)
    assert "高压电工证（第2页，共2页）" in printed
    assert "T3301·邱晓芸" in printed
    if paper == "report.pdf":
        pictures = [image.image for page in PdfReader(file).pages for image in page.images if image.image]
        pages = [picture for picture in pictures if picture.width > 400]
        assert len(pages) == 2
        assert is_red(pages[0].convert("RGB").getpixel((pages[0].width // 4, pages[0].height // 4)))


def test_what_was_photographed_stays_whole(world: World) -> None:
    attached(world)
    sha256 = hashlib.sha256(sheet("red")).hexdigest()
    assert world.visitor("leader").get(f"/audits/{AUDIT}/photos/{sha256}").content == sheet("red")


def test_a_classified_audit_takes_no_photographed_documents(world: World) -> None:
    thing = world.run(world.services.journal.state, AUDIT).configured["visit"]
    visit = dict(thing.current or {}) | {"classified": True}
    body = {"path": "visit", "value": visit, "bases": thing.heads}
    assert status(world.visitor("office").send(entry("configured", body, by="office"))) == ("stored", "")
    document = {"title": TITLE, "observation": OBSERVATION, "pages": [{"sha256": "0" * 64}]}
    sent = world.visitor("auditor").send(entry("attached", document, by="auditor"))
    assert status(sent) == ("held", "classified")


def test_a_document_of_a_note_that_has_not_come_is_held(world: World) -> None:
    early = entry("attached", {"title": TITLE, "observation": UNKNOWN_AUDIT}, by="auditor")
    assert status(world.visitor("auditor").send(early)) == ("held", "unknown_base")


def test_a_page_that_never_came_is_a_gap(world: World) -> None:
    body = {"title": TITLE, "observation": OBSERVATION, "pages": [{"sha256": "0" * 64}]}
    assert status(world.visitor("auditor").send(entry("attached", body, by="auditor"))) == ("stored", "")
    gaps = world.visitor("leader").get(f"/audits/{AUDIT}/gaps").text
    assert "高压电工证：有几页还没有送达" in gaps
