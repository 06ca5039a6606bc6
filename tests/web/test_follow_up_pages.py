"""Follow-up of nonconformities: the answer as the body enters it, its files, the list of what is open."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from server.audit import followup
from tests.support.html import Html
from tests.support.sample import Sample

MINOR = "90017-2026-04"
ANSWER = {
    "correction": "已把3号磨边机护罩装回",
    "elsewhere": "查了其余11台，均完好",
    "cause": "换砂轮后没有确认步骤",
    "corrective_action": "作业指导书增加复位确认",
    "responsible": "邱晓芸",
    "planned": "2026-06-30",
}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n"


def finding_of(sample: Sample, number: str = MINOR) -> str:
    return next(thing.id for thing, content in sample.state().standing_findings() if content.number == number)


def address(sample: Sample, number: str = MINOR) -> str:
    return f"/audits/{sample.audit}/findings/{finding_of(sample, number)}"


def send(sample: Sample, login: str, files: Any = None, **changes: str) -> Any:
    origin = str(sample.client.base_url).rstrip("/")
    return sample.visitor(login).ask(
        "POST", address(sample) + "/answer", data=ANSWER | changes, files=files or {"files": ("", b"")},
        headers={"Origin": origin},
    )  # fmt: skip


def shown(sample: Sample, path: str, login: str = "wen") -> Html:
    answer = sample.visitor(login).get(path)
    assert answer.status_code == 200, (path, answer.text[:300])
    return Html(answer.text)


def stage(sample: Sample) -> str:
    return followup.stage(sample.state(), finding_of(sample))


def verify(sample: Sample, result: str, login: str = "tong", **more: Any) -> None:
    body = {"target": finding_of(sample), "result": result, "text": {"zh": "看了记录"}} | more
    sample.send(login, sample.audit, ("verified", body))


@pytest.mark.parametrize("login", ["office", "wen"])
def test_an_answer_that_came_by_mail_is_entered(sample: Sample, login: str) -> None:
    assert stage(sample) in ("awaiting", "answered")
    answer = send(sample, login, [("files", ("整改.pdf", PDF)), ("files", ("护罩.jpg", b"\xff\xd8\xff\xe0"))])
    assert answer.status_code == 303, answer.text
    assert stage(sample) == "answered"
    said = sample.state().responses[finding_of(sample)][-1].body
    assert (said.elsewhere.zh, said.planned) == (ANSWER["elsewhere"], "2026-06-30")
    page = shown(sample, address(sample), "tong")
    for words in (*ANSWER.values(), "整改.pdf", "待评定"):
        assert words in page.words
    file = sample.visitor("tong").get(f"{address(sample)}/files/{said.files[0].sha256}")
    assert file.content == PDF
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["x-content-type-options"] == "nosniff"


def test_files_are_only_there_where_they_came_in(sample: Sample) -> None:
    send(sample, "office", [("files", ("整改.pdf", PDF))])
    sha256 = sample.state().responses[finding_of(sample)][-1].body.files[0].sha256
    other = address(sample, "90017-2026-01")
    assert sample.visitor("wen").get(f"{other}/files/{sha256}").status_code == 404
    assert sample.visitor("wen").get(f"{address(sample)}/files/{'0' * 64}").status_code == 404
    assert sample.visitor("new").get(f"{address(sample)}/files/{sha256}").status_code == 404


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(sample: Sample) -> None:
    macros = io.BytesIO()
    with zipfile.ZipFile(macros, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"):
            archive.writestr(name, "")
    before = sample.state().seq
    for files, changes, words in (
        ([], {"cause": " "}, "请填写"),
        ([], {"planned": ""}, "至少填一个"),
        ([], {"completed": "下周"}, "看不懂这个日期"),
        ([("files", ("x.docx", macros.getvalue()))], {}, "不能收“x.docx”"),
        ([("files", ("x.html", b"<script>"))], {}, "不能收“x.html”"),
        ([("files", (f"{n}.pdf", PDF)) for n in range(11)], {}, "最多 10 个"),
    ):
        answer = send(sample, "office", files, **changes)
        assert answer.status_code == 400, words
        page = Html(answer.text)
        assert words in page.words
        assert ANSWER["correction"] in page.words
    assert sample.state().seq == before


def test_rounds_until_it_is_closed(sample: Sample) -> None:
    send(sample, "office")
    verify(sample, "asked_again", due="2026-07-15")
    assert "2026-07-15" in shown(sample, address(sample)).words
    again = shown(sample, address(sample) + "/answer", "office")
    assert again.one("textarea", name="cause").text.strip() == ANSWER["cause"], "rounds add up"
    send(sample, "wen", completed="2026-07-10")
    verify(sample, "accepted")
    assert "计划已接受" in shown(sample, address(sample)).words
    verify(sample, "effective", date="2026-07-20", method="on_site")
    page = shown(sample, address(sample))
    assert "已关闭" in page.words
    assert not page.all("form", data_entry="verified")
    assert send(sample, "wen").status_code == 404, "nothing is added to what is closed"


def test_the_form_of_a_verification_names_the_answer_it_looked_at(sample: Sample) -> None:
    send(sample, "office")
    said = sample.state().responses[finding_of(sample)][-1]
    form = shown(sample, address(sample), "tong").one("form", data_entry="verified")
    assert said.entry in form.attributes["data-base"]
    assert not shown(sample, address(sample), "office").all("form", data_entry="verified")
    assert not shown(sample, address(sample), "sui").all("form", data_entry="verified"), "an observer reads"


def test_the_list_of_what_is_open(sample: Sample) -> None:
    words = shown(sample, "/follow-ups", "office").words
    assert "90017-2026-01" not in words, "the major one was closed on site"
    for number in ("90017-2026-02", "90017-2026-03", MINOR):
        assert number in words
    assert re.search(r"逾期 \d+", words)
    assert MINOR in shown(sample, "/follow-ups", "tong").words
    assert "没有未关闭的不符合" in shown(sample, "/follow-ups", "new").words, "only one's own audits"
    verify(sample, "effective")
    assert MINOR not in shown(sample, "/follow-ups", "office").words
    assert any("/follow-ups" in link for link in shown(sample, "/office/tasks", "office").links)


def test_earlier_nonconformities_are_verified_at_their_department(sample: Sample) -> None:
    """The plan of today's audit has the same earlier nonconformities, none of them looked at yet."""
    state = sample.state(sample.fresh)
    key, earlier = next((k, one) for k, one in state.setup.previous.items() if one.verification_needed)
    stops = [k for k, stop in state.setup.stops.items() if key in followup.previous_at(state.setup, stop)]
    assert stops
    page = shown(sample, f"/audits/{sample.fresh}/stops/{stops[0]}", "tong")
    assert earlier.statement.zh in page.words
    (form,) = [one for one in page.all("form", data_entry="verified") if one.attributes["data-target"] == key]
    assert form.attributes["data-base"].startswith("{")
    body = {"target": key, "result": "not_effective", "text": {"zh": "仍缺两份记录"}}
    sample.send("tong", sample.fresh, ("verified", body))
    words = shown(sample, f"/audits/{sample.fresh}/stops/{stops[0]}", "tong").words
    assert "仍缺两份记录" in words
    assert "仍未消除" in words
    others = [k for k, stop in state.setup.stops.items() if k not in stops and stop.type == "audit"]
    assert (
        earlier.statement.zh not in shown(sample, f"/audits/{sample.fresh}/stops/{others[0]}", "tong").words
    )
