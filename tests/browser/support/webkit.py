"""A phone with WebKit's engine: its storage is on the disk, and it may be closed, killed and opened again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.browser.support.phone import PATIENCE_S, until

DRIVER = "/usr/bin/WebKitWebDriver"
ROOM = 2_000_000_000
"""Bytes that a site may fill."""
PYTHON = "/usr/bin/python3"
BROWSER = Path(__file__).with_name("webkit_browser.py")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key under which WebDriver hands out elements."""
CALL = """const [[...given], done] = arguments;
Promise.resolve((%s)(...given)).then(
  (value) => done({ value }),
  (error) => done({ error: String(error) }),
);"""


class WebKitPhone:
    """One browser, by the protocol of WebDriver. Its windows are tabs of one phone."""

    def __init__(self, profile: Path, display: str, room: int = ROOM) -> None:
        self.profile = profile
        self.display = display
        self.room = room
        self.driver: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start the browser."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = os.environ | {"DISPLAY": self.display, "GDK_BACKEND": "x11"}
        # A group of its own: killing it takes the browser and all of its processes.
        self.driver = subprocess.Popen([DRIVER, "-p", str(port)], env=environment, start_new_session=True)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S)
        until(self._listens, "the driver listens")
        share = min(1.0, self.room / shutil.disk_usage(self.profile.parent).total)
        options = {"binary": PYTHON, "args": [str(BROWSER), str(self.profile), str(share)]}
        asked = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = self._ask("POST", "/session", capabilities=asked)
        self.session = f"/session/{made['sessionId']}"
        self._tell("timeouts", script=int(PATIENCE_S * 1000), pageLoad=int(PATIENCE_S * 1000))

    def _listens(self) -> bool:
        with suppress(httpx.TransportError):
            return self.client.get("/status").is_success
        return False

    def kill(self) -> None:
        """`kill -9` on everything that belongs to the browser, whatever it is doing."""
        if self.driver:
            os.killpg(self.driver.pid, signal.SIGKILL)
            self.driver.wait()
            self.client.close()
            self.driver = None

    def visit(self, url: str) -> None:
        """Open an address in this tab."""
        self._tell("url", url=url)

    @property
    def url(self) -> str:
        """Where this tab is."""
        found: str = self._ask("GET", f"{self.session}/url")
        return found

    def call(self, function: str, *given: Any) -> Any:
        """Call a JavaScript function in the page, and wait for what it promises."""
        answer = self._tell("execute/async", script=CALL % function, args=[list(given)])
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def choose(self, selector: str, file: Path) -> None:
        """Choose a file in an input of the page."""
        found = self._tell("element", using="css selector", value=selector)
        self._tell(f"element/{found[ELEMENT]}/value", text=str(file))

    def give_cookie(self, name: str, value: str) -> None:
        """A cookie for the site of this tab."""
        self._tell("cookie", cookie={"name": name, "value": value, "path": "/"})

    def replace_tab(self) -> None:
        """Close this tab, whatever it is doing, and go on in a new one."""
        old = self._ask("GET", f"{self.session}/window")
        new = self._tell("window/new", type="window")
        self._tell("window", handle=old)
        self._ask("DELETE", f"{self.session}/window")
        self._tell("window", handle=new["handle"])

    def _tell(self, command: str, **body: Any) -> Any:
        return self._ask("POST", f"{self.session}/{command}", **body)

    def _ask(self, method: str, path: str, **body: Any) -> Any:
        answer = self.client.request(method, path, json=body if method == "POST" else None)
        value = answer.json()["value"]
        assert answer.is_success, value
        return value


@contextmanager
def webkit_phone(profile: Path, display: str, room: int = ROOM) -> Iterator[WebKitPhone]:
    """An open phone that is gone at the end."""
    phone = WebKitPhone(profile, display, room)
    try:
        phone.open()
        yield phone
    finally:
        phone.kill()


@contextmanager
def screen() -> Iterator[str]:
    """A display that nobody sees."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "800x1000x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
        if server.stdout:
            server.stdout.close()
