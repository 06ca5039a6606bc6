"""Headers of every answer: what pages may load, and what the browser must not guess, leak or frame."""

from __future__ import annotations

from litestar.types import Message, Scope

from server.settings import Settings
from server.web.cookies import host_of, is_secure, session_cookie
from server.web.render import cdn_origin

_HSTS = b"max-age=31536000"


def content_security_policy(settings: Settings) -> str:
    """Scripts and requests from this server and the CDN alone; nothing inline, nothing framed."""
    scripts = f"'self' {cdn_origin(settings)}".strip()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            f"connect-src {scripts}",
            "style-src 'self'",
            "img-src 'self' blob: data:",
            "media-src 'self' blob:",
            "font-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


class Headers:
    """Adds the headers to each answer, errors included, and moves a renewed cookie on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._common = [
            (b"content-security-policy", content_security_policy(settings).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (
                b"permissions-policy",
                b"camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), serial=(), hid=(),"
                b" midi=(), display-capture=(), publickey-credentials-get=()",
            ),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Called by the application before each message of an answer."""
        if message["type"] != "http.response.start":
            return
        secure = is_secure(scope, self._settings)
        set_already = {name for name, _ in message["headers"]}
        added = [header for header in self._common if header[0] not in set_already]
        if secure and _has_public_name(scope):
            added.append((b"strict-transport-security", _HSTS))
        renewed = scope["state"].get("renewed")
        if renewed is not None:
            cookie = session_cookie(renewed[0], secure=secure, seconds=renewed[1])
            added.append((b"set-cookie", cookie.encode()))
        message["headers"] = [*message["headers"], *added]


def _has_public_name(scope: Scope) -> bool:
    """Whether the server is reached by a name: on localhost or a bare address there is nothing to pin."""
    host = host_of(scope).rsplit(":", 1)[0]
    return host != "localhost" and not host.endswith("]") and not host.replace(".", "").isdigit()
