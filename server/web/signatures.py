"""Signatures that arrive with a form: the picture as it was drawn, when, and the text that was shown.

A guest's page has no outbox: it sends the same form again until it is answered, under the id it made.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import io
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from litestar import Request
from litestar.response import Response
from msgspec import Struct
from PIL import Image

from server.audit.entries import Entry, Signed, SignedBody, beyond_calendar, encode
from server.audit.signing import hash_of
from server.journal.results import Result
from server.people.guests import admit_guest
from server.web.errors import Refusal, wants_json
from server.web.guards import guest_of
from server.web.made import uuid7
from server.web.render import language_of, redirect
from server.web.services import Services

MAX_PICTURE_BYTES = 150 * 1024
_MOST_PIXELS = 2400
_LONGEST_TEXT = 8000
_PNG = "data:image/png;base64,"
DEVICE = "guest"


class Drawn(Struct, frozen=True, kw_only=True):
    """A signature as a form brings it. `id` is the entry's, made on the phone."""

    id: str
    at: datetime
    text: str
    picture: bytes
    sha256: str


async def read_drawn(form: Mapping[str, str]) -> Drawn:
    """The signature in a form. Raises Refusal 400 where it is none."""
    encoded, text = form.get("picture", ""), form.get("text", "")
    try:
        picture = base64.b64decode(encoded.removeprefix(_PNG), validate=True)
    except binascii.Error:
        raise Refusal(400, "no_signature") from None
    if not encoded.startswith(_PNG) or len(picture) > MAX_PICTURE_BYTES or not 0 < len(text) <= _LONGEST_TEXT:
        raise Refusal(400, "no_signature")
    if not await asyncio.to_thread(_is_png, picture):
        raise Refusal(400, "no_signature")
    return Drawn(
        id=form.get("id", "") or uuid7(datetime.now(UTC)),
        at=moment(form.get("at", "")),
        text=text,
        picture=picture,
        sha256=hashlib.sha256(picture).hexdigest(),
    )


def moment(typed: str) -> datetime:
    """When something was done by the phone's clock; now where it says none that a calendar holds."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return datetime.now(UTC)
    return at if at.tzinfo and not beyond_calendar([at]) else datetime.now(UTC)


def _is_png(picture: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(picture), formats=["PNG"]) as image:
            if max(image.size) > _MOST_PIXELS:
                return False
            image.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def signed_entry(
    drawn: Drawn, audit: str, by: str, *, what: str, name: str, role: str, version: str | None = None
) -> bytes:
    """The entry of a guest's signature: the same bytes however often the form is sent."""
    body = SignedBody(
        what=what,
        name=name,
        role=role,
        signed_at=drawn.at.isoformat(),
        picture=drawn.sha256,
        text=drawn.text,
        text_sha256=hash_of(drawn.text),
        way="own_phone",
        version=version,
    )
    return encode(Signed(id=drawn.id, audit=audit, made_at=drawn.at, by=by, device=DEVICE, body=body))


def guest_entry(kind: Callable[..., Entry], audit: str, by: str, body: Any, at: datetime) -> bytes:
    """One entry of a guest, done at a moment by their phone's clock."""
    return encode(kind(id=uuid7(datetime.now(UTC)), audit=audit, made_at=at, by=by, device=DEVICE, body=body))


async def append_of_guest(request: Request[Any, Any, Any], services: Services, *raws: bytes) -> list[Result]:
    """Store what a guest did; held is as good as stored: the leader takes it in. Raises Refusal."""
    guest = guest_of(request)
    admit = admit_guest(guest, language_of(request), time.time())
    appended = await services.journal.append(guest.audit, list(raws), sender=guest.id, admit=admit)
    for result in appended.results:
        if result.status == "refused":
            code = "guest_over" if result.reason == "link_over" else "not_taken"
            raise Refusal(403 if code == "guest_over" else 409, code, reason=result.detail or result.reason)
    return appended.results


def delivered(request: Request[Any, Any, Any], results: list[Result], to: str) -> Response[Any]:
    """The answer to a guest's form that was taken: to a script what became of it, and where to go on.

    Who is out by now is told, but sees no page any more.
    """
    if not wants_json(request):
        return redirect(to)
    there = guest_of(request).is_in(time.time())
    answer = {"status": results[-1].status, "next": to if there else ""}
    return Response(
        answer, status_code=200, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
