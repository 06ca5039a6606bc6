"""Sync: entries in, entries out.

The stored bytes are the ones that were sent; nothing here encodes an entry again.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.audit.entries import Entry, UnknownKind, carried_authors, decode
from server.audit.state import Record
from server.people.principal import Principal
from server.people.rights import admit_for, visible
from server.web.errors import Refusal, refusals
from server.web.guards import HEADER, Case
from server.web.services import Services
from server.web.watch import note_team

MAX_BATCH_BYTES = 1024 * 1024
MAX_BATCH_ENTRIES = 200
_JSON = "application/json"
_BETWEEN = re.compile(r"[ \t\n\r]*([\[,\]])[ \t\n\r]*")
"""What stands before, between and behind the entries of a batch."""
_NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/audits/{audit:str}/entries",
    opt={"needs": "entry.send"},
    status_code=200,
    request_max_body_size=MAX_BATCH_BYTES,
    media_type=_JSON,
    responses=refusals(400, 401, 403, 404, 413),
)
async def take_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
) -> Response[bytes]:
    """Store a batch of entries and say of each what became of it.

    An entry that can't be taken never spoils its neighbours: 4xx is about the envelope alone.
    """
    if HEADER not in request.headers:
        raise Refusal(403, "header")
    raws = _split(await request.body())
    authors = await services.accounts.principals(carried_authors(raws))
    appended = await services.journal.append(
        case.state.audit,
        raws,
        sender=principal.id,
        admit=admit_for(principal, from_phone=True, authors=authors),
        clock=_device_clock(request.headers.get("clausewalk-clock", "")),
    )
    await note_team(services, principal, case.state.audit, raws, appended.results)
    answer = {
        "results": appended.results,
        "head": appended.head,
        "head_hash": appended.head_hash,
        "accepts": "reviewer" if case.state.released else "leader",
    }
    return Response(msgspec.json.encode(answer), media_type=_JSON, headers=_NO_STORE)


@get(
    "/audits/{audit:str}/entries",
    opt={"needs": "audit.read"},
    media_type=_JSON,
    responses=refusals(400, 401, 403, 404),
)
async def give_entries(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    after: FromQuery[int] = 0,
) -> Response[bytes]:
    """What came in after `after`, as far as this person sees it; the phone's cursor moves to `head`."""
    if after < 0:
        raise Refusal(400, "bad_request")
    head, head_hash = case.state.seq, case.state.hash
    records = await services.journal.records(case.state.audit, after=after) if after < head else []
    entries = [
        _shown(record)
        for record in records
        if record.seq <= head and visible(_entry(record), case.state, principal)
    ]
    answer = {"head": head, "head_hash": head_hash, "entries": entries}
    return Response(msgspec.json.encode(answer), media_type=_JSON, headers=_NO_STORE)


@get(
    "/audits/{audit:str}/head",
    opt={"needs": "audit.read"},
    media_type=_JSON,
    responses=refusals(401, 403, 404),
)
async def give_head(services: NamedDependency[Services], case: NamedDependency[Case]) -> Response[bytes]:
    """How far the journal has come, and how many blobs are here: what pages ask every few seconds."""
    arrived = await services.blobs.count(case.state.audit)
    answer = {"head": case.state.seq, "head_hash": case.state.hash, "arrived": arrived}
    return Response(msgspec.json.encode(answer), media_type=_JSON, headers=_NO_STORE)


def _split(body: bytes) -> list[bytes]:
    """The entries of a batch as they were written. Raises Refusal for the envelope."""
    try:
        raws = [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError):
        raws = _split_leniently(body)
    if len(raws) > MAX_BATCH_ENTRIES:
        raise Refusal(413, "too_many_entries", most=MAX_BATCH_ENTRIES)
    return raws


def _split_leniently(body: bytes) -> list[bytes]:
    """The entries where one may hold half a character: it is refused by itself and keeps nobody waiting."""
    entries, decoder = list[bytes](), json.JSONDecoder()
    try:
        text = body.decode()
        found = _BETWEEN.match(text)
        while found and found[1] == ("," if entries else "["):
            _, end = decoder.raw_decode(text, found.end())
            entries.append(text[found.end() : end].encode())
            found = _BETWEEN.match(text, end)
    except (ValueError, RecursionError):
        raise Refusal(400, "not_json") from None
    if not found or found[1] != "]" or found.end() < len(text):
        raise Refusal(400, "not_json")
    return entries


def _device_clock(header: str) -> datetime | None:
    """The device's clock as sent with the batch; one that can't be read is no reason to refuse evidence."""
    try:
        clock = datetime.fromisoformat(header)
    except ValueError:
        return None
    return clock if clock.tzinfo else None


def _entry(record: Record) -> Entry | None:
    if record.digest:
        return None
    try:
        return decode(record.raw)
    except UnknownKind:
        return None


def _shown(record: Record) -> dict[str, Any]:
    return {
        "seq": record.seq,
        "received_at": record.received_at,
        "standing": record.standing,
        "reason": record.reason,
        **({"erased": record.id} if record.digest else {"entry": msgspec.Raw(record.raw)}),
    }


routes = [take_entries, give_entries, give_head]
