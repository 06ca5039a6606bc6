"""The kinds of entry: every fact of an audit as an immutable, typed view of the bytes that a device made.

Stored shapes only grow: a new field has a default, no field changes its type, none is removed. Unknown fields
are ignored here and kept in the bytes; an unknown kind raises `UnknownKind` and is held, not refused.

`gc=False`: JSON has no cycles, so the garbage collector need not walk through every entry in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from server.criteria.model import ClauseRef, EvidenceKind
from server.criteria.model import Text as StrictText

MAX_ENTRY_BYTES = 64 * 1024
"""Anything larger is a blob."""

MAX_COPIED_BYTES = 2 * MAX_ENTRY_BYTES + 4096
"""A copied entry holds another one as a JSON string, in which every quotation mark takes two bytes."""

MAX_DEPTH = 64
"""How deep JSON may be nested: no form of ours reaches a tenth of it."""

_BRACKETS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[datetime, Meta(tz=True)]
Meeting = Literal["opening", "closing", "team", "client"]


class Text(StrictText, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=False):
    """A pair of languages as written on site: either may be empty, never both corrected into each other."""

    zh: str = ""


class Clause(ClauseRef, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=False):
    """A clause of an observation; `outcome` differs from the observation's only where the auditor said so."""

    outcome: str = ""


class Evidence(Struct, frozen=True, kw_only=True, gc=False):
    """How a span of the text was learnt (查抽看问测称). `end` None reaches to the end of the text."""

    kind: EvidenceKind
    start: int = 0
    end: int | None = None


class Person(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody interviewed."""

    name: str = ""
    role: Text = Text()


class Card(Struct, frozen=True, kw_only=True, gc=False):
    """Typed rows of an observation. Columns are data (`checklists/`), so cells are JSON scalars or rows."""

    type: str
    rows: list[dict[str, Any]]


class Observation(Struct, frozen=True, kw_only=True, gc=False):
    """What one auditor saw at a stop. Text, or one photo, or an outcome is enough."""

    stop: str
    item: str = ""
    text: Text = Text()
    outcome: str = ""
    clauses: list[Clause] = []
    evidence: list[Evidence] = []
    department: str = ""
    area: str = ""
    seen_at: Moment | None = None
    people: list[Person] = []
    assisted_by: list[str] = []
    cards: list[Card] = []
    marks: list[Literal["focus", "strength"]] = []
    verified: bool | None = None
    elements: list[int] = []
    label: str = ""
    joins: str = ""
    """The id of a note that its author was writing on another device when this one was taken for it."""


class Photo(Struct, frozen=True, kw_only=True, gc=False):
    """One photo of an observation. `sha256` names its uploaded bytes; None if an import had no bytes."""

    observation: Id
    sha256: Sha256 | None = None
    camera_sha256: Sha256 | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    taken_at: Moment | None = None
    taken_by: str = ""
    caption: Text = Text()
    subject: str = ""
    place: str = ""
    position: tuple[float, float, float] | None = None
    heading: float | None = None
    label: str = ""


Share = Annotated[float, Meta(ge=0, le=1)]
Point = tuple[Share, Share]
"""A place in a picture held upright: shares of its width and its height, from the top left corner."""


class Shape(Struct, frozen=True, kw_only=True, gc=False):
    """Something drawn on a photo: an arrow to `end`, or a circle or blur between two opposite corners."""

    kind: Literal["arrow", "circle", "blur"]
    start: Point
    end: Point


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """A nonconformity is requirement + statement + evidence (ISO/IEC 17021-1:2015, 9.4.5.3).

    An opportunity or a strength is a statement.
    """

    type: Literal["nonconformity", "opportunity", "strength"]
    grade: str = ""
    number: str = ""
    clauses: list[Clause] = []
    department: str = ""
    process: Text = Text()
    statement: Text = Text()
    evidence: Text = Text()
    requirement: Text = Text()
    grading_reason: Text = Text()
    observations: list[Id] = []
    auditor: str = ""
    issued_at: Moment | None = None
    acknowledged_by: str = ""
    acknowledged_at: Moment | None = None
    follow_up: str = ""
    due: str = ""


class Choice(Struct, frozen=True, kw_only=True, gc=False):
    """One chosen option of a choice element, by index into its options."""

    option: int
    schemes: list[str] = []
    reason: Text = Text()


class OpenedBody(Struct, frozen=True, kw_only=True, gc=False):
    number: str
    source: Sha256 | None = None
    """The interchange file the audit was imported from, as a blob of canonical JSON."""


class ConfiguredBody(Struct, frozen=True, kw_only=True, gc=False):
    path: str
    value: Any
    bases: list[Id] = []
    reason: Text = Text()
    agreed_with: str = ""


class AmendedBody(Struct, frozen=True, kw_only=True, gc=False):
    """A new version of an observation, photo or finding: its whole content, never a patch."""

    target: Id
    bases: list[Id]
    observation: Observation | None = None
    photo: Photo | None = None
    finding: Finding | None = None
    reason: str = ""


class WithdrawnBody(Struct, frozen=True, kw_only=True, gc=False):
    target: Id
    bases: list[Id]
    reason: str


Corners = tuple[Point, Point, Point, Point]
"""Of a page in its photo: top left, top right, bottom right, bottom left."""


class Page(Struct, frozen=True, kw_only=True, gc=False):
    """One page of a document, photographed. The photo is kept whole: `corners` say what of it is the page."""

    sha256: Sha256
    camera_sha256: Sha256 | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    taken_at: Moment | None = None
    corners: Corners | None = None


class AttachedBody(Struct, frozen=True, kw_only=True, gc=False):
    title: Text
    observation: Id | None = None
    number: str = ""
    issuer: str = ""
    date: str = ""
    holder: str = ""
    sha256: Sha256 | None = None
    size: int | None = None
    media: str = ""
    name: str = ""
    sheet: str = ""
    """Of a paper that was printed, signed and photographed: which one, and the hash of what stood on it."""
    sheet_sha256: Sha256 | None = None
    pages: Annotated[list[Page], Meta(max_length=200)] = []
    """Instead of a file: what was photographed, in its order."""


class MarkedUpBody(Struct, frozen=True, kw_only=True, gc=False):
    """The whole layer over a photo, whose bytes stay as they are. No shapes: the layer is taken off again."""

    photo: Id
    shapes: Annotated[list[Shape], Meta(max_length=200)] = []
    bases: list[Id] = []


class MeetingBody(Struct, frozen=True, kw_only=True, gc=False):
    meeting: Meeting
    start: Moment | None = None
    end: Moment | None = None
    place: Text = Text()
    chair: str = ""
    bases: list[Id] = []


class TickedBody(Struct, frozen=True, kw_only=True, gc=False):
    meeting: Meeting
    point: str
    text: Text = Text()
    done: bool = True
    at: Moment | None = None
    bases: list[Id] = []


class AttendedBody(Struct, frozen=True, kw_only=True, gc=False):
    name: str
    name_en: str = ""
    department: str = ""
    position: Text = Text()
    meetings: list[Meeting] = []
    bases: list[Id] = []


class PresenceBody(Struct, frozen=True, kw_only=True, gc=False):
    """A member of the team came to a stop, or went from it. `visit` joins the two: one stay at one stop.

    `at` is when it happened, not when it was typed; None takes the arrival, or the departure, back.
    """

    stop: str
    person: str
    visit: Id
    at: Moment | None = None
    bases: list[Id] = []


class SignedBody(Struct, frozen=True, kw_only=True, gc=False):
    """A handwritten signature's picture, or, `imported`, the bare statement that somebody signed.

    `text` is what was shown and signed, `way` how; on paper `attachment` is the photographed sheet.
    """

    what: str
    name: str
    role: str = ""
    signed_at: str = ""
    picture: Sha256 | None = None
    text: str = ""
    text_sha256: Sha256 | None = None
    imported: bool = False
    way: Literal["", "own_phone", "passed", "paper"] = ""
    attachment: Id | None = None
    version: Id | None = None
    """The version that was signed, where what is signed can change."""
    content_sha256: Sha256 | None = None
    """The hash of what the report said when it was signed."""


class PermittedBody(Struct, frozen=True, kw_only=True, gc=False):
    """The company's word on pictures (拍摄许可) at a stop, or in one `area` of it.

    `chosen` False: left blank on a form that was sent, which counts as none.
    """

    stop: str
    area: str = ""
    pictures: Literal["allowed", "ask", "none"]
    chosen: bool = True
    name: str = ""
    bases: list[Id] = []


class AccompaniedBody(Struct, frozen=True, kw_only=True, gc=False):
    """A guide comes along at a stop; `there` False takes it back."""

    stop: str
    name: str
    role: str = ""
    there: bool = True
    bases: list[Id] = []


class ConfirmedBody(Struct, frozen=True, kw_only=True, gc=False):
    """Facts of a possible nonconformity shown to a guide (`of`), or, with `asked`, that guide's answer."""

    finding: Id
    text: str
    text_sha256: Sha256
    of: str = ""
    asked: Id | None = None
    right: bool | None = None
    remark: str = ""
    name: str = ""


class AnsweredBody(Struct, frozen=True, kw_only=True, gc=False):
    """The answer to one element of the report form. `none` is the answer 无; nothing at all is a gap."""

    element: str
    bases: list[Id] = []
    text: Text = Text()
    none: bool = False
    choices: list[Choice] = []
    date: str = ""
    rows: list[dict[str, Any]] = []
    sources: list[Id] = []
    changed: bool | None = None
    """Whether there was a change, for the nine questions of ISO/IEC 17021-1:2015, 9.6.2.2 g."""


class JudgedBody(Struct, frozen=True, kw_only=True, gc=False):
    """A person's rating or recommendation beside what the program proposed from the counts."""

    element: str
    bases: list[Id] = []
    choices: list[Choice] = []
    proposed: list[int] = []
    basis: Text = Text()


class DismissedBody(Struct, frozen=True, kw_only=True, gc=False):
    """The leader's word that a gap is none (`gap`: its id), or with `again` that it is one after all."""

    gap: str
    reason: str = ""
    again: bool = False


class Enclosed(Struct, frozen=True, kw_only=True, gc=False):
    """A file that came with an answer. `media` follows from its bytes, not from what a browser claimed."""

    sha256: Sha256
    name: str
    size: int
    media: str


class RespondedBody(Struct, frozen=True, kw_only=True, gc=False):
    """One round of the client's answer to a nonconformity (ISO/IEC 17021-1:2015, 9.4.9)."""

    finding: Id
    submitted: str = ""
    responsible: str = ""
    correction: Text = Text()
    elsewhere: Text = Text()
    """举一反三: where the same was looked for, and what was found there."""
    cause: Text = Text()
    corrective_action: Text = Text()
    planned: str = ""
    """The ISO day by which the corrective action is to be done; `completed`: when it was."""
    completed: str = ""
    evidence_list: list[str] = []
    files: list[Enclosed] = []


class VerifiedBody(Struct, frozen=True, kw_only=True, gc=False):
    """`target` is a finding of this audit, or the key of a previous finding in the set-up.

    `due`: the ISO day agreed for what is still to come; `response`: the answer that was looked at.
    """

    target: str
    response: Id | None = None
    due: str = ""
    date: str = ""
    method: str = ""
    verifier: str = ""
    accompanied_by: list[str] = []
    result: str = ""
    closed: bool | None = None
    text: Text = Text()
    observations: list[Id] = []


class AcceptedBody(Struct, frozen=True, kw_only=True, gc=False):
    entries: list[Id]
    reason: str = ""


class ErasedBody(Struct, frozen=True, kw_only=True, gc=False):
    """Whose bytes were dropped: entries by id, blobs by hash; after which rule, decided by whom."""

    entries: list[Id]
    rule: str
    person: str
    blobs: list[Sha256] = []


class CopiedBody(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody else's entry, carried here: `raw` as its first author's device wrote it, `entry` its id."""

    entry: Id
    raw: str


class ReleasedBody(Struct, frozen=True, kw_only=True, gc=False):
    tree: Sha256
    docx: Sha256
    pdf: Sha256
    head: int
    head_hash: Sha256
    build: str
    pins: dict[str, str] = {}
    standing: str = ""
    """Digest of what the server decided about each entry up to `head`, which the chain leaves out."""
    gaps: list[str] = []
    """Ids of the errors that were open, and `reason`: why the leader released the report all the same."""
    reason: str = ""


class Head(Struct, frozen=True, kw_only=True, gc=False, tag_field="kind"):
    """What every entry says of itself: who made it, where, when by the device's clock."""

    id: Id
    audit: Id
    made_at: Moment
    by: Annotated[str, Meta(min_length=1, max_length=64)]
    device: Annotated[str, Meta(max_length=64)] = ""


class Opened(Head, frozen=True, kw_only=True, gc=False, tag="opened"):
    body: OpenedBody


class Configured(Head, frozen=True, kw_only=True, gc=False, tag="configured"):
    body: ConfiguredBody


class Observed(Head, frozen=True, kw_only=True, gc=False, tag="observed"):
    body: Observation


class Amended(Head, frozen=True, kw_only=True, gc=False, tag="amended"):
    body: AmendedBody


class Withdrawn(Head, frozen=True, kw_only=True, gc=False, tag="withdrawn"):
    body: WithdrawnBody


class Photographed(Head, frozen=True, kw_only=True, gc=False, tag="photographed"):
    body: Photo


class Attached(Head, frozen=True, kw_only=True, gc=False, tag="attached"):
    body: AttachedBody


class MarkedUp(Head, frozen=True, kw_only=True, gc=False, tag="marked-up"):
    body: MarkedUpBody


class Found(Head, frozen=True, kw_only=True, gc=False, tag="found"):
    body: Finding


class MeetingHeld(Head, frozen=True, kw_only=True, gc=False, tag="meeting-held"):
    body: MeetingBody


class Ticked(Head, frozen=True, kw_only=True, gc=False, tag="ticked"):
    body: TickedBody


class Attended(Head, frozen=True, kw_only=True, gc=False, tag="attended"):
    body: AttendedBody


class Arrived(Head, frozen=True, kw_only=True, gc=False, tag="arrived"):
    body: PresenceBody


class Left(Head, frozen=True, kw_only=True, gc=False, tag="left"):
    body: PresenceBody


class Signed(Head, frozen=True, kw_only=True, gc=False, tag="signed"):
    body: SignedBody


class Permitted(Head, frozen=True, kw_only=True, gc=False, tag="permitted"):
    body: PermittedBody


class Accompanied(Head, frozen=True, kw_only=True, gc=False, tag="accompanied"):
    body: AccompaniedBody


class Confirmed(Head, frozen=True, kw_only=True, gc=False, tag="confirmed"):
    body: ConfirmedBody


class Answered(Head, frozen=True, kw_only=True, gc=False, tag="answered"):
    body: AnsweredBody


class Judged(Head, frozen=True, kw_only=True, gc=False, tag="judged"):
    body: JudgedBody


class Dismissed(Head, frozen=True, kw_only=True, gc=False, tag="dismissed"):
    body: DismissedBody


class Responded(Head, frozen=True, kw_only=True, gc=False, tag="responded"):
    body: RespondedBody


class Verified(Head, frozen=True, kw_only=True, gc=False, tag="verified"):
    body: VerifiedBody


class Accepted(Head, frozen=True, kw_only=True, gc=False, tag="accepted"):
    body: AcceptedBody


class Copied(Head, frozen=True, kw_only=True, gc=False, tag="copied"):
    """`by` is the carrier; the facts are the first author's."""

    body: CopiedBody


class Released(Head, frozen=True, kw_only=True, gc=False, tag="released"):
    body: ReleasedBody


class Erased(Head, frozen=True, kw_only=True, gc=False, tag="erased"):
    body: ErasedBody


Entry = (
    Opened
    | Configured
    | Observed
    | Amended
    | Withdrawn
    | Photographed
    | Attached
    | MarkedUp
    | Found
    | MeetingHeld
    | Ticked
    | Attended
    | Arrived
    | Left
    | Signed
    | Permitted
    | Accompanied
    | Confirmed
    | Answered
    | Judged
    | Dismissed
    | Responded
    | Verified
    | Accepted
    | Copied
    | Released
    | Erased
)

KINDS: frozenset[str] = frozenset(
    str(kind.__struct_config__.tag)
    for kind in (
        Opened, Configured, Observed, Amended, Withdrawn, Photographed, Attached, MarkedUp, Found,
        MeetingHeld, Ticked, Attended, Arrived, Left, Signed, Permitted, Accompanied, Confirmed, Answered,
        Judged, Dismissed, Responded, Verified, Accepted, Copied, Released, Erased,
    )
)  # fmt: skip


class Envelope(Struct, frozen=True, kw_only=True, gc=False):
    """What can be read of an entry whose kind this version does not know."""

    id: Id
    audit: Id
    kind: str
    made_at: Moment
    by: Annotated[str, Meta(min_length=1, max_length=64)]
    device: Annotated[str, Meta(max_length=64)] = ""


_FIRST_YEAR, _LAST_YEAR = 2, 9998
"""Years in which a moment can be shown in any time zone. A wrong clock is taken; a moment outside is none."""


def beyond_calendar(moments: Iterable[datetime | None]) -> str:
    """What is wrong with the first moment that no time zone could show; empty if all can be shown."""
    for moment in moments:
        if moment is not None and not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return f"{moment.isoformat()} lies beyond the calendar"
    return ""


class UnknownKind(ValueError):
    """A well-formed entry of a kind that a newer version makes; `envelope` is what can be read of it."""

    def __init__(self, envelope: Envelope) -> None:
        super().__init__(f"unknown kind {envelope.kind!r}")
        self.envelope = envelope


class TooLarge(ValueError):
    """An entry holds more than `most` bytes."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__(f"{size} bytes, at most {most}")


_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_envelopes = msgspec.json.Decoder(Envelope)


def decode(raw: bytes) -> Entry:
    """The typed view of an entry's bytes.

    Raises `UnknownKind` for a well-formed entry of an unknown kind, `TooLarge`, else `ValueError` (with the
    JSON path).
    """
    if len(raw) > MAX_ENTRY_BYTES:
        most = MAX_COPIED_BYTES if _kind_of(raw) == "copied" else MAX_ENTRY_BYTES
        if len(raw) > most:
            raise TooLarge(len(raw), most)
    if _is_too_deep(raw):
        raise ValueError(f"JSON is nested more than {MAX_DEPTH} deep")
    return _decode(raw)


class _Kind(Struct):
    kind: str = ""


_kinds = msgspec.json.Decoder(_Kind)


def _kind_of(raw: bytes) -> str:
    """The kind that the bytes name; empty where they can't be read."""
    try:
        return _kinds.decode(raw).kind
    except (ValueError, RecursionError):
        return ""


def first_hand(entry: Entry) -> Entry:
    """What a copied entry carries; any other entry as it is. Raises as `decode`."""
    return decode(entry.body.raw.encode()) if isinstance(entry, Copied) else entry


def carried_authors(raws: Iterable[bytes]) -> set[str]:
    """Whose entries are carried by the copied ones among these; what can't be read is left out."""
    found = set()
    for raw in raws:
        if b'"copied"' in raw:
            with suppress(ValueError):
                found.add(first_hand(decode(raw)).by)
    return found


def _is_too_deep(raw: bytes) -> bool:
    """A limit of our own: the interpreter's depends on how deep the caller stands.

    What was taken in one place could else never be read again in another.
    """
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for found in _BRACKETS.finditer(raw):
        mark = found[0]
        depth += (mark in b"[{") - (mark in b"]}")
        if depth > MAX_DEPTH:
            return True
    return False


def _decode(raw: bytes) -> Entry:
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError as error:
        envelope = _envelopes.decode(raw)
        if envelope.kind not in KINDS:
            raise UnknownKind(envelope) from error
        raise


def encode(entry: Entry) -> bytes:
    """The bytes of an entry that the server itself makes (import, office forms), never of a stored one."""
    return msgspec.json.encode(entry)
