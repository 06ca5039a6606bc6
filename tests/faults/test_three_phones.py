"""Three phones on one audit, each on a bad network of its own: every note and every photo arrives once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.support.pictures import camera_jpeg
from tests.faults.scene import STORES, Scene
from tests.support.proxy import Fault, drop, half, lose_answer, portal_page, refuse

pytestmark = pytest.mark.browser
ENTRIES, CHUNK = r"POST .*/entries", r"PATCH .*/uploads/"
NETWORKS: list[list[tuple[str, Fault]]] = [
    [(ENTRIES, lose_answer), (CHUNK, half)],
    [(ENTRIES, drop), (CHUNK, lose_answer)],
    [(ENTRIES, portal_page), (ENTRIES, refuse(500)), (CHUNK, refuse(409))],
]
"""What each phone meets on its way."""


def test_three_phones_on_one_audit(three: list[Scene], tmp_path: Path) -> None:
    for phone, network in zip(three, NETWORKS, strict=True):
        phone.begin()
        for pattern, fault in network:
            phone.meet(pattern, fault)
    texts = []
    for round_ in range(2):
        for number, phone in enumerate(three):
            if round_:
                phone.begin()
            texts.append(f"第 {number + 1} 部手机，第 {round_ + 1} 条")
            phone.record(texts[-1], picture(tmp_path, len(texts)))
    for phone in three:
        phone.all_met()
    for phone in three:
        phone.delivered()
        assert phone.left() == dict.fromkeys(STORES, 0)
    notes = three[0].came_in(*texts, photos=len(texts))
    assert len({note["by"] for note in notes}) == 2


def picture(folder: Path, number: int) -> Path:
    """A photo unlike the others."""
    file = folder / f"IMG_{number:04}.jpg"
    file.write_bytes(camera_jpeg(640 + 16 * number, 480))
    return file
