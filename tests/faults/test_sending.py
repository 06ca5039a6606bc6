"""Faults of the network and the server while a phone sends, in both engines: each item arrives exactly once.

docs/offline.md says of each what happens and what the auditor sees.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.support.phone import until
from tests.faults.scene import TEXT, Delivery
from tests.faults.troubles import BROKEN, CHUNK, ENTRIES, KILLS
from tests.support.proxy import hang

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("case", BROKEN)
def test_the_network_or_the_server_fails(either_scene: Delivery, photo: Path, case: str) -> None:
    pattern, faults = BROKEN[case]
    either_scene.begin()
    either_scene.meet(pattern, *faults)
    either_scene.record(TEXT, photo)
    either_scene.all_met()
    either_scene.arrived(TEXT)


@pytest.mark.parametrize("case", KILLS)
def test_the_server_is_killed(either_scene: Delivery, photo: Path, case: str) -> None:
    pattern, kill = KILLS[case]
    either_scene.begin()
    either_scene.meet(pattern, kill(either_scene.site))
    either_scene.record(TEXT, photo)
    either_scene.all_met()
    until(lambda: either_scene.site.live is None, "the server is killed")
    either_scene.site.start()
    either_scene.arrived(TEXT)


def test_an_answer_that_never_ends(either_scene: Delivery, photo: Path) -> None:
    either_scene.begin()
    either_scene.meet(ENTRIES, hang)
    either_scene.record(TEXT, photo)
    either_scene.all_met()
    either_scene.replace_tab()  # nobody waits for that: the next page goes on
    either_scene.arrived(TEXT)


@pytest.mark.parametrize("pattern", [ENTRIES, CHUNK], ids=["entries", "a photo"])
def test_the_page_is_closed_while_it_sends(either_scene: Delivery, photo: Path, pattern: str) -> None:
    either_scene.begin()
    either_scene.proxy.always(pattern, hang)
    either_scene.record(TEXT, photo)
    until(lambda: any(re.search(pattern, one) for one in either_scene.proxy.seen), "it is sending")
    either_scene.replace_tab()
    either_scene.proxy.heal()
    either_scene.proxy.over.set()
    either_scene.arrived(TEXT)
