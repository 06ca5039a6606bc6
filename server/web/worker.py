"""The service worker's script and the page it shows for what isn't on the phone.

`/sw.js` is two lines that run `static/js/worker.js` with the list of the program's files and their hashes:
another build is another script, and the browser installs it beside the running one. `CLAUSEWALK_OFFLINE=off`
makes it a script that removes the worker and its caches; the outbox (IndexedDB) is never touched by it.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from litestar import Request, get
from litestar.response import Response

from server.people.rights import PUBLIC
from server.settings import Settings, libraries
from server.web.render import htmx_url, page
from server.web.static_files import StaticFiles, static_files

_NOT_IN_SHELL = (
    "icons/icon-",
    "js/worker.js",
    "js/worker-pages.js",
    "js/worker-shell.js",
    "js/worker-share.js",
    "js/worker-sign-in.js",
    "vendor.json",
)
"""What no page shows: icons of the installed app, and the worker's own script."""

_REMOVAL = """\
// Offline use is switched off on this server: the worker goes, with every page it kept. The outbox stays.
addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("clausewalk-")) await caches.delete(name);
  await self.registration.unregister();
})()));
"""


@get("/sw.js", opt={"needs": PUBLIC}, sync_to_thread=False, include_in_schema=False)
def worker_script(request: Request[Any, Any, Any]) -> Response[str]:
    """The script. Never from a cache: it is how a phone learns of a new build."""
    settings: Settings = request.app.state.settings
    text = _script(settings) if settings.offline == "on" else _REMOVAL
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return Response(text, media_type="text/javascript", headers=headers)


@get("/offline", opt={"needs": PUBLIC}, include_in_schema=False)
async def offline_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What the worker shows instead of a page that isn't on the phone. Whoever is signed in is left out."""
    return page(request, "pages/offline.html", headers={"Cache-Control": "no-store"})


@cache
def _script(settings: Settings) -> str:
    files = static_files()
    program = {
        "build": files.build,
        "files": shell(files),
        "cdn": htmx_url(settings),
        "htmx": libraries()["htmx"].file,
    }
    listed = json.dumps(program, separators=(",", ":"), sort_keys=True)
    return f'import {{ run }} from "{files.url("js/worker.js")}";\nrun({listed});\n'


def shell(files: StaticFiles) -> dict[str, str]:
    """The files that a phone needs to show any page without a network, with their SHA-256 in base64."""
    return {name: digest for name, digest in files.digests.items() if not name.startswith(_NOT_IN_SHELL)}


routes = [worker_script, offline_page]
