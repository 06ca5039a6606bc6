"""The service worker's script and the offline pack, as the server gives them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from litestar.testing import TestClient

from server.app import create_app
from server.settings import Settings
from tests.support.world import AUDIT, FINDING, ID, OBSERVATION, World

PACK = f"/audits/{AUDIT}/pack"


def listed(script: str) -> dict[str, dict[str, str]]:
    """What the script hands to the worker."""
    found = re.search(r"run\((.*)\);", script)
    assert found
    program: dict[str, dict[str, str]] = json.loads(found[1])
    return program


def test_every_file_of_the_list_has_its_hash(world: World) -> None:
    answer = world.visitor(None).get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    program = listed(answer.text)
    assert {"js/main.js", "css/app.css", "vendor/htmx.min.js"} <= program["files"].keys()
    for name, digest in program["files"].items():
        body = world.visitor(None).get(f"/static/{program['build']}/{name}").content
        assert base64.b64encode(hashlib.sha256(body).digest()).decode() == digest, name


def test_switched_off_it_is_another_script_and_pages_ask_for_none(data: Path) -> None:
    with TestClient(create_app(Settings(data=data, cdn="off", offline="off"))) as client:
        assert "unregister" in client.get("/sw.js").text
        assert "indexedDB" not in client.get("/sw.js").text
        assert "data-worker" not in client.get("/sign-in").text


def test_pages_say_whose_they_are(world: World) -> None:
    assert world.visitor("auditor").get(f"/audits/{AUDIT}").headers["Clausewalk-Account"] == ID["auditor"]
    assert world.visitor(None).get("/sign-in").headers["Clausewalk-Account"] == "none"
    assert world.visitor(None).get("/offline").headers["Clausewalk-Account"] == "none"


def test_every_page_of_a_pack_opens_and_has_a_tag(world: World) -> None:
    for login in ("auditor", "leader", "observer"):
        person = world.visitor(login)
        pack = person.get(PACK).json()
        assert pack["account"] == ID[login]
        assert len(pack["pages"]) == len(set(pack["pages"]))
        for address in pack["pages"]:
            answer = person.get(address)
            assert answer.status_code == 200, f"{login} {address}"
            assert answer.headers["Clausewalk-Account"] == ID[login]
            if address != "/account":  # the list of devices is never the same
                again = person.ask("GET", address, headers={"If-None-Match": answer.headers["ETag"]})
                assert again.status_code == 304, address


def test_a_pack_has_what_a_day_needs(world: World) -> None:
    pages = set(world.visitor("auditor").get(PACK).json()["pages"])
    base = f"/audits/{AUDIT}"
    assert {
        "/",
        "/outbox",
        "/account",
        base,
        f"{base}/gaps",
        f"{base}/findings",
        f"{base}/findings/new",
    } <= pages
    assert {f"{base}/stops/s1", f"{base}/stops/s2", f"{base}/stops/s2/capture"} <= pages
    assert {f"{base}/observations/{OBSERVATION}", f"{base}/findings/{FINDING}"} <= pages
    reader = set(world.visitor("observer").get(PACK).json()["pages"])
    assert not any("capture" in page or page.endswith("/new") for page in reader)


def test_a_pack_holds_no_secret(world: World) -> None:
    text = world.visitor("auditor").get(PACK).text
    assert world.tokens["auditor"] not in text
