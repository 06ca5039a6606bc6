"""What a house lays over lists that it does not touch: items hidden, or said in its own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from server.criteria.lines import Path
from server.criteria.model import Change, Checklist, Item, Layer


def laid_over(lists: Iterable[Checklist], layers: Iterable[Layer]) -> list[Checklist]:
    """The lists with the changes of all layers; a list of which nothing is left stays, empty."""
    changes = {change.item: change for layer in layers for change in layer.changes}
    return [
        msgspec.structs.replace(one, items=list(_changed(one.items, changes)))
        if any(item.id in changes for item in one.items)
        else one
        for one in lists
    ]


def _changed(items: Iterable[Item], changes: Mapping[str, Change]) -> Iterator[Item]:
    for item in items:
        change = changes.get(item.id)
        if change is None:
            yield item
        elif not change.hide:
            yield msgspec.structs.replace(item, **change.rewords)


def problems(layer: Layer, items: Iterable[str], needed: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """What is wrong: where in the file, and why. ``needed``: items that a rule asks for, and which."""
    known = set(items)
    for position, change in enumerate(layer.changes):
        at: Path = ("changes", position)
        if change.item not in known:
            yield (*at, "item"), f"unknown item {change.item}: in none of the lists"
        if change.hide and change.rewords:
            yield (*at, "hide"), f"{change.item} is hidden and reworded at once: keep one of the two"
        elif change.hide and change.why is None:
            yield (*at, "hide"), f"say why {change.item} is hidden: why.zh and why.en"
        elif not change.hide and not change.rewords:
            yield at, f"changes nothing of {change.item}: hide it, or give prompt, records, failures …"
        if change.hide and change.item in needed:
            yield (*at, "hide"), f"{change.item} cannot be hidden: {needed[change.item]} asks for it"
