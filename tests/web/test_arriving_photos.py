"""Entries come before the bytes of their photos: no page calls these delivered, or shows a broken picture."""

from __future__ import annotations

import hashlib

import pytest

from tests.evidence.test_drawing import jpeg, striped
from tests.support.html import Html
from tests.support.upload import upload
from tests.support.world import AUDIT, OBSERVATION, World, entry

PAGES = (
    "/stops/s2",
    "/stops/s2/live",
    f"/observations/{OBSERVATION}/view",
    f"/observations/{OBSERVATION}",
    f"/findings/new?observation={OBSERVATION}",
)


def sources(page: str) -> str:
    """What the page's pictures are loaded from."""
    return " ".join(picture.attributes["src"] for picture in Html(page).all("img"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_a_photo_once_its_bytes_are_here(world: World, page: str) -> None:
    data = jpeg(striped())
    sha256 = hashlib.sha256(data).hexdigest()
    author = world.visitor("auditor")
    photo = entry("photographed", {"observation": OBSERVATION, "sha256": sha256}, by="auditor")
    author.send(photo)
    before = author.get(f"/audits/{AUDIT}{page}")
    figure = Html(before.text).one("figure", data_photo=str(photo["id"]))
    assert "data-arriving" in figure.attributes
    assert "还没送到" in figure.text
    assert "已送达" not in figure.text
    assert sha256 not in sources(before.text)
    upload(author, data)
    after = author.get(f"/audits/{AUDIT}{page}", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200, "it is another page now"
    figure = Html(after.text).one("figure", data_photo=str(photo["id"]))
    assert "data-arriving" not in figure.attributes
    assert "已送达" in figure.text
    assert sha256 in sources(after.text)


def test_pages_hear_that_photos_have_come(world: World) -> None:
    author = world.visitor("auditor")
    before = author.get(f"/audits/{AUDIT}/head").json()
    upload(author, jpeg(striped()))
    after = author.get(f"/audits/{AUDIT}/head").json()
    assert after == before | {"arrived": before["arrived"] + 1}
