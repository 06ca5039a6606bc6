"""Who may do what: one table, and what follows from it.

Its `noun.verb` names are used by routes, sync, pages and tests. A right comes from the account (the roles of
the certification body) or from the audit (the roles of its team); either is enough. Who left a team is
`former`: what they still send is held, they read nothing. Guests came by a link and have rights in its
audit alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from server.audit import report_signatures
from server.audit.admission import Admission, Admit, admit
from server.audit.countersign import COUNTERSIGN
from server.audit.entries import (
    Accepted,
    Amended,
    Arrived,
    Copied,
    Entry,
    Left,
    MarkedUp,
    Signed,
    UnknownKind,
    Withdrawn,
    first_hand,
)
from server.audit.grading import regrades
from server.audit.report_signatures import REPORT
from server.audit.setup import Role
from server.audit.state import State
from server.people.principal import AccountRole, GuestRole, Principal

AuditRole = Role | Literal["former"]


class Right(NamedTuple):
    """Who has a right: accounts by role, members of the team by role; `released`: accounts after release.

    `guests`: who came by a link, in the audit of that link.
    """

    accounts: frozenset[AccountRole] = frozenset()
    team: frozenset[AuditRole] = frozenset()
    released: frozenset[AccountRole] = frozenset()
    guests: frozenset[GuestRole] = frozenset()


_EVERYBODY: frozenset[AccountRole] = frozenset({"admin", "office", "auditor", "reviewer"})
_ADMIN: frozenset[AccountRole] = frozenset({"admin"})
_OFFICE: frozenset[AccountRole] = frozenset({"office"})
_REVIEWER: frozenset[AccountRole] = frozenset({"reviewer"})

_LEADER: frozenset[AuditRole] = frozenset({"leader"})
_AUDITORS: frozenset[AuditRole] = frozenset({"leader", "auditor", "trainee"})
_WRITERS: frozenset[AuditRole] = _AUDITORS | {"expert"}
_TEAM: frozenset[AuditRole] = _WRITERS | {"interpreter", "observer", "witness"}
_FORMER: frozenset[AuditRole] = frozenset({"former"})

_GUESTS: frozenset[GuestRole] = frozenset({"guide", "attendee", "auditee"})
_AUDITEE: frozenset[GuestRole] = frozenset({"auditee"})
_GUIDE: frozenset[GuestRole] = frozenset({"guide"})
_PRESENT: frozenset[GuestRole] = frozenset({"guide", "attendee"})

_READ = Right(_ADMIN | _OFFICE, _TEAM, _REVIEWER)

RIGHTS: dict[str, Right] = {
    # the certification body
    "account.own": Right(_EVERYBODY),
    "account.manage": Right(_ADMIN),
    "log.read": Right(_ADMIN),
    "audit.list": Right(_EVERYBODY),
    "office.read": Right(_ADMIN | _OFFICE),
    "audit.create": Right(_OFFICE),
    "interchange.check": Right(_EVERYBODY),
    "criteria.read": Right(_EVERYBODY),
    "criteria.keep": Right(_ADMIN | _OFFICE),
    "people.manage": Right(_ADMIN | _OFFICE),
    "task.finish": Right(_OFFICE),
    # one audit
    "audit.read": _READ,
    "photo.read": _READ,
    "report.read": _READ,
    "audit.export": Right(_ADMIN | _OFFICE, _LEADER),
    "audit.erase": Right(_ADMIN),
    "audit.configure": Right(_OFFICE, _LEADER),
    "plan.share": Right(_OFFICE, _LEADER),
    "guest.invite": Right(team=_LEADER),
    "guest.enter": Right(guests=_GUESTS),
    "attendance.sign": Right(guests=_PRESENT),
    "guide.accompany": Right(guests=_GUIDE),
    "sheet.file": Right(team=_AUDITORS),
    "observation.write": Right(team=_WRITERS),
    "finding.write": Right(team=_AUDITORS),
    "finding.grade": Right(team=_LEADER),
    "finding.answer": Right(_OFFICE, _LEADER),
    "auditee.invite": Right(_OFFICE, _LEADER),
    "nonconformity.answer": Right(guests=_AUDITEE),
    "report.edit": Right(team=_LEADER),
    "report.release": Right(team=_LEADER),
    "gap.dismiss": Right(team=_LEADER),
    "report.sign": Right(team=_LEADER | {"auditor"}),
    "record.countersign": Right(team=_LEADER | {"auditor"}),
    "entry.send": Right(_OFFICE, _TEAM | _FORMER, _REVIEWER),
    "photo.upload": Right(team=_WRITERS | _FORMER),
    # one kind of entry
    "entry.opened": Right(_OFFICE),
    "entry.configured": Right(_OFFICE, _LEADER),
    "entry.observed": Right(team=_WRITERS),
    "entry.photographed": Right(team=_WRITERS),
    "entry.attached": Right(_OFFICE, _WRITERS),
    "entry.marked-up": Right(team=_WRITERS),
    "entry.amended": Right(team=_WRITERS),
    "entry.withdrawn": Right(_OFFICE, _WRITERS),
    "entry.found": Right(team=_AUDITORS),
    "entry.meeting-held": Right(team=_AUDITORS),
    "entry.ticked": Right(team=_AUDITORS),
    "entry.attended": Right(team=_AUDITORS, guests=_PRESENT),
    "entry.arrived": Right(team=_WRITERS),
    "entry.left": Right(team=_WRITERS),
    "entry.signed": Right(team=_TEAM, guests=_GUESTS),
    "entry.permitted": Right(team=_AUDITORS, guests=_GUIDE),
    "entry.accompanied": Right(team=_AUDITORS, guests=_GUIDE),
    "entry.confirmed": Right(team=_AUDITORS, guests=_GUIDE),
    "entry.answered": Right(team=_LEADER),
    "entry.judged": Right(team=_LEADER),
    "entry.dismissed": Right(team=_LEADER),
    "entry.responded": Right(_OFFICE, _LEADER, guests=_AUDITEE),
    "entry.verified": Right(team=_AUDITORS),
    "entry.accepted": Right(team=_LEADER, released=_REVIEWER),
    "entry.copied": Right(team=_WRITERS),
    "entry.released": Right(team=_LEADER),
    "entry.erased": Right(_ADMIN),
}

BY_DEVICE = frozenset({"entry.send", "photo.upload"})
"""What a device credential opens, within the rights of its account: adding, and reading nothing."""

PUBLIC = "public"
"""What a route needs that nobody has to sign in for."""

MADE_BY_PAGES = frozenset({"opened", "released", "erased"})
"""Kinds that only the server's own pages make: a phone that sends one is refused, whoever holds it."""


def may(
    role: AccountRole | GuestRole, audit_role: AuditRole | None, action: str, *, released: bool = False
) -> bool:
    """Whether somebody with this account role and this role in the audit (None: none) may do `action`.

    `released`: the audit has been released. Raises KeyError for an action that isn't in the table.
    """
    right = RIGHTS[action]
    if audit_role is not None and audit_role in right.team:
        return True
    if role in right.accounts or role in right.guests:
        return True
    # Whoever was in the team never reviews the audit (ISO/IEC 17021-1:2015, 9.5.2).
    return released and audit_role is None and role in right.released


def audit_role(state: State, principal: Principal) -> AuditRole | None:
    """The principal's role in the audit, `former` for somebody taken out of the team, None for a stranger."""
    member = state.setup.team.get(principal.id)
    if member is not None:
        return member.role
    return "former" if _was_member(state, principal.id) else None


def _was_member(state: State, principal: str) -> bool:
    own = state.configured.get(f"team/{principal}")
    if own is not None and any(version.content for version in own.versions.values()):
        return True
    whole = state.configured.get("team")
    return whole is not None and any(
        principal in (version.content or {}) for version in whole.versions.values()
    )


def may_here(state: State, principal: Principal, action: str) -> bool:
    """Whether the principal may do `action` in the audit as it stands; a guest in no other than their own."""
    if principal.audit and principal.audit != state.audit:
        return False
    return may(principal.role, audit_role(state, principal), action, released=state.released)


def visible(entry: Entry | None, state: State, principal: Principal) -> bool:
    """Whether the principal sees an entry; None is an entry of a kind not known here.

    Sync and pages ask this one function. Whoever reads an audit reads all of it; what guides and auditees see
    by link is narrowed here.
    """
    return may_here(state, principal, "audit.read")


def admit_for(
    principal: Principal, *, from_phone: bool = False, authors: Mapping[str, Principal] | None = None
) -> Admit:
    """What `journal.append` asks about each entry of this person: the content's verdict and their rights.

    `from_phone`: the entry came through sync, where kinds that only pages make are refused. `authors`: the
    accounts of those whose entries this person carries. Evidence of a former member is held for the leader;
    held beats refused wherever the content itself is sound.
    """

    def verdict(state: State, entry: Entry) -> Admission:
        content = admit(state, entry)
        if content.status == "refused":
            return content
        said = _may_enter(state, principal, entry, from_phone=from_phone)
        if said is None and isinstance(entry, Copied):
            said = _may_carry(state, principal, entry, authors or {})
        return said or content

    return verdict


def _may_enter(state: State, principal: Principal, entry: Entry, *, from_phone: bool) -> Admission | None:
    """Why an entry of this person is held or refused by who they are; None: it isn't."""
    kind = str(entry.__struct_config__.tag)
    if from_phone and kind in MADE_BY_PAGES:
        return Admission("refused", "not_allowed", f"{kind} is made by the server's pages alone")
    if principal.disabled:
        return Admission("held", "account_disabled")
    if audit_role(state, principal) == "former":
        return Admission("held", "not_in_team")
    if not _may_write(state, principal, entry, kind):
        return Admission("refused", "not_allowed", f"{kind} isn't among this person's rights in this audit")
    if not _is_own(state, principal, entry):
        return Admission(
            "refused", "not_yours", "only its author amends, marks up or withdraws what they recorded"
        )
    if isinstance(entry, Signed) and not _may_sign(state, principal, entry):
        return Admission("refused", "not_yours", "this person signs for themselves alone")
    if _regrades(state, principal, entry):
        return Admission("held", "graded")
    return None


def _may_carry(
    state: State, carrier: Principal, copied: Copied, authors: Mapping[str, Principal]
) -> Admission | None:
    """As for its first author; and nobody carries what they might not record themselves.

    Who carries could have written it all: so a copy never opens more than the carrier's own rights do.
    """
    try:
        entry = first_hand(copied)
    except UnknownKind:
        return None  # held for its content
    author = authors.get(entry.by) or Principal(id=entry.by, name="", role="auditor")
    kind = str(entry.__struct_config__.tag)
    if not _may_write(state, carrier, entry, kind):
        return Admission("refused", "not_allowed", f"{kind} isn't among the carrier's rights in this audit")
    return _may_enter(state, author, entry, from_phone=True)


def _may_write(state: State, principal: Principal, entry: Entry, kind: str) -> bool:
    if isinstance(entry, Accepted) and state.released:
        # After release the leader no longer decides what comes in.
        return audit_role(state, principal) is None and principal.role in RIGHTS["entry.accepted"].released
    if isinstance(entry, Signed) and entry.body.what.startswith(f"{COUNTERSIGN}/"):
        return may_here(state, principal, "record.countersign")
    if isinstance(entry, Signed) and entry.body.what == REPORT:
        return may_here(state, principal, "report.sign")
    return may_here(state, principal, f"entry.{kind}")


def _is_own(state: State, principal: Principal, entry: Entry) -> bool:
    """The leader amends findings, which are the audit's; an observation or a photo stays its author's.

    Drawing on a photo changes nothing of it, and the leader answers for faces in the report: they may, too.
    Where somebody was is theirs to say, and the leader's.
    """
    if isinstance(entry, Arrived | Left):
        return entry.body.person == principal.id or audit_role(state, principal) == "leader"
    if isinstance(entry, MarkedUp):
        photo = state.photos.get(entry.body.photo)
        is_author = photo is None or photo.first.by == principal.id
        return is_author or audit_role(state, principal) == "leader"
    if not isinstance(entry, Amended | Withdrawn):
        return True
    thing = state.target(entry.body.target)
    if thing is None or thing.first.by == principal.id:
        return True
    return entry.body.target in state.findings and audit_role(state, principal) == "leader"


def _may_sign(state: State, principal: Principal, entry: Signed) -> bool:
    """Guests sign on their own pages. Of the team, who writes passes the phone round; others sign alone.

    What says that it was signed on one's own phone is nobody else's, nor is a signature of the report.
    """
    if entry.body.what == REPORT:
        return report_signatures.is_own(state, principal.id, entry.body)
    if principal.audit:
        return True
    role = audit_role(state, principal)
    if role in _WRITERS and entry.body.way != "own_phone":
        return True
    member = state.setup.team.get(principal.id)
    return entry.body.name in {principal.name, *([member.name] if member else [])}


def _regrades(state: State, principal: Principal, entry: Entry) -> bool:
    """Whether somebody else than the leader changes grade or number that the team agreed on."""
    if not isinstance(entry, Amended) or entry.body.finding is None:
        return False
    return not may_here(state, principal, "finding.grade") and regrades(
        state, entry.body.target, entry.body.finding
    )
