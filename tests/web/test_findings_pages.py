"""Findings: the list, the form as drafted, what others see; and the page of one observation."""

from __future__ import annotations

import html as entities
import json
import re

import pytest

from server.criteria.model import Language
from tests.support.html import Html, Tag
from tests.support.sample import Sample

BOTH: tuple[Language, ...] = ("zh", "en")


def shown(sample: Sample, path: str, login: str = "wen", language: Language = "zh") -> Html:
    answer = sample.visitor(login, language).get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return Html(answer.text)


def labelled(sample: Sample, label: str) -> str:
    """The id of the observation imported with this label."""
    observations = sample.state().observations.values()
    return next(thing.id for thing in observations if thing.current and thing.current.label == label)


def values(form: Html, name: str) -> list[str]:
    """What is chosen or typed under a name."""
    fields = [
        tag for tag in form.all("input", name=name) if tag.attributes.get("type") in ("radio", "checkbox")
    ]
    if fields:
        return [tag.attributes["value"] for tag in fields if "checked" in tag.attributes]
    areas = [tag.text for tag in form.all("textarea", name=name)]
    return areas or [tag.attributes.get("value", "") for tag in form.all("input", name=name)]


def entry_form(page: Html, kind: str) -> Tag:
    return page.one("form", data_entry=kind)


@pytest.mark.parametrize("language", BOTH)
def test_the_list_counts_by_grade(reading: Sample, language: Language) -> None:
    page = shown(reading, f"/audits/{reading.audit}/findings", language=language)
    assert ("严重 1 · 轻微 3" if language == "zh" else "Major 1 · Minor 3") in page.words
    for number in ("90017-2026-01", "90017-2026-04", "90017-2026-OFI-3"):
        assert number in page.words
    assert page.one("nav", class_="dock").text.count("4") == 1


def test_nonconforming_without_finding_is_offered(sample: Sample) -> None:
    (key,) = sample.record(
        "tong",
        sample.audit,
        {
            "stop": "S09",
            "outcome": "nonconform",
            "text": {"zh": "3号风机无护罩"},
            "clauses": [{"scheme": "OHSMS", "number": "8.1.2"}],
        },
    )
    page = shown(sample, f"/audits/{sample.audit}/findings", "tong")
    assert f"/audits/{sample.audit}/findings/new?observation={key}" in page.links
    assert "判为不符合，还没开出" in page.words
    stop = shown(sample, f"/audits/{sample.audit}/stops/S09", "tong")
    assert "3号风机无护罩" in stop.words


def test_a_new_nonconformity_takes_over_what_was_observed(reading: Sample) -> None:
    key = labelled(reading, "OB-048")
    page = shown(reading, f"/audits/{reading.audit}/findings/new?observation={key}", "tong")
    form = entry_form(page, "found")
    assert form.attributes["data-next"] == f"/audits/{reading.audit}/findings"
    assert values(page, "clauses") == ["EMS 8.1", "OHSMS 8.1.2"]
    assert values(page, "grade") == ["minor"]
    assert values(page, "number") == ["90017-2026-05"]
    assert values(page, "due") == ["2026-06-18"]
    assert values(page, "department") == ["生产部"]
    assert "13:12见CC-02风机停转" in values(page, "evidence.zh")[0]
    assert values(page, "statement.zh") == [""]
    assert values(page, "observations") == [key]
    offered = {tag.attributes["value"] for tag in page.all("input", name="clauses")}
    assert {"QMS 10.2.1", "EMS 9.1.2", "OHSMS 5.4"} <= offered, "clauses of every scheme can be added"


def test_an_opportunity_has_neither_grade_nor_requirement(reading: Sample) -> None:
    key = labelled(reading, "OB-054")
    page = shown(reading, f"/audits/{reading.audit}/findings/new?type=opportunity&observation={key}", "zhuo")
    assert not page.all("input", name="grade")
    assert not page.all("textarea", name="requirement.zh")
    assert "标签字迹模糊" in values(page, "statement.zh")[0]
    assert json.loads(entry_form(page, "found").attributes["data-base"])["type"] == "opportunity"


def test_an_observer_raises_nothing(reading: Sample) -> None:
    assert reading.visitor("sui").get(f"/audits/{reading.audit}/findings/new").status_code == 403


def test_a_finding_is_a_form_for_its_author_and_the_leader_alone(reading: Sample) -> None:
    listing = reading.visitor("wen").get(f"/audits/{reading.audit}/findings").text
    first = re.findall(rf"/audits/{reading.audit}/findings/([0-9a-f-]{{36}})", listing)[0]
    path = f"/audits/{reading.audit}/findings/{first}"
    for login in ("wen", "tong"):
        form = entry_form(shown(reading, path, login), "amended")
        assert form.attributes["data-content"] == "finding"
        assert json.loads(form.attributes["data-bases"]) == [first]
    for login in ("zhuo", "sui"):
        page = shown(reading, path, login)
        assert not page.all("form", data_entry="amended")
        assert "抛光2号除尘系统停用27天" in page.words
    assert "WX-2604-17" not in page.words or "纠正" in page.words


def test_what_was_sent_as_the_form_says_stands_in_the_list(sample: Sample) -> None:
    key = labelled(sample, "OB-049")
    page = shown(sample, f"/audits/{sample.audit}/findings/new?observation={key}", "tong")
    base = json.loads(entities.unescape(entry_form(page, "found").attributes["data-base"]))
    body = base | {"statement": {"zh": "点检失实"}, "requirement": {"zh": "E9.1.1"}, "grade": "major"}
    sample.send("tong", sample.audit, ("found", body))
    listing = shown(sample, f"/audits/{sample.audit}/findings", "tong")
    assert "严重 2 · 轻微 3" in listing.words
    assert "点检失实" in listing.words


def test_withdrawn_findings_say_why(sample: Sample) -> None:
    (key,) = sample.send(
        "tong", sample.audit, ("found", {"type": "nonconformity", "statement": {"zh": "错开"}})
    )
    sample.send("tong", sample.audit, ("withdrawn", {"target": key, "bases": [key], "reason": "与01重复"}))
    page = shown(sample, f"/audits/{sample.audit}/findings/{key}", "tong")
    assert "与01重复" in page.words
    assert "错开" not in shown(sample, f"/audits/{sample.audit}/findings", "tong").words


def test_an_unknown_type_or_observation_is_not_found(reading: Sample) -> None:
    visitor = reading.visitor("wen")
    base = f"/audits/{reading.audit}/findings/new"
    assert visitor.get(f"{base}?type=strength").status_code == 404
    assert visitor.get(f"{base}?observation={reading.fresh}").status_code == 404


@pytest.mark.parametrize("language", BOTH)
def test_one_observation_in_full(reading: Sample, language: Language) -> None:
    path = f"/audits/{reading.audit}/observations/{labelled(reading, 'OB-048')}/view"
    page = shown(reading, path, "tong", language)
    assert "13:12见CC-02风机停转" in page.words
    assert "the fan of CC-02 stood still" in page.words, "both languages as written"
    assert ("罩口风速" if language == "zh" else "hood velocity") in page.words or "罩口风速" in page.words
    assert f"/audits/{reading.audit}/observations/{labelled(reading, 'OB-048')}" in page.links


def test_only_the_author_marks_and_withdraws(reading: Sample) -> None:
    path = f"/audits/{reading.audit}/observations/{labelled(reading, 'OB-048')}/view"
    own = shown(reading, path, "tong")
    assert entry_form(own, "amended").attributes["data-content"] == "observation"
    assert entry_form(own, "withdrawn")
    for login in ("wen", "sui"):
        page = shown(reading, path, login)
        assert not page.all("form", data_entry="amended")
        assert not page.all("form", data_entry="withdrawn")
    assert "开不符合" in shown(reading, path, "wen").words
    assert "开不符合" not in shown(reading, path, "sui").words


def test_versions_stand_side_by_side_until_resolved(sample: Sample) -> None:
    (key,) = sample.record("tong", sample.audit, {"stop": "S09", "text": {"zh": "甲"}})
    path = f"/audits/{sample.audit}/observations/{key}/view"
    for text in ("乙", "丙"):
        content = {"stop": "S09", "text": {"zh": text}}
        sample.send(
            "tong", sample.audit, ("amended", {"target": key, "bases": [key], "observation": content})
        )
    page = shown(sample, path, "tong")
    assert "两个版本并存" in page.words
    assert [text for text in ("甲", "乙", "丙") if text in page.words] == ["甲", "乙", "丙"]
    heads = json.loads(entry_form(page, "withdrawn").attributes["data-bases"])
    assert len(heads) == 2
    body = {"target": key, "bases": heads, "observation": {"stop": "S09", "text": {"zh": "丁"}}}
    sample.send("tong", sample.audit, ("amended", body))
    assert "两个版本并存" not in shown(sample, path, "tong").words
