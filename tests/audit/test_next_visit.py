"""By when the next audit has to be: by scheme, by the day from which a rule applies, by the certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from server.audit import gaps
from server.audit.gaps import Given
from server.audit.next_visit import next_visit_by
from server.audit.setup import Certificate, Setup, Visit
from server.criteria.intervals import add_months, next_by
from server.criteria.load import Criteria
from tests.audit.journals import Journal

DAYS = st.dates(date(2016, 1, 1), date(2090, 1, 1))


def setup_of(end: str, *schemes: str, type: str = "surveillance", until: str = "") -> Setup:  # noqa: A002
    visit = Visit(schemes=list(schemes), type=type, start=end, end=end)
    return Setup(
        visit=visit, certificates={one: Certificate(scheme=one, valid_until=until) for one in schemes}
    )


@pytest.mark.parametrize(
    ("setup", "expected"),
    [
        (setup_of("2026-05-19", "EMS"), "2027-12-31"),
        (setup_of("2026-05-19", "QMS"), "2027-05-19"),
        (setup_of("2025-12-31", "QMS"), "2026-12-31"),
        (setup_of("2026-05-19", "EMS", "QMS"), "2027-05-19"),
        (setup_of("2026-05-19", "EMS", type="initial"), "2027-05-19"),
        (setup_of("2028-02-29", "QMS"), "2029-02-28"),
        (setup_of("2026-05-19", "QMS", "EMS", until="2027-03-19"), "2027-03-19"),
        (setup_of("2026-05-19", "QMS", type="recertification", until="2026-06-01"), "2027-05-19"),
        (setup_of("2026-05-19", "other"), ""),
        (setup_of("", "QMS"), ""),
    ],
)
def test_the_earliest_of_all_schemes_counts(criteria: Criteria, setup: Setup, expected: str) -> None:
    assert next_visit_by(setup, criteria.intervals.values()) == expected


@drawn(DAYS, st.integers(1, 60))
def test_months_later_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@drawn(end=DAYS, first=st.booleans(), until=st.none() | DAYS, scheme=st.sampled_from(["QMS", "EMS"]))
def test_it_lies_after_the_audit_and_never_after_the_certificate(
    criteria: Criteria, end: date, first: bool, until: date | None, scheme: str
) -> None:
    rule = criteria.intervals["intervals"].on(scheme, end)
    assert rule is not None
    due = next_by(rule, end, first=first, valid_until=until)
    assert end < due <= date(end.year + 1, 12, 31)
    if until is not None and until > end:
        assert due <= until


def test_a_later_date_is_a_gap(journal: Journal, criteria: Criteria, given: Given) -> None:
    ruled = replace(given, intervals=tuple(criteria.intervals.values()))
    journal.configure("visit/end", "2026-05-18")
    for agreed, late in (("2027-12-31", True), ("2027-05-18", False)):
        journal.configure("visit/next_audit_by", agreed)
        found = [one.code for one in gaps.find(journal.state, ruled)]
        assert ("NEXT_AUDIT_LATE" in found) == late, agreed
