"""Reminders by mail before something of a nonconformity is due: to the client's contact and to the body.

A mail holds number, client, due day and, for the body, the address of the page; never what was found. It is
sent by one process however many serve the database, and not again for the same due day.
"""

from __future__ import annotations

import asyncio
import re
import smtplib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from server import mail
from server.audit import followup
from server.audit.state import State
from server.criteria.model import House
from server.journal.follow_ups import FollowUpRow
from server.web.log import logger
from server.web.new_audit import ZONE
from server.web.services import Services

EVERY_SECONDS = 15 * 60
_TURN_SECONDS = 10 * 60
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
"""One address and nothing else: no line break that would begin a header, no second recipient."""


async def keep_reminding(services: Services) -> None:
    """Send what is due, again and again, until cancelled. A failure is logged and tried again."""
    while True:
        try:
            await remind(services)
        except Exception as error:
            logger().error("reminders_failed", kind=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def remind(services: Services, now: Callable[[], float] = time.time) -> int:
    """Send what is due now, if it is this process's turn; returns for how many nonconformities."""
    at = int(now())
    if not await services.journal.reminders.take_turn(at, _TURN_SECONDS):
        return 0
    today = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(ZONE)).date().isoformat()
    sent = 0
    for row in await services.journal.follow_ups.open(None, today):
        state = await services.journal.state(row.audit)
        house = services.criteria.house_of(state.setup.house)
        days = followup.reminder(row.due, today, house.rules.nc_reminder_days)
        if days is None:
            continue
        if await services.journal.reminders.was_sent(row.audit, row.finding, row.due, days):
            continue
        if messages := list(_messages(services, row, state, house)):
            try:
                await asyncio.to_thread(mail.send, services.settings, *messages)
            except smtplib.SMTPRecipientsRefused:  # one address that is refused keeps back nobody else's mail
                logger().warning("reminder_refused", audit=row.audit)
                continue
            await services.journal.reminders.note(row.audit, row.finding, row.due, days, at)
            sent += 1
    return sent


def _messages(services: Services, row: FollowUpRow, state: State, house: House) -> Iterator[EmailMessage]:
    sender = services.settings.smtp_from
    page = f"/audits/{row.audit}/findings/{row.finding}#follow-up"
    subject = f"不符合 {row.number} {row.due} 到期 · Nonconformity {row.number} is due {row.due}"
    contact = state.setup.client.contact.email.strip()
    if row.stage in followup.CLIENTS_TURN and _ADDRESS.fullmatch(contact):
        yield mail.message(sender, contact, subject, _text(row, house.name.zh, house.name.en, ""))
    if "@" in house.email:
        link = f"{services.settings.url}{page}" if services.settings.url else ""
        yield mail.message(sender, house.email, subject, _text(row, "", "", link))


def _text(row: FollowUpRow, house: str, house_en: str, link: str) -> str:
    client, client_en = row.client or row.client_en, row.client_en or row.client
    lines = [
        f"{client}：",
        f"不符合 {row.number}（审核 {row.audit_number}）的期限是 {row.due}。",
        "请用审核组给您的链接答复。" if house else "请跟进。",
        house,
        "",
        f"{client_en}:",
        f"Nonconformity {row.number} (audit {row.audit_number}) is due {row.due}.",
        "Please answer by the link that the audit team gave you." if house else "Please follow up.",
        house_en,
        "",
        link,
    ]
    return "\n".join(lines).strip() + "\n"
