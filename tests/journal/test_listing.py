"""The list of all audits: every filter, order and page shows what a plain search through all rows would."""

from __future__ import annotations

import random
import sqlite3

import pytest

from server.database import FILE_NAME, Database
from server.journal import ORDERS, AuditQuery, Journal
from server.journal.listing import Order, grams, leaders, list_audits

STATES = ("planned", "open", "released")
SCHEMES = ("QMS", "EMS", "OHSMS")
AUDITS = 2_300
"""More than are sorted at once, so that both ways are gone."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """A database with rows as audits make them."""
    import asyncio

    folder = tmp_path_factory.mktemp("listing")

    async def make() -> None:
        db = await Database.open(folder)
        await Journal.open(db)
        await db.close()

    asyncio.run(make())
    raw = sqlite3.connect(folder / FILE_NAME)
    raw.row_factory = sqlite3.Row
    fill(raw, AUDITS)
    return raw


def fill(raw: sqlite3.Connection, count: int) -> None:
    dice = random.Random(7)
    for n in range(count):
        audit = f"{n:08d}-0000-7000-8000-000000000000"
        client, leader = f"企业{dice.randrange(400):03d}", f"组长{dice.randrange(12):02d}"
        day = f"20{dice.randrange(24, 27)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
        state = dice.choices(STATES, (10, 1, 30))[0]
        schemes = dice.sample(SCHEMES, dice.randrange(1, 4))
        number = f"N{dice.randrange(900):03d}"
        row = (n + 1, audit, number, client, "", "", client, " ".join(schemes), day, day, leader, state)
        raw.execute(
            f"INSERT INTO audits VALUES ({', '.join('?' * 13)})",
            (*row, f"{number} {client} {leader}".casefold()),
        )
        raw.executemany("INSERT INTO audit_schemes VALUES (?, ?)", [(scheme, n + 1) for scheme in schemes])
        words = f"{number} {client} {leader}".casefold()
        raw.execute("INSERT INTO audit_grams (rowid, grams) VALUES (?, ?)", (n + 1, grams(words)))
        raw.execute("INSERT INTO heads VALUES (?, 1, '')", (audit,))
    raw.commit()


FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"state": "open"},
    {"state": "released"},
    {"scheme": "EMS"},
    {"leader": "组长03"},
    {"words": "企业01"},
    {"words": "组长"},
    {"since": "2025-06-01", "until": "2025-06-30"},
    {"since": "2025-01-01", "scheme": "QMS", "state": "released", "words": "n1"},
    {"words": "核电"},
    {"words": "7"},
    {"words": "长05"},
    {"words": "01 企业"},
    {"words": '"*-'},
)


def plainly(raw: sqlite3.Connection, **asked: str) -> set[str]:
    rows = raw.execute("SELECT * FROM audits").fetchall()
    return {
        row["audit"]
        for row in rows
        if asked.get("state", row["state"]) == row["state"]
        and asked.get("leader", row["leader"]) == row["leader"]
        and ("scheme" not in asked or asked["scheme"] in row["schemes"].split())
        and asked.get("words", "") in row["words"]
        and asked.get("since", "") <= row["starts"] <= asked.get("until", "9999")
    }


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_pages_go_through_everything_once_and_back(
    many: sqlite3.Connection, order: Order, asked: dict[str, str]
) -> None:
    for falling in (True, False):
        query = AuditQuery(order=order, falling=falling, limit=190, **asked)
        page = list_audits(many, query)
        pages, seen = [page], [row.id for row in page.rows]
        while page.has_after:
            page = list_audits(
                many, AuditQuery(**asked, order=order, falling=falling, limit=190, after=seen[-1])
            )
            pages.append(page)
            seen += [row.id for row in page.rows]
        assert len(seen) == len(set(seen))
        assert set(seen) == plainly(many, **asked)
        key = {
            "start": "start",
            "client": "client",
            "leader": "leader",
            "number": "number",
            "state": "state",
        }[order]
        keys = [(getattr(row, key), row.id) for one in pages for row in one.rows]
        assert keys == sorted(keys, reverse=falling)
        assert pages[0].found in (None, len(seen))
        if len(pages) > 1:
            back = AuditQuery(order=order, falling=falling, limit=190, before=pages[1].rows[0].id, **asked)
            assert list_audits(many, back).rows == pages[0].rows


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_walks_its_index(many: sqlite3.Connection, order: Order) -> None:
    asked: list[str] = []
    many.set_trace_callback(asked.append)
    list_audits(
        many,
        AuditQuery(order=order, words="组长", after="00000007-0000-7000-8000-000000000000"),
    )
    many.set_trace_callback(None)
    last = next(sql for sql in asked if sql.startswith("WITH page"))
    plan = [row["detail"] for row in many.execute(f"EXPLAIN QUERY PLAN {last}")]
    assert any("USING INDEX audits_by_" in step and "SEARCH audits" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan[: plan.index("SCAN page")]), plan


def test_counts_follow_every_change(many: sqlite3.Connection) -> None:
    many.execute("UPDATE audits SET state = 'open' WHERE row < 100")
    many.execute("DELETE FROM audit_schemes WHERE row > 2000")
    many.execute("DELETE FROM audits WHERE row > 2000")
    counted = dict(many.execute("SELECT state, n FROM audit_counts").fetchall())
    assert counted == dict(many.execute("SELECT state, count(*) FROM audits GROUP BY state").fetchall())
    many.rollback()


def test_leaders_are_named_once(many: sqlite3.Connection) -> None:
    assert leaders(many) == [f"组长{n:02d}" for n in range(12)]
