"""What the journal asks of its database. Nothing above this file knows which database it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from typing import Protocol, TypeVar

from msgspec import Struct

from server.audit.state import Record
from server.database import Connection

T = TypeVar("T")


class Head(Struct, frozen=True):
    """The last entry of an audit: its seq and hash."""

    seq: int
    hash: str


class Tail(Struct, frozen=True):
    """Where an audit ends, and its records after the seq that was asked for."""

    head: Head | None
    records: list[Record]


class Row(Struct, frozen=True, gc=False):
    """A record with what is stored beside it."""

    audit: str
    id: str
    record: Record
    checksum: int


class Original(Struct, frozen=True):
    """What is stored under an id: its bytes, or their digest where they were erased."""

    seq: int
    raw: bytes
    digest: str

    def has_bytes(self, raw: bytes) -> bool:
        """Whether these are, or were, its bytes."""
        return sha256(raw).hexdigest() == self.digest if self.digest else raw == self.raw


class Erasure(Struct, frozen=True):
    """One entry that loses its bytes, and the `erased` entry that says so."""

    audit: str
    entry: str
    erased_by: str


class Forked(ValueError):
    """Two journals of one audit part at `seq`: both have an entry there, and not the same.

    `standing`: the entry is the same, but what the server decided about it differs.
    """

    def __init__(self, seq: int, *, standing: bool = False) -> None:
        super().__init__(f"forked at seq {seq}")
        self.seq = seq
        self.standing = standing


class Transaction(Protocol):
    """The inside of one write transaction. What it reads can't be changed by anybody else before it ends."""

    async def tails(self, after: Mapping[str, int]) -> dict[str, Tail]:
        """Head and newer records of several audits, by the seq already known of each."""

    async def originals(self, audit: str, ids: Sequence[str]) -> dict[str, Original]:
        """What is stored of the entries that have these ids."""

    async def add(self, rows: Sequence[Row], heads: Mapping[str, Head], stale: Mapping[str, int]) -> None:
        """Store new records, move the heads, and mark projections that are behind the given seq."""

    async def erase(self, erasures: Sequence[Erasure]) -> None:
        """Drop the bytes of entries, keep their digests. What no `erased` entry names can't be."""


class Store(Protocol):
    """The entries of all audits, durable once `write` returns."""

    async def write(self, job: Callable[[Transaction], Awaitable[T]]) -> T: ...

    async def head(self, audit: str) -> Head | None: ...

    async def records(self, audit: str, after: int = 0, limit: int | None = None) -> list[Record]: ...

    async def whole(self, audit: str) -> tuple[list[Row], Head | None]:
        """Everything stored of an audit at one moment, for verification."""

    async def audits(self) -> list[str]:
        """The ids of all audits."""

    async def audits_with_held(self) -> list[str]:
        """The ids of the audits of which an entry was ever held back, accepted since or not."""

    async def adopt(
        self,
        audit: str,
        rows: Sequence[Row],
        erasures: Sequence[Erasure],
        beside: Callable[[Connection], Awaitable[None]],
    ) -> int:
        """Take over a journal kept elsewhere as it is, and return how many of its entries are new here.

        `rows` are the whole of it. `beside` writes in the same transaction. Raises `Forked`.
        """
