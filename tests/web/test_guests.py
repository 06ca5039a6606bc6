"""Links that let people without an account into one audit, on the phone that gave its name."""

from __future__ import annotations

import base64
import re
import time
from datetime import UTC, datetime

import httpx
import pytest

from server.people.guests import Guest
from server.people.links import Purpose
from server.people.principal import GuestRole
from tests.support.guests import GuestPhone, come_in, link
from tests.support.world import AUDIT, ID, PASSWORD, World

ROBOTS = ("GET", "HEAD", "OPTIONS")


def guests(world: World) -> list[Guest]:
    found: list[Guest] = world.run(world.services.guests.of, AUDIT)
    return found


def made(world: World, **form: str) -> str:
    """The token of a link that the leader made by the form."""
    answer = world.visitor("leader").fill(f"/audits/{AUDIT}/guests", **form)
    assert answer.status_code == 200, answer.text
    found = re.search(r"/in/([A-Za-z0-9_-]{43})<", answer.text)
    assert found
    return found[1]


def test_one_code_lets_a_whole_room_in(world: World) -> None:
    token = made(world, role="attendee")
    phones = [GuestPhone(world) for _ in range(3)]
    for phone, name in zip(phones, ("韩启明", "丁雪松", "邱晓芸"), strict=True):
        assert name not in phone.get(f"/in/{token}").text
        answer = phone.come_in(token, name, department="生产部", position="主任")
        assert answer.status_code == 303
        cookie = answer.headers.get_list("set-cookie")[0]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        page = phone.get(answer.headers["location"])
        assert page.status_code == 200
        assert name in page.text
        assert token not in page.text, "no token in a page"
    assert sorted(guest.name for guest in guests(world)) == ["丁雪松", "邱晓芸", "韩启明"]
    assert {guest.department for guest in guests(world)} == {"生产部"}
    shown = world.visitor("leader").get(f"/audits/{AUDIT}/guests").text
    assert token not in shown
    assert "邱晓芸" in shown


def test_a_link_that_is_over_says_so_in_either_language(world: World) -> None:
    nobody, address = GuestPhone(world), f"/in/{'x' * 43}"
    page = nobody.get(address).text
    assert "链接打不开" in page
    assert 'href="?lang=en"' in page
    english = nobody.get(f"{address}?lang=en").text
    assert "This link no longer works" in english
    assert 'href="?lang=zh"' in english


def test_robots_that_look_burn_nothing(world: World) -> None:
    roles: tuple[GuestRole, ...] = ("attendee", "guide")
    for there, role in enumerate(roles):
        token = link(world, role)
        robot = GuestPhone(world)
        for method in ROBOTS:
            for url in (f"/in/{token}", f"/in/{token}/qr.svg"):
                robot.ask(method, url)
        assert len(guests(world)) == there
        assert GuestPhone(world).come_in(token).status_code == 303


def test_a_guides_link_is_for_one_phone(world: World) -> None:
    token = made(world, role="guide", label="邱晓芸")
    first, second = GuestPhone(world), GuestPhone(world)
    page = first.get(f"/in/{token}").text
    assert "邱晓芸" in page
    assert "签到表才完整" not in page, "a guide stands on no sheet"
    assert first.come_in(token, "邱晓芸").status_code == 303
    assert f"/guests/{first.id}" in first.get(f"/in/{token}").text, "who is in already goes on"
    assert second.get(f"/in/{token}").status_code == 409
    answer = second.come_in(token, "冒名")
    assert answer.status_code == 409
    assert "另一部手机" in answer.text
    assert [guest.name for guest in guests(world)] == ["邱晓芸"]
    assert second.get(f"/guests/{first.id}").status_code == 401


def test_a_name_is_asked_for(world: World) -> None:
    token = link(world, "guide")
    for name in ("", "   ", "长" * 81):
        assert GuestPhone(world).come_in(token, name).status_code == 400
    assert GuestPhone(world).come_in(token).status_code == 303


def test_an_expired_and_an_ended_link_let_nobody_in(world: World) -> None:
    early, late = link(world, starts_at=int(time.time()) + 600), link(world, expires_at=int(time.time()) - 1)
    ended = made(world, role="attendee")
    known = world.run(world.services.links.known, ended, "attendee")
    world.visitor("leader").fill(f"/audits/{AUDIT}/guests/links/{known.id}/end")
    for token, status in ((early, 409), (late, 404), (ended, 404)):
        phone = GuestPhone(world)
        assert phone.get(f"/in/{token}").status_code == status
        assert phone.come_in(token).status_code == status
    assert guests(world) == []


@pytest.mark.parametrize(
    ("purpose", "page"),
    [("plan", "plan"), ("attendee", "guests"), ("guide", "guests"), ("auditee", "follow-up")],
)
def test_a_link_is_ended_on_the_page_of_its_purpose_alone(world: World, purpose: Purpose, page: str) -> None:
    links = world.services.links
    world.run(lambda: links.make(purpose, made_by=ID["leader"], hours=1, audit=AUDIT))
    [one] = world.run(lambda: links.of(purpose, audit=AUDIT))
    leader = world.visitor("leader")
    for other in {"plan", "guests", "follow-up"} - {page}:
        assert leader.fill(f"/audits/{AUDIT}/{other}/links/{one.id}/end").status_code == 303
    assert world.run(lambda: links.of(purpose, audit=AUDIT)) == [one]
    leader.fill(f"/audits/{AUDIT}/{page}/links/{one.id}/end")
    assert world.run(lambda: links.of(purpose, audit=AUDIT)) == []


def test_links_for_other_things_let_nobody_into_an_audit(world: World) -> None:
    for purpose, about in (("plan", {"audit": AUDIT}), ("invite", {"account": ID["observer"]})):
        make = world.services.links.make
        token = world.run(lambda m=make, p=purpose, a=about: m(p, made_by=ID["leader"], hours=1, **a))
        assert GuestPhone(world).get(f"/in/{token}").status_code == 404
        assert GuestPhone(world).come_in(token).status_code == 404
    token = link(world)
    assert GuestPhone(world).get(f"/plan/{token}").status_code == 404
    assert GuestPhone(world).fill(f"/welcome/{token}", new=PASSWORD, again=PASSWORD).status_code == 404


def test_guessing_is_slowed_down(world: World) -> None:
    phone = GuestPhone(world)
    answers = [phone.get(f"/in/{n:043}").status_code for n in range(14)]
    assert answers[:9] == [404] * 9
    assert answers[-1] == 429


def test_who_is_shut_out_sees_nothing_more_and_can_be_let_in_on_another_phone(world: World) -> None:
    phone = come_in(world, "guide", "罗建平")
    leader = world.visitor("leader")
    leader.fill(f"/audits/{AUDIT}/guests/{phone.id}/end")
    assert phone.get(f"/guests/{phone.id}").status_code == 403
    answer = leader.fill(f"/audits/{AUDIT}/guests/{phone.id}/again")
    token = re.search(r"/in/([A-Za-z0-9_-]{43})<", answer.text)
    assert token
    other = GuestPhone(world)
    assert "罗建平" in other.get(f"/in/{token[1]}").text
    assert other.come_in(token[1], "somebody else").status_code == 303
    assert other.id == phone.id, "the same guest goes on"
    assert other.get(f"/guests/{other.id}").status_code == 200
    assert phone.get(f"/guests/{phone.id}").status_code == 401, "the phone before is shut out"
    assert [guest.name for guest in guests(world)] == ["罗建平"]


def test_a_link_made_before_lets_nobody_in_who_was_shut_out_since(world: World) -> None:
    phone = come_in(world, "guide", "罗建平")
    leader = world.visitor("leader")
    answer = leader.fill(f"/audits/{AUDIT}/guests/{phone.id}/again")
    token = re.search(r"/in/([A-Za-z0-9_-]{43})<", answer.text)
    assert token
    leader.fill(f"/audits/{AUDIT}/guests/{phone.id}/end")
    assert GuestPhone(world).come_in(token[1]).status_code == 404
    assert [guest.is_in(time.time()) for guest in guests(world)] == [False]


def test_ending_a_link_shuts_out_who_came_by_it(world: World) -> None:
    token = made(world, role="attendee")
    phone = GuestPhone(world)
    phone.come_in(token)
    [one] = world.run(lambda: world.services.links.of("attendee", audit=AUDIT))
    assert phone.get(f"/guests/{phone.id}").status_code == 200
    world.visitor("leader").fill(f"/audits/{AUDIT}/guests/links/{one.id}/end")
    assert phone.get(f"/guests/{phone.id}").status_code == 403


def test_a_guest_of_another_audit_is_not_the_leaders_to_end(world: World) -> None:
    phone = come_in(world)
    ended = world.run(lambda: world.services.guests.end(phone.id, audit="other", actor="x"))
    assert not ended
    assert phone.get(f"/guests/{phone.id}").status_code == 200


def test_the_log_has_who_came_and_by_which_link_and_no_name(world: World) -> None:
    phone = come_in(world, name="韩启明")
    rows = world.run(world.services.db.read, "SELECT * FROM security_log WHERE account = ?", phone.id)
    assert [row["event"] for row in rows] == ["guest_admitted"]
    everything = world.run(world.services.db.read, "SELECT * FROM security_log")
    assert "韩启明" not in str([tuple(row) for row in everything])


def codes(world: World, *kept: str, who: str = "leader", **headers: str) -> httpx.Response:
    """What a phone is given that has the codes with these ids."""
    sent = {"Clausewalk": "1", **headers}
    return world.visitor(who).ask(
        "POST", f"/audits/{AUDIT}/guests/codes", json={"kept": list(kept)}, headers=sent
    )


def test_the_packs_codes_are_made_once_and_let_people_in(world: World) -> None:
    answer = codes(world)
    assert answer.headers["cache-control"] == "no-store"
    first = answer.json()
    assert first["kept"] == []
    today = [one for one in first["made"] if one["starts"] <= datetime.now(UTC).isoformat() < one["ends"]]
    assert [one["role"] for one in today] == ["attendee", "guide", "guide", "guide"]
    for one in today[:2]:
        assert base64.b64decode(one["picture"]).lstrip().startswith(b"<?xml")
        assert GuestPhone(world).come_in(one["address"].rsplit("/", 1)[1]).status_code == 303
    again = codes(world, *(one["id"] for one in first["made"])).json()
    guide = today[1]["id"]
    assert guide not in again["kept"], "a guide's code is used up by its guide"
    assert set(again["kept"]) == {one["id"] for one in first["made"]} - {guide}
    assert [one["role"] for one in again["made"]] == ["guide"]


def test_an_ended_code_is_replaced_and_a_strangers_isnt_kept(world: World) -> None:
    first = codes(world).json()["made"]
    ended = next(one["id"] for one in first if one["role"] == "attendee")
    world.visitor("leader").fill(f"/audits/{AUDIT}/guests/links/{ended}/end")
    second = codes(world, ended, "0" * 32).json()
    assert second["kept"] == []
    assert len(second["made"]) == len(first)


def test_codes_are_for_leaders_and_no_page_or_pack_holds_one(world: World) -> None:
    tokens = [one["address"].rsplit("/", 1)[1] for one in codes(world).json()["made"]]
    assert codes(world, who="auditor").status_code == 403
    assert codes(world, who="observer").status_code == 403
    pack = world.visitor("leader").get(f"/audits/{AUDIT}/pack").json()
    assert pack["codes"]
    assert not world.visitor("auditor").get(f"/audits/{AUDIT}/pack").json()["codes"]
    for url in (*pack["pages"], f"/audits/{AUDIT}/guests"):
        text = world.visitor("leader").get(url).text
        assert not [token for token in tokens if token in text], url
