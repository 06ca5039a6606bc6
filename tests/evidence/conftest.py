"""Evidence on a data folder of its own, and its routes in the smallest application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.exceptions import NotAuthorizedException

from server.audit.entries import Shape
from server.database import Database
from server.evidence import Evidence
from server.evidence.tus import AnyRequest, make_upload_router


@pytest.fixture
async def evidence(tmp_path: Path) -> AsyncIterator[Evidence]:
    db = await Database.open(tmp_path)
    yield await Evidence.open(db, tmp_path)
    await db.close()


DRAWN = {"audit-blurred": [Shape(kind="blur", start=(0.25, 0.25), end=(0.75, 0.75))]}
"""What is drawn on every photo of an audit."""


async def guard(request: AnyRequest, audit: str, action: str) -> str:
    """Accounts are named by a header; what they may do is its second word."""
    account, _, actions = request.headers.get("account", "").partition(" ")
    if action not in actions.split() or not audit.startswith("audit"):
        raise NotAuthorizedException
    return account


def application(evidence: Evidence) -> Litestar:
    def evidence_of(_: AnyRequest) -> Evidence:
        return evidence

    async def refusal_of(_: AnyRequest, audit: str, sha256: str) -> str:
        return ""

    async def layer_of(_: AnyRequest, audit: str, sha256: str) -> list[Shape]:
        return DRAWN.get(audit, [])

    return Litestar(
        [make_upload_router(evidence_of, guard, refusal_of, layer_of)],
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture
async def client(evidence: Evidence) -> AsyncIterator[AsyncClient]:
    headers = {"Tus-Resumable": "1.0.0", "Account": "wen photo.upload photo.read"}
    app: Any = application(evidence)  # Litestar's types of ASGI are narrower than httpx's
    async with AsyncClient(transport=ASGITransport(app), base_url="http://server") as client:
        client.headers.update(headers)
        yield client
