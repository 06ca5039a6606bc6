"""Gaps by gate, with the way to where each is put right."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from server.audit.gaps import GATES
from server.criteria.model import Language
from tests.support.html import Html
from tests.support.sample import NEWCOMER, PEOPLE, Sample


def shown(sample: Sample, path: str, login: str = "wen", language: Language = "zh") -> Html:
    answer = sample.visitor(login, language).get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return Html(answer.text)


@pytest.mark.parametrize(("language", "title"), [("zh", "还缺 1 项"), ("en", "1 still open")])
def test_a_finished_audit_lacks_what_its_closing_meeting_left_out(
    reading: Sample, language: Language, title: str
) -> None:
    page = shown(reading, f"/audits/{reading.audit}/gaps", language=language)
    assert page.one("p", id="due").text == title
    assert f"/audits/{reading.audit}/meetings/closing" in page.links
    assert ("照片无文件" if language == "zh" else "Photos named without a file") in page.words


def test_gates_count_what_is_due_by_then(reading: Sample) -> None:
    pages = {gate: shown(reading, f"/audits/{reading.fresh}/gaps?gate={gate}") for gate in GATES}
    chips = [tag.text for tag in pages["leave"].all("a") if re.search(r"gate=\w+$", tag.attributes["href"])]
    counted = [int("".join(filter(str.isdigit, chip))) for chip in chips]
    assert len(counted) == 3
    assert counted == sorted(counted)
    assert "末次会议前" not in [tag.text for tag in pages["leave"].all("h2")]
    assert len(pages["leave"].words) < len(pages["closing"].words) < len(pages["release"].words)
    assert reading.visitor("wen").get(f"/audits/{reading.fresh}/gaps?gate=lunch").status_code == 404


def test_the_live_part_is_the_page_without_its_frame(reading: Sample) -> None:
    whole = shown(reading, f"/audits/{reading.fresh}/gaps?gate=closing")
    part = reading.visitor("wen").get(f"/audits/{reading.fresh}/gaps/live?gate=closing").text
    assert part.lstrip().startswith('<div class="live" id="live"')
    live = whole.one("div", id="live").attributes
    assert live["data-refresh"].endswith("/gaps/live?gate=closing")
    assert "data-by-time" in live, "phones fall silent, and bytes arrive, without an entry"
    assert whole.one("h1").text == "缺项"
    assert Html(part).one("p", id="due").text == whole.one("p", id="due").text
    assert live["data-tag"] == Html(part).one("div", id="live").attributes["data-tag"]


def test_an_audit_not_begun_lacks_every_stop_and_point(reading: Sample) -> None:
    page = shown(reading, f"/audits/{reading.fresh}/gaps")
    summary = next(tag.text for tag in page.all("summary") if "没有记录的站" in tag.text)
    assert summary.split() == ["没有记录的站23"]
    assert "必查 c 投诉的处理：Q、E、O 没有记录" in page.words
    stops = {
        href
        for href in page.links
        if href.startswith(f"/audits/{reading.fresh}/stops/S") and "cap" not in href
    }
    assert len(stops) == 23
    assert f"/audits/{reading.fresh}/report?element=2.4.complaints" in page.links


def test_a_record_closes_its_gap_and_opens_others(sample: Sample) -> None:
    (key,) = sample.record(
        "tong", sample.fresh, {"stop": "S09", "outcome": "nonconform", "text": {"zh": "积尘"}}
    )
    page = shown(sample, f"/audits/{sample.fresh}/gaps")
    assert "S10 技术质量部" in page.words
    assert "S09 生产部 抛光、废水站、清洗、拉伸（环境与安全）（佟牧野）没有审核记录" not in page.words
    assert f"/audits/{sample.fresh}/observations/{key}/view" in page.links
    assert "判为不符合，还没有开出不符合" in page.words
    assert "还没有归到条款" in page.words


def test_a_photo_that_has_not_arrived(sample: Sample) -> None:
    (key,) = sample.record("tong", sample.fresh, {"stop": "S09", "text": {"zh": "风机"}})
    sample.send("tong", sample.fresh, ("photographed", {"observation": key, "sha256": "a" * 64}))
    assert "照片还没有送达（佟牧野）" in shown(sample, f"/audits/{sample.fresh}/gaps").words


def test_a_clock_that_is_off(sample: Sample) -> None:
    by = next(key for key, one in sample.state().setup.team.items() if one.name == "佟牧野")
    entry = {
        "kind": "observed",
        "id": "0190f222-0000-7000-8000-00000000000f",
        "audit": sample.fresh,
        "made_at": "2024-11-23T09:00:00+08:00",
        "by": by,
        "body": {"stop": "S09", "text": {"zh": "表慢"}},
    }
    sample.visitor("tong").send(entry, audit=sample.fresh, Clausewalk_Clock="2024-11-23T09:00:00+08:00")
    assert "佟牧野的手机时钟差" in shown(sample, f"/audits/{sample.fresh}/gaps").words


def offered(sample: Sample, login: str = "wen") -> str:
    """The address at which the gap of the empty stop S13 is dismissed; "" where nobody is asked to."""
    page = shown(sample, f"/audits/{sample.fresh}/gaps", login)
    return next((href for href in page.links if "dismiss=SLOT_EMPTY" in href and "S13" in href), "")


def gap_of(sample: Sample) -> str:
    """The id of that gap, as the form sends it."""
    form = shown(sample, offered(sample).partition("#")[0]).one("form", data_entry="dismissed")
    assert form.attributes["data-audit"] == sample.fresh
    page = shown(sample, offered(sample).partition("#")[0])
    return next(tag.attributes["value"] for tag in page.all("input") if tag.attributes.get("name") == "gap")


def test_the_leader_dismisses_with_a_reason_and_takes_up_again(sample: Sample) -> None:
    gap = gap_of(sample)
    assert gap.startswith("SLOT_EMPTY:stops/S13:")
    sample.send("wen", sample.fresh, ("dismissed", {"gap": gap, "reason": "并入S12"}))
    page = shown(sample, f"/audits/{sample.fresh}/gaps")
    assert not offered(sample)
    folded = next(tag for tag in page.all("details") if tag.attributes.get("id") == "dismissed")
    assert "open" not in folded.attributes
    assert "闻砚秋，20" in page.words
    assert "理由：并入S12" in page.words
    sample.send("wen", sample.fresh, ("dismissed", {"gap": gap, "again": True}))
    assert offered(sample)
    assert "并入S12" not in shown(sample, f"/audits/{sample.fresh}/gaps").words


def test_a_dismissal_ends_where_the_facts_change(sample: Sample) -> None:
    gap = gap_of(sample)
    sample.send("wen", sample.fresh, ("dismissed", {"gap": gap, "reason": "并入S12"}))
    state = sample.state(sample.fresh)
    stop = msgspec.to_builtins(state.setup.stops["S13"])
    someone_else = next(key for key, one in state.setup.team.items() if one.name == "闻砚秋")
    changed = {
        "path": "stops/S13",
        "value": stop | {"auditors": [someone_else]},
        "bases": state.configured["stops/S13"].heads,
    }
    sample.send("wen", sample.fresh, ("configured", changed))
    assert offered(sample)
    assert gap_of(sample) != gap
    assert "闻砚秋曾去掉过（并入S12），事实已有变化。" in shown(sample, f"/audits/{sample.fresh}/gaps").words


def dismissing(sample: Sample, login: str, gap: str, **body: Any) -> dict[str, Any]:
    """What the server answers to somebody's dismissal."""
    by = sample.state().setup.team
    key = next((key for key, one in by.items() if one.name == PEOPLE.get(login)), NEWCOMER)
    made: dict[str, Any] = {"kind": "dismissed", "id": str(uuid.uuid4()), "audit": sample.fresh, "by": key}
    made |= {"made_at": datetime.now(UTC).isoformat(), "body": {"gap": gap, "reason": "并入S12"} | body}
    answer = sample.visitor(login).send(made, audit=sample.fresh)
    results: list[dict[str, Any]] = answer.json().get("results") if answer.status_code == 200 else []
    return results[0] if results else {"status": str(answer.status_code)}


@pytest.mark.parametrize(
    ("login", "status"), [("wen", "stored"), ("tong", "refused"), ("sui", "refused"), ("new", "404")]
)
def test_who_may_dismiss(sample: Sample, login: str, status: str) -> None:
    assert dismissing(sample, login, "SLOT_EMPTY:stops/S13:000000000000")["status"] == status
    assert dismissing(sample, login, "SLOT_EMPTY:stops/S13:000000000000", again=True)["status"] == status


def test_no_reason_no_dismissal(sample: Sample) -> None:
    answer = dismissing(sample, "wen", gap_of(sample), reason=" ")
    assert (answer["status"], answer["reason"]) == ("refused", "bad_value")


def test_what_contradicts_the_report_is_mended_not_dismissed(sample: Sample) -> None:
    finding = {"type": "nonconformity", "number": "01", "grade": "minor", "statement": {"zh": "缺"}}
    sample.send("wen", sample.fresh, ("found", finding))
    page = shown(sample, f"/audits/{sample.fresh}/gaps")
    assert "没有要求、事实或证据的不是不符合" in page.words
    assert not [href for href in page.links if "dismiss=NC_INCOMPLETE" in href]
    answer = dismissing(sample, "wen", "NC_INCOMPLETE:findings/x:000000000000")
    assert (answer["status"], answer["reason"]) == ("refused", "must_be_mended")


def test_nobody_else_dismisses(reading: Sample) -> None:
    page = shown(reading, f"/audits/{reading.fresh}/gaps", "tong")
    assert not [href for href in page.links if "dismiss=" in href]


def test_a_paragraph_of_the_last_audit_is_pointed_out(sample: Sample) -> None:
    state = sample.state()
    text = next(content.text.zh for _, content in state.standing_observations() if len(content.text.zh) > 80)
    sample.record("wen", sample.fresh, {"stop": "S08", "text": {"zh": text.replace("2026", "2027")}})
    page = sample.visitor("wen").get(f"/audits/{sample.fresh}/gaps?gate=release").text
    assert "的一段有" in page
    assert "的一段有" not in sample.visitor("wen").get(f"/audits/{sample.audit}/gaps?gate=release").text
