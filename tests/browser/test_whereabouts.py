"""Photos say where they were taken if the audit wants to know, and never where it is classified."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.support.fake_server import FakeServer
from tests.browser.support.people import COOKIE, Ledger, phone_of
from tests.browser.support.phone import LAB, PATIENCE_S, call, until, visit
from tests.browser.test_capture import CAPTURE, begin
from tests.support.live import LiveServer
from tests.support.world import AUDIT, VISIT, entry

HERE = {"latitude": 30.5, "longitude": 120.25, "accuracy": 7}

KNOWN = """async () => {
  const capture = document.querySelector("[rel=modulepreload]").href;
  const { whereabouts } = await import(capture.replace("capture.js", "whereabouts.js"));
  return whereabouts().position;
}"""


@pytest.fixture(scope="module")
def server(shared: LiveServer) -> LiveServer:
    """One for all tests here: each looks only at what came into the journal since it began."""
    return shared


def agree(server: LiveServer, **changes: Any) -> None:
    """The office changes what was agreed of the visit."""
    cookies = {COOKIE: server.tokens["office"]}
    url, headers = f"{server.url}/audits/{AUDIT}/entries", {"Clausewalk": "1"}
    known = httpx.get(url, cookies=cookies, timeout=PATIENCE_S).json()["entries"]
    bases = [row["entry"]["id"] for row in known if row["entry"]["body"].get("path") == "visit"]
    made = entry("configured", {"path": "visit", "value": VISIT | changes, "bases": bases}, by="office")
    answer = httpx.post(url, json=[made], cookies=cookies, headers=headers, timeout=PATIENCE_S).json()
    assert [one["status"] for one in answer["results"]] == ["stored"]


def shoot(browser: Browser, server: LiveServer) -> dict[str, Any]:
    """What the entry says of a photo that is taken now."""
    ledger = Ledger(server)
    context: dict[str, Any] = {"permissions": ["camera", "geolocation"], "geolocation": HERE}
    with phone_of(browser, server, "auditor", **context) as page:
        begin(page, CAPTURE)
        until(lambda: page.locator("[data-shutter][data-live]").count(), "the camera is live")
        if page.evaluate("JSON.parse(document.getElementById('page').textContent).positions"):
            until(lambda: page.evaluate(KNOWN), "the phone knows where it is")
        page.locator("[data-shutter]").click()
        body: dict[str, Any] = ledger.arrived("photographed", 1)[0]["body"]
        return body


@pytest.mark.parametrize(
    ("agreed", "position"),
    [
        ({"positions": True}, [30.5, 120.25, 7]),
        ({}, None),
    ],
)
def test_a_photo_says_where_only_if_the_audit_wants_it(
    browser: Browser, server: LiveServer, agreed: dict[str, bool], position: list[float] | None
) -> None:
    agree(server, **agreed)
    assert shoot(browser, server).get("position") == position


def test_a_classified_audit_asks_for_no_position(browser: Browser, server: LiveServer) -> None:
    agree(server, positions=True, classified=True)
    with phone_of(browser, server, "auditor", permissions=["geolocation"], geolocation=HERE) as page:
        visit(page, CAPTURE)
        asked = page.evaluate("JSON.parse(document.getElementById('page').textContent).positions")
        assert asked is False


@pytest.mark.parametrize(
    ("angles", "heading"),
    [((0, 90, 0), 0), ((90, 90, 0), 270), ((270, 90, 0), 90), ((180, 80, 0), 180), ((None, 90, 0), None)],
)
def test_the_heading_is_where_the_camera_looks(
    phone: Page, faulty: FakeServer, angles: tuple[int | None, int, int], heading: int | None
) -> None:
    faulty.pages["/lab"] = LAB.format(account="0192c000-0000-7000-8000-0000000000aa")
    visit(phone, f"{faulty.url}/lab")
    alpha, beta, gamma = angles
    found = call(phone, "whereabouts", "cameraHeading", {"alpha": alpha, "beta": beta, "gamma": gamma})
    assert found == heading
