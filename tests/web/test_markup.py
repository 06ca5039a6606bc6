"""Mark-up on photos through the front door: who may, what stands, and where it shows."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import Any

import pytest
from PIL import Image

from tests.evidence.test_drawing import contrast, jpeg, striped
from tests.support.html import Html
from tests.support.upload import upload
from tests.support.world import AUDIT, OBSERVATION, World, entry

BLUR = {"kind": "blur", "start": [0.25, 0.25], "end": [0.75, 0.75]}
ARROW = {"kind": "arrow", "start": [0.1, 0.1], "end": [0.2, 0.9]}
INSIDE = (85, 65, 235, 175)
"""Well within the blur on a copy of 320 × 240 pixels."""


def photographed(world: World, by: str = "auditor", observation: str = OBSERVATION) -> tuple[str, str]:
    """A photo with thin stripes, its bytes in the audit; its id and hash."""
    sha256 = upload(world.visitor(by), jpeg(striped()))
    photo = entry("photographed", {"observation": observation, "sha256": sha256}, by=by)
    assert status(world.visitor(by).send(photo)) == ("stored", "")
    return str(photo["id"]), sha256


def status(answer: Any) -> tuple[str, str]:
    [result] = answer.json()["results"]
    return result["status"], result["reason"]


def mark(world: World, photo: str, *shapes: Any, by: str = "auditor", bases: list[str] | None = None) -> str:
    """A layer that is stored; the id of its entry."""
    made = marked(photo, *shapes, by=by, bases=bases)
    assert status(world.visitor(by).send(made)) == ("stored", "")
    return str(made["id"])


def marked(photo: str, *shapes: Any, by: str = "auditor", bases: list[str] | None = None) -> dict[str, Any]:
    return entry("marked-up", {"photo": photo, "shapes": list(shapes), "bases": bases or []}, by=by)


def address(world: World, sha256: str) -> str:
    """Where the page of the observation has the photo from."""
    page = world.visitor("leader").get(f"/audits/{AUDIT}/observations/{OBSERVATION}/view").text
    [found] = re.findall(rf'src="(/audits/{AUDIT}/photos/{sha256}[^"]*)"', page)
    return str(found).replace("&amp;", "&")


def shown(world: World, url: str) -> Image.Image:
    answer = world.visitor("leader").get(url)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content))


def test_where_and_which_way_a_photo_was_taken_stands_at_its_record(world: World) -> None:
    for known in ({"position": [31.234567, 121.4, 12.4], "heading": 44.6}, {"heading": 0}, {}):
        photo = entry("photographed", {"observation": OBSERVATION} | known, by="auditor")
        assert status(world.visitor("auditor").send(photo)) == ("stored", "")
    page = Html(world.visitor("leader").get(f"/audits/{AUDIT}/observations/{OBSERVATION}/view").text)
    assert "照片 1 拍摄位置31.23457, 121.40000 ±12 m · 45°照片 2 拍摄位置0°" in page.words
    assert "照片 3" not in page.words


def test_a_blur_is_on_every_page_at_an_address_of_its_own(world: World) -> None:
    photo, sha256 = photographed(world)
    bare = address(world, sha256)
    assert contrast(shown(world, bare), INSIDE) > 120
    mark(world, photo, BLUR, ARROW)
    assert address(world, sha256) != bare
    assert contrast(shown(world, address(world, sha256)), INSIDE) < 40
    assert contrast(shown(world, bare), INSIDE) < 40, "the old address shows it blurred as well"


def test_a_blur_is_in_the_printed_report(world: World) -> None:
    photo, _ = photographed(world)
    mark(world, photo, BLUR)
    html = world.visitor("leader").get(f"/audits/{AUDIT}/report.html").text
    [picture] = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", html)
    printed = Image.open(io.BytesIO(base64.b64decode(picture)))
    wide, high = printed.size
    assert contrast(printed, (wide // 4 + 5, high // 4 + 5, wide * 3 // 4 - 5, high * 3 // 4 - 5)) < 40


def test_a_new_layer_takes_the_place_of_the_one_it_names(world: World) -> None:
    photo, sha256 = photographed(world)
    first = mark(world, photo, BLUR)
    mark(world, photo, bases=[first])
    assert contrast(shown(world, address(world, sha256)), INSIDE) > 120


def test_of_two_layers_that_know_nothing_of_each_other_both_stand(world: World) -> None:
    photo, sha256 = photographed(world)
    mark(world, photo, BLUR)
    mark(world, photo, ARROW, by="leader")
    assert contrast(shown(world, address(world, sha256)), INSIDE) < 40


def test_the_photo_as_received_stays_for_those_who_read_the_audit(world: World) -> None:
    photo, sha256 = photographed(world)
    mark(world, photo, BLUR)
    answer = world.visitor("observer").get(f"/audits/{AUDIT}/photos/{sha256}")
    assert hashlib.sha256(answer.content).hexdigest() == sha256


@pytest.mark.parametrize(
    ("of", "by", "expected"),
    [
        ("auditor", "leader", ("stored", "")),
        ("leader", "auditor", ("refused", "not_yours")),
        ("auditor", "observer", ("refused", "not_allowed")),
        ("auditor", "former", ("held", "not_in_team")),
    ],
)
def test_a_photo_is_marked_up_by_its_author_or_the_leader(
    world: World, of: str, by: str, expected: tuple[str, str]
) -> None:
    photo, _ = photographed(world, by=of)
    assert status(world.visitor(by).send(marked(photo, ARROW, by=by))) == expected


def test_a_layer_that_comes_before_its_photo_is_held(world: World) -> None:
    early = marked("0190f111-0000-7000-8000-00000000dddd", ARROW)
    assert status(world.visitor("auditor").send(early)) == ("held", "unknown_base")
    assert status(world.visitor("auditor").send(marked(OBSERVATION, ARROW))) == ("refused", "bad_value")


@pytest.mark.parametrize(
    "shape",
    [
        {**ARROW, "end": [0.2, 1.01]},
        {**ARROW, "start": [-0.1, 0]},
        {**ARROW, "kind": "text"},
        {"kind": "blur", "start": [0, 0]},
    ],
)
def test_what_could_not_be_drawn_is_refused(world: World, shape: Any) -> None:
    photo, _ = photographed(world)
    assert status(world.visitor("auditor").send(marked(photo, shape))) == ("refused", "malformed")
