"""Photos of places where the company said no: they stay out of the report until the leader decides."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.entries import PermittedBody, Text
from server.audit.gaps.model import Audit, Gap, gap
from server.audit.permission import refused
from server.audit.state import State, Thing

NOT_PERMITTED = "PICTURES_NOT_PERMITTED"


def not_permitted(audit: Audit) -> Iterator[Gap]:
    """One gap for each place that has photos and whose company said no."""
    state = audit.state
    for thing, photos in _refused(state).values():
        yield _gap(state, thing, photos)


def left_out(state: State) -> set[str]:
    """Ids of the photos and photographed documents that the report leaves out.

    They weren't permitted, and the leader hasn't said otherwise.
    """
    found: set[str] = set()
    for thing, photos in _refused(state).values():
        said = state.dismissals.get(_gap(state, thing, photos).id)
        if said is None or said.content is None or said.content.again:
            found.update(photos)
    return found


def _refused(state: State) -> dict[str, tuple[Thing[PermittedBody], list[str]]]:
    """The word and the photos, by stop and area."""
    places: dict[str, tuple[Thing[PermittedBody], list[str]]] = {}
    if not state.permissions:
        return places
    for observation, content in state.standing_observations():
        photos = [photo.id for photo in state.photos_of(observation.id)]
        documents = state.attachments_of(observation.id)
        photos += [one.id for one in documents if one.current and one.current.pages]
        if photos and (word := refused(state, content)):
            places.setdefault(word.id, (word, []))[1].extend(photos)
    return places


def _gap(state: State, word: Thing[PermittedBody], photos: list[str]) -> Gap:
    key, _, area = word.id.partition("/")
    stop = state.setup.stops.get(key)
    place = area or (stop.process.zh or stop.department if stop else key)
    return gap(
        NOT_PERMITTED,
        message=Text(
            zh=f"{place}：向导说不可拍，{len(photos)}张照片没有印进报告",
            en=f"{place}: the guide allowed no pictures; {len(photos)} photos are left out of the report",
        ),
        about=[*word.heads, *photos],
        where=f"stops/{key}",
        entries=photos,
    )
