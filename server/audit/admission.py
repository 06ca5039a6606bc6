"""Whether an entry enters the fold, is held, or is refused — by what it says and by the audit's state alone.

Rights are decided beside this, in `people.rights`; held beats refused wherever evidence could be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from server.audit import setup as setups
from server.audit.entries import (
    Accepted,
    Accompanied,
    Amended,
    Answered,
    Arrived,
    Attached,
    Attended,
    Configured,
    Confirmed,
    Copied,
    Dismissed,
    Entry,
    Erased,
    Found,
    Judged,
    Left,
    MarkedUp,
    MeetingHeld,
    Observed,
    Opened,
    Permitted,
    Photographed,
    Released,
    Responded,
    Signed,
    Ticked,
    UnknownKind,
    Verified,
    Withdrawn,
    beyond_calendar,
    first_hand,
)
from server.audit.gaps.catalogue import may_be_dismissed
from server.audit.signing import hash_of
from server.audit.state import State, amended_content


@dataclass(frozen=True, slots=True)
class Admission:
    """The verdict on one entry. `reason` is a stable code (held, refused), `detail` says what exactly."""

    status: Literal["stored", "held", "refused"]
    reason: str = ""
    detail: str = ""


STORED = Admission("stored")

Admit = Callable[[State, Entry], Admission]
"""What `journal.append` asks for each new entry, inside the write transaction, with the state caught up."""


_MOMENTS = ("seen_at", "taken_at", "issued_at", "acknowledged_at", "start", "end", "at")
"""Fields of bodies that hold a moment."""


def admit(state: State, entry: Entry) -> Admission:
    """The verdict from content and state: broken values are refused, unknown bases and late ones held."""
    if broken := broken_value(entry):
        return Admission("refused", "bad_value", broken)
    if isinstance(entry, Copied):
        return _admit_copy(state, entry)
    if isinstance(entry, Opened):
        return STORED if state.seq == 0 else Admission("refused", "already_open")
    if isinstance(entry, Erased):
        # What has to be erased is erased, whether the audit was released or not.
        return _admit_erasure(state, entry)
    if isinstance(entry, Dismissed) and not entry.body.again:
        if not entry.body.reason.strip():
            return Admission("refused", "bad_value", "a gap is dismissed with a reason")
        if not may_be_dismissed(entry.body.gap):
            return Admission("refused", "must_be_mended", entry.body.gap)
    if isinstance(entry, Amended) and _contents(entry) != 1:
        return Admission(
            "refused", "bad_value", "an amendment carries exactly one observation, photo or finding"
        )
    if (
        isinstance(entry, Signed | Confirmed)
        and (body := entry.body).text_sha256
        and hash_of(body.text) != body.text_sha256
    ):
        return Admission("refused", "bad_value", "text_sha256 is not the hash of the text that was signed")
    is_picture = isinstance(entry, Photographed) or (isinstance(entry, Attached) and entry.body.pages)
    if is_picture and state.setup.visit.classified:
        return Admission("held", "classified")
    references = _references(entry)
    if references:
        unknown = [base for base in references if base not in state.known]
        if unknown:
            return Admission("held", "unknown_base", unknown[0])
        if misplaced := _misplaced(state, entry):
            return Admission("refused", "bad_value", misplaced)
    if state.released and not _goes_on(state, entry):
        return Admission("held", "after_release")
    return STORED


def broken_value(entry: Entry) -> str:
    """What is wrong with a value of an entry in any audit, whatever its state; empty: nothing."""
    if beyond := beyond_calendar(_moments(entry)):
        return beyond
    if isinstance(entry, Configured):
        try:
            setups.check_value(entry.body.path, entry.body.value)
        except setups.BadPath as error:
            return str(error)
    return ""


NEVER_CARRIED = (Opened, Configured, Accepted, Copied, Released, Erased)
"""Kinds that only their author hands in."""


def _admit_copy(state: State, copied: Copied) -> Admission:
    """The verdict on what it carries. Its first author's rights are decided beside this."""
    try:
        entry = first_hand(copied)
    except UnknownKind as unknown:
        return Admission("held", "unknown_kind", unknown.envelope.kind)
    except ValueError as error:
        return Admission("refused", "malformed", f"body.raw: {error}")
    if entry.id != copied.body.entry:
        return Admission("refused", "bad_value", "body.entry is not the id in body.raw")
    if entry.audit != copied.audit:
        return Admission("refused", "other_audit", entry.audit)
    if isinstance(entry, NEVER_CARRIED):
        kind = str(entry.__struct_config__.tag)
        return Admission("refused", "not_allowed", f"{kind} is handed in by its author alone")
    return admit(state, entry)


def _goes_on(state: State, entry: Entry) -> bool:
    """What is still said after release: who accepts what came late, and the follow-up of nonconformities.

    Those of the previous audit are verified in this report, so they end with it.
    """
    match entry:
        case Accepted():
            return True
        case Responded():
            return entry.body.finding in state.findings
        case Verified():
            return entry.body.target in state.findings
    return False


def _admit_erasure(state: State, entry: Erased) -> Admission:
    body = entry.body
    if not body.rule.strip() or not body.person.strip():
        return Admission("refused", "bad_value", "an erasure names its rule and the person who decided it")
    if not body.entries and not body.blobs:
        return Admission("refused", "bad_value", "an erasure names what is erased")
    unknown = [named for named in body.entries if not state.has(named)]
    return Admission("refused", "unknown_entry", unknown[0]) if unknown else STORED


def _moments(entry: Entry) -> list[datetime | None]:
    bodies: tuple[Any, ...] = (entry.body,)
    if isinstance(entry, Amended):
        bodies = (entry.body.observation, entry.body.photo, entry.body.finding)
    if isinstance(entry, Attached):
        bodies = tuple(entry.body.pages)
    return [entry.made_at, *(getattr(body, name, None) for body in bodies for name in _MOMENTS)]


def _contents(entry: Amended) -> int:
    body = entry.body
    return sum(content is not None for content in (body.observation, body.photo, body.finding))


def _misplaced(state: State, entry: Entry) -> str:
    """Why an entry can't apply to the thing it names, all of which are known; empty if it can."""
    match entry:
        case Amended() if amended_content(state, entry.body) is None:
            return "body.target is not of the kind that the amendment carries"
        case Amended() if (photo := entry.body.photo) and photo.observation not in state.observations:
            return "body.photo.observation names no observation"
        case Withdrawn() if state.target(entry.body.target) is None:
            return "body.target names no observation, photo, attachment or finding"
        case Photographed() if entry.body.observation not in state.observations:
            return "body.observation names no observation"
        case Attached() if entry.body.observation and entry.body.observation not in state.observations:
            return "body.observation names no observation"
        case MarkedUp() if entry.body.photo not in state.photos:
            return "body.photo names no photo"
        case Confirmed() if entry.body.finding not in state.findings:
            return "body.finding names no finding"
        case Responded() if entry.body.finding not in state.findings:
            return "body.finding names no finding"
    return ""


def _references(entry: Entry) -> Sequence[str]:
    match entry:
        case Observed() | Found():
            return ()
        case Amended():
            photo = entry.body.photo
            return [entry.body.target, *entry.body.bases, *([photo.observation] if photo else [])]
        case Withdrawn():
            return [entry.body.target, *entry.body.bases]
        case (
            Configured()
            | Answered()
            | Judged()
            | MeetingHeld()
            | Ticked()
            | Attended()
            | Arrived()
            | Left()
            | Permitted()
            | Accompanied()
        ):
            return entry.body.bases
        case Photographed():
            return [entry.body.observation]
        case Attached():
            return [entry.body.observation] if entry.body.observation else ()
        case MarkedUp():
            return [entry.body.photo, *entry.body.bases]
        case Responded():
            return [entry.body.finding]
        case Confirmed():
            return [entry.body.finding, *filter(None, [entry.body.asked])]
        case Verified() if entry.body.response is not None:
            return [entry.body.response]
    return ()
