"""Requests that somebody sends who means harm: nothing is read, nothing breaks, nothing leads elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from server.web import slow
from server.web.forms import local_path
from tests.support.world import AUDIT, ID, PASSWORD, World, entry, observed
from tests.web.test_sign_in import set_cookie, token

HERE = "https://audit.example.test"
AWAY = [
    "https://evil.test/",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/%09/evil.test",
    "\t//evil.test",
    " //evil.test",
    "/\x00/evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "/@evil.test",
    "/.//evil.test",
    "http:evil.test",
    "/\r\nLocation: https://evil.test",
    "/审核/一",
    "/x\u2028y",
    "",
    "/" * 5000,
]


@pytest.mark.parametrize("wanted", AWAY, ids=range(len(AWAY)))
def test_signing_in_never_leads_elsewhere_and_never_fails(world: World, wanted: str) -> None:
    nobody = world.visitor(None)
    assert nobody.get(f"/sign-in?next={quote(wanted[:2000])}").status_code == 200
    answer = nobody.fill("/sign-in", login="leader", password=PASSWORD, next=wanted)
    assert answer.status_code == 303
    leads = urljoin(HERE + "/sign-in", answer.headers["location"])
    assert urlsplit(leads).netloc == urlsplit(HERE).netloc
    assert "\n" not in answer.headers["location"]


@bounded(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet="/\\.:@?#%09\t\r\n x审evil", max_size=12))
def test_a_path_to_go_on_to_stays_here_as_browsers_read_it(wanted: str) -> None:
    path = local_path(wanted)
    # Browsers drop tabs and line ends, and read a backslash as a slash.
    as_read = re.sub(r"[\t\r\n]", "", path).replace("\\", "/")
    assert as_read.startswith("/")
    assert not as_read.startswith("//")
    assert path.isascii()


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'[{"a":' * 100_000, b"[" * 3000 + b"]" * 3000, b'["' + b"\\" * 9999]
)
def test_json_nested_without_end_is_not_understood(world: World, body: bytes) -> None:
    answer = world.visitor("auditor").send_raw(body)
    assert answer.status_code in (200, 400), answer.text
    assert "stored" not in answer.text


def test_an_entry_nested_without_end_is_refused_and_spoils_nobody(world: World) -> None:
    deep = b'{"kind":"observed","body":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    batch = b"[" + deep + b"," + json.dumps(observed()).encode() + b"]"
    answer = world.visitor("auditor").send_raw(batch)
    if answer.status_code == 200:
        assert [one["status"] for one in answer.json()["results"]] == ["refused", "stored"]
    else:
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"[1]",
        b"[null]",
        b'["x"]',
        b"[[]]",
        b'[{"id":{}}]',
        b'[{"id":"\\ud800"}]',
        b'[{"kind":"observed","kind":"x"}]',
        b"[NaN]",
    ],
)
def test_what_is_no_entry_is_refused_by_itself(world: World, body: bytes) -> None:
    answer = world.visitor("auditor").send_raw(body)
    assert answer.status_code in (200, 400), answer.text
    assert "stored" not in answer.text


BAD_HASHES = [
    "../../clausewalk.db",
    "..%2f..%2fclausewalk.db",
    "%2e%2e%2fclausewalk.db",
    "0" * 63,
    "0" * 65,
    "G" * 64,
    "A" * 64,
    "0" * 64 + "%0a",
    "0" * 64 + "%00",
    "０" * 64,
    "0" * 62 + "/..",
    "%",
    "a" * 5000,
]


@pytest.mark.parametrize("sha256", BAD_HASHES, ids=range(len(BAD_HASHES)))
def test_no_photo_is_found_by_tricks(world: World, sha256: str) -> None:
    for query in ("", "?w=320", "?w=-1", "?w=999999999999999999999", "?w=x"):
        answer = world.visitor("leader").get(f"/audits/{AUDIT}/photos/{sha256}{query}")
        assert answer.status_code in (303, 400, 401, 404), answer.status_code
        assert b"SQLite" not in answer.content


@pytest.mark.parametrize(
    ("login", "path", "media"),
    [("leader", f"/audits/{AUDIT}/report.html", "text/html"), ("admin", "/admin/log.csv", "text/csv")],
)
def test_a_document_names_its_characters_once(world: World, login: str, path: str, media: str) -> None:
    answer = world.visitor(login).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")


@pytest.mark.parametrize("number", [10**24, 2**63, 2**63 - 1, -(10**24)])
def test_a_number_of_any_size_leads_to_a_page(world: World, number: int) -> None:
    assert world.visitor("admin").get(f"/admin/log?before={number}").status_code == 200
    assert world.visitor("office").get(f"/office/people?after={number}").status_code == 200
    after = world.visitor("leader").get(f"/audits/{AUDIT}/entries?after={number}")
    assert after.status_code == (200 if number > 0 else 400)


@pytest.mark.parametrize(
    "audit", ["../" + AUDIT, AUDIT.upper(), AUDIT + "%00", AUDIT + "%0a", "%2e%2e", "'", "{}"]
)
def test_no_audit_is_found_by_tricks(world: World, audit: str) -> None:
    for page in ("", "/entries", "/report", "/sheets.html"):
        assert world.visitor("leader").get(f"/audits/{audit}{page}").status_code == 404


TUS = {"Tus-Resumable": "1.0.0", "Clausewalk": "1"}


def metadata(**pairs: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


@pytest.mark.parametrize(
    ("length", "described"),
    [
        ("10", {"sha256": "../../x"}),
        ("10", {"sha256": "0" * 64 + "\n"}),
        ("-1", {"sha256": "0" * 64}),
        ("99999999999999999999", {"sha256": "0" * 64}),
        ("0x10", {"sha256": "0" * 64}),
        ("\xb2", {"sha256": "0" * 64}),
        ("10", {"filename": "a.jpg"}),
    ],
)
def test_no_upload_begins_with_tricks(world: World, length: str, described: dict[str, str]) -> None:
    headers: Any = {
        name: value.encode("latin-1")
        for name, value in (TUS | {"Upload-Length": length, "Upload-Metadata": metadata(**described)}).items()
    }
    answer = world.visitor("auditor").ask("POST", f"/audits/{AUDIT}/uploads", headers=headers)
    assert answer.status_code in (400, 413), answer.text


def test_a_file_name_with_a_header_in_it_adds_none(world: World) -> None:
    name = 'x"\r\nSet-Cookie: clausewalk=evil\r\n\r\n<script>'
    described = metadata(sha256=hashlib.sha256(b"x").hexdigest(), filename=name, filetype="text/html\r\nX: y")
    headers = TUS | {"Upload-Length": "1", "Upload-Metadata": described}
    answer = world.visitor("auditor").ask("POST", f"/audits/{AUDIT}/uploads", headers=headers)
    assert answer.status_code == 201
    assert "set-cookie" not in answer.headers
    number = entry("configured", {"path": "visit/number", "value": name, "bases": []}, by="leader")
    world.visitor("leader").send(number)
    sheets = world.visitor("leader").get(f"/audits/{AUDIT}/sheets.html")
    assert sheets.status_code == 200
    assert "set-cookie" not in sheets.headers
    assert not re.search(r"[\r\n]", sheets.headers["content-disposition"])


def test_bytes_that_are_no_picture_are_no_photo(world: World) -> None:
    data = b"<html><script>alert(1)</script></html>"
    described = metadata(sha256=hashlib.sha256(data).hexdigest(), filetype="image/jpeg", filename="x.jpg")
    headers = TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": described}
    where = (
        world.visitor("auditor").ask("POST", f"/audits/{AUDIT}/uploads", headers=headers).headers["location"]
    )
    headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert world.visitor("auditor").ask("PATCH", where, headers=headers, content=data).status_code == 422


def test_a_session_that_somebody_planted_never_becomes_one(world: World) -> None:
    planted = "planted-by-somebody-else-0123456789abcdefghi"
    headers = {"Origin": str(world.client.base_url).rstrip("/"), "Cookie": f"clausewalk={planted}"}
    form = {"login": "leader", "password": PASSWORD}
    answer = world.client.post("/sign-in", data=form, headers=headers, follow_redirects=False)
    assert token(answer) != planted
    assert (
        world.client.get(
            "/account", headers={"Cookie": f"clausewalk={planted}"}, follow_redirects=False
        ).status_code
        == 303
    )


def test_over_https_only_the_cookie_that_no_neighbour_can_set_counts(world: World) -> None:
    session = world.tokens["leader"]
    for name, status in (("__Host-clausewalk", 200), ("clausewalk", 303)):
        answer = world.client.get(
            "https://audit.example.test/account",
            headers={"Cookie": f"{name}={session}"},
            follow_redirects=False,
        )
        assert answer.status_code == status, name
    plain = world.client.get(
        "/account", headers={"Cookie": f"__Host-clausewalk={session}"}, follow_redirects=False
    )
    assert plain.status_code == 303


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "a\\b", "", "[::1", "x" * 300])
def test_the_host_that_was_asked_for_leads_nowhere(world: World, host: str) -> None:
    form = {"login": "leader", "password": PASSWORD, "next": "/account"}
    answer = world.client.post(
        "/sign-in", data=form, headers={"Host": host, "Clausewalk": "1"}, follow_redirects=False
    )
    assert answer.status_code in (303, 400)
    if answer.status_code == 303:
        assert answer.headers["location"] == "/account"
        assert "domain" not in set_cookie(answer).lower()


def test_a_body_that_pauses_or_trickles_is_let_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    async def ask(pause: float) -> int:
        answered: list[Any] = []
        pieces = 0

        async def receive() -> Any:
            nonlocal pieces
            pieces += 1
            await asyncio.sleep(pause)
            return {"type": "http.request", "body": b"x", "more_body": True}

        async def send(message: Any) -> None:
            answered.append(message)

        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/sign-in",
            "raw_path": b"/sign-in",
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "headers": [(b"host", b"x"), (b"clausewalk", b"1")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        await world.app(scope, receive, send)
        return int(answered[0]["status"])

    monkeypatch.setattr(slow, "IDLE_SECONDS", 0.05)
    assert world.run(ask, 3600) == 408
    monkeypatch.setattr(slow, "IDLE_SECONDS", 5)
    monkeypatch.setattr(slow, "WHOLE_SECONDS", 0.2)
    assert world.run(ask, 0.01) == 408


@pytest.mark.parametrize("value", ["x" * 20_000, "\x7f", "'; DROP TABLE sessions; --", "%00"])
def test_a_strange_cookie_is_nobody(world: World, value: str) -> None:
    answer = world.client.get("/account", headers={"Cookie": f"clausewalk={value}"}, follow_redirects=False)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "query", ["?lang=../../x", "?w='", "?after=-1", "?after=1e9", "?chapter=%00", "?find=%25%27%22%3C"]
)
def test_strange_queries_are_answered(world: World, query: str) -> None:
    for page in ("", "/entries", "/report", "/findings", "/gaps", "/sheets.html"):
        answer = world.visitor("leader").get(f"/audits/{AUDIT}{page}{query}")
        assert answer.status_code in (200, 400, 404), f"{page}{query} {answer.status_code}"
        assert "<%27" not in answer.text
    for page in ("/office/audits", "/office/people"):
        assert world.visitor("office").get(page + query).status_code in (200, 400)


def test_logins_are_not_told_apart(world: World) -> None:
    nobody = world.visitor(None)
    answers = [
        nobody.fill("/sign-in", login=login, password="wrong-password-1") for login in ("leader", "no-such")
    ]
    shown = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    assert shown[0] == shown[1]
    assert answers[0].status_code == answers[1].status_code == 401


def test_a_phone_cannot_speak_for_others_by_a_forwarded_address(world: World) -> None:
    """Without a proxy that was set, what a request says of its address counts for nothing."""
    headers = {"Origin": str(world.client.base_url).rstrip("/")}
    for number in range(7):
        sent = headers | {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}"}
        form = {"login": "leader", "password": f"wrong-{number}"}
        answer = world.client.post("/sign-in", data=form, headers=sent, follow_redirects=False)
    assert answer.status_code == 429
    rows = world.run(
        world.services.db.read, "SELECT DISTINCT address FROM security_log WHERE event='sign_in_failed'"
    )
    assert len(rows) == 1


def test_names_that_are_html_are_text(world: World) -> None:
    evil = "<img src=x onerror=alert(1)>\"'</title>"
    world.visitor("admin").fill(f"/admin/accounts/{ID['leader']}", name=evil, role="auditor")
    for who, pages in (
        (
            "admin",
            (
                "/admin/accounts",
                f"/admin/accounts/{ID['leader']}",
                "/admin/log",
                f"/admin/log?person={quote(evil)}",
            ),
        ),
        ("leader", ("/account", "/", f"/audits/{AUDIT}")),
    ):
        for page in pages:
            text = world.visitor(who).get(page).text
            assert "<img src=x" not in text, page
            assert '</title>"' not in text, page
    answer = world.visitor(None).fill("/sign-in", login=evil, password="x" * 12, next=evil)
    assert "<img src=x" not in answer.text


def test_what_is_nested_too_deep_is_refused_wherever_it_would_be_read(world: World) -> None:
    """The interpreter's own limit depends on the caller: what was taken here could be unreadable there."""
    for depth in (60, 65, 300, 800, 900, 950, 980):
        deep = b',"later":' + b"[" * depth + b"]" * depth + b"}"
        answer = world.visitor("auditor").send_raw(b"[" + json.dumps(observed()).encode()[:-1] + deep + b"]")
        result = answer.json()["results"][0] if answer.status_code == 200 else {"status": "refused"}
        assert result["status"] == ("stored" if depth == 60 else "refused"), depth
    assert world.visitor("leader").get(f"/audits/{AUDIT}").status_code == 200
    bracketed = observed(text="[" * 5000 + '\\"{{{' * 20)
    assert world.visitor("auditor").send(bracketed).json()["results"][0]["status"] == "stored"
