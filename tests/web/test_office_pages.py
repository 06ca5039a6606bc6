"""The office: all audits, a new audit by a plain form, an audit from a file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.criteria.model import Language
from server.demo.sample import sample_file
from server.journal import AuditQuery
from server.journal.listing import AuditPage
from tests.support.html import Html
from tests.support.sample import Sample
from tests.support.world import World

BOTH: tuple[Language, ...] = ("zh", "en")


def shown(sample: Sample, path: str, login: str = "office", language: Language = "zh") -> Html:
    answer = sample.visitor(login, language).get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return Html(answer.text)


@pytest.mark.parametrize("language", BOTH)
def test_all_audits(reading: Sample, language: Language) -> None:
    page = shown(reading, "/office/audits", language=language)
    rows = page.one("tbody").text
    assert ("泽溪市岚壶" if language == "zh" else "Zexi Lanhu") in rows
    assert {f"/audits/{reading.audit}", f"/audits/{reading.fresh}"} <= set(page.links)


@pytest.mark.parametrize(
    ("query", "audits"),
    [("find=90017", {"audit"}), ("find=闻砚秋", {"audit", "fresh"}), ("only=planned", {"fresh"})],
)
def test_narrowing_the_list(reading: Sample, query: str, audits: set[str]) -> None:
    page = shown(reading, f"/office/audits?{query}")
    found = {name for name in ("audit", "fresh") if f"/audits/{getattr(reading, name)}" in page.links}
    assert found == audits


def test_nothing_found_says_so(reading: Sample) -> None:
    assert "没有找到" in shown(reading, "/office/audits?find=核电").words


def test_auditors_have_no_office(reading: Sample) -> None:
    for path in ("/office/audits", "/office/audits/new", "/office/import"):
        assert reading.visitor("wen").get(path).status_code == 403


def test_a_word_is_searched_while_typing(reading: Sample) -> None:
    answer = reading.visitor("office").get("/office/audits/rows?find=90017&leader=闻砚秋")
    assert answer.headers["hx-replace-url"].startswith("/office/audits?find=90017&leader=")
    assert f"/audits/{reading.audit}" in Html(answer.text).links
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("query", "audits"),
    [
        ("scheme=EC", set()),
        ("scheme=EMS", {"audit", "fresh"}),
        ("leader=闻砚秋&until=2026年5月31日", {"audit"}),
        ("since=2026-5-18&until=2026-05-18", {"audit"}),
        ("leader=闻砚", set()),
        ("find=1%25", set()),
    ],
)
def test_filters_stand_in_the_address(reading: Sample, query: str, audits: set[str]) -> None:
    page = shown(reading, f"/office/audits?{query}")
    found = {name for name in ("audit", "fresh") if f"/audits/{getattr(reading, name)}" in page.links}
    assert found == audits


def test_a_day_that_cannot_be_read_filters_nothing_and_says_so(reading: Sample) -> None:
    page = shown(reading, "/office/audits?since=下周")
    assert "看不懂日期" in page.words
    assert f"/audits/{reading.audit}" in page.links
    assert any(tag.attributes.get("value") == "下周" for tag in page.all("input"))


def test_a_list_can_be_turned(reading: Sample) -> None:
    def order(query: str) -> list[str]:
        links = shown(reading, f"/office/audits{query}").links
        return [link for link in links if link in (f"/audits/{reading.audit}", f"/audits/{reading.fresh}")]

    assert order("?sort=start") == list(reversed(order("")))
    assert order("?sort=-number") == list(reversed(order("?sort=number")))
    assert order("?sort=nonsense") == order("")


def filled(**changes: str) -> dict[str, str]:
    form = {
        "client.zh": "云栎包装材料（临沅）有限公司",
        "client.en": "Yunli Packaging",
        "number": "SH-0142-2026-QE",
        "start": "2026-11-23",
        "end": "2026年11月24日",
        "scheme.QMS": "on",
        "scheme.EMS": "on",
    }
    return {name: value for name, value in (form | changes).items() if value}


def test_a_new_audit_goes_on_with_its_set_up(sample: Sample) -> None:
    answer = sample.visitor("office").fill("/office/audits/new", **filled())
    assert answer.status_code == 303, Html(answer.text).words
    where = answer.headers["location"]
    setup = sample.state(where.split("/")[2]).setup
    assert setup.client.name.zh == "云栎包装材料（临沅）有限公司"
    assert (setup.visit.start, setup.visit.end) == ("2026-11-23", "2026-11-24")
    assert setup.visit.criteria[0].standard == "ISO 9001:2015"
    assert setup.pins
    assert "组长" in shown(sample, where).words, "what is missing is named"
    assert "云栎包装材料" in shown(sample, "/office/audits").words


def test_the_edition_follows_from_the_day(sample: Sample) -> None:
    office = sample.visitor("office")
    answer = office.fill("/office/audits/new", **filled(start="2027-05-10", end="2027-05-11"))
    where = answer.headers["location"]
    setup = sample.state(where.split("/")[2]).setup
    assert [one.standard for one in setup.visit.criteria] == ["ISO 9001:2026", "ISO 14001:2026"]
    assert setup.pins["standard:ISO 9001:2026"]
    words = shown(sample, f"{where}/scope").words
    assert "Q：2027-05-10 开始的审核默认 ISO 9001:2026，本机构 2027-03-01 起获认可" in words
    ended = filled(previous=sample.state().setup.visit.number, start="2030-01-07", end="2030-01-08")
    answer = office.fill("/office/audits/new", **ended)
    setup = sample.state(answer.headers["location"].split("/")[2]).setup
    assert setup.visit.criteria[0].standard == "ISO 9001:2026", "its own edition has ended"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"client.zh": "", "client.en": ""}, "请填企业名称"),
        ({"number": ""}, "请填项目编号"),
        ({"scheme.QMS": "", "scheme.EMS": ""}, "请至少选一个体系"),
        ({"start": ""}, "请填开始日期"),
        ({"start": "下周一"}, "日期请写成"),
        ({"start": "2026-02-30"}, "没有这一天"),
        ({"end": "2026-11-20"}, "结束日期早于开始日期"),
        ({"previous": "没有这场"}, "没有编号为“没有这场”的审核"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(
    reading: Sample, changes: dict[str, str], sentence: str
) -> None:
    before = len(Html(reading.visitor("office").get("/office/audits").text).all("tr"))
    answer = reading.visitor("office").fill("/office/audits/new", **filled(**changes))
    assert answer.status_code == 400
    page = Html(answer.text)
    assert sentence in page.words
    kept = {tag.attributes["name"]: tag.attributes.get("value", "") for tag in page.all("input")}
    assert kept["client.en"] == filled(**changes).get("client.en", "")
    assert kept["start"] == filled(**changes).get("start", "")
    assert len(Html(reading.visitor("office").get("/office/audits").text).all("tr")) == before


@pytest.mark.parametrize("language", BOTH)
def test_a_number_of_another_audit_is_said_and_no_barrier(sample: Sample, language: Language) -> None:
    number, office = sample.state().setup.visit.number, sample.visitor("office", language)
    said = f"{number} 已用于另一次审核" if language == "zh" else f"{number} is used by another audit"
    asked = Html(f"<body>{office.get(f'/office/audits/new/number?number={number}').text}</body>")
    assert said in asked.words
    assert "2026.05.18–19" in asked.words
    assert said not in shown(sample, f"/audits/{sample.audit}/setup", language=language).words
    again = office.fill("/office/audits/new", **filled(number=number, start="")).text
    assert said in Html(again).words
    created = office.fill("/office/audits/new", **filled(number=number))
    assert created.status_code == 303
    for path in (f"{created.headers['location']}{rest}" for rest in ("", "/visit")):
        assert said in shown(sample, path, language=language).words
    assert said in shown(sample, f"/audits/{sample.audit}/setup/visit", language=language).words


def test_days_of_two_years_say_both(sample: Sample) -> None:
    sample.visitor("office").fill("/office/audits/new", **filled(start="2026-11-30", end="2031-11-30"))
    assert "2026.11.30–2031.11.30" in shown(sample, "/office/audits").words


@pytest.mark.parametrize(("day", "sentence"), [("", "请填开始日期"), ("下周一", "日期请写成")])
def test_an_audit_without_an_end_is_asked_for_its_day_once(reading: Sample, day: str, sentence: str) -> None:
    answer = reading.visitor("office").fill("/office/audits/new", **filled(start=day, end=""))
    assert Html(answer.text).words.count(sentence) == 1


def test_the_next_audit_takes_over_facts_and_no_results(sample: Sample) -> None:
    before = sample.state()
    form = filled(previous=before.setup.visit.number, start="2027-03-01", end="2027-03-02")
    form |= {"client.zh": before.setup.client.name.zh, "scheme.OHSMS": "on"}
    answer = sample.visitor("office").fill("/office/audits/new", **form)
    assert answer.status_code == 303, Html(answer.text).words
    after = sample.state(answer.headers["location"].split("/")[2])
    results = (
        after.observations,
        after.findings,
        after.answers,
        after.judgements,
        after.ticks,
        after.attendance,
    )
    assert not any(results)
    assert after.setup.client.departments == before.setup.client.departments
    assert set(after.setup.team) == set(before.setup.team)
    assert set(after.setup.carried) >= {"client", "scope", "team", "plan", "visit"}
    page = shown(sample, answer.headers["location"])
    assert f"沿用自 {before.setup.visit.number}" in page.words


def take(sample: Sample, data: bytes, login: str = "office") -> Any:
    visitor = sample.visitor(login)
    origin = str(sample.client.base_url).rstrip("/")
    file = {"file": ("audit.json", data, "application/json")}
    return visitor.ask("POST", "/office/import", files=file, headers={"Origin": origin})


def test_importing_a_file(sample: Sample) -> None:
    assert "已经导入过" in Html(take(sample, sample_file()).text).words
    file = json.loads(sample_file())
    file["audit"]["number"] = "90019-2026"
    answer = take(sample, json.dumps(file).encode())
    page = Html(answer.text)
    assert answer.status_code == 200
    assert "90019-2026 已导入" in page.words
    opened = page.one("a", class_="go").attributes["href"]
    assert sample.state(opened.removeprefix("/audits/")).setup.visit.number == "90019-2026"


@pytest.mark.parametrize("language", BOTH)
def test_what_cannot_be_understood_is_named_by_place(sample: Sample, language: Language) -> None:
    sample.visitor("office", language)
    file = json.loads(sample_file())
    file["audit"]["number"] = "90020-2026"
    file["observations"][3]["clauses"][0]["clause"] = "eight"
    visitor, origin = sample.visitor("office", language), str(sample.client.base_url).rstrip("/")
    upload = {"file": ("audit.json", json.dumps(file).encode(), "application/json")}
    answer = visitor.ask("POST", "/office/import", files=upload, headers={"Origin": origin})
    assert answer.status_code == 400
    assert "/observations/3/clauses/0" in Html(answer.text).words
    assert ("没有导入" if language == "zh" else "nothing was imported") in Html(answer.text).words


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_something_else_than_an_audit(reading: Sample, data: bytes) -> None:
    answer = take(reading, data)
    assert answer.status_code == 400
    assert Html(answer.text).all("p", role="alert")


@pytest.mark.parametrize(("login", "said"), [("office", "点「新审核」"), ("admin", "办公室建立审核以后")])
def test_an_empty_list_says_what_its_reader_can_do(
    world: World, monkeypatch: pytest.MonkeyPatch, login: str, said: str
) -> None:
    async def nothing(query: AuditQuery) -> AuditPage:
        return AuditPage(rows=[], has_before=False, has_after=False, found=0)

    monkeypatch.setattr(world.services.journal, "list_audits", nothing)
    words = Html(world.visitor(login).get("/office/audits").text).words
    assert said in words
    assert ("新审核" in words) == (login == "office")
