"""Accounts of the demonstration: random passwords, kept in a file that only the data's owner can read."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from server.audit.interchange import office_id, principal_id
from server.audit.setup import Setup
from server.files import write_whole
from server.people.accounts import AccountError, Accounts
from server.people.principal import AccountRole

FILE_NAME = "demo-accounts.json"
# Without characters that look alike on a phone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class DemoAccount(Struct, frozen=True, kw_only=True):
    """An account with its password. `id` is the principal of the person in the imported audits."""

    id: str
    login: str
    name: str
    role: AccountRole
    what: str
    password: str


def kept_accounts(data: Path) -> list[DemoAccount]:
    """The accounts that `demo` made in this data folder; none where it never ran."""
    path = data / FILE_NAME
    if not path.is_file():
        return []
    return msgspec.json.decode(path.read_bytes(), type=list[DemoAccount])


def wanted_accounts(setup: Setup, house: str) -> list[DemoAccount]:
    """The leader and auditors of an audit, an administrator and the office, each with a new password."""
    team = [(key, member) for key, member in setup.team.items() if member.role in ("leader", "auditor")]
    wanted = []
    for key, member in sorted(team, key=lambda one: (one[1].role != "leader", one[1].label)):
        what = "组长 leader" if member.role == "leader" else "审核员 auditor"
        login = member.name_en.split(" ")[0].lower() or member.label
        wanted.append(_account(key, login, member.name, "auditor", what))
    admin = _account(principal_id(house, "admin"), "admin", "系统管理员", "admin", "管理员 admin")
    return [*wanted, _account(office_id(house), "office", "机构办公室", "office", "办公室 office"), admin]


def _account(principal: str, login: str, name: str, role: AccountRole, what: str) -> DemoAccount:
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return DemoAccount(id=principal, login=login, name=name, role=role, what=what, password=password)


async def make_accounts(accounts: Accounts, data: Path, wanted: list[DemoAccount]) -> list[DemoAccount]:
    """Make the accounts that are missing and return all with their passwords.

    The file is written first: an account never exists without its password being known.
    """
    listed = kept_accounts(data)
    if not listed:
        listed = wanted
        write_whole(data / FILE_NAME, msgspec.json.format(msgspec.json.encode(listed), indent=1), 0o600)
    existing = {account.login for account in await accounts.list()}
    for account in listed:
        if account.login in existing:
            continue
        try:
            await accounts.add(
                id=account.id,
                login=account.login,
                name=account.name,
                role=account.role,
                password=account.password,
            )
        except AccountError as error:
            if error.reason != "login_taken":
                raise
    return listed
