"""What a phone's requests meet on their way: a pattern of requests, and the faults of the next ones."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from tests.browser.support.site import Site
from tests.support.proxy import (
    Fault,
    Passing,
    drop,
    half,
    lose_answer,
    portal_page,
    portal_redirect,
    refuse,
)

ENTRIES, UPLOADS, CHUNK = r"POST .*/entries", r"POST .*/uploads$", r"PATCH .*/uploads/"
session_gone = refuse(401, b'{"error":"session","message":""}')

BROKEN: dict[str, tuple[str, list[Fault]]] = {
    "the connection breaks before entries": (ENTRIES, [drop]),
    "the answer to entries is lost": (ENTRIES, [lose_answer]),
    "half of the entries reach the server": (ENTRIES, [half]),
    "500 three times": (ENTRIES, [refuse(500)] * 3),
    "the server's disk is full": (ENTRIES, [refuse(507)]),
    "413 for entries": (ENTRIES, [refuse(413), refuse(413)]),
    "a proxy takes small chunks only": (CHUNK, [refuse(413, b"too large", "text/html")] * 3),
    "409": (ENTRIES, [refuse(409)]),
    "a captive portal's redirect": (ENTRIES, [portal_redirect]),
    "a captive portal's page": (ENTRIES, [portal_page]),
    "the session ran out": (ENTRIES, [session_gone]),
    "the answer to a new upload is lost": (UPLOADS, [lose_answer]),
    "a new upload meets a full disk": (UPLOADS, [refuse(507)]),
    "a proxy finds a new upload too large": (UPLOADS, [refuse(413, b"too large", "text/html")]),
    "every chunk is cut in its middle": (CHUNK, [half] * 4),
    "the answer to every chunk is lost": (CHUNK, [lose_answer] * 4),
    "the session runs out between chunks": (CHUNK, [session_gone]),
    "a captive portal between chunks": (CHUNK, [portal_page, portal_redirect]),
    "409 between chunks": (CHUNK, [refuse(409)]),
}


def kill_before(site: Site) -> Fault:
    """The server dies before it hears of the request."""

    def fault(passing: Passing, _body: bytes) -> bool:
        site.kill()
        passing.cut()
        return True

    return fault


def kill_after(site: Site) -> Fault:
    """The server dies after its work, before anybody hears its answer."""

    def fault(passing: Passing, body: bytes) -> bool:
        passing.ask(body)
        site.kill()
        passing.cut()
        return True

    return fault


def kill_during(site: Site) -> Fault:
    """The server dies with half of the request read."""

    def fault(passing: Passing, body: bytes) -> bool:
        with ExitStack() as half:
            raw = half.enter_context(passing.half_sent(body))
            site.kill()
            raw.close()
        passing.cut()
        return True

    return fault


KILLS: dict[str, tuple[str, Callable[[Site], Fault]]] = {
    "before entries": (ENTRIES, kill_before),
    "with half of the entries read": (ENTRIES, kill_during),
    "after the commit, before the answer": (ENTRIES, kill_after),
    "before a chunk": (CHUNK, kill_before),
    "with half of a chunk read": (CHUNK, kill_during),
    "after a chunk, before the answer": (CHUNK, kill_after),
}
