"""Editions: an audit against the newer one asks in its numbers; one in transition is shown under both."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from server.criteria.editions import in_editions
from server.criteria.load import Criteria, load_criteria
from server.settings import data_root
from tests.support.html import Html
from tests.support.world import AUDIT, World, entry, observed

OLD, NEW = "ISO 14001:2015", "ISO 14001:2026"


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


def agree(world: World, **criterion: str) -> None:
    """Name the edition of EMS in the audit's set-up."""
    visit = world.run(world.services.journal.state, AUDIT).setup.visit
    value = [{"scheme": "EMS", **criterion}]
    assert visit.criteria == []
    answer = world.visitor("leader").send(
        entry("configured", {"path": "visit/criteria", "value": value}, by="leader")
    )
    assert answer.json()["results"][0]["status"] == "stored", answer.text


def note(world: World, number: str, text: str) -> str:
    made = observed(text=text)
    made["body"]["clauses"] = [{"scheme": "EMS", "number": number}]
    answer = world.visitor("auditor").send(made)
    assert answer.json()["results"][0]["status"] == "stored"
    return str(made["id"])


def data_of(page: str) -> Any:
    """What a page says for its scripts."""
    match = re.search(r'<script type="application/json" id="page">(.*?)</script>', page, re.DOTALL)
    assert match
    return msgspec.json.decode(match[1])


def codes(criteria: Criteria) -> set[str]:
    return {ref.code for one in criteria.lists.values() for item in one.items for ref in item.clauses}


def test_lists_ask_in_the_numbers_of_the_edition(criteria: Criteria) -> None:
    newer = in_editions(criteria, {"EMS": NEW})
    known = {f"E{clause.number}" for clause in criteria.standards[NEW].clauses}
    assert {code for code in codes(newer) if re.match(r"E\d", code)} <= known
    assert "E6.1.5" in codes(newer), "what was 6.1.4"
    assert in_editions(criteria, {"EMS": OLD}) is criteria
    assert in_editions(criteria, {"OHSMS": "ISO 45001:2018"}) is criteria


def test_an_audit_on_the_newer_edition_offers_its_clauses_and_renumbers_suggestions(world: World) -> None:
    agree(world, standard=NEW)
    data = data_of(world.visitor("auditor").get(f"/audits/{AUDIT}/stops/s2/capture").text)
    offered = {one["code"]: one["title"] for one in data["clauses"]}
    assert "EMS 6.1.5" in offered
    assert offered["EMS 10.1"] == "持续改进"
    assert data["renumbered"]["EMS 10.3"] == "EMS 10.1"


def test_what_was_recorded_under_the_one_stands_under_the_other(world: World) -> None:
    leader = world.visitor("leader")
    assert "没有换版的体系" in leader.get(f"/audits/{AUDIT}/transition").text
    agree(world, standard=OLD, transition=NEW)
    improved = note(world, "10.3", "去年三项改进，节水 8%")
    planned = note(world, "6.1.1", "风险清单今年没有更新")
    changes = note(world, "6.3", "新增喷涂线，变更评审 4 月 2 日")
    page = leader.get(f"/audits/{AUDIT}/transition").text
    lines = {tag.attributes["id"]: tag for tag in Html(page).all("li") if "id" in tag.attributes}
    assert len(lines) == len(load_criteria(data_root("checklists")).standards[NEW].auditable)

    def line(code: str) -> str:
        return page.split(f'id="{code}"')[1].split("</li>")[0]

    assert improved in line("E10.1"), "10.3 is 10.1 now"
    assert "已见" in line("E10.1")
    assert planned in line("E6.1.4")
    assert "请判断" in line("E6.1.4"), "6.1.1 was split: a person decides"
    assert changes in line("E6.3"), "only the newer edition has it"
    assert "未见" in line("E9.1.2")
    assert (
        f"/audits/{AUDIT}/transition" in world.visitor("auditor").get(f"/audits/{AUDIT}/pack").json()["pages"]
    )
    view = leader.get(f"/audits/{AUDIT}/observations/{improved}/view").text
    assert "ISO 14001:2026 E10.1" in Html(view).words


def test_the_set_up_offers_the_newer_edition_with_the_day_of_accreditation(world: World) -> None:
    agree(world, standard=OLD)
    page = world.visitor("office").get(f"/audits/{AUDIT}/setup/scope").text
    assert "visit/criteria|EMS+" in page
    assert "本机构 2027-03-01 起可提供" in page
    answer = world.visitor("office").fill(
        f"/audits/{AUDIT}/setup/scope/editions",
        **{"visit/criteria|EMS": OLD, "visit/criteria|EMS+": NEW},
    )
    assert answer.status_code == 200
    [ems] = world.run(world.services.journal.state, AUDIT).setup.visit.criteria
    assert (ems.standard, ems.transition) == (OLD, NEW)
