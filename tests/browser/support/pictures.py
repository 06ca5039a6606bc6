"""Pictures: as cameras make them, and as pages show them."""

import io
import random

from PIL import Image
from playwright.sync_api import Locator

_ORIENTATION, _DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL, _EXIF = 0x0112, 0x9003, 0x9011, 0x8769


def camera_jpeg(
    width: int = 4032,
    height: int = 3024,
    *,
    orientation: int = 1,
    taken: str = "",
    offset: str = "",
    seed: int = 7,
) -> bytes:
    """A JPEG that does not compress away, red at the sensor's top left and blue at its bottom right."""
    grain = (width // 3, height // 3)
    noise = Image.frombytes("L", grain, random.Random(seed).randbytes(grain[0] * grain[1]))
    picture = Image.merge("RGB", [noise] * 3).resize((width, height))
    picture.paste((220, 20, 20), (0, 0, width // 4, height // 4))
    picture.paste((20, 20, 220), (width - width // 4, height - height // 4, width, height))
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    if taken:
        exif.get_ifd(_EXIF)[_DATE_TIME_ORIGINAL] = taken
        if offset:
            exif.get_ifd(_EXIF)[_OFFSET_TIME_ORIGINAL] = offset
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def drawn(picture: Locator) -> bool:
    """Whether the browser has the picture's bytes and could read them; in sight, where it loads them."""
    # In one step: the row is made anew when a photo arrives.
    size: int = picture.evaluate(
        "(picture) => { picture.scrollIntoView(); return picture.complete && picture.naturalWidth; }"
    )
    return size > 0
