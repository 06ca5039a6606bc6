"""The journal: append entries, read them, and the state they make."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

from server.audit.admission import Admit
from server.audit.state import Record, State, fold
from server.database import Connection, Database, truncate_log
from server.journal import cache as caches
from server.journal.appender import Appender
from server.journal.batch import Request, read
from server.journal.cache import Cached, StateCache
from server.journal.chain import standing_digest
from server.journal.follow_ups import FollowUps
from server.journal.listing import AuditPage, AuditQuery, AuditRow
from server.journal.projection import Projections
from server.journal.reminders import Reminders
from server.journal.results import Appended, NoSuchAudit, Result
from server.journal.sqlite import SqliteStore
from server.journal.store import Head, Row, Store
from server.journal.tasks import Tasks
from server.journal.verify import Damage, erasures_in, find_damage

_LONG = 500
"""So many records are folded in a thread, so that the event loop goes on."""


class Journal:
    """The entries of all audits and the states they make. Made by `open`; used by one event loop."""

    def __init__(self, db: Database, store: Store, *, cache_bytes: int = caches.DEFAULT_LIMIT) -> None:
        self._db = db
        self._store = store
        self._cache = StateCache(cache_bytes)
        self._appender = Appender(store, self._cache)
        self._loading: dict[str, asyncio.Task[Cached]] = {}
        self._projections = Projections(db, self.state)
        self.tasks = Tasks(db, self._projections.refresh)
        """What teams changed on site and the office has to pass on."""
        self.follow_ups = FollowUps(db, self._projections.refresh)
        """Nonconformities that are not closed."""
        self.reminders = Reminders(db)
        """Which of them were reminded of."""

    @classmethod
    async def open(cls, db: Database, *, cache_bytes: int = caches.DEFAULT_LIMIT) -> Journal:
        """The journal in this database, its tables made or brought up to date."""
        await db.migrate("journal", Path(__file__).parent / "migrations")
        return cls(db, SqliteStore(db), cache_bytes=cache_bytes)

    async def append(
        self,
        audit: str,
        raws: Sequence[bytes],
        *,
        sender: str,
        admit: Admit,
        clock: datetime | None = None,
        create: bool = False,
    ) -> Appended:
        """Store entries durably, in this order, and say what became of each.

        `sender` is the principal who must have made them; empty trusts them (import, demo). `admit` decides
        on each new entry with the state caught up. `clock` is the device's, with its offset. `create` lets an
        `opened` entry in front begin the audit; else `NoSuchAudit` is raised where there is none.
        `JournalDamaged` or `ValueError` is raised where what is stored does not fit together.
        """
        if clock is not None and clock.tzinfo is None:
            raise ValueError("the clock of a device carries its offset")
        return await self._submit(audit, raws, sender, admit, clock=clock, create=create)

    async def erase(self, audit: str, raw: bytes, *, sender: str, admit: Admit) -> Result:
        """Store an `erased` entry and drop the bytes of the entries it names, both or neither.

        Their digests stay, so that the chain still holds. Nothing else ever drops bytes. Blobs are the
        caller's. The file of the database holds nothing of them afterwards.
        """
        appended = await self._submit(audit, [raw], sender, admit, erasing=True)
        await self._projections.refresh()
        await asyncio.to_thread(truncate_log, self._db.path)
        return appended.results[0]

    async def adopt(
        self, audit: str, rows: Sequence[Row], beside: Callable[[Connection], Awaitable[None]]
    ) -> int:
        """Take over the whole journal of an audit kept elsewhere, as it is: ids, seq, times and hashes.

        Returns how many entries are new here: 0 where all of them are here already. `beside` writes in the
        same transaction. The caller has verified the rows. Raises `Forked` where the two part.
        """
        erasures = await asyncio.to_thread(erasures_in, rows)
        added = await self._store.adopt(audit, rows, erasures, beside)
        if erasures and added:
            await asyncio.to_thread(truncate_log, self._db.path)
        return added

    async def _submit(
        self,
        audit: str,
        raws: Sequence[bytes],
        sender: str,
        admit: Admit,
        *,
        clock: datetime | None = None,
        create: bool = False,
        erasing: bool = False,
    ) -> Appended:
        sent = [read(raw) for raw in raws]
        if self._cache.get(audit) is None and await self._store.head(audit) is not None:
            await self._load(audit)  # a long fold must not happen while the database is locked
        done: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._appender.submit(Request(audit, sent, sender, admit, clock, create, done, erasing))
        return await done

    async def head(self, audit: str) -> tuple[int, str] | None:
        """Seq and hash of the last entry, read from the database; None where there is no such audit."""
        head = await self._store.head(audit)
        return (head.seq, head.hash) if head else None

    async def records(self, audit: str, after: int = 0, limit: int | None = None) -> list[Record]:
        """Records with a seq above `after`, in order."""
        return await self._store.records(audit, after, limit)

    async def state(self, audit: str) -> State:
        """The state as of now; `NoSuchAudit` where there is none.

        It is the cached one and goes on changing: don't keep it across an await if one moment is meant.
        """
        while True:
            cached = self._cache.get(audit) or await self._load(audit)
            newer = await self._store.records(audit, cached.state.seq)
            await self._appender.settled(audit)
            if not cached.spoilt:
                self._cache.catch_up(audit, cached, newer)
            if not cached.spoilt:
                return cached.state

    async def audits_of(
        self, principal: str | None, *, limit: int = 50, offset: int = 0, search: str = ""
    ) -> list[AuditRow]:
        """Audits with this principal in the team (None: all audits), the newest first."""
        return await self._projections.audits_of(principal, limit=limit, offset=offset, search=search)

    async def list_audits(self, query: AuditQuery) -> AuditPage:
        """A page of the list of all audits, for those who may see all of them."""
        return await self._projections.list_audits(query)

    async def count_audits(self) -> dict[str, int]:
        """How many audits are in each state."""
        return await self._projections.counts()

    async def leaders(self) -> list[str]:
        """The names of all leaders, each once."""
        return await self._projections.leaders()

    async def audits_of_client(self, audit: str) -> list[AuditRow]:
        """All audits of the client of this audit, oldest first, this one among them; empty for no such audit.

        The same client is one with the same credit code; where one of the two audits has none, one with the
        same name (blanks, full-width forms and capitals don't count). Rights are the caller's to check.
        """
        return await self._projections.audits_of_client(audit)

    async def rebuild(self) -> None:
        """Make the lists across audits again from the entries."""
        await self._projections.rebuild()

    async def audits(self) -> list[str]:
        """The ids of all audits."""
        return await self._store.audits()

    async def audits_with_held(self) -> list[str]:
        """The ids of the audits of which an entry was ever held back, accepted since or not."""
        return await self._store.audits_with_held()

    async def whole(self, audit: str) -> tuple[list[Row], Head | None]:
        """Everything stored of an audit at one moment, and where it says that it ends."""
        rows, last = await self._store.whole(audit)
        if not rows and last is None:
            raise NoSuchAudit(audit)
        return rows, last

    async def standing_digest(self, audit: str, seq: int) -> str:
        """Digest of what the server decided about each entry up to `seq`: what a release vouches for."""
        records = await self._store.records(audit, limit=seq)
        return await asyncio.to_thread(standing_digest, records)

    async def verify(self, audit: str, head: str | None = None) -> list[Damage]:
        """Every entry that was changed, lost or swapped; `erased` ones are named, too, and are no damage.

        `head`, a hash seen earlier, finds a cut tail.
        """
        rows, last = await self.whole(audit)
        return await asyncio.to_thread(find_damage, audit, rows, last, head)

    async def _load(self, audit: str) -> Cached:
        task = self._loading.get(audit)
        if task is None:
            task = asyncio.create_task(self._fold_all(audit))
            self._loading[audit] = task
            task.add_done_callback(lambda _: self._loading.pop(audit, None))
        return await asyncio.shield(task)

    async def _fold_all(self, audit: str) -> Cached:
        records = await self._store.records(audit)
        if not records:
            raise NoSuchAudit(audit)
        in_thread = len(records) > _LONG
        state = await asyncio.to_thread(fold, audit, records) if in_thread else fold(audit, records)
        cached = Cached(state, caches.size_of(records))
        self._cache.put(audit, cached)
        return cached
