"""Small modules of the pages, asked one by one in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.audit import wording
from server.audit.entries import Finding, Text
from tests.browser.support.fake_server import FakeServer, drop
from tests.browser.support.phone import LAB, MODULES, call, online_again, visit

ACCOUNT = "0192c000-0000-7000-8000-0000000000aa"
FOUND = """<form method="dialog" data-entry="found" data-audit="a" {attributes}>
  <input type="radio" name="type" value="nonconformity" checked>
  <input type="radio" name="type" value="opportunity">
  <select name="grade"><option value="minor" selected>轻微</option></select>
  <textarea name="statement.zh"> 作废版本在用 </textarea><textarea name="statement.en"></textarea>
  <input type="checkbox" name="clauses" value="QMS 7.5.3.2" data-list data-type="clause" checked>
  <input type="checkbox" name="clauses" value="OHSMS 7.5.3" data-list data-type="clause">
  <input type="checkbox" name="observations" value="o1" data-list checked>
  <input type="checkbox" name="elements" value="12" data-list data-type="element" checked>
  <input type="checkbox" name="none" value="true" data-type="bool" checked>
  <input name="due" value="2026-12-03"><input name="follow_up" value="">
  <button>保存</button>
</form>"""


@pytest.fixture
def lab(phone: Page, faulty: FakeServer) -> Page:
    """An empty page."""
    faulty.pages["/lab"] = LAB.format(account=ACCOUNT)
    visit(phone, f"{faulty.url}/lab")
    return phone


def entry_of(page: Page, form: str) -> dict[str, Any]:
    """The entry that a form stands for."""
    page.set_content(form)
    found: dict[str, Any] = page.evaluate(
        """async (base) => {
          const { toEntry } = await import(`${base}/entry-form.js`);
          return JSON.parse(JSON.stringify(toEntry(document.querySelector("form"))));
        }""",
        MODULES,
    )
    return found


def test_a_form_becomes_the_body_of_its_entry(lab: Page) -> None:
    assert entry_of(lab, FOUND.format(attributes="")) == {
        "kind": "found",
        "audit": "a",
        "body": {
            "type": "nonconformity",
            "grade": "minor",
            "statement": {"zh": "作废版本在用"},
            "clauses": [{"scheme": "QMS", "number": "7.5.3.2"}],
            "observations": ["o1"],
            "elements": [12],
            "none": True,
            "due": "2026-12-03",
        },
    }


def test_an_amendment_carries_the_whole_content_with_the_fields_written_over(lab: Page) -> None:
    base = '{"number": "NC-02", "follow_up": "on_site", "clauses": [{"scheme": "EMS", "number": "8.1"}]}'
    form = FOUND.format(
        attributes=f"""data-target="f1" data-bases='["v2"]' data-base='{base}' data-content="finding" """
    )
    entry = entry_of(lab, form.replace('"found"', '"amended"'))
    assert (entry["kind"], entry["object"]) == ("amended", "f1")
    assert (entry["body"]["target"], entry["body"]["bases"]) == ("f1", ["v2"])
    finding = entry["body"]["finding"]
    assert finding["number"] == "NC-02"
    assert finding["clauses"] == [{"scheme": "QMS", "number": "7.5.3.2"}]
    assert "follow_up" not in finding, "a field that was emptied is gone"


def test_a_form_is_kept_sent_and_leads_on(lab: Page, faulty: FakeServer) -> None:
    open_form(lab, faulty)
    lab.get_by_role("button", name="保存").click()
    lab.wait_for_url("**/next")
    assert [body["statement"] for body in faulty.bodies("found")] == [{"zh": "作废版本在用"}]


def test_a_form_leads_on_when_the_server_has_it_at_last(lab: Page, faulty: FakeServer) -> None:
    open_form(lab, faulty)
    faulty.fail("POST .*/entries", *[drop] * 99)
    lab.get_by_role("button", name="保存").click()
    expect(lab.locator("[data-form-message]")).to_contain_text("仅在本机")
    faulty.faults.clear()
    online_again(lab)
    lab.wait_for_url("**/next")
    assert len(faulty.bodies("found")) == 1


def open_form(page: Page, server: FakeServer) -> None:
    """A page with a form that makes an entry, its scripts listening."""
    form = FOUND.format(attributes='data-next="/next"')
    main = f'<script type="module" src="{MODULES}/main.js"></script>'
    empty = LAB.replace("<html ", f'<html data-account="{ACCOUNT}" ').format(account=ACCOUNT)
    server.pages["/form"] = empty.replace("<body>", f"<body>{form}{main}")
    server.pages["/next"] = empty
    visit(page, f"{server.url}/form")


def test_both_languages_say_the_same_things(lab: Page) -> None:
    for module in ("texts", "reasons", "editor-texts"):
        table = call(lab, module, "table")
        assert set(table["zh"]) == set(table["en"])
        assert all(table["zh"].values())
        assert all(table["en"].values())


@pytest.mark.parametrize(
    ("text", "language"), [("QR-7 一致", "zh"), ("3×10⁻³ Pa, same as report", "en"), ("〇", "zh"), ("", "en")]
)
def test_the_language_of_a_text(lab: Page, text: str, language: str) -> None:
    assert call(lab, "language", "languageOf", text) == language


def test_the_devices_offset_is_written_down(lab: Page, faulty: FakeServer) -> None:
    browser = lab.context.browser
    assert browser is not None
    for zone, offset in (("Asia/Shanghai", "+08:00"), ("America/St_Johns", "-03:30"), ("UTC", "+00:00")):
        context = browser.new_context(timezone_id=zone)
        page = context.new_page()
        visit(page, f"{faulty.url}/lab")
        moment = page.evaluate(
            """async (base) => {
              const { isoWithOffset } = await import(`${base}/clock.js`);
              const now = new Date("2026-11-18T02:42:07.120Z");
              return [isoWithOffset(now), new Date(isoWithOffset(now)).getTime() === now.getTime()];
            }""",
            MODULES,
        )
        context.close()
        assert moment[0].endswith(offset)
        assert moment[1]


def test_wording_help_says_on_the_phone_what_the_server_says(lab: Page) -> None:
    table = Path(__file__).parents[1] / "wording" / "nonconformities.jsonl"
    cases = [json.loads(line) for line in table.read_text("utf-8").splitlines()]
    said = lab.evaluate(
        """async ([base, cases, patterns]) => {
          const { remarks } = await import(`${base}/wording.js`);
          const of = (one) => remarks({ ...one, kind: one.type }, patterns);
          return cases.map((one) => of(one).map(({ code, words }) => [code, words]));
        }""",
        [MODULES, cases, wording.PATTERNS],
    )
    for case, remarks in zip(cases, said, strict=True):
        finding = Finding(
            type=case["type"],
            department=case["department"],
            statement=Text(**{case["lang"]: case["statement"]}),
            evidence=Text(**{case["lang"]: case["evidence"]}),
            requirement=Text(**{case["lang"]: case["requirement"]}),
        )
        expected = [[one.code, one.words] for one in wording.remarks(finding, lambda clause: True)]
        assert remarks == expected, case["id"]
