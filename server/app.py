"""The web application: all pages and interfaces under one guard, with the headers common to them."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.exceptions.base_exceptions import LitestarDeprecationWarning
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from server.audit.entries import Shape
from server.audit.markup import layer_of_bytes
from server.audit.permission import takes_bytes
from server.evidence.rooms import Evidence
from server.evidence.tus import make_upload_router
from server.people.principal import Principal
from server.people.rights import PUBLIC
from server.settings import Settings
from server.web.bodies import Bodies
from server.web.errors import answer_failure, answer_http
from server.web.guards import case_of, check_routes, guarded, principal_of
from server.web.headers import Headers
from server.web.reminders import keep_reminding
from server.web.services import Services, open_services
from server.web.watch import watch

PAGES = (
    "server.web.static_files",
    "server.web.sign_in",
    "server.web.account",
    "server.web.devices",
    "server.web.accounts",
    "server.web.welcome",
    "server.web.security_log",
    "server.web.trust",
    "server.web.sync",
    "server.web.today",
    "server.web.walk",
    "server.web.stop",
    "server.web.meetings",
    "server.web.observation",
    "server.web.gaps",
    "server.web.leave",
    "server.web.cycle",
    "server.web.ledger",
    "server.web.places",
    "server.web.findings",
    "server.web.answers",
    "server.web.follow_ups",
    "server.web.follow_up",
    "server.web.auditee",
    "server.web.report",
    "server.web.plan",
    "server.web.plan_links",
    "server.web.come_in",
    "server.web.guests",
    "server.web.guest_codes",
    "server.web.attendance",
    "server.web.attendance_sheet",
    "server.web.nonconformity_sheet",
    "server.web.guide",
    "server.web.documents",
    "server.web.audits",
    "server.web.setup",
    "server.web.attachment_pages",
    "server.web.import_audit",
    "server.web.custody",
    "server.web.interchange",
    "server.web.capture",
    "server.web.drafts",
    "server.web.people",
    "server.web.tasks",
    "server.web.team",
    "server.web.checklists",
    "server.web.list_import",
    "server.web.checklist",
    "server.web.begun",
    "server.web.phrases",
    "server.web.transition",
    "server.web.outbox",
    "server.web.share",
    "server.web.worker",
    "server.web.pack",
    "server.web.versions",
)
"""The modules with a list `routes` of handlers. A new page is one line here."""

_BODIES_BYTES = 8 * 1024 * 1024


def create_app(settings: Settings) -> Litestar:
    """The application. Its services open with the lifespan.

    Raises ValueError for a route that doesn't say what it needs.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_services(settings) as services:
            app.state.services = services
            reminding = asyncio.create_task(keep_reminding(services)) if settings.smtp_host else None
            try:
                yield
            finally:
                if reminding is not None:
                    reminding.cancel()
                    await asyncio.gather(reminding, return_exceptions=True)

    with warnings.catch_warnings():
        # Handlers that name a dependency without marking it: fine before litestar 3, which is excluded.
        warnings.filterwarnings("ignore", "(?s).*Inferred dependency", category=LitestarDeprecationWarning)
        app = _assemble(settings, lifespan)
    check_routes(handlers_of(app))
    return app


def _assemble(
    settings: Settings, lifespan: Callable[[Litestar], AbstractAsyncContextManager[None]]
) -> Litestar:
    return Litestar(
        route_handlers=[*_page_routes(), make_upload_router(_evidence_of, _uploader, _refusal_of, _layer_of)],
        middleware=[guarded],
        dependencies={
            "services": Provide(_services_of, sync_to_thread=False),
            "principal": Provide(principal_of, sync_to_thread=False),
            "case": Provide(case_of, sync_to_thread=False),
        },
        exception_handlers={HTTPException: answer_http, Exception: answer_failure},
        before_send=[Headers(settings), watch],
        lifespan=[lifespan],
        state=State({"settings": settings, "bodies": Bodies(_BODIES_BYTES)}, deep_copy=False),
        openapi_config=OpenAPIConfig(
            title="Clausewalk",
            version="1",
            render_plugins=[JsonRenderPlugin()],
            openapi_router=Router(path="/schema", route_handlers=[], opt={"needs": PUBLIC}),
        ),
        logging_config=None,
        debug=False,
    )


def handlers_of(app: Litestar) -> list[BaseRouteHandler]:
    """Every handler of the application, each once."""
    found: dict[int, BaseRouteHandler] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            found[id(handler)] = handler
    return list(found.values())


def _page_routes() -> list[Any]:
    return [route for name in PAGES for route in import_module(name).routes]


def _evidence_of(request: Request[Any, Any, Any]) -> Evidence:
    evidence: Evidence = request.app.state.services.evidence
    return evidence


async def _uploader(request: Request[Any, Any, Any], audit: str, action: str) -> str:
    """The account behind an upload or a photo: `guard` has let it through already."""
    principal: Principal = request.scope["user"]
    return principal.id


async def _refusal_of(request: Request[Any, Any, Any], audit: str, sha256: str) -> str:
    return "" if takes_bytes(await _services_of(request).journal.state(audit), sha256) else "classified"


async def _layer_of(request: Request[Any, Any, Any], audit: str, sha256: str) -> list[Shape]:
    return layer_of_bytes(await _services_of(request).journal.state(audit), sha256)


def _services_of(request: Request[Any, Any, Any]) -> Services:
    services: Services = request.app.state.services
    return services
