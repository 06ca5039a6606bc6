"""Leaving the site: what a phone's last report is worth, and the gap it makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from server.audit import gaps
from server.audit.gaps import Beside, Given
from server.audit.leaving import FRESH, Outbox, heard, left_at
from tests.audit.journals import TONG, WEN, Journal, planned

NOON = datetime(2026, 5, 18, 4, 0, tzinfo=UTC)
MOMENT = timedelta(minutes=1)


def outbox(at: datetime, entries: int = 0, photos: int = 0, by: str = TONG) -> Outbox:
    return Outbox(by=by, device="phone-1", entries=entries, photos=photos, heard_at=at)


def word(journal: Journal, box: Outbox, now: datetime) -> str:
    (one,) = heard(journal.state, [box], now)
    return one.word


@pytest.fixture
def during(journal: Journal) -> Journal:
    journal.configure("visit", {"start": "2026-05-18", "end": "2026-05-19"})
    return journal


def test_a_report_speaks_for_its_phone_for_a_quarter_of_an_hour(during: Journal) -> None:
    assert word(during, outbox(NOON), NOON + FRESH) == "safe"
    assert word(during, outbox(NOON), NOON + FRESH + MOMENT) == "silent"
    assert word(during, outbox(NOON, entries=1), NOON + FRESH) == "waiting"
    assert word(during, outbox(NOON, photos=1), NOON + FRESH + MOMENT) == "silent"


def test_what_was_delivered_when_the_site_was_left_stays_delivered(during: Journal) -> None:
    end = datetime(2026, 5, 19, 16, 0, tzinfo=UTC)
    assert left_at(during.state) == end, "midnight in the audit's zone"
    assert word(during, outbox(end - FRESH), end + timedelta(days=30)) == "safe"
    assert word(during, outbox(end - FRESH - MOMENT), end + timedelta(days=30)) == "silent"
    during.add("meeting-held", {"meeting": "closing", "end": "2026-05-19T17:00:00+08:00"})
    closed = datetime(2026, 5, 19, 9, 0, tzinfo=UTC)
    assert left_at(during.state) == closed
    assert word(during, outbox(closed), end) == "safe"


def test_an_audit_without_an_end_is_never_left() -> None:
    journal = Journal()
    assert left_at(journal.state) is None
    assert word(journal, outbox(NOON), NOON + FRESH + MOMENT) == "silent"


@for_all(st.integers(-2000, 6000), st.integers(0, 3), st.integers(0, 6000))
def test_green_is_never_said_of_what_waits_or_is_not_known(told: int, holds: int, now: int) -> None:
    journal = planned()
    journal.configure("visit", {"start": "2026-05-18", "end": "2026-05-19"})
    at, later = NOON + told * MOMENT, NOON + max(told, now) * MOMENT
    said = word(journal, outbox(at, entries=holds), later)
    left = left_at(journal.state)
    assert left
    knows = later - at <= FRESH or at >= left - FRESH
    assert (said == "safe") == (holds == 0 and knows)
    assert (said == "waiting") == (holds > 0 and later - at <= FRESH)


@pytest.fixture
def find(journal: Journal, given: Given) -> Any:
    def found(*boxes: Outbox, now: datetime = NOON) -> list[gaps.Gap]:
        beside = Beside(outboxes=heard(journal.state, boxes, now))
        return [gap for gap in gaps.find(journal.state, given, beside, gate="leave") if gap.where == "leave"]

    return found


def test_gaps_of_phones(during: Journal, find: Any) -> None:
    late = NOON + 2 * FRESH
    waiting, silent, empty = find(
        outbox(late, 3, 7), outbox(NOON, 1, by=WEN), outbox(NOON), outbox(late, by=WEN), now=late
    )
    assert (waiting.code, waiting.severity) == ("OUTBOX_WAITING", "error")
    assert waiting.message.zh == "佟牧野：3条、7张照片只在手机上"
    assert (silent.code, silent.severity) == ("OUTBOX_SILENT", "error")
    assert "05-18 12:00以后没有消息，当时1条" in silent.message.zh
    assert (empty.code, empty.severity) == ("OUTBOX_SILENT", "warning")


def test_accepted_until_it_is_heard_of_again(during: Journal, find: Any) -> None:
    late = NOON + 2 * FRESH
    (silent,) = find(outbox(NOON, 1), now=late)
    during.add("dismissed", {"gap": silent.id, "reason": "手机掉进了清洗池"})
    assert not find(outbox(NOON, 1), now=late)
    (again,) = find(outbox(NOON + MOMENT, 1), now=late)
    assert again.id != silent.id
