"""The one guard before every handler: forgery, who is asking, whether they may, the audit by narrowing."""

from __future__ import annotations

import re
import time
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from server.audit.state import State
from server.criteria.load import Criteria
from server.journal import NoSuchAudit
from server.people.guests import Guest
from server.people.principal import Principal
from server.people.rights import BY_DEVICE, PUBLIC, RIGHTS, AuditRole, audit_role, may
from server.people.sessions import Session
from server.web import slow
from server.web.cookies import COOKIE, guest_cookies, host_of, is_secure, token_of
from server.web.errors import Refusal
from server.web.render import language_of
from server.web.services import Services

__all__ = ["COOKIE", "HEADER", "UUID", "Case", "guarded"]

Connection = ASGIConnection[Any, Any, Any, Any]

HEADER = "clausewalk"
"""The custom header (`Clausewalk: 1`): a form on another site can't send it, so it shows a write is ours."""

_DEVICE = "clausewalk-device "
"""How `Authorization` begins where a phone delivers one account's items, whoever is signed in on it."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Case:
    """The audit of a path, which the principal may see, their role in it (None: none), and what it asks."""

    __slots__ = ("criteria", "principal", "role", "state")

    # No dataclass: litestar would check the whole state, field by field, at every request.
    def __init__(
        self, state: State, principal: Principal, role: AuditRole | None, criteria: Criteria
    ) -> None:
        self.state = state
        self.criteria = criteria
        self.principal = principal
        self.role = role

    def may(self, action: str) -> bool:
        """Whether the principal may do `action` here: what a page asks before it offers a button."""
        return may(self.principal.role, self.role, action, released=self.state.released)


def guarded(app: ASGIApp) -> ASGIApp:
    """The guard as middleware: litestar's own guards cost a copy of the handler a request."""

    async def before(scope: Scope, receive: Receive, send: Send) -> None:
        handler = scope["route_handler"]
        request: Request[Any, Any, Any] = Request(scope)
        await guard(request, handler)
        if scope["method"] not in _SAFE:  # type: ignore[typeddict-item]
            receive = slow.bounded(receive, request.headers.get("content-length", ""))
        await app(scope, receive, send)

    return before


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let a request through to its handler, or raise what `server.web.errors` answers with."""
    if connection.scope["method"] not in _SAFE:  # type: ignore[typeddict-item]
        check_forgery(connection, keeps_nothing=handler.opt.get("keeps_nothing", False))
    needs: str = handler.opt.get(
        "needs", PUBLIC
    )  # only the generated answers to OPTIONS say nothing: check_routes
    if needs == PUBLIC:
        return
    services: Services = connection.app.state.services
    if "guest" in connection.path_params and "audit" not in connection.path_params:
        await _let_guest_in(connection, services, needs)
        return
    if needs in BY_DEVICE and connection.headers.get("authorization", "").lower().startswith(_DEVICE):
        principal = await _bearer(connection, services)
    else:
        principal = await _signed_in(connection, services)
    connection.scope["user"] = principal
    if "audit" in connection.path_params:
        case = await find_case(services, principal, str(connection.path_params["audit"]), needs)
        connection.scope["auth"] = case
    elif not may(principal.role, None, needs):
        raise Refusal(403, "not_allowed")


async def _bearer(connection: Connection, services: Services) -> Principal:
    credential = connection.headers["authorization"][len(_DEVICE) :].strip()
    bearer = await services.devices.find(credential)
    if bearer is None:
        raise Refusal(401, "device")
    return bearer


async def _signed_in(connection: Connection, services: Services) -> Principal:
    token = token_of(connection)
    session = await services.sessions.find(token) if token else None
    if session is None:
        raise Refusal(401, "session")
    connection.scope["state"]["session"] = session
    if session.renewed_for and session.own_phone:
        connection.scope["state"]["renewed"] = (token, session.renewed_for)
    return session.principal


async def _let_guest_in(connection: Connection, services: Services, needs: str) -> None:
    """A guest's own pages, on the phone that was bound: the audit is their link's, never the path's.

    Who was shut out, or comes after the end, sees nothing more; what they still send is judged by entry.
    """
    key = str(connection.path_params["guest"])
    token = guest_cookies(connection).get(key)
    guest = await services.guests.find(key, token) if token else None
    if guest is None:
        raise Refusal(401, "guest")
    if connection.scope["method"] in _SAFE and not guest.is_in(time.time()):  # type: ignore[typeddict-item]
        raise Refusal(403, "guest_over")
    principal = guest.principal(language_of(Request(connection.scope)))
    if not may(principal.role, None, needs):
        raise Refusal(403, "not_allowed")
    try:
        state = await services.journal.state(guest.audit)
    except NoSuchAudit:
        raise NotFoundException from None
    connection.scope["user"] = principal
    connection.scope["auth"] = Case(state, principal, None, await services.criteria_of(state))
    connection.scope["state"]["guest"] = guest


async def find_case(services: Services, principal: Principal, audit: str, needs: str) -> Case:
    """The audit, if the principal may do `needs` in it.

    Raises NotFoundException alike for an audit that doesn't exist and one that this person may not see;
    Refusal 403 for one they see but may not do this in.
    """
    if not UUID.fullmatch(audit):
        raise NotFoundException
    try:
        state = await services.journal.state(audit)
    except NoSuchAudit:
        raise NotFoundException from None
    criteria = await services.criteria_of(state)
    case = Case(state, principal, audit_role(state, principal), criteria)
    if case.may(needs):
        return case
    raise Refusal(403, "not_allowed") if case.may("audit.read") else NotFoundException


def check_forgery(connection: Connection, *, keeps_nothing: bool) -> None:
    """Raise Refusal 403 for a write that may come from another site.

    `Origin`, where it is sent, must be ours; without it, and for every JSON body, the custom header has to be
    there. A handler that keeps nothing also takes what comes from no site at all: a phone hands over what is
    shared without an `Origin`, or with the one called `null`.
    """
    headers = connection.headers
    origin = headers.get("origin")
    has_header = HEADER in headers
    from_no_site = keeps_nothing and origin in (None, "null")
    if origin is not None and origin not in own_origins(connection) and not from_no_site:
        raise Refusal(403, "origin")
    if origin is None and not has_header and not from_no_site:
        raise Refusal(403, "origin")
    if "json" in headers.get("content-type", "") and not has_header:
        raise Refusal(403, "header")


def own_origins(connection: Connection) -> set[str]:
    """The origins under which this server is reached: the one of this request, and the one that was set."""
    settings = connection.app.state.settings
    scheme = "https" if is_secure(connection.scope, settings) else "http"
    origins = {f"{scheme}://{host_of(connection.scope)}"}
    return origins | {settings.url} if settings.url else origins


def check_routes(handlers: list[BaseRouteHandler]) -> None:
    """Raise ValueError for a handler that doesn't say what it needs; only made-up OPTIONS need nothing."""
    for handler in handlers:
        if isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}:
            continue
        needs = handler.opt.get("needs")
        if needs != PUBLIC and needs not in RIGHTS:
            raise ValueError(
                f"{sorted(handler.paths)}: opt 'needs' is {needs!r}, which is no action of people.rights"
            )


# Each dependency names the one before it: litestar resolves a chain one by one, but a group in a task each.
def principal_of(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Principal:
    """The dependency `principal`."""
    principal: Principal = request.scope["user"]
    return principal


def session_of(request: Request[Any, Any, Any]) -> Session:
    """The session behind a request; only where a session let it in."""
    session: Session = request.scope["state"]["session"]
    return session


def guest_of(request: Request[Any, Any, Any]) -> Guest:
    """Whose page this is; only on paths that begin with `/guests/{guest:str}`."""
    guest: Guest = request.scope["state"]["guest"]
    return guest


def case_of(request: Request[Any, Any, Any], principal: NamedDependency[Principal]) -> Case:
    """The dependency `case`."""
    case: Case = request.scope["auth"]
    return case
