"""Today, the walk and each stop, with the sample audit in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest

from server.criteria.model import Language
from server.web import today
from server.web.stop import MOST_RECORDS
from tests.support.html import Html, Tag
from tests.support.sample import Sample
from tests.support.world import AUDIT, STOPS, World, entry

BOTH: tuple[Language, ...] = ("zh", "en")


def shown(sample: Sample, path: str, login: str = "wen", language: Language = "zh") -> Html:
    answer = sample.visitor(login, language).get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return Html(answer.text)


@pytest.mark.parametrize("language", BOTH)
def test_today_leads_to_the_stop_where_one_stands(reading: Sample, language: Language) -> None:
    html = shown(reading, "/", language=language)
    assert ("闻砚秋" if language == "zh" else "Surveillance 2") in html.words
    go = html.one("a", class_="go")
    assert go.attributes["href"].startswith(f"/audits/{reading.fresh}/stops/")
    assert go.text.strip() == ("开始走访" if language == "zh" else "Start the walk")
    assert html.one("div", class_="strip").attributes["role"] == "img"
    assert f"/audits/{reading.audit}" in html.links, "the audit of May is among the others"


def test_today_names_the_audit_under_way_once_something_was_recorded(sample: Sample) -> None:
    sample.record("wen", sample.fresh, {"stop": "S02", "text": {"zh": "看板"}})
    assert shown(sample, "/").one("a", class_="go").text.strip() == "继续走访"


def test_today_without_any_audit_says_what_to_do_next(reading: Sample) -> None:
    html = shown(reading, "/", login="new")
    assert "还没有您的审核" in html.words
    assert not html.all("article")


def test_an_audit_of_others_is_not_found(reading: Sample) -> None:
    assert reading.visitor("new").get(f"/audits/{reading.audit}").status_code == 404


def test_the_office_is_led_to_all_audits(reading: Sample) -> None:
    answer = reading.visitor("office").get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/audits")


@pytest.mark.parametrize("language", BOTH)
def test_the_walk_shows_every_stop_in_order(reading: Sample, language: Language) -> None:
    html = shown(reading, f"/audits/{reading.audit}", language=language)
    stops = [href for href in html.links if href.startswith(f"/audits/{reading.audit}/stops/S")]
    assert [href[-3:] for href in stops if "capture" not in href] == [f"S{n:02d}" for n in range(1, 28)]
    assert [tag.attributes["aria-label"] for tag in html.all("svg", class_="ring")] == [
        "Q 100%",
        "E 100%",
        "O 100%",
    ]
    assert ("我的 12 站" if language == "zh" else "My 12 stops") in html.words


def test_the_walk_tells_which_points_are_open(reading: Sample) -> None:
    fresh = shown(reading, f"/audits/{reading.fresh}")
    assert "投诉的处理" in fresh.words
    assert "投诉的处理" not in shown(reading, f"/audits/{reading.audit}").words


def test_counts_of_outcomes_stand_at_the_stop(reading: Sample) -> None:
    html = shown(reading, f"/audits/{reading.audit}")
    row = next(li for li in html.all("li") if "抛光、废水站" in li.text)
    said = "".join(row.text.split())
    assert "符合4" in said
    assert "不符合2" in said
    assert "照片11" in said


@pytest.mark.parametrize(
    ("find", "labels"),
    [("危废库", {"S24"}), ("Q8.4", {"S18"}), ("8.7.1", {"S10", "S25"}), ("仓储部 佟牧野", {"S12", "S24"})],
)
def test_finding_a_stop(reading: Sample, find: str, labels: set[str]) -> None:
    html = shown(reading, f"/audits/{reading.audit}?find={find}")
    rows = html.one("ol", class_="route")
    assert {href[-3:] for href in html.links if "/stops/S" in href and "capture" not in href} == labels, (
        rows.text
    )


def test_finding_nothing_says_so(reading: Sample) -> None:
    html = shown(reading, f"/audits/{reading.audit}?find=核电站")
    assert "没有哪一站有“核电站”" in html.words


@pytest.mark.parametrize("language", BOTH)
def test_a_stop_asks_by_clause(reading: Sample, language: Language) -> None:
    html = shown(reading, f"/audits/{reading.fresh}/stops/S09", "tong", language)
    items = html.all("li", class_="item")
    assert len(items) > 20
    strips = html.all("fieldset", class_="seg")
    assert len(strips) == len(items)
    assert html.one("div", id="live").attributes["data-stop"] == "S09"
    assert '"scheme":"EMS"' in clauses_of(html)[0]
    heading = "运行策划和控制" if language == "zh" else "Operational planning and control"
    assert heading in html.words
    pens = [href for href in html.links if "capture?item=" in href]
    assert len(pens) == len(items)


def test_a_stop_asks_nothing_that_is_not_planned_there(reading: Sample) -> None:
    html = shown(reading, f"/audits/{reading.fresh}/stops/S13", "zhuo")
    planned = {clause.number for clause in reading.state().setup.stops["S13"].clauses}
    assert clauses_of(html)
    for clauses in clauses_of(html):
        assert any(f'"number":"{number}' in clauses for number in planned)


def test_records_of_a_stop_with_author_and_photos(reading: Sample) -> None:
    html = shown(reading, f"/audits/{reading.audit}/stops/S09", "wen")
    records = html.all("li", class_="record")
    assert len(records) == 6
    text = " ".join(records[0].text.split())
    assert "13:12见CC-02风机停转" in text
    assert "佟牧野 · 05-18 13:16" in text
    assert "无文件" in text
    assert "90017-2026-01" in text


def test_records_stay_as_written_in_the_other_language(reading: Sample) -> None:
    html = shown(reading, f"/audits/{reading.audit}/stops/S09", "wen", "en")
    assert "the fan of CC-02 stood still" in html.words
    assert "13:12见CC-02风机停转" not in html.words


def test_an_observer_sees_no_way_to_write(reading: Sample) -> None:
    html = shown(reading, f"/audits/{reading.audit}/stops/S09", "sui")
    assert not [href for href in html.links if "capture" in href]
    assert all("disabled" in strip.attributes for strip in html.all("fieldset", class_="seg"))


def test_own_tap_is_given_to_the_strip(sample: Sample) -> None:
    path = f"/audits/{sample.fresh}/stops/S09"
    item = items_of(shown(sample, path, "tong"))[0]
    (tap,) = sample.record("tong", sample.fresh, {"stop": "S09", "item": item, "outcome": "improve"})
    mine = shown(sample, path, "tong")
    first = mine.all("fieldset", class_="seg")[0]
    assert first.attributes["data-observation"] == tap
    assert tap in first.attributes["data-bases"]
    assert '"outcome":"improve"' in first.attributes["data-content"]
    assert first.attributes["data-chosen"] == "improve"
    others = shown(sample, path, "wen").all("fieldset", class_="seg")[0]
    assert "data-observation" not in others.attributes, "a colleague's tap is not ours to change"


def test_answered_groups_fold_on_a_long_stop(sample: Sample) -> None:
    visitor, path = sample.visitor("tong"), f"/audits/{sample.fresh}/stops/S09"
    first_group = visitor.get(path).text.partition("data-clauses")[2].partition("</section>")[0]
    assert not folded(visitor.get(path).text)
    content = [{"stop": "S09", "item": item, "outcome": "conform"} for item in items_of(Html(first_group))]
    sample.record("tong", sample.fresh, *content[1:])
    assert not folded(visitor.get(path).text)
    sample.record("tong", sample.fresh, content[0])
    assert len(folded(visitor.get(path).text)) == 1


def items_of(html: Html) -> list[str]:
    """The items that a note can be written on."""
    return [href.partition("?item=")[2] for href in html.links if "capture?item=" in href]


def clauses_of(html: Html) -> list[str]:
    """The clauses of each group, as its strips take them."""
    return [tag.attributes["data-clauses"] for tag in html.tags if "data-clauses" in tag.attributes]


def folded(page: str) -> list[Tag]:
    return [tag for tag in Html(page).all("details") if tag.attributes.get("id", "").startswith("g")]


def test_live_parts_say_which_head_they_show(reading: Sample) -> None:
    for path in (f"/audits/{reading.audit}/live", f"/audits/{reading.audit}/stops/S09/live"):
        live = shown(reading, path).one("div", id="live")
        assert live.attributes["data-head"] == str(reading.state().seq)
        assert live.attributes["data-refresh"] == path


def test_pages_answer_304_until_something_comes_in(sample: Sample) -> None:
    visitor = sample.visitor("wen")
    path = f"/audits/{sample.fresh}/stops/S02"
    tag = visitor.get(path).headers["etag"]
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 304
    sample.record("wen", sample.fresh, {"stop": "S02", "text": {"zh": "新来的一条"}})
    answer = visitor.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "新来的一条" in answer.text


def test_an_unknown_stop_is_not_found(reading: Sample) -> None:
    assert reading.visitor("wen").get(f"/audits/{reading.audit}/stops/S99").status_code == 404


def test_of_many_records_a_stop_shows_the_latest_and_leads_to_the_others(sample: Sample) -> None:
    stop = f"/audits/{sample.fresh}/stops/S02"
    for n in range(MOST_RECORDS + 2):
        sample.record("wen", sample.fresh, {"stop": "S02", "text": {"zh": f"第 {n} 次看"}})
    latest = shown(sample, stop)
    assert "第 1 次看" not in latest.words
    assert f"第 {MOST_RECORDS + 1} 次看" in latest.words
    assert f"{MOST_RECORDS + 2} 条记录" in latest.words, "the count is of all"
    (everything,) = [href for href in latest.links if "records=all" in href]
    whole = shown(sample, everything.partition("#")[0])
    assert "第 0 次看" in whole.words
    assert whole.one("div", id="live").attributes["data-refresh"].endswith("?records=all")
    pack = sample.visitor("wen").get(f"/audits/{sample.fresh}/pack").text
    assert f"{stop}?records=all" in pack


def test_the_day_without_an_audit_is_that_of_china(reading: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    class Evening(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Evening:
            return cls(2031, 11, 29, 22, 0, tzinfo=UTC)

    monkeypatch.setattr(today, "datetime", Evening)
    assert "11.30" in shown(reading, "/", login="new").one("h1").text


def test_in_english_a_stop_has_the_departments_english_name(world: World) -> None:
    departments = [{"zh": "生产部", "en": "Production"}]
    stop = STOPS["s2"] | {"process": {"zh": "钎焊", "en": ""}}
    made = [
        entry("configured", {"path": path, "value": value}, by="leader")
        for path, value in (("client/departments", departments), ("stops/s9", stop))
    ]
    world.visitor("leader").send(*made)
    world.visitor("leader").fill("/account", language="en", theme="auto", hand="right")
    page = world.visitor("leader").get(f"/audits/{AUDIT}").text
    assert "Production · 钎焊" in page


def test_a_reviewer_is_told_what_they_wait_for(world: World) -> None:
    words = Html(world.visitor("reviewer").get("/").text).words
    assert "还没有已提交的审核" in words
    assert "编入审核组" not in words
