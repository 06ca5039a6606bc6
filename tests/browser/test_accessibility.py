"""Every page without a violation that axe-core can find: zh and en, light and dark, phone and desk.

A page that has neither a case here nor a reason to have none fails the first test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page

from server.app import create_app, handlers_of
from server.settings import Settings
from server.web.setup.sections import SECTIONS
from tests.browser.support.demo import Demo, Served, serve
from tests.browser.support.people import COOKIE, Ledger, sign_in
from tests.browser.support.phone import PATIENCE_S, PHONE, visit
from tests.support.live import LiveServer
from tests.support.world import AUDIT, FINDING, ID, OBSERVATION

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (PHONE["width"], 1280)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEADROOM = 200
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

CASES: dict[str, tuple[str, str, str]] = {
    # case: (route, who looks, address)
    "sign-in": ("/sign-in", "", "/sign-in"),
    "account": ("/account", "auditor", "/account"),
    "accounts": ("/admin/accounts", "admin", "/admin/accounts"),
    "invite": ("/admin/accounts/new", "admin", "/admin/accounts/new"),
    "account of another": ("/admin/accounts/{account:str}", "admin", f"/admin/accounts/{ID['auditor']}"),
    "security log": ("/admin/log", "admin", "/admin/log"),
    "link that ended": ("/welcome/{token:str}", "", "/welcome/none"),
    "trust": ("/trust", "", "/trust"),
    "today": ("/", "auditor", "/"),
    "share": ("/share", "auditor", "/share"),
    "walk": ("/audits/{audit:str}", "auditor", f"/audits/{AUDIT}"),
    "walk found nothing": ("/audits/{audit:str}", "auditor", f"/audits/{AUDIT}?find=xyz"),
    "stop": ("/audits/{audit:str}/stops/{stop:str}", "auditor", f"/audits/{AUDIT}/stops/s2"),
    "stop of an observer": ("/audits/{audit:str}/stops/{stop:str}", "observer", f"/audits/{AUDIT}/stops/s2"),
    "capture": (
        "/audits/{audit:str}/stops/{stop:str}/capture",
        "auditor",
        f"/audits/{AUDIT}/stops/s2/capture",
    ),
    "change": (
        "/audits/{audit:str}/observations/{observation:str}",
        "auditor",
        f"/audits/{AUDIT}/observations/{OBSERVATION}",
    ),
    "observation of another": (
        "/audits/{audit:str}/observations/{observation:str}",
        "leader",
        f"/audits/{AUDIT}/observations/{OBSERVATION}",
    ),
    "observation": (
        "/audits/{audit:str}/observations/{observation:str}/view",
        "leader",
        f"/audits/{AUDIT}/observations/{OBSERVATION}/view",
    ),
    "versions": (
        "/audits/{audit:str}/observations/{observation:str}/versions",
        "auditor",
        f"/audits/{AUDIT}/observations/{OBSERVATION}/versions",
    ),
    "versions of a finding": (
        "/audits/{audit:str}/findings/{finding:str}/versions",
        "auditor",
        f"/audits/{AUDIT}/findings/{FINDING}/versions",
    ),
    "findings": ("/audits/{audit:str}/findings", "leader", f"/audits/{AUDIT}/findings"),
    "opening meeting": (
        "/audits/{audit:str}/meetings/{meeting:str}",
        "leader",
        f"/audits/{AUDIT}/meetings/opening",
    ),
    "closing meeting": (
        "/audits/{audit:str}/meetings/{meeting:str}",
        "leader",
        f"/audits/{AUDIT}/meetings/closing",
    ),
    "ledger": ("/audits/{audit:str}/ledger", "leader", f"/audits/{AUDIT}/ledger"),
    "new finding": (
        "/audits/{audit:str}/findings/new",
        "auditor",
        f"/audits/{AUDIT}/findings/new?observation={OBSERVATION}",
    ),
    "finding": (
        "/audits/{audit:str}/findings/{finding:str}",
        "leader",
        f"/audits/{AUDIT}/findings/{FINDING}",
    ),
    "finding of another": (
        "/audits/{audit:str}/findings/{finding:str}",
        "observer",
        f"/audits/{AUDIT}/findings/{FINDING}",
    ),
    "answer": (
        "/audits/{audit:str}/findings/{finding:str}/answer",
        "office",
        f"/audits/{AUDIT}/findings/{FINDING}/answer",
    ),
    "follow-up": ("/audits/{audit:str}/follow-up", "leader", f"/audits/{AUDIT}/follow-up"),
    "follow-ups": ("/follow-ups", "office", "/follow-ups"),
    "checklists": ("/checklists", "office", "/checklists"),
    "checklists found": ("/checklists", "auditor", "/checklists?find=%E5%8D%B1%E9%99%A9%E5%BA%9F%E7%89%A9"),
    "standard": ("/checklists/standards/{edition:str}", "office", "/checklists/standards/iso-9001-2026"),
    "checklist": ("/checklists/lists/{checklist:str}", "auditor", "/checklists/lists/place-warehouse"),
    "crosswalk": (
        "/checklists/crosswalks/{editions:str}",
        "auditor",
        "/checklists/crosswalks/iso-9001-2015-2026",
    ),
    "checklist import": ("/checklists/import", "office", "/checklists/import"),
    "laws": ("/checklists/laws", "office", "/checklists/laws"),
    "mandatory points": ("/checklists/mandatory", "auditor", "/checklists/mandatory"),
    "phrases": ("/checklists/phrases", "auditor", "/checklists/phrases"),
    "phrases of an audit": ("/audits/{audit:str}/phrases", "auditor", f"/audits/{AUDIT}/phrases"),
    "checklists of an audit": ("/audits/{audit:str}/begun", "leader", f"/audits/{AUDIT}/begun"),
    "transition": ("/audits/{audit:str}/transition", "auditor", f"/audits/{AUDIT}/transition"),
    "gaps": ("/audits/{audit:str}/gaps", "leader", f"/audits/{AUDIT}/gaps"),
    "gaps of a gate": ("/audits/{audit:str}/gaps", "leader", f"/audits/{AUDIT}/gaps?gate=closing"),
    "leave": ("/audits/{audit:str}/leave", "leader", f"/audits/{AUDIT}/leave"),
    "cycle": ("/audits/{audit:str}/cycle", "leader", f"/audits/{AUDIT}/cycle"),
    "help at a stop": (
        "/audits/{audit:str}/stops/{stop:str}/help",
        "auditor",
        f"/audits/{AUDIT}/stops/s2/help",
    ),
    "places": ("/audits/{audit:str}/stops/{stop:str}/places", "auditor", f"/audits/{AUDIT}/stops/s2/places"),
    "place": (
        "/audits/{audit:str}/stops/{stop:str}/places/{place:str}",
        "auditor",
        f"/audits/{AUDIT}/stops/s2/places/place-warehouse",
    ),
    "report": ("/audits/{audit:str}/report", "leader", f"/audits/{AUDIT}/report"),
    "conclusions": ("/audits/{audit:str}/report", "leader", f"/audits/{AUDIT}/report?chapter=7"),
    "form of an answer": (
        "/audits/{audit:str}/report",
        "leader",
        f"/audits/{AUDIT}/report?element=2.2.measuring_equipment",
    ),
    "form of a judgement": (
        "/audits/{audit:str}/report",
        "leader",
        f"/audits/{AUDIT}/report?element=7.recommendations",
    ),
    "plan": ("/audits/{audit:str}/plan", "office", f"/audits/{AUDIT}/plan?open=s2"),
    "plan links": ("/audits/{audit:str}/plan/links", "office", f"/audits/{AUDIT}/plan/links"),
    "plan of the team": ("/audits/{audit:str}/plan", "observer", f"/audits/{AUDIT}/plan"),
    "audits": ("/office/audits", "office", "/office/audits"),
    "audits found nothing": ("/office/audits", "office", "/office/audits?find=xyz&since=xyz"),
    "new audit": ("/office/audits/new", "office", "/office/audits/new"),
    "set-up": ("/audits/{audit:str}/setup", "office", f"/audits/{AUDIT}/setup"),
    **{
        f"set-up {key}": ("/audits/{audit:str}/setup/{section:str}", "office", f"/audits/{AUDIT}/setup/{key}")
        for key in SECTIONS
    },
    "set-up of a reader": (
        "/audits/{audit:str}/setup/{section:str}",
        "observer",
        f"/audits/{AUDIT}/setup/client",
    ),
    "import": ("/office/import", "office", "/office/import"),
    "interchange": ("/interchange/check", "auditor", "/interchange/check"),
    "custody": ("/audits/{audit:str}/custody", "leader", f"/audits/{AUDIT}/custody"),
    "custody verified": ("/audits/{audit:str}/custody", "admin", f"/audits/{AUDIT}/custody?check=true"),
    "erase": ("/audits/{audit:str}/erase", "admin", f"/audits/{AUDIT}/erase"),
    "guests": ("/audits/{audit:str}/guests", "leader", f"/audits/{AUDIT}/guests"),
    "attendance": ("/audits/{audit:str}/attendance", "leader", f"/audits/{AUDIT}/attendance"),
    "team meeting": (
        "/audits/{audit:str}/meetings/{meeting:str}",
        "leader",
        f"/audits/{AUDIT}/meetings/team",
    ),
    "link over": ("/in/{token:str}", "", f"/in/{'0' * 43}"),
    "team": ("/audits/{audit:str}/team", "leader", f"/audits/{AUDIT}/team"),
    "tasks": ("/office/tasks", "office", "/office/tasks"),
    "people": ("/office/people", "office", "/office/people"),
    "person": ("/office/people/{person:str}", "office", "/office/people/new"),
    "outbox": ("/outbox", "auditor", "/outbox"),
    "offline": ("/offline", "", "/offline"),
    "not found": ("", "auditor", "/audits/nothing"),
}
FULL = {
    # pages of the sample audit: ninety observations, photos, findings, a report with every kind of table
    "today": "/",
    "walk": "/audits/{audit}",
    "stop": "/audits/{audit}/stops/S08",
    "observation": "/audits/{audit}/observations/{observation}/view",
    "change": "/audits/{audit}/observations/{observation}",
    "findings": "/audits/{audit}/findings",
    "follow-up": "/audits/{audit}/follow-up",
    "follow-ups": "/follow-ups",
    "finding": "/audits/{audit}/findings/{finding}",
    "gaps": "/audits/{audit}/gaps",
    "cycle": "/audits/{audit}/cycle",
    "cover": "/audits/{audit}/report?chapter=cover",
    "overview": "/audits/{audit}/report?chapter=1",
    "conclusions": "/audits/{audit}/report?chapter=7",
    "set-up": "/audits/{audit}/setup",
    "set-up organization": "/audits/{audit}/setup/organization",
    "set-up scope": "/audits/{audit}/setup/scope",
    "set-up previous": "/audits/{audit}/setup/previous",
}
NO_PAGE = {
    "/admin/log.csv": "a file",
    "/audits/{audit:str}/findings/{finding:str}/files/{sha256:str}": "a file",
    "/in/{token:str}/qr.svg": "a picture",
    "/guests/{guest:str}": "needs a link: test_guests.py looks at it",
    "/guests/{guest:str}/attendance": "needs a link: test_guests.py looks at it",
    "/guests/{guest:str}/guide": "needs a link: test_guests.py looks at it",
    "/guests/{guest:str}/nonconformities": "needs a link: test_followup.py looks at it",
    "/guests/{guest:str}/nonconformities/{finding:str}": "needs a link: test_followup.py looks at it",
    "/guests/{guest:str}/nonconformities/{finding:str}/files/{sha256:str}": "a file",
    "/plan/{token:str}": "needs a link: test_plan.py looks at it",
    "/plan/{token:str}/plan.pdf": "a document",
    "/plan/{token:str}/qr.svg": "a picture",
    "/static/{build:str}/{name:path}": "files",
    "/sw.js": "the service worker's script",
    "/trust/clausewalk-ca.crt": "a certificate",
    "/office/tasks/open": "a part of the office's pages",
    "/office/audits/new/number": "a part of the page of a new audit",
    "/office/audits/rows": "a part of the list of audits",
    "/audits/{audit:str}/attachments/{attachment:str}": "a file",
    "/audits/{audit:str}/attachments/{attachment:str}/pages/{page:int}": "a picture",
    "/audits/{audit:str}/gaps/live": "a part of the gaps page",
    "/audits/{audit:str}/leave/live": "a part of the page of leaving",
    "/audits/{audit:str}/drafts": "JSON",
    "/audits/{audit:str}/entries": "JSON",
    "/audits/{audit:str}/head": "JSON",
    "/audits/{audit:str}/pack": "JSON",
    "/audits/{audit:str}/live": "part of the walk",
    "/audits/{audit:str}/stops/{stop:str}/live": "part of the stop",
    "/audits/{audit:str}/photos/{sha256:str}": "a picture",
    "/audits/{audit:str}/{name:str}": "documents",
    "/audits/{audit:str}/export.zip": "a file",
    "/interchange/1/schema.json": "JSON",
    "/schema": "JSON",
    "/schema/openapi.json": "JSON",
    "/schema/{path:str}": "JSON",
}
UNFOLD = """() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  return document.documentElement.scrollHeight;
}"""
CHECK = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html.slice(0, 200)} — ${failureSummary}`));
}"""


def test_every_page_has_a_case() -> None:
    app = create_app(Settings(data=Path("unused"), cdn="off"))
    routes = {
        path
        for handler in handlers_of(app)
        if "GET" in getattr(handler, "http_methods", ())
        for path in _full_paths(app, handler)
    }
    cases = {route for route, _, _ in CASES.values() if route}
    assert routes - cases - NO_PAGE.keys() == set()
    assert (cases | NO_PAGE.keys()) - routes == set()


def _full_paths(app: Any, handler: object) -> list[str]:
    return [route.path for route in app.routes if handler in getattr(route, "route_handlers", ())]


@pytest.fixture(scope="module")
def shared(shared: LiveServer) -> LiveServer:
    """With what two phones told of what they hold; nothing here writes."""
    hold(shared, "leader", 0)
    hold(shared, "auditor", 3)
    return shared


def hold(server: LiveServer, login: str, entries: int) -> None:
    """Let somebody's phone report how much it holds: the page of leaving shows each phone."""
    httpx.post(
        f"{server.url}/audits/{AUDIT}/outbox",
        json={"entries": entries, "photos": 0},
        headers={"Clausewalk": "1", "Clausewalk-Device": f"{login}-1"},
        cookies={COOKIE: server.tokens[login]},
        timeout=PATIENCE_S,
    ).raise_for_status()


@pytest.fixture(scope="module")
def looker(browser: Browser) -> Iterator[Page]:
    """A page with axe-core in it, whatever the content security policy says; nothing moves.

    It has no worker: where the server takes its time, that shows a page in the language it was last seen in.
    """
    context = browser.new_context(reduced_motion="reduce", service_workers="block")
    context.set_default_timeout(PATIENCE_S * 1000)
    context.add_init_script(path=AXE)
    yield context.new_page()
    context.close()


def choose_language(server: LiveServer, login: str, language: str) -> None:
    """Set the language of an account."""
    answer = httpx.post(
        f"{server.url}/account",
        data={"language": language, "theme": "auto", "hand": "right"},
        headers={"Origin": server.url},
        cookies={COOKIE: server.tokens[login]},
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 303


def come_in(page: Page, server: LiveServer, login: str, language: str) -> None:
    """Be somebody, or nobody, who reads a language."""
    page.context.clear_cookies()
    page.context.set_extra_http_headers({"Accept-Language": language})
    if login:
        choose_language(server, login, language)
        sign_in(page.context, server, login)


def show_whole(page: Page, width: int) -> None:
    """A window as high as the page, everything unfolded: nothing lies under the dock because of scrolling.

    What is as high as a share of the window grows with it, so a few steps are needed.
    """
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    grow(page, width)


def grow(page: Page, width: int) -> bool:
    """Make the window as high as the page again; whether it wasn't."""
    assert page.viewport_size
    height = before = page.viewport_size["height"]
    while (needed := page.evaluate(UNFOLD)) > height:
        height = needed + HEADROOM
        page.set_viewport_size({"width": width, "height": height})
    return height > before


def check_whole(page: Page, width: int) -> list[str]:
    """What axe-core finds on the whole page: anew where it grew meanwhile, as a fetched part makes it."""
    show_whole(page, width)
    found: list[str] = page.evaluate(CHECK, TAGS)
    while grow(page, width):
        found = page.evaluate(CHECK, TAGS)
    return found


def violations(page: Page, address: str, language: str) -> list[str]:
    """What axe-core finds on a page, light and dark, at phone and desk width."""
    visit(page, address)
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
    if page.locator("form[data-capture]").count():
        page.locator("form[data-capture][data-ready]").wait_for()
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            found += [f"{theme} {width} px: {one}" for one in check_whole(page, width)]
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", CASES)
def test_axe_finds_nothing(case: str, language: str, looker: Page, shared: LiveServer) -> None:
    _, login, address = CASES[case]
    come_in(looker, shared, login, language)
    found = violations(looker, shared.url + address, language)
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def full(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample audit on a server, its leader let in."""
    with serve(demo.copy(tmp_path_factory.mktemp("full") / "data")) as served:
        served.let_in("wen")
        yield served


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", FULL)
def test_axe_finds_nothing_in_a_full_audit(case: str, language: str, looker: Page, full: Served) -> None:
    ledger = Ledger(full.server, "wen", full.demo.sample, start=0)
    seen = next(one for one in ledger.new("observed") if len(one["body"].get("clauses", [])) > 1)
    address = FULL[case].format(
        audit=full.demo.sample, observation=seen["id"], finding=ledger.new("found")[0]["id"]
    )
    come_in(looker, full.server, "wen", language)
    found = violations(looker, full.server.url + address, language)
    assert not found, "\n".join(found)
