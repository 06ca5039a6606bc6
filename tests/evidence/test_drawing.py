"""What is drawn on a photo: on its copies, never on its bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, Literal

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from server.audit.entries import Shape
from server.audit.markup import layer_name
from server.evidence import Evidence
from server.evidence.drawing import draw
from tests.evidence.conftest import DRAWN

BLURRED = "audit-blurred"
LAYER = layer_name(DRAWN[BLURRED])
shares = st.floats(0, 1)
points = st.tuples(shares, shares)


def striped(size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Thin black and white stripes, as lines of a text are."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for x in range(0, size[0], 8):
        pen.rectangle((x, 0, x + 3, size[1]), fill="black")
    return picture


def contrast(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """The largest step between the darkest and the lightest pixel of a part."""
    extrema: Any = picture.convert("L").crop(box).getextrema()
    return int(extrema[1] - extrema[0])


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.mark.parametrize("width", [1600, 960, 320])
async def test_every_copy_is_blurred_and_the_photo_itself_is_not(
    client: AsyncClient, evidence: Evidence, width: int
) -> None:
    data = jpeg(striped())
    sha256 = await evidence.blobs.put(BLURRED, data, media="image/jpeg")
    answer = await client.get(f"/audits/{BLURRED}/photos/{sha256}?w={width}&layer={LAYER}")
    copy = Image.open(io.BytesIO(answer.content))
    wide, high = copy.size
    inside = (wide // 4 + 4, high // 4 + 4, wide * 3 // 4 - 4, high * 3 // 4 - 4)
    assert contrast(copy, inside) < 40
    assert contrast(copy, (0, 0, wide // 5, high)) > 120
    assert "immutable" in answer.headers["Cache-Control"]
    assert (await client.get(f"/audits/{BLURRED}/photos/{sha256}")).content == data


@pytest.mark.parametrize("layer", ["", "&layer=0123456789abcdef"])
async def test_a_page_that_knows_another_layer_gets_the_blur_all_the_same(
    client: AsyncClient, evidence: Evidence, layer: str
) -> None:
    sha256 = await evidence.blobs.put(BLURRED, jpeg(striped()), media="image/jpeg")
    right = await client.get(f"/audits/{BLURRED}/photos/{sha256}?w=320&layer={LAYER}")
    other = await client.get(f"/audits/{BLURRED}/photos/{sha256}?w=320{layer}")
    assert other.content == right.content
    assert "no-cache" in other.headers["Cache-Control"]


async def test_what_is_dropped_takes_its_drawn_copies_along(evidence: Evidence) -> None:
    sha256 = await evidence.blobs.put(BLURRED, jpeg(striped()), media="image/jpeg")
    copies = [await evidence.pictures.derivative(sha256, 320, layer) for layer in ((), tuple(DRAWN[BLURRED]))]
    assert len(set(copies)) == 2
    evidence.pictures.discard(sha256)
    assert not any(copy.exists() for copy in copies)


@pytest.mark.parametrize(
    ("kind", "on", "off"),
    [
        ("arrow", [(400, 300), (200, 150), (600, 450)], [(400, 150), (400, 450)]),
        ("circle", [(200, 300), (600, 300), (400, 150), (400, 450)], [(400, 300), (210, 160)]),
    ],
)
def test_lines_go_where_they_were_drawn(
    kind: Literal["arrow", "circle"], on: Iterable[tuple[int, int]], off: Iterable[tuple[int, int]]
) -> None:
    plain = Image.new("RGB", (800, 600), "navy")
    drawn = draw(plain, [Shape(kind=kind, start=(0.25, 0.25), end=(0.75, 0.75))])
    assert all(reddish(drawn.getpixel(place)) for place in on)
    assert all(drawn.getpixel(place) == plain.getpixel(place) for place in off)


def reddish(pixel: Any) -> bool:
    return bool(pixel[0] > 180 and pixel[1] < 120 and pixel[2] < 120)


@given(
    st.lists(st.builds(Shape, kind=st.sampled_from(["arrow", "circle", "blur"]), start=points, end=points)),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
)
def test_any_shape_can_be_drawn_on_any_picture(shapes: list[Shape], size: tuple[int, int]) -> None:
    plain = Image.new("RGB", size, "navy")
    before = plain.copy()
    assert draw(plain, shapes).size == size
    assert ImageChops.difference(plain, before).getbbox() is None
