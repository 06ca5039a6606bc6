"""Rendered pieces of pages, kept by everything they are made of.

After one more record nearly every line of a page is what it was: only lines whose key changed are rendered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

_KEPT = 4096


class Pieces:
    """The least recently used go first. A key names the language and whatever else the piece depends on."""

    def __init__(self, limit: int = _KEPT) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, str] = OrderedDict()

    def __call__(self, key: Hashable, render: Callable[..., str], *args: object) -> str:
        """The piece of that key; `render(*args)` makes it where it isn't kept."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        made = self._kept[key] = render(*args)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return made


once = Pieces()
"""In templates: `{{ once(line.key, line_of, line) }}`."""
