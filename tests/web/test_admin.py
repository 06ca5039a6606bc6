"""The administrator's pages: invitations, roles, stopping, another password, devices; and the log."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.people.security_log import EVENTS
from tests.support.html import Html
from tests.support.world import AUDIT, ID, PASSWORD, Visitor, World, entry
from tests.web.test_devices import credential_of, sign_in
from tests.web.test_sign_in import token

NEW = "rain on steel at noon"
INVITED = {"login": "Lu.Yi", "name": "陆一", "role": "reviewer", "language": "en"}


def link_in(answer: Any) -> str:
    """The one-time address in a page, as a path."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = re.search(r"http://testserver\.local(/welcome/[\w-]{43})</textarea>", answer.text)
    assert found, answer.text
    return found[1]


def invited(world: World, **changes: str) -> str:
    """The address of an invitation that the administrator has just made."""
    return link_in(world.visitor("admin").fill("/admin/accounts/new", **(INVITED | changes)))


def reset(world: World, login: str) -> str:
    """The address of a link for another password."""
    return link_in(world.visitor("admin").fill(f"/admin/accounts/{ID[login]}/link"))


def choose(world: World, link: str, new: str = NEW, **changes: str) -> Any:
    return world.visitor(None).fill(link, **({"new": new, "again": new} | changes))


def events(world: World) -> list[tuple[Any, ...]]:
    """Event, actor, account, audit, object of every row, the oldest first."""
    sql = "SELECT event, actor, account, audit, object FROM security_log ORDER BY number"
    return [tuple(row) for row in world.run(world.services.db.read, sql)]


def test_who_is_invited_chooses_a_password_and_signs_in(world: World) -> None:
    link = invited(world)
    page = Html(world.visitor(None).get(link, headers={"Accept-Language": "en"}).text)
    assert "陆一" in page.words
    assert page.one("input", name="login").attributes["value"] == "lu.yi"
    answer = choose(world, link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?done=password")
    assert "密码设好了" in world.visitor(None).get("/sign-in?done=password").text
    signed_in = world.visitor(None).fill("/sign-in", login="lu.yi", password=NEW)
    account = Visitor(world.client, token(signed_in)).get("/account")
    assert '<html lang="en"' in account.text
    assert "Reviewer" in account.text


def test_an_invited_account_has_no_password_until_then(world: World) -> None:
    invited(world)
    for password in ("", "lu.yi", NEW):
        assert world.visitor(None).fill("/sign-in", login="lu.yi", password=password).status_code == 401


def test_looking_uses_nothing_up_and_choosing_uses_it_once(world: World) -> None:
    link = invited(world)
    for method in ("GET", "GET", "HEAD", "OPTIONS"):
        world.visitor(None).ask(method, link)
    assert choose(world, link).status_code == 303
    for answer in (choose(world, link, "another one of the kind"), world.visitor(None).get(link)):
        assert answer.status_code == 404
        assert "请找管理员再要一个" in answer.text
    assert world.visitor(None).fill("/sign-in", login="lu.yi", password=NEW).status_code == 303


def test_a_link_ends_with_its_time_with_another_one_and_when_it_is_ended(world: World) -> None:
    first, second = invited(world), ""
    account = next(one.id for one in world.run(world.services.accounts.list, "lu.yi"))
    second = link_in(world.visitor("admin").fill(f"/admin/accounts/{account}/link"))
    assert world.visitor(None).get(first).status_code == 404
    assert world.visitor(None).get(second).status_code == 200
    now = world.services.links._now
    world.services.links._now = lambda: now() + 72 * 3600 + 1
    assert world.visitor(None).get(second).status_code == 404
    world.services.links._now = now
    assert world.visitor("admin").fill(f"/admin/accounts/{account}/end-link").status_code == 303
    assert choose(world, second).status_code == 404


def test_a_link_serves_its_own_purpose_alone(world: World) -> None:
    plan = world.run(
        lambda: world.services.links.make("plan", made_by=ID["leader"], hours=1, audit=AUDIT, once=False)
    )
    assert world.visitor(None).get(f"/welcome/{plan}").status_code == 404
    assert choose(world, f"/welcome/{plan}").status_code == 404


def test_two_at_once_get_it_once(world: World) -> None:
    import asyncio

    from server.people.links import use

    secret = reset(world, "auditor").rsplit("/", 1)[1]

    async def both() -> list[bool]:
        async def take() -> bool:
            return await world.services.db.write(lambda c: use(c, secret, 0, "reset")) is not None

        return list(await asyncio.gather(take(), take(), take()))

    assert sorted(world.run(both)) == [False, False, True]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"again": "something else here"}, "两遍新密码不一样"),
        ({"new": "short", "again": "short"}, "至少 12 个字符"),
        ({"new": "auditor12345", "again": "auditor12345"}, "和登录名太像"),
    ],
)
def test_what_is_no_password_leaves_the_link_open(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    link = reset(world, "auditor")
    answer = choose(world, link, **changes)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert choose(world, link).status_code == 303


def test_a_reset_ends_every_device_and_the_wait_of_the_login(world: World) -> None:
    phone = sign_in(world, "auditor")
    signed = credential_of(phone)
    for n in range(6):
        world.visitor(None).fill("/sign-in", login="auditor", password=f"guess-{n}")
    link = reset(world, "auditor")
    assert phone.get("/account").status_code == 200, "until the link is used nothing has changed"
    assert choose(world, link).status_code == 303
    assert phone.get("/account").status_code == 303
    assert world.visitor(None).send(**signed).status_code == 401
    assert world.visitor(None).fill("/sign-in", login="auditor", password=PASSWORD).status_code == 401
    assert world.visitor(None).fill("/sign-in", login="auditor", password=NEW).status_code == 303


def test_trying_out_links_is_slowed_down_and_says_how_long(world: World) -> None:
    nobody = world.visitor(None)
    answers = [nobody.get(f"/welcome/{n:043}").status_code for n in range(12)]
    assert answers[:10] == [404] * 10
    assert answers[-1] == 429
    answer = nobody.get(f"/welcome/{'x' * 43}")
    assert int(answer.headers["retry-after"]) >= 1
    assert "秒后再试" in answer.text
    assert nobody.get(invited(world)).status_code == 200, "who holds a real link is never kept out"


@pytest.mark.parametrize(
    "link", ["/welcome/x", "/welcome/" + "x" * 44, "/welcome/%00", "/welcome/../account"]
)
def test_what_is_no_link_opens_nothing(world: World, link: str) -> None:
    assert world.visitor(None).get(link).status_code in (303, 404)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"login": "leader"}, "已经有人用这个登录名"),
        ({"login": "x"}, "2 到 64 个字符"),
        ({"name": " "}, "请填姓名"),
        ({"role": "king"}, "请选角色"),
    ],
)
def test_what_is_no_account_is_named_and_kept(world: World, changes: dict[str, str], sentence: str) -> None:
    answer = world.visitor("admin").fill("/admin/accounts/new", **(INVITED | changes))
    assert answer.status_code == 400
    page = Html(answer.text)
    assert sentence in page.words
    assert page.one("input", name="name").attributes["value"] == (INVITED | changes)["name"]


def test_another_role_ends_the_sessions_and_counts_from_then_on(world: World) -> None:
    office = world.visitor("office")
    assert office.get("/office/audits").status_code == 200
    form = {"name": "office 某", "role": "auditor"}
    assert world.visitor("admin").fill(f"/admin/accounts/{ID['office']}", **form).status_code == 303
    assert office.get("/account").status_code == 303
    again = sign_in(world, "office")
    assert again.get("/office/audits").status_code == 403
    assert ("role_changed", ID["admin"], ID["office"], None, "auditor") in events(world)


def test_another_name_ends_nothing(world: World) -> None:
    form = {"name": "办公室 甲", "role": "office"}
    assert world.visitor("admin").fill(f"/admin/accounts/{ID['office']}", **form).status_code == 303
    assert "办公室 甲" in world.visitor("office").get("/account").text


def test_the_last_administrator_stays_one(world: World) -> None:
    admin, page = world.visitor("admin"), f"/admin/accounts/{ID['admin']}"
    invited(world, login="second", role="admin")  # has no password yet: can't administer
    for answer in (admin.fill(page, name="a", role="office"), admin.fill(f"{page}/disable")):
        assert answer.status_code == 400
        assert "最后一名管理员" in answer.text
    assert admin.get("/admin/accounts").status_code == 200
    second = world.run(world.services.accounts.list, "second")[0].id
    choose(world, link_in(admin.fill(f"/admin/accounts/{second}/link")))
    assert admin.fill(f"{page}/disable").status_code == 303
    assert admin.get("/admin/accounts").status_code == 303


def test_disabling_is_at_once_and_enabling_lets_in_again(world: World) -> None:
    page, auditor = f"/admin/accounts/{ID['auditor']}", world.visitor("auditor")
    link = reset(world, "auditor")
    assert world.visitor("admin").fill(f"{page}/disable").status_code == 303
    assert auditor.get("/account").status_code == 303
    assert choose(world, link).status_code == 404, "links of a stopped account are ended"
    assert world.visitor("admin").fill(f"{page}/link").status_code == 404
    assert "已停用" in world.visitor("admin").get(page).text
    assert world.visitor("admin").fill(f"{page}/enable").status_code == 303
    assert world.visitor(None).fill("/sign-in", login="auditor", password=PASSWORD).status_code == 303


def test_the_administrator_ends_devices(world: World) -> None:
    phone, page = sign_in(world, "auditor"), f"/admin/accounts/{ID['auditor']}"
    signed = credential_of(phone)
    listed = Html(world.visitor("admin").get(page).text)
    assert "iPhone · Safari" in listed.words
    own = {one.attributes["action"] for one in listed.all("form") if "/devices/" in one.attributes["action"]}
    for one in own:
        assert world.visitor("admin").fill(one).status_code == 303
    assert phone.get("/account").status_code == 303
    assert world.visitor(None).send(**signed).status_code == 401
    assert "没有登录的设备" in world.visitor("admin").get(page).text
    assert world.visitor("admin").fill(f"{page}/end-devices").status_code == 303


def test_the_list_is_found_by_name_login_role_and_state(world: World) -> None:
    invited(world)
    world.run(world.services.accounts.disable, "former")
    admin = world.visitor("admin")

    def shown(query: str) -> set[str]:
        page = Html(admin.get(f"/admin/accounts?{query}").text)
        return {tag.text for tag in page.all("small") if tag.text in {*ID, "lu.yi"}}

    assert shown("") == {*ID, "lu.yi"}
    assert shown("find=陆") == {"lu.yi"}
    assert shown("find=LEAD") == {"leader"}
    assert shown("only=disabled") == {"former"}
    assert shown("only=invited") == {"lu.yi"}
    assert shown("only=auditor") == {"leader", "auditor", "observer", "stranger"}
    assert "没有找到账户" in admin.get("/admin/accounts?find=不存在").text


def test_what_is_no_account_or_action_is_not_found(world: World) -> None:
    admin = world.visitor("admin")
    assert admin.get("/admin/accounts/nobody").status_code == 404
    for url in ("nobody/disable", f"{ID['auditor']}/explode", f"{ID['auditor']}/link/../disable/x"):
        assert admin.fill(f"/admin/accounts/{url}").status_code == 404


# The log.


def test_who_looked_at_an_audit_is_one_line_in_ten_minutes(world: World) -> None:
    for _ in range(3):
        for page in ("", "/stops/s2", "/findings", "/head"):
            assert world.visitor("leader").get(f"/audits/{AUDIT}{page}").status_code == 200
    world.visitor("auditor").get(f"/audits/{AUDIT}")
    world.visitor("stranger").get(f"/audits/{AUDIT}")
    world.run(world.services.views.settled)
    seen = [row for row in events(world) if row[0] == "audit_viewed"]
    assert seen == [
        ("audit_viewed", ID["leader"], ID["leader"], AUDIT, None),
        ("audit_viewed", ID["auditor"], ID["auditor"], AUDIT, None),
    ]
    world.services.views._noted.clear()  # as another process would have it
    world.visitor("leader").get(f"/audits/{AUDIT}")
    world.run(world.services.views.settled)
    assert [row for row in events(world) if row[0] == "audit_viewed"] == seen
    now = world.services.views._now
    world.services.views._now = lambda: now() + 3600
    world.visitor("leader").get(f"/audits/{AUDIT}")
    world.run(world.services.views.settled)
    assert len([row for row in events(world) if row[0] == "audit_viewed"]) == 3


def test_what_was_handed_over_is_a_line_each(world: World) -> None:
    leader = world.visitor("leader")
    for _ in range(2):
        assert leader.get(f"/audits/{AUDIT}/sheets.html").status_code == 200
    assert leader.get(f"/audits/{AUDIT}/nothing.docx").status_code == 404
    rows = [row for row in events(world) if row[0] == "downloaded"]
    assert rows == [("downloaded", ID["leader"], ID["leader"], AUDIT, "sheets.html")] * 2


def test_a_change_of_the_team_is_a_line_whoever_makes_it(world: World) -> None:
    body = {"path": f"team/{ID['stranger']}", "value": {"name": "新", "role": "observer"}, "bases": []}
    one = entry("configured", body, by="leader")
    other = entry("configured", {"path": "visit/number", "value": "team/1", "bases": []}, by="leader")
    assert world.visitor("leader").send(one, other, one).status_code == 200
    rows = [row for row in events(world) if row[0] == "team_changed"]
    assert rows == [("team_changed", ID["leader"], None, AUDIT, one["id"])]


def test_the_log_is_narrowed_by_person_audit_action_and_day(world: World) -> None:
    world.visitor("leader").get(f"/audits/{AUDIT}/sheets.html")
    reset(world, "auditor")
    admin = world.visitor("admin")

    def shown(query: str) -> list[str]:
        page = Html(admin.get(f"/admin/log?{query}").text)
        return [tag.text for tag in page.all("strong") if tag.text != "本机不能离线。"]

    assert shown("person=leader")[:1] == ["下载"]
    assert shown("audit=QHHZ-2026-001") == ["下载"]
    assert shown(f"audit={AUDIT}&event=downloaded") == ["下载"]
    assert shown("audit=no-such-number") == []
    assert shown("event=link_made&person=auditor") == ["生成链接"]
    assert shown("event=link_made&person=leader") == []
    assert set(shown("event=account_added")) == {"新建账户"}
    assert shown("until=2020-01-01") == []
    assert shown("since=9999-12-31") == []
    assert len(shown("since=nonsense&until=2020-13-45")) > 5
    words = Html(admin.get("/admin/log?event=downloaded").text).words
    assert "leader 某 (leader)" in words
    assert "QHHZ-2026-001" in words


def test_the_log_has_pages(world: World) -> None:
    from server.people.security_log import note

    async def many(connection: Any) -> None:
        for number in range(250):
            await note(connection, "signed_out", actor=ID["leader"], account=ID["leader"], object=str(number))

    world.run(world.services.db.write, many)
    admin, url, seen = world.visitor("admin"), "/admin/log?event=signed_out", 0
    while url:
        page = Html(admin.get(url).text)
        seen += len(page.all("time"))
        url = next((link for link in page.links if "before=" in link), "")
    assert seen == 250


def test_the_log_as_a_file_is_for_spreadsheets_and_no_formula_runs(world: World) -> None:
    world.visitor("admin").fill(f"/admin/accounts/{ID['former']}", name="=HYPERLINK(1)", role="auditor")
    world.visitor(None).fill("/sign-in", login="former", password=PASSWORD)
    answer = world.visitor("admin").get("/admin/log.csv?event=signed_in")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK(1) (former)" in answer.text
    assert ",=HYPERLINK" not in answer.text
    assert answer.text.count("\n") == len(ID) + 2
    assert events(world)[-1] == ("downloaded", ID["admin"], ID["admin"], None, "log.csv")


def test_nothing_that_was_typed_and_no_text_of_an_audit_is_in_the_log(world: World) -> None:
    world.visitor(None).fill("/sign-in", login="hunter2-in-the-wrong-field", password="x")
    world.visitor("leader").get(f"/audits/{AUDIT}/sheets.html")
    rows = world.run(world.services.db.read, "SELECT * FROM security_log")
    kept = " ".join(str(value) for row in rows for value in tuple(row))
    assert "hunter2" not in kept
    assert "某" not in kept
    assert "QHHZ" not in kept


def test_every_event_has_a_sentence() -> None:
    from server.web.texts import texts

    assert {f"log.event.{event}" for event in EVENTS} <= texts("zh").keys()
