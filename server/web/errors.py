"""Answers to what went wrong: a stable code and a sentence that says what to do, never raw text."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Response

from server.web.render import language_of, page, redirect
from server.web.texts import texts

_CODES = {
    400: "bad_request",
    401: "session",
    403: "not_allowed",
    404: "not_found",
    405: "not_found",
    408: "too_slow",
    413: "too_large",
}

_VIEW_TITLES = {404: "title_missing", 405: "title_missing", 500: "title_failed"}
"""What a page is called that somebody only wanted to see, by what went wrong."""


class Refusal(HTTPException):
    """A refusal with a code of its own; the sentence is `error.<code>` of the texts, filled with `values`."""

    def __init__(
        self, status: int, code: str, headers: dict[str, str] | None = None, **values: object
    ) -> None:
        super().__init__(detail=code, status_code=status, headers=headers)
        self.code = code
        self.values = values


class Problem(msgspec.Struct):
    """What a program is told of a refusal: a stable code, and a sentence in the person's language."""

    error: str
    message: str


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """For a route's `responses`: the refusals that its callers must reckon with."""
    return {status: ResponseSpec(Problem, generate_examples=False) for status in statuses}


def answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """The answer to a refusal: JSON where a program asks; for a person a page, or the way to sign in."""
    status = error.status_code
    code = (
        error.code
        if isinstance(error, Refusal)
        else _CODES.get(status, "bad_request" if status < 500 else "failed")
    )
    values = error.values if isinstance(error, Refusal) else {}
    if status >= 500:
        _log(request, error)
    if wants_json(request):
        return _json(request, status, code, values, error.headers)
    if status == 401 and code != "guest":
        return redirect(sign_in_url(request))
    return _page(request, status, code, values)


def answer_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to a failure of the program itself; the trace goes to the log alone."""
    _log(request, error)
    if wants_json(request):
        return _json(request, 500, "failed", {}, None)
    return _page(request, 500, "failed", {})


def _log(request: Request[Any, Any, Any], error: Exception) -> None:
    from server.web.log import logger, without_token

    path = without_token(request.url.path)
    logger().error("failed", method=request.method, path=path, exc_info=error)


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Whether a program asks: sync and uploads always, else by Accept or by the custom header."""
    path = request.url.path
    return (
        "clausewalk" in request.headers
        or "application/json" in request.headers.get("accept", "")
        or path.endswith(("/entries", "/head"))
        or "/uploads" in path
    )


def sign_in_url(request: Request[Any, Any, Any]) -> str:
    """The sign-in page that leads back to a page asked for, or to Today after a form."""
    if request.method != "GET" or request.url.path == "/":
        return "/sign-in"
    query = request.scope["query_string"].decode("latin-1")
    return "/sign-in?next=" + quote(request.url.path + (f"?{query}" if query else ""), safe="/")


def _json(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    values: dict[str, Any],
    headers: dict[str, str] | None,
) -> Response[dict[str, str]]:
    message = texts(language_of(request))(f"error.{code}", **values)
    return Response(
        {"error": code, "message": message},
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def _page(request: Request[Any, Any, Any], status: int, code: str, values: dict[str, Any]) -> Response[bytes]:
    is_view = request.method in ("GET", "HEAD")
    if is_view and code == "failed":
        code = "view_failed"  # who only looked had nothing to save
    title = _VIEW_TITLES.get(status, "title") if is_view else "title"
    return page(request, "pages/error.html", status=status, code=code, title=title, values=values)
