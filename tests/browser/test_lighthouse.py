"""Lighthouse gives the pages that a day goes through all points for accessibility and best practices."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.browser.support.demo import Demo, Served, serve
from tests.browser.support.people import COOKIE
from tests.browser.support.phone import PATIENCE_S
from tests.support.lighthouse import Asked, Judgement, judge

PAGES = {
    # page: (who looks, address)
    "sign-in": ("", "/sign-in"),
    "today": ("wen", "/"),
    "walk": ("wen", "/audits/{sample}"),
    "stop": ("wen", "/audits/{sample}/stops/S08"),
    "capture": ("wen", "/audits/{sample}/stops/S08/capture"),
    "audits": ("office", "/office/audits"),
}
GUEST = "guest"


@pytest.fixture(scope="module")
def full(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration on a server, with everybody who looks on a phone of their own."""
    with serve(demo.copy(tmp_path_factory.mktemp("judged") / "data")) as served:
        for login in {login for login, _ in PAGES.values() if login}:
            # On a shared phone the device credential is refused, and Chromium writes that into its console.
            served.let_in(login, own_phone=True)
        yield served


def guide(full: Served) -> Asked:
    """The page of a guide who has come in by the leader's link."""
    url, headers = full.server.url, {"Origin": full.server.url}
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_S) as leader:
        leader.cookies.set(COOKIE, full.server.tokens["wen"])
        made = leader.post(f"/audits/{full.demo.today}/guests", data={"role": "guide"})
    link = re.search(r"/in/[\w-]{43}", made.text)
    assert link, made.text
    came = httpx.post(url + link[0], data={"name": "韩启明"}, headers=headers, timeout=PATIENCE_S)
    assert came.status_code == 303, came.text
    return Asked(GUEST, url + came.headers["location"], dict(came.cookies))


@pytest.fixture(scope="module")
def judgements(full: Served) -> dict[str, tuple[Asked, Judgement]]:
    """Every page as it was asked for, and how it was judged: one Chromium for all of them."""
    asked = [
        Asked(
            name,
            full.server.url + address.format(sample=full.demo.sample),
            {COOKIE: full.server.tokens[login]} if login else {},
        )
        for name, (login, address) in PAGES.items()
    ]
    asked.append(guide(full))
    judged = judge(asked, "accessibility", "best-practices")
    return {one.name: (one, told) for one, told in zip(asked, judged, strict=True)}


@pytest.mark.parametrize("page", [*PAGES, GUEST])
def test_lighthouse_gives_all_points(page: str, judgements: dict[str, tuple[Asked, Judgement]]) -> None:
    asked, told = judgements[page]
    assert told.url == asked.url, "another page came"
    assert told.scores == {"accessibility": 100, "best-practices": 100}, "\n".join(told.failures)
    assert not told.failures
