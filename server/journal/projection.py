"""Lists across audits: rows made from the state of each audit, refreshed before a list is read."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from server.audit import followup, office_tasks
from server.audit.entries import (
    Accepted,
    Amended,
    Configured,
    Entry,
    Envelope,
    Found,
    Opened,
    Released,
    Responded,
    Verified,
    Withdrawn,
)
from server.audit.setup import Client
from server.audit.state import State
from server.database import Connection, Database
from server.journal import follow_ups, tasks
from server.journal.listing import (
    COLUMNS,
    AuditPage,
    AuditQuery,
    AuditRow,
    audit_row,
    escape,
    grams,
    list_audits,
)
from server.journal.listing import counts as count_states
from server.journal.listing import leaders as list_leaders

_STALING = (Opened, Configured, Released, Accepted, Found, Withdrawn, Responded, Verified)


def makes_stale(entry: Entry | Envelope) -> bool:
    """Whether an entry may change what lists say. Beside it: the first record of the walk, see `is_begun`."""
    return isinstance(entry, _STALING) or (isinstance(entry, Amended) and entry.body.finding is not None)


_AT_ONCE = 200
_log = logging.getLogger(__name__)


class ClientKey(Struct, frozen=True):
    """By what a client is known again: its credit code, else its name. Both folded, either may be empty."""

    code: str
    name: str


def client_key(client: Client) -> ClientKey:
    """The key of a client: blanks go, full-width forms become narrow, capitals small."""
    return ClientKey(fold_name(client.credit_code), fold_name(client.name.zh or client.name.en))


def fold_name(name: str) -> str:
    """A name without what two hands write differently: blanks, full-width forms, capitals."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_begun(state: State) -> bool:
    """Whether anything of the audit itself was recorded, beyond its set-up."""
    return bool(
        state.observations
        or state.meetings
        or state.ticks
        or state.attendance
        or state.findings
        or state.answers
    )


@dataclass(frozen=True, slots=True)
class _Projection:
    audit: str
    seq: int
    row: Mapping[str, str]
    schemes: Sequence[str]
    members: Sequence[tuple[str, str, str, str]]
    tasks: list[office_tasks.Task]
    follow_ups: list[followup.FollowUp]


def _project(state: State) -> _Projection:
    visit, client, team = state.setup.visit, state.setup.client, state.setup.team
    number = visit.number or (state.opened.number if state.opened else "")
    leader = next((member.name for member in team.values() if member.role == "leader"), "")
    words = " ".join((number, visit.contract_number, client.name.zh, client.name.en, leader)).casefold()
    key = client_key(client)
    row = {
        "audit": state.audit,
        "number": number,
        "client": client.name.zh,
        "client_en": client.name.en,
        "client_code": key.code,
        "client_name": key.name,
        "schemes": " ".join(visit.schemes),
        "starts": visit.start,
        "ends": visit.end,
        "leader": leader,
        "state": "released" if state.released else "open" if is_begun(state) else "planned",
        "words": words,
    }
    members = [(principal, visit.start, state.audit, member.role) for principal, member in team.items()]
    schemes = list(dict.fromkeys(visit.schemes))
    return _Projection(
        state.audit,
        state.seq,
        row,
        schemes,
        members,
        office_tasks.tasks(state),
        followup.follow_ups(state),
    )


class Projections:
    """The tables `audits` and `members`. `state_of` gives the state of an audit as of now."""

    def __init__(self, db: Database, state_of: Callable[[str], Awaitable[State]]) -> None:
        self._db = db
        self._state_of = state_of
        self._refreshing = asyncio.Lock()

    async def audits_of(
        self, principal: str | None, *, limit: int, offset: int, search: str
    ) -> list[AuditRow]:
        """The newest audits first: all of them, or those with this principal in the team."""
        await self.refresh()
        query = _ALL if principal is None else _OF_PRINCIPAL
        params: list[Any] = [] if principal is None else [principal]
        params += [f"%{escape(search.strip().casefold())}%", limit, offset]
        return [audit_row(row) for row in await self._db.read(query, *params)]

    async def list_audits(self, query: AuditQuery) -> AuditPage:
        """A page of the list of all audits; see `Journal`."""
        await self.refresh()
        return await self._db.read_with(lambda raw: list_audits(raw, query))

    async def counts(self) -> dict[str, int]:
        """How many audits are in each state."""
        await self.refresh()
        return await self._db.read_with(count_states)

    async def leaders(self) -> list[str]:
        """Names of leaders, each once."""
        await self.refresh()
        return await self._db.read_with(list_leaders)

    async def audits_of_client(self, audit: str) -> list[AuditRow]:
        """All audits of the client of this audit, oldest first, this one among them; see `Journal`."""
        await self.refresh()
        return [audit_row(row) for row in await self._db.read(_OF_CLIENT, audit)]

    async def refresh(self) -> None:
        """Make the rows again that are behind their audit, whoever wrote to it, whatever died."""
        async with self._refreshing:
            stale = [row["audit"] for row in await self._db.read("SELECT audit FROM stale_audits")]
            for start in range(0, len(stale), _AT_ONCE):
                await self._remake(stale[start : start + _AT_ONCE])

    async def rebuild(self) -> None:
        """Make all rows again from nothing."""
        await self._db.write(_mark_all_stale)
        await self.refresh()

    async def _remake(self, audits: Iterable[str]) -> None:
        projections: list[_Projection] = []
        for audit in audits:
            try:
                projections.append(_project(await self._state_of(audit)))
            except (ValueError, LookupError) as error:
                # One damaged audit must not take the list of all others away; `verify` names what is wrong.
                # Its type alone: what it says may quote the audit.
                _log.error("the list can't show audit %s as it is now: %s", audit, type(error).__name__)
        if projections:
            await self._db.write(lambda connection: _replace(connection, projections))


_MATCH = "words LIKE ? ESCAPE '!'"
_ALL = (
    f"{COLUMNS} FROM audits JOIN heads ON heads.audit = audits.audit"
    f" WHERE {_MATCH} ORDER BY audits.starts DESC, audits.audit DESC LIMIT ? OFFSET ?"
)
_OF_PRINCIPAL = (
    f"{COLUMNS} FROM members JOIN audits ON audits.audit = members.audit"
    " JOIN heads ON heads.audit = audits.audit"
    f" WHERE principal = ? AND {_MATCH} ORDER BY members.starts DESC, members.audit LIMIT ? OFFSET ?"
)

_OF_CLIENT = f"""
WITH this AS (SELECT row, client_code AS code, client_name AS name FROM audits WHERE audit = ?),
same AS (
  SELECT row FROM this
  UNION SELECT one.row FROM this JOIN audits AS one ON one.client_code = code AND one.client_code <> ''
  UNION SELECT one.row FROM this JOIN audits AS one ON one.client_name = name AND one.client_name <> ''
    WHERE one.client_code = '' OR code = ''
)
{COLUMNS} FROM same JOIN audits USING (row) JOIN heads ON heads.audit = audits.audit
ORDER BY audits.starts, audits.audit
"""


async def _mark_all_stale(connection: Connection) -> None:
    await connection.execute("DELETE FROM audits")
    await connection.execute("INSERT INTO audit_grams (audit_grams) VALUES ('delete-all')")
    await connection.execute("DELETE FROM tasks")
    await connection.execute("DELETE FROM follow_ups")
    await connection.execute("INSERT OR REPLACE INTO stale_audits SELECT audit, seq FROM heads")


_ROW = (
    *("audit", "number", "client", "client_en", "client_code", "client_name"),
    *("schemes", "starts", "ends", "leader", "state", "words"),
)
_PUT = (
    f"INSERT INTO audits ({', '.join(_ROW)}) VALUES ({', '.join(':' + name for name in _ROW)})"
    f" ON CONFLICT (audit) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _ROW[1:])}"
)


_TAKE_OUT = "INSERT INTO audit_grams (audit_grams, rowid, grams) VALUES ('delete', ?, ?)"
_PUT_IN = "INSERT INTO audit_grams (rowid, grams) VALUES (?, ?)"


async def _index(connection: Connection, audits: list[tuple[str]], sql: str) -> None:
    """Take the words of audits out of the search, or put them in, as their rows stand."""
    for audit in audits:
        rows = await connection.execute_fetchall("SELECT row, words FROM audits WHERE audit = ?", audit)
        for row, words in rows:
            await connection.execute(sql, (row, grams(words)))


async def _replace(connection: Connection, projections: list[_Projection]) -> None:
    """Put new rows in place; an audit that went on meanwhile stays marked as stale."""
    audits = [(projection.audit,) for projection in projections]
    await _index(connection, audits, _TAKE_OUT)
    await connection.executemany(_PUT, [projection.row for projection in projections])
    await _index(connection, audits, _PUT_IN)
    await connection.executemany(
        "DELETE FROM audit_schemes WHERE row = (SELECT row FROM audits WHERE audit = ?)", audits
    )
    await connection.executemany(
        "INSERT INTO audit_schemes (scheme, row) SELECT ?, row FROM audits WHERE audit = ?",
        [(scheme, projection.audit) for projection in projections for scheme in projection.schemes],
    )
    await connection.executemany("DELETE FROM members WHERE audit = ?", audits)
    await connection.executemany(
        "INSERT INTO members (principal, starts, audit, role) VALUES (?, ?, ?, ?)",
        [member for projection in projections for member in projection.members],
    )
    await tasks.replace(connection, [(projection.audit, projection.tasks) for projection in projections])
    await follow_ups.replace(connection, [(one.audit, one.follow_ups) for one in projections])
    await connection.executemany(
        "DELETE FROM stale_audits WHERE audit = ? AND seq <= ?", [(p.audit, p.seq) for p in projections]
    )
