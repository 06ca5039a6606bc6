"""The register of the house's people: list, form, and what is said of a form that can't be taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.audit.setup import Interest, Registration
from server.people.register import Facts, Person, PersonChanged
from server.web.people import today_here
from tests.support.world import ID, Visitor, World

TYPED = {
    "version": "0",
    "name": "卓以宁",
    "name_en": "Zhuo Yining",
    "languages": "中文、英文",
    "reg.QMS.grade": "auditor",
    "reg.QMS.number": "2025-N1QMS-0000133",
    "reg.QMS.until": "2028-12-31",
    "reg.QMS.codes": "17.12.05，１７.１２.06",
    "interest.0.client": "临沅暖川真空器皿有限公司",
    "interest.0.kind": "consulting",
    "interest.0.since": "2023-01-01",
    "interest.0.until": "2025-06-30",
}


def person_of(world: World, key: str) -> Person:
    found: Person = world.run(world.services.register.get, key)
    assert found is not None
    return found


def keep(office: Visitor, **changes: str) -> str:
    """Register a person by the form; returns the id."""
    answer = office.fill("/office/people/new", **(TYPED | changes))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).split("/")[-1].split("?")[0]


def test_a_person_is_registered_as_typed(world: World) -> None:
    key = keep(world.visitor("office"))
    assert person_of(world, key) == Person(
        id=key,
        name="卓以宁",
        name_en="Zhuo Yining",
        facts=Facts(
            registrations=[
                Registration(
                    scheme="QMS",
                    grade="auditor",
                    number="2025-N1QMS-0000133",
                    valid_until="2028-12-31",
                    professional_codes=["17.12.05", "17.12.06"],
                )
            ],
            languages=["中文", "英文"],
            interests=[
                Interest(
                    client="临沅暖川真空器皿有限公司",
                    kind="consulting",
                    since="2023-01-01",
                    until="2025-06-30",
                )
            ],
        ),
        version=1,
    )
    page = world.visitor("admin").get(f"/office/people/{key}").text
    assert 'value="2025-N1QMS-0000133"' in page
    assert "17.12.05 17.12.06" in page


def test_a_person_with_an_account_gets_its_id(world: World) -> None:
    office = world.visitor("office")
    assert f"/office/people/new?account={ID['stranger']}" in office.get("/office/people").text
    form = office.get(f"/office/people/new?account={ID['stranger']}").text
    assert 'value="stranger 某"' in form
    assert keep(office, account=ID["stranger"], name="stranger 某") == ID["stranger"]
    assert f"?account={ID['stranger']}" not in office.get("/office/people").text


def test_an_id_that_no_account_has_is_never_taken_from_a_form(world: World) -> None:
    assert keep(world.visitor("office"), account="made-up") != "made-up"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "请填姓名"),
        ({"reg.QMS.grade": ""}, "请选级别"),
        ({"reg.QMS.codes": "17.12.05 焊接"}, "“焊接”不是专业代码"),
        ({"reg.QMS.until": "明年"}, "日期请写成"),
        ({"interest.0.until": "2022-01-01"}, "结束日期早于开始日期"),
        ({"interest.0.client": ""}, "请填客户名称"),
    ],
)
def test_what_can_not_be_taken_is_said_and_nothing_typed_is_lost(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    answer = world.visitor("office").fill("/office/people/new", **(TYPED | changes))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'value="2025-N1QMS-0000133"' in answer.text
    assert world.run(world.services.register.find) == []


def test_who_was_slower_overwrites_nothing(world: World) -> None:
    office = world.visitor("office")
    key = keep(office)
    seen = TYPED | {"version": "1"}
    assert office.fill(f"/office/people/{key}", **(seen | {"name": "第一"})).status_code == 303
    answer = office.fill(f"/office/people/{key}", **(seen | {"name": "第二"}))
    assert answer.status_code == 409
    assert 'value="第二"' in answer.text
    assert person_of(world, key).name == "第一"
    with pytest.raises(PersonChanged):
        world.run(world.services.register.keep, Person(id=key, name="又一次"))


def test_the_list_is_searched_by_name_number_and_code(world: World) -> None:
    office = world.visitor("office")
    keep(office)
    keep(office, name="佟牧野", name_en="Tong Muye", **{"reg.QMS.codes": "03.01", "reg.QMS.number": "N%_1"})
    for find, found in [("zhuo", "卓以宁"), ("17.12 QMS", "卓以宁"), ("n%_1", "佟牧野")]:
        page = office.get("/office/people", params={"find": find}).text
        assert [name for name in ("卓以宁", "佟牧野") if f"<strong>{name}" in page] == [found]
    assert "没有找到“nobody”" in office.get("/office/people?find=nobody").text


@pytest.mark.parametrize(("days", "k"), [(-1, "nc"), (0, "wait"), (60, "wait"), (61, "")])
def test_a_registration_that_ends_within_sixty_days_is_warned_of(world: World, days: int, k: str) -> None:
    office = world.visitor("office")
    until = (today_here() + timedelta(days=days)).isoformat()
    keep(office, **{"reg.QMS.until": until})
    page = office.get("/office/people").text
    assert (f'data-k="{k}"' in page and until in page) if k else until not in page
    assert ("60 天内到期" in page) is bool(k)


def test_a_person_who_is_not_there_is_not_found(world: World) -> None:
    assert world.visitor("office").get("/office/people/nobody").status_code == 404
    assert world.visitor("office").fill("/office/people/nobody", **TYPED).status_code == 404


def test_every_change_stands_in_the_security_log(world: World) -> None:
    key = keep(world.visitor("office"))
    rows: list[Any] = world.run(
        world.services.db.read, "SELECT actor, account FROM security_log WHERE event = 'person_changed'"
    )
    assert [tuple(row) for row in rows] == [(ID["office"], key)]
    shown = world.visitor("admin").get("/admin/log?event=person_changed").text
    assert TYPED["name"] in shown, "someone without an account is named, too"
    assert key not in shown
