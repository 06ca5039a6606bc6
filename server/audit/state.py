"""The state of an audit: a pure fold of its records. There is no other copy of what happened in an audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import takewhile
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from server.audit import setup as setups
from server.audit.entries import (
    Accepted,
    Accompanied,
    AccompaniedBody,
    Amended,
    AmendedBody,
    Answered,
    AnsweredBody,
    Arrived,
    Attached,
    AttachedBody,
    Attended,
    AttendedBody,
    Configured,
    Confirmed,
    ConfirmedBody,
    Copied,
    CopiedBody,
    Dismissed,
    DismissedBody,
    Entry,
    Envelope,
    Erased,
    ErasedBody,
    Finding,
    Found,
    Head,
    Judged,
    JudgedBody,
    Left,
    MarkedUp,
    MarkedUpBody,
    MeetingBody,
    MeetingHeld,
    Observation,
    Observed,
    Opened,
    OpenedBody,
    Permitted,
    PermittedBody,
    Photo,
    Photographed,
    PresenceBody,
    Released,
    ReleasedBody,
    Responded,
    RespondedBody,
    Signed,
    SignedBody,
    Ticked,
    TickedBody,
    UnknownKind,
    Verified,
    VerifiedBody,
    Withdrawn,
    decode,
)
from server.audit.setup import Setup

T = TypeVar("T")
Standing = Literal["stored", "held"]
Keyed = (
    MarkedUp | Answered | Judged | MeetingHeld | Ticked | Attended | Arrived | Left | Permitted | Accompanied
)
"""Kinds of which each entry is a version of what its body names, whoever said it first."""


class Record(Struct, frozen=True, gc=False):
    """One row of the journal: the bytes as the device sent them and what the server added."""

    seq: int
    raw: bytes
    standing: Standing
    received_at: str
    hash: str
    skew_ms: int | None = None
    reason: str = ""
    digest: str = ""
    """SHA-256 of the bytes where they were erased: `raw` is empty then, and `id` says whose they were."""
    id: str = ""


class Version(Struct, Generic[T], frozen=True, gc=False):
    """One version of an object. `content` is None where it was withdrawn."""

    entry: str
    seq: int
    by: str
    made_at: datetime
    content: T | None
    reason: str = ""


class Thing(Struct, Generic[T], gc=False):
    """An object and its versions, a DAG by `bases`. More than one head is a conflict: both stand."""

    id: str
    versions: dict[str, Version[T]] = {}
    heads: list[str] = []
    _superseded: frozenset[str] = frozenset()

    def add(self, version: Version[T], bases: Iterable[str]) -> None:
        """Put a version on top of the versions its author had seen.

        Held entries may come in after those that supersede them: what was ever named as a base is no head.
        """
        self.versions[version.entry] = version
        self._superseded |= {base for base in bases if base != version.entry}
        heads = [entry for entry in (*self.heads, version.entry) if entry not in self._superseded]
        # Only entries that name each other can leave no head; the one accepted last then stands.
        self.heads = sorted(heads or [version.entry], key=lambda entry: self.versions[entry].seq)

    @property
    def first(self) -> Version[T]:
        return next(iter(self.versions.values()))

    @property
    def head(self) -> Version[T]:
        """The head with the lowest seq: what the report prints while there is a conflict."""
        return self.versions[self.heads[0]]

    @property
    def current(self) -> T | None:
        """The content of the head; None once withdrawn."""
        return self.head.content

    @property
    def in_conflict(self) -> bool:
        return len(self.heads) > 1

    @property
    def withdrawn(self) -> bool:
        return self.head.content is None


class Copy(Struct, frozen=True):
    """How somebody's entry came here: carried by a colleague, as the entry `entry`."""

    entry: str
    seq: int
    by: str
    sha256: str
    """Of the first author's bytes: they may send them themselves later."""


class Said(Struct, Generic[T], frozen=True, gc=False):
    """Something said once about an object, which nothing said later changes."""

    entry: str
    seq: int
    by: str
    made_at: datetime
    body: T


class Held(Struct, frozen=True):
    """An entry kept outside the fold until the leader accepts it."""

    seq: int
    head: Head | Envelope
    entry: Entry | None
    """None for a kind that this version does not know."""
    reason: str


@dataclass(slots=True)
class State:
    """Everything known of one audit after `seq` records. Made by `fold` alone, read by everything else."""

    audit: str
    seq: int = 0
    hash: str = ""
    opened: OpenedBody | None = None
    configured: dict[str, Thing[Any]] = field(default_factory=dict)
    observations: dict[str, Thing[Observation]] = field(default_factory=dict)
    photos: dict[str, Thing[Photo]] = field(default_factory=dict)
    attachments: dict[str, Thing[AttachedBody]] = field(default_factory=dict)
    markups: dict[str, Thing[MarkedUpBody]] = field(default_factory=dict)
    """The layer over each photo, by the photo's id."""
    findings: dict[str, Thing[Finding]] = field(default_factory=dict)
    answers: dict[str, Thing[AnsweredBody]] = field(default_factory=dict)
    judgements: dict[str, Thing[JudgedBody]] = field(default_factory=dict)
    meetings: dict[str, Thing[MeetingBody]] = field(default_factory=dict)
    ticks: dict[str, Thing[TickedBody]] = field(default_factory=dict)
    attendance: dict[str, Thing[AttendedBody]] = field(default_factory=dict)
    arrivals: dict[str, Thing[PresenceBody]] = field(default_factory=dict)
    departures: dict[str, Thing[PresenceBody]] = field(default_factory=dict)
    """Both by visit."""
    signatures: dict[str, SignedBody] = field(default_factory=dict)
    permissions: dict[str, Thing[PermittedBody]] = field(default_factory=dict)
    """What was said of pictures, by stop and area: `s2/`, `s2/控制柜`."""
    company: dict[str, Thing[AccompaniedBody]] = field(default_factory=dict)
    """Who came along as a guide, by stop and name."""
    confirmations: dict[str, list[Said[ConfirmedBody]]] = field(default_factory=dict)
    """Facts shown to guides and what they said to them, by finding."""
    dismissals: dict[str, Version[DismissedBody]] = field(default_factory=dict)
    """What was last said of each gap by its id: dismissed, or taken up again."""
    responses: dict[str, list[Said[RespondedBody]]] = field(default_factory=dict)
    verifications: dict[str, list[Said[VerifiedBody]]] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    releases: list[ReleasedBody] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    """Ids of all entries in the fold: what a base may name."""
    copies: dict[str, Copy] = field(default_factory=dict)
    """By the id of the first author's entry."""
    gone: set[str] = field(default_factory=set)
    """Ids of entries whose bytes were erased."""
    erasures: list[ErasedBody] = field(default_factory=list)
    _photos_of: dict[str, list[str]] = field(default_factory=dict)
    _attached_to: dict[str, list[str]] = field(default_factory=dict)
    _changed: dict[str, int] = field(default_factory=dict)
    """The seq at which an observation (or what hangs on it) or another thing changed, the latest last."""
    _side_by_side: int = 0
    """How many things of any kind have two or more versions standing."""
    _setup: Setup | None = field(default=None, compare=False)

    @property
    def setup(self) -> Setup:
        """What was configured, typed. Rebuilt after a `configured` entry."""
        if self._setup is None:
            self._setup = setups.build({path: thing.current for path, thing in self.configured.items()})
        return self._setup

    @property
    def released(self) -> bool:
        return bool(self.releases)

    @property
    def erased_blobs(self) -> set[str]:
        """Hashes of blobs whose bytes were erased."""
        return {sha256 for erasure in self.erasures for sha256 in erasure.blobs}

    def photos_of(self, observation: str) -> list[Thing[Photo]]:
        """Photos of an observation in the order they arrived, without the withdrawn."""
        things = (self.photos[photo] for photo in self._photos_of.get(observation, ()))
        return [thing for thing in things if thing.current and thing.current.observation == observation]

    def changed_since(self, seq: int) -> set[str]:
        """Observations that changed after `seq`, also by a photo or a document. Costs by what changed."""
        latest = takewhile(lambda key: self._changed[key] > seq, reversed(self._changed))
        return {key for key in latest if key in self.observations}

    def attachments_of(self, observation: str) -> list[Thing[AttachedBody]]:
        """Attachments of an observation in the order they arrived, without the withdrawn."""
        things = (self.attachments[one] for one in self._attached_to.get(observation, ()))
        return [thing for thing in things if thing.current]

    def standing_observations(self) -> Iterator[tuple[Thing[Observation], Observation]]:
        """Observations that were not withdrawn, in journal order."""
        for thing in self.observations.values():
            if thing.current is not None:
                yield thing, thing.current

    def standing_findings(self) -> Iterator[tuple[Thing[Finding], Finding]]:
        """Findings that were not withdrawn, in journal order."""
        for thing in self.findings.values():
            if thing.current is not None:
                yield thing, thing.current

    def conflicts(self) -> list[Thing[Any]]:
        """Objects with two or more versions standing side by side."""
        if not self._side_by_side:
            return []
        groups: tuple[dict[str, Thing[Any]], ...] = (
            self.configured,
            self.observations,
            self.photos,
            self.findings,
            self.answers,
            self.judgements,
        )
        return [thing for group in groups for thing in group.values() if thing.in_conflict]

    def has(self, entry_id: str) -> bool:
        """Whether an entry with this id is in the journal: in the fold, held or erased."""
        return entry_id in self.known or entry_id in self.held or entry_id in self.gone

    def target(self, entry_id: str) -> Thing[Any] | None:
        """The observation, photo, finding or attachment with this id."""
        for group in (self.observations, self.photos, self.findings, self.attachments):
            if entry_id in group:
                return group[entry_id]
        return None


def fold(audit: str, records: Iterable[Record], state: State | None = None) -> State:
    """Apply records in the order of seq to `state` (or to an empty one) and return it.

    The given state is changed in place. Raises `ValueError` naming the seq where stored bytes can't be read.
    """
    state = state or State(audit)
    for record in records:
        if record.digest:
            state.seq, state.hash = record.seq, record.hash
            state.gone.add(record.id)
            continue
        try:
            apply(state, record, decode(record.raw))
        except UnknownKind as unknown:
            apply(state, record, unknown.envelope)
        except ValueError as error:
            raise ValueError(f"entry {record.seq} of audit {audit} is damaged: {error}") from error
    return state


def apply(state: State, record: Record, entry: Entry | Envelope) -> None:
    """Apply one record whose bytes were decoded before; of an unknown kind there is only the envelope."""
    state.seq, state.hash = record.seq, record.hash
    if isinstance(entry, Envelope):
        state.held[entry.id] = Held(record.seq, entry, None, record.reason)
    elif record.standing == "held":
        state.held[entry.id] = Held(record.seq, entry, entry, record.reason)
    else:
        _apply(state, entry, record.seq)


def _apply(state: State, entry: Entry, seq: int) -> None:
    state.known.add(entry.id)
    match entry:
        case Observed() | Photographed() | Found() | Attached():
            _begin(state, entry, seq)
        case Amended():
            _amend(state, entry, seq)
        case Withdrawn():
            _withdraw(state, entry, seq)
        case Configured():
            _set(state, state.configured, entry.body.path, entry, seq, entry.body.value, entry.body.bases)
            state._setup = None
        case Confirmed() | Responded() | Verified():
            _say(state, entry, seq)
        case Signed():
            state.signatures[entry.id] = entry.body
        case Dismissed():
            state.dismissals[entry.body.gap] = _version(entry, seq, entry.body, entry.body.reason)
        case Accepted():
            _accept(state, entry.body.entries)
        case Copied():
            _carry(state, entry, seq)
        case Released():
            state.releases.append(entry.body)
        case Erased():
            state.erasures.append(entry.body)
            state.gone.update(entry.body.entries)
        case Opened():
            state.opened = entry.body
        case _:
            group, key = _place(state, entry)
            _set(state, group, key, entry, seq, entry.body, entry.body.bases)


def _begin(state: State, entry: Observed | Photographed | Found | Attached, seq: int) -> None:
    """Put the first version of a thing that is known by its entry's id, and what hangs on it."""
    version = _version(entry, seq, entry.body)
    thing = Thing(entry.id, {entry.id: version}, [entry.id])
    match entry:
        case Observed():
            state.observations[entry.id] = thing
            _touch(state, entry.id)
        case Photographed():
            state.photos[entry.id] = thing
            _hang(state, state._photos_of, entry.body.observation, entry.id)
        case Found():
            state.findings[entry.id] = thing
        case Attached():
            state.attachments[entry.id] = thing
            if entry.body.observation:
                _hang(state, state._attached_to, entry.body.observation, entry.id)


def _hang(state: State, things_of: dict[str, list[str]], observation: str, key: str) -> None:
    _touch(state, observation)
    things_of.setdefault(observation, []).append(key)


def _say(state: State, entry: Confirmed | Responded | Verified, seq: int) -> None:
    match entry:
        case Confirmed():
            state.confirmations.setdefault(entry.body.finding, []).append(_said(entry, seq, entry.body))
        case Responded():
            state.responses.setdefault(entry.body.finding, []).append(_said(entry, seq, entry.body))
        case Verified():
            state.verifications.setdefault(entry.body.target, []).append(_said(entry, seq, entry.body))


def _place(state: State, entry: Keyed) -> tuple[dict[str, Thing[Any]], str]:
    """Among which things the one stands that this is a version of, and by which key."""
    match entry:
        case MarkedUp():
            return state.markups, entry.body.photo
        case Answered():
            return state.answers, entry.body.element
        case Judged():
            return state.judgements, entry.body.element
        case MeetingHeld():
            return state.meetings, entry.body.meeting
        case Ticked():
            return state.ticks, f"{entry.body.meeting}/{entry.body.point}"
        case Attended():
            return state.attendance, entry.body.name
        case Arrived():
            return state.arrivals, entry.body.visit
        case Left():
            return state.departures, entry.body.visit
        case Permitted():
            return state.permissions, f"{entry.body.stop}/{entry.body.area}"
        case Accompanied():
            return state.company, f"{entry.body.stop}/{entry.body.name}"


def _carry(state: State, copied: Copied, seq: int) -> None:
    """Take in what a colleague carried as if its author had sent it; once, whichever way came first."""
    body = copied.body
    if body.entry in state.known or body.entry in state.gone:
        return
    state.copies[body.entry] = Copy(copied.id, seq, copied.by, sha256(body.raw.encode()).hexdigest())
    state.held.pop(body.entry, None)
    if (entry := _readable(body)) is not None:
        _apply(state, entry, seq)


def _readable(body: CopiedBody) -> Entry | None:
    try:
        return decode(body.raw.encode())
    except ValueError:
        return None


def _version(entry: Head, seq: int, content: Any, reason: str = "") -> Version[Any]:
    return Version(entry.id, seq, entry.by, entry.made_at, content, reason)


def _said(entry: Head, seq: int, body: T) -> Said[T]:
    return Said(entry.id, seq, entry.by, entry.made_at, body)


def _set(
    state: State,
    group: dict[str, Thing[T]],
    key: str,
    entry: Head,
    seq: int,
    content: T | None,
    bases: list[str],
) -> None:
    _add(state, group.setdefault(key, Thing(key)), _version(entry, seq, content), bases)


def _amend(state: State, entry: Amended, seq: int) -> None:
    body = entry.body
    thing = state.target(body.target)
    content = amended_content(state, body)
    if thing is None or content is None:
        return
    _put_on(state, thing, _version(entry, seq, content, body.reason), body.bases)
    if body.photo is not None:
        photos = state._photos_of.setdefault(body.photo.observation, [])
        if body.target not in photos:
            photos.append(body.target)


def _withdraw(state: State, entry: Withdrawn, seq: int) -> None:
    thing = state.target(entry.body.target)
    if thing is not None:
        _put_on(state, thing, _version(entry, seq, None, entry.body.reason), entry.body.bases)


def _put_on(state: State, thing: Thing[Any], version: Version[Any], bases: list[str]) -> None:
    """Put another version on a thing. A photo may leave one observation for another: both change."""
    _touch(state, _belongs_to(thing))
    _add(state, thing, version, bases)
    _touch(state, _belongs_to(thing))


def _add(state: State, thing: Thing[T], version: Version[T], bases: Iterable[str]) -> None:
    state._side_by_side -= thing.in_conflict
    thing.add(version, bases)
    state._side_by_side += thing.in_conflict


def _belongs_to(thing: Thing[Any]) -> str:
    content = thing.current
    observation = content.observation if isinstance(content, Photo | AttachedBody) else None
    return observation or thing.id


def _touch(state: State, key: str) -> None:
    """Remember that what has this id changed just now: it is the last in the order of changes."""
    state._changed.pop(key, None)
    state._changed[key] = state.seq


def amended_content(state: State, body: AmendedBody) -> Observation | Photo | Finding | None:
    """What an amendment says of its target, or None where it speaks of another kind of thing."""
    if body.target in state.observations:
        return body.observation
    if body.target in state.photos:
        return body.photo
    if body.target in state.findings:
        return body.finding
    return None


def _accept(state: State, entry_ids: list[str]) -> None:
    """Bring held entries into the fold at the place where they were accepted.

    They come in their own order, but none before the thing it speaks of; where that never arrived,
    the entry stays held and can be accepted again later.
    """
    waiting = sorted((state.held[i] for i in set(entry_ids) if i in state.held), key=lambda held: held.seq)
    while ready := [held for held in waiting if _can_apply(state, held.entry)]:
        for held in ready:
            # An accepted `accepted` may have brought this one in already.
            if held.entry is not None and held.entry.id in state.held:
                del state.held[held.entry.id]
                _apply(state, held.entry, held.seq)
        waiting = [held for held in waiting if held not in ready]


def _can_apply(state: State, entry: Entry | None) -> bool:
    if isinstance(entry, Copied):
        return entry.body.entry in state.known or _can_apply(state, _readable(entry.body))
    if isinstance(entry, Amended | Withdrawn):
        return state.target(entry.body.target) is not None
    if isinstance(entry, MarkedUp):
        return entry.body.photo in state.photos
    return entry is not None
