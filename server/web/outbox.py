"""What is only on this phone. The server knows nothing of it: the page is a frame that its script fills."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.response import Response

from server.web.render import page


@get("/outbox", opt={"needs": "account.own"}, include_in_schema=False)
async def outbox_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same page for every audit: the outbox belongs to the account and the phone."""
    return page(request, "pages/outbox.html", stamp=("outbox",))


routes = [outbox_page]
