"""What handlers work with, opened once at start and closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from server.archive import keeping
from server.audit.state import State
from server.criteria.clause_texts import ClauseTexts, load_clause_texts
from server.criteria.document import Problem
from server.criteria.install import install, own_folder
from server.criteria.load import Criteria
from server.database import Database
from server.evidence.blobs import Blobs
from server.evidence.pictures import Pictures
from server.evidence.rooms import Evidence
from server.journal import Journal
from server.people import accounts, devices, drafts, guests, links, outboxes, register, sessions, views
from server.people.attempts import Attempts
from server.settings import Settings

_PEOPLE_MIGRATIONS = Path(accounts.__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the handlers. Handlers get it as the dependency `services`."""

    settings: Settings
    db: Database
    journal: Journal
    evidence: Evidence
    accounts: accounts.Accounts
    sessions: sessions.Sessions
    devices: devices.Devices
    outboxes: outboxes.Outboxes
    drafts: drafts.Drafts
    links: links.Links
    guests: guests.Guests
    attempts: Attempts
    views: views.Views
    register: register.Register
    criteria: Criteria
    """As they are now: for what begins today."""
    begun: keeping.AsBegun
    criteria_stamp: str
    """Differs where they do: pages made of them are made anew."""
    clause_texts: ClauseTexts
    """What a house may quote of the standards."""
    own_problems: tuple[Problem, ...]
    """Why the house's own files are left out; empty where they are sound or there are none."""

    async def criteria_of(self, state: State) -> Criteria:
        """The criteria of an audit: those it began with."""
        return await self.begun.of(state)

    @property
    def blobs(self) -> Blobs:
        """Bytes by their SHA-256."""
        return self.evidence.blobs

    @property
    def pictures(self) -> Pictures:
        """Photos upright, in three sizes."""
        return self.evidence.pictures


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the data folder (made where it doesn't exist) and close it at the end.

    The command line uses it as well.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    settings.data.chmod(0o700)
    db = await Database.open(settings.data)
    try:
        await db.migrate("people", _PEOPLE_MIGRATIONS)
        await keeping.open_tables(db)
        installed = await asyncio.to_thread(install, own_folder(settings.data))
        await keeping.keep_criteria(db, installed.criteria, installed.folders)
        clause_texts = await asyncio.to_thread(load_clause_texts, settings.data / "clauses")
        attempts, seen = Attempts(db), views.Views(db)
        yield Services(
            settings=settings,
            db=db,
            journal=await Journal.open(db),
            evidence=await Evidence.open(db, settings.data),
            accounts=accounts.Accounts(db, attempts),
            sessions=sessions.Sessions(db, settings),
            devices=devices.Devices(db),
            outboxes=outboxes.Outboxes(db),
            drafts=drafts.Drafts(db),
            links=links.Links(db),
            guests=guests.Guests(db),
            attempts=attempts,
            views=seen,
            register=register.Register(db),
            criteria=installed.criteria,
            begun=keeping.AsBegun(db, installed.criteria),
            criteria_stamp=installed.criteria.stamp,
            clause_texts=clause_texts,
            own_problems=(*installed.problems, *clause_texts.problems),
        )
        await seen.settled()
    finally:
        await db.close()
