"""Lists across audits: always as new as the entries, whoever wrote them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from server.audit.admission import admit
from server.database import FILE_NAME, Database
from server.journal import AuditRow, Journal
from tests.journal.entries import AUTHOR, OTHER, entry, id_of, new_id, observed, opened


async def make(
    journal: Journal, start: str = "2026-09-10", client: str = "清荷", code: str = "", **team: str
) -> str:
    audit = new_id()
    visit = {"number": f"N{start}", "schemes": ["QMS", "EMS"], "start": start, "end": start}
    raws = [
        opened(audit),
        configured(audit, "visit", visit),
        configured(audit, "client", {"name": {"zh": client, "en": "Lotus 100%"}, "credit_code": code}),
        *(
            configured(audit, f"team/{principal}", {"name": name, "role": "leader"})
            for principal, name in team.items()
        ),
    ]
    await journal.append(audit, raws, sender="", admit=admit, create=True)
    return audit


def configured(audit: str, path: str, value: Any, *bases: str) -> bytes:
    return entry("configured", {"path": path, "value": value, "bases": list(bases)}, audit)


async def rows(journal: Journal, principal: str | None = None, **where: Any) -> list[AuditRow]:
    return await journal.audits_of(principal, **where)


async def test_a_row_says_what_a_list_shows(journal: Journal) -> None:
    audit = await make(journal, **{AUTHOR: "文"})
    assert await rows(journal) == [
        AuditRow(
            id=audit,
            number="N2026-09-10",
            client="清荷",
            client_en="Lotus 100%",
            schemes=["QMS", "EMS"],
            start="2026-09-10",
            end="2026-09-10",
            state="planned",
            leader="文",
            seq=4,
        )
    ]


async def test_the_state_follows_the_walk_and_the_release(journal: Journal) -> None:
    audit = await make(journal)
    assert [row.state for row in await rows(journal)] == ["planned"]
    await journal.append(audit, [observed(audit)], sender=AUTHOR, admit=admit)
    assert [(row.state, row.seq) for row in await rows(journal)] == [("open", 5 - 1)]
    head = await journal.head(audit)
    assert head is not None
    body = {
        "tree": "0" * 64,
        "docx": "0" * 64,
        "pdf": "0" * 64,
        "head": head[0],
        "head_hash": head[1],
        "build": "1",
    }
    await journal.append(audit, [entry("released", body, audit)], sender=AUTHOR, admit=admit)
    assert [row.state for row in await rows(journal)] == ["released"]


async def test_members_see_their_audits_and_others_do_not(journal: Journal) -> None:
    mine = await make(journal, **{AUTHOR: "文"})
    await make(journal, **{OTHER: "童"})
    assert [row.id for row in await rows(journal, AUTHOR)] == [mine]
    assert len(await rows(journal)) == 2
    assert await rows(journal, "stranger") == []
    member = next(raw for record in await journal.records(mine) if b"team/" in (raw := record.raw))
    gone = configured(mine, f"team/{AUTHOR}", None, id_of(member))
    await journal.append(mine, [gone], sender=AUTHOR, admit=admit)
    assert await rows(journal, AUTHOR) == []


async def test_the_newest_come_first_page_by_page(journal: Journal) -> None:
    made = {
        start: await make(journal, start, **{AUTHOR: "文"})
        for start in ("2026-01-01", "2026-03-01", "2026-02-01")
    }
    newest_first = [made[start] for start in sorted(made, reverse=True)]
    for principal in (None, AUTHOR):
        assert [row.id for row in await rows(journal, principal)] == newest_first
        assert [row.id for row in await rows(journal, principal, limit=1, offset=1)] == newest_first[1:2]


async def test_search_takes_two_characters_and_no_wildcards(journal: Journal) -> None:
    audit = await make(journal, client="宁波清荷制杯")
    await make(journal, client="别的公司")
    for words in ("清荷", "lotus 100%", "N2026"):
        found = [row.id for row in await rows(journal, search=words)]
        assert audit in found
    assert [row.id for row in await rows(journal, search="清荷")] == [audit]
    assert await rows(journal, search="清%杯") == []
    assert await rows(journal, search="_荷!") == []


async def test_what_another_process_wrote_is_shown(journal: Journal, tmp_path: Path) -> None:
    assert await rows(journal) == []
    other_db = await Database.open(tmp_path)
    try:
        audit = await make(await Journal.open(other_db))
    finally:
        await other_db.close()
    assert [row.id for row in await rows(journal)] == [audit]


async def test_rebuild_makes_lost_and_wrong_rows_again(journal: Journal, tmp_path: Path) -> None:
    await make(journal, "2026-01-01", **{AUTHOR: "文"})
    await make(journal, "2026-02-01")
    before = (await rows(journal), await rows(journal, AUTHOR))
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("DELETE FROM members")
        other.execute("DELETE FROM audits WHERE starts = '2026-01-01'")
        other.execute("UPDATE audits SET client = 'wrong'")
    other.close()
    assert (await rows(journal), await rows(journal, AUTHOR)) != before
    await journal.rebuild()
    assert (await rows(journal), await rows(journal, AUTHOR)) == before


async def test_a_damaged_audit_does_not_hide_others(
    journal: Journal, db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged, whole = await make(journal, "2026-01-01"), await make(journal, "2026-02-01")
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("DROP TRIGGER entries_are_never_changed")
        other.execute("UPDATE entries SET raw = x'00' WHERE audit = ? AND seq = 2", (damaged,))
    other.close()
    again = await Journal.open(db)
    assert [row.id for row in await rows(again)] == [whole]
    assert damaged in caplog.text
    assert "Traceback" not in caplog.text, "the message of an exception may quote the audit"


async def test_audits_of_a_client_are_found_by_credit_code_or_by_name(journal: Journal) -> None:
    code = "91330200MA2AXXXX0Y"
    renamed = await make(journal, "2025-03-01", client="宁波清荷制杯", code=code.lower())
    named = await make(journal, "2024-03-01", client="宁波清荷制杯（集团） 有限公司")
    wide = await make(journal, "2026-03-01", client="宁波清荷制杯(集团)有限公司", code=f" {code} ")
    other = await make(
        journal, "2026-01-01", client="宁波清荷制杯（集团）有限公司", code="91330200MA2AYYYY0Z"
    )
    english = [await make(journal, "2026-01-02", client="") for _ in range(2)]
    assert [row.id for row in await journal.audits_of_client(wide)] == [named, renamed, wide]
    assert [row.id for row in await journal.audits_of_client(renamed)] == [renamed, wide]
    assert [row.id for row in await journal.audits_of_client(named)] == [named, other, wide]
    assert [row.id for row in await journal.audits_of_client(english[0])] == sorted(english)
    assert await journal.audits_of_client(new_id()) == []
