"""Entries that a page's own form makes: with ids of the server, through the same door as a phone's."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from server.audit.entries import Head, encode
from server.people.principal import Principal
from server.people.rights import admit_for
from server.web.errors import Refusal
from server.web.services import Services
from server.web.watch import note_team

DEVICE = "page"


def uuid7(now: datetime) -> str:
    """A UUID of version 7: the time in milliseconds, then random bits."""
    value = int(now.timestamp() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def make(kind: type[Head], audit: str, principal: Principal, body: Any) -> bytes:
    """One entry by this person, made now."""
    now = datetime.now(UTC)
    entry = kind(id=uuid7(now), audit=audit, made_at=now, by=principal.id, device=DEVICE, body=body)  # type: ignore[call-arg]
    return encode(entry)  # type: ignore[arg-type]


async def append(
    services: Services, audit: str, principal: Principal, *raws: bytes, create: bool = False
) -> None:
    """Store entries of a form. Raises Refusal 409 where one was not taken as it stands."""
    appended = await services.journal.append(
        audit, list(raws), sender=principal.id, admit=admit_for(principal), create=create
    )
    await note_team(services, principal, audit, raws, appended.results)
    for result in appended.results:
        if result.status in ("refused", "held"):
            code = "after_release" if result.reason == "after_release" else "not_taken"
            raise Refusal(409, code, reason=result.detail or result.reason)
