"""Gaps of an audit: what is missing before leaving, the closing meeting and release, and where to go."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.response import Response

from server.audit.entries import Text
from server.audit.gaps import GATES, Beside, Found, Gate
from server.audit.gaps.model import CLOCK_LIMIT_MS
from server.audit.leaving import heard, unheard
from server.audit.signing import standing_signatures
from server.audit.state import State
from server.criteria.model import Language
from server.web import gap_view, shown
from server.web.cycle import cycle_for
from server.web.guards import Case
from server.web.offline import offline
from server.web.overview import Overview, overview
from server.web.render import language_of, page
from server.web.services import Services

_BY_NAME: dict[str, Gate] = {gate: gate for gate in GATES}


@get("/audits/{audit:str}/gaps", opt={"needs": "audit.read"}, include_in_schema=False)
async def gaps_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    gate: FromQuery[str] = "",
    dismiss: FromQuery[str] = "",
) -> Response[bytes]:
    """The page. `gate`: only what is due at or before it. `dismiss`: the gap to be dismissed."""
    return await _gaps(request, services, case, gate, dismiss, "pages/gaps.html")


@get("/audits/{audit:str}/gaps/live", opt={"needs": "audit.read"}, include_in_schema=False)
async def gaps_live(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    gate: FromQuery[str] = "",
) -> Response[bytes]:
    """The part of the page that changes while colleagues close gaps."""
    return await _gaps(request, services, case, gate, "", "parts/gaps-live.html")


async def _gaps(
    request: Request[Any, Any, Any], services: Services, case: Case, gate: str, dismiss: str, template: str
) -> Response[bytes]:
    if gate and gate not in _BY_NAME:
        raise NotFoundException
    found = overview(case.criteria, case.state)
    beside = await beside_of(services, found)
    missing, language = photos_named(found.state) - set(beside.arrived or ()), language_of(request)
    return page(
        request,
        template,
        stamp=(found.hash, case.role, sorted(missing), sorted(beside.clocks.items()), *beside.outboxes),
        make=lambda: _context(found, case, found.look(beside), _BY_NAME.get(gate), dismiss, language),
    )


async def beside_of(services: Services, found: Overview) -> Beside:
    """What the journal alone can't know: bytes that are not here, clocks, phones, the report's holes."""
    named = photos_named(found.state)
    missing = await services.blobs.missing(found.state.audit, named) if named else set()
    clocks = await clocks_off(services, found.state.audit)
    cycle = await cycle_for(services, found.state)
    told = await services.outboxes.of(found.state.audit)
    return Beside(
        arrived=named - missing,
        clocks=clocks,
        empty=frozenset(found.report.empty),
        content="" if found.state.released else found.content,
        cycle=cycle,
        outboxes=heard(found.state, told, datetime.now(UTC)),
        unheard=unheard(found.state, told),
    )


async def look(services: Services, state: State, gate: Gate | None = None) -> Found:
    """All gaps of an audit, open and dismissed: what page, command line and release go by."""
    found = overview(await services.criteria_of(state), state)
    return found.look(await beside_of(services, found), gate)


def photos_named(state: State) -> set[str]:
    """Hashes of the photos, the photographed pages and the signatures' pictures that the journal names."""
    photos = (thing.current for thing in state.photos.values())
    documents = (thing.current for thing in state.attachments.values())
    pages = {page.sha256 for document in documents if document is not None for page in document.pages}
    signed = {one.picture for _, one in standing_signatures(state) if one.picture}
    return pages | signed | {photo.sha256 for photo in photos if photo is not None and photo.sha256}


class _Author(msgspec.Struct):
    by: str


async def clocks_off(services: Services, audit: str) -> dict[str, int]:
    """Principal → the largest difference between their device's clock and ours, in ms, where it is a gap."""
    skews: dict[str, int] = {}
    for record in await services.journal.records(audit):
        if record.skew_ms is not None and abs(record.skew_ms) > CLOCK_LIMIT_MS:
            by = msgspec.json.decode(record.raw, type=_Author).by
            skews[by] = max(skews.get(by, 0), record.skew_ms, key=abs)
    return skews


def _context(
    found: Overview, case: Case, looked: Found, gate: Gate | None, dismiss: str, language: Language
) -> dict[str, Any]:
    state, counts = case.state, gap_view.counts(looked.open)
    limit = GATES.index(gate or GATES[-1])
    due = [gap for gap in looked.open if GATES.index(gap.gate) <= limit]
    may_dismiss = case.may("gap.dismiss") and not state.released
    wanted = next((gap for gap in looked.open if gap.id == dismiss), None) if may_dismiss else None
    return {
        "audit": state.audit,
        "setup": state.setup,
        "found": found,
        "gate": gate or "",
        "gates": GATES,
        "counts": counts,
        "here": f"/audits/{state.audit}/gaps" + (f"?gate={gate}" if gate else ""),
        "sections": gap_view.sections(found, due, language),
        "open": counts[gate or GATES[-1]],
        "held": [
            {
                "id": key,
                "by": found.name(held.head.by, language) or _name_in(held.entry) or held.head.by,
                "text": _held_text(held.entry, language),
                "reason": held.reason,
            }
            for key, held in state.held.items()
        ],
        "dismissing": gap_view.row(found, wanted, language) if wanted else None,
        "dismissed": gap_view.dismissed(found, looked, language),
        "may_dismiss": may_dismiss,
        "may_accept": case.may("entry.accepted"),
        "may_write": case.may("observation.write"),
        "capture": shown.capture_at_now(found, case.principal.id),
        "day": found.today(),
        "shown": shown,
    }


def _name_in(entry: Any) -> str:
    """The name that an entry says itself, as one of a guest does."""
    return str(getattr(getattr(entry, "body", None), "name", ""))


def _held_text(entry: Any, language: Language) -> str:
    """The words of a held entry, where it has any."""
    body = getattr(entry, "body", None)
    said: Text | str = getattr(body, "text", "") or getattr(getattr(body, "observation", None), "text", "")
    return said if isinstance(said, str) else said.get(language)


@offline
def _offline(case: Case) -> list[str]:
    return [f"/audits/{case.state.audit}/gaps"]


routes = [gaps_page, gaps_live]
