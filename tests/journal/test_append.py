"""Appending: what is stored, already there, held or refused; the chain; other processes."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from server.audit.admission import STORED, Admission, admit
from server.audit.entries import Entry
from server.audit.state import State
from server.database import Connection, Database
from server.journal import Journal, NoSuchAudit, Result
from tests.journal.entries import AUTHOR, OTHER, entry, id_of, new_id, observed, opened


async def send(journal: Journal, audit: str, *raws: bytes, sender: str = AUTHOR) -> list[Result]:
    return (await journal.append(audit, raws, sender=sender, admit=admit)).results


async def send_one(journal: Journal, audit: str, raw: bytes, sender: str = AUTHOR) -> Result:
    (result,) = await send(journal, audit, raw, sender=sender)
    return result


async def test_bytes_are_stored_as_sent_and_chained(journal: Journal, audit: str) -> None:
    raws = [observed(audit, "一"), observed(audit, "二").replace(b'"kind"', b' "kind"')]
    appended = await journal.append(audit, raws, sender=AUTHOR, admit=admit)
    assert [(result.status, result.seq) for result in appended.results] == [("stored", 2), ("stored", 3)]
    records = await journal.records(audit)
    assert [record.raw for record in records[1:]] == raws
    previous = bytes(32)
    for seq, record in enumerate(records, 1):
        chained = (
            previous
            + seq.to_bytes(8, "big")
            + record.received_at.encode()
            + hashlib.sha256(record.raw).digest()
        )
        previous = hashlib.sha256(chained).digest()
        assert (record.seq, record.hash) == (seq, previous.hex())
    assert (appended.head, appended.head_hash) == (3, previous.hex()) == await journal.head(audit)


async def test_the_same_bytes_again_are_already_there_and_other_bytes_are_refused(
    journal: Journal, audit: str
) -> None:
    raw = observed(audit)
    twice = await send(journal, audit, raw, raw)
    assert [(result.status, result.seq) for result in twice] == [("stored", 2), ("already", 2)]
    again = await send_one(journal, audit, raw)
    assert (again.status, again.seq) == ("already", 2)
    changed = await send_one(journal, audit, raw.replace("整洁".encode(), "杂乱".encode()))
    assert (changed.status, changed.reason) == ("refused", "id_reused")
    assert await journal.head(audit) == (2, (await journal.records(audit))[-1].hash)


async def test_a_held_entry_sent_again_is_already_there(journal: Journal, audit: str) -> None:
    late = entry("photographed", {"observation": new_id()}, audit)
    held = await send_one(journal, audit, late)
    assert (held.status, held.reason, held.seq) == ("held", "unknown_base", 2)
    again = await send_one(journal, audit, late)
    assert (again.status, again.seq) == ("already", 2)


class TestBadInput:
    """What can't become a fact gets a stable code; what might be evidence is held, never dropped."""

    async def test_an_unknown_kind_is_held_and_kept(self, journal: Journal, audit: str) -> None:
        raw = entry("thermal-image", {"celsius": 41}, audit)
        result = await send_one(journal, audit, raw)
        assert (result.status, result.reason, result.seq) == ("held", "unknown_kind", 2)
        assert (await journal.records(audit))[-1].raw == raw
        assert id_of(raw) in (await journal.state(audit)).held

    async def test_another_audit_is_refused(self, journal: Journal, audit: str) -> None:
        result = await send_one(journal, audit, observed(new_id()))
        assert (result.status, result.reason) == ("refused", "other_audit")

    async def test_another_author_is_refused(self, journal: Journal, audit: str) -> None:
        result = await send_one(journal, audit, observed(audit, by=OTHER))
        assert (result.status, result.reason, result.detail) == ("refused", "not_sender", OTHER)

    async def test_an_unknown_base_is_held_until_accepted(self, journal: Journal, audit: str) -> None:
        first, late = observed(audit), new_id()
        body = {"target": id_of(first), "bases": [late], "observation": {"stop": "s1", "text": {"zh": "改"}}}
        amended = entry("amended", body, audit)
        results = await send(journal, audit, first, amended)
        assert [result.status for result in results] == ["stored", "held"]
        await send_one(journal, audit, entry("accepted", {"entries": [id_of(amended)]}, audit))
        thing = (await journal.state(audit)).observations[id_of(first)]
        assert len(thing.versions) == 2

    async def test_ten_megabytes_of_text_are_refused_by_name(self, journal: Journal, audit: str) -> None:
        raw = observed(audit, "字" * 3_500_000)
        result = await send_one(journal, audit, raw)
        assert (result.id, result.status, result.reason) == (id_of(raw), "refused", "too_large")

    async def test_an_entry_of_exactly_the_limit_is_stored(self, journal: Journal, audit: str) -> None:
        filler = 64 * 1024 - len(observed(audit, ""))
        assert (await send_one(journal, audit, observed(audit, "x" * filler))).status == "stored"
        assert (await send_one(journal, audit, observed(audit, "x" * (filler + 1)))).reason == "too_large"

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"null",
            b"[]",
            b"{",
            b"\xff\xfe",
            b'{"kind": "observed"}',
            b"[" * 60_000,
        ],
    )
    async def test_what_is_no_entry_is_malformed(self, journal: Journal, audit: str, raw: bytes) -> None:
        result = await send_one(journal, audit, raw)
        assert (result.status, result.reason) == ("refused", "malformed")

    async def test_nesting_without_end_is_malformed_in_any_kind(self, journal: Journal, audit: str) -> None:
        deep = b"[" * 20_000 + b"]" * 20_000
        for kind in ("configured", "from-the-future"):
            raw = entry(kind, {"path": "about", "value": "deep"}, audit).replace(b'"deep"', deep)
            result = await send_one(journal, audit, raw)
            assert (result.status, result.reason) == ("refused", "malformed")

    async def test_a_raw_control_character_is_malformed_and_an_escaped_one_is_kept(
        self, journal: Journal, audit: str
    ) -> None:
        escaped = observed(audit, "\x00\x07\x1b")
        assert (await send_one(journal, audit, escaped)).status == "stored"
        raw = observed(audit, "BELL").replace(b"BELL", b"\x07")
        result = await send_one(journal, audit, raw)
        assert (result.id, result.reason) == ("", "malformed")

    async def test_a_lone_surrogate_and_a_moment_without_offset_are_malformed(
        self, journal: Journal, audit: str
    ) -> None:
        surrogate = observed(audit, "XX").replace(b"XX", b"\\ud800")
        assert (await send_one(journal, audit, surrogate)).reason == "malformed"
        local = observed(audit, made_at="2026-09-10T10:00:00")
        result = await send_one(journal, audit, local)
        assert result.reason == "malformed"
        assert "$.made_at" in result.detail

    async def test_a_clock_two_years_off_is_taken_and_its_skew_kept(
        self, journal: Journal, audit: str
    ) -> None:
        clock = datetime.now(UTC) - timedelta(days=730)
        raw = observed(audit, made_at=clock.isoformat())
        appended = await journal.append(audit, [raw], sender=AUTHOR, admit=admit, clock=clock)
        assert appended.results[0].status == "stored"
        skew = (await journal.records(audit))[-1].skew_ms
        assert skew is not None
        assert abs(skew - 730 * 86_400_000) < 60_000

    async def test_a_bad_value_is_refused_and_the_rest_of_the_batch_stored(
        self, journal: Journal, audit: str
    ) -> None:
        bad = entry("configured", {"path": "weather", "value": 1}, audit)
        results = await send(journal, audit, observed(audit), bad, b"nonsense", observed(audit))
        assert [result.status for result in results] == ["stored", "refused", "refused", "stored"]
        assert [result.seq for result in results] == [2, None, None, 3]
        assert results[1].reason == "bad_value"
        assert await journal.verify(audit) == []


class TestBeginning:
    async def test_no_such_audit(self, journal: Journal) -> None:
        audit = new_id()
        for raw, create in ((observed(audit), False), (opened(audit), False), (observed(audit), True)):
            with pytest.raises(NoSuchAudit):
                await journal.append(audit, [raw], sender="", admit=admit, create=create)
        assert await journal.head(audit) is None
        with pytest.raises(NoSuchAudit):
            await journal.state(audit)
        with pytest.raises(NoSuchAudit):
            await journal.verify(audit)

    async def test_an_audit_is_opened_once(self, journal: Journal, audit: str) -> None:
        again = await journal.append(audit, [opened(audit)], sender="", admit=admit, create=True)
        assert [(result.status, result.reason) for result in again.results] == [("refused", "already_open")]

    async def test_where_opening_is_refused_nothing_is_stored(self, journal: Journal) -> None:
        audit = new_id()
        appended = await journal.append(
            audit,
            [opened(audit), observed(audit)],
            sender="",
            admit=lambda state, entry: Admission("refused", "not_allowed"),
            create=True,
        )
        assert [result.reason for result in appended.results] == ["not_allowed", "no_such_audit"]
        assert await journal.head(audit) is None

    async def test_two_at_once_open_it_once(self, journal: Journal) -> None:
        audit = new_id()
        both = await asyncio.gather(
            *(journal.append(audit, [opened(audit)], sender="", admit=admit, create=True) for _ in range(2))
        )
        assert sorted(answer.results[0].status for answer in both) == ["refused", "stored"]


class TestRights:
    async def test_admit_sees_everything_before_including_the_same_batch(
        self, journal: Journal, audit: str
    ) -> None:
        seen: list[int] = []

        def count(state: State, entry: Entry) -> Admission:
            seen.append(len(state.observations))
            return STORED

        await journal.append(audit, [observed(audit) for _ in range(3)], sender=AUTHOR, admit=count)
        assert seen == [0, 1, 2]

    async def test_a_failing_admit_fails_its_caller_alone_and_leaves_no_phantom(
        self, journal: Journal, audit: str
    ) -> None:
        def fail_at_second(state: State, entry: Entry) -> Admission:
            if state.observations:
                raise ZeroDivisionError
            return STORED

        good = [observed(audit) for _ in range(5)]
        answers = await asyncio.gather(
            journal.append(audit, [observed(audit), observed(audit)], sender=AUTHOR, admit=fail_at_second),
            *(send(journal, audit, raw) for raw in good),
            return_exceptions=True,
        )
        assert isinstance(answers[0], ZeroDivisionError)
        state = await journal.state(audit)
        assert set(state.observations) == {id_of(raw) for raw in good}
        assert state.seq == 6
        assert await journal.verify(audit) == []


class TestState:
    async def test_it_is_what_the_records_fold_to_whatever_was_evicted(self, db: Database) -> None:
        journal = await Journal.open(db, cache_bytes=1)
        audits = [new_id() for _ in range(3)]
        for audit in audits:
            await journal.append(audit, [opened(audit)], sender="", admit=admit, create=True)
        for n in range(4):
            await asyncio.gather(*(send(journal, audit, observed(audit, str(n))) for audit in audits))
        for audit in audits:
            state = await journal.state(audit)
            assert (state.seq, len(state.observations)) == (5, 4)

    async def test_it_catches_up_with_another_process(
        self, journal: Journal, audit: str, tmp_path: Path
    ) -> None:
        assert (await journal.state(audit)).seq == 1
        other_db = await Database.open(tmp_path)
        try:
            other = await Journal.open(other_db)
            raw = observed(audit)
            await send(other, audit, raw)
            assert id_of(raw) in (await journal.state(audit)).observations
            await asyncio.gather(*(send(writer, audit, observed(audit)) for writer in [journal, other] * 15))
            for writer in (journal, other):
                assert (await writer.state(audit)).seq == 32
        finally:
            await other_db.close()
        assert await journal.verify(audit) == []

    async def test_it_never_shows_what_is_not_yet_durable(
        self, journal: Journal, audit: str, db: Database
    ) -> None:
        async def watch() -> None:
            while len(seqs) < 40:
                state = await journal.state(audit)
                with sqlite3.connect(db.path) as other:
                    (durable,) = other.execute("SELECT max(seq) FROM entries").fetchone()
                other.close()
                assert state.seq <= durable
                seqs.append(state.seq)

        seqs: list[int] = []
        watching = asyncio.create_task(watch())
        while not watching.done():
            await asyncio.gather(*(send(journal, audit, observed(audit)) for _ in range(3)))
        await watching
        assert seqs == sorted(seqs)

    async def test_a_transaction_that_fails_leaves_no_phantom(
        self, journal: Journal, audit: str, db: Database
    ) -> None:
        await journal.state(audit)
        with sqlite3.connect(db.path) as other:
            other.execute(
                "CREATE TRIGGER full BEFORE INSERT ON entries WHEN NEW.seq > 2"
                " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        first, second = observed(audit), observed(audit)
        with pytest.raises(sqlite3.IntegrityError, match="disk full"):
            await send(journal, audit, first, second)
        state = await journal.state(audit)
        assert (state.seq, state.observations) == (1, {})
        with other:
            other.execute("DROP TRIGGER full")
        other.close()
        assert [result.seq for result in await send(journal, audit, first, second)] == [2, 3]


async def run(connection: Connection, sql: str) -> None:
    await connection.execute(sql)


async def test_entries_can_not_be_changed_or_deleted(journal: Journal, audit: str, db: Database) -> None:
    for sql in (
        "UPDATE entries SET raw = x'00'",
        "DELETE FROM entries",
        "UPDATE entries SET standing = 'held'",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="entries are never"):
            await db.write(partial(run, sql=sql))
    assert await journal.verify(audit) == []


async def test_a_cursor_may_be_any_number(journal: Journal, audit: str) -> None:
    assert await journal.records(audit, after=2**80) == []
    assert len(await journal.records(audit, after=0, limit=1)) == 1


async def test_sixty_four_writers_lose_nothing(journal: Journal, audit: str) -> None:
    raws = [observed(audit, str(n)) for n in range(640)]

    async def writer(mine: list[bytes]) -> None:
        for raw in mine:
            assert (await send_one(journal, audit, raw)).status == "stored"

    await asyncio.gather(*(writer(raws[n::64]) for n in range(64)))
    records = await journal.records(audit, after=1)
    assert [record.seq for record in records] == list(range(2, 642))
    assert {record.raw for record in records} == set(raws)
    assert await journal.verify(audit) == []
