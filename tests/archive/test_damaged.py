"""Damaged files of every kind are refused with the reason, and nothing of them is stored."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.archive.incoming import take_in
from server.archive.layout import ENTRIES, INDEX, MANIFEST, PEOPLE
from server.audit.admission import STORED
from server.audit.interchange import Refused
from server.criteria.load import Criteria
from server.demo.sample import sample_file
from server.journal.chain import START, link
from tests.archive.conftest import AUDIT, exported, made, rooms_in, sha, walk
from tests.archive.parts import Parts, packed
from tests.interchange.test_untidy import put
from tests.journal.entries import new_id

Damage = Callable[[Parts], bytes | None]
"""Changes the parts, or gives the whole file."""


def cut(parts: Parts) -> bytes:
    return parts.packed()[:-200]


def cut_in_the_middle(parts: Parts) -> bytes:
    whole = parts.packed()
    return whole[: len(whole) // 2]


def flipped_byte(parts: Parts) -> bytes:
    whole = bytearray(parts.packed())
    at = whole.index(parts.members[parts.blobs[0]]) + 40
    whole[at] ^= 1
    return bytes(whole)


def wrong_blob(parts: Parts) -> None:
    name = parts.blobs[0]
    parts.members[name] = b"x" * len(parts.members[name])


def short_blob(parts: Parts) -> None:
    parts.members[parts.blobs[0]] = parts.members[parts.blobs[0]][:-1]


def missing_blob(parts: Parts) -> None:
    del parts.members[parts.blobs[0]]


def missing(name: str) -> Damage:
    def damage(parts: Parts) -> None:
        del parts.members[name]

    return damage


def extra(name: str) -> Damage:
    def damage(parts: Parts) -> None:
        parts.members[name] = b"more"

    return damage


def twice(name: str) -> Damage:
    def damage(parts: Parts) -> bytes:
        return packed([*parts.members.items(), (name, parts.members[name])])

    return damage


def linked(parts: Parts) -> bytes:
    return _with_zipfile(parts, external_attr=(stat.S_IFLNK | 0o777) << 16)


def deflated(parts: Parts) -> bytes:
    return _with_zipfile(parts, compress_type=zipfile.ZIP_DEFLATED)


def bomb(parts: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(MANIFEST, b"0" * (64 << 20))
    return out.getvalue()


def claims_too_much(parts: Parts) -> bytes:
    """A central directory that claims a size which the file doesn't have."""
    whole = bytearray(parts.packed())
    size = len(parts.members[MANIFEST])
    at = whole.index(b"PK\x01\x02")
    assert whole[at + 20 : at + 24] == struct.pack("<I", size)
    whole[at + 20 : at + 28] = struct.pack("<II", 1 << 30, 1 << 30)
    return bytes(whole)


def encrypted(parts: Parts) -> bytes:
    whole = bytearray(parts.packed())
    at = whole.index(b"PK\x01\x02")
    whole[at + 8] |= 1
    return bytes(whole)


def a_folder(parts: Parts) -> None:
    parts.members["blobs/"] = b""


def _with_zipfile(parts: Parts, **changes: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, data in parts.members.items():
            info = zipfile.ZipInfo(name)
            if name == parts.blobs[0]:
                for key, value in changes.items():
                    setattr(info, key, value)
            zipped.writestr(info, data)
    return out.getvalue()


def manifest(**changes: Any) -> Damage:
    def damage(parts: Parts) -> None:
        parts.manifest |= changes
        parts.members[MANIFEST] = json.dumps(parts.manifest).encode()

    return damage


def manifest_bytes(data: bytes) -> Damage:
    def damage(parts: Parts) -> None:
        parts.members[MANIFEST] = data

    return damage


def blob_twice_in_manifest(parts: Parts) -> None:
    parts.manifest["blobs"] *= 2
    parts.seal_manifest()


def blob_out_of_time(parts: Parts) -> None:
    parts.manifest["blobs"][0]["received_at"] = "yesterday"
    parts.seal_manifest()


def no_picture(parts: Parts) -> None:
    """A page of HTML that calls itself a photo, with everything else fitting."""
    data = b"<script>alert(1)</script>"
    name = sha(data)
    parts.members[f"blobs/{name}"] = data
    parts.manifest["blobs"].append(
        {"sha256": name, "size": len(data), "media": "image/jpeg", "received_at": "2026-11-23T10:00:00Z"}
    )
    parts.seal_manifest()


def gap(parts: Parts) -> None:
    del parts.index[4], parts.raws[4]
    parts.seal()


def cut_tail(parts: Parts) -> None:
    del parts.index[-1], parts.raws[-1]
    parts.seal()


def swapped(parts: Parts) -> None:
    parts.raws[2], parts.raws[5] = parts.raws[5], parts.raws[2]
    parts.index[2]["id"], parts.index[5]["id"] = parts.index[5]["id"], parts.index[2]["id"]
    parts.seal()


def changed_text(parts: Parts) -> None:
    parts.raws[5] = parts.raws[5].replace("整洁".encode(), "零乱".encode())
    parts.seal()


def line(at: int, **changes: Any) -> Damage:
    def damage(parts: Parts) -> None:
        parts.index[at] |= changes
        parts.seal()

    return damage


def other_audit(parts: Parts) -> None:
    """An entry of another audit, chained as if it belonged here."""
    other = new_id()
    parts.raws[5] = parts.raws[5].replace(AUDIT.encode(), other.encode())
    _rechain(parts)


def _rechain(parts: Parts) -> None:
    previous = START
    for one, raw in zip(parts.index, parts.raws, strict=True):
        previous = one["hash"] = link(previous, one["seq"], one["received_at"], raw)
    parts.manifest["head"] = {"seq": parts.index[-1]["seq"], "hash": previous}
    parts.seal()
    digest = hashlib.sha256()
    for one in parts.index:
        skew = "" if one["skew_ms"] is None else one["skew_ms"]
        digest.update(f"{one['seq']}\t{one['hash']}\t{one['standing']}\t{skew}\t{one['reason']}\n".encode())
    parts.manifest["standing"] = digest.hexdigest()
    parts.seal_manifest()


def entry_that_is(raw: bytes) -> Damage:
    def damage(parts: Parts) -> None:
        parts.raws[5] = raw
        _rechain(parts)

    return damage


def no_opening(parts: Parts) -> None:
    parts.raws[0] = parts.raws[1]
    parts.index[0]["id"] = parts.index[1]["id"]
    _rechain(parts)


def index_not_utf8(parts: Parts) -> None:
    parts.members[INDEX] = parts.members[INDEX].replace(b"stored", b"sto\xffed", 1)
    parts.seal_manifest()


def index_deep(parts: Parts) -> None:
    parts.members[INDEX] = b'{"a":' + b"[" * 100_000 + b"\n" + parts.members[INDEX]
    parts.seal_manifest()


def index_nan(parts: Parts) -> None:
    parts.members[INDEX] = parts.members[INDEX].replace(b'"skew_ms": null', b'"skew_ms": NaN', 1)
    parts.members[INDEX] = parts.members[INDEX].replace(b'"skew_ms":null', b'"skew_ms":NaN', 1)
    parts.seal_manifest()


def boundaries(parts: Parts) -> None:
    parts.index[0]["size"] += 1
    parts.index[1]["size"] -= 1
    parts.members[INDEX] = b"".join(json.dumps(one).encode() + b"\n" for one in parts.index)
    parts.seal_manifest()


def more_bytes_than_named(parts: Parts) -> None:
    parts.members[ENTRIES] += b'{"kind":"observed"}\n'
    parts.seal_manifest()


def erased_without_entry(parts: Parts) -> None:
    parts.index[5] |= {"erased": True, "size": 0}
    parts.raws[5] = b""
    parts.seal()


def erased_with_bytes(parts: Parts) -> None:
    parts.members[INDEX] = parts.members[INDEX].replace(b'"erased":false', b'"erased":true', 1)
    parts.seal_manifest()


def people_no_json(parts: Parts) -> None:
    parts.members[PEOPLE] = "闻砚秋\n".encode()
    parts.seal_manifest()


DEEP = b'{"kind":"observed","id":"0190f111-0000-7000-8000-0000000000e4","body":' + b"[" * 20_000 + b"}"

DAMAGES: dict[str, tuple[Damage, str]] = {
    "cut at the end": (cut, "no whole zip file"),
    "cut in the middle": (cut_in_the_middle, "no whole zip file"),
    "a byte flipped": (flipped_byte, "can't be read"),
    "wrong blob": (wrong_blob, "its bytes are not what its hash says"),
    "short blob": (short_blob, "bytes and not"),
    "missing blob": (missing_blob, "missing from the file"),
    "missing manifest": (missing(MANIFEST), "no audit exported by Clausewalk"),
    "missing entries": (missing(ENTRIES), "missing from the file"),
    "missing index": (missing(INDEX), "missing from the file"),
    "missing people": (missing(PEOPLE), "missing from the file"),
    "extra member": (extra("notes.txt"), "is not in the manifest"),
    "extra blob": (extra("blobs/" + "0" * 64), "is not in the manifest"),
    "zip slip": (extra("../../etc/passwd"), "its name leads outside"),
    "absolute name": (extra("/etc/passwd"), "its name leads outside"),
    "name with a backslash": (extra("..\\evil"), "its name leads outside"),
    "name with a null": (extra("blobs\0evil"), "its name leads outside"),
    "a folder": (a_folder, "is a folder"),
    "a name twice": (twice(ENTRIES), "stands twice in the file"),
    "the manifest twice": (twice(MANIFEST), "stands twice in the file"),
    "a link": (linked, "is a link"),
    "compressed": (deflated, "is compressed"),
    "a bomb": (bomb, "is compressed"),
    "claims a gigabyte": (claims_too_much, "is larger than that of any audit"),
    "encrypted": (encrypted, "is encrypted"),
    "manifest not UTF-8": (manifest_bytes(b'{"format":"\xff\xfe"}'), "can't be understood"),
    "manifest no JSON": (manifest_bytes(b"format: clausewalk-audit"), "can't be understood"),
    "manifest nested deep": (manifest_bytes(b'{"a":' + b"[" * 100_000), "nested too deeply"),
    "manifest with NaN": (manifest_bytes(b'{"format":NaN}'), "can't be understood"),
    "manifest of something else": (manifest(format="other"), "is no exported audit"),
    "unknown version": (manifest(version=2), "is version 2; this program reads version 1"),
    "no version": (manifest(version=None), "can't be understood"),
    "head of another seq": (manifest(head={"seq": 99, "hash": "0" * 64}), "missing"),
    "another head hash": (manifest(head={"seq": 9, "hash": "0" * 64}), "the head names another hash"),
    "another number": (manifest(number="1"), "another number than its entries"),
    "another audit's manifest": (manifest(audit=new_id()), "its bytes name the audit"),
    "no audit's id": (manifest(audit="../../x"), "can't be understood"),
    "negative size": (manifest(entries={"size": -1, "sha256": "0" * 64}), "can't be understood"),
    "blob twice in the manifest": (blob_twice_in_manifest, "stands twice in the manifest"),
    "blob out of time": (blob_out_of_time, "is no moment"),
    "a script as a photo": (no_picture, "is no picture"),
    "a gap": (gap, "no entry from 5 to 5"),
    "a cut tail": (cut_tail, "no entry from 9 to 9"),
    "two entries swapped": (swapped, "changed places with"),
    "a changed text": (changed_text, "do not fit the chain"),
    "a changed time of receipt": (line(3, received_at="2020-01-01T00:00:00.000Z"), "do not fit the chain"),
    "a wrong hash": (line(3, hash="0" * 64), "do not fit the chain"),
    "a hash that is none": (line(3, hash="zz"), "can't be understood"),
    "another standing": (line(3, standing="held"), "standing, reason or clock skew"),
    "an unknown standing": (line(3, standing="perhaps"), "can't be understood"),
    "another skew": (line(3, skew_ms=5), "standing, reason or clock skew"),
    "another reason": (line(3, reason="because"), "standing, reason or clock skew"),
    "another id": (line(3, id=new_id()), "its bytes name the id"),
    "a seq twice": (line(3, seq=3), "two entries have one seq"),
    "seq zero": (line(0, seq=0), "no entry from 1 to 1"),
    "another audit's entry": (other_audit, "its bytes name the audit"),
    "an entry that is no JSON": (entry_that_is(b"no json"), "can't be read"),
    "an entry not UTF-8": (entry_that_is(b'{"id":"\xff","audit":""}'), "can't be read"),
    "an entry nested deep": (entry_that_is(DEEP), "can't be"),
    "an entry too large": (entry_that_is(b'{"a":"' + b"x" * 70_000 + b'"}'), "can't be"),
    "no opening": (no_opening, "two entries have one id"),
    "index not UTF-8": (index_not_utf8, "can't be understood"),
    "index nested deep": (index_deep, "nested too deeply"),
    "index with NaN": (index_nan, "can't be understood"),
    "boundaries moved": (boundaries, "doesn't end where it should"),
    "more than the index names": (more_bytes_than_named, "that the index doesn't name"),
    "erased by nobody": (erased_without_entry, "no erased entry says so"),
    "erased with bytes": (erased_with_bytes, "an erased entry has no bytes"),
    "people no JSON": (people_no_json, "can't be understood"),
}


@pytest.fixture(scope="module")
def sound(criteria: Criteria, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound export."""
    folder = tmp_path_factory.mktemp("sound")

    async def make() -> Path:
        async with rooms_in(folder / "data", criteria) as rooms:
            await walk(rooms)
            return await exported(rooms, folder / "sound.zip")

    return asyncio.run(make())


def test_taken_apart_and_put_together_it_is_sound(sound: Path, criteria: Criteria, tmp_path: Path) -> None:
    parts = Parts(sound)
    parts.seal()
    assert refusals(parts.packed(), criteria, tmp_path) == ""


@pytest.mark.parametrize("name", DAMAGES)
def test_refused_with_the_reason(name: str, sound: Path, criteria: Criteria, tmp_path: Path) -> None:
    damage, reason = DAMAGES[name]
    parts = Parts(sound)
    damaged = damage(parts)
    assert reason in refusals(damaged or parts.packed(), criteria, tmp_path)


@pytest.mark.parametrize(
    ("path", "value"),
    [("visit", {"schemes": 7}), ("time_zone", "Nowhere/X"), ("time_zone", "Asia"), ("nowhere/x", 1)],
)
def test_a_value_that_fits_no_audit_is_refused(
    path: str, value: Any, criteria: Criteria, tmp_path: Path
) -> None:
    """Its chain is whole: a server that takes anything made it. Taken, it could never be shown or mended."""

    async def make() -> Path:
        async with rooms_in(tmp_path / "careless", criteria) as rooms:
            await walk(rooms)
            careless = made("configured", {"path": path, "value": value})
            await rooms.journal.append(AUDIT, [careless], sender="", admit=lambda state, entry: STORED)
            return await exported(rooms, tmp_path / "careless.zip")

    file = asyncio.run(make())
    assert "its value fits no audit" in refusals(file.read_bytes(), criteria, tmp_path)


JSON_DAMAGES: dict[str, tuple[Any, str]] = {
    "house/short": ("", "/house/short: is required"),
    "audit/number": (None, "/audit/number: is required"),
    "audit/end": ("2026-02-30", "/audit/end: “2026-02-30” is no day"),
    "observations/3/outcome": ("perfect", "/observations/3/outcome: “perfect” is no"),
    "observations/3/auditor": ("Z", "/observations/3/auditor"),
    "observations/3/clauses": ([{"scheme": "Q", "clause": "eight"}], "/observations/3/clauses/0"),
    "findings/0/observations/1": ("OB-999", "/findings/0/observations/1"),
    "about/version": (2, "/about/version: is version 2"),
}


@pytest.mark.parametrize("place", JSON_DAMAGES)
def test_an_interchange_file_is_refused_by_path(place: str, criteria: Criteria, tmp_path: Path) -> None:
    value, reason = JSON_DAMAGES[place]
    source = json.loads(sample_file())
    put(place, value)(source)
    assert reason in refusals(json.dumps(source).encode(), criteria, tmp_path)


NEITHER = {
    "nothing": b"",
    "text": b"number: 1",
    "NaN": b'{"a": NaN}',
    "nested deep": b"[" * 200_000,
    "a gzip": b"\x1f\x8b" + zlib.compress(b"{}"),
    "an empty zip": b"PK\x05\x06" + bytes(18),
    "half a letter": b'{"house": "\\ud800"}',
}


@pytest.mark.parametrize("data", NEITHER.values(), ids=list(NEITHER))
def test_what_is_no_audit_is_refused(data: bytes, criteria: Criteria, tmp_path: Path) -> None:
    assert refusals(data, criteria, tmp_path)


NOISE = 64


def test_noise_is_refused(sound: Path, criteria: Criteria, tmp_path: Path) -> None:
    whole = sound.read_bytes()
    # Within the file: what only follows a whole archive changes nothing of it.
    for at in range(0, len(whole) - NOISE, len(whole) // 12):
        noisy = whole[:at] + os.urandom(NOISE) + whole[at + NOISE :]
        assert refusals(noisy, criteria, tmp_path)


def refusals(data: bytes, criteria: Criteria, folder: Path) -> str:
    """The English reasons why a file is refused, "" if it is taken; a refused one leaves nothing."""

    async def bring() -> str:
        file = folder / "file"
        file.write_bytes(data)
        async with rooms_in(folder / "fresh", criteria) as rooms:
            try:
                await take_in(rooms, file)
                return ""
            except Refused as refused:
                problems = refused.problems
            assert await rooms.is_empty()
            assert all(problem.zh for problem in problems)
            return "\n".join(f"{problem.path or '/'}: {problem.en}" for problem in problems)

    return asyncio.run(bring())
