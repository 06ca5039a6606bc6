"""Verification names every entry that was changed, lost or swapped, on databases damaged on purpose."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.audit.admission import admit
from server.audit.state import Record
from server.database import FILE_NAME, Database
from server.journal import Journal
from server.journal.chain import START, checksum, link
from server.journal.verify import Damage
from tests.journal.entries import AUTHOR, entry, new_id, observed

ENTRIES = 8


@pytest.fixture
async def filled(journal: Journal, audit: str) -> str:
    """An audit of eight entries, the last one held."""
    raws = [*(observed(audit, str(n)) for n in range(ENTRIES - 2)), entry("unknown-yet", {}, audit)]
    await journal.append(audit, raws, sender=AUTHOR, admit=admit)
    return audit


@contextmanager
def tampering(data: Path) -> Iterator[sqlite3.Connection]:
    """The database as somebody sees it who has the file: without triggers."""
    connection = sqlite3.connect(data / FILE_NAME)
    connection.execute("DROP TRIGGER entries_are_never_changed")
    connection.execute("DROP TRIGGER entries_are_never_deleted")
    yield connection
    connection.commit()
    connection.close()


async def found(journal: Journal, audit: str, data: Path, *sqls: str) -> list[tuple[str, int]]:
    """What verification says after these statements, and that it names the id wherever there is a row."""
    with tampering(data) as connection:
        for sql in sqls:
            connection.execute(sql)
        ids = dict(connection.execute("SELECT seq, id FROM entries WHERE audit = ?", (audit,)).fetchall())
    damages = await journal.verify(audit)
    for damage in damages:
        if damage.problem != "head":
            assert damage.id == ids.get(damage.seq, "")
    return [(damage.problem, damage.seq) for damage in damages]


async def test_an_untouched_journal_has_nothing_wrong(journal: Journal, filled: str) -> None:
    assert await journal.verify(filled) == []
    for record in await journal.records(filled):
        assert await journal.verify(filled, record.hash) == []


@pytest.mark.parametrize("seq", range(1, ENTRIES + 1))
@pytest.mark.parametrize(
    "change",
    [
        "raw = CAST(replace(CAST(raw AS TEXT), 'phone', 'phony') AS BLOB)",
        "raw = x'7b7d'",
        "received_at = '2020-01-01T00:00:00.000Z'",
        "hash = replace(hash, substr(hash, 1, 1), 'g')",
        "hash = lower(hex(zeroblob(32)))",
        "standing = CASE standing WHEN 'held' THEN 'stored' ELSE 'held' END",
        "reason = 'because'",
        "skew_ms = 1",
        "id = '0190f000-0000-7000-8000-0000000000ff'",
    ],
)
async def test_a_changed_entry_is_named_alone(
    journal: Journal, filled: str, tmp_path: Path, change: str, seq: int
) -> None:
    damages = await found(journal, filled, tmp_path, f"UPDATE entries SET {change} WHERE seq = {seq}")
    if change.startswith("hash") and seq == ENTRIES:
        assert damages == [("changed", seq), ("head", seq)]
    else:
        assert damages == [("changed", seq)]


@pytest.mark.parametrize("seq", range(1, ENTRIES + 1))
async def test_a_missing_entry_is_named(journal: Journal, filled: str, tmp_path: Path, seq: int) -> None:
    assert await found(journal, filled, tmp_path, f"DELETE FROM entries WHERE seq = {seq}") == [
        ("missing", seq)
    ]


async def test_several_missing_entries_are_each_named(journal: Journal, filled: str, tmp_path: Path) -> None:
    damages = await found(journal, filled, tmp_path, "DELETE FROM entries WHERE seq IN (2, 3, 7, 8)")
    assert damages == [("missing", seq) for seq in (2, 3, 7, 8)]


@pytest.mark.parametrize(("a", "b"), [(1, 2), (3, 4), (2, 6), (7, 8), (1, 8)])
async def test_rows_that_changed_places_are_named(
    journal: Journal, filled: str, tmp_path: Path, a: int, b: int
) -> None:
    damages = await found(
        journal,
        filled,
        tmp_path,
        f"UPDATE entries SET seq = 99 WHERE seq = {a}",
        f"UPDATE entries SET seq = {a} WHERE seq = {b}",
        f"UPDATE entries SET seq = {b} WHERE seq = 99",
    )
    assert [damage for damage in damages if damage[0] != "head"] == [("swapped", a), ("swapped", b)]


@pytest.mark.parametrize("columns", [("raw", "id"), ("raw", "id", "received_at")])
async def test_bytes_that_changed_places_are_named(
    journal: Journal, filled: str, tmp_path: Path, columns: tuple[str, ...]
) -> None:
    sqls = [
        "CREATE TABLE was AS SELECT * FROM entries",
        "UPDATE entries SET id = 'aside' WHERE seq = 3",
        *(f"UPDATE entries SET {c} = (SELECT {c} FROM was WHERE seq = 3) WHERE seq = 6" for c in columns),
        *(f"UPDATE entries SET {c} = (SELECT {c} FROM was WHERE seq = 6) WHERE seq = 3" for c in columns),
    ]
    assert await found(journal, filled, tmp_path, *sqls) == [("swapped", 3), ("swapped", 6)]


async def test_an_entry_of_another_audit_is_named(journal: Journal, filled: str, tmp_path: Path) -> None:
    """Even where the whole chain was computed again, bytes that name another audit stand out."""
    foreign = observed(new_id())
    damages = await recomputed(journal, filled, tmp_path, {4: foreign})
    assert {(damage.seq, damage.problem) for damage in damages} == {(4, "changed")}


async def test_a_head_seen_earlier_finds_what_was_replaced(
    journal: Journal, filled: str, tmp_path: Path
) -> None:
    """A chain computed again is whole in itself; only a hash that left the house proves the change."""
    known = [record.hash for record in await journal.records(filled)]
    original = (await journal.records(filled))[3].raw
    assert await recomputed(journal, filled, tmp_path, {4: original.replace(b"phone", b"phony")}) == []
    assert await journal.verify(filled, known[2]) == []
    for hash_seen in known[3:]:
        damages = await journal.verify(filled, hash_seen)
        assert [damage.problem for damage in damages] == ["cut_off"]


async def recomputed(journal: Journal, audit: str, data: Path, changes: dict[int, bytes]) -> list[Damage]:
    previous = START
    with tampering(data) as connection:
        rows = connection.execute(
            "SELECT seq, raw, standing, received_at, hash, skew_ms, reason FROM entries WHERE audit = ?"
            " ORDER BY seq",
            (audit,),
        ).fetchall()
        for seq, raw, standing, received_at, _, skew, reason in rows:
            raw = changes.get(seq, raw)
            previous = link(previous, seq, received_at, raw)
            record = Record(seq, raw, standing, received_at, previous, skew, reason)
            connection.execute(
                "UPDATE entries SET raw = ?, hash = ?, checksum = ? WHERE seq = ?",
                (raw, previous, checksum(record), seq),
            )
        connection.execute("UPDATE heads SET hash = ?", (previous,))
    return await journal.verify(audit)


async def test_a_cut_tail_is_found_by_its_head(journal: Journal, filled: str, tmp_path: Path) -> None:
    head = await journal.head(filled)
    assert head is not None
    damages = await found(
        journal,
        filled,
        tmp_path,
        "DELETE FROM entries WHERE seq > 6",
        "UPDATE heads SET seq = 6, hash = (SELECT hash FROM entries WHERE seq = 6)",
    )
    assert damages == []
    assert [damage.problem for damage in await journal.verify(filled, head[1])] == ["cut_off"]


async def test_a_lost_or_wrong_head_is_named(journal: Journal, filled: str, tmp_path: Path) -> None:
    assert await found(journal, filled, tmp_path, "UPDATE heads SET hash = 'ab'") == [("head", ENTRIES)]


async def test_entries_behind_the_head_are_named(journal: Journal, filled: str, tmp_path: Path) -> None:
    sql = "UPDATE heads SET seq = 7, hash = (SELECT hash FROM entries WHERE seq = 7)"
    assert await found(journal, filled, tmp_path, sql) == [("added", 8)]


async def test_a_journal_without_head_is_named(journal: Journal, filled: str, tmp_path: Path) -> None:
    assert await found(journal, filled, tmp_path, "DELETE FROM heads") == [("head", ENTRIES)]


async def test_nothing_is_appended_to_a_damaged_audit_and_others_go_on(
    db: Database, filled: str, tmp_path: Path
) -> None:
    with tampering(tmp_path) as connection:
        connection.execute("UPDATE heads SET hash = 'ab'")
    journal = await Journal.open(db)
    with pytest.raises(RuntimeError, match="does not fit"):
        await journal.append(filled, [observed(filled)], sender=AUTHOR, admit=admit)
    healthy = new_id()
    first = entry("opened", {"number": "2"}, healthy)
    appended = await journal.append(healthy, [first], sender="", admit=admit, create=True)
    assert appended.head == 1
