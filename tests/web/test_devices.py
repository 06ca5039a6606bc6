"""Devices: the list of one's own, ending them, and what a credential delivers and what it does not open."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from server.people.rights import BY_DEVICE
from tests.evidence.pictures_made import photo
from tests.support.html import Html
from tests.support.world import AUDIT, ID, PASSWORD, UNKNOWN_AUDIT, Visitor, World, observed
from tests.web.test_sign_in import token

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
PICTURE = photo((40, 30))


def sign_in(world: World, login: str, *, own_phone: bool = True, agent: str = PHONE) -> Visitor:
    """Somebody who has just signed in on a device of their own."""
    form = {"login": login, "password": PASSWORD} | ({"own_phone": "1"} if own_phone else {})
    headers = {"Origin": str(world.client.base_url).rstrip("/"), "User-Agent": agent}
    answer = world.visitor(None).ask("POST", "/sign-in", data=form, headers=headers)
    assert answer.status_code == 303, answer.text
    return Visitor(world.client, token(answer))


def ask_credential(visitor: Visitor, device: str = "phone-1") -> Any:
    """What a phone gets that asks for a credential."""
    headers = {"Clausewalk": "1", "Clausewalk-Device": device, "User-Agent": PHONE}
    return visitor.ask("POST", "/account/device", headers=headers)


def credential_of(visitor: Visitor, device: str = "phone-1") -> dict[str, str]:
    """The header by which a phone delivers."""
    answer = ask_credential(visitor, device)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Clausewalk-Device {answer.json()['credential']}"}


def results(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    return [(result["status"], result["reason"]) for result in answer.json()["results"]]


def upload(visitor: Visitor, signed: dict[str, str], data: bytes = PICTURE) -> list[int]:
    """Statuses of a whole upload: creation, where it stands, the bytes."""
    sha256 = base64.b64encode(hashlib.sha256(data).hexdigest().encode()).decode()
    tus = {"Tus-Resumable": "1.0.0", "Clausewalk": "1", **signed}
    create = {"Upload-Length": str(len(data)), "Upload-Metadata": f"sha256 {sha256}"}
    begun = visitor.ask("POST", f"/audits/{AUDIT}/uploads", headers=tus | create)
    if begun.status_code != 201:
        return [begun.status_code]
    where = begun.headers["location"]
    stands = visitor.ask("HEAD", where, headers=tus)
    offset = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    sent = visitor.ask("PATCH", where, headers=tus | offset, content=data)
    return [begun.status_code, stands.status_code, sent.status_code]


def test_a_phone_delivers_whoever_is_signed_in_on_it(world: World) -> None:
    signed = credential_of(sign_in(world, "auditor"))
    for who in (None, "stranger", "leader"):
        carrier = world.visitor(who)
        assert results(carrier.send(observed("auditor"), **signed)) == [("stored", "")]
    assert upload(world.visitor("stranger"), signed) == [201, 200, 204]
    shown = world.visitor("leader").get(f"/audits/{AUDIT}/photos/{hashlib.sha256(PICTURE).hexdigest()}")
    assert shown.content == PICTURE


def test_it_delivers_for_its_own_account_alone(world: World) -> None:
    signed = credential_of(sign_in(world, "auditor"))
    carrier = world.visitor("leader")
    assert results(carrier.send(observed("leader"), **signed)) == [("refused", "not_sender")]
    assert carrier.send(observed("auditor"), audit=UNKNOWN_AUDIT, **signed).status_code == 404
    strange = credential_of(sign_in(world, "stranger"))
    assert carrier.send(observed("stranger"), **strange).status_code == 404
    assert upload(world.visitor("leader"), strange) == [404]


def test_rights_are_those_of_the_account(world: World) -> None:
    observer = credential_of(sign_in(world, "observer"))
    assert results(world.visitor(None).send(observed("observer"), **observer)) == [("refused", "not_allowed")]
    assert upload(world.visitor(None), observer) == [403]
    former = credential_of(sign_in(world, "former"))
    assert results(world.visitor(None).send(observed("former"), **former)) == [("held", "not_in_team")]


def test_it_reads_nothing_on_any_route(world: World) -> None:
    signed = credential_of(sign_in(world, "leader")) | {"Clausewalk": "1"}
    opened = set()
    for route in world.app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            needs = handler.opt.get("needs")
            if needs in (None, "public"):
                continue
            path = route.path
            named = (("{audit:str}", AUDIT), ("{upload_id:str}", f"3-{'0' * 64}"), ("{page:int}", "1"))
            for part, value in named:
                path = path.replace(part, value)
            for method in handler.http_methods:
                answer = world.visitor(None).ask(method, path, headers=signed)
                if answer.status_code != 401:
                    opened.add((method, route.path))
                    assert needs in BY_DEVICE, (method, path)
    assert opened == {
        ("POST", "/audits/{audit:str}/entries"),
        ("POST", "/audits/{audit:str}/uploads"),
        ("OPTIONS", "/audits/{audit:str}/uploads"),
        ("HEAD", "/audits/{audit:str}/uploads/{upload_id:str}"),
        ("PATCH", "/audits/{audit:str}/uploads/{upload_id:str}"),
        ("POST", "/audits/{audit:str}/outbox"),
    }


def test_a_disabled_account_is_out_but_its_phone_still_delivers_and_that_is_held(world: World) -> None:
    phone = sign_in(world, "auditor")
    signed = credential_of(phone)
    world.run(world.services.accounts.disable, "auditor")
    assert phone.get("/account").status_code == 303
    assert results(world.visitor(None).send(observed("auditor"), **signed)) == [("held", "account_disabled")]
    assert upload(world.visitor(None), signed) == [201, 200, 204]
    assert "作者的账户已停用" in world.visitor("leader").get(f"/audits/{AUDIT}/gaps").text


def test_an_ended_device_neither_reads_nor_delivers(world: World) -> None:
    phone, laptop = sign_in(world, "auditor"), sign_in(world, "auditor", own_phone=False, agent=LAPTOP)
    signed = credential_of(phone)
    page = Html(laptop.get("/account").text)
    assert "iPhone · Safari" in page.words
    assert "Windows · Edge" in page.words
    others = [
        form.attributes["action"]
        for form in page.all("form")
        if "/account/devices/" in form.attributes["action"]
    ]
    ending = others[0]
    assert laptop.fill(ending).status_code == 303
    assert phone.get("/account").status_code == 303
    answer = world.visitor(None).send(observed("auditor"), **signed)
    assert (answer.status_code, answer.json()["error"]) == (401, "device")
    assert laptop.get("/account").status_code == 200


def test_nobody_ends_the_devices_of_others(world: World) -> None:
    phone = sign_in(world, "auditor")
    key = world.run(world.services.sessions.of, ID["auditor"])[0].id
    assert world.visitor("leader").fill(f"/account/devices/{key}/end").status_code == 303
    assert phone.get("/account").status_code == 200


def test_signing_out_leaves_the_phone_able_to_deliver(world: World) -> None:
    phone = sign_in(world, "auditor")
    signed = credential_of(phone)
    phone.fill("/sign-out")
    assert results(world.visitor(None).send(observed("auditor"), **signed)) == [("stored", "")]
    assert "已退出登录；仍可送达留下的记录" in world.visitor("auditor").get("/account").text


def test_only_ones_own_phone_gets_a_credential(world: World) -> None:
    shared = ask_credential(sign_in(world, "auditor", own_phone=False))
    assert (shared.status_code, shared.json()["error"]) == (403, "not_own_phone")
    assert ask_credential(world.visitor(None)).status_code == 401
    for device in ("", "two words", "x" * 65, "../etc"):
        bad = ask_credential(sign_in(world, "auditor"), device)
        assert (bad.status_code, bad.json()["error"]) == (400, "bad_device")
    form = {"Origin": str(world.client.base_url).rstrip("/"), "Clausewalk-Device": "phone-1"}
    assert sign_in(world, "auditor").ask("POST", "/account/device", headers=form).status_code == 403


def test_asking_again_replaces_the_one_before(world: World) -> None:
    phone = sign_in(world, "auditor")
    first, other = credential_of(phone), credential_of(phone, "phone-2")
    second = credential_of(phone)
    assert world.visitor(None).send(observed("auditor"), **first).status_code == 401
    for signed in (second, other):
        assert world.visitor(None).send(observed("auditor"), **signed).status_code == 200


@pytest.mark.parametrize(
    "value", ["", "Clausewalk-Device", "Clausewalk-Device ", "Clausewalk-Device x", "Basic eA=="]
)
def test_what_is_no_credential_opens_nothing(world: World, value: str) -> None:
    assert world.visitor(None).send(observed("auditor"), Authorization=value).status_code == 401


def test_a_credential_is_kept_as_a_digest_alone(world: World) -> None:
    signed = credential_of(sign_in(world, "auditor"))
    data = world.services.settings.data
    kept = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert signed["Authorization"].split()[1].encode() not in kept


def test_changing_the_password_ends_every_other_device_and_renews_this_one(world: World) -> None:
    phone, here = sign_in(world, "auditor"), sign_in(world, "auditor", agent=LAPTOP)
    lost, kept = credential_of(phone), credential_of(here, "laptop")
    new = "铁轨 上的 雨 一直下到十二点"
    answer = here.fill("/account/password", old=PASSWORD, new=new, again=new)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password_changed")
    assert here.get("/account").status_code == 303, "the token before opens nothing"
    assert Visitor(world.client, token(answer)).get("/account").status_code == 200
    assert phone.get("/account").status_code == 303
    assert world.visitor(None).send(observed("auditor"), **lost).status_code == 401
    assert world.visitor(None).send(observed("auditor"), **kept).status_code == 200
    nobody = world.visitor(None)
    assert nobody.fill("/sign-in", login="auditor", password=PASSWORD).status_code == 401
    assert nobody.fill("/sign-in", login="auditor", password=new).status_code == 303


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"old": "something-else"}, "现在的密码不对"),
        ({"again": "another-one-typed"}, "两遍新密码不一样"),
        ({"new": "short-pass1", "again": "short-pass1"}, "至少 12 个字符"),
        ({"new": "password1234", "again": "password1234"}, "太常见"),
        ({"new": "abcabcabcabcabc", "again": "abcabcabcabcabc"}, "太常见"),
        ({"new": "678901234567", "again": "678901234567"}, "太常见"),
        ({"new": "Auditor-1234", "again": "Auditor-1234"}, "和登录名太像"),
        ({"new": "x" * 2 + "yz" * 200, "again": "x" * 2 + "yz" * 200}, "最多 256"),
    ],
)
def test_what_is_no_new_password_says_why_and_changes_nothing(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    form = {"old": PASSWORD, "new": "rain on steel at noon", "again": "rain on steel at noon"} | changes
    answer = world.visitor("auditor").fill("/account/password", **form)
    assert answer.status_code == 400
    assert sentence in Html(answer.text).words
    assert world.visitor(None).fill("/sign-in", login="auditor", password=PASSWORD).status_code == 303


def test_guessing_the_old_password_is_slowed_down_and_says_how_long(world: World) -> None:
    form = {"old": "guess", "new": "rain on steel at noon", "again": "rain on steel at noon"}
    auditor = world.visitor("auditor")
    assert [auditor.fill("/account/password", **form).status_code for _ in range(6)] == [400] * 5 + [429]
    answer = auditor.fill("/account/password", **(form | {"old": PASSWORD}))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "秒后再试" in answer.text


def test_ending_all_others_keeps_the_one_that_asks(world: World) -> None:
    phone, here = sign_in(world, "auditor"), sign_in(world, "auditor", agent=LAPTOP)
    lost = credential_of(phone)
    assert here.fill("/account/devices/end-others").status_code == 303
    assert here.get("/account").status_code == 200
    assert phone.get("/account").status_code == 303
    assert world.visitor("auditor").get("/account").status_code == 303
    assert world.visitor(None).send(observed("auditor"), **lost).status_code == 401
