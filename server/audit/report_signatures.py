"""The team signs the report: a `signed` entry of `REPORT` by the leader and each auditor, for themselves.

A signature embeds the sentence that was shown and names the content by its hash, so a later change is told
beside it; it is never dropped. One that an import states names no content: it counts as it stands.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from server.audit.entries import SignedBody, Text
from server.audit.setup import Member, Role
from server.audit.signing import signatures_of
from server.audit.state import State

REPORT = "report"
SIGNERS: tuple[Role, ...] = ("leader", "auditor")
"""Roles in the audit that sign its report, in the order of the lines under it."""

_SHOWN = 12
"""How many letters of the content's hash the sentence says."""

Standing = Literal["unsigned", "signed", "changed"]
"""changed: it was signed, and the report says something else now."""


class Signer(NamedTuple):
    """Somebody who signs the report, and their last signature."""

    principal: str
    member: Member
    signature: SignedBody | None
    standing: Standing


def signers(state: State, content: str) -> list[Signer]:
    """Who signs, and how each stands to what the report says now; `content`: its hash, "" is not compared."""
    signed = signatures_of(state, REPORT)
    team = [(key, member) for key, member in state.setup.team.items() if member.role in SIGNERS]
    team.sort(key=lambda one: (SIGNERS.index(one[1].role), one[1].label, one[1].name))
    listed = []
    for principal, member in team:
        _, body = signed.get(member.name, ("", None))
        listed.append(Signer(principal, member, body, _standing(body, content)))
    return listed


def _standing(signature: SignedBody | None, content: str) -> Standing:
    if signature is None:
        return "unsigned"
    bound = signature.content_sha256
    return "changed" if bound and content and bound != content else "signed"


def is_own(state: State, principal: str, body: SignedBody) -> bool:
    """Whether a signature of the report is that of the member who sends it."""
    member = state.setup.team.get(principal)
    return member is not None and member.name == body.name


def text_of(name: Text, number: str, title: Text, seq: int, content: str) -> Text:
    """What a member is shown and signs: which report, at which state of the journal, with which content."""
    bound = content[:_SHOWN]
    return Text(
        zh=f"{name.get('zh')}参加了本次审核，确认审核报告《{title.get('zh')}》"
        f"（{number}，截至日志第{seq}条，内容摘要{bound}）如实反映审核情况，并对报告负责。",
        en=f"{name.get('en')} took part in this audit and stands by the report “{title.get('en')}” "
        f"({number}, as of entry {seq} of the journal, content {bound}).",
    )
