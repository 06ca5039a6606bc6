"""What the journal answers to those who hand it entries."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Result(Struct, frozen=True, kw_only=True):
    """What became of one entry. `reason` is a stable code, `detail` says more for people.

    Codes of the journal itself, refused: `malformed`, `too_large`, `other_audit`, `not_sender`, `id_reused`,
    `no_such_audit`; held: `unknown_kind`. The others come from `Admit`.
    """

    id: str
    status: Literal["stored", "already", "held", "refused"]
    seq: int | None = None
    reason: str = ""
    detail: str = ""


class Appended(Struct, frozen=True, kw_only=True):
    """One result per entry, in the order sent, and the end of the audit's chain after them."""

    results: list[Result]
    head: int
    head_hash: str


class NoSuchAudit(LookupError):
    """No audit has this id."""


class JournalDamaged(RuntimeError):
    """The head of an audit does not fit its entries; `verify` says where."""
