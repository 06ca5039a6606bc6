"""Every page of the demonstration at a glance: zh and en, light and dark, on a phone and at a desk.

Run by hand: `python scripts/contact_sheets.py FOLDER [--only WORD …] [--device phone]`. The pages are those
of the tests of accessibility, looked at with the sample audit, and those of its guests. FOLDER gets one PNG a
page and combination, and sheets of several pages side by side. A page wider than its window is named on
standard output.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, product
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from server.demo.accounts import kept_accounts  # noqa: E402
from tests.browser.support.demo import Served, make_demo, serve  # noqa: E402
from tests.browser.support.people import COOKIE, Ledger  # noqa: E402
from tests.browser.support.phone import launch  # noqa: E402
from tests.browser.test_accessibility import CASES, FULL, come_in  # noqa: E402
from tests.support.world import AUDIT, FINDING, ID, OBSERVATION  # noqa: E402

Theme = Literal["light", "dark"]
DEVICES = {"phone": (390, 844), "desk": (1280, 800)}
LANGUAGES = ("zh", "en")
THEMES: tuple[Theme, ...] = ("light", "dark")
LOGINS = {"leader": "wen", "auditor": "tong", "observer": "tong", "admin": "admin", "office": "office"}
"""Who of the demonstration looks where the tests send somebody of their own world."""
TALLEST = {"phone": 2, "desk": 2}
"""How many windows of a long page a picture shows."""
A_ROW = {"phone": 5, "desk": 2}
"""How many pictures lie side by side on a sheet."""
CHAPTERS = ("cover", *map(str, range(1, 11)))
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth > room + 1
    ? [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > room + 1)
        .slice(-3).map((one) => one.outerHTML.slice(0, 120))
    : [];
}"""


class Look(NamedTuple):
    """A page to take: its name, who looks, where, and the cookies of a guest."""

    name: str
    login: str
    address: str
    cookies: httpx.Cookies | None = None


def looks(served: Served) -> Iterator[Look]:
    """All pages, filled with what the sample audit has."""
    ledger = Ledger(served.server, "wen", served.demo.sample, start=0)
    observed = next(one for one in ledger.new("observed") if len(one["body"].get("clauses", [])) > 1)
    found = open_finding(ledger)
    here = {"audit": served.demo.sample, "observation": observed["id"], "finding": found["id"]}
    accounts = {one.login: one.id for one in kept_accounts(served.demo.data)}
    sample = {
        AUDIT: here["audit"],
        OBSERVATION: here["observation"],
        FINDING: here["finding"],
        ID["auditor"]: accounts[LOGINS["auditor"]],
        "/s2": "/S08",
        "=s2": "=S08",
    }
    for name, (_, login, address) in CASES.items():
        for ours, theirs in sample.items():
            address = address.replace(ours, theirs)
        yield Look(name, LOGINS.get(login, ""), address)
    for name in FULL.keys() - CASES.keys():
        yield Look(name, LOGINS["leader"], FULL[name].format(**here))
    for chapter in CHAPTERS:
        yield Look(
            f"chapter {chapter}", LOGINS["leader"], f"/audits/{here['audit']}/report?chapter={chapter}"
        )


def open_finding(ledger: Ledger) -> dict[str, Any]:
    """The nonconformity that was answered and is still to be reviewed."""
    answered, verified = (
        {one["body"][what] for one in ledger.new(kind)}
        for kind, what in (("responded", "finding"), ("verified", "target"))
    )
    return next(one for one in ledger.new("found") if one["id"] in answered - verified)


def guest_looks(served: Served) -> Iterator[Look]:
    """The pages of everybody who comes by a link, each with something on it."""
    sample = served.demo.sample
    finding = open_finding(Ledger(served.server, "wen", sample, start=0))["id"]
    for role, pages in {"attendee": ("attendance",), "guide": ("guide", "attendance")}.items():
        address = invite(served, f"/audits/{sample}/guests", role)
        cookies, own = come_in_by(served, address)
        yield Look(f"guest comes in as {role}", "", address)
        yield Look(f"guest bound as {role}", "", address, cookies)
        if role == "guide":
            accompany(served, own, cookies)
            show_facts(served, f"/audits/{sample}/findings/{finding}/facts", own)
        for name in pages:
            yield Look(f"guest {role} {name}", "", f"{own}/{name}", cookies)
    for audit, when in ((served.demo.today, "before"), (sample, "after")):
        address = invite(served, f"/audits/{audit}/follow-up/links")
        cookies, own = come_in_by(served, address)
        yield Look(f"guest nonconformities {when} closing", "", f"{own}/nonconformities", cookies)
    yield Look("guest comes in as auditee", "", address)
    yield Look("guest nonconformity", "", f"{own}/nonconformities/{finding}", cookies)


def invite(served: Served, form: str, role: str = "") -> str:
    """Where a new link leads that the leader made."""
    shown = fill(served, form, {"role": role}, leader_cookies(served))
    found = re.search(r"/in/[\w-]+(?=</textarea>)", shown.text)
    assert found, shown.text
    return found[0]


def come_in_by(served: Served, address: str) -> tuple[httpx.Cookies, str]:
    """The cookies of somebody who gave a name at a link, and the address of their pages."""
    named = {"name": "韩启明", "department": "生产部", "position": "主任"}
    answer = fill(served, address, named, httpx.Cookies())
    found = re.match(r"/guests/[^/]+", answer.headers["location"])
    assert found
    bound = {name: value for name, value in answer.cookies.items() if "-guest-" in name}
    return httpx.Cookies(bound), found[0]


def accompany(served: Served, own: str, cookies: httpx.Cookies) -> None:
    """A guide comes along at two stops, with words on pictures."""
    said = {"along.S08": "on", "pictures.S08": "ask", "area.S08.0": "配电室", "pictures.S08.0": "none"}
    also = {"along.S07": "on", "pictures.S07": "allowed", "listed.S07": "1", "listed.S08": "1"}
    fill(served, f"{own}/guide/stops", said | also, cookies)


def show_facts(served: Served, form: str, own: str) -> None:
    """The auditor lays the facts of a finding before a guide."""
    fill(served, form, {"guest": own.rsplit("/", 1)[1]}, leader_cookies(served))


def leader_cookies(served: Served) -> httpx.Cookies:
    """The session of the one who leads both audits."""
    return httpx.Cookies({COOKIE: served.server.tokens[LOGINS["leader"]]})


def fill(served: Served, form: str, fields: dict[str, str], cookies: httpx.Cookies) -> httpx.Response:
    """Send a form as a page of ours does."""
    url = served.server.url
    answer = httpx.post(url + form, data=fields, cookies=cookies, headers={"Origin": url}, timeout=60)
    assert answer.status_code in (200, 303), answer.text
    return answer


def take(
    page: Page, served: Served, look: Look, language: str, folder: Path, devices: list[str]
) -> Iterator[str]:
    """One page in both themes on all devices; yields what is plainly wrong."""
    come_in(page, served.server, look.login, language)
    for name, value in (look.cookies or {}).items():
        page.context.add_cookies([{"name": name, "value": value, "url": served.server.url}])
    for device in devices:
        width, height = DEVICES[device]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(served.server.url + look.address)
        page.wait_for_load_state("networkidle")
        wide = page.evaluate(TOO_WIDE)
        if wide:
            yield f"{look.name}\t{language} {device}\ttoo wide: {wide}"
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            whole = page.evaluate("() => document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": min(whole, TALLEST[device] * height)})
            page.screenshot(path=folder / f"{file_name(look)}.{device}.{language}.{theme}.png")
            page.set_viewport_size({"width": width, "height": height})


def file_name(look: Look) -> str:
    """The page's name as part of a file's."""
    return re.sub(r"\W+", "-", look.name)


def lay_out(names: list[str], folder: Path) -> None:
    """Sheets of each combination: pages side by side, each under its name."""
    for device, language, theme in product(DEVICES, LANGUAGES, THEMES):
        width = DEVICES[device][0]
        for start in range(0, len(names), A_ROW[device]):
            row = names[start : start + A_ROW[device]]
            shots = [
                (name, Image.open(file))
                for name in row
                if (file := folder / f"{name}.{device}.{language}.{theme}.png").is_file()
            ]
            if not shots:
                continue
            tallest = max(shot.height for _, shot in shots)
            sheet = Image.new("RGB", (len(shots) * (width + 10), tallest + 20), "#888888")
            draw = ImageDraw.Draw(sheet)
            for place, (name, shot) in enumerate(shots):
                draw.text((place * (width + 10) + 4, 4), name, fill="black")
                sheet.paste(shot, (place * (width + 10), 20))
            sheet.save(folder / f"sheet.{device}.{language}.{theme}.{start:03}.png")


def take_all(browser: Browser, served: Served, folder: Path, only: list[str], devices: list[str]) -> None:
    """Every page whose name has one of the words `only`, then the sheets."""
    for login in LOGINS.values():
        if login not in served.server.tokens:
            served.let_in(login)
    pages = chain(looks(served), guest_looks(served))
    wanted = [look for look in pages if any(word in look.name for word in only)]
    context = browser.new_context(reduced_motion="reduce", service_workers="block")
    page = context.new_page()
    for look in wanted:
        for language in LANGUAGES:
            for wrong in take(page, served, look, language, folder, devices):
                print(wrong)
    context.close()
    lay_out([file_name(look) for look in wanted], folder)


def main() -> None:
    """Make the demonstration in a temporary folder, serve it, look at everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=[""], nargs="+", help="pages with one of these words in their name")
    parser.add_argument("--device", choices=DEVICES, action="append", help="one device alone")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        demo = make_demo(Path(scratch) / "data")
        with sync_playwright() as playwright, serve(demo) as served:
            browser = launch(playwright)
            take_all(browser, served, asked.folder, asked.only, asked.device or [*DEVICES])
            browser.close()


if __name__ == "__main__":
    main()
