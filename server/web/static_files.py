"""Static files, served from memory under one digest of all of them: `/static/<build>/css/app.css`.

Our scripts are sent without their comments: those are a third of what a phone would fetch, and written for
people. Lines keep their numbers, so that what a phone reports leads to the line in the file.

One digest for all, so that ES modules can import each other by relative paths and a page is either old or new
as a whole. The address never changes its meaning and is cached for ever; under another digest (a page from an
older cache) the present file is served and must be asked for again.
"""

import base64
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.people.rights import PUBLIC
from server.settings import data_root
from server.web.bodies import Encoding, accepted, smallest

MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_SMALLEST_TO_COMPRESS = 512
_OWN_SCRIPTS = "js/"
_COMMENT = re.compile(rb"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.MULTILINE | re.DOTALL)
"""A comment that has its lines to itself."""


class StaticFiles:
    """The files below `static/`. Bytes are kept from their first use; names and digest are taken at start."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names = {
            path.relative_to(root).as_posix(): path
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.suffix in {*MEDIA_TYPES, ".png", ".ico", ".woff2"}
        }
        self.digests: dict[str, str] = {}
        """SHA-256 in base64 by name, as HTML's `integrity` has it."""
        digest = hashlib.sha256()
        for name, path in self.names.items():
            of_file = hashlib.sha256(_sent(name, path)).digest()
            self.digests[name] = base64.b64encode(of_file).decode()
            digest.update(name.encode() + b"\0" + of_file)
        self.build = digest.hexdigest()[:12]
        self._bodies: dict[tuple[str, Encoding | None], bytes] = {}

    def url(self, name: str) -> str:
        """Address of a file.

        Raises KeyError for one that isn't there, so that a page never names a dead address.
        """
        if name not in self.names:
            raise KeyError(f"no static file {name!r}")
        return f"/static/{self.build}/{name}"

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def body(self, name: str, encoding: Encoding | None) -> bytes:
        """The bytes of a file as sent under an encoding."""
        key = (name, encoding)
        if key not in self._bodies:
            plain = _sent(name, self.names[name])
            self._bodies[key] = smallest(plain, encoding) if encoding else plain
        return self._bodies[key]


def _sent(name: str, path: Path) -> bytes:
    """What is sent of a file."""
    raw = path.read_bytes()
    return without_comments(raw) if name.startswith(_OWN_SCRIPTS) else raw


def without_comments(script: bytes) -> bytes:
    """A script with its comments blank. One that shares a line with code stays."""
    return _COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), script)


@cache
def static_files() -> StaticFiles:
    """The program's own static files."""
    return StaticFiles(data_root("static"))


def media_type(name: str) -> str:
    """Media type by the end of the name."""
    suffix = Path(name).suffix
    return MEDIA_TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")


@get(
    "/static/{build:str}/{name:path}",
    opt={"needs": PUBLIC},
    raises=[NotFoundException],
    sync_to_thread=False,
    include_in_schema=False,
)
def serve_static(
    request: Request[Any, Any, Any], build: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """One static file."""
    files = static_files()
    name = str(name).lstrip("/")
    if name not in files:
        raise NotFoundException
    kind = media_type(name)
    small = files.names[name].stat().st_size < _SMALLEST_TO_COMPRESS
    stays = small or kind.startswith(("image/png", "font/"))
    encoding = None if stays else accepted(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": _FOR_EVER if build == files.build else "no-cache", "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(files.body(name, encoding), media_type=kind, headers=headers)


routes = [serve_static]
