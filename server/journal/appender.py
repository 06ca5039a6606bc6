"""Group commit: everything that waits to be appended becomes one transaction of the store."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from server.audit.state import Record, State
from server.journal.batch import Answer, Request, Verdicts
from server.journal.cache import Cached, StateCache
from server.journal.results import JournalDamaged
from server.journal.store import Row, Store, Tail, Transaction

_ENTRIES_AT_ONCE = 2_000
"""A transaction takes no more requests once it holds so many entries: others wait for its lock."""


@dataclass(slots=True)
class _Batch:
    requests: list[Request] = field(default_factory=list)
    states: dict[str, Cached] = field(default_factory=dict)
    judging: Request | None = None
    rows: list[Row] = field(default_factory=list)


class Appender:
    """Judges and stores requests, one transaction at a time, on the states in `cache`.

    While a transaction is open its states hold entries that are not yet durable: `settled` waits for its end.
    """

    def __init__(self, store: Store, cache: StateCache) -> None:
        self._store = store
        self._cache = cache
        self._waiting: list[Request] = []
        self._driver: asyncio.Task[None] | None = None
        self._open: dict[str, asyncio.Future[None]] = {}

    def submit(self, request: Request) -> None:
        """Put a request into the next transaction; `request.done` tells what became of it."""
        self._waiting.append(request)
        if self._driver is None or self._driver.done():
            self._driver = asyncio.create_task(self._write_waiting(), name="journal appender")

    async def settled(self, audit: str) -> None:
        """Return once the cached state of an audit holds nothing but what is durable."""
        while unsettled := self._open.get(audit):
            await unsettled

    async def _write_waiting(self) -> None:
        while self._waiting:
            await self._write_batch(_Batch())

    async def _write_batch(self, batch: _Batch) -> None:
        try:
            answers = await self._store.write(lambda inside: self._fill(inside, batch))
        except Exception as error:
            self._give_up(batch, error)
        else:
            self._keep(batch)
            for request, answer in zip(batch.requests, answers, strict=True):
                request.answer(answer)
        finally:
            for audit in batch.states:
                self._open.pop(audit).set_result(None)

    async def _fill(self, inside: Transaction, batch: _Batch) -> list[Answer]:
        """The transaction: catch up with other processes, judge what waits, store it."""
        batch.requests = self._take()
        for audit in {request.audit for request in batch.requests}:
            batch.states[audit] = self._cache.get(audit) or Cached(State(audit))
            self._open[audit] = asyncio.get_running_loop().create_future()
        tails = await inside.tails({audit: cached.state.seq for audit, cached in batch.states.items()})
        verdicts = Verdicts(
            {audit: cached.state for audit, cached in batch.states.items()}, datetime.now(UTC)
        )
        for audit, tail in tails.items():
            try:
                self._catch_up(audit, batch.states[audit], tail)
                if batch.states[audit].spoilt:
                    batch.states[audit] = await self._anew(inside, audit)
                    verdicts.states[audit] = batch.states[audit].state
            except (ValueError, JournalDamaged) as error:
                verdicts.broken[audit] = error
        for audit, ids in _known_ids(batch).items():
            originals = await inside.originals(audit, ids)
            verdicts.originals.update({(audit, entry): original for entry, original in originals.items()})
        answers = []
        for request in batch.requests:
            batch.judging = request
            answers.append(verdicts.judge(request))
        batch.judging, batch.rows = None, verdicts.rows
        if verdicts.rows:
            await inside.add(verdicts.rows, verdicts.heads, verdicts.stale)
        if verdicts.erasures:
            await inside.erase(verdicts.erasures)
        for audit in {erasure.audit for erasure in verdicts.erasures}:
            self._spoil(audit, batch.states[audit])  # it still holds what was erased
        for audit in verdicts.broken:
            self._spoil(audit, batch.states[audit])
        return answers

    def _take(self) -> list[Request]:
        taken, entries = 0, 0
        while taken < len(self._waiting) and entries < _ENTRIES_AT_ONCE:
            entries += len(self._waiting[taken].sent)
            taken += 1
        requests, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return requests

    def _catch_up(self, audit: str, cached: Cached, tail: Tail) -> None:
        self._cache.catch_up(audit, cached, tail.records)
        head = (tail.head.seq, tail.head.hash) if tail.head else (0, "")
        if (cached.state.seq, cached.state.hash) != head:
            raise JournalDamaged(f"the head of audit {audit} does not fit its entries; verify it")

    async def _anew(self, inside: Transaction, audit: str) -> Cached:
        """The state from the first entry on, where another process erased some that it held."""
        cached = Cached(State(audit))
        tails = await inside.tails({audit: 0})
        self._catch_up(audit, cached, tails[audit])
        return cached

    def _keep(self, batch: _Batch) -> None:
        added: dict[str, list[Record]] = defaultdict(list)
        for row in batch.rows:
            added[row.audit].append(row.record)
        for audit, cached in batch.states.items():
            if cached.state.seq and not cached.spoilt:
                self._cache.keep(audit, cached, added[audit])

    def _give_up(self, batch: _Batch, error: Exception) -> None:
        """After a rollback: forget the states that hold what was undone, answer those whose fault it was.

        If one request could not be judged, the others are written without it. If the store failed, so do all.
        """
        for audit, cached in batch.states.items():
            self._spoil(audit, cached)
        if batch.judging is not None:
            batch.judging.answer(error)
            self._waiting[:0] = [request for request in batch.requests if request is not batch.judging]
            return
        failed = batch.requests or self._take()
        for request in failed:
            request.answer(error)

    def _spoil(self, audit: str, cached: Cached) -> None:
        cached.spoilt = True
        if self._cache.get(audit) is cached:
            self._cache.drop(audit)


def _known_ids(batch: _Batch) -> dict[str, list[str]]:
    """Ids sent before, by audit: only of those are the stored bytes looked up."""
    known: dict[str, list[str]] = defaultdict(list)
    for request in batch.requests:
        state = batch.states[request.audit].state
        known[request.audit] += [key for sent in request.sent for key in sent.ids if state.has(key)]
    return {audit: ids for audit, ids in known.items() if ids}
