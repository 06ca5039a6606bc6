"""The demonstration as `clausewalk demo` makes it, served, and its people signing in by the form."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from server.demo.accounts import kept_accounts
from tests.browser.support.phone import PATIENCE_S, listens, phone_page, visit
from tests.support.live import COMMAND, LiveServer, environment, live_server

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Demo:
    """A data folder with the demonstration. `sample` is the finished audit, `today` the one to walk."""

    data: Path
    sample: str
    today: str

    def password(self, login: str) -> str:
        """The password that the demonstration gave to somebody."""
        return next(one.password for one in kept_accounts(self.data) if one.login == login)

    def copy(self, to: Path) -> Demo:
        """The same in a folder of one's own."""
        return Demo(Path(shutil.copytree(self.data, to)), self.sample, self.today)


def make_demo(data: Path) -> Demo:
    """Run `clausewalk demo` on an empty folder."""
    made = subprocess.run(
        [*COMMAND, "demo", "--data", str(data)],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=ROOT,
        check=True,
    )
    sample, today = re.findall(r"/audits/(\S+)", made.stdout)
    return Demo(data, sample, today)


@dataclass
class Served:
    """The demonstration on a running server."""

    demo: Demo
    server: LiveServer

    def let_in(self, login: str, *, own_phone: bool = False) -> None:
        """Sign somebody in without a browser; the server's `tokens` name their session from now on."""
        form = {"login": login, "password": self.demo.password(login), "next": "/"}
        form |= {"own_phone": "1"} if own_phone else {}
        headers = {"Origin": self.server.url}
        answer = httpx.post(f"{self.server.url}/sign-in", data=form, headers=headers, timeout=PATIENCE_S)
        assert answer.status_code == 303, answer.text
        self.server.tokens = {**self.server.tokens, login: answer.cookies["clausewalk"]}

    @contextmanager
    def phone(self, browser: Browser, login: str, **options: Any) -> Iterator[Page]:
        """A new phone on which somebody has just signed in by the form, on the first page they see."""
        with phone_page(browser, base_url=self.server.url, permissions=["camera"], **options) as page:
            visit(page, "/")
            page.fill("[name=login]", login)
            page.fill("[name=password]", self.demo.password(login))
            page.locator("main form .go").click()
            page.wait_for_url(lambda url: "sign-in" not in url)
            listens(page)
            yield page


@contextmanager
def serve(demo: Demo) -> Iterator[Served]:
    """Serve a demonstration as a process of its own."""
    with live_server(demo.data) as server:
        yield Served(demo, server)
