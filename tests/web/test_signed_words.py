"""What the client signed stays what they signed: other words afterwards are told, unfinished ones wait."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.guests import GuestPhone, come_in
from tests.support.html import Html
from tests.support.world import AUDIT, FINDING, NONCONFORMITY, World, entry
from tests.web.test_attendance import state_of
from tests.web.test_auditee_page import close, own, sign
from tests.web.test_nonconformity_sheet import CODE, printed

SIGNED = "3 号炉 11 月 6 日记录 25 min"
REWORDED = {"zh": "3 号炉 11 月 6 日记录 20 min"}
WARNED = "签字后改过文字：受审核方还没有就改后的内容签字"


@pytest.fixture
def auditee(world: World) -> GuestPhone:
    close(world)
    return come_in(world, "auditee", "邱晓芸")


def amend(world: World, base: str = FINDING, **changes: Any) -> None:
    body = {"target": FINDING, "bases": [base], "finding": NONCONFORMITY | changes}
    answer = world.visitor("auditor").send(entry("amended", body, by="auditor"))
    assert answer.json()["results"][0]["status"] == "stored", answer.text


def shown(world: World) -> Html:
    return Html(world.visitor("leader").get(f"/audits/{AUDIT}/findings/{FINDING}").text)


def test_changed_words_are_told_wherever_the_signature_is_shown_until_it_is_signed_anew(
    world: World, auditee: GuestPhone
) -> None:
    sign(auditee)
    assert WARNED not in shown(world).words
    assert 'class="sign' in printed(world)
    amend(world, evidence=REWORDED)
    for page in (shown(world), own(auditee, f"/{FINDING}")):
        assert WARNED in page.words
        assert SIGNED in page.words, "what was signed stays to be read"
    paper = printed(world)
    assert WARNED in Html(paper).words
    assert 'class="sign' not in paper, "no signature stands under words that nobody signed"
    assert shown(world).all("button", **{"data-sign": ""})
    assert "请签字" in own(auditee).words
    assert sign(auditee).json()["status"] == "stored"
    for page in (shown(world), own(auditee, f"/{FINDING}"), Html(printed(world))):
        assert WARNED not in page.words


def test_an_unfinished_one_is_not_given_to_be_signed(world: World, auditee: GuestPhone) -> None:
    assert re.search(CODE, printed(world))
    amend(world, evidence={}, requirement={})
    page = shown(world)
    assert "还缺：要求、客观证据" in page.words
    assert not page.all("button", **{"data-sign": ""})
    page = own(auditee, f"/{FINDING}")
    assert "缺：要求、客观证据" in page.words
    assert not page.all("form", **{"data-guest-sign": ""})
    assert "请签字" not in own(auditee).words
    assert not re.search(CODE, printed(world)), "nothing to file as signed"


def test_an_unfinished_version_is_not_signed_by_a_page_that_was_open(
    world: World, auditee: GuestPhone
) -> None:
    amend(world, evidence={})
    unfinished = state_of(world).findings[FINDING].head.entry
    amend(world, unfinished)
    assert sign(auditee, version=unfinished).status_code == 400
    assert not state_of(world).signatures
