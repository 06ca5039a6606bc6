"""A nonconformity after it was raised: signed, answered, verified, each on a phone of its own."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.support.guests import draw, shown_code
from tests.browser.support.phone import visit


def leave_by(page: Page, button: Locator) -> None:
    """Tap and wait until the page has gone on, which it does once the server has what it sent."""
    with page.expect_navigation():
        button.tap()


def auditees_code(leader: Page, audit: str) -> str:
    """The address by which the client comes to its nonconformities."""
    visit(leader, f"/audits/{audit}/follow-up")
    leader.locator("form[action$='/follow-up/links'] button").tap()
    return shown_code(leader)


def sign_on_own_phone(auditee: Page, name: str) -> None:
    """The client's representative signs the nonconformity that is open on their phone."""
    form = auditee.locator("form[data-guest-sign]")
    expect(form).to_contain_text("签字表示理解，不表示接受")
    draw(auditee, form.locator("[data-pad]"))
    leave_by(auditee, form.locator("button[type=submit]"))
    expect(auditee.locator("#acknowledgement [data-k=ok]")).to_contain_text(name)


def answer(auditee: Page, name: str, cause: str, file: Path | None = None) -> None:
    """Fill in the answer to the nonconformity that is open, and send it."""
    for field, words in (
        ("correction", "已按 30 min 补做并复检"),
        ("cause", cause),
        ("corrective_action", "锁定定时器"),
        ("responsible", name),
        ("completed", "2026-11-25"),
    ):
        auditee.fill(f"[name={field}]", words)
    if file:
        auditee.set_input_files("input[name=files]", file)
    leave_by(auditee, auditee.locator("form[enctype] button[type=submit]"))


def verify(page: Page, address: str, result: str, text: str) -> None:
    """Look at the answer to the nonconformity at an address, and say what comes of it."""
    visit(page, address)
    form = page.locator("form[data-entry=verified]")
    if not form.is_visible():
        page.locator("#follow-up details > summary").tap()
    form.locator(f"input[name=result][value={result}]").check()
    form.locator("input[name=method][value=written]").check()
    form.locator("textarea").fill(text)
    leave_by(page, form.locator("button[type=submit]"))
