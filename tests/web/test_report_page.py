"""The report's page: outline, elements with their sources, the leader's hand in it, downloads and release."""

from __future__ import annotations

import re

import pytest

from server.criteria.model import Language
from tests.support.html import Html
from tests.support.sample import Sample

BOTH: tuple[Language, ...] = ("zh", "en")


def shown(sample: Sample, path: str, login: str = "wen", language: Language = "zh") -> Html:
    answer = sample.visitor(login, language).get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return Html(answer.text)


def element(page: Html, key: str) -> str:
    return " ".join(page.one("article", id=f"e-{key}").text.split())


@pytest.mark.parametrize("language", BOTH)
def test_every_element_of_every_chapter_is_there(reading: Sample, language: Language) -> None:
    base = f"/audits/{reading.audit}/report"
    outline = shown(reading, base, language=language)
    chapters = sorted({link for link in outline.links if link.startswith(f"{base}?chapter=")})
    found: set[str] = set()
    for link in chapters:
        page = shown(reading, link.partition("#")[0], language=language)
        found |= {tag.attributes["id"] for tag in page.all("article")}
    assert len(found) == 135


def test_elements_lead_to_their_observations(reading: Sample) -> None:
    page = shown(reading, f"/audits/{reading.audit}/report?chapter=2")
    cited = [
        link
        for link in page.links
        if re.fullmatch(rf"/audits/{reading.audit}/observations/.{{36}}/view", link)
    ]
    assert len(set(cited)) > 30
    assert shown(reading, cited[0]).one("h1").text.startswith("审核记录")


def test_none_and_unfilled_never_look_alike(reading: Sample) -> None:
    assert "未填" in element(shown(reading, f"/audits/{reading.fresh}/report?chapter=3"), "3.organization")
    page = shown(reading, f"/audits/{reading.audit}/report?chapter=1")
    assert page.one("article", id="e-1.5.8.unresolved").attributes["data-status"] == "none"
    assert "未填" not in element(page, "1.5.8.unresolved")


def test_an_answer_stands_in_the_report_and_in_the_journal(sample: Sample) -> None:
    path = f"/audits/{sample.audit}/report"
    form = shown(sample, f"{path}?element=1.5.7.maturity")
    bases = form.one("input", name="bases").attributes["value"]
    answer = sample.visitor("wen").fill(
        f"{path}/1.5.7.maturity",
        **{"bases": bases, "text.zh": "自查需要独立", "text.en": "Checks need independence"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?chapter=1#e-1.5.7.maturity")
    assert "自查需要独立" in element(shown(sample, f"{path}?chapter=1"), "1.5.7.maturity")
    thing = sample.state().answers["1.5.7.maturity"]
    assert not thing.in_conflict
    assert thing.current is not None
    assert thing.current.text.en == "Checks need independence"


def test_none_is_an_answer_and_closes_a_point(sample: Sample) -> None:
    path = f"/audits/{sample.fresh}/report"
    sample.visitor("wen").fill(f"{path}/5.use_of_marks", bases="", none="on")
    page = shown(sample, f"{path}?chapter=5")
    assert page.one("article", id="e-5.use_of_marks").attributes["data-status"] == "none"
    assert "证书和标志的使用" not in shown(sample, f"/audits/{sample.fresh}/gaps").words


def test_a_judgement_keeps_proposal_and_choice(sample: Sample) -> None:
    path = f"/audits/{sample.audit}/report"
    page = shown(sample, f"{path}?element=2.2.rating")
    assert "按记录建议" in element(page, "2.2.rating")
    bases = page.one("input", name="bases").attributes["value"]
    fields = {"bases": bases, "option": "2", "reason.zh": "除尘停用27天"}
    assert sample.visitor("wen").fill(f"{path}/2.2.rating", **fields).status_code == 303
    thing = sample.state().judgements["2.2.rating"]
    assert thing.current is not None
    assert not thing.in_conflict
    assert [choice.option for choice in thing.current.choices] == [2]
    assert thing.current.proposed == [1]
    assert thing.current.basis.zh == "符合42、不符合5；不符合报告：严重1（已关闭1）、轻微3"
    shown_now = element(shown(sample, f"{path}?chapter=2"), "2.2.rating")
    assert "不符合" in shown_now
    assert "除尘停用27天" in shown_now


def test_recommendations_are_several_and_per_scheme(sample: Sample) -> None:
    path = f"/audits/{sample.fresh}/report"
    fields = {
        "bases": "",
        "option.1": "on",
        "scheme.1.QMS": "on",
        "reason.1.zh": "体系稳定",
        "option.2": "on",
    }
    sample.visitor("wen").fill(f"{path}/7.recommendations", **fields)
    judged = sample.state(sample.fresh).judgements["7.recommendations"].current
    assert judged is not None
    assert [(choice.option, choice.schemes, choice.reason.zh) for choice in judged.choices] == [
        (1, ["QMS"], "体系稳定"),
        (2, [], ""),
    ]


def test_a_proposal_is_confirmed_in_one_tap(sample: Sample) -> None:
    path = f"/audits/{sample.fresh}/report"
    page = shown(sample, f"{path}?chapter=7")
    assert "还没确认" in element(page, "7.recommendations")
    form = page.one("form", action=f"{path}/7.recommendations")
    assert "确认建议" in form.text
    options = [
        tag.attributes["name"]
        for tag in page.all("input", type="hidden")
        if "option" in tag.attributes["name"]
    ]
    sample.visitor("wen").fill(f"{path}/7.recommendations", bases="", **dict.fromkeys(options, "on"))
    assert "还没确认" not in element(shown(sample, f"{path}?chapter=7"), "7.recommendations")


def test_only_the_leader_writes(reading: Sample) -> None:
    page = shown(reading, f"/audits/{reading.audit}/report?element=1.5.7.maturity", "tong")
    assert not page.all("form")
    path = f"/audits/{reading.audit}/report/1.5.7.maturity"
    assert reading.visitor("tong").fill(path, **{"text.zh": "x"}).status_code == 403


def test_an_element_that_is_none_is_not_found(reading: Sample) -> None:
    assert reading.visitor("wen").fill(f"/audits/{reading.audit}/report/9.9", bases="").status_code == 404


@pytest.mark.parametrize(("kind", "begins"), [("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype html")])
def test_downloads(reading: Sample, kind: str, begins: bytes) -> None:
    answer = reading.visitor("wen").get(f"/audits/{reading.audit}/report.{kind}?lang=en")
    assert answer.status_code == 200
    assert answer.content[: len(begins)].lower() == begins.lower()
    assert answer.headers["content-disposition"].endswith(f".{kind}")
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_no_other_download(reading: Sample) -> None:
    visitor = reading.visitor("wen")
    for name in ("report.exe", "team.pdf", "report.pdf?lang=fr"):
        assert visitor.get(f"/audits/{reading.audit}/{name}").status_code == 404


def test_release_freezes_the_report(sample: Sample) -> None:
    path = f"/audits/{sample.audit}/report"
    head = shown(sample, path).one("input", name="head").attributes["value"]
    visitor = sample.visitor("wen")
    assert visitor.fill(f"/audits/{sample.audit}/release", head=head, lang="zh").status_code == 400
    answer = visitor.fill(f"/audits/{sample.audit}/release", head=head, lang="zh", sure="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert sample.state().released
    page = shown(sample, path)
    assert "已提交" in page.words
    assert not page.all("form")
    assert visitor.fill(f"{path}/1.5.7.maturity", **{"text.zh": "晚了"}).status_code == 409
    again = visitor.fill(
        f"/audits/{sample.audit}/release", head=str(sample.state().seq), lang="zh", sure="yes"
    )
    assert again.status_code in (403, 409)


def test_release_is_refused_where_something_came_in_meanwhile(sample: Sample) -> None:
    head = shown(sample, f"/audits/{sample.audit}/report").one("input", name="head").attributes["value"]
    sample.record("tong", sample.audit, {"stop": "S09", "text": {"zh": "补一条"}})
    answer = sample.visitor("wen").fill(f"/audits/{sample.audit}/release", head=head, lang="zh", sure="yes")
    assert answer.status_code == 409
    assert "又来了新的记录" in answer.text
    assert not sample.state().released
