"""Packs for kinds of place, and help by clause, as the pages of a stop show them."""

from __future__ import annotations

import pytest

from server.criteria.model import Language
from tests.support.html import Html
from tests.support.sample import Sample

BOTH: tuple[Language, ...] = ("zh", "en")
STOP = "S08"


def shown(sample: Sample, path: str, login: str = "wen", language: Language = "zh") -> Html:
    answer = sample.visitor(login, language).get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return Html(answer.text)


def test_a_stop_offers_the_packs_that_its_name_speaks_of(reading: Sample) -> None:
    base = f"/audits/{reading.audit}/stops"
    page = shown(reading, f"{base}/{STOP}")
    assert f"{base}/{STOP}/places" in page.links
    listed = shown(reading, f"{base}/{STOP}/places")
    packs = {tag.attributes["id"]: tag.attributes for tag in listed.all("details") if "id" in tag.attributes}
    offered = {link.partition("#")[2] for link in page.links if "/places#" in link}
    assert offered == {pack for pack, attributes in packs.items() if "open" in attributes}
    assert {"place-warehouse", "place-office-only"} <= packs.keys()
    assert any(link.endswith("/capture?item=pl-hw-count") for link in listed.links), "with its items"


@pytest.mark.parametrize("language", BOTH)
def test_a_pack_shows_pictures_items_and_what_is_typical(reading: Sample, language: Language) -> None:
    path = f"/audits/{reading.audit}/stops/{STOP}/places/place-hazardous-waste"
    html = shown(reading, path, language=language)
    for words in {
        "zh": ("要拍的照片", "标签三张", "超过一年", "固体废物污染环境防治法", "至少抽 3 种"),
        "en": ("Pictures to take", "Three labels", "over a year", "Take at least 3 kinds"),
    }[language]:
        assert words in html.words
    assert any(link.endswith("/capture?item=pl-hw-count") for link in html.links)


def test_a_pack_leaves_out_what_no_scheme_of_the_audit_asks(reading: Sample) -> None:
    html = shown(reading, f"/audits/{reading.audit}/stops/{STOP}/places/place-food-production")
    assert not any(link.endswith("item=pl-food-ccp") for link in html.links)


def test_a_note_on_an_item_of_a_pack_begins_with_the_clauses_audited(reading: Sample) -> None:
    path = f"/audits/{reading.audit}/stops/{STOP}/capture?item=pl-store-food"
    html = shown(reading, path)
    assert all(
        tag.attributes["value"].split()[0] in ("QMS", "EMS", "OHSMS")
        for tag in html.all("input")
        if tag.attributes.get("name") == "clause"
    )


def test_what_was_noted_on_a_pack_is_counted_there_and_listed_at_the_stop(sample: Sample) -> None:
    content = {
        "stop": STOP,
        "item": "pl-hw-count",
        "text": {"zh": "危废间数了三种"},
        "clauses": [{"scheme": "EMS", "number": "8.1"}],
    }
    sample.record("wen", sample.audit, content)
    base = f"/audits/{sample.audit}/stops/{STOP}"
    assert "已记 1 条" in shown(sample, f"{base}/places/place-hazardous-waste").words
    assert "危废间数了三种" in shown(sample, base).words


@pytest.mark.parametrize("language", BOTH)
def test_help_shows_what_is_typical_of_each_clause(reading: Sample, language: Language) -> None:
    html = shown(reading, f"/audits/{reading.audit}/stops/{STOP}/help", language=language)
    words = (
        ("常见记录", "常见问题", "同事本次所记") if language == "zh" else ("Typical records", "Colleagues")
    )
    for said in words:
        assert said in html.words


def test_neither_is_there_for_a_stop_or_a_pack_that_is_not(reading: Sample) -> None:
    for path in ("stops/none/help", "stops/none/places", f"stops/{STOP}/places/none"):
        assert reading.visitor("wen").get(f"/audits/{reading.audit}/{path}").status_code == 404
