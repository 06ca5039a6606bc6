"""The sample audit as a file to be changed, and ways to read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from server.audit.interchange import parse, to_entries
from server.audit.interchange.preview import preview
from server.audit.state import State
from server.criteria.load import Criteria, load_criteria
from server.demo.sample import sample_file
from server.settings import data_root

Json = dict[str, Any]
Fold = Callable[[Json], State]


@pytest.fixture(scope="session")
def criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


@pytest.fixture
def sample() -> Json:
    """The sample audit, decoded; every test may change its own."""
    decoded: Json = json.loads(sample_file())
    return decoded


@pytest.fixture
def fold(criteria: Criteria) -> Fold:
    """Imports a decoded file without a database."""

    def folded(file: Json) -> State:
        return preview(to_entries(parse(json.dumps(file).encode()), criteria).entries)

    return folded
