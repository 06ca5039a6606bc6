"""Sharing to the app on a phone where its worker isn't there yet."""

from __future__ import annotations

import pytest

from tests.support.world import World

PHOTO = {"photos": ("IMG_7.jpg", b"\xff\xd8", "image/jpeg")}


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", "请先打开一次现场审核，再分享一遍"), ("en", "Open the app once, then share again")],
)
def test_it_says_what_to_do_and_where(world: World, language: str, words: str) -> None:
    headers = {"Origin": "null", "Accept": "text/html", "Accept-Language": language}
    answer = world.visitor(None).ask("POST", "/share", files=PHOTO, headers=headers)
    assert answer.status_code == 409
    assert words in answer.text
    assert 'href="/"' in answer.text


def test_no_other_write_is_taken_from_no_site(world: World) -> None:
    answer = world.visitor("leader").ask("POST", "/account", headers={"Origin": "null"})
    assert answer.status_code == 403
