"""Who audits and who goes along."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.audit.entries import Text

Role = Literal["leader", "auditor", "trainee", "expert", "interpreter", "observer", "witness"]


class Registration(Struct, frozen=True, kw_only=True):
    scheme: str
    grade: str = ""
    number: str = ""
    professional_codes: list[str] = []
    valid_until: str = ""


class Interest(Struct, frozen=True, kw_only=True):
    """A tie with a company that somebody declared; `since` and `until` are ISO days, no end: it lasts."""

    client: str
    kind: str = ""
    since: str = ""
    until: str = ""


class Member(Struct, frozen=True, kw_only=True):
    """Somebody of the team, keyed by principal in `Setup.team`. `label` is the file's letter (A, B …)."""

    name: str
    name_en: str = ""
    role: Role
    label: str = ""
    registrations: list[Registration] = []
    consulted: bool | None = None
    from_: Text = Text()
    field: Text = Text()
    accompanies: list[str] = []
    stops: list[str] = []
    interests: list[Interest] = []
    languages: list[str] = []


class Companion(Struct, frozen=True, kw_only=True):
    """A guide or another person of the client who goes along."""

    name: str
    name_en: str = ""
    role: str = "guide"
    label: str = ""
    from_: Text = Text()
    areas: Text = Text()
