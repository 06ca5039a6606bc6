"""A canvas measured in thousandths, so that one drawing fits every proportion; the colours of the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

STEEL: Colour = (138, 148, 158)
DARK: Colour = (52, 58, 66)
PAPER: Colour = (246, 244, 236)
INK: Colour = (60, 66, 84)
RED: Colour = (196, 48, 40)
GREEN: Colour = (38, 138, 84)
YELLOW: Colour = (238, 190, 42)
BLUE: Colour = (44, 98, 168)
SKIN: Colour = (222, 178, 146)


@dataclass
class Canvas:
    """A drawing whose places are given in thousandths of its width and height."""

    image: Image.Image
    random: Random

    def __post_init__(self) -> None:
        self.draw = ImageDraw.Draw(self.image)
        self.w, self.h = self.image.size

    def at(self, x: float, y: float) -> tuple[float, float]:
        return x * self.w / 1000, y * self.h / 1000

    def box(self, box: Box) -> Box:
        return (*self.at(box[0], box[1]), *self.at(box[2], box[3]))

    def px(self, thousandths: float) -> int:
        """A length in thousandths of the shorter side."""
        return max(1, round(thousandths * min(self.w, self.h) / 1000))

    def rect(self, box: Box, fill: Colour, *, radius: float = 0, outline: Colour | None = None) -> None:
        self.draw.rounded_rectangle(
            self.box(box), self.px(radius) if radius else 0, fill=fill, outline=outline, width=self.px(6)
        )

    def disc(self, x: float, y: float, radius: float, fill: Colour, outline: Colour | None = None) -> None:
        (cx, cy), r = self.at(x, y), self.px(radius)
        self.draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=fill, outline=outline, width=self.px(8))

    def line(self, points: Sequence[tuple[float, float]], fill: Colour, width: float = 6) -> None:
        self.draw.line([self.at(*point) for point in points], fill=fill, width=self.px(width), joint="curve")

    def shape(self, points: list[tuple[float, float]], fill: Colour) -> None:
        self.draw.polygon([self.at(*point) for point in points], fill=fill)


def shaded(colour: Colour, by: float) -> Colour:
    """A colour made lighter (by > 1) or darker."""
    red, green, blue = (max(0, min(255, round(part * by))) for part in colour)
    return red, green, blue
