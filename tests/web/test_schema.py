"""Requests made from the API's own schema: never a failure of the server, only documented answers.

The API is what programs talk to: entries, head, uploads, photos. Pages are asked as well, by a schema made
for this test alone: whatever stands in an address, a page is an answer and not a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from litestar.handlers import HTTPRouteHandler
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from server.app import create_app
from server.settings import Settings
from tests.support.live import LiveServer
from tests.support.world import AUDIT, FINDING, OBSERVATION

KNOWN = {"audit": AUDIT, "stop": "s2", "observation": OBSERVATION, "finding": FINDING}
"""What exists: half of the generated addresses name it, else hardly one would lead anywhere."""
STREAMS = ("/audits/{audit}/{name}", "/static/{build}/{name}", "/schema/{path}")
"""Files and documents: what they are made of is tested where they are made."""
EXAMPLES = 25
BOUNDED = hypothesis.settings(
    max_examples=EXAMPLES,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def schema() -> dict[str, Any]:
    """The schema as the program gives it."""
    return create_app(Settings(data=Path("unused"), cdn="off")).openapi_schema.to_schema()


def operations(document: dict[str, Any]) -> Iterator[Any]:
    """Every operation that isn't left out."""
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if operation.path not in STREAMS:
            yield operation


def names_its_type(context: Any, response: Any, case: Case[Any]) -> bool | None:
    """An answer is of the documented type; one without a body has none."""
    return None if response.status_code == 204 else content_type_conformance(context, response, case)


def ask(operation: Any, server: LiveServer, checks: list[Any]) -> None:
    """Make requests of an operation as the leader, and check each answer."""

    @BOUNDED
    @given(case=operation.as_strategy(), exists=st.booleans())
    def one(case: Case[Any], exists: bool) -> None:
        if exists:
            case.path_parameters |= {name: KNOWN[name] for name in case.path_parameters if name in KNOWN}
        headers = {"Cookie": f"clausewalk={server.tokens['leader']}", "Clausewalk": "1"}
        response = case.call(base_url=server.url, headers=headers, allow_redirects=False)
        case.validate_response(response, checks=checks)

    one()


def test_the_api_answers_as_it_says(server: LiveServer, subtests: pytest.Subtests) -> None:
    asked = 0
    for operation in operations(schema()):
        with subtests.test(msg=operation.label):
            ask(
                operation,
                server,
                [not_a_server_error, status_code_conformance, names_its_type],
            )
        asked += 1
    assert asked >= 8


def test_no_page_fails_whatever_its_address_says(
    server: LiveServer, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        HTTPRouteHandler, "resolve_include_in_schema", lambda one: "OPTIONS" not in one.http_methods
    )
    asked = 0
    for operation in operations(schema()):
        with subtests.test(msg=operation.label):
            ask(operation, server, [not_a_server_error])
        asked += 1
    assert asked >= 30
