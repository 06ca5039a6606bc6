"""The team of an audit: made from the register, warned about, countersigned; what the roles may do; tasks."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from server.audit.admission import admit
from server.audit.setup import Interest, Registration
from server.audit.state import State
from server.people.register import Facts, Person
from tests.support.html import Html
from tests.support.world import AUDIT, ID, TEAM, VISIT, World, entry, observed

TEAM_PAGE = f"/audits/{AUDIT}/team"


def state_of(world: World, audit: str = AUDIT) -> State:
    found: State = world.run(world.services.journal.state, audit)
    return found


def register(world: World, login: str, *schemes: str, **facts: Any) -> str:
    """Put somebody into the register; returns the principal."""
    registrations = [
        Registration(scheme=one, grade="auditor", number=f"N-{one}", valid_until="2027-12-31")
        for one in schemes
    ]
    person = Person(id=ID[login], name=f"{login} 某", facts=Facts(registrations=registrations, **facts))
    world.run(world.services.register.keep, person)
    return ID[login]


def take_in(world: World, login: str, role: str, by: str = "office") -> None:
    answer = world.visitor(by).fill(TEAM_PAGE, person=ID[login], role=role, do="add")
    assert answer.status_code == 303, answer.text


def test_who_is_taken_in_has_a_copy_of_the_registrations_in_the_journal(world: World) -> None:
    register(world, "stranger", "QMS", languages=["中文"])
    page = world.visitor("office").get(f"{TEAM_PAGE}?find=stranger").text
    assert "stranger 某" in page
    take_in(world, "stranger", "auditor")
    member = state_of(world).setup.team[ID["stranger"]]
    assert (member.role, member.label, member.languages) == ("auditor", "A", ["中文"])
    assert [one.number for one in member.registrations] == ["N-QMS"]
    person = world.run(world.services.register.get, ID["stranger"])
    changed = Person(id=person.id, name="改名", facts=Facts(), version=person.version)
    world.run(world.services.register.keep, changed)
    assert state_of(world).setup.team[ID["stranger"]].name == "stranger 某"


def test_the_team_and_its_rights_change_with_the_form(world: World) -> None:
    register(world, "stranger", "QMS")
    assert world.visitor("stranger").get(TEAM_PAGE).status_code == 404
    take_in(world, "stranger", "auditor", by="leader")
    assert world.visitor("stranger").get(TEAM_PAGE).status_code == 200
    assert world.visitor("stranger").send(observed("stranger")).json()["results"][0]["status"] == "stored"
    answer = world.visitor("leader").fill(TEAM_PAGE, person=ID["stranger"], do="remove")
    assert answer.status_code == 303
    assert world.visitor("stranger").get(TEAM_PAGE).status_code == 404
    late = world.visitor("stranger").send(observed("stranger")).json()["results"][0]
    assert (late["status"], late["reason"]) == ("held", "not_in_team")


@pytest.mark.parametrize(
    "fields",
    [
        {"person": "nobody", "role": "auditor", "do": "add"},
        {"person": ID["leader"], "role": "chief", "do": "keep"},
        {"person": "nobody", "do": "remove"},
        {},
    ],
)
def test_a_form_that_names_nobody_or_no_role_changes_nothing(world: World, fields: dict[str, str]) -> None:
    before = state_of(world).seq
    assert world.visitor("office").fill(TEAM_PAGE, **fields).status_code == 400
    assert state_of(world).seq == before


def test_what_speaks_against_the_team_is_said(world: World) -> None:
    tie = Interest(client="临沅暖川真空器皿有限公司", kind="consulting", until="2025-05-31")
    other = Interest(client="别的公司", kind="consulting")
    register(world, "stranger", "EMS", interests=[tie, other])
    take_in(world, "stranger", "auditor")
    member = state_of(world).setup.team[ID["stranger"]]
    assert member.interests == [tie], "ties with other clients are none of this audit's business"
    page = world.visitor("leader").get(TEAM_PAGE).text
    assert "stranger 某与本客户有利益关系（咨询，…–2025-05-31）" in page
    assert "leader 某没有登记注册资格" in page


def test_another_audit_on_the_same_days_is_said(world: World) -> None:
    other = AUDIT[:-1] + "9"
    made = [
        entry("opened", {"number": "OTHER-1"}, by="office", audit=other),
        entry("configured", {"path": "visit", "value": VISIT | {"number": "OTHER-1", "start": "2026-11-19"}},
              by="office", audit=other),
        entry("configured", {"path": "client", "value": {"name": {"zh": "另一家公司"}}},
              by="office", audit=other),
        entry("configured", {"path": f"team/{ID['auditor']}", "value": {"name": "某", "role": "auditor"}},
              by="office", audit=other),
    ]  # fmt: skip

    async def append() -> None:
        raws = [msgspec.json.encode(one) for one in made]
        await world.services.journal.append(other, raws, sender="", admit=admit, create=True)

    world.run(append)
    assert "同期另有审核：另一家公司" in world.visitor("office").get(TEAM_PAGE).text
    leader = world.visitor("leader").get(TEAM_PAGE).text
    assert "同期另有一场审核" in leader
    assert "另一家公司" not in leader, "other clients are the office's to know"
    assert "同期" not in world.visitor("observer").get(TEAM_PAGE).text


def test_a_guide_of_the_client_is_named_and_taken_out(world: World) -> None:
    leader = world.visitor("leader")
    form = f"/audits/{AUDIT}/companions"
    assert leader.fill(form, name=" ", do="add").status_code == 400
    assert leader.fill(form, name="纪晚舟", areas="3幢", do="add").status_code == 303
    [(key, guide)] = state_of(world).setup.companions.items()
    assert (guide.name, guide.areas.zh, guide.role) == ("纪晚舟", "3幢", "guide")
    assert "纪晚舟" in leader.get(TEAM_PAGE).text
    assert leader.fill(form, companion=key, do="remove").status_code == 303
    assert state_of(world).setup.companions == {}


def test_an_english_page_calls_everybody_by_their_english_name_where_there_is_one(world: World) -> None:
    leader = world.visitor("leader")
    for name, name_en in (("纪晚舟", "Ji Wanzhou"), ("卓以宁", "")):
        leader.fill(f"/audits/{AUDIT}/companions", name=name, name_en=name_en, do="add")
    leader.fill("/account", language="en", theme="auto", hand="left")
    page = leader.get(TEAM_PAGE).text
    assert "纪晚舟" not in page
    assert 'aria-label="Take out of the team Ji Wanzhou"' in page
    assert "<strong>卓以宁</strong>" in page


def sent(world: World, login: str, *entries: dict[str, Any]) -> list[str]:
    results = world.visitor(login).send(*entries).json()["results"]
    return [one["status"] for one in results]


@pytest.mark.parametrize(
    ("role", "observes", "finds", "signs_for_others", "configures"),
    [
        ("auditor", "stored", "stored", "stored", "refused"),
        ("trainee", "stored", "stored", "stored", "refused"),
        ("expert", "stored", "refused", "stored", "refused"),
        ("interpreter", "refused", "refused", "refused", "refused"),
        ("observer", "refused", "refused", "refused", "refused"),
        ("witness", "refused", "refused", "refused", "refused"),
    ],
)
def test_what_each_role_may_write(
    world: World, role: str, observes: str, finds: str, signs_for_others: str, configures: str
) -> None:
    register(world, "stranger", "QMS")
    take_in(world, "stranger", role)
    found = {"type": "opportunity", "statement": {"zh": "可再细化"}}
    made = [
        observed("stranger"),
        entry("found", found, by="stranger"),
        entry("signed", {"what": "attendance", "name": "某"}, by="stranger"),
        entry("configured", {"path": "stops/s1", "value": None}, by="stranger"),
    ]
    assert sent(world, "stranger", *made) == [observes, finds, signs_for_others, configures]
    own = {"what": "commitment", "name": state_of(world).setup.team[ID["stranger"]].name, "way": "own_phone"}
    assert sent(world, "stranger", entry("signed", own, by="stranger")) == ["stored"]
    another = own | {"name": "客户代表"}
    assert sent(world, "stranger", entry("signed", another, by="stranger")) == ["refused"]
    assert world.visitor("stranger").get(f"/audits/{AUDIT}").status_code == 200


def test_a_trainees_records_are_countersigned_by_an_auditor_and_by_nobody_else(world: World) -> None:
    register(world, "stranger", "QMS")
    take_in(world, "stranger", "trainee")
    assert sent(world, "stranger", observed("stranger"), observed("stranger")) == ["stored"] * 2
    page = world.visitor("auditor").get(TEAM_PAGE).text
    assert "2 条记录还没有审核员签认" in page
    shown = re.search(r'name="entries" value="([^"]+)"', page)
    assert shown
    gaps = f"/audits/{AUDIT}/gaps"
    assert "2条记录还没有审核员签认" in world.visitor("leader").get(gaps).text
    own = world.visitor("stranger").get(TEAM_PAGE).text
    assert "2 条记录还没有审核员签认" in own
    assert "签认 2 条" not in own
    body = {"what": f"countersign/{ID['stranger']}", "name": "某", "text": shown[1].replace(" ", "\n")}
    assert sent(world, "stranger", entry("signed", body, by="stranger")) == ["refused"]
    assert sent(world, "observer", entry("signed", body, by="observer")) == ["refused"]

    assert sent(world, "stranger", observed("stranger")) == ["stored"]
    answer = world.visitor("auditor").fill(
        f"/audits/{AUDIT}/countersign", person=ID["stranger"], entries=shown[1]
    )
    assert answer.status_code == 303
    assert "1 条记录还没有审核员签认" in world.visitor("leader").get(TEAM_PAGE).text, (
        "what was not shown waits"
    )


def test_reading_the_team_offers_no_change_to_who_may_not_make_it(world: World) -> None:
    assert len(TEAM) == 4
    for login, may in [("office", True), ("leader", True), ("auditor", False), ("observer", False)]:
        page = world.visitor(login).get(TEAM_PAGE).text
        assert ("移出审核组" in page) is may, login


def test_a_change_of_the_plan_without_reason_is_a_gap_until_it_is_said(world: World) -> None:
    gaps = f"/audits/{AUDIT}/gaps"
    change = {"kind": "skip", "at": "2026-11-18T09:40:00+08:00", "text": {"zh": "S02不审"}}
    set_up(world, "leader", "plan_changes/c1", change)
    assert "S02不审：没有写原因、同意人" in world.visitor("leader").get(gaps).text
    told = change | {"reason": {"zh": "停产"}, "agreed_with": "阮知微"}
    set_up(world, "leader", "plan_changes/c1", told)
    assert "S02不审：没有写" not in world.visitor("leader").get(gaps).text


def tasks(world: World, done: str = "") -> str:
    return str(world.visitor("office").get(f"/office/tasks{done}").text)


def set_up(world: World, login: str, path: str, value: Any) -> None:
    known = state_of(world).configured.get(path)
    body = {"path": path, "value": value, "bases": known.heads if known else []}
    assert sent(world, login, entry("configured", body, by=login)) == ["stored"]


def test_what_the_leader_changes_of_dates_team_and_address_is_a_task_of_the_office(world: World) -> None:
    assert "没有待办" in tasks(world)
    set_up(world, "leader", "visit", VISIT | {"end": "2026-11-20"})
    set_up(world, "leader", f"team/{ID['observer']}", None)
    client = {"name": {"zh": "临沅暖川真空器皿有限公司"}, "operating_address": {"zh": "新厂区"}}
    set_up(world, "leader", "client", client | {"operating_address": {"zh": "老厂区"}})
    set_up(world, "leader", "client", client)
    page = tasks(world)
    assert "审核结束日期由2026-11-19改为2026-11-20" in page
    assert "observer 某离开审核组（观察员）" in page
    assert "经营地址由“老厂区”改为“新厂区”" in page
    assert world.visitor("office").get("/office/tasks/open").text.strip().endswith(">3</b>")


def test_what_the_office_itself_changes_and_a_move_within_the_visit_are_no_tasks(world: World) -> None:
    set_up(world, "office", "visit", VISIT | {"end": "2026-11-20"})
    stop = {"label": "S02", "auditors": [ID["auditor"]], "start": "2026-11-19T10:00:00+08:00"}
    set_up(world, "leader", "stops/s2", stop)
    assert "没有待办" in tasks(world)
    set_up(world, "leader", "stops/s2", stop | {"start": "2026-11-21T10:00:00+08:00"})
    assert "S02改到2026-11-21，不在审核日期内" in tasks(world)


def test_a_task_is_done_by_somebody_at_a_time_and_can_be_taken_up_again(world: World) -> None:
    set_up(world, "leader", "visit", VISIT | {"end": "2026-11-20"})
    found = re.search(r'name="entry" value="([^"]+)"', tasks(world))
    assert found
    office = world.visitor("office")
    assert world.visitor("admin").fill("/office/tasks", audit=AUDIT, entry=found[1]).status_code == 403
    assert office.fill("/office/tasks", audit=AUDIT, entry=found[1], do="finish").status_code == 303
    assert "没有待办" in tasks(world)
    assert re.search(r"office 某 办于 20\d\d-", tasks(world, "?done=yes"))
    world.run(world.services.journal.rebuild)
    assert "没有待办" in tasks(world), "what was done outlives a rebuild"
    assert office.fill("/office/tasks", audit=AUDIT, entry=found[1], do="reopen").status_code == 303
    assert "审核结束日期" in tasks(world)
    assert office.fill("/office/tasks", audit=AUDIT, entry="made-up").status_code == 303
    assert "made-up" not in tasks(world, "?done=yes")


def test_what_ended_of_somebodys_registrations_is_named(world: World) -> None:
    registrations = [
        Registration(scheme=scheme, grade="auditor", number=f"N-{scheme}", valid_until=until)
        for scheme, until in (("QMS", "2099-12-31"), ("EMS", "2020-12-31"))
    ]
    person = Person(id=ID["stranger"], name="stranger 某", facts=Facts(registrations=registrations))
    world.run(world.services.register.keep, person)
    take_in(world, "stranger", "auditor")
    assert "E 注册已过期" in Html(world.visitor("office").get(TEAM_PAGE).text).words
