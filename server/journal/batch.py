"""What becomes of each entry: the verdicts on everything that is written in one transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal

import msgspec

from server.audit.admission import Admission, Admit
from server.audit.entries import Copied, Entry, Envelope, Erased, Opened, TooLarge, UnknownKind, decode
from server.audit.state import Record, State, apply
from server.journal.chain import START, checksum, link
from server.journal.projection import is_begun, makes_stale
from server.journal.results import Appended, NoSuchAudit, Result
from server.journal.store import Erasure, Head, Original, Row


class Sent(msgspec.Struct, frozen=True, gc=False):
    """One entry as somebody sent it: its bytes and what can be read of them, or why they can't be."""

    raw: bytes
    entry: Entry | Envelope | None
    refusal: Result | None = None

    @property
    def id(self) -> str:
        return self.entry.id if self.entry else ""

    @property
    def ids(self) -> list[str]:
        """Its id, and of a copied entry the id of the one it carries."""
        return [self.id, self.entry.body.entry] if isinstance(self.entry, Copied) else [self.id]


class _Named(msgspec.Struct):
    id: str = ""


_named = msgspec.json.Decoder(_Named)


def read(raw: bytes) -> Sent:
    """Decode an entry once, before anything is locked."""
    try:
        return Sent(raw, decode(raw))
    except UnknownKind as unknown:
        return Sent(raw, unknown.envelope)
    except TooLarge as error:
        detail = str(error)
        return Sent(raw, None, Result(id=_id_in(raw), status="refused", reason="too_large", detail=detail))
    except ValueError as error:
        detail = str(error)
        return Sent(raw, None, Result(id=_id_in(raw), status="refused", reason="malformed", detail=detail))


def _id_in(raw: bytes) -> str:
    """The id of an entry that can't be read as a whole, so that the phone knows which one is meant."""
    try:
        return _named.decode(raw).id
    except msgspec.DecodeError:
        return _id_beside_half_a_character(raw)
    except (ValueError, RecursionError):
        return ""


def _id_beside_half_a_character(raw: bytes) -> str:
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    named = entry.get("id") if isinstance(entry, dict) else None
    return named if isinstance(named, str) and named.isascii() else ""


Answer = Appended | Exception


@dataclass(slots=True)
class Request:
    """One call of `append`, waiting for the next transaction."""

    audit: str
    sent: Sequence[Sent]
    sender: str
    admit: Admit
    clock: datetime | None
    create: bool
    done: asyncio.Future[Appended]
    erasing: bool = False
    """Whether an `erased` entry may be among them: the bytes of what it names go with it."""

    def answer(self, outcome: Answer) -> None:
        if self.done.done():
            return
        if isinstance(outcome, Exception):
            self.done.set_exception(outcome)
        else:
            self.done.set_result(outcome)


@dataclass(slots=True)
class Verdicts:
    """Judges requests against states that are caught up, and collects what is to be stored.

    The states given here are changed at once; their owner discards them if the transaction fails.
    """

    states: dict[str, State]
    now: datetime
    originals: dict[tuple[str, str], Original] = field(default_factory=dict)
    """What is stored, by audit and id, of all ids in the requests that are already known."""
    broken: dict[str, Exception] = field(default_factory=dict)
    """Audits whose entries can't be folded: nothing is appended to them until they are repaired."""
    rows: list[Row] = field(default_factory=list)
    stale: dict[str, int] = field(default_factory=dict)
    erasures: list[Erasure] = field(default_factory=list)
    """Entries that lose their bytes in the same transaction."""
    _received_at: str = field(init=False)

    def __post_init__(self) -> None:
        self._received_at = self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def heads(self) -> dict[str, Head]:
        """Where the audits of `rows` end."""
        changed = {row.audit for row in self.rows}
        return {audit: Head(self.states[audit].seq, self.states[audit].hash) for audit in changed}

    def judge(self, request: Request) -> Answer:
        """The answer to one request, to be given once the transaction is durable."""
        if error := self.broken.get(request.audit):
            return error
        state = self.states[request.audit]
        if state.seq == 0 and not _opens(request):
            return NoSuchAudit(request.audit)
        was_begun = is_begun(state)
        results = [self._judge_one(request, state, sent) for sent in request.sent]
        if is_begun(state) != was_begun:
            self.stale[request.audit] = state.seq
        return Appended(results=results, head=state.seq, head_hash=state.hash)

    def _judge_one(self, request: Request, state: State, sent: Sent) -> Result:
        entry = sent.entry
        if sent.refusal or entry is None:
            return sent.refusal or Result(id="", status="refused", reason="malformed")
        if entry.audit != request.audit:
            return Result(id=entry.id, status="refused", reason="other_audit", detail=entry.audit)
        if request.sender and entry.by != request.sender:
            return Result(id=entry.id, status="refused", reason="not_sender", detail=entry.by)
        if original := self.originals.get((request.audit, entry.id)):
            if original.has_bytes(sent.raw):
                return Result(id=entry.id, status="already", seq=original.seq)
            return Result(id=entry.id, status="refused", reason="id_reused", detail=f"seq {original.seq}")
        if known := self._carried(request, state, sent):
            return known
        verdict = _verdict(request, state, entry)
        if verdict.status == "refused":
            return Result(id=entry.id, status="refused", reason=verdict.reason, detail=verdict.detail)
        self._store(request, state, sent.raw, entry, verdict.status, verdict.reason)
        return Result(
            id=entry.id, status=verdict.status, seq=state.seq, reason=verdict.reason, detail=verdict.detail
        )

    def _carried(self, request: Request, state: State, sent: Sent) -> Result | None:
        """The answer where these bytes are here by the other way: sent by their author, or carried."""
        entry = sent.entry
        assert entry is not None, "what can't be read was refused before"
        if entry.id in state.gone:
            return Result(id=entry.id, status="already")  # it was carried here, and erased
        raw, named = (
            (entry.body.raw.encode(), entry.body.entry) if isinstance(entry, Copied) else (sent.raw, entry.id)
        )
        if copy := state.copies.get(named):
            seq, is_same = copy.seq, copy.sha256 == sha256(raw).hexdigest()
        elif isinstance(entry, Copied) and (original := self.originals.get((request.audit, named))):
            seq, is_same = original.seq, original.has_bytes(raw)
        else:
            return None
        if is_same:
            return Result(id=entry.id, status="already", seq=seq)
        return Result(id=entry.id, status="refused", reason="id_reused", detail=f"seq {seq}")

    def _store(
        self,
        request: Request,
        state: State,
        raw: bytes,
        entry: Entry | Envelope,
        standing: Literal["stored", "held"],
        reason: str,
    ) -> None:
        skew = None if request.clock is None else round((self.now - request.clock).total_seconds() * 1000)
        digest = link(state.hash or START, state.seq + 1, self._received_at, raw)
        record = Record(state.seq + 1, raw, standing, self._received_at, digest, skew, reason)
        apply(state, record, entry)
        self.rows.append(Row(request.audit, entry.id, record, checksum(record)))
        self.originals[request.audit, entry.id] = Original(record.seq, raw, "")
        if makes_stale(entry):
            self.stale[request.audit] = record.seq
        if isinstance(entry, Erased):
            self.stale[request.audit] = record.seq
            self.erasures += [Erasure(request.audit, named, entry.id) for named in entry.body.entries]


def _opens(request: Request) -> bool:
    """Whether a request may begin a new audit."""
    return request.create and bool(request.sent) and isinstance(request.sent[0].entry, Opened)


def _verdict(request: Request, state: State, entry: Entry | Envelope) -> Admission:
    if state.seq == 0 and not isinstance(entry, Opened):
        return Admission("refused", "no_such_audit")
    if isinstance(entry, Envelope):
        return Admission("held", "unknown_kind", entry.kind)
    if isinstance(entry, Erased) and not request.erasing:
        return Admission("refused", "not_allowed", "entries are erased by journal.erase alone")
    return request.admit(state, entry)
