"""The office sets up client and visit of the sample audit by hand from nothing, on laptop and phone."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from server.demo.sample import sample_file
from tests.browser.support.people import COOKIE, phone_of
from tests.browser.support.phone import PATIENCE_S, until, visit
from tests.support.live import LiveServer

SAMPLE: dict[str, Any] = json.loads(sample_file())
CLIENT, VISIT = SAMPLE["client"], SAMPLE["audit"]
WIDTHS = (1280, 390)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_sample_audit_is_set_up_by_hand(browser: Browser, server: LiveServer, width: int) -> None:
    with phone_of(browser, server, "office") as page:
        page.set_viewport_size({"width": width, "height": 844})
        audit = make(page)
        client(page, audit)
        organization(page, audit)
        enter_the_visit(page, audit)
        scope(page, audit)
        sites_and_criteria(page, audit)
        visit(page, f"/audits/{audit}/setup")
        lacking = [item.inner_text() for item in page.locator("#sections > [data-k=wait]").all()]
        assert [text.split("\n")[0] for text in lacking] == ["审核组", "审核计划"]
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), "nothing is cut off"
    check(server, audit)


def test_what_is_missing_or_odd_follows_what_is_typed(browser: Browser, server: LiveServer) -> None:
    with phone_of(browser, server, "office") as page:
        audit = make(page)
        visit(page, "/office/audits/new")
        page.locator("[name=number][data-htmx-powered]").wait_for()
        fill(page, "number", VISIT["number"])
        expect(page.locator("#taken")).to_contain_text("已用于另一次审核")
        fill(page, "number", "a number of its own")
        expect(page.locator("#taken")).not_to_contain_text("已用于另一次审核")
        section(page, audit, "client")
        expect(page.locator("#checks")).to_contain_text("统一社会信用代码")
        fill(page, "client/credit_code", CLIENT["credit_code"])
        saved(page, "identity")
        expect(page.locator("#checks")).not_to_contain_text("统一社会信用代码")
        expect(page.locator("#checks")).to_contain_text("联系人")
        section(page, audit, "visit")
        fill(page, "visit/end", "2031-05-19")
        expect(page.locator("#checks")).to_contain_text("审核超过 60 天")


def test_what_was_typed_while_the_last_was_on_its_way_is_told(browser: Browser, server: LiveServer) -> None:
    """What waited has its answer told in the place of the answer before it, which came meanwhile."""
    held: list[Route] = []
    with phone_of(browser, server, "office") as page:
        audit = make(page)
        section(page, audit, "organization")
        page.route(
            "**/setup/organization/people", lambda route: route.continue_() if held else held.append(route)
        )
        fill(page, "client/headcount", str(CLIENT["headcount"]))
        until(lambda: page.title() and held, "it is on its way")
        fill(page, "client/headcount", "一百六十八")
        held[0].continue_()
        expect(page.locator("#s-people [role=alert]")).to_contain_text("请写整数")
        expect(page.locator("#s-people .st[data-k=ok]")).to_have_count(0)


def make(page: Page) -> str:
    """A new audit by the short form; its id."""
    visit(page, "/office/audits/new")
    fill(page, "client.zh", CLIENT["name_zh"])
    fill(page, "client.en", CLIENT["name_en"])
    fill(page, "number", VISIT["number"])
    fill(page, "start", "2026.5.18")
    fill(page, "end", "2026.5.19")
    page.locator("main .go").click()
    page.wait_for_url("**/setup")
    return page.url.split("/")[-2]


def client(page: Page, audit: str) -> None:
    section(page, audit, "client")
    for key in ("credit_code", "legal_representative", "management_representative"):
        fill(page, f"client/{key}", CLIENT[key])
    saved(page, "identity")
    for key in ("name", "phone", "email"):
        fill(page, f"client/contact|{key}", CLIENT["contact"][key])
    saved(page, "contact")
    for place in ("registered_address", "office_address", "operating_address"):
        for language in ("zh", "en"):
            fill(page, f"client/{place}|{language}", CLIENT[place][language])
    fill(page, "client/correspondence_address|zh", CLIENT["office_address"]["zh"])
    saved(page, "addresses")
    fill(page, "client/licence_scope|zh", "不锈钢制品制造、销售")
    saved(page, "licence")


def organization(page: Page, audit: str) -> None:
    section(page, audit, "organization")
    fill(page, "client/headcount", "一百六十八")
    expect(page.locator("#s-people [role=alert]")).to_contain_text("请写整数")
    assert page.locator('[name="client/headcount"]').input_value() == "一百六十八", "what was typed is kept"
    fill(page, "client/headcount", str(CLIENT["headcount"]))
    fill(page, "client/effective_headcount", "120")
    saved(page, "people")
    for row, shift in enumerate(CLIENT["shifts"]):
        for key, cell in (
            ("name_zh", "name.zh"),
            ("from", "start"),
            ("to", "end"),
            ("processes_zh", "processes.zh"),
        ):
            fill(page, f"client/shifts|{row}|{cell}", shift[key])
        fill(page, f"client/shifts|{row}|people", str(shift["people"]))
    saved(page, "shifts")
    lines(
        page,
        "departments",
        "client/departments",
        [{"zh": one["zh"], "en": one["en"]} for one in CLIENT["departments"]],
    )
    lines(
        page,
        "processes",
        "client/processes",
        [
            {"name.zh": one["zh"], "name.en": one["en"], "place": one.get("building", "")}
            for one in CLIENT["processes"]
        ],
    )


def enter_the_visit(page: Page, audit: str) -> None:
    section(page, audit, "visit")
    fill(page, "visit/contract_number", VISIT["contract_number"])
    saved(page, "numbers")
    page.locator('[name="visit/purposes|surveillance"]').check()
    fill(page, "visit/purposes|no", "2")
    page.locator('[name="visit/purposes|restore"]').check()
    saved(page, "types")
    fill(page, "visit/covered_from", VISIT["covered_from"])
    fill(page, "visit/covered_to", VISIT["covered_to"])
    saved(page, "covered")
    page.locator('[name="visit/method|option"]').select_option("现场审核")
    page.locator('[name="visit/combination|option"]').select_option("一体化审核")
    saved(page, "method")
    fill(page, "visit/end", "2026-05-29")
    saved(page, "days")
    page.locator("#s-days [name=undo]").click()
    expect(page.locator('[name="visit/end"]')).to_have_value("2026-05-19")


def scope(page: Page, audit: str) -> None:
    section(page, audit, "scope")
    for certificate in SAMPLE["certificates"]:
        path = f"certificates/{certificate['scheme_name']}"
        fill(page, f"{path}|number", certificate["number"])
        page.locator(f'[name="{path}|status"]').select_option("suspended")
        fill(page, f"{path}|scope.zh", certificate["scope_zh"])
        fill(page, f"{path}|valid_until", certificate["valid_until"])
        saved(page, f"certificate-{certificate['scheme_name']}")
        event = next(one for one in certificate["status_history"] if one["status"] == "suspended")
        fill(page, f"{path}|0|date", event["date"])
        page.locator(f'[name="{path}|0|status"]').select_option("suspended")
        fill(page, f"{path}|0|until", event["until"])
        fill(page, f"{path}|0|reported", event["date"])
        saved(page, f"history-{certificate['scheme_name']}")
    fill(page, "suspension|reason.zh", SAMPLE["judgements"]["suspension"]["reason"]["zh"])
    fill(page, "suspension|schemes", "Q、E、O")
    saved(page, "suspension")


def sites_and_criteria(page: Page, audit: str) -> None:
    section(page, audit, "sites")
    site = CLIENT["sites"][0]
    fill(page, "client/sites|0|address.zh", site["address"]["zh"])
    fill(page, "client/sites|0|activities.zh", site["activities"]["zh"])
    saved(page, "sites")
    page.locator('[name="client/temporary_sites_none"]').check()
    saved(page, "temporary")
    section(page, audit, "criteria")
    page.locator("#offers > summary").click()
    page.locator('[name="law.work-safety-law"]').check()
    page.locator("#offers button").click()
    expect(page.locator('[name="visit/laws|0|title.zh"]')).to_have_value("《中华人民共和国安全生产法》")


def lines(page: Page, group: str, path: str, rows: list[dict[str, str]]) -> None:
    """Type a list, asking for more lines where they end."""
    for row, cells in enumerate(rows):
        first = f"{path}|{row}|{next(iter(cells))}"
        if not page.locator(f'[name="{first}"]').count():
            page.locator(f"#g-{group} [name=add]").click()
            expect(page.locator(f'[name="{first}"]')).to_be_visible()
        for key, text in cells.items():
            fill(page, f"{path}|{row}|{key}", text)
    saved(page, group)


def section(page: Page, audit: str, name: str) -> None:
    """Open a section, and wait until its groups save by themselves."""
    visit(page, f"/audits/{audit}/setup/{name}")
    page.locator("form.group[data-htmx-powered]").first.wait_for()


def fill(page: Page, name: str, text: str) -> None:
    """Type into an input and leave it, as somebody does."""
    field = page.locator(f'[name="{name}"]')
    field.fill(text)
    field.blur()


def saved(page: Page, group: str) -> None:
    """Wait until the group says that it is saved, by itself, and has nothing more to send."""
    calm = page.locator(f"#g-{group}:not(.htmx-request, :has(.htmx-request))")
    expect(calm.locator(f"#s-{group} .st[data-k=ok]")).to_have_text("已保存")


def check(server: LiveServer, audit: str) -> None:
    """What was typed is in the journal, each place by the office."""
    cookies = {COOKIE: server.tokens["office"]}
    rows = httpx.get(
        f"{server.url}/audits/{audit}/entries?after=0", cookies=cookies, timeout=PATIENCE_S
    ).json()["entries"]
    said = {row["entry"]["body"]["path"]: row["entry"]["body"]["value"] for row in rows[1:]}
    assert [one["zh"] for one in said["client/departments"]] == [one["zh"] for one in CLIENT["departments"]]
    assert len(said["client/processes"]) == len(CLIENT["processes"])
    assert said["client/shifts"][1]["people"] == CLIENT["shifts"][1]["people"]
    assert [(one["code"], one["no"]) for one in said["visit/purposes"]] == [
        ("surveillance", 2),
        ("restore", None),
    ]
    assert said["visit/end"] == "2026-05-19"
    assert said["suspension"]["schemes"] == ["QMS", "EMS", "OHSMS"]
    assert said["certificates/OHSMS"]["scope"]["zh"] == SAMPLE["certificates"][2]["scope_zh"]
    assert said["certificates/OHSMS"]["history"][0]["until"] == "2026-09-30"
