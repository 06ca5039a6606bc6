"""`clausewalk demo` through its command: what is in the folder then, and that a second run adds nothing."""

from __future__ import annotations

import io
import stat
from argparse import Namespace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from server.cli.services import with_services
from server.demo.accounts import FILE_NAME, kept_accounts
from server.demo.command import run
from server.demo.load import Loaded, load
from server.settings import Settings
from server.web.services import Services

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the demonstration was loaded."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    told: list[str] = []
    with_services(Settings(data=folder), lambda services: load(services, DAY, told.append), create=True)
    assert told[0] == "sample audit"
    return folder


class CutOff(Exception):
    """The program was stopped."""


def again(data: Path, day: date) -> tuple[Loaded, list[str]]:
    told: list[str] = []
    return with_services(Settings(data=data), lambda services: load(services, day, told.append)), told


async def heads(services: Services) -> dict[str, tuple[int, str] | None]:
    rows = await services.journal.audits_of(None)
    return {row.id: await services.journal.head(row.id) for row in rows}


def test_every_photo_of_the_sample_has_its_bytes(data: Path) -> None:
    async def look(services: Services) -> None:
        sample = next(row for row in await services.journal.audits_of(None) if row.start == "2026-05-18")
        state = await services.journal.state(sample.id)
        photos = [thing.current for thing in state.photos.values() if thing.current]
        assert len(photos) == 45
        hashes = {photo.sha256 for photo in photos if photo.sha256}
        assert len(hashes) == 45
        assert await services.blobs.missing(sample.id, hashes) == set()
        assert not state.conflicts()
        for photo in photos:
            assert photo.sha256 is not None
            stored = services.blobs.path(photo.sha256).read_bytes()
            assert len(stored) == photo.size
            assert Image.open(io.BytesIO(stored)).size == (4000, 3000)
            assert photo.label.startswith("PH-"), "the words of the import are kept"
        assert await services.journal.verify(sample.id) == []
        assert (await services.pictures.derivative(photos[2].sha256 or "", 960)).is_file()

    with_services(Settings(data=data), look)


def test_people_of_the_audit_can_sign_in_and_are_of_its_team(data: Path) -> None:
    kept = kept_accounts(data)
    assert [account.role for account in kept].count("auditor") == 3
    assert {account.role for account in kept} == {"auditor", "office", "admin"}
    assert stat.S_IMODE((data / FILE_NAME).stat().st_mode) == 0o600
    assert len({account.password for account in kept}) == len(kept)

    async def sign_in(services: Services) -> None:
        for account in kept:
            principal = await services.accounts.check(account.login, account.password, "127.0.0.1")
            assert (principal.id, principal.role) == (account.id, account.role)
            mine = await services.journal.audits_of(principal.id)
            assert len(mine) == (2 if account.role == "auditor" else 0)

    with_services(Settings(data=data), sign_in)


def test_a_second_run_adds_nothing(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = with_services(Settings(data=data), heads)
    blobs = sorted((data / "blobs").rglob("*"))
    passwords = kept_accounts(data)
    loaded, told = again(data, DAY)
    assert with_services(Settings(data=data), heads) == before
    assert sorted((data / "blobs").rglob("*")) == blobs
    assert loaded.accounts == passwords == kept_accounts(data)
    assert not [line for line in told if "photos" in line]
    assert run(Namespace(settings=Settings(data=data))) == 0
    printed = capsys.readouterr()
    assert all(f"{account.login}\t{account.password}" in printed.out for account in passwords)


def test_an_audit_to_walk_is_kept_on_another_day(data: Path) -> None:
    first, _ = again(data, DAY)
    later, told = again(data, date(2027, 1, 2))
    assert (later.today, later.first_day) == (first.today, "2026-11-23")
    assert any("kept" in line and "2026-11-23" in line for line in told)


def test_a_cut_off_run_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    """Four photos were stored before the first run was stopped: the second goes on with the other 41."""
    settings = Settings(data=tmp_path / "data")

    async def begin(services: Services, until: str) -> list[str]:
        told: list[str] = []

        def tell(text: str) -> None:
            told.append(text)
            if text.startswith(until):
                raise CutOff

        with pytest.raises(CutOff):
            await load(services, DAY, tell)
        return told

    with_services(settings, partial(begin, until="photos 5 "), create=True)
    assert kept_accounts(settings.data) == []
    assert with_services(settings, partial(begin, until="photos 1 to 2 of 41"))[-1] == "photos 1 to 2 of 41"
