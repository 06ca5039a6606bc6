"""Nonconformity reports signed on paper: printed with a code, photographed, and filed under it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from server.audit.acknowledgement import acknowledgement
from tests.evidence.pictures_made import photo
from tests.support.html import Html
from tests.support.world import AUDIT, FINDING, NONCONFORMITY, World, entry
from tests.web.test_attendance import code_on as code_of_attendance
from tests.web.test_attendance import state_of

CODE = r"(?<![\w-])\d+-[0-9a-f]{12}(?![\w-])"


def printed(world: World) -> str:
    answer = world.visitor("leader").get(f"/audits/{AUDIT}/nonconformities.html")
    assert answer.status_code == 200, answer.text
    return answer.text


def code_on(world: World) -> str:
    found = re.search(CODE, printed(world))
    assert found
    return found[0]


def file_it(world: World, code: str, who: str = "leader", **form: Any) -> httpx.Response:
    return world.visitor(who).ask(
        "POST",
        f"/audits/{AUDIT}/nonconformities",
        data={"code": code, "name": "邱晓芸", "date": "2026-11-19", "signed": [FINDING]} | form,
        files={"file": ("NC.jpg", photo((320, 200)), "image/jpeg")},
        headers={"Origin": "http://testserver.local"},
    )


def grade_anew(world: World) -> str:
    made = entry(
        "amended",
        {"target": FINDING, "bases": [FINDING], "finding": NONCONFORMITY | {"grade": "major"}},
        by="leader",
    )
    world.visitor("leader").send(made)
    return str(made["id"])


def standing(world: World) -> str:
    state = state_of(world)
    return acknowledgement(state, state.findings[FINDING]).standing


def test_a_signed_report_is_filed_by_its_code_and_counts_as_signed(world: World) -> None:
    assert file_it(world, code_on(world)).status_code == 303
    state = state_of(world)
    (signed,) = state.signatures.values()
    assert (signed.name, signed.way, signed.signed_at) == ("邱晓芸", "paper", "2026-11-19")
    assert signed.version == FINDING
    sheet = state.attachments[signed.attachment or ""].current
    assert sheet
    assert sheet.sheet == "nonconformities"
    assert standing(world) == "signed"
    page = Html(world.visitor("leader").get(f"/audits/{AUDIT}/findings/{FINDING}").text)
    assert "纸上已签" in page.words
    assert f"/audits/{AUDIT}/attachments/{signed.attachment}" in page.links
    follow_up = Html(world.visitor("leader").get(f"/audits/{AUDIT}/follow-up").text)
    assert sheet.number in follow_up.words
    assert not follow_up.all("section", id="file"), "nothing is left to sign"
    after = printed(world)
    assert "邱晓芸" in after
    assert "2026-11-19" in after
    assert not re.search(CODE, after)


def test_what_was_signed_is_the_version_that_stood_on_the_paper(world: World) -> None:
    code = code_on(world)
    grade_anew(world)
    assert code_on(world) != code
    assert file_it(world, code).status_code == 303
    assert standing(world) == "changed", "the paper says another grade"


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"code": "1-000000000000"}, 409, "没有印过这个编号"),
        ({"code": "x"}, 400, "编号写得不对"),
        ({"name": " "}, 400, "谁在纸上签了字"),
        ({"date": "gestern"}, 400, ""),
    ],
)
def test_what_cannot_be_filed_is_told(world: World, form: dict[str, str], status: int, words: str) -> None:
    answer = file_it(world, **{"code": code_on(world)} | form)
    assert answer.status_code == status
    assert words in Html(answer.text).words
    assert not state_of(world).signatures


def test_a_sheet_of_another_kind_and_a_strangers_hand_file_nothing(world: World) -> None:
    assert file_it(world, code_of_attendance(world)).status_code == 409
    assert file_it(world, code_on(world), who="observer").status_code == 403
    assert not state_of(world).attachments
