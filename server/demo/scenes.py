"""Flat drawings of what auditors photograph: machines, gauges, record sheets, labels, people, stores.

Every scene fills a canvas of any proportion; a seeded random source varies it, so that no two look the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from random import Random

from PIL import Image

from server.demo.canvas import BLUE, DARK, GREEN, INK, PAPER, RED, SKIN, STEEL, YELLOW, Box, Canvas, shaded


def _room(canvas: Canvas) -> None:
    """A wall, a floor and a yellow line on it."""
    wall = canvas.random.choice([(206, 212, 214), (214, 208, 196), (196, 206, 200), (202, 204, 216)])
    canvas.rect((0, 0, 1000, 660), wall)
    canvas.rect((0, 640, 1000, 662), shaded(wall, 0.8))
    canvas.rect((0, 662, 1000, 1000), (150, 152, 148))
    canvas.shape([(0, 900), (1000, 840), (1000, 872), (0, 936)], YELLOW)


def _gauge(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """A dial with graduations and a needle."""
    canvas.disc(x, y, radius * 1.12, DARK)
    canvas.disc(x, y, radius, (250, 250, 246))
    (cx, cy), r = canvas.at(x, y), canvas.px(radius)
    for step in range(21):
        angle = math.radians(135 + step * 13.5)
        inner = 0.74 if step % 5 == 0 else 0.84
        colour = RED if step > 16 else DARK
        ends = [(cx + math.cos(angle) * r * k, cy + math.sin(angle) * r * k) for k in (inner, 0.92)]
        canvas.draw.line(ends, fill=colour, width=canvas.px(7 if step % 5 == 0 else 4))
    angle = math.radians(135 + canvas.random.randint(60, 200))
    tip = (cx + math.cos(angle) * r * 0.78, cy + math.sin(angle) * r * 0.78)
    canvas.draw.line([(cx, cy), tip], fill=RED, width=canvas.px(10))
    canvas.disc(x, y, radius * 0.09, DARK)


def _screen(canvas: Canvas, box: Box) -> None:
    """A panel with values and a curve."""
    left, top, right, bottom = box
    canvas.rect(box, DARK, radius=14)
    canvas.rect((left + 12, top + 14, right - 12, bottom - 14), (20, 44, 54), radius=8)
    step = (bottom - top) / 8
    for row in range(1, 5):
        y = top + row * step
        canvas.rect((left + 30, y, left + 110, y + step * 0.35), (90, 150, 160))
        canvas.rect((right - 120, y, right - 40, y + step * 0.45), (120, 230, 140))
    width = right - left - 60
    curve = [
        (left + 30 + width * n / 12, bottom - step * (1.2 + canvas.random.random() * 1.4)) for n in range(13)
    ]
    canvas.line(curve, YELLOW, 6)


def equipment(canvas: Canvas) -> None:
    """A machine with a window, a gauge, a panel and signal lamps."""
    _room(canvas)
    body = canvas.random.choice([(86, 128, 120), (92, 116, 152), (150, 154, 150), (70, 110, 92)])
    canvas.rect((120, 220, 800, 820), body, radius=18)
    canvas.rect((120, 220, 800, 300), shaded(body, 0.75), radius=18)
    canvas.rect((180, 350, 480, 640), (188, 214, 224), radius=12, outline=DARK)
    for offset in range(3):
        x = 215 + offset * 85
        canvas.rect((x, 460, x + 52, 620), STEEL, radius=10)
        canvas.rect((x + 8, 430, x + 44, 470), shaded(STEEL, 0.8), radius=8)
    _gauge(canvas, 610, 470, 92)
    _screen(canvas, (540, 610, 770, 790))
    for place, colour in enumerate((RED, YELLOW, GREEN)):
        canvas.disc(210 + place * 70, 260, 20, colour, DARK)
    canvas.rect((160, 820, 240, 880), DARK)
    canvas.rect((680, 820, 760, 880), DARK)
    canvas.line([(800, 400), (900, 400), (900, 180), (1000, 180)], STEEL, 30)


def gauge(canvas: Canvas) -> None:
    """A dial close up, on a pipe."""
    canvas.rect((0, 0, 1000, 1000), canvas.random.choice([(126, 140, 148), (150, 142, 130), (118, 132, 124)]))
    canvas.rect((0, 700, 1000, 820), shaded(STEEL, 1.1))
    canvas.rect((0, 760, 1000, 820), shaded(STEEL, 0.85))
    canvas.rect((455, 560, 545, 720), shaded(STEEL, 0.7))
    _gauge(canvas, 500, 400, 320)
    canvas.rect((430, 520, 570, 570), PAPER, radius=8)


def screen(canvas: Canvas) -> None:
    """An instrument's display close up, with keys."""
    canvas.rect((0, 0, 1000, 1000), (110, 118, 122))
    canvas.rect((90, 90, 910, 900), (222, 222, 214), radius=40)
    _screen(canvas, (150, 150, 850, 640))
    for place in range(6):
        x = 170 + place * 118
        canvas.rect((x, 700, x + 84, 790), canvas.random.choice([GREEN, BLUE, DARK, YELLOW]), radius=14)


def record(canvas: Canvas) -> None:
    """A filled-in form on a desk, with ticks, a signature and a red seal."""
    canvas.rect((0, 0, 1000, 1000), canvas.random.choice([(142, 104, 70), (120, 128, 132), (160, 124, 88)]))
    canvas.shape([(120, 60), (905, 40), (930, 955), (95, 965)], shaded(PAPER, 0.55))
    canvas.shape([(105, 50), (895, 35), (915, 940), (85, 950)], PAPER)
    canvas.rect((330, 85, 670, 115), INK)
    rows, top, height = canvas.random.randint(9, 13), 170, 640
    columns = [150, 240, canvas.random.randint(420, 520), 660, 760, 850]
    for row in range(rows + 1):
        y = top + row * height / rows
        canvas.line([(150, y), (850, y)], INK, 3)
        if row == rows:
            break
        for start, end in pairwise(columns[:-1]):
            filled = start + 14 + (end - start - 28) * (0.4 + canvas.random.random() * 0.6)
            canvas.rect((start + 14, y + 20, filled, y + 30), (96, 102, 118) if row else INK)
        if row and canvas.random.random() < 0.9:
            canvas.line([(785, y + 24), (800, y + 38), (828, y + 10)], BLUE, 6)
    for x in columns:
        canvas.line([(x, top), (x, top + height)], INK, 3)
    signature = [(600 + n * 22, 880 + canvas.random.randint(-26, 26)) for n in range(10)]
    canvas.line(signature, (30, 40, 110), 5)
    canvas.draw.ellipse(canvas.box((640, 780, 840, 930)), outline=RED, width=canvas.px(10))
    _star(canvas, 740, 855, 30)


def _star(canvas: Canvas, x: float, y: float, radius: float) -> None:
    (cx, cy), r = canvas.at(x, y), canvas.px(radius)
    points = []
    for n in range(10):
        angle, length = math.radians(n * 36 - 90), r if n % 2 == 0 else r * 0.4
        points.append((cx + math.cos(angle) * length, cy + math.sin(angle) * length))
    canvas.draw.polygon(points, fill=RED)


def label(canvas: Canvas) -> None:
    """A plate or tag on metal, with lines of text and a code."""
    metal = canvas.random.choice([(166, 172, 176), (92, 120, 112), (180, 168, 142)])
    canvas.rect((0, 0, 1000, 1000), metal)
    for n in range(40):
        y = n * 26 + canvas.random.randint(0, 12)
        canvas.line([(0, y), (1000, y + 8)], shaded(metal, 0.94 + canvas.random.random() * 0.1), 4)
    head = canvas.random.choice([RED, GREEN, BLUE, YELLOW])
    canvas.rect((212, 196, 832, 836), shaded(metal, 0.55), radius=24)
    canvas.rect((200, 180, 820, 820), PAPER, radius=24)
    canvas.rect((200, 180, 820, 300), head, radius=24)
    canvas.rect((420, 222, 640, 258), PAPER)
    canvas.disc(510, 140, 26, DARK)
    for row in range(5):
        y = 350 + row * 62
        canvas.rect((240, y, 350, y + 22), INK)
        canvas.rect((380, y, 480 + canvas.random.randint(20, 120), y + 22), (120, 126, 140))
    _code(canvas, 640, 620)


def _code(canvas: Canvas, x: float, y: float) -> None:
    """Something like a matrix code, twelve by twelve."""
    for column in range(12):
        for row in range(12):
            edge = column in (0, 11) or row in (0, 11)
            if edge or canvas.random.random() < 0.5:
                left, top = x + column * 12, y + row * 13
                canvas.rect((left, top, left + 12, top + 13), DARK)


def ppe(canvas: Canvas) -> None:
    """A worker with helmet, mask, ear muffs and gloves."""
    _room(canvas)
    cloth = canvas.random.choice([(60, 92, 140), (72, 112, 96), (104, 108, 116)])
    canvas.shape([(250, 1000), (300, 640), (420, 560), (580, 560), (700, 640), (750, 1000)], cloth)
    canvas.shape([(455, 580), (545, 580), (530, 1000), (470, 1000)], YELLOW)
    canvas.rect((300, 780, 700, 820), (232, 236, 220))
    canvas.rect((455, 480, 545, 600), shaded(SKIN, 0.9))
    canvas.draw.ellipse(canvas.box((390, 240, 610, 560)), fill=SKIN)
    canvas.draw.pieslice(canvas.box((360, 150, 640, 460)), 180, 360, fill=YELLOW)
    canvas.rect((340, 295, 660, 325), shaded(YELLOW, 0.85), radius=14)
    canvas.rect((395, 350, 605, 400), (64, 84, 96), radius=20)
    canvas.shape([(410, 430), (590, 430), (560, 530), (500, 560), (440, 530)], (238, 242, 244))
    canvas.line([(395, 420), (410, 440)], DARK, 6)
    canvas.line([(605, 420), (590, 440)], DARK, 6)
    canvas.disc(382, 400, 38, RED, DARK)
    canvas.disc(618, 400, 38, RED, DARK)
    for x in (230, 770):
        canvas.disc(x, 800, 70, (214, 120, 44), DARK)


def site(canvas: Canvas) -> None:
    """A workshop hall with windows, aisles and racks."""
    canvas.rect((0, 0, 1000, 1000), (204, 208, 206))
    canvas.shape([(0, 0), (1000, 0), (680, 330), (320, 330)], (226, 228, 226))
    canvas.shape([(320, 330), (680, 330), (680, 600), (320, 600)], (186, 194, 192))
    canvas.shape([(0, 1000), (1000, 1000), (680, 600), (320, 600)], (146, 150, 146))
    for x in (340, 430, 520, 610):
        canvas.rect((x, 370, x + 56, 450), (178, 214, 236), outline=DARK)
    for side in (-1, 1):
        canvas.shape([(500 + side * 120, 600), (500 + side * 132, 600), (500 + side * 330, 1000)], YELLOW)
        for row in range(3):
            near, far = 500 - side * (470 - row * 70), 500 - side * (400 - row * 60)
            top = 300 + row * 70
            box = (min(near, far), top, max(near, far), top + 460 - row * 110)
            canvas.rect(box, canvas.random.choice([BLUE, GREEN, (150, 110, 74), STEEL]), outline=DARK)
            middle = (box[1] + box[3]) / 2
            canvas.line([(box[0], middle), (box[2], middle)], DARK, 5)
    for x in (380, 500, 620):
        canvas.shape([(x - 30, 60), (x + 30, 60), (x + 50, 110), (x - 50, 110)], (250, 246, 210))


def waste(canvas: Canvas) -> None:
    """Closed drums on a tray, with labels and a warning sign."""
    _room(canvas)
    _warning(canvas, 500, 190, 120)
    canvas.rect((70, 800, 930, 880), shaded(YELLOW, 0.9), outline=DARK)
    for place in range(3):
        x, colour = 110 + place * 280, canvas.random.choice([BLUE, (60, 110, 90), (140, 70, 50)])
        canvas.rect((x, 420, x + 220, 820), colour, radius=26)
        for y in (500, 640, 780):
            canvas.rect((x, y, x + 220, y + 14), shaded(colour, 0.75))
        canvas.rect((x + 40, 530, x + 180, 640), PAPER)
        canvas.rect((x + 40, 530, x + 180, 556), shaded(YELLOW, 1.0))
        for row in range(3):
            canvas.rect((x + 54, 568 + row * 22, x + 120 + canvas.random.randint(0, 50), 578 + row * 22), INK)


def _warning(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.shape([(x, y - size), (x + size, y + size * 0.8), (x - size, y + size * 0.8)], DARK)
    inner = size * 0.84
    canvas.shape([(x, y - inner), (x + inner, y + inner * 0.86), (x - inner, y + inner * 0.86)], YELLOW)
    canvas.rect((x - 9, y - size * 0.4, x + 9, y + size * 0.3), DARK)
    canvas.disc(x, y + size * 0.5, 12, DARK)


def chemical(canvas: Canvas) -> None:
    """Bottles and canisters on a shelf with a drip tray, each with its label."""
    canvas.rect((0, 0, 1000, 1000), (210, 212, 204))
    for shelf in (430, 860):
        canvas.rect((40, shelf, 960, shelf + 36), (128, 132, 136))
        canvas.rect((60, shelf - 26, 940, shelf), (216, 160, 48))
        for place in range(4):
            x, colour = 90 + place * 215, canvas.random.choice([BLUE, (232, 236, 236), (160, 88, 46), GREEN])
            top = shelf - canvas.random.randint(230, 310)
            canvas.rect((x, top + 50, x + 160, shelf - 26), colour, radius=24)
            canvas.rect((x + 54, top, x + 106, top + 60), DARK, radius=8)
            canvas.rect((x + 22, top + 110, x + 138, shelf - 60), PAPER)
            middle = top + 150
            canvas.shape(
                [(x + 80, middle - 34), (x + 114, middle), (x + 80, middle + 34), (x + 46, middle)], RED
            )
            canvas.shape(
                [(x + 80, middle - 22), (x + 102, middle), (x + 80, middle + 22), (x + 58, middle)], PAPER
            )


def fire(canvas: Canvas) -> None:
    """An extinguisher on the wall with its sign and check card."""
    _room(canvas)
    canvas.rect((120, 110, 420, 330), RED, radius=12)
    canvas.shape([(270, 140), (320, 250), (270, 310), (220, 250)], PAPER)
    canvas.rect((560, 300, 760, 820), RED, radius=60)
    canvas.rect((600, 480, 720, 660), PAPER)
    canvas.rect((620, 240, 700, 310), DARK, radius=8)
    canvas.line([(700, 260), (820, 300), (840, 560), (800, 640)], DARK, 26)
    _gauge(canvas, 660, 345, 34)
    canvas.line([(560, 380), (470, 420)], DARK, 4)
    canvas.rect((390, 420, 530, 640), PAPER, outline=INK)
    for row in range(8):
        y = 446 + row * 23
        canvas.rect((402, y, 460, y + 8), INK)
        canvas.line([(482, y + 2), (490, y + 10), (510, y - 6)], GREEN, 4)


_SCENES: dict[str, Callable[[Canvas], None]] = {
    "equipment": equipment,
    "record": record,
    "label": label,
    "ppe": ppe,
    "site": site,
    "waste": waste,
    "chemical": chemical,
    "fire": fire,
}
_CLOSE_UPS = (("仪表", gauge), ("压力表", gauge), ("读数0", screen), ("参数屏", screen))


def draw(subject: str, caption: str, size: tuple[int, int], random: Random) -> Image.Image:
    """The scene for a photo's subject; a caption that names a dial or a display gives that close up."""
    image = Image.new("RGB", size)
    canvas = Canvas(image, random)
    close_up = next((scene for words, scene in _CLOSE_UPS if words in caption), None)
    (close_up or _SCENES.get(subject, site))(canvas)
    return image
