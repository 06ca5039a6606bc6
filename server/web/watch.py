"""What the security log holds of answers: who was shown an audit, who was handed evidence.

Here, and not in the pages: a page that is added tomorrow is logged like all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from litestar import Litestar
from litestar.types import HTTPScope, Message, Scope

from server.journal.results import Result
from server.people.principal import Principal
from server.people.security_log import Event, note
from server.web.guards import Case
from server.web.services import Services

_HANDED_OVER = b"attachment"


async def watch(message: Message, scope: Scope) -> None:
    """Called by the application before each message of an answer.

    A page costs a look into memory. What is handed over — documents, exports, attached files, photos in full
    size — is in the log before its first byte leaves.
    """
    if message["type"] != "http.response.start" or scope.get("method") != "GET" or message["status"] >= 400:
        return
    app: Litestar = scope["litestar_app"]
    services: Services = app.state.services
    principal = scope.get("user")
    if not isinstance(principal, Principal):
        return
    case = scope.get("auth")
    audit = case.state.audit if isinstance(case, Case) else None
    event = _handed_over(message["headers"], cast("HTTPScope", scope))
    if event is not None:
        thing = scope["path"].rsplit("/", 1)[1]
        await services.db.write(
            lambda connection: note(
                connection, event, actor=principal.id, account=principal.id, audit=audit, object=thing
            )
        )
    elif audit is not None:
        services.views.viewed(principal.id, audit)


def _handed_over(headers: Any, scope: HTTPScope) -> Event | None:
    """What an answer hands over: a file to keep, or a photo as it was taken."""
    if scope["route_handler"].opt.get("needs") == "photo.read" and b"w=" not in scope["query_string"]:
        return "photo_opened"
    is_file = any(
        name.lower() == b"content-disposition" and value.startswith(_HANDED_OVER) for name, value in headers
    )
    return "downloaded" if is_file else None


class _Configured(msgspec.Struct):
    path: str


class _Entry(msgspec.Struct):
    kind: str
    body: _Configured


async def note_team(
    services: Services, principal: Principal, audit: str, raws: Sequence[bytes], results: Sequence[Result]
) -> None:
    """Note changes of the team among entries that were just taken; what changed stands in the journal."""
    changed = [
        result.id
        for raw, result in zip(raws, results, strict=True)
        if result.status == "stored" and b'"team' in raw and _is_team(raw)
    ]
    if not changed:
        return
    await services.db.write(
        lambda connection: note(
            connection, "team_changed", actor=principal.id, account=None, audit=audit, object=changed[0]
        )
    )


def _is_team(raw: bytes) -> bool:
    try:
        entry = msgspec.json.decode(raw, type=_Entry)
    except msgspec.DecodeError:
        return False
    return entry.kind == "configured" and entry.body.path.split("/", 1)[0] == "team"
