"""The page of a meeting: what it shows of the sample, who may write, what came in since."""

from __future__ import annotations

import hashlib
import html
import json
import re
import uuid

import pytest

from server.audit import findings
from server.criteria.model import Language
from tests.support.html import Html
from tests.support.sample import Sample
from tests.support.world import AUDIT, World, entry, observed

BOTH: tuple[Language, ...] = ("zh", "en")


def shown(
    sample: Sample, meeting: str, login: str = "wen", language: Language = "zh", audit: str = ""
) -> Html:
    answer = sample.visitor(login, language).get(f"/audits/{audit or sample.audit}/meetings/{meeting}")
    assert answer.status_code == 200, answer.text[:300]
    return Html(answer.text)


@pytest.mark.parametrize("language", BOTH)
def test_the_closing_meeting_is_told_what_was_recorded(reading: Sample, language: Language) -> None:
    page = shown(reading, "closing", language=language)
    for number in ("90017-2026-01", "90017-2026-04"):
        assert number in page.words
    ticks = page.all("input", data_tick="findings")
    assert len(ticks) == 1
    present = [tag for tag in page.all("input") if "data-present" in tag.attributes]
    assert sum("checked" in tag.attributes for tag in present) >= 10
    assert len({tag.attributes["data-present"] for tag in present}) == len(present)


def test_the_closing_meeting_is_told_every_strength_and_who_has_yet_to_sign(sample: Sample) -> None:
    told = shown(sample, "closing").words
    assert told.count("受审核方已签") == len(findings.listing(sample.state(), "nonconformity"))
    praised = [one.text.get("zh") for _, one in findings.marked(sample.state(), "strength")]
    assert len(praised) == 3
    assert all("".join(text.split()) in "".join(told.split()) for text in praised)
    body = {"type": "nonconformity", "grade": "minor", "number": "NC-9", "statement": {"zh": "未点检"}}
    sample.send("wen", sample.audit, ("found", body))
    assert "管代未签" in shown(sample, "closing").words


def test_people_are_written_in_the_language_of_the_page(reading: Sample) -> None:
    page = shown(reading, "closing", language="en")
    for written in ("Wen Yanqiu", "Tong Muye", "Management"):
        assert written in page.words
    for other in ("闻砚秋", "管理层"):
        assert other not in page.words
    assert page.all("input", data_present="闻砚秋"), "the entry names them as the sheet does"


def test_every_kind_of_change_is_asked(reading: Sample) -> None:
    page = shown(reading, "opening")
    asked = [tag.attributes["value"] for tag in page.all("input", name="element")]
    assert len(set(asked)) == 9
    assert all(key.startswith("3.") for key in asked)


def test_ticks_and_presence_come_back(sample: Sample) -> None:
    tick = {"meeting": "team", "point": "x", "done": True, "bases": []}
    spoken = {"meeting": "opening", "point": "g", "done": False, "bases": []}
    before = sample.state().ticks["opening/g"]
    assert before.current
    assert before.current.done
    spoken["bases"] = before.heads
    guest = {"name": "来宾甲", "position": {"zh": "顾问"}, "meetings": ["opening"], "bases": []}
    sample.send("wen", sample.audit, ("ticked", tick), ("ticked", spoken), ("attended", guest))
    page = shown(sample, "opening")
    assert "checked" not in page.one("input", data_tick="g").attributes
    row = page.one("input", data_present="来宾甲")
    assert "checked" in row.attributes
    assert json.loads(row.attributes["data-content"])["position"] == {"zh": "顾问", "en": ""}
    assert "checked" not in shown(sample, "closing").one("input", data_present="来宾甲").attributes


def test_who_may_not_write_reads(reading: Sample) -> None:
    page = shown(reading, "opening", login="office")
    assert not page.all("form", data_entry="meeting-held")
    assert not page.all("form", data_entry="answered")
    assert all("disabled" in tag.attributes for tag in page.all("input", type="checkbox"))


def test_an_auditor_ticks_but_only_the_leader_answers(reading: Sample) -> None:
    page = shown(reading, "opening", login="tong")
    assert page.all("form", data_entry="meeting-held")
    assert not page.all("form", data_entry="answered")


def test_there_is_no_other_meeting(reading: Sample) -> None:
    assert reading.visitor("wen").get(f"/audits/{reading.audit}/meetings/picnic").status_code == 404


@pytest.mark.parametrize("meeting", ["team", "client"])
def test_other_talks_have_times_alone(reading: Sample, meeting: str) -> None:
    page = shown(reading, meeting)
    assert page.all("form", data_entry="meeting-held")
    assert not page.all("input", type="checkbox")


def test_the_team_meeting_lists_what_is_still_to_be_settled(world: World) -> None:
    page = world.visitor("leader").get(f"/audits/{AUDIT}/meetings/team").text
    assert "期限" in page, "the nonconformity has no due date"
    assert 'href="/audits/' + AUDIT + '/stops/s1"' in page, "nobody was at the first stop"
    assert 'href="/audits/' + AUDIT + '/stops/s2"' not in page
    record = observed(text="灭火器 5 具中 1 具过期", id=str(uuid.uuid4()))
    record["body"]["outcome"] = "nonconform"
    world.visitor("auditor").send(record)
    page = world.visitor("leader").get(f"/audits/{AUDIT}/meetings/team").text
    assert "灭火器 5 具中 1 具过期" in page
    assert f"/findings/new?observation={record['id']}" in page


def test_the_team_signs_the_commitment_that_is_shown(world: World) -> None:
    page = world.visitor("leader").get(f"/audits/{AUDIT}/meetings/opening").text
    found = re.search(r'data-sign-text="([^"]+)" data-what="commitment"', page)
    assert found
    text = html.unescape(found[1])
    assert "守法办事" in text
    body = {"what": "commitment", "name": "leader 某", "text": text, "picture": "a" * 64}
    body |= {
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "signed_at": "2026-11-18T08:30:00+08:00",
    }
    answer = world.visitor("leader").send(entry("signed", body, by="leader"))
    assert answer.json()["results"][0]["status"] == "stored"
    report = world.visitor("leader").get(f"/audits/{AUDIT}/report.json").json()
    element = next(one for one in report["elements"] if one["key"] == "commitment.leader_signature")
    assert (element["status"], element["blocks"][0]["picture"]) == ("filled", "a" * 64)
