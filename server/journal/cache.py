"""States kept in memory: the least recently used go once they take more than a number of bytes together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from server.audit.state import Record, State, fold

DEFAULT_LIMIT = 64 * 1024 * 1024
BYTES_PER_ENTRY = 1_800
BYTES_PER_RAW_BYTE = 1
"""What a folded entry takes beside and per byte of its JSON, as measured, rounded up."""


@dataclass(slots=True)
class Cached:
    """A state and its estimated size. `spoilt` once it holds entries whose transaction was rolled back."""

    state: State
    size: int = 0
    spoilt: bool = False


class StateCache:
    """An LRU of states by audit, bounded in bytes. The last one used stays, however large it is."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, Cached] = OrderedDict()
        self.size = 0

    def get(self, audit: str) -> Cached | None:
        cached = self._kept.get(audit)
        if cached is not None:
            self._kept.move_to_end(audit)
        return cached

    def put(self, audit: str, cached: Cached) -> None:
        """Keep a state, in place of another of the same audit."""
        self.drop(audit)
        self._kept[audit] = cached
        self.size += cached.size
        self._shrink()

    def keep(self, audit: str, cached: Cached, folded: Iterable[Record]) -> None:
        """Keep a state, counting records that were folded into it since."""
        added = size_of(folded)
        if self._kept.get(audit) is not cached:
            cached.size += added
            self.put(audit, cached)
            return
        cached.size += added
        self.size += added
        self._shrink()

    def catch_up(self, audit: str, cached: Cached, records: Iterable[Record]) -> None:
        """Fold those of the records into a state that it does not hold yet.

        Where one of them erased what the state holds, the state is spoilt and dropped: it is to be made anew.
        """
        newer = [record for record in records if record.seq > cached.state.seq]
        if newer:
            began, erased = cached.state.seq, len(cached.state.erasures)
            fold(audit, newer, cached.state)
            if began and len(cached.state.erasures) > erased:
                cached.spoilt = True
                if self._kept.get(audit) is cached:
                    self.drop(audit)
                return
            cached.size += size_of(newer)
            if self._kept.get(audit) is cached:
                self.size += size_of(newer)
                self._shrink()

    def drop(self, audit: str) -> None:
        cached = self._kept.pop(audit, None)
        if cached is not None:
            self.size -= cached.size

    def _shrink(self) -> None:
        while self.size > self._limit and len(self._kept) > 1:
            _, cached = self._kept.popitem(last=False)
            self.size -= cached.size


def size_of(records: Iterable[Record]) -> int:
    """Estimated bytes that these records take once folded."""
    return sum(BYTES_PER_ENTRY + BYTES_PER_RAW_BYTE * len(record.raw) for record in records)
