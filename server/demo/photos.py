"""Photos as a phone takes them: 12 megapixels, EXIF orientation and time, sensor noise; with a caption."""

from __future__ import annotations

import io
import unicodedata
from datetime import datetime
from pathlib import Path
from random import Random

from msgspec import Struct
from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFont

from server.audit.entries import Photo
from server.demo.scenes import draw

WIDTH, HEIGHT = 4000, 3000
_DRAWN_AT = 2
"""Scenes are drawn at half the size: they have no finer detail, and it is four times faster."""

_NOISE_SEED = 20260518
_QUALITY = 86
_TURNS = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""EXIF orientation → how the upright picture lies in the file."""

_ORIENTATIONS = (1, 1, 6, 1, 3, 6, 1, 8)


class Drawn(Struct, frozen=True, kw_only=True):
    """A drawn photo: JPEG bytes and its size as seen upright."""

    data: bytes
    width: int
    height: int


class Camera:
    """Takes the demonstration's photos. The same photo always has the same bytes."""

    def __init__(self, font_dirs: list[Path]) -> None:
        self._font = next((font for folder in font_dirs for font in sorted(folder.glob("*.tt[cf]"))), None)
        coarse = Image.frombytes(
            "L", (WIDTH // 2, HEIGHT // 2), Random(_NOISE_SEED).randbytes(WIDTH * HEIGHT // 4)
        )
        soft = coarse.point([round(128 + (value - 128) * 0.11) for value in range(256)])
        self._noise = soft.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)

    def take(self, photo: Photo, number: int) -> Drawn:
        """The picture of a photo of the sample. `number` (0, 1, 2 …) varies how the phone was held."""
        orientation = _ORIENTATIONS[number % len(_ORIENTATIONS)]
        upright_size = (WIDTH, HEIGHT) if orientation in (1, 3) else (HEIGHT, WIDTH)
        random = Random(f"{photo.label}|{photo.caption.zh}")
        small = (upright_size[0] // _DRAWN_AT, upright_size[1] // _DRAWN_AT)
        scene = draw(photo.subject, photo.caption.zh, small, random)
        upright = scene.resize(upright_size, Image.Resampling.NEAREST)
        self._write_caption(upright, photo)
        turn = _TURNS[orientation]
        stored = upright.transpose(turn) if turn is not None else upright
        data = _jpeg(self._with_noise(stored, random), _exif(photo.taken_at, orientation))
        return Drawn(data=data, width=upright_size[0], height=upright_size[1])

    def _with_noise(self, image: Image.Image, random: Random) -> Image.Image:
        shifted = ImageChops.offset(self._noise, random.randrange(WIDTH), random.randrange(HEIGHT))
        return ImageChops.add(image, Image.merge("RGB", (shifted,) * 3), scale=1, offset=-128)

    def _write_caption(self, image: Image.Image, photo: Photo) -> None:
        """Number and caption on a dark band; without a Chinese font the number alone."""
        width, height = image.size
        band = 260
        ImageDraw.Draw(image).rectangle((0, height - band, width, height), fill=(18, 22, 26))
        pen = ImageDraw.Draw(image)
        if self._font is None:
            pen.text((80, height - 190), photo.label, fill="white", font=ImageFont.load_default(120))
            return
        # The font has no superscripts: 10⁻³ is written 10−3.
        words = unicodedata.normalize("NFKC", f"{photo.label}  {photo.caption.zh}")
        size = min(120, int((width - 160) / max(1.0, _width_in_ems(words))))
        font = ImageFont.truetype(str(self._font), size)
        pen.text((80, height - band / 2), words, fill="white", font=font, anchor="lm")


def _width_in_ems(words: str) -> float:
    """About how wide a line is: Chinese characters are one em, others little more than half."""
    return sum(1.0 if ord(character) > 0x2E7F else 0.62 for character in words)


def _exif(taken_at: datetime | None, orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Clausewalk"
    exif[ExifTags.Base.Model] = "demonstration"
    if taken_at is not None:
        taken = exif.get_ifd(ExifTags.IFD.Exif)
        taken[ExifTags.Base.DateTimeOriginal] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
        offset = taken_at.strftime("%z")
        taken[ExifTags.Base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:5]}"
    return exif


def _jpeg(image: Image.Image, exif: Image.Exif) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY, exif=exif)
    return buffer.getvalue()
