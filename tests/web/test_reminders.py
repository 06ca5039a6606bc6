"""Reminders by mail before due days: a real SMTP server, and as many processes as one likes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from litestar.testing import TestClient

from server.app import create_app
from server.settings import Settings
from server.web.reminders import remind
from tests.support.world import AUDIT, FINDING, NONCONFORMITY, World, entry, make_world

DAY = 24 * 3600
EVIDENCE = ("25 min", "保温时间不足", "W-7", "真空")


class Mailbox:
    """Takes every mail; `broken`: refuses them; `refused`: an address that it doesn't know."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.broken = False
        self.refused = ""

    async def handle_RCPT(  # noqa: N802 - its name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address == self.refused:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - its name
        if self.broken:
            return "451 not now"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mailbox behind an SMTP server, and its port."""
    box, loop = Mailbox(), asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(box, hostname="mail.example.com", loop=loop), "127.0.0.1", 0)
    )
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield box, server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.close()


def due_day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=8)).date().__add__(timedelta(days=days)).isoformat()


def reminding(data: Path, port: int) -> Settings:
    """Settings with the mail server of the test."""
    return Settings(
        data=data,
        cdn="off",
        url="https://audit.example.com",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        smtp_from="clausewalk@example.com",
    )


@pytest.fixture
def served(mailbox: tuple[Mailbox, int], tmp_path: Path) -> Iterator[World]:
    """The world with its nonconformity due in ten days, and a contact of the client."""
    data = tmp_path / "data"
    settings = reminding(data, mailbox[1])
    tokens = _world(data)
    with TestClient(create_app(settings)) as client:
        world = World(client, tokens)
        today = due_day(0)
        contact = {"name": "邱晓芸", "email": "qiu@client.example.com"}
        answer = world.visitor("leader").send(
            entry("configured", {"path": "client/contact", "value": contact}, by="leader"),
            entry("configured", {"path": "visit/end", "value": today}, by="leader"),
            entry(
                "amended",
                {"target": FINDING, "bases": [FINDING], "finding": NONCONFORMITY | {"due": due_day(10)}},
                by="leader",
            ),
        )
        assert {one["status"] for one in answer.json()["results"]} == {"stored"}, answer.text
        yield world


def _world(data: Path) -> dict[str, str]:
    return asyncio.run(make_world(data))


def after(world: World, days: int, hours: int = 0) -> int:
    """How many nonconformities are reminded of so many days from now."""
    at = datetime.now(UTC).timestamp() + days * DAY + hours * 3600
    sent: int = world.run(lambda: remind(world.services, now=lambda: at))
    return sent


def test_a_reminder_says_what_is_due_and_nothing_of_what_was_found(
    served: World, mailbox: tuple[Mailbox, int]
) -> None:
    box, _ = mailbox
    assert after(served, 1) == 0, "nine days are left"
    assert after(served, 3) == 1
    assert {mail["to"] for mail in box.mails} == {"qiu@client.example.com", "service@example.org"}
    for mail in box.mails:
        text = mail.get_content()
        for words in ("NC-01", due_day(10), "临沅暖川真空器皿有限公司"):
            assert words in text
        assert not [words for words in EVIDENCE if words in text.replace("真空器皿", "")]
        assert ("https://audit.example.com/audits/" in text) == (mail["to"] == "service@example.org")


def test_it_comes_once_for_each_day_and_again_for_another_due_day(
    served: World, mailbox: tuple[Mailbox, int]
) -> None:
    assert [after(served, 3, hours) for hours in range(1, 4)] == [1, 0, 0]
    assert [after(served, 9, hours) for hours in range(1, 4)] == [1, 0, 0], "and one day before"
    body = {"target": FINDING, "result": "asked_again", "due": due_day(30), "text": {"zh": "缺签到表"}}
    served.visitor("auditor").send(entry("verified", body, by="auditor"))
    assert after(served, 10) == 0
    assert after(served, 23) == 1
    body = {"target": FINDING, "result": "effective", "text": {"zh": "看了记录"}}
    served.visitor("auditor").send(entry("verified", body, by="auditor"))
    assert after(served, 29) == 0, "what is closed is not due"
    assert all("缺签到表" not in mail.get_content() for mail in mailbox[0].mails)


def test_once_answered_only_the_body_is_reminded(served: World, mailbox: tuple[Mailbox, int]) -> None:
    served.visitor("leader").send(
        entry("responded", {"finding": FINDING, "correction": {"zh": "x"}}, by="leader")
    )
    assert after(served, 3) == 1
    assert [mail["to"] for mail in mailbox[0].mails] == ["service@example.org"]


def test_of_several_processes_one_sends(served: World, mailbox: tuple[Mailbox, int], tmp_path: Path) -> None:
    box, port = mailbox
    with TestClient(create_app(reminding(tmp_path / "data", port))) as other:
        second = World(other, served.tokens)
        assert [after(world, 3) for world in (served, second, served, second)] == [1, 0, 0, 0]
        assert after(second, 3, 1) == 0, "the turn is over, and nothing is left to send"
        assert after(second, 9) == 1, "now it is the other's turn"
    assert len(box.mails) == 4


def test_what_could_not_be_sent_is_sent_later(served: World, mailbox: tuple[Mailbox, int]) -> None:
    box, _ = mailbox
    box.broken = True
    with pytest.raises(OSError):  # noqa: PT011 - smtplib's are OSErrors
        after(served, 3)
    assert box.mails == []
    box.broken = False
    assert after(served, 3, 1) == 1
    assert len(box.mails) == 2


@pytest.mark.parametrize("typed", ["qiu@example.com\nBcc: all@example.com", "qiu@a.example, li@b.example"])
def test_an_address_that_is_none_keeps_nothing_back(
    served: World, mailbox: tuple[Mailbox, int], typed: str
) -> None:
    heads = served.run(served.services.journal.state, AUDIT).configured["client/contact"].heads
    contact = {"path": "client/contact", "value": {"name": "邱晓芸", "email": typed}, "bases": heads}
    answer = served.visitor("leader").send(entry("configured", contact, by="leader"))
    assert answer.json()["results"][0]["status"] == "stored", answer.text
    assert after(served, 3) == 1
    assert [mail["To"] for mail in mailbox[0].mails] == ["service@example.org"]


def test_an_address_that_is_refused_stops_no_reminding(served: World, mailbox: tuple[Mailbox, int]) -> None:
    box, _ = mailbox
    box.refused = "qiu@client.example.com"
    assert after(served, 3) == 0
    box.refused = ""
    assert after(served, 3, 1) == 1
