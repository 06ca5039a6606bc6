"""What pages opened by a link share: its address, its QR code, and the answer when it opens nothing."""

from __future__ import annotations

import io
from typing import Any

import segno
from litestar import Request
from litestar.response import Response

from server.people.attempts import TooMany, link_subject
from server.people.security_log import note
from server.web.guards import own_origins
from server.web.render import page
from server.web.services import Services
from server.web.sign_in import in_words

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""The address is the secret: it goes into no cache, and by the common Referrer-Policy to no other site. No
stricter one: under `no-referrer` browsers send the form with `Origin: null`."""


def base_address(request: Request[Any, Any, Any]) -> str:
    """The address by which others reach this server."""
    set_or_lan = request.app.state.settings.url or getattr(request.app.state, "secure_url", "")
    return set_or_lan or next(iter(own_origins(request)))


def qr_image(address: str) -> bytes:
    """An address as a QR code in SVG."""
    image = io.BytesIO()
    segno.make(address, error="m").save(image, kind="svg", scale=6, border=2)
    return image.getvalue()


def qr_answer(address: str) -> Response[bytes]:
    """The QR code as an image of its own."""
    return Response(qr_image(address), media_type="image/svg+xml", headers=HEADERS)


def address_of(request: Request[Any, Any, Any]) -> str:
    """Where a request comes from, for the log and the limits."""
    return request.client.host if request.client else ""


async def opens_nothing(
    request: Request[Any, Any, Any], services: Services, template: str
) -> Response[bytes]:
    """The page for a link that opens nothing (any more). Trying out many is slowed down."""
    address = address_of(request)
    try:
        await services.attempts.begin(link_subject(address))
    except TooMany as limit:
        return wait(request, template, limit.wait)
    await services.db.write(lambda connection: note(connection, "link_failed", address=address))
    return page(request, template, status=404, headers=HEADERS, wait="")


def wait(request: Request[Any, Any, Any], template: str, seconds: int) -> Response[bytes]:
    """The same page for somebody who has to wait first."""
    headers = {**HEADERS, "Retry-After": str(seconds)}
    return page(request, template, status=429, headers=headers, wait=in_words(request, seconds))
