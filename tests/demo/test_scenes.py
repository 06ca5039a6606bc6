"""The drawn photos: each subject its own scene, the same bytes every time, EXIF as phones write it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from random import Random

import pytest
from PIL import ExifTags, Image, ImageOps

from server.audit.entries import Photo, Text
from server.demo.photos import Camera
from server.demo.scenes import draw
from server.settings import font_dirs

OBSERVATION = "00000000-0000-0000-0000-000000000000"
SUBJECTS = ("equipment", "record", "label", "ppe", "site", "waste", "chemical", "fire")


@pytest.fixture(scope="module")
def camera() -> Camera:
    return Camera(font_dirs())


def photo(subject: str = "label", caption: str = "铭牌") -> Photo:
    taken = datetime(2026, 5, 18, 13, 12, tzinfo=UTC)
    return Photo(
        observation=OBSERVATION, label="PH-001", subject=subject, caption=Text(zh=caption), taken_at=taken
    )


@pytest.mark.parametrize("size", [(400, 300), (300, 400)])
def test_every_subject_has_a_scene_of_its_own(size: tuple[int, int]) -> None:
    drawn = {subject: draw(subject, "", size, Random(1)).tobytes() for subject in SUBJECTS}
    assert len(set(drawn.values())) == len(SUBJECTS)
    assert draw("something else", "", size, Random(1)).size == size
    assert draw("equipment", "压力表26 MPa", size, Random(1)).tobytes() not in drawn.values()


LYING, STANDING = (4000, 3000), (3000, 4000)


@pytest.mark.parametrize(
    ("number", "orientation", "size"), [(0, 1, LYING), (4, 3, LYING), (2, 6, STANDING), (7, 8, STANDING)]
)
def test_a_photo_is_upright_once_its_orientation_is_followed(
    number: int, orientation: int, size: tuple[int, int], camera: Camera
) -> None:
    drawn = camera.take(photo(), number)
    with Image.open(io.BytesIO(drawn.data)) as image:
        exif = image.getexif()
        assert (image.format, image.size) == ("JPEG", (4000, 3000))
        assert exif[ExifTags.Base.Orientation] == orientation
        details = exif.get_ifd(ExifTags.IFD.Exif)
        assert details[ExifTags.Base.DateTimeOriginal] == "2026:05:18 13:12:00"
        assert details[ExifTags.Base.OffsetTimeOriginal] == "+00:00"
        upright = ImageOps.exif_transpose(image)
    assert upright.size == size == (drawn.width, drawn.height)
    foot = upright.crop((0, size[1] - 200, size[0], size[1])).resize((1, 1)).convert("L")
    assert foot.tobytes()[0] < 80, "the caption stands on a dark band at the foot"
    assert 1_500_000 < len(drawn.data) < 4_000_000


def test_the_same_photo_has_the_same_bytes(camera: Camera) -> None:
    again = Camera(font_dirs()).take(photo(), 0)
    assert again.data == camera.take(photo(), 0).data
    assert again.data != camera.take(photo(caption="另一块"), 0).data


def test_without_a_chinese_font_the_number_is_written() -> None:
    assert len(Camera([]).take(photo(), 0).data) > 1_000_000
