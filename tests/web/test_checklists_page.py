"""The page to browse what audits are asked by: for the office with how sure each thing is, for auditors."""

from __future__ import annotations

import pytest

from server.criteria.model import Language
from tests.support.html import Html
from tests.support.sample import Sample

BOTH: tuple[Language, ...] = ("zh", "en")


def shown(sample: Sample, path: str, login: str = "wen", language: Language = "zh") -> Html:
    answer = sample.visitor(login, language).get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return Html(answer.text)


@pytest.mark.parametrize("language", BOTH)
def test_every_standard_list_and_crosswalk_is_led_to_and_opens(reading: Sample, language: Language) -> None:
    criteria = reading.criteria
    page = shown(reading, "/checklists", language=language)
    inside = [link for link in page.links if link.startswith("/checklists/")]
    assert len(inside) == len(criteria.standards) + len(criteria.lists) + len(criteria.crosswalks) + 3
    for link in inside:
        assert shown(reading, link, language=language).words


@pytest.mark.parametrize(
    ("find", "expected"),
    [
        ("Q7.1.5.2", {"/checklists/standards/iso-9001-2015#c7.1.5.2"}),
        ("危险废物 联单", {"/checklists/lists/place-hazardous-waste#pl-hw-count"}),
        ("hazardous ledger", {"/checklists/lists/place-hazardous-waste#pl-hw-count"}),
        ("安全生产法", {"/checklists/laws#work-safety-law"}),
        (
            "E/O8.2",
            {"/checklists/standards/iso-14001-2015#c8.2", "/checklists/standards/iso-45001-2018#c8.2"},
        ),
    ],
)
def test_search_finds_clauses_items_and_laws_in_either_language(
    reading: Sample, find: str, expected: set[str]
) -> None:
    answer = reading.visitor("wen").get("/checklists", params={"find": find})
    assert expected <= set(Html(answer.text).links)


def test_what_is_not_there_says_what_to_try(reading: Sample) -> None:
    answer = reading.visitor("wen").get("/checklists", params={"find": "查无此词"})
    assert "没有找到" in Html(answer.text).words
    for kind in ("standards", "lists", "crosswalks"):
        assert reading.visitor("wen").get(f"/checklists/{kind}/none").status_code == 404


def test_how_sure_a_title_is_stands_before_the_office(reading: Sample) -> None:
    path = "/checklists/standards/iso-9001-2026"
    office, auditor = shown(reading, path, "office"), shown(reading, path)
    standard = reading.criteria.standards["ISO 9001:2026"]
    assert standard.confidence != "high"
    assert "尚未逐条核对" in office.words or "存疑" in office.words
    assert "尚未逐条核对" not in auditor.words


def test_phrases_show_their_blanks(reading: Sample) -> None:
    page = shown(reading, "/checklists/phrases", language="en")
    assert "Measured" in page.words
    assert "__" not in page.words
