"""Who is acting: the person behind a session, as every handler and every right sees them."""

import sqlite3
from typing import Literal

from msgspec import Struct

from server.criteria.model import Language

AccountRole = Literal["admin", "office", "auditor", "reviewer"]
GuestRole = Literal["guide", "attendee", "auditee"]
"""Who comes into one audit by a link, without an account."""

Theme = Literal["auto", "light", "dark"]
Hand = Literal["left", "right"]


class Principal(Struct, frozen=True, kw_only=True):
    """Who is acting. `id` is what entries carry as `by`; `version` changes with every setting.

    `disabled`: the account was stopped, and a phone delivers what still waits on it; nobody signs in as such.
    `audit`: the one audit that a guest was let into; empty for accounts.
    """

    id: str
    name: str
    role: AccountRole | GuestRole
    language: Language = "zh"
    theme: Theme = "auto"
    hand: Hand = "left"
    version: int = 1
    disabled: bool = False
    audit: str = ""


def principal_of(row: sqlite3.Row) -> Principal:
    """The principal in a row that starts with id, name, role, language, theme, hand, version."""
    return Principal(
        id=row[0], name=row[1], role=row[2], language=row[3], theme=row[4], hand=row[5], version=row[6]
    )
