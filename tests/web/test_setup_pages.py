"""The set-up of an audit: sections that save by themselves, undo, conflicts, what can't be understood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from server.web.setup.sections import SECTIONS
from tests.support.html import Html
from tests.support.world import AUDIT, World, entry

SETUP = f"/audits/{AUDIT}/setup"


def html(world: World, path: str, login: str = "office") -> Html:
    answer = world.visitor(login).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return Html(answer.text)


def fragment(answer: Any) -> Html:
    """A part of a page, as htmx gets it."""
    assert "<html" not in answer.text
    return Html(f"<body>{answer.text}</body>")


def inputs(page: Html) -> dict[str, str]:
    return {
        tag.attributes["name"]: tag.attributes.get("value", "")
        for tag in page.all("input")
        if "name" in tag.attributes
    }


def setup_of(world: World) -> Any:
    return world.run(world.services.journal.state, AUDIT).setup


def head_of(world: World) -> int:
    return int(world.run(world.services.journal.head, AUDIT)[0])


def save(world: World, group: str, login: str = "office", *, htmx: str = "yes", **fields: str) -> Any:
    visitor = world.visitor(login)
    headers = {"Origin": str(world.client.base_url).rstrip("/")} | ({"HX-Request": "true"} if htmx else {})
    return visitor.ask("POST", f"{SETUP}/{group}", data=fields, headers=headers)


def test_the_overview_names_what_is_missing(world: World) -> None:
    words = html(world, SETUP).words
    assert "统一社会信用代码" in words
    assert "审核计划" in words
    save(world, "client/identity", **{"client/credit_code": "91330000XXSAMPLE0X"})
    assert "统一社会信用代码" not in html(world, SETUP).words


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_there_in_both_languages(world: World, section: str) -> None:
    assert html(world, f"{SETUP}/{section}").one("h1").text
    assert world.visitor("office").get(f"{SETUP}/nonsense").status_code == 404


def test_a_change_is_saved_by_itself_and_nothing_else_is_written(world: World) -> None:
    before = head_of(world)
    answer = save(
        world, "client/identity", **{"client/legal_representative": "祁云樵", "client/credit_code": ""}
    )
    assert answer.status_code == 200
    assert "已保存" in fragment(answer).words
    assert head_of(world) == before + 1
    assert setup_of(world).client.legal_representative == "祁云樵"
    again = save(world, "client/identity", **{"client/legal_representative": "祁云樵"})
    assert "已保存" not in fragment(again).words
    assert head_of(world) == before + 1


def test_undo_sets_what_stood_there_again(world: World) -> None:
    answer = save(world, "visit/days", **{"visit/start": "2026-12-01", "visit/end": "2026-12-02"})
    assert setup_of(world).visit.start == "2026-12-01"
    kept = inputs(Html(answer.text))
    undone = save(world, "visit/days", undo="yes", **kept)
    assert (setup_of(world).visit.start, setup_of(world).visit.end) == ("2026-11-18", "2026-11-19")
    assert "2026-11-18" in undone.text, "the form shows the old value again"


def test_without_script_the_whole_page_comes_back(world: World) -> None:
    answer = save(world, "client/contact", htmx="", **{"client/contact|name": "纪晚舟"})
    page = Html(answer.text)
    assert answer.status_code == 200
    assert page.one("h1").text
    assert "已保存" in page.words
    assert setup_of(world).client.contact.name == "纪晚舟"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026.5.8", "2026-05-08"),
        ("2026年5月8日", "2026-05-08"),
        ("20260508", "2026-05-08"),
        ("2026/05/08", "2026-05-08"),
    ],
)
def test_a_day_is_read_as_people_write_it(world: World, typed: str, day: str) -> None:
    save(world, "visit/after", **{"visit/report_date": typed})
    assert setup_of(world).visit.report_date == day


@pytest.mark.parametrize(
    ("group", "field", "typed", "sentence"),
    [
        ("visit/days", "visit/start", "五月中", "看不懂日期"),
        ("visit/days", "visit/start", "2026-02-30", "没有这一天"),
        ("organization/people", "client/headcount", "约一百", "请写整数"),
        ("organization/shifts", "client/shifts|0|start", "早上", "看不懂时间"),
    ],
)
def test_what_cannot_be_understood_is_kept_and_explained(
    world: World, group: str, field: str, typed: str, sentence: str
) -> None:
    before = head_of(world)
    answer = save(world, group, htmx="", **{field: typed})
    assert answer.status_code == 400
    assert sentence in Html(answer.text).words
    assert inputs(Html(answer.text))[field] == typed
    assert head_of(world) == before


def test_rows_are_added_changed_and_dropped(world: World) -> None:
    typed = {
        "client/departments|0|zh": "管理层",
        "client/departments|1|zh": "生产部",
        "client/departments|1|en": "Production",
    }
    more = save(world, "organization/departments", add="client/departments", **typed)
    assert [one.zh for one in setup_of(world).client.departments] == ["管理层", "生产部"]
    assert "client/departments|5|zh" in inputs(Html(more.text))
    save(world, "organization/departments", drop="client/departments|0", **typed)
    assert [one.en for one in setup_of(world).client.departments] == ["Production"]


def test_two_people_at_one_place_both_stand_until_one_is_chosen(world: World) -> None:
    seen = inputs(html(world, f"{SETUP}/client"))["seen:client/industry"]
    save(world, "client/identity", "office", **{"client/industry|zh": "不锈钢", "seen:client/industry": seen})
    answer = save(
        world, "client/identity", "leader", **{"client/industry|zh": "杯壶", "seen:client/industry": seen}
    )
    page = fragment(answer)
    assert "两个版本" in page.words
    assert "不锈钢" in page.words
    assert "杯壶" in page.words
    choices = [
        tag.attributes["value"] for tag in page.all("button") if tag.attributes.get("name") == "choose"
    ]
    save(world, "client/identity", "leader", choose=choices[1])
    state = world.run(world.services.journal.state, AUDIT)
    assert state.setup.client.industry.zh == "杯壶"
    assert not state.configured["client/industry"].in_conflict


def test_leaving_an_input_and_pressing_a_button_at_once_is_one_change(world: World) -> None:
    seen = inputs(html(world, f"{SETUP}/client"))["seen:client/industry"]
    typed = {"client/industry|zh": "杯壶", "seen:client/industry": seen}
    before = head_of(world)
    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda _: save(world, "client/identity", **typed), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert head_of(world) == before + 1
    assert not world.run(world.services.journal.state, AUDIT).configured["client/industry"].in_conflict


def test_who_changed_another_field_meanwhile_is_not_in_the_way(world: World) -> None:
    seen = inputs(html(world, f"{SETUP}/client"))
    stale = {name: value for name, value in seen.items() if name.startswith(("client/", "seen:"))}
    save(world, "client/identity", "leader", **{"client/credit_code": "91X"})
    answer = save(world, "client/identity", "office", **(stale | {"client/legal_representative": "祁云樵"}))
    assert "两个版本" not in fragment(answer).words
    client = setup_of(world).client
    assert (client.credit_code, client.legal_representative) == ("91X", "祁云樵")


def test_types_decide_what_is_printed_on_the_cover(world: World) -> None:
    save(
        world,
        "visit/types",
        **{"visit/purposes|surveillance": "on", "visit/purposes|no": "2", "visit/purposes|restore": "on"},
    )
    visit = setup_of(world).visit
    assert [(one.code, one.no) for one in visit.purposes] == [("surveillance", 2), ("restore", None)]
    assert (visit.type, visit.surveillance_no, visit.cover_type.zh) == ("surveillance", 2, "监督审核")


def test_a_certificate_and_what_became_of_it(world: World) -> None:
    save(
        world,
        "scope/certificate-QMS",
        **{
            "certificates/QMS|number": "Q7",
            "certificates/QMS|scope.zh": "杯壶的制造",
            "certificates/QMS|status": "suspended",
        },
    )
    save(
        world,
        "scope/history-QMS",
        **{
            "certificates/QMS|0|date": "2026-04-01",
            "certificates/QMS|0|status": "suspended",
            "certificates/QMS|0|until": "2026-09-30",
            "certificates/QMS|0|reported": "2026-04-03",
            "certificates/QMS|0|reason_zh": "逾期",
        },
    )
    certificate = setup_of(world).certificates["QMS"]
    assert (certificate.number, certificate.scope.zh) == ("Q7", "杯壶的制造")
    assert certificate.history[0]["until"] == "2026-09-30"
    assert "暂停原因" in html(world, SETUP).words


def test_what_does_not_apply_has_a_reason_and_is_not_planned(world: World) -> None:
    leader = world.visitor("leader")
    matrix = f"/audits/{AUDIT}/plan?scheme=QMS"
    assert "Q8.3.2" in leader.get(matrix).text
    save(
        world,
        "scope/not-applicable-QMS",
        **{
            "certificates/QMS|0|clauses": "Q8.3",
            "certificates/QMS|0|reason.zh": "产品由顾客设计，公司只按图加工。",
            "certificates/QMS|0|reason.en": "Products are designed by customers.",
        },
    )
    [left_out] = setup_of(world).certificates["QMS"].not_applicable
    assert ([one.code for one in left_out.clauses], left_out.reason.zh[:2]) == (["Q8.3"], "产品")
    assert "Q8.3.2" not in leader.get(matrix).text
    assert "不适用条款Q8.3：产品由顾客设计" in leader.get(f"/audits/{AUDIT}/report?chapter=1").text


def test_choosing_a_scheme_reloads_the_page_with_its_certificate(world: World) -> None:
    answer = save(world, "scope/schemes", **{"visit/schemes|QMS": "on", "visit/schemes|EnMS": "on"})
    assert answer.headers["hx-refresh"] == "true"
    assert setup_of(world).visit.schemes == ["QMS", "EnMS"]
    save(world, "scope/editions", **{"visit/criteria|QMS": "ISO 9001:2015"})
    assert setup_of(world).visit.criteria[0].text == "GB/T 19001-2016/ISO 9001:2015"


def test_laws_are_offered_by_scheme_and_day(world: World) -> None:
    page = html(world, f"{SETUP}/criteria")
    offered = [
        tag.attributes["name"]
        for tag in page.all("input")
        if tag.attributes.get("name", "").startswith("law.")
    ]
    assert "law.environmental-protection-law" not in offered, "it ended before the audit begins"
    assert "law.environment-code" in offered
    ticked = {"law.environment-code": "on", "law.energy-saving-law": "on"}
    save(world, "criteria/offer", htmx="", **ticked)
    assert [(law.title.zh, law.edition) for law in setup_of(world).visit.laws] == [
        ("《中华人民共和国生态环境法典》", "2026年施行"),
        ("《中华人民共和国节约能源法》", "2018年修正"),
    ]
    assert "law.environment-code" not in html(world, f"{SETUP}/criteria").source


def test_an_earlier_nonconformity_is_added_changed_and_taken_out(world: World) -> None:
    new = {"previous/new|number": "NC-7", "previous/new|clauses": "E8.1", "previous/new|date": "昨天"}
    answer = save(world, "previous/new", htmx="", **new)
    assert answer.status_code == 400
    assert inputs(Html(answer.text))["previous/new|number"] == "NC-7"
    assert (
        save(world, "previous/new", htmx="", **(new | {"previous/new|date": "2025-3-12"})).status_code == 303
    )
    assert setup_of(world).previous["NC-7"].date == "2025-03-12"
    save(
        world,
        "previous/finding-NC-7",
        **{"previous/NC-7|department": "仓储部", "previous/NC-7|number": "NC-7"},
    )
    assert setup_of(world).previous["NC-7"].department == "仓储部"
    save(world, "previous/finding-NC-7", htmx="", remove="yes")
    assert setup_of(world).previous == {}


def test_what_to_look_at_is_added_stands_at_its_stop_and_is_taken_out(world: World) -> None:
    assert save(world, "focus/new", htmx="", **{"focus/new|department": "生产部"}).status_code == 400
    point = {"focus/new|department": "生产部", "focus/new|clauses": "Q8.5.1", "focus/new|text.zh": "3 号炉"}
    assert save(world, "focus/new", htmx="", **point).status_code == 303
    [(key, one)] = setup_of(world).focus.items()
    assert (one.department, [ref.code for ref in one.clauses], one.text.zh) == (
        "生产部",
        ["Q8.5.1"],
        "3 号炉",
    )
    at = {stop: html(world, f"/audits/{AUDIT}/stops/{stop}").words for stop in ("s1", "s2")}
    assert "上次留下的重点" in at["s2"]
    assert "3 号炉" in at["s2"]
    assert "上次留下的重点" not in at["s1"], "another department's"
    changed = {f"focus/{key}|department": "生产部", f"focus/{key}|text.zh": "4 号炉"}
    save(world, f"focus/point-{key}", **changed)
    assert setup_of(world).focus[key].text.zh == "4 号炉"
    save(world, f"focus/point-{key}", htmx="", remove="yes")
    assert setup_of(world).focus == {}


def test_a_document_is_filed_fetched_and_taken_out(world: World) -> None:
    office = world.visitor("office")
    origin = {"Origin": str(world.client.base_url).rstrip("/")}
    files = {"file": ("执照.pdf", b"%PDF-1.7 licence", "application/pdf")}
    answer = office.ask(
        "POST",
        f"/audits/{AUDIT}/attachments",
        files=files,
        data={"title": "营业执照", "date": "2020.1.5"},
        headers=origin,
    )
    assert answer.status_code == 303
    page = html(world, f"{SETUP}/documents")
    assert "营业执照" in page.words
    assert "2020-01-05" in page.words
    link = next(link for link in page.links if "/attachments/" in link)
    got = world.visitor("observer").get(link)
    assert got.content == b"%PDF-1.7 licence"
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["content-type"].startswith("application/octet-stream")
    assert world.visitor("leader").ask("POST", f"{link}/withdraw", headers=origin).status_code == 403
    assert office.ask("POST", f"{link}/withdraw", headers=origin).status_code == 303
    assert "营业执照.pdf" not in html(world, f"{SETUP}/documents").words
    assert world.visitor("observer").get(link).status_code == 404


def test_what_was_carried_over_waits_for_somebody_to_confirm_it(world: World) -> None:
    raws = [entry("configured", {"path": "carried", "value": {"client": "A-1", "team": "A-1"}}, by="office")]
    assert world.visitor("office").send(*raws).status_code == 200
    assert "沿用自 A-1" in html(world, f"{SETUP}/client").words
    assert world.visitor("office").fill(f"{SETUP}/team").status_code == 303
    assert set(setup_of(world).carried) == {"client"}
    save(world, "client/identity", **{"client/credit_code": "91Y"})
    assert setup_of(world).carried == {}


def test_who_may_not_set_up_reads(world: World) -> None:
    page = html(world, f"{SETUP}/client", "auditor")
    assert "这里只能查看" in page.words
    assert save(world, "client/identity", "auditor", **{"client/credit_code": "9"}).status_code == 403


def test_entries_are_by_who_typed(world: World) -> None:
    save(world, "client/identity", "leader", **{"client/credit_code": "92"})
    record = world.run(world.services.journal.records, AUDIT)[-1]
    made = msgspec.json.decode(record.raw)
    assert (made["kind"], made["body"]["path"], made["body"]["value"]) == (
        "configured",
        "client/credit_code",
        "92",
    )


@pytest.mark.parametrize(
    ("group", "fields", "sentence"),
    [
        ("visit/days", {"visit/start": "2026-11-19", "visit/end": "2026-11-18"}, "最后一天早于第一天"),
        ("visit/days", {"visit/end": "2026-11-01"}, "最后一天早于第一天"),
        (
            "visit/before",
            {"visit/previous_start": "2025-05-20", "visit/previous_end": "2025-05-18"},
            "最后一天早于第一天",
        ),
        ("organization/people", {"client/working_days_per_week": "9"}, "一周最多 7 天"),
        ("client/addresses", {"client/coordinates": "120.5,31.3"}, "纬度,经度，例如 31.30,120.50"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(
    world: World, group: str, fields: dict[str, str], sentence: str
) -> None:
    before = head_of(world)
    answer = save(world, group, htmx="", **fields)
    page = Html(answer.text)
    assert answer.status_code == 400
    assert sentence in page.words
    assert "已保存" not in page.words
    assert head_of(world) == before
    assert {name: inputs(page)[name] for name in fields} == fields, "what was typed stays"
    invalid = [tag.attributes["name"] for tag in page.all("input") if "aria-invalid" in tag.attributes]
    assert invalid == list(fields)


def test_both_days_of_a_visit_can_move_together(world: World) -> None:
    assert save(world, "visit/days", **{"visit/start": "2027-01-04"}).status_code == 400
    both = {"visit/start": "2027-01-04", "visit/end": "2027-01-05"}
    assert save(world, "visit/days", **both).status_code == 200
    assert setup_of(world).visit.start == "2027-01-04"


@pytest.mark.parametrize(
    ("group", "fields", "sentence"),
    [
        ("visit/days", {"visit/end": "2031-11-19"}, "审核超过 60 天"),
        (
            "organization/people",
            {"client/headcount": "10", "client/effective_headcount": "12"},
            "有效人数比总人数多",
        ),
        ("visit/after", {"visit/report_date": "2026-11-18"}, "报告日期早于审核结束"),
        ("visit/after", {"visit/next_audit_by": "2026-10-18"}, "下次审核的期限早于本次审核结束"),
    ],
)
def test_what_is_odd_is_saved_and_asked_about(
    world: World, group: str, fields: dict[str, str], sentence: str
) -> None:
    section = group.partition("/")[0]
    assert sentence not in html(world, f"{SETUP}/{section}").words
    answer = save(world, group, **fields)
    assert answer.status_code == 200
    assert sentence in fragment(answer).words, "at once"
    assert sentence in html(world, f"{SETUP}/{section}").words
    assert sentence in html(world, SETUP).words


def test_a_save_answers_with_what_is_still_missing(world: World) -> None:
    lacks = html(world, f"{SETUP}/client").one("div", id="checks").text
    assert "统一社会信用代码" in lacks
    answer = fragment(save(world, "client/identity", **{"client/credit_code": "91330000XXSAMPLE0X"}))
    checks = answer.one("div", id="checks")
    assert checks.attributes["hx-swap-oob"] == "true"
    assert "还缺" in checks.text
    assert "统一社会信用代码" not in checks.text


@pytest.mark.parametrize("typed", ["8.3", "Q8.3", "８.３"])
def test_a_clause_in_the_field_of_a_scheme_needs_no_letter(world: World, typed: str) -> None:
    answer = save(world, "scope/not-applicable-QMS", **{"certificates/QMS|0|clauses": typed})
    assert answer.status_code == 200, fragment(answer).words
    (left_out,) = setup_of(world).certificates["QMS"].not_applicable
    assert [clause.code for clause in left_out.clauses] == ["Q8.3"]
