"""Bodies that come too slowly: a sender who holds on to a connection without sending is let go."""

from __future__ import annotations

import asyncio

from litestar.exceptions import HTTPException
from litestar.types import Receive
from litestar.types.asgi_types import HTTPReceiveMessage, WebSocketReceiveMessage

IDLE_SECONDS = 30
"""Without a byte for so long, a phone has lost its network: it will come again by itself."""
WHOLE_SECONDS = 120
SLOWEST = 16 * 1024
"""Bytes a second below which a body of announced size isn't waited for. What arrived of a photo is kept."""


class TooSlow(HTTPException):
    """The body didn't arrive in time."""

    status_code = 408
    detail = "too_slow"


def bounded(receive: Receive, announced: str) -> Receive:
    """`receive` that raises TooSlow where a body pauses or takes too long for the size that it announced."""
    clock = asyncio.get_running_loop().time
    size = int(announced) if announced.isascii() and announced.isdigit() else 0
    end = clock() + WHOLE_SECONDS + size / SLOWEST

    async def in_time() -> HTTPReceiveMessage | WebSocketReceiveMessage:
        try:
            async with asyncio.timeout_at(min(end, clock() + IDLE_SECONDS)):
                return await receive()
        except TimeoutError:
            raise TooSlow from None

    return in_time
