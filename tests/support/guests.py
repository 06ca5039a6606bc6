"""People who come in by a link, at the program's front door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx

from server.people.principal import GuestRole
from tests.support.world import AUDIT, ID, World

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 13) MicroMessenger/8.0.40"}


class GuestPhone:
    """One browser that keeps the cookies it is given; nobody is signed in on it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cookies: dict[str, str] = {}
        self.id = ""

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> httpx.Response:
        """Any request; answers are never followed elsewhere."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items()) or "none=1"
        sent = {**PHONE, "Cookie": cookies, **(headers or {})}
        answer = self._world.client.request(method, url, headers=sent, follow_redirects=False, **rest)
        for cookie in answer.headers.get_list("set-cookie"):
            name, value = cookie.split(";", 1)[0].split("=", 1)
            self._cookies[name] = value
        return answer

    def get(self, url: str) -> httpx.Response:
        """See a page."""
        return self.ask("GET", url)

    def fill(self, url: str, **fields: str) -> httpx.Response:
        """Send a form as a page of ours does."""
        return self.ask("POST", url, data=fields, headers={"Origin": "http://testserver.local"})

    def come_in(self, token: str, name: str = "韩启明", **about: str) -> httpx.Response:
        """Give a name at a link; where it lets them in, `id` is the guest's."""
        answer = self.fill(f"/in/{token}", name=name, **about)
        if answer.status_code == 303:
            found = re.match(r"/guests/([^/]+)", answer.headers["location"])
            assert found, answer.headers["location"]
            self.id = found[1]
        return answer


def link(world: World, role: GuestRole = "attendee", *, audit: str = AUDIT, **changes: Any) -> str:
    """The token of a link of the leader's that is open for an hour, unless changed."""
    wanted: dict[str, Any] = {"made_by": ID["leader"], "hours": 1, "audit": audit}
    wanted |= {"once": role != "attendee"} | changes
    token: str = world.run(lambda: world.services.links.make(role, **wanted))
    return token


def come_in(world: World, role: GuestRole = "attendee", name: str = "韩启明", **changes: Any) -> GuestPhone:
    """Somebody who has come in by a link of their own."""
    phone = GuestPhone(world)
    answer = phone.come_in(link(world, role, **changes), name)
    assert answer.status_code == 303, answer.text
    return phone
