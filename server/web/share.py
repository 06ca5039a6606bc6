"""What another app shared with the installed one: the page that asks at which stop it was seen.

The service worker takes what is shared (`static/js/worker-share.js`) and keeps it on the phone; the server
sees it only as the note that its owner makes of it. Where there is no worker yet, it says how to get one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.calendar import iso_day
from server.audit.setup import Stop
from server.audit.state import State
from server.audit.walk import ordered_stops
from server.journal import AuditRow
from server.people.principal import Principal
from server.people.rights import PUBLIC, may_here
from server.web import shown
from server.web.errors import Refusal
from server.web.render import page
from server.web.services import Services

_LISTED, _OFFERED = 100, 8


@dataclass(frozen=True, slots=True)
class Choice:
    """An audit in which this person may write, with its stops in plan order."""

    state: State
    stops: list[tuple[str, Stop]]


@get("/share", opt={"needs": "audit.list"}, include_in_schema=False)
async def share_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """The audits nearest to today, in which this person may record; its script shows what was shared."""
    today = datetime.now(UTC).date()
    rows = await services.journal.audits_of(principal.id, limit=_LISTED)
    rows = sorted((row for row in rows if row.start), key=lambda row: _days_off(row, today))[:_OFFERED]
    states = [await services.journal.state(row.id) for row in rows]
    open_ones = [
        state for state in states if may_here(state, principal, "observation.write") and not state.released
    ]
    return page(
        request,
        "pages/share.html",
        stamp=("share", [(state.audit, state.seq) for state in open_ones]),
        make=lambda: {
            "choices": [Choice(state, ordered_stops(state.setup)) for state in open_ones],
            "shown": shown,
        },
    )


@post("/share", opt={"needs": PUBLIC, "keeps_nothing": True}, sync_to_thread=False, include_in_schema=False)
def share_without_worker() -> None:
    """A phone whose worker is not there yet: nothing is read and nothing kept, the gallery still has it."""
    raise Refusal(409, "share")


def _days_off(row: AuditRow, today: date) -> int:
    """How many days the audit is from today; 0 while it runs, and where its days can't be read."""
    start, end = iso_day(row.start), iso_day(row.end or row.start)
    if start is None or end is None:
        return 0
    return max(0, (start - today).days, (today - end).days)


routes = [share_page, share_without_worker]
