"""What holds of every answer: headers, forgery, nothing secret in pages, nothing that CSP would block."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from server.app import create_app
from server.criteria.model import LANGUAGES
from server.settings import Settings, data_root
from server.web.guards import check_routes
from server.web.headers import content_security_policy
from server.web.texts import load_texts, texts
from tests.support.html import Html
from tests.support.world import AUDIT, World, observed

TEMPLATES = [path for path in sorted(data_root("templates").rglob("*.html")) if path.parent.name != "report"]
"""Templates of pages; those of the report are documents of their own, with their style in them."""
OURS = "http://testserver.local"


@pytest.mark.parametrize("url", ["/sign-in", "/account", "/nothing-here", f"/audits/{AUDIT}/head", "/trust"])
def test_every_answer_carries_the_headers(world: World, url: str) -> None:
    for who in ("leader", None):
        headers = world.visitor(who).get(url).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "camera=(self)" in headers["permissions-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "strict-transport-security" not in headers


def test_the_policy_follows_the_cdn() -> None:
    policy = content_security_policy(Settings(cdn="https://cdn.example.org/npm"))
    assert "script-src 'self' https://cdn.example.org;" in policy
    assert "connect-src 'self' https://cdn.example.org;" in policy


def test_over_https_the_cookie_is_secure_and_a_name_is_pinned(world: World) -> None:
    sent = {"Origin": "https://audit.example.test"}
    form = {"login": "leader", "password": "not-a-secret-1"}
    answer = world.client.post(
        "https://audit.example.test/sign-in", data=form, headers=sent, follow_redirects=False
    )
    [session] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-clausewalk=")]
    assert session.endswith("; Secure")
    assert answer.headers["strict-transport-security"]
    for host in ("localhost:8443", "192.168.1.5:8443"):
        assert "strict-transport-security" not in world.client.get(f"https://{host}/sign-in").headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": OURS}, 303),
        ({"Clausewalk": "1"}, 303),
        ({"Origin": OURS, "Clausewalk": "1"}, 303),
        ({}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "https://evil.test", "Clausewalk": "1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": OURS + ".evil.test"}, 403),
        ({"Origin": OURS.replace("http", "https")}, 403),
    ],
)
def test_a_write_has_to_come_from_our_own_pages(world: World, headers: dict[str, str], status: int) -> None:
    form = {"language": "en", "theme": "dark", "hand": "left"}
    leader = world.visitor("leader")
    assert leader.ask("POST", "/account", data=form, headers=headers).status_code == status
    changed = '<html lang="en"' in leader.get("/account").text
    assert changed == (status == 303)


def test_json_needs_the_custom_header_even_from_our_origin(world: World) -> None:
    headers = {"Origin": OURS, "Content-Type": "application/json"}
    url = f"/audits/{AUDIT}/entries"
    answer = world.visitor("auditor").ask("POST", url, content=b"[]", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "header")
    disguised = headers | {"Content-Type": "text/plain"}
    assert world.visitor("auditor").ask("POST", url, content=b"[]", headers=disguised).status_code == 403


def test_the_address_that_was_set_is_ours_too(data: Path) -> None:
    from litestar.testing import TestClient

    settings = Settings(data=data, cdn="off", url="https://audit.example.org")
    with TestClient(create_app(settings)) as client:
        answer = client.post(
            "/sign-out", headers={"Origin": "https://audit.example.org"}, follow_redirects=False
        )
        assert answer.status_code == 303


def test_no_page_holds_a_token(world: World) -> None:
    for who, token in world.tokens.items():
        for url in ("/account", "/sign-in", "/nothing-here"):
            assert token not in world.visitor(who).get(url).text


def test_an_entity_tag_is_of_one_account_alone(world: World) -> None:
    tag = world.visitor("leader").get("/account").headers["etag"]
    assert world.visitor("leader").get("/account", headers={"If-None-Match": tag}).status_code == 304
    other = world.visitor("auditor").get("/account", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert "auditor 某" in other.text


def test_pages_are_for_one_browser_alone(world: World) -> None:
    assert world.visitor("leader").get("/account").headers["cache-control"].startswith("private")
    assert world.visitor("leader").get("/nothing-here").headers["cache-control"].startswith("private")
    assert world.visitor(None).get("/sign-in").headers["cache-control"] == "no-store"


def test_a_failure_of_ours_tells_nothing_of_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(world.services.journal), "state", fail)
    page = world.visitor("leader").get(f"/audits/{AUDIT}/head", headers={"Accept": "text/html"})
    assert page.status_code == 500
    assert page.json()["error"] == "failed"
    assert "secret detail" not in page.text
    seen = Html(world.visitor("leader").get(f"/audits/{AUDIT}").text).words
    assert "页面打不开" in seen
    assert "没有保存" not in seen, "who only looked had nothing to save"
    missing = Html(world.visitor("leader").get("/no/such/page").text).words
    assert "找不到这一页" in missing


def test_static_files_are_kept_for_ever_and_nothing_else_is_served(world: World) -> None:
    nobody = world.visitor(None)
    url = re.search(r'href="(/static/[^"]+app\.css)"', nobody.get("/sign-in").text)
    assert url
    style = nobody.get(url[1])
    assert "immutable" in style.headers["cache-control"]
    assert style.headers["content-type"].startswith("text/css")
    old = nobody.get("/static/000000000000/css/app.css")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
    for name in ("../pyproject.toml", "%2e%2e/pyproject.toml", "vendor.json/../../README.md", "nothing.js"):
        assert nobody.get(f"/static/0/{name}").status_code == 404


def test_a_route_that_does_not_say_what_it_needs_keeps_the_program_from_starting() -> None:
    from litestar import get

    @get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(ValueError, match="/forgotten"):
        check_routes([forgotten])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_inline(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.S)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", text)


def test_both_languages_say_the_same_things() -> None:
    zh, en = (texts(language) for language in LANGUAGES)
    assert zh.keys() == en.keys()
    for key in sorted(zh.keys()):
        assert places(zh._table[key]) == places(en._table[key]), key
        assert zh._table[key].strip() or key == "app.title_end"


def test_a_number_chooses_between_two_words() -> None:
    en, zh = texts("en"), texts("zh")
    assert [en("stop.records", n=n) for n in (0, 1, 2)] == ["0 records", "1 record", "2 records"]
    assert zh("stop.records", n=1) == "1 条记录"
    assert en("stop.recorded", n=1, photos=3) == "1 record · 3 photos"


def test_every_sentence_that_templates_ask_for_is_there() -> None:
    asked = {
        key
        for path in TEMPLATES
        for key in re.findall(r"""\bt\(\s*["']([a-z_.0-9]+)["']\s*[,)]""", path.read_text())
    }
    assert "sign_in.submit" in asked
    assert asked <= texts("zh").keys()


def test_a_sentence_written_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zh.toml").write_text('"a.b" = "一"\n', "utf-8")
    (tmp_path / "walk.zh.toml").write_text('"a.b" = "二"\n', "utf-8")
    with pytest.raises(ValueError, match=r"zh\.toml: a\.b is defined twice"):
        load_texts("zh", tmp_path)


def places(sentence: str) -> set[str]:
    """The places of a sentence that are filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_an_entry_with_html_in_it_changes_no_answer_type(world: World) -> None:
    answer = world.visitor("auditor").send(observed(text="<script>alert(1)</script>"))
    assert answer.headers["content-type"] == "application/json"
