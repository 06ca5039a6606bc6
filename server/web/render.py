"""Pages from templates: one compiled environment per language, entity tags, finished bodies by account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request
from litestar.response import Response
from markupsafe import Markup

from server.audit.names import name_of
from server.criteria.model import LANGUAGES, Language, Text
from server.people.principal import Principal
from server.settings import Settings, data_root, libraries
from server.web.bodies import Body, accepted
from server.web.static_files import static_files
from server.web.texts import texts

LANGUAGE_COOKIE = "language"
OWNER = "Clausewalk-Account"
_HTML = "text/html"
_SMALLEST_TO_COMPRESS = 1024
_YEAR = 365 * 24 * 3600


def page(
    request: Request[Any, Any, Any],
    template: str,
    /,
    *,
    stamp: Sequence[object] | None = None,
    make: Callable[[], Mapping[str, Any]] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[bytes]:
    """A page or fragment as an answer.

    stamp: everything the page depends on beside the account, the language and the program: head seq, date in
        the audit's zone …; it makes the entity tag, `tag` in the template. Without it the page is never taken
        from a cache.
    make: gives further context; called only where the page has to be rendered, so put the work there.
    """
    principal = principal_in(request)
    sent = {
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding, Cookie",
        # Whose page it is, and that it is ours: the worker keeps no page without this mark, no guest's.
        OWNER: principal.id if principal and not principal.audit else "none",
        "Content-Language": language_of(request),
        **(headers or {}),
    }
    if stamp is None:
        return _answer(request, Body(_render(request, template, principal, make, context)), status, sent)
    criteria: str = request.app.state.services.criteria_stamp
    tag = entity_tag(principal, language_of(request), (*stamp, criteria))
    sent["ETag"] = tag
    if status == 200 and tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=sent, media_type=_HTML)
    bodies = request.app.state.bodies
    key = (principal.id if principal else "", request.scope["path"], request.scope["query_string"], template)
    body = bodies.get(key, tag)
    if body is None:
        body = Body(_render(request, template, principal, make, {**context, "tag": tag}))
        bodies.put(key, tag, body)
    return _answer(request, body, status, sent)


def redirect(to: str) -> Response[bytes]:
    """The answer to a form that was taken: go and look (303)."""
    headers = {"Location": to, "Cache-Control": "no-store"}
    return Response(b"", status_code=303, headers=headers, media_type="text/plain")


def principal_in(request: Request[Any, Any, Any]) -> Principal | None:
    """Whoever is signed in, or None on pages before sign-in."""
    return cast("Principal | None", request.scope.get("user"))


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The account's language; before sign-in `?lang=`, what was chosen here before, or the browser's."""
    principal = principal_in(request)
    if principal is not None:
        return principal.language
    for asked in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return cast("Language", asked)
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"


def remember_language(response: Response[Any], language: Language) -> None:
    """Keep the language in this browser, for pages where nobody is signed in."""
    response.set_cookie(key=LANGUAGE_COOKIE, value=language, max_age=_YEAR, httponly=True, samesite="lax")


def entity_tag(principal: Principal | None, language: Language, stamp: Sequence[object]) -> str:
    """A weak tag over the account and its version, the language, the program and the stamp."""
    who = (principal.id, principal.version) if principal else ()
    parts = "\x1f".join(map(str, (*who, language, build(), *stamp)))
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:24]}"'


def _render(
    request: Request[Any, Any, Any],
    template: str,
    principal: Principal | None,
    make: Callable[[], Mapping[str, Any]] | None,
    context: Mapping[str, Any],
) -> bytes:
    settings: Settings = request.app.state.settings
    values = {**context, **make()} if make else context
    return (
        environment(language_of(request))
        .get_template(template)
        .render(
            values,
            principal=principal,
            path=request.scope["path"],
            htmx_url=htmx_url(settings),
            has_worker=settings.offline == "on",
        )
        .encode()
    )


def _answer(
    request: Request[Any, Any, Any], body: Body, status: int, headers: dict[str, str]
) -> Response[bytes]:
    encoding = accepted(request.headers.get("accept-encoding", ""))
    if encoding and len(body.plain) >= _SMALLEST_TO_COMPRESS:
        headers["Content-Encoding"] = encoding
        return Response(body.compressed(encoding), status_code=status, headers=headers, media_type=_HTML)
    return Response(body.plain, status_code=status, headers=headers, media_type=_HTML)


@cache
def htmx_url(settings: Settings) -> str:
    """Where pages take htmx from first; empty where they load nothing from elsewhere."""
    return libraries()["htmx"].cdn_url(settings.cdn_base) if settings.cdn_base else ""


@cache
def cdn_origin(settings: Settings) -> str:
    """The origin of the CDN for the content security policy, empty where there is none."""
    if settings.cdn_base is None:
        return ""
    parts = urlsplit(settings.cdn_base)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def environment(language: Language) -> Environment:
    """The templates in one language. Autoescaped; an unknown name is an error."""
    made = Environment(
        loader=FileSystemLoader(data_root("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(t=texts(language), lang=language, static=static_files().url, libraries=libraries())
    made.filters.update(tr=lambda text: _in_language(text, language), name_of=name_of)
    made.filters.update(clock=clock, day=day, moment=moment)
    return made


@cache
def build() -> str:
    """Digest of static files, templates and sentences: what a page looks like for the same facts."""
    digest = hashlib.sha256(static_files().build.encode())
    for folder, pattern in ((data_root("templates"), "*.html"), (Path(__file__).parent / "texts", "*.toml")):
        for path in sorted(folder.rglob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _in_language(text: Text | None, language: Language) -> str | Markup:
    return text.get(language) if text is not None else ""


def clock(moment: datetime | None, zone: str) -> str:
    """Hour and minute in the audit's time zone, `10:30`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" if moment else ""


def day(moment: datetime | date | None, zone: str = "UTC") -> str:
    """Month and day, `11.18`; a moment in the audit's time zone."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZoneInfo(zone))
    return f"{moment.month}.{moment.day:02}" if moment else ""


def moment(at: datetime | None, zone: str) -> str:
    """Date and time in a time zone, `2026-11-18 10:30`."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else ""
