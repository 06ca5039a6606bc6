"""A bar on the terminal for what takes long; nothing where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_WIDTH = 30
_EVERY = 0.1
"""Seconds between two drawings."""


def bar(what: str) -> Callable[[int, int], None]:
    """A function that draws how many bytes of how many are done, on stderr."""
    if not sys.stderr.isatty():
        return lambda done, total: None
    drawn = 0.0

    def draw(done: int, total: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn < _EVERY and done < total:
            return
        drawn = now
        full = _WIDTH * done // total if total else _WIDTH
        shown = f"{what} [{'#' * full}{'.' * (_WIDTH - full)}] {done >> 20} of {total >> 20} MiB"
        print(f"\r{shown}", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    return draw
