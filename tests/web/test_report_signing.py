"""The report is signed by those who answer for it, each for themselves, and a later change is told."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from server.criteria.model import Language
from tests.support.html import Html
from tests.support.sample import PEOPLE, Sample
from tests.support.world import World, entry

SIGNED_ON = "2031-02-03"


def box(sample: Sample, login: str, audit: str = "", language: Language = "zh") -> Html:
    address = f"/audits/{audit or sample.fresh}/report"
    return Html(sample.visitor(login, language).get(address).text)


def signed(attributes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What a phone makes of the box that it was shown."""
    text = attributes["data-text"]
    said = {"what": "report", "name": attributes["data-sign-report"], "text": text, "way": "own_phone"}
    said |= {"content_sha256": attributes["data-content"], "signed_at": f"{SIGNED_ON}T17:30:00+08:00"}
    return said | {"text_sha256": hashlib.sha256(text.encode()).hexdigest()} | changes


def sign(sample: Sample, login: str) -> None:
    attributes = box(sample, login).one("div", id="signatures").attributes
    sample.send(login, sample.fresh, ("signed", signed(dict(attributes))))


def words(sample: Sample, login: str = "wen") -> str:
    return " ".join(box(sample, login).one("div", id="signatures").text.split())


def status(sample: Sample, login: str, body: dict[str, Any]) -> tuple[str, str]:
    by = next(key for key, one in sample.state().setup.team.items() if one.name == PEOPLE[login])
    made = {"kind": "signed", "id": str(uuid.uuid4()), "audit": sample.fresh, "by": by, "body": body}
    answer = sample.visitor(login).send(made | {"made_at": datetime.now(UTC).isoformat()}, audit=sample.fresh)
    (result,) = answer.json()["results"]
    return result["status"], result.get("reason", "")


def test_each_is_asked_for_their_own_signature(sample: Sample) -> None:
    for login in ("wen", "tong"):
        attributes = box(sample, login).one("div", id="signatures").attributes
        state = sample.state(sample.fresh)
        assert attributes["data-sign-report"] == PEOPLE[login]
        assert attributes["data-text"].startswith(f"{PEOPLE[login]}参加了本次审核")
        assert f"截至日志第{state.seq}条" in attributes["data-text"]
        assert attributes["data-content"][:12] in attributes["data-text"]
    for login in ("sui", "office"):
        assert "data-sign-report" not in box(sample, login).one("div", id="signatures").attributes
    english = box(sample, "zhuo", language="en").one("div", id="signatures").attributes
    assert "took part in this audit" in english["data-text"]
    assert english["data-sign-report"] == PEOPLE["zhuo"], "the name that stands in the team"


def test_the_report_is_filled_once_all_have_signed(sample: Sample) -> None:
    report = f"/audits/{sample.fresh}/report?chapter=7"

    def is_open() -> bool:
        page = Html(sample.visitor("wen").get(report).text)
        return page.one("article", id="e-7.signatures").attributes["data-status"] == "empty"

    def said() -> str:
        page = Html(sample.visitor("wen").get(report).text)
        return " ".join(page.one("article", id="e-7.signatures").text.split())

    def printed_days() -> int:
        page: str = sample.visitor("wen").get(f"/audits/{sample.fresh}/report.html?lang=zh").text
        return page.count(SIGNED_ON)

    gaps, before = f"/audits/{sample.fresh}/gaps", printed_days()
    assert "闻砚秋、佟牧野、卓以宁还没有在报告上签字" in sample.visitor("wen").get(gaps).text
    assert f'href="/audits/{sample.fresh}/report#signatures"' in sample.visitor("wen").get(gaps).text
    for login in ("wen", "tong"):
        sign(sample, login)
        assert is_open()
    assert f"组员 佟牧野 {SIGNED_ON} 组员 卓以宁 未签" in said(), (
        "who has signed stands there before all have"
    )
    sign(sample, "zhuo")
    assert not is_open()
    assert "3 / 3" in words(sample)
    assert "data-sign-report" not in box(sample, "wen").one("div", id="signatures").attributes
    assert "还没有在报告上签字" not in sample.visitor("wen").get(gaps).text
    assert printed_days() == before + 6, "three lines on the cover, three in chapter 7"


def test_a_change_after_signing_is_told_until_they_sign_again(sample: Sample) -> None:
    sign(sample, "wen")
    sign(sample, "tong")
    assert "签字后报告有改动" not in words(sample), "a colleague's signature changes nothing"
    sample.record("tong", sample.fresh, {"stop": "S09", "text": {"zh": "补一条"}})
    assert words(sample).count("签字后报告有改动，请重新签字") == 2
    gaps = f"/audits/{sample.fresh}/gaps"
    assert "闻砚秋、佟牧野签字后报告有改动" in sample.visitor("wen").get(gaps).text
    sign(sample, "wen")
    assert "佟牧野签字后报告有改动" in sample.visitor("wen").get(gaps).text
    assert words(sample).count("签字后报告有改动") == 1


def test_an_imported_signature_counts_as_it_stands(reading: Sample) -> None:
    page = box(reading, "wen", reading.audit).one("div", id="signatures")
    assert "3 / 3" in page.text
    assert page.text.count("按导入文件") == 3
    assert "data-sign-report" not in page.attributes


def test_nobody_signs_for_another(sample: Sample) -> None:
    own = dict(box(sample, "wen").one("div", id="signatures").attributes)
    assert status(sample, "tong", signed(own)) == ("refused", "not_yours")
    assert status(sample, "wen", signed(own, name="某人")) == ("refused", "not_yours")
    assert status(sample, "sui", signed(own, name=PEOPLE["sui"])) == ("refused", "not_allowed")
    assert status(sample, "wen", signed(own)) == ("stored", "")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("leader", "stored"),
        ("auditor", "stored"),
        ("observer", "refused"),
        ("office", "refused"),
        ("admin", "refused"),
        ("reviewer", "refused"),
        ("former", "held"),
        ("stranger", "refused"),
    ],
)
def test_who_may_sign_a_report(world: World, login: str, expected: str) -> None:
    body = {"what": "report", "name": f"{login} 某"}
    answer = world.visitor(login).send(entry("signed", body, by=login))
    found = answer.json()["results"][0]["status"] if answer.status_code == 200 else "refused"
    assert found == expected, answer.text
