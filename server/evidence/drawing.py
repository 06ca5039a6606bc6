"""What is made of a copy of a photo: shapes drawn on it, or the page cut out of it and straightened."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from server.audit.entries import Corners, Point, Shape

CELLS = 6
"""A blurred part keeps this many colours along its longer side: too few for a face or a digit."""
_FINER = 2
"""Lines are drawn this many times larger and shrunk, which smooths them."""
_INK, _EDGE = (224, 49, 22, 255), (255, 255, 255, 255)
_THICKNESS = 1 / 110
"""Of a line, as a share of the longer side."""

_Pixels = tuple[float, float]


def draw(picture: Image.Image, shapes: Sequence[Shape]) -> Image.Image:
    """The picture (RGB, upright) with the shapes on it, blurs first, so that none covers an arrow."""
    drawn = picture.copy()
    for shape in shapes:
        if shape.kind == "blur":
            _blur(drawn, shape)
    lines = [shape for shape in shapes if shape.kind != "blur"]
    if lines:
        size = drawn.width * _FINER, drawn.height * _FINER
        layer = Image.new("RGBA", size)
        pen = ImageDraw.Draw(layer)
        width = max(2.0, max(size) * _THICKNESS)
        for shape in lines:
            for ink, stroke in ((_EDGE, width * 2), (_INK, width)):
                _line(pen, shape, size, ink, stroke)
        layer = layer.resize(drawn.size, Image.Resampling.BOX)
        drawn.paste(layer, mask=layer.getchannel("A"))
    return drawn


def straighten(picture: Image.Image, corners: Corners) -> Image.Image:
    """The page between four corners as if seen from straight above; all of the picture if they span none."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (_at(corner, picture.size) for corner in corners)
    width = round(max(math.dist((x0, y0), (x1, y1)), math.dist((x3, y3), (x2, y2))))
    height = round(max(math.dist((x0, y0), (x3, y3)), math.dist((x1, y1), (x2, y2))))
    # Where each place of the unit square lies in the picture: Paul Heckbert, "Fundamentals of Texture Mapping
    # and Image Warping" (1989), 2.2.3.
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    spanned = dx1 * dy2 - dx2 * dy1
    if abs(spanned) < 1 or not width or not height:
        return picture
    g, h = (sx * dy2 - dx2 * sy) / spanned, (dx1 * sy - sx * dy1) / spanned
    across = (x1 - x0 + g * x1, y1 - y0 + g * y1, g)
    down = (x3 - x0 + h * x3, y3 - y0 + h * y3, h)
    places = (
        *(across[0] / width, down[0] / height, x0),
        *(across[1] / width, down[1] / height, y0),
        *(across[2] / width, down[2] / height),
    )
    size, sampling = (width, height), Image.Resampling.BICUBIC
    return picture.transform(size, Image.Transform.PERSPECTIVE, places, sampling, fillcolor="white")


def _blur(picture: Image.Image, shape: Shape) -> None:
    """Average what lies between the corners into a few cells: nothing finer is left to be restored."""
    (x0, y0), (x1, y1) = _corners(shape, picture.size)
    left, top = max(0, math.floor(x0)), max(0, math.floor(y0))
    right, bottom = min(picture.width, math.ceil(x1)), min(picture.height, math.ceil(y1))
    if right <= left or bottom <= top:
        return
    part = picture.crop((left, top, right, bottom))
    longer = max(part.size)
    cells = (max(1, round(CELLS * part.width / longer)), max(1, round(CELLS * part.height / longer)))
    few = part.resize(cells, Image.Resampling.BOX)
    picture.paste(few.resize(part.size, Image.Resampling.BILINEAR), (left, top))


def _line(
    pen: ImageDraw.ImageDraw, shape: Shape, size: tuple[int, int], ink: tuple[int, ...], stroke: float
) -> None:
    if shape.kind == "circle":
        (x0, y0), (x1, y1) = _corners(shape, size)
        grown = stroke / 2
        pen.ellipse((x0 - grown, y0 - grown, x1 + grown, y1 + grown), outline=ink, width=round(stroke))
        return
    start, tip = _at(shape.start, size), _at(shape.end, size)
    length = math.dist(start, tip)
    if not length:
        return
    along = ((tip[0] - start[0]) / length, (tip[1] - start[1]) / length)
    head = max(size) * _THICKNESS * 5
    _stroke(pen, start, tip, ink, stroke)
    for turn in (2.6, -2.6):  # radians from the arrow's own direction: 150 degrees
        side = (
            tip[0] + head * (along[0] * math.cos(turn) - along[1] * math.sin(turn)),
            tip[1] + head * (along[0] * math.sin(turn) + along[1] * math.cos(turn)),
        )
        _stroke(pen, tip, side, ink, stroke)


def _stroke(
    pen: ImageDraw.ImageDraw, start: _Pixels, end: _Pixels, ink: tuple[int, ...], stroke: float
) -> None:
    pen.line((start, end), fill=ink, width=round(stroke))
    for x, y in (start, end):
        pen.ellipse((x - stroke / 2, y - stroke / 2, x + stroke / 2, y + stroke / 2), fill=ink)


def _at(point: Point, size: tuple[int, int]) -> _Pixels:
    return point[0] * size[0], point[1] * size[1]


def _corners(shape: Shape, size: tuple[int, int]) -> tuple[_Pixels, _Pixels]:
    """Top left and bottom right, whichever way the finger went."""
    one, other = _at(shape.start, size), _at(shape.end, size)
    return (min(one[0], other[0]), min(one[1], other[1])), (max(one[0], other[0]), max(one[1], other[1]))
