"""The client's own page by link: their nonconformities once they are talked over, and nothing else."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from server.audit import followup
from tests.support.guests import GuestPhone, come_in
from tests.support.html import Html
from tests.support.world import AUDIT, FINDING, NONCONFORMITY, World, entry
from tests.web.test_attendance import drawn, signature_form, state_of

OBSERVED = "3 号真空炉保温 25 min，规定 30 min"
ANSWER = {
    "correction": "已补保温并复检",
    "elsewhere": "查了 12 炉记录",
    "cause": "定时器未锁定",
    "corrective_action": "锁定定时器并培训",
    "responsible": "邱晓芸",
    "completed": "2026-11-25",
}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n"


def close(world: World) -> None:
    """The closing meeting begins."""
    body = {"meeting": "closing", "start": "2026-11-19T16:00:00+08:00"}
    answer = world.visitor("leader").send(entry("meeting-held", body, by="leader"))
    assert answer.json()["results"][0]["status"] == "stored", answer.text


def verify(world: World, result: str, text: str) -> None:
    body = {"target": FINDING, "result": result, "text": {"zh": text}, "due": "2026-12-20"}
    answer = world.visitor("auditor").send(entry("verified", body, by="auditor"))
    assert answer.json()["results"][0]["status"] == "stored", answer.text


def send(phone: GuestPhone, files: Any = None, finding: str = FINDING, **changes: str) -> Any:
    return phone.ask(
        "POST",
        f"/guests/{phone.id}/nonconformities/{finding}",
        data=ANSWER | changes,
        files=files or {"files": ("", b"")},
        headers={"Origin": "http://testserver.local"},
    )


@pytest.fixture
def auditee(world: World) -> GuestPhone:
    return come_in(world, "auditee", "邱晓芸")


def own(phone: GuestPhone, below: str = "") -> Html:
    answer = phone.get(f"/guests/{phone.id}/nonconformities{below}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return Html(answer.text)


def test_nothing_is_there_before_the_closing_meeting(world: World, auditee: GuestPhone) -> None:
    page = own(auditee)
    assert "NC-01" not in page.words
    assert "沟通之后" in page.words
    assert auditee.get(f"/guests/{auditee.id}/nonconformities/{FINDING}").status_code == 404
    assert send(auditee).status_code == 404
    close(world)
    assert "NC-01" in own(auditee).words


def test_the_talk_with_the_client_hands_them_over(world: World, auditee: GuestPhone) -> None:
    body = {"meeting": "client", "start": "2026-11-19T15:30:00+08:00"}
    world.visitor("leader").send(entry("meeting-held", body, by="leader"))
    assert "请签字" in own(auditee).words


def sign(phone: GuestPhone, **changes: str) -> Any:
    """Send the form of the page as its script does."""
    page = own(phone, f"/{FINDING}")
    shown = {name: page.one("input", name=name).attributes["value"] for name in ("version", "text")}
    headers = {"Origin": "http://testserver.local", "Clausewalk": "1", "Accept": "application/json"}
    to = f"/guests/{phone.id}/nonconformities/{FINDING}/signature"
    return phone.ask("POST", to, data=signature_form(**shown) | changes, headers=headers)


def test_they_sign_on_their_own_phone_and_again_after_another_grade(
    world: World, auditee: GuestPhone
) -> None:
    close(world)
    answer = sign(auditee, dissent="定时器当时正在维修")
    assert answer.json()["status"] == "stored", answer.text
    (signed,) = state_of(world).signatures.values()
    assert (signed.what, signed.name, signed.way) == (f"nonconformity/{FINDING}", "邱晓芸", "own_phone")
    assert "签字表示理解，不表示接受。\n不同意见：定时器当时正在维修" in signed.text
    assert (signed.version, signed.picture) == (FINDING, hashlib.sha256(drawn()).hexdigest())
    assert not own(auditee, f"/{FINDING}").all("form", **{"data-guest-sign": ""})
    assert "请签字" not in own(auditee).words
    leader = Html(world.visitor("leader").get(f"/audits/{AUDIT}/findings/{FINDING}").text)
    assert f"/photos/{signed.picture}" in leader.one("img", **{"class": "ink"}).attributes["src"]
    graded = {"target": FINDING, "bases": [FINDING], "finding": NONCONFORMITY | {"grade": "major"}}
    world.visitor("leader").send(entry("amended", graded, by="leader"))
    assert "请重新签字" in own(auditee, f"/{FINDING}").words
    assert sign(auditee).json()["status"] == "stored"
    assert "请重新签字" not in own(auditee, f"/{FINDING}").words


def test_what_nobody_was_shown_is_not_signed(world: World, auditee: GuestPhone) -> None:
    close(world)
    assert sign(auditee, version="0190f111-0000-7000-8000-00000000ffff").status_code == 400
    assert sign(auditee, picture="").status_code == 400
    assert not state_of(world).signatures


def test_they_see_their_nonconformities_and_nothing_else(world: World, auditee: GuestPhone) -> None:
    close(world)
    page = own(auditee, f"/{FINDING}")
    for words in ("NC-01", "保温时间不足", "作业指导书 W-7", "请答复"):
        assert words in page.words
    assert OBSERVED not in page.words
    assert all(link.startswith((f"/guests/{auditee.id}/", "?lang=", "/trust")) for link in page.links)
    for path in (f"/audits/{AUDIT}", f"/audits/{AUDIT}/findings", f"/audits/{AUDIT}/entries", "/follow-ups"):
        assert auditee.get(path).status_code in (303, 401)


def test_from_answer_to_closure_in_rounds(world: World, auditee: GuestPhone) -> None:
    close(world)
    answer = send(auditee, [("files", ("整改照片.pdf", PDF))])
    assert answer.status_code == 303, answer.text
    state = world.run(world.services.journal.state, AUDIT)
    (said,) = state.responses[FINDING]
    assert (said.by, said.body.completed) == (auditee.id, "2026-11-25")
    assert "审核组正在评定" in own(auditee, f"/{FINDING}").words
    leader = Html(world.visitor("leader").get(f"/audits/{AUDIT}/findings/{FINDING}").text)
    assert "定时器未锁定" in leader.words
    assert "整改照片.pdf" in leader.words
    file = f"/{FINDING}/files/{said.body.files[0].sha256}"
    got = auditee.get(f"/guests/{auditee.id}/nonconformities{file}")
    assert got.content == PDF
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    verify(world, "asked_again", "缺培训签到表")
    page = own(auditee, f"/{FINDING}")
    assert "缺培训签到表" in page.words
    assert page.one("textarea", name="cause").text.strip() == ANSWER["cause"]
    assert send(auditee, cause="定时器未锁定，点检表没有这一项").status_code == 303
    verify(world, "effective", "看了 11 月 26 日点检表与签到表")
    page = own(auditee, f"/{FINDING}")
    assert "已关闭" in page.words
    assert not page.all("textarea")
    assert send(auditee).status_code == 404
    assert followup.is_closed(world.run(world.services.journal.state, AUDIT), FINDING)


def test_a_page_that_runs_is_not_taken_and_what_was_typed_stays(world: World, auditee: GuestPhone) -> None:
    close(world)
    answer = send(auditee, [("files", ("x.pdf", b"<html><script>alert(1)</script>"))])
    assert answer.status_code == 400
    page = Html(answer.text)
    assert "不能收“x.pdf”" in page.words
    assert ANSWER["cause"] in page.words
    assert not world.run(world.services.journal.state, AUDIT).responses


@pytest.mark.parametrize(
    "texts", [{"cause": "长" * 30_000}, {"cause": "x" * 40_000, "elsewhere": "y" * 40_000}]
)
def test_an_answer_that_no_entry_holds_leaves_no_file_behind(
    world: World, auditee: GuestPhone, texts: dict[str, str]
) -> None:
    close(world)
    answer = send(auditee, [("files", ("x.pdf", PDF))], **texts)
    assert answer.status_code == 400
    page = Html(answer.text)
    assert "太长" in page.words
    assert texts["cause"] in page.words
    assert not world.run(world.services.blobs.has, AUDIT, hashlib.sha256(PDF).hexdigest())


def test_an_answer_that_is_no_text_is_refused(world: World, auditee: GuestPhone) -> None:
    close(world)
    part = b'--x\r\nContent-Disposition: form-data; name="cause"\r\n\r\n\xff\xfe\r\n--x--\r\n'
    answer = auditee.ask(
        "POST",
        f"/guests/{auditee.id}/nonconformities/{FINDING}",
        content=part,
        headers={"Origin": "http://testserver.local", "Content-Type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 400


def test_who_was_shut_out_answers_no_more(world: World, auditee: GuestPhone) -> None:
    close(world)
    page = Html(world.visitor("office").get(f"/audits/{AUDIT}/follow-up").text)
    (shut_out,) = [form for form in page.all("form") if auditee.id in form.attributes["action"]]
    guide = come_in(world, "guide")
    other = f"/audits/{AUDIT}/follow-up/guests/{guide.id}/end"
    assert world.visitor("office").fill(other).status_code == 404, "the leader's guests are the leader's"
    assert world.visitor("office").fill(shut_out.attributes["action"]).status_code == 303
    assert auditee.get(f"/guests/{auditee.id}/nonconformities").status_code == 403
    assert send(auditee, [("files", ("x.pdf", PDF))]).status_code == 403
    assert not world.run(world.services.journal.state, AUDIT).responses
    digest = hashlib.sha256(PDF).hexdigest()
    assert not world.services.blobs.is_there(digest), "what isn't taken takes no room"


def test_the_leader_hands_out_a_link_that_serves_one_person(world: World) -> None:
    shown = world.visitor("office").fill(f"/audits/{AUDIT}/follow-up/links", label="邱晓芸", days="30")
    token = Html(shown.text).one("textarea").text.strip().rsplit("/", 1)[1]
    first, second = GuestPhone(world), GuestPhone(world)
    assert first.get(f"/in/{token}").status_code == 200, "looking uses nothing up"
    assert first.come_in(token, "邱晓芸").headers["location"] == f"/guests/{first.id}/nonconformities"
    assert second.come_in(token, "骆一苇").status_code == 409
    page = Html(world.visitor("leader").get(f"/audits/{AUDIT}/follow-up").text)
    assert "邱晓芸" in page.words
    observer = Html(world.visitor("observer").get(f"/audits/{AUDIT}/follow-up").text)
    assert not observer.all("form")
