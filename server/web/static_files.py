"""Static files, served from memory under one digest of all of them: `/static/<build>/css/app.css`.

One digest for all, so that ES modules can import each other by relative paths and a page is either old or new
as a whole. The address never changes its meaning and is cached for ever; under another digest (a page from an
older cache) the present file is served and must be asked for again.
"""

import base64
import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.people.rights import PUBLIC
from server.settings import data_root

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


class StaticFiles:
    """The files below `static/`. Bytes are read at their first use; names and digest at start."""

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
            of_file = hashlib.sha256(path.read_bytes()).digest()
            self.digests[name] = base64.b64encode(of_file).decode()
            digest.update(name.encode() + b"\0" + of_file)
        self.build = digest.hexdigest()[:12]
        self._bodies: dict[tuple[str, bool], bytes] = {}

    def url(self, name: str) -> str:
        """Address of a file.

        Raises KeyError for one that isn't there, so that a page never names a dead address.
        """
        if name not in self.names:
            raise KeyError(f"no static file {name!r}")
        return f"/static/{self.build}/{name}"

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def body(self, name: str, *, compressed: bool) -> bytes:
        """The bytes of a file as sent."""
        key = (name, compressed)
        if key not in self._bodies:
            raw = self.names[name].read_bytes()
            self._bodies[key] = gzip.compress(raw, mtime=0) if compressed else raw
        return self._bodies[key]


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
    compressed = not small and not kind.startswith(("image/png", "font/")) and accepts_gzip(request)
    headers = {"Cache-Control": _FOR_EVER if build == files.build else "no-cache", "Vary": "Accept-Encoding"}
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(files.body(name, compressed=compressed), media_type=kind, headers=headers)


def accepts_gzip(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser takes a compressed answer."""
    return "gzip" in request.headers.get("accept-encoding", "")


routes = [serve_static]
