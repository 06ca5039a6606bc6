"""Signing in, staying signed in, and out again."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from server.people.sessions import Sessions
from server.settings import Settings
from tests.support.world import ID, PASSWORD, World

DAY = 24 * 3600


def set_cookie(answer: Any) -> str:
    """How an answer sets the session's cookie, "" if it doesn't."""
    return next((one for one in answer.headers.get_list("set-cookie") if one.startswith("clausewalk=")), "")


def token(answer: Any) -> str:
    """The token that an answer sets."""
    found = re.search(r"clausewalk=([^;]+)", set_cookie(answer))
    assert found
    return found[1]


def test_signing_in_leads_to_the_page_asked_for(world: World) -> None:
    nobody = world.visitor(None)
    asked = nobody.get("/account?a=1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/account%3Fa%3D1")
    form = nobody.get(asked.headers["location"])
    assert 'name="next" value="/account?a=1"' in form.text
    answer = nobody.fill("/sign-in", login=" Leader ", password=PASSWORD, next="/account?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?a=1")
    account = world.client.get("/account", headers={"Cookie": f"clausewalk={token(answer)}"})
    assert "leader 某" in account.text


def test_the_form_needs_no_script(world: World) -> None:
    form = world.visitor(None).get("/sign-in").text
    assert '<form class="stack" method="post" action="/sign-in">' in form
    assert "<script>" not in form


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:x"])
def test_signing_in_never_leads_elsewhere(world: World, elsewhere: str) -> None:
    answer = world.visitor(None).fill("/sign-in", login="leader", password=PASSWORD, next=elsewhere)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(("login", "password"), [("leader", "wrong-password"), ("no-such-person", PASSWORD)])
def test_a_wrong_password_says_so_and_keeps_what_was_typed(world: World, login: str, password: str) -> None:
    answer = world.visitor(None).fill(
        "/sign-in", login=login, password=password, own_phone="1", next="/account"
    )
    assert answer.status_code == 401
    assert "登录名或密码不对" in answer.text
    assert f'name="login" value="{login}"' in answer.text
    assert 'name="own_phone" value="1" checked' in answer.text
    assert set_cookie(answer) == ""


def test_the_cookie_ends_with_the_browser_unless_the_phone_is_ones_own(world: World) -> None:
    nobody = world.visitor(None)
    shared = nobody.fill("/sign-in", login="leader", password=PASSWORD)
    assert "Max-Age" not in set_cookie(shared)
    assert "HttpOnly" in set_cookie(shared)
    assert "SameSite=Lax" in set_cookie(shared)
    assert "Secure" not in set_cookie(shared)
    own = nobody.fill("/sign-in", login="leader", password=PASSWORD, own_phone="1")
    assert f"Max-Age={30 * DAY}" in set_cookie(own)


def test_signing_out_ends_the_session_on_the_server(world: World) -> None:
    leader = world.visitor("leader")
    assert leader.get("/account").status_code == 200
    answer = leader.fill("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert set_cookie(answer).startswith("clausewalk=;")
    assert leader.get("/account").status_code == 303


def test_signing_in_again_ends_the_session_before(world: World) -> None:
    leader = world.visitor("leader")
    leader.fill("/sign-in", login="leader", password=PASSWORD)
    assert leader.get("/account").status_code == 303


def test_a_disabled_account_is_out_at_once_and_stays_out(world: World) -> None:
    leader = world.visitor("leader")
    assert leader.get("/account").status_code == 200
    world.run(world.services.accounts.disable, "leader")
    assert leader.get("/account").status_code == 303
    assert world.visitor(None).fill("/sign-in", login="leader", password=PASSWORD).status_code == 401


def test_too_many_failures_say_when_to_try_again_and_bind_the_right_password_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = time.time()  # each try takes a while: on a slow machine the wait would be over before the next
    monkeypatch.setattr(world.services.attempts, "_now", lambda: stands)
    nobody = world.visitor(None)
    answers = [nobody.fill("/sign-in", login="leader", password=f"wrong-{n}").status_code for n in range(6)]
    assert answers == [401] * 5 + [429]
    answer = nobody.fill("/sign-in", login="LEADER", password=PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 2
    assert re.search(r"请在 [12] 秒后再试", answer.text)
    assert nobody.fill("/sign-in", login="office", password=PASSWORD).status_code == 303


@pytest.mark.anyio
async def test_a_session_slides_while_it_is_used_and_ends_when_it_is_not(settings: Settings) -> None:
    from server.database import Database

    db = await Database.open(settings.data)
    now = [time.time()]
    sessions = Sessions(db, settings, now=lambda: now[0])
    token = await sessions.start(ID["leader"], own_phone=True)
    try:
        now[0] += DAY
        unmoved = await sessions.find(token)
        assert unmoved is not None
        assert unmoved.renewed_for is None
        now[0] += 25 * DAY
        renewed = await sessions.find(token)
        assert renewed is not None
        assert renewed.renewed_for == 30 * DAY
        now[0] += 29 * DAY
        assert await sessions.find(token) is not None
        now[0] += 31 * DAY
        assert await sessions.find(token) is None
    finally:
        await db.close()


def test_a_renewed_session_on_ones_own_phone_moves_the_cookie_on(world: World) -> None:
    own = world.run(lambda: world.services.sessions.start(ID["leader"], own_phone=True))
    headers = {"Cookie": f"clausewalk={own}"}
    assert set_cookie(world.client.get("/account", headers=headers)) == ""
    world.services.sessions._now = lambda: time.time() + 20 * DAY
    moved = world.client.get("/account", headers=headers)
    assert token(moved) == own
    assert f"Max-Age={30 * DAY}" in set_cookie(moved)


def test_the_language_before_sign_in_is_asked_for_or_the_browsers(world: World) -> None:
    nobody = world.visitor(None)
    assert "登录" in nobody.get("/sign-in").text
    assert "Sign in" in nobody.get("/sign-in", headers={"Accept-Language": "en-GB,en"}).text
    asked = nobody.get("/sign-in?lang=en")
    assert 'lang="en"' in asked.text
    assert "language=en" in asked.headers["set-cookie"]


def test_choices_of_the_account_show_at_once(world: World) -> None:
    leader = world.visitor("leader")
    before = leader.get("/account")
    assert leader.get("/account", headers={"If-None-Match": before.headers["etag"]}).status_code == 304
    answer = leader.fill("/account", language="en", theme="dark", hand="right")
    assert answer.status_code == 303
    after = leader.get("/account", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert 'data-theme="dark"' in after.text
    assert 'data-hand="right"' in after.text
    assert "My account" in after.text


def test_a_choice_that_there_is_not_is_refused(world: World) -> None:
    answer = world.visitor("leader").fill("/account", language="fr", theme="dark", hand="right")
    assert answer.status_code == 400
    assert "所选的值不在选项里" in answer.text


def test_who_signed_in_and_who_failed_is_in_the_security_log(world: World) -> None:
    nobody = world.visitor(None)
    nobody.fill("/sign-in", login="leader", password="wrong-one")
    nobody.fill("/sign-in", login="leader", password=PASSWORD)
    log = "SELECT event, actor, account FROM security_log ORDER BY number"
    rows = world.run(world.services.db.read, log)
    assert [tuple(row) for row in rows[-2:]] == [
        ("sign_in_failed", None, ID["leader"]),
        ("signed_in", ID["leader"], ID["leader"]),
    ]
