"""The cookie of a session: its name, its flags, and whether the browser came by HTTPS."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.types import HTTPScope, Scope, WebSocketScope

from server.settings import Settings

COOKIE = "clausewalk"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""Over HTTPS. Browsers take a cookie of this name from HTTPS alone, for exactly this host: neither a plain
page on another port nor a neighbour in the domain can plant a session. Plain localhost can't have it."""


def token_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The session's token that the browser sent."""
    name = SECURE_COOKIE if is_secure(connection.scope, connection.app.state.settings) else COOKIE
    return connection.cookies.get(name) or None


def guest_cookies(connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, str]:
    """The tokens of the guests that this browser was bound to, by guest."""
    prefix = _guest_name("", is_secure(connection.scope, connection.app.state.settings))
    return {
        name.removeprefix(prefix): token
        for name, token in connection.cookies.items()
        if name.startswith(prefix) and token
    }


def guest_cookie(guest: str, token: str, *, secure: bool, seconds: int) -> str:
    """The value of Set-Cookie that binds this browser to a guest: several people may sign on one phone."""
    return _set_cookie(_guest_name(guest, secure), token, secure=secure, seconds=seconds)


def _guest_name(guest: str, secure: bool) -> str:
    return f"{SECURE_COOKIE if secure else COOKIE}-guest-{guest}"


def session_cookie(token: str, *, secure: bool, seconds: int | None) -> str:
    """The value of Set-Cookie. `seconds` None: until the browser closes; 0: take it away."""
    return _set_cookie(SECURE_COOKIE if secure else COOKIE, token, secure=secure, seconds=seconds)


def _set_cookie(name: str, token: str, *, secure: bool, seconds: int | None) -> str:
    parts = [f"{name}={token}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)


def is_secure(scope: Scope | HTTPScope | WebSocketScope, settings: Settings) -> bool:
    """Whether the browser came by HTTPS: here, or at the proxy behind which the set address stands."""
    if scope["scheme"] == "https":
        return True
    url = urlsplit(settings.url or "")
    return url.scheme == "https" and host_of(scope) == url.netloc


def host_of(scope: Scope | HTTPScope | WebSocketScope) -> str:
    """Host and port that the browser asked for."""
    return next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
