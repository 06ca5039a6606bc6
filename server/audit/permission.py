"""Pictures that the audited company allows (拍摄许可): by stop, or by a named area of it.

An area nobody was asked about is allowed; one left blank on a form that was sent is not. It is the company's
permission, not that of people who can be seen: faces can be blurred all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from server.audit.entries import Observation, PermittedBody
from server.audit.state import State, Thing

Pictures = Literal["allowed", "ask", "none"]
_STRICTEST: tuple[Pictures, ...] = ("none", "ask", "allowed")


def pictures_at(state: State, stop: str, area: str = "") -> Pictures:
    """What may be photographed at a stop, in an area of it; where two versions stand, the stricter."""
    if state.setup.visit.classified:
        return "none"
    asked = [said for key in dict.fromkeys((f"{stop}/{area}", f"{stop}/")) if (said := _said(state, key))]
    # What was said of the area itself goes before what was said of the whole stop.
    return asked[0] if asked else "allowed"


def areas_of(state: State, stop: str) -> list[PermittedBody]:
    """What was said of each named area of a stop."""
    things = [thing for key, thing in state.permissions.items() if key.startswith(f"{stop}/")]
    return [body for thing in things if (body := thing.current) and body.area]


def refused(state: State, observation: Observation) -> Thing[PermittedBody] | None:
    """The word by which the photos of an observation aren't permitted; None where they are."""
    for key in (f"{observation.stop}/{observation.area}", f"{observation.stop}/"):
        if (said := _said(state, key)) is not None:
            return state.permissions[key] if said == "none" else None
    return None


def takes_bytes(state: State, sha256: str) -> bool:
    """Whether the audit keeps a picture with this hash: a classified one only what a taken entry names.

    Those are signatures, what the leader took in, and what was there before it was classified.
    """
    return not state.setup.visit.classified or sha256 in set(_named(state))


def _named(state: State) -> Iterator[str | None]:
    """The hashes of all bytes that the entries of an audit speak of."""
    for signature in state.signatures.values():
        yield signature.picture
    for photo in state.photos.values():
        yield from (one.content.sha256 for one in photo.versions.values() if one.content)
    for attachment in state.attachments.values():
        for version in attachment.versions.values():
            if body := version.content:
                yield body.sha256
                yield from (page.sha256 for page in body.pages)


def _said(state: State, key: str) -> Pictures | None:
    thing = state.permissions.get(key)
    if thing is None:
        return None
    standing = [content.pictures for head in thing.heads if (content := thing.versions[head].content)]
    return min(standing, key=_STRICTEST.index, default=None)
