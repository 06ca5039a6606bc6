"""Accounts: what may be one, and that a password is never kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.people.accounts import AccountError
from server.settings import Settings
from server.web.services import Services, open_services

GOOD = {"login": "zhou", "name": "周岚", "role": "auditor", "password": "rain-on-steel"}


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """The services of an empty data folder."""
    async with open_services(Settings(data=tmp_path / "data")) as opened:
        yield opened


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"login": "a"}, "bad_login"),
        ({"login": "two words"}, "bad_login"),
        ({"login": "x" * 65}, "bad_login"),
        ({"name": "  "}, "no_name"),
        ({"password": "ten-chars-"}, "password_short"),
        ({"password": "xyzzy" * 60}, "password_long"),
        ({"password": "1Q2W3E4R5T6Y"}, "password_common"),
        ({"password": "zhou-zhou-2026"}, "password_login"),
    ],
)
async def test_what_is_no_account_is_refused(
    services: Services, changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(AccountError) as refused:
        await services.accounts.add(**{**GOOD, **changes})  # type: ignore[arg-type]
    assert refused.value.reason == reason
    assert await services.accounts.list() == []


@pytest.mark.anyio
async def test_a_login_is_one_whatever_its_capitals_and_width(services: Services) -> None:
    await services.accounts.add(**GOOD)  # type: ignore[arg-type]
    with pytest.raises(AccountError) as refused:
        await services.accounts.add(**{**GOOD, "login": "ＺＨＯＵ"})  # type: ignore[arg-type]
    assert refused.value.reason == "login_taken"
    assert (await services.accounts.check(" Zhou ", GOOD["password"], "here")).name == "周岚"


@pytest.mark.anyio
async def test_neither_password_nor_token_is_in_the_data_folder(services: Services) -> None:
    account = await services.accounts.add(**GOOD)  # type: ignore[arg-type]
    token = await services.sessions.start(account.id, own_phone=True)
    kept = b"".join(path.read_bytes() for path in services.settings.data.rglob("*") if path.is_file())
    assert account.id.encode() in kept
    assert GOOD["password"].encode() not in kept
    assert token.encode() not in kept


@pytest.mark.anyio
async def test_the_security_log_is_only_added_to(services: Services) -> None:
    await services.accounts.add(**GOOD)  # type: ignore[arg-type]
    for statement in ("DELETE FROM security_log", "UPDATE security_log SET event = 'nothing'"):
        with pytest.raises(Exception, match="append-only"):
            await services.db.write(lambda connection, sql=statement: connection.execute(sql))  # type: ignore[misc]
    assert len(await services.db.read("SELECT * FROM security_log")) == 1


@pytest.mark.anyio
async def test_disabling_somebody_unknown_says_so(services: Services) -> None:
    with pytest.raises(AccountError, match="no account 'nobody'"):
        await services.accounts.disable("nobody")
