"""The table of rights: everything that can be written is in it, and what the roles of the field may do."""

from __future__ import annotations

from typing import get_args

import pytest

from server.audit.entries import KINDS
from server.audit.setup import Role
from server.people.principal import AccountRole
from server.people.rights import RIGHTS, AuditRole, may

ACCOUNTS: tuple[AccountRole, ...] = get_args(AccountRole)
TEAM: tuple[AuditRole, ...] = (*get_args(Role), "former")


def test_every_kind_of_entry_stands_in_the_table() -> None:
    assert {action.removeprefix("entry.") for action in RIGHTS if action.startswith("entry.")} == KINDS | {
        "send"
    }


def test_an_unknown_action_is_an_error_not_a_no() -> None:
    with pytest.raises(KeyError):
        may("admin", None, "audit.burn")


@pytest.mark.parametrize("kind", ["observed", "photographed", "found", "judged", "answered", "amended"])
def test_the_certification_body_writes_no_observations_and_no_judgements(kind: str) -> None:
    assert not any(may(account, None, f"entry.{kind}") for account in ACCOUNTS)


@pytest.mark.parametrize("kind", ["judged", "answered", "dismissed", "accepted", "released"])
def test_judging_and_releasing_are_the_leaders_alone(kind: str) -> None:
    assert [role for role in TEAM if may("auditor", role, f"entry.{kind}")] == ["leader"]


@pytest.mark.parametrize("role", ["observer", "interpreter", "witness"])
def test_who_only_watches_reads_and_signs(role: AuditRole) -> None:
    kinds = [action for action in RIGHTS if action.startswith("entry.") and may("auditor", role, action)]
    assert kinds == ["entry.send", "entry.signed"]
    assert may("auditor", role, "audit.read")


def test_a_former_member_sends_and_reads_nothing() -> None:
    allowed = {action for action in RIGHTS if may("auditor", "former", action)}
    everybody = {"account.own", "audit.list", "criteria.read", "interchange.check"}
    assert allowed == everybody | {"entry.send", "photo.upload"}


def test_a_reviewer_comes_after_release_and_never_from_the_team() -> None:
    assert not may("reviewer", None, "audit.read")
    assert may("reviewer", None, "audit.read", released=True)
    assert not may("reviewer", "former", "audit.read", released=True)


def test_leader_and_auditors_sign_the_report() -> None:
    assert [role for role in TEAM if may("auditor", role, "report.sign")] == ["leader", "auditor"]
    assert not any(may(account, None, "report.sign", released=True) for account in ACCOUNTS)
