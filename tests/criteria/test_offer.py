"""Which edition an audit is offered follows from the days that the house names."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from server.criteria.load import Criteria
from server.criteria.offer import offered, offers

SINCE, UNTIL = date(2027, 3, 1), date(2029, 6, 30)


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2026, 11, 29), "ISO 9001:2015"),
        (date(2027, 2, 28), "ISO 9001:2015"),
        (date(2027, 3, 1), "ISO 9001:2026"),
        (date(2030, 1, 1), "ISO 9001:2026"),
    ],
)
def test_the_newest_edition_it_is_accredited_for(criteria: Criteria, day: date, edition: str) -> None:
    found = offered(offers(criteria, criteria.houses["qinghe"], "QMS"), day)
    assert found is not None
    assert found.standard.id == edition


def test_a_house_that_names_no_day_offers_the_oldest(criteria: Criteria) -> None:
    house = msgspec.structs.replace(criteria.houses["qinghe"], editions={}, transition_ends={})
    for some in (house, None):
        found = offered(offers(criteria, some, "QMS"), date(2030, 1, 1))
        assert found is not None
        assert found.standard.id == "ISO 9001:2015"


def test_between_the_days_both_are_open(criteria: Criteria) -> None:
    known = offers(criteria, criteria.houses["qinghe"], "QMS")
    open_on = {day: [one.standard.id[-4:] for one in known if one.on(day)] for day in (SINCE, UNTIL)}
    assert open_on == {SINCE: ["2015", "2026"], UNTIL: ["2015", "2026"]}
    assert [one.standard.id[-4:] for one in known if one.on(date(2029, 7, 1))] == ["2026"]


def test_a_scheme_without_a_standard_is_offered_none(criteria: Criteria) -> None:
    assert offered(offers(criteria, criteria.houses["qinghe"], "WB"), SINCE) is None
