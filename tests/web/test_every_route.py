"""What holds of every route's answer, errors and files included: headers, caches, forgery, sizes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from server.people.rights import PUBLIC
from tests.support.world import AUDIT, Visitor, World
from tests.web.test_rights import address, handlers

OURS = "http://testserver.local"
STRICT = {
    "default-src": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "script-src": "'self'",
}
LARGE = {"/office/import": 4 * 1024**3}
"""What may be larger than a photo, streamed to disk: an audit as one file, with its photos."""

OPEN = {"GET /static/{build:str}/{name:path}", "GET /sw.js", "GET /interchange/1/schema.json"}
"""The same for everybody: may be kept by any cache."""


def writes(world: World) -> list[tuple[str, str]]:
    """Method and address of every route that writes."""
    found = [(method, path) for method, path, _ in handlers(world) if method not in ("GET", "HEAD")]
    return [address(f"{method} {path}") for method, path in found]


def visitors(world: World) -> list[Visitor]:
    return [world.visitor(None), world.visitor("leader"), world.visitor("admin")]


def check_headers(answer: Any, where: str) -> None:
    """The headers that stop a browser from guessing, framing, leaking and loading."""
    headers = answer.headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy, where
    if "sandbox" in policy:  # pictures and documents: stricter still, nothing is loaded or run
        assert "default-src 'none'" in policy, where
    else:
        parts = dict(part.split(" ", 1) for part in policy.split("; "))
        assert parts.items() >= STRICT.items(), where
    assert headers["x-content-type-options"] == "nosniff", where
    assert headers["referrer-policy"] == "same-origin", where
    assert headers["cross-origin-opener-policy"] == "same-origin", where
    assert headers["cross-origin-resource-policy"] == "same-origin", where
    assert "access-control-allow-origin" not in headers, where
    assert "server" not in headers, where
    allowed = {part.strip() for part in headers["permissions-policy"].split(",")}
    assert {part for part in allowed if not part.endswith("=()")} == {"camera=(self)", "geolocation=(self)"}


def test_every_answer_carries_the_headers(world: World) -> None:
    asked = 0
    for method, path, _ in handlers(world):
        _, url = address(f"{method} {path}", path="openapi.json")
        for visitor in visitors(world)[: 3 if method == "GET" else 2]:
            answer = visitor.ask(method, url, headers={"Clausewalk": "1"} if method != "GET" else {})
            check_headers(answer, f"{method} {path} {answer.status_code}")
            asked += 1
    assert asked > 100


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/nothing-here"),
        ("GET", "/static/0/nothing.js"),
        ("GET", "/static/0/../../etc/passwd"),
        ("DELETE", "/account"),
        ("OPTIONS", "/account"),
        ("HEAD", "/account"),
        ("POST", "/account"),
        ("GET", f"/audits/{AUDIT}/entries?after=x"),
        ("GET", f"/audits/{AUDIT}/photos/x?w=7"),
        ("POST", f"/audits/{AUDIT}/uploads"),
        ("PUT", "/"),
    ],
)
def test_every_error_carries_them_too(world: World, method: str, url: str) -> None:
    for visitor in visitors(world):
        check_headers(visitor.ask(method, url), f"{method} {url}")


def test_nothing_that_is_somebodys_may_be_kept_by_others(world: World) -> None:
    for method, path, needs in handlers(world):
        if method != "GET" or f"GET {path}" in OPEN or path.startswith("/schema"):
            continue
        _, url = address(f"GET {path}")
        for who in ("leader", "admin", "office"):
            answer = world.visitor(who).get(url)
            kept = answer.headers.get("cache-control", "")
            if needs == PUBLIC:
                assert "public" not in kept, path
            else:
                assert "private" in kept or "no-store" in kept, f"{who} {path} {answer.status_code} {kept}"


KEEPS_NOTHING = "/share"
"""Answers a phone that shares without a worker: from no site at all, too, because it keeps nothing."""

FORGED: list[dict[str, str]] = [
    {},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": OURS + ".evil.test"},
    {"Origin": OURS + ":81"},
    {"Origin": "https://evil.test", "Clausewalk": "1"},
    {"Referer": OURS + "/"},
    {"Sec-Fetch-Site": "same-origin"},
]


def test_no_write_is_taken_from_another_site(world: World) -> None:
    before = world.run(
        world.services.db.read, "SELECT count(*) FROM security_log WHERE event <> 'audit_viewed'"
    )
    head = world.visitor("leader").get(f"/audits/{AUDIT}/head").json()
    asked = 0
    for method, url in writes(world):
        for who in ("leader", "office", "admin", None):
            for headers in FORGED:
                answer = world.visitor(who).ask(method, url, headers=headers)
                from_no_site = headers.get("Origin", "null") == "null"
                expected = 409 if url == KEEPS_NOTHING and from_no_site else 403
                assert answer.status_code == expected, f"{who} {method} {url} {headers}"
                asked += 1
    assert asked > 500
    after = world.run(
        world.services.db.read, "SELECT count(*) FROM security_log WHERE event <> 'audit_viewed'"
    )
    assert [tuple(row) for row in after] == [tuple(row) for row in before], "not even a sign-out"
    assert world.visitor("leader").get(f"/audits/{AUDIT}/head").json() == head


def test_json_is_taken_with_the_custom_header_alone(world: World) -> None:
    headers = {"Origin": OURS, "Content-Type": "application/json"}
    for method, url in writes(world):
        assert world.visitor("leader").ask(method, url, headers=headers, content=b"[]").status_code == 403, (
            url
        )


def test_every_write_has_a_limit_of_its_own(world: World) -> None:
    """Nothing takes a body without end: the limit stands at the route, and a body beyond it is refused."""
    for route in world.app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            if handler.http_methods & {"POST", "PUT", "PATCH"}:
                limit = handler.resolve_request_max_body_size()
                assert limit is not None, route.path
                assert limit <= LARGE.get(route.path, 64 * 1024**2), route.path


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_refused_before_it_is_read(world: World, chunked: bool) -> None:
    body = b"a=" + b"x" * (300 * 1024)
    for url in ("/sign-in", "/account", "/account/password", "/welcome/" + "x" * 43, "/admin/accounts/new"):
        content: Any = iter([body[:1000], body[1000:]]) if chunked else body
        headers = {"Origin": OURS, "Content-Type": "application/x-www-form-urlencoded"}
        answer = world.visitor("admin").ask("POST", url, headers=headers, content=content)
        assert answer.status_code in ((413,) if not url.startswith("/welcome") else (404, 413)), url


def test_no_page_of_html_carries_a_script_or_style_of_its_own(world: World) -> None:
    for method, path, _ in handlers(world):
        if method != "GET" or path == "/audits/{audit:str}/{name:str}":
            continue
        _, url = address(f"GET {path}", path="openapi.json")
        answer = world.visitor("leader").get(url)
        if answer.headers.get("content-type", "").startswith("text/html"):
            text = answer.text
            assert not re.search(r"<style\b|\sstyle=|\son\w+=|javascript:", text), path
            for script in re.findall(r"<script\b[^>]*>", text):
                assert "src=" in script or 'type="application/json"' in script, path
