"""The sample audit for tests of pages."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from litestar.testing import TestClient

from server.app import create_app
from server.settings import Settings
from tests.support.sample import Sample, Sampled, furnish


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Sampled:
    """A data folder with the sample audit. To be copied, not used."""
    data = tmp_path_factory.mktemp("sampled") / "data"
    return asyncio.run(furnish(data, datetime.now(UTC).date()))


@pytest.fixture(scope="session")
def reading(sampled: Sampled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The program with the sample audit, for tests that only look."""
    data = Path(shutil.copytree(sampled.data, tmp_path_factory.mktemp("reading") / "data"))
    with TestClient(create_app(Settings(data=data, cdn="off"))) as client:
        yield Sample(client, sampled)


@pytest.fixture
def sample(sampled: Sampled, tmp_path: Path) -> Iterator[Sample]:
    """The program with the sample audit, in a data folder of the test's own, to write in."""
    data = Path(shutil.copytree(sampled.data, tmp_path / "sampled"))
    with TestClient(create_app(Settings(data=data, cdn="off"))) as client:
        yield Sample(client, sampled)
