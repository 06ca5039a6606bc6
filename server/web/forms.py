"""Plain forms: what was typed, as text."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote

from litestar import Request
from litestar.datastructures import FormMultiDict

from server.web.errors import Refusal

MAX_FORM_BYTES = 256 * 1024
_LONGEST_PATH = 2000


async def read_form(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields of a form without files; of a name sent twice, the last.

    Raises 413 beyond the handler's limit.
    """
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True))


async def read_parts(request: Request[Any, Any, Any]) -> FormMultiDict:
    """The fields and files of a form. Refusal 400 where its text is no UTF-8."""
    try:
        return await request.form()
    except UnicodeDecodeError:
        raise Refusal(400, "bad_request") from None


def local_path(wanted: str) -> str:
    """A path on this server to go on to, `/` for anything that would lead elsewhere; fit for a header."""
    leads_away = not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted
    if leads_away or len(wanted) > _LONGEST_PATH or any(ord(char) < 33 for char in wanted):
        return "/"
    return quote(wanted, safe="/?&=%:@!$'()*+,;~#[]")
