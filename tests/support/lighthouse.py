"""Lighthouse's judgement of pages, each as a phone shows it at its first visit."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.browser.support.phone import ARGS, CHROMIUM, PATIENCE_S
from tests.support.node import node

SCRIPT = Path(__file__).with_suffix(".mjs")


@dataclass(frozen=True)
class Asked:
    """A page to judge, and the cookies of whoever sees it."""

    name: str
    url: str
    cookies: Mapping[str, str]


class Judgement(msgspec.Struct, frozen=True):
    """What Lighthouse says of a page: points of 100 by category, and what took some away."""

    name: str
    url: str
    scores: dict[str, int]
    failures: list[str]


def judge(pages: Sequence[Asked], *categories: str) -> list[Judgement]:
    """Let Lighthouse judge the pages one after the other; one that it can't load is an error."""
    order = {
        "chromium": CHROMIUM,
        "args": ARGS,
        "categories": categories,
        "pages": [vars(page) for page in pages],
    }
    told = subprocess.run(
        [node(), str(SCRIPT), json.dumps(order)],
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * PATIENCE_S * len(pages),
    )
    assert told.returncode == 0, told.stderr
    return [msgspec.json.decode(line, type=Judgement) for line in told.stdout.splitlines()]
