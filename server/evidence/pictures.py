"""Smaller, upright copies of photos. What Pillow can't read is never shown as a picture."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from PIL import ExifTags, Image, UnidentifiedImageError

from server.audit.entries import Corners, Shape
from server.audit.markup import copy_name
from server.evidence.blobs import Blobs
from server.evidence.drawing import draw, straighten

try:
    from pillow_heif import register_heif_opener
except ImportError:
    _HEIF: tuple[str, ...] = ()
else:
    register_heif_opener()
    _HEIF = ("HEIF",)

Width = Literal[1600, 960, 320]
WIDTHS: tuple[Width, ...] = get_args(Width)

MEDIA = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
"""By what Pillow calls a format; `MPO` is a JPEG behind which a phone keeps depths or brightness."""
FORMATS = ("JPEG", "PNG", "WEBP", *_HEIF)
"""Nothing else is even tried: every decoder more is one more that strangers' bytes reach."""

MAX_PIXELS = {"JPEG": 120_000_000, "MPO": 120_000_000}
"""108-megapixel phones make JPEG, which is decoded at a reduced size."""
MAX_PIXELS_OTHERS = 50_000_000
QUALITY = 82
_MANY = 1_000

# Pillow's own limit, for whatever is opened here; ours are checked right after opening, before any decoding.
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())

_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by the orientation its camera noted (EXIF 2.32, 4.6.4)."""
_OF_THE_BYTES = (None, errno.EINVAL)
"""`errno` of an `OSError` that the bytes are to blame for: none, or a seek to before the beginning."""

Reason = Literal["not_a_picture", "too_many_pixels", "broken_picture"]


class NotAPicture(ValueError):
    """The bytes can't be shown as a picture; `reason` is a stable code."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class Pictures:
    """JPEG copies that fit into 1,600, 960 and 320 pixels, made once and kept on disk."""

    def __init__(self, blobs: Blobs, folder: Path, *, at_once: int = 2) -> None:
        self._blobs = blobs
        self._folder = folder
        self._slots = asyncio.Semaphore(at_once)
        self._making: dict[str, asyncio.Task[None]] = {}
        self._refused: dict[str, NotAPicture] = {}

    async def derivative(
        self, sha256: str, width: Width, layer: Sequence[Shape] = (), corners: Corners | None = None
    ) -> Path:
        """The copy whose longer side has at most `width` pixels, made now if it is not there yet.

        `layer` is what is drawn on it; or `corners` are those of a page that is cut out and straightened.
        Raises `NotAPicture`, or `FileNotFoundError` where the blob itself is not there.
        """
        path = self._path(sha256, width)
        if not await asyncio.to_thread(path.is_file):
            await self.prepare(sha256)
        if not layer and corners is None:
            return path
        # A page is cut out of the largest copy: of the one asked for, only a part would be left.
        plain = path if corners is None else self._path(sha256, WIDTHS[0])
        made = path.with_stem(f"{sha256}-{copy_name(layer, corners)}")
        if not await asyncio.to_thread(made.is_file):
            async with self._slots:
                await asyncio.to_thread(_make_over, plain, made, width, layer, corners)
        return made

    async def prepare(self, sha256: str) -> None:
        """Make all copies of a photo. Several callers wait for the same work."""
        if sha256 in self._refused:
            raise self._refused[sha256]
        task = self._making.get(sha256)
        if task is None:
            task = asyncio.create_task(self._make(sha256), name=f"pictures of {sha256[:8]}")
            self._making[sha256] = task
            task.add_done_callback(lambda _: self._making.pop(sha256, None))
        await asyncio.shield(task)

    def prepare_soon(self, sha256: str) -> None:
        """Begin to make the copies without waiting; what goes wrong is told to whoever asks for one."""
        if sha256 not in self._making and sha256 not in self._refused:
            task = asyncio.create_task(self._make(sha256), name=f"pictures of {sha256[:8]}")
            self._making[sha256] = task
            task.add_done_callback(lambda done: self._forget(sha256, done))

    def discard(self, sha256: str) -> None:
        """Remove all copies of a photo whose bytes were dropped. Blocks."""
        for width in WIDTHS:
            plain = self._path(sha256, width)
            for copy in (plain, *plain.parent.glob(f"{sha256}-*.jpg")):
                copy.unlink(missing_ok=True)

    def clear(self) -> int:
        """Remove every copy, so that each is made again when it is asked for; returns how many. Blocks."""
        copies = [path for path in self._folder.rglob("*") if path.is_file()]
        for path in copies:
            path.unlink(missing_ok=True)
        return len(copies)

    def _forget(self, sha256: str, done: asyncio.Task[None]) -> None:
        self._making.pop(sha256, None)
        if not done.cancelled():
            done.exception()  # seen: the copy is missing and made again on demand

    async def _make(self, sha256: str) -> None:
        targets = {width: self._path(sha256, width) for width in WIDTHS}
        async with self._slots:
            try:
                await asyncio.to_thread(make_copies, self._blobs.path(sha256), targets)
            except NotAPicture as error:
                if len(self._refused) >= _MANY:
                    self._refused.clear()
                self._refused[sha256] = error
                raise

    def _path(self, sha256: str, width: Width) -> Path:
        self._blobs.path(sha256)  # a name that is no hash raises
        return self._folder / str(width) / sha256[:2] / f"{sha256}.jpg"


def media_of(path: Path) -> str:
    """The media type of a picture, by its header alone; `NotAPicture` if it is none or too large."""
    with _opened(path) as image:
        return MEDIA[image.format or ""]


def upright(source: Path | BinaryIO, longest: int) -> Image.Image:
    """A picture in RGB whose longer side has at most `longest` pixels. Blocks. Raises `NotAPicture`."""
    with _opened(source) as image:
        return _sound(image, longest)


def is_printable(path: Path) -> bool:
    """Whether a picture can be printed as it is: PNG or JPEG, and sound to its last pixel. Blocks."""
    try:
        with _opened(path) as image, _judging():
            image.load()
            return image.format in ("PNG", "JPEG")
    except (OSError, NotAPicture):
        return False


def make_copies(path: Path, targets: dict[Width, Path]) -> None:
    """Decode once, at the least size that serves, and write every copy; raises `NotAPicture`."""
    with _opened(path) as image:
        picture = _sound(image, max(targets))
        profile = image.info.get("icc_profile") if image.mode in ("RGB", "L") else None
        for width in sorted(targets, reverse=True):
            picture = _fit(picture, width)
            _save(picture, targets[width], profile)


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[Image.Image]:
    """A picture whose header is read, not its pixels. Raises `NotAPicture`, or as opening the file does."""
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
        with _judging():
            opened = Image.open(file, formats=FORMATS)
        with opened as image:
            if image.width * image.height > MAX_PIXELS.get(image.format or "", MAX_PIXELS_OTHERS):
                raise NotAPicture("too_many_pixels", f"{image.width} x {image.height}")
            yield image


@contextmanager
def _judging() -> Iterator[None]:
    """Whatever a parser raises says that the bytes are broken; errors of the disk stay what they are."""
    try:
        yield
    except MemoryError:
        raise
    except UnidentifiedImageError as error:
        raise NotAPicture("not_a_picture") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPicture("too_many_pixels", str(error)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in _OF_THE_BYTES:
            raise
        raise NotAPicture("broken_picture", str(error)) from error


def _sound(image: Image.Image, longest: int) -> Image.Image:
    with _judging():
        return _decoded(image, longest)


def _decoded(image: Image.Image, width: int) -> Image.Image:
    """The pixels, upright, in RGB; a JPEG is decoded at half, a quarter or an eighth where that is enough."""
    image.draft("RGB", _size_within(image.size, width))
    image.load()
    picture = _fit(image, width)
    if turn := _turn_of(image):
        picture = picture.transpose(turn)
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    return picture.convert("RGB")


def _turn_of(image: Image.Image) -> Image.Transpose | None:
    """How the picture becomes upright; None where it is, or where what its camera noted can't be read."""
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except MemoryError:
        raise
    except Exception:  # a photo is evidence whatever became of the notes beside its pixels
        return None


def _size_within(size: tuple[int, int], width: int) -> tuple[int, int]:
    scale = min(1.0, width / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _fit(image: Image.Image, width: int) -> Image.Image:
    size = _size_within(image.size, width)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _make_over(
    plain: Path, made: Path, width: Width, layer: Sequence[Shape], corners: Corners | None
) -> None:
    with Image.open(plain, formats=("JPEG",)) as opened:
        profile = opened.info.get("icc_profile")
        picture = opened.convert("RGB")
    if corners is not None:
        picture = _fit(straighten(picture, corners), width)
    _save(draw(picture, layer), made, profile)


def _save(picture: Image.Image, target: Path, profile: bytes | None) -> None:
    """Write beside the place and rename: nobody ever reads half a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    picture.save(part, "JPEG", quality=QUALITY, icc_profile=profile)
    part.replace(target)
