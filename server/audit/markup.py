"""The layer over a photo: what is drawn on it wherever it is shown. The photo's own bytes never change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from server.audit.entries import Corners, Shape
from server.audit.state import State


def layer_of(state: State, photo: str) -> list[Shape]:
    """What stands on a photo. In a conflict the shapes of all versions do, so that no blur is lost."""
    markup = state.markups.get(photo)
    if markup is None:
        return []
    heads = (markup.versions[head].content for head in markup.heads)
    return list(dict.fromkeys(shape for body in heads if body for shape in body.shapes))


def layer_of_bytes(state: State, sha256: str) -> list[Shape]:
    """What stands on these bytes in the audit, whichever of its photos has them now or once had them."""
    marked = [photo for photo in state.markups if sha256 in _bytes_of(state, photo)]
    return list(dict.fromkeys(shape for photo in marked for shape in layer_of(state, photo)))


def _bytes_of(state: State, photo: str) -> Iterable[str | None]:
    thing = state.photos.get(photo)
    return (one.content.sha256 for one in thing.versions.values() if one.content) if thing else ()


def layer_name(shapes: Sequence[Shape]) -> str:
    """A short name of a layer, the same for the same shapes; empty for none. It is part of addresses."""
    return _name(shapes) if shapes else ""


def copy_name(shapes: Sequence[Shape], corners: Corners | None) -> str:
    """A short name of what is made of a photo: a layer drawn on it, or the page between corners."""
    return layer_name(shapes) if corners is None else _name([shapes, corners])


def _name(content: object) -> str:
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:16]
