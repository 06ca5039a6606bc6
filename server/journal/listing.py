"""The list of all audits: filters, orders and pages that stay fast however many audits there are.

Pages go on from a row, not from a number, so that the hundredth costs what the first costs. A filter that
leaves few audits is asked first and its rows are sorted; one that leaves many is checked while walking the
index of the order, which soon finds a page.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from msgspec import Struct

Order = Literal["start", "number", "client", "leader", "state"]
AuditState = Literal["planned", "open", "released"]

ORDERS: dict[Order, str] = {
    "start": "starts",
    "number": "number",
    "client": "client",
    "leader": "leader",
    "state": "state",
}
_FEW = 2_000
"""So many rows are sorted rather than searched for in order."""

_MOST_LEADERS = 100


class AuditRow(Struct, frozen=True, kw_only=True):
    """An audit in a list. `start` and `end` are ISO days in the audit's zone, `seq` is its head."""

    id: str
    number: str
    client: str
    client_en: str
    schemes: list[str]
    start: str
    end: str
    state: AuditState
    leader: str
    seq: int


class AuditQuery(Struct, frozen=True, kw_only=True):
    """Which audits, in which order, from which row on. Empty strings ask for nothing.

    `words` stand anywhere in number, client or leader; `since` and `until` bound the first day, both in.
    `after` and `before` are the last and the first audit of the page one comes from.
    """

    words: str = ""
    state: str = ""
    scheme: str = ""
    leader: str = ""
    since: str = ""
    until: str = ""
    order: Order = "start"
    falling: bool = True
    after: str = ""
    before: str = ""
    limit: int = 50


class AuditPage(Struct, frozen=True, kw_only=True):
    """One page of the list. `found` is None where there are too many to be counted."""

    rows: list[AuditRow]
    has_before: bool
    has_after: bool
    found: int | None


@dataclass(frozen=True, slots=True)
class _Filter:
    """How the rows it may leave are found, and the condition on a row, which must not choose an index.

    `is_exact`: the rows found need no further look.
    """

    find: str
    params: tuple[str, ...]
    condition: str
    values: tuple[str, ...]
    is_exact: bool = True


def list_audits(raw: sqlite3.Connection, query: AuditQuery) -> AuditPage:
    """The page of a query."""
    filters = _filters(query)
    few: list[int] | None = None
    rest: list[_Filter] = []
    for one in filters:
        found = _few_rows(raw, one) if few is None else None
        if found is not None:
            few = found
        if found is None or not one.is_exact:
            rest.append(one)
    return _page(raw, query, few, rest)


def counts(raw: sqlite3.Connection) -> dict[str, int]:
    """How many audits are in each state."""
    return {row[0]: row[1] for row in raw.execute("SELECT state, n FROM audit_counts")}


def leaders(raw: sqlite3.Connection) -> list[str]:
    """The names of leaders, each once: one look into the index a name."""
    rows = raw.execute(
        "WITH RECURSIVE name (leader) AS ("
        "  SELECT min(leader) FROM audits WHERE leader > ''"
        "  UNION ALL SELECT (SELECT min(leader) FROM audits WHERE leader > name.leader) FROM name"
        "  WHERE name.leader IS NOT NULL"
        f") SELECT leader FROM name WHERE leader IS NOT NULL LIMIT {_MOST_LEADERS}"
    )
    return [row[0] for row in rows]


def _filters(query: AuditQuery) -> list[_Filter]:
    """Those that usually leave the fewest come first."""
    found = []
    if query.leader:
        found.append(_Filter(f"{_ROWS} leader = ?", (query.leader,), "+leader = ?", (query.leader,)))
    if words := query.words.strip().casefold():
        find = "SELECT rowid FROM audit_grams WHERE audit_grams MATCH ?"
        found.append(_Filter(find, (_match(words),), "instr(words, ?)", (words,), is_exact=False))
    if query.since or query.until:
        bounds = (query.since, query.until or "9999")
        found.append(_Filter(f"{_ROWS} starts BETWEEN ? AND ?", bounds, "+starts BETWEEN ? AND ?", bounds))
    if query.state:
        found.append(_Filter(f"{_ROWS} state = ?", (query.state,), "+state = ?", (query.state,)))
    if query.scheme:
        find = "SELECT row FROM audit_schemes WHERE scheme = ?"
        condition = "EXISTS (SELECT 1 FROM audit_schemes AS s WHERE s.scheme = ? AND s.row = audits.row)"
        found.append(_Filter(find, (query.scheme,), condition, (query.scheme,)))
    return found


_ROWS = "SELECT row FROM audits WHERE"


def grams(words: str) -> str:
    """Every pair of neighbouring characters as a token; the last character pairs with an end."""
    return " ".join(f"{ord(one):x}z{ord(two):x}" for one, two in pairwise(words + "\0"))


def _match(words: str) -> str:
    """What finds rows that hold the pairs of the words in a row; one character is the first of some pair."""
    if len(words) == 1:
        return f'"{ord(words):x}z"*'
    return '"' + " ".join(f"{ord(one):x}z{ord(two):x}" for one, two in pairwise(words)) + '"'


def _few_rows(raw: sqlite3.Connection, one: _Filter) -> list[int] | None:
    rows = [row[0] for row in raw.execute(f"{one.find} LIMIT {_FEW + 1}", one.params)]
    return rows if len(rows) <= _FEW else None


def _page(
    raw: sqlite3.Connection, query: AuditQuery, few: list[int] | None, rest: list[_Filter]
) -> AuditPage:
    column = ORDERS[query.order]
    backwards = bool(query.before)
    falling = query.falling != backwards
    # The plus keeps the planner from walking an order where few rows are known already.
    key = f"audits.{column}" if few is None else f"+audits.{column}"
    conditions = [one.condition for one in rest]
    params: list[Any] = [value for one in rest for value in one.values]
    if few is not None:
        conditions.append("audits.row IN (SELECT value FROM json_each(?))")
        params.append(json.dumps(few))
    found = _count(raw, conditions, params) if few is not None else None
    if edge := _edge(raw, column, query.before or query.after):
        conditions.append(f"({key}, audits.audit) {'<' if falling else '>'} (?, ?)")
        params += edge
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    turn = "DESC" if falling else "ASC"
    # Heads are looked up for the page alone, not for all rows that are sorted.
    sql = (
        f"WITH page AS MATERIALIZED (SELECT * FROM audits {where}"
        f" ORDER BY {key} {turn}, audits.audit {turn} LIMIT ?)"
        f" {COLUMNS.replace('audits.', 'page.')} FROM page JOIN heads ON heads.audit = page.audit"
        f" ORDER BY page.{column} {turn}, page.audit {turn}"
    )
    rows = [audit_row(row) for row in raw.execute(sql, (*params, query.limit + 1))]
    further, rows = len(rows) > query.limit, rows[: query.limit]
    if backwards:
        rows.reverse()
    return AuditPage(
        rows=rows,
        has_before=further if backwards else bool(edge),
        has_after=True if backwards else further,
        found=found if few is not None else None,
    )


def _edge(raw: sqlite3.Connection, column: str, audit: str) -> tuple[str, str] | None:
    row = raw.execute(f"SELECT {column}, audit FROM audits WHERE audit = ?", (audit,)).fetchone()
    return (row[0], row[1]) if row else None


def _count(raw: sqlite3.Connection, conditions: list[str], params: list[Any]) -> int:
    row = raw.execute(f"SELECT count(*) FROM audits WHERE {' AND '.join(conditions)}", params).fetchone()
    count: int = row[0]
    return count


COLUMNS = "SELECT audits.audit, number, client, client_en, schemes, audits.starts, ends, leader, state, seq"


def escape(words: str) -> str:
    """Words for LIKE … ESCAPE '!'."""
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def audit_row(row: sqlite3.Row) -> AuditRow:
    """A row of `COLUMNS`."""
    return AuditRow(
        id=row["audit"],
        number=row["number"],
        client=row["client"],
        client_en=row["client_en"],
        schemes=row["schemes"].split(),
        start=row["starts"],
        end=row["ends"],
        state=row["state"],
        leader=row["leader"],
        seq=row["seq"],
    )
