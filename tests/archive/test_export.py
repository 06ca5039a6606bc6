"""Export, import, export: the same bytes; what is brought extends what is here, or is refused as a fork."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.archive.checking import check_audit, check_file
from server.archive.incoming import take_in
from server.archive.keeping import names_of
from server.audit.admission import STORED, Admission, admit
from server.audit.interchange import Refused
from server.criteria.load import Criteria
from server.database import FILE_NAME
from server.journal.chain import checksum
from tests.archive.conftest import AUDIT, Opened, exported, made, rooms_in, sha, walk, walked
from tests.journal.entries import AUTHOR, OTHER, new_id


async def test_an_import_gives_the_same_export(rooms: Opened, elsewhere: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    first = await exported(rooms, tmp_path / "1.zip")
    imported = await take_in(elsewhere, first)
    assert (imported.audit, imported.number, imported.added) == (AUDIT, "90017/2026", 9)
    assert await elsewhere.records() == await rooms.records()
    second = await exported(elsewhere, tmp_path / "2.zip")
    assert second.read_bytes() == first.read_bytes()
    assert (await take_in(elsewhere, first)).added == 0
    assert (await take_in(rooms, first)).added == 0
    assert not [one for one in await check_audit(elsewhere, AUDIT) if one.is_damage]
    assert await check_file(first) == (AUDIT, [])


async def test_a_standard_tool_unpacks_it_and_the_bytes_are_those_stored(
    rooms: Opened, tmp_path: Path
) -> None:
    await walk(rooms)
    file = await exported(rooms, tmp_path / "1.zip")
    with zipfile.ZipFile(file) as zipped:
        assert zipped.testzip() is None
        raws = b"".join(record.raw + b"\n" for record in await rooms.records())
        assert zipped.read("journal/entries.jsonl") == raws
        blobs = [name for name in zipped.namelist() if name.startswith("blobs/")]
        assert [sha(zipped.read(name)) for name in blobs] == [name.removeprefix("blobs/") for name in blobs]
        assert len([name for name in zipped.namelist() if name.startswith("pinned/")]) == 1


async def test_authors_become_known_by_name_alone(rooms: Opened, elsewhere: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    await take_in(elsewhere, await exported(rooms, tmp_path / "1.zip"))
    assert await names_of(elsewhere, AUDIT, [AUTHOR, OTHER]) == {AUTHOR: "闻砚秋"}
    assert await elsewhere.db.read("SELECT * FROM accounts") == []


async def test_a_prefix_is_extended_and_a_shorter_one_adds_nothing(
    rooms: Opened, elsewhere: Opened, tmp_path: Path
) -> None:
    await walk(rooms)
    early = await exported(rooms, tmp_path / "early.zip")
    await take_in(elsewhere, early)
    state = await elsewhere.journal.state(AUDIT)
    assert len(state.observations) == 2
    await rooms.journal.append(AUDIT, [made("observed", {"stop": "s2"})], sender="", admit=admit)
    late = await exported(rooms, tmp_path / "late.zip")
    assert (await take_in(elsewhere, late)).added == 1
    assert len((await elsewhere.journal.state(AUDIT)).observations) == 3
    assert (await exported(elsewhere, tmp_path / "again.zip")).read_bytes() == late.read_bytes()
    assert (await take_in(elsewhere, early)).added == 0
    assert (await rooms.journal.head(AUDIT)) == await elsewhere.journal.head(AUDIT)


async def test_a_fork_is_refused_by_its_seq(rooms: Opened, elsewhere: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    await take_in(elsewhere, await exported(rooms, tmp_path / "1.zip"))
    for one in (rooms, elsewhere):
        await one.journal.append(AUDIT, [made("observed", {"stop": "s2"})], sender="", admit=admit)
    before = await elsewhere.records()
    fork = await exported(rooms, tmp_path / "fork.zip")
    with pytest.raises(Refused, match="forked at seq 10"):
        await take_in(elsewhere, fork)
    assert await elsewhere.records() == before


async def test_another_standing_of_the_same_entry_is_a_fork_too(
    rooms: Opened, elsewhere: Opened, tmp_path: Path
) -> None:
    await walk(rooms)
    first = await exported(rooms, tmp_path / "1.zip")
    await take_in(elsewhere, first)
    # Whoever has the file of the database can make checksum and chain fit; the export says what was decided.
    held = replace((await elsewhere.records())[5], standing="held", reason="after_release")
    with closing(sqlite3.connect(elsewhere.data / FILE_NAME)) as raw, raw:
        raw.execute("DROP TRIGGER entries_are_never_changed")
        raw.execute(
            "UPDATE entries SET standing = 'held', reason = 'after_release', checksum = ? WHERE seq = 6",
            (checksum(held),),
        )
    assert await elsewhere.journal.verify(AUDIT) == []
    with pytest.raises(Refused, match="forked at seq 6: the entry is the same"):
        await take_in(elsewhere, first)


async def test_lost_bytes_are_named_and_the_rest_is_handed_out(
    rooms: Opened, elsewhere: Opened, tmp_path: Path
) -> None:
    await walk(rooms)
    (lost, *_) = await rooms.evidence.blobs.all_held(AUDIT)
    rooms.evidence.blobs.path(lost.sha256).write_bytes(b"rotten")
    file = await exported(rooms, tmp_path / "1.zip")
    _, found = await check_file(file)
    assert [(one.what, one.problem, one.is_damage) for one in found] == [(lost.sha256, "lost", False)]
    imported = await take_in(elsewhere, file)
    assert [warning.path for warning in imported.warnings] == [f"blobs/{lost.sha256}"]
    assert not await elsewhere.evidence.blobs.has(AUDIT, lost.sha256)


async def test_a_head_seen_earlier_must_be_in_the_file(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    seen = (await rooms.records())[3].hash
    file = await exported(rooms, tmp_path / "1.zip")
    assert (await check_file(file, seen))[1] == []
    ((damage,)) = (await check_file(file, "0" * 64))[1]
    assert "cut_off" in damage.detail


words = st.text(max_size=20)
bodies = st.one_of(
    st.tuples(
        st.just("observed"),
        st.fixed_dictionaries({"stop": words, "text": st.fixed_dictionaries({"zh": words})}),
    ),
    st.tuples(st.just("answered"), st.fixed_dictionaries({"element": words, "none": st.booleans()})),
    st.tuples(st.just("of-tomorrow"), st.dictionaries(words, st.integers(), max_size=3)),
    st.tuples(st.just("configured"), st.just({"path": "client", "value": {"name": {"zh": "甲"}}})),
)
journals = st.lists(st.tuples(bodies, st.booleans(), st.integers(-(10**7), 10**7)), max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=journals,
    photos=st.lists(st.binary(min_size=1, max_size=300), max_size=3),
    batches=st.integers(1, 4),
)
def test_any_journal_comes_back_byte_for_byte(
    criteria: Criteria, drawn: list[Any], photos: list[bytes], batches: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_there_and_back(Path(folder), criteria, drawn, photos, batches))


async def _there_and_back(
    folder: Path, criteria: Criteria, drawn: list[Any], photos: list[bytes], batches: int
) -> None:
    async with rooms_in(folder / "a", criteria) as here, rooms_in(folder / "b", criteria) as there:
        await here.journal.append(AUDIT, walked()[:1], sender="", admit=admit, create=True)
        for at, ((kind, body), is_held, skew) in enumerate(drawn):
            verdict = Admission("held", "not_in_team") if is_held else STORED
            await here.journal.append(
                AUDIT,
                [made(kind, body, entry_id=new_id(), by=f"p{at % 3}")],
                sender="",
                admit=lambda *_, verdict=verdict: verdict,
                clock=datetime.now(UTC) + timedelta(milliseconds=skew) if skew % 3 else None,
            )
            if at % batches == 0:  # also extended step by step
                await take_in(there, await exported(here, folder / "step.zip"))
        for photo in photos:
            await here.evidence.blobs.put(AUDIT, photo, media="application/octet-stream")
        first = await exported(here, folder / "1.zip")
        await take_in(there, first)
        assert (await exported(there, folder / "2.zip")).read_bytes() == first.read_bytes()
        assert await there.records() == await here.records()
