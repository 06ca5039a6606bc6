"""Erasure: bytes are gone from every file, digests stay, verification says so, exports come back without."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from server.archive.checking import check_audit, check_file
from server.archive.erasing import NotErased, erase, plan_erasure, subjects
from server.archive.incoming import take_in
from server.audit.admission import admit
from server.database import FILE_NAME
from server.journal import Journal
from tests.archive.conftest import (
    AMENDED,
    AUDIT,
    KEPT,
    KEPT_PHOTO,
    OBSERVED,
    PHOTO,
    SECRET,
    SECRET_PHOTO,
    Opened,
    exported,
    made,
    sha,
    walk,
    walked,
)
from tests.journal.entries import AUTHOR, new_id

RULE, PERSON = "个人信息保护法 第四十七条", "王主任"


async def erase_secret(rooms: Opened) -> str:
    """Erase the note with the secret, as an administrator."""
    erasing = await plan_erasure(rooms, AUDIT, [OBSERVED])
    return await erase(rooms, erasing, rule=RULE, person=PERSON, by="admin", admit=admit)


async def test_what_hangs_on_a_note_goes_with_it(rooms: Opened) -> None:
    await walk(rooms)
    erasing = await plan_erasure(rooms, AUDIT, [OBSERVED])
    assert [(one.id, one.follows) for one in erasing.entries] == [
        (OBSERVED, False),
        (AMENDED, True),
        (PHOTO, True),
    ]
    assert erasing.blobs == [sha(SECRET_PHOTO)]
    assert erasing.documents == []
    assert [one.id for one in await subjects(rooms, AUDIT, "身份证")] == [AMENDED, OBSERVED]


async def test_bytes_are_gone_and_digests_stay(rooms: Opened) -> None:
    await walk(rooms)
    copies = [await rooms.evidence.pictures.derivative(sha(SECRET_PHOTO), width) for width in (320, 960)]
    hashes = [record.hash for record in await rooms.records()]
    entry = await erase_secret(rooms)
    records = await rooms.records()
    assert [record.hash for record in records[:-1]] == hashes
    assert [record.id for record in records if record.digest] == [OBSERVED, AMENDED, PHOTO]
    assert records[2].digest == sha(walked()[2])
    assert not [path for path in (*copies, rooms.evidence.blobs.path(sha(SECRET_PHOTO))) if path.exists()]
    assert rooms.evidence.blobs.path(sha(KEPT_PHOTO)).exists()
    found = {(one.problem, one.what.split()[-1]) for one in await check_audit(rooms, AUDIT)}
    assert found == {("erased", OBSERVED), ("erased", AMENDED), ("erased", PHOTO)}
    state = await rooms.journal.state(AUDIT)
    assert list(state.observations) == [KEPT]
    assert (state.erasures[0].rule, state.erasures[0].person) == (RULE, PERSON)
    assert entry in state.known


async def test_no_file_holds_what_was_erased(rooms: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    assert [row.number for row in await rooms.journal.audits_of(None)] == ["90017/2026"]
    await erase_secret(rooms)
    await exported(rooms, tmp_path / "1.zip")
    assert [file for file in files_in(tmp_path) if _holds_secret(file)] == []


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _holds_secret(file: Path) -> bool:
    data = file.read_bytes()
    return SECRET.encode() in data or SECRET_PHOTO in data


async def test_a_state_of_another_process_forgets_too(rooms: Opened) -> None:
    await walk(rooms)
    other = await Journal.open(rooms.db)
    assert OBSERVED in (await other.state(AUDIT)).observations
    await erase_secret(rooms)
    assert OBSERVED not in (await other.state(AUDIT)).observations
    appended = await other.append(AUDIT, [made("observed", {"stop": "s2"})], sender="", admit=admit)
    assert appended.results[0].status == "stored"


async def test_another_process_that_only_appends_forgets_too(rooms: Opened) -> None:
    await walk(rooms)
    other = await Journal.open(rooms.db)
    await other.state(AUDIT)
    await erase_secret(rooms)
    await other.append(AUDIT, [made("observed", {"stop": "s2"})], sender="", admit=admit)
    state = await other.state(AUDIT)
    assert OBSERVED in state.gone
    assert OBSERVED not in state.observations


async def test_a_phone_that_sends_it_again_is_told_already(rooms: Opened) -> None:
    raws = walked()
    await walk(rooms, raws)
    await erase_secret(rooms)
    again = await rooms.journal.append(AUDIT, [raws[2], raws[4]], sender="", admit=admit)
    assert [result.status for result in again.results] == ["already", "already"]
    changed = await rooms.journal.append(AUDIT, [raws[2].replace(b"s1", b"s2")], sender="", admit=admit)
    assert (changed.results[0].status, changed.results[0].reason) == ("refused", "id_reused")


async def test_an_export_without_it_comes_back(rooms: Opened, elsewhere: Opened, tmp_path: Path) -> None:
    await walk(rooms)
    await erase_secret(rooms)
    file = await exported(rooms, tmp_path / "1.zip")
    _, found = await check_file(file)
    assert {one.problem for one in found} == {"erased"}
    await take_in(elsewhere, file)
    assert (await exported(elsewhere, tmp_path / "2.zip")).read_bytes() == file.read_bytes()


async def test_what_was_erased_elsewhere_is_erased_here_and_never_comes_back(
    rooms: Opened, elsewhere: Opened, tmp_path: Path
) -> None:
    await walk(rooms)
    before = await exported(rooms, tmp_path / "before.zip")
    await take_in(elsewhere, before)
    await erase_secret(rooms)
    await take_in(elsewhere, await exported(rooms, tmp_path / "after.zip"))
    assert await elsewhere.records() == await rooms.records()
    assert not elsewhere.evidence.blobs.is_there(sha(SECRET_PHOTO))
    assert (await take_in(elsewhere, before)).added == 0
    assert not elsewhere.evidence.blobs.is_there(sha(SECRET_PHOTO))
    assert (await elsewhere.records())[2].raw == b""
    assert not [one for one in await check_audit(elsewhere, AUDIT) if one.is_damage]


async def test_a_photo_that_another_entry_shows_stays(rooms: Opened) -> None:
    shown_twice = made("photographed", {"observation": KEPT, "sha256": sha(SECRET_PHOTO)})
    await walk(rooms, [*walked(), shown_twice])
    erasing = await plan_erasure(rooms, AUDIT, [OBSERVED])
    assert erasing.blobs == []


async def test_a_photo_that_another_audit_holds_stays_there(rooms: Opened) -> None:
    await walk(rooms)
    other = AUDIT.replace("e0", "f0")
    await rooms.evidence.blobs.put(other, SECRET_PHOTO, media="image/jpeg")
    await erase_secret(rooms)
    assert await rooms.evidence.blobs.held(AUDIT, sha(SECRET_PHOTO)) is None
    assert rooms.evidence.blobs.is_there(sha(SECRET_PHOTO))


@pytest.mark.parametrize(
    ("ids", "reason"),
    [(["no-such-entry"], "unknown_entry"), ([], "nothing")],
)
async def test_what_cannot_be_erased(rooms: Opened, ids: list[str], reason: str) -> None:
    await walk(rooms)
    with pytest.raises(NotErased) as refused:
        await plan_erasure(rooms, AUDIT, ids)
    assert refused.value.reason == reason


async def test_what_holds_the_audit_together_stays(rooms: Opened) -> None:
    await walk(rooms)
    opened = (await rooms.journal.whole(AUDIT))[0][0].id
    entry = await erase_secret(rooms)
    for one in (opened, entry):
        with pytest.raises(NotErased, match="never erased"):
            await plan_erasure(rooms, AUDIT, [one])


async def test_an_erasure_names_rule_and_person(rooms: Opened) -> None:
    await walk(rooms)
    erasing = await plan_erasure(rooms, AUDIT, [OBSERVED])
    with pytest.raises(NotErased):
        await erase(rooms, erasing, rule=" ", person=PERSON, by="admin", admit=admit)
    assert not [record for record in await rooms.records() if record.digest]


async def test_an_erased_entry_that_is_merely_appended_is_refused(rooms: Opened) -> None:
    await walk(rooms)
    body = {"entries": [OBSERVED], "rule": RULE, "person": PERSON}
    appended = await rooms.journal.append(AUDIT, [made("erased", body)], sender="", admit=admit)
    assert (appended.results[0].status, appended.results[0].reason) == ("refused", "not_allowed")
    assert not [record for record in await rooms.records() if record.digest]


ATTACKS = {
    "empty": f"UPDATE entries SET raw = x'', digest = '{'0' * 64}' WHERE seq = 6",
    "other bytes": "UPDATE entries SET raw = x'7b7d' WHERE seq = 6",
    "the digest alone": f"UPDATE entries SET digest = '{'0' * 64}' WHERE seq = 3",
    "back again": "UPDATE entries SET digest = '', raw = x'7b7d' WHERE seq = 3",
    "a time": "UPDATE entries SET received_at = 'x' WHERE seq = 6",
    "delete": "DELETE FROM entries WHERE seq = 3",
    "leave": f"INSERT INTO erasures VALUES ('{AUDIT}', '{KEPT}', '{KEPT}')",
    "leave by the erased entry": (
        f"INSERT INTO erasures SELECT audit, '{KEPT}', id FROM entries WHERE seq = 10"
    ),
    "forget": "DELETE FROM erasures",
    "another leave": f"UPDATE erasures SET entry = '{KEPT}'",
}


@pytest.mark.parametrize("sql", ATTACKS.values(), ids=list(ATTACKS))
async def test_the_database_lets_nothing_else_through(rooms: Opened, sql: str) -> None:
    await walk(rooms)
    await erase_secret(rooms)
    with closing(sqlite3.connect(rooms.data / FILE_NAME)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(sql)


async def test_bytes_that_vanish_without_an_erasure_are_damage(rooms: Opened) -> None:
    await walk(rooms)
    with closing(sqlite3.connect(rooms.data / FILE_NAME)) as raw, raw:
        raw.execute("DROP TRIGGER entries_are_never_changed")
        raw.execute("UPDATE entries SET raw = x'', digest = ? WHERE seq = 6", (sha(walked()[5]),))
    (damage,) = [one for one in await check_audit(rooms, AUDIT) if one.is_damage]
    assert "no erased entry says so" in damage.detail


async def test_names_of_authors_stay(rooms: Opened) -> None:
    await walk(rooms)
    await erase_secret(rooms)
    row = await rooms.db.read_one("SELECT name FROM accounts WHERE id = ?", AUTHOR)
    assert row is not None
    assert row["name"] == "闻砚秋"


async def test_what_was_carried_is_erased_with_the_copy_and_not_taken_again(rooms: Opened) -> None:
    await walk(rooms)
    raw = made("observed", {"stop": "s1", "text": {"zh": f"转交的{SECRET}"}}, by="phone-owner")
    entry = msgspec.json.decode(raw)["id"]
    carried = made("copied", {"entry": entry, "raw": raw.decode()})
    appended = await rooms.journal.append(AUDIT, [carried], sender="", admit=admit)
    assert appended.results[0].status == "stored"
    erasing = await plan_erasure(rooms, AUDIT, [appended.results[0].id])
    (subject,) = erasing.entries
    assert (subject.kind, subject.by, subject.words) == ("observed", "phone-owner", f"转交的{SECRET}")
    await erase(rooms, erasing, rule=RULE, person=PERSON, by="admin", admit=admit)
    state = await rooms.journal.state(AUDIT)
    assert entry not in state.observations
    again = await rooms.journal.append(AUDIT, [raw], sender="", admit=admit)
    assert again.results[0].status == "already"
    assert entry not in (await rooms.journal.state(AUDIT)).observations
    assert {one.problem for one in await check_audit(rooms, AUDIT)} == {"erased"}


async def test_what_was_said_of_a_nonconformity_goes_with_it(rooms: Opened) -> None:
    """Its words stand in the text that was signed, too."""
    await walk(rooms)
    finding, *others = (new_id() for _ in range(4))
    raws = [
        made("found", {"type": "nonconformity", "statement": {"zh": SECRET}}, entry_id=finding),
        made(
            "signed", {"what": f"nonconformity/{finding}", "name": "邱", "text": SECRET}, entry_id=others[0]
        ),
        made("responded", {"finding": finding, "cause": {"zh": SECRET}}, entry_id=others[1]),
        made("verified", {"target": finding, "text": {"zh": SECRET}}, entry_id=others[2]),
    ]
    appended = await rooms.journal.append(AUDIT, raws, sender="", admit=admit)
    assert {one.status for one in appended.results} == {"stored"}
    erasing = await plan_erasure(rooms, AUDIT, [finding])
    assert [(one.id, one.follows) for one in erasing.entries] == [
        (finding, False),
        *((one, True) for one in others),
    ]
