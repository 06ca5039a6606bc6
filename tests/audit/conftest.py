"""The criteria that are shipped, and an audit to begin with."""

from __future__ import annotations

import pytest

from server.audit.coverage import PointMap, point_map
from server.audit.gaps import Given
from server.criteria.law_names import LawNames
from server.criteria.load import Criteria, load_criteria
from server.criteria.model import Form, House
from server.settings import data_root
from tests.audit.journals import Journal, planned


@pytest.fixture
def journal() -> Journal:
    """An audit with its plan and team; nothing seen yet."""
    return planned()


@pytest.fixture(scope="session")
def criteria() -> Criteria:
    """The criteria that are shipped."""
    return load_criteria(data_root("checklists"))


@pytest.fixture(scope="session")
def house(criteria: Criteria) -> House:
    """The house that is shipped."""
    return criteria.houses["qinghe"]


@pytest.fixture(scope="session")
def form(criteria: Criteria) -> Form:
    """The reference form."""
    return criteria.forms["reference"]


@pytest.fixture(scope="session")
def points(criteria: Criteria, form: Form) -> PointMap:
    """Surveillance points of the shipped items and form."""
    items = [item for one in criteria.lists.values() for item in one.items]
    return point_map(items, form, criteria.mandatory["mandatory"].letters())


@pytest.fixture(scope="session")
def given(criteria: Criteria, house: House, form: Form, points: PointMap) -> Given:
    """What gaps are looked for by: everything that is shipped, in the oldest editions."""
    standards = {scheme: criteria.standard_of(scheme) for scheme in ("QMS", "EMS", "OHSMS")}
    laws = LawNames(criteria.laws.values())
    (days,) = criteria.days.values()
    return Given(house, form, points, criteria.mandatory["mandatory"], standards, laws, days)
