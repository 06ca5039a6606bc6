"""What is wrong with an audit's entries, by seq and id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise, product
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from server.audit.entries import Erased, Released, decode
from server.audit.state import Record
from server.journal.chain import START, checksum, link, link_digest, standing_digest
from server.journal.store import Erasure, Head, Row

_MANY = 100
"""Of more damaged entries than this, pairs are no longer compared to find swapped ones."""

Problem = Literal["changed", "missing", "swapped", "added", "head", "cut_off", "standing", "erased"]


class Damage(Struct, frozen=True, kw_only=True):
    """One thing that is wrong. `id` is empty where it can't be known; `head`, `cut_off`: the tail.

    `standing`: the server's decisions are not those that a release vouches for. `erased` is no damage: the
    bytes were dropped by an `erased` entry, which the detail names.
    """

    seq: int
    id: str
    problem: Problem
    detail: str = ""


class _Named(Struct):
    id: str
    audit: str


_named = msgspec.json.Decoder(_Named)


def find_damage(
    audit: str, rows: Sequence[Row], head: Head | None, expected: str | None = None
) -> list[Damage]:
    """Everything wrong with the rows of an audit.

    `head` is where the audit says that it ends, `expected` the hash of an earlier head that must be there.
    Each row is checked against the hash stored before it, so that one changed entry is named alone.
    """
    by_seq = {row.record.seq: row for row in rows}
    damages = _undo_swaps(by_seq)
    broken = _broken(by_seq)
    damages += [_changed(row, "its bytes, time or hash do not fit the chain") for row in broken]
    intact = [row for row in by_seq.values() if row not in broken]
    erasures = _erasures(intact)
    damages += [damage for row in intact for damage in _beside_the_chain(audit, row, erasures)]
    damages += _standing(intact)
    damages += _missing(by_seq, head)
    damages += _at_the_end(by_seq, head)
    if expected is not None and all(row.record.hash != expected for row in intact):
        detail = f"no entry has the hash {expected}: entries were cut off or replaced"
        damages.append(Damage(seq=max(by_seq, default=0), id="", problem="cut_off", detail=detail))
    return sorted(damages, key=lambda damage: damage.seq)


def _broken(by_seq: dict[int, Row]) -> list[Row]:
    return [by_seq[seq] for seq in sorted(by_seq) if not _is_chained(seq, by_seq)]


def _is_chained(seq: int, by_seq: dict[int, Row]) -> bool:
    """Whether a row's hash follows from the row before. Behind a missing row nothing can be checked."""
    previous = by_seq.get(seq - 1)
    if seq > 1 and previous is None:
        return True
    hashes = {START} if previous is None else {previous.record.hash, _computed(seq - 1, by_seq)}
    record = by_seq[seq].record
    return any(_link(before, record) == record.hash for before in hashes)


def _computed(seq: int, by_seq: dict[int, Row]) -> str:
    """The hash a row should have by the hash stored before it: right where only its own was changed."""
    previous = by_seq.get(seq - 1)
    if seq > 1 and previous is None:
        return ""
    return _link(previous.record.hash if previous else START, by_seq[seq].record)


def _link(previous: str, record: Record) -> str:
    try:
        if record.digest:
            return link_digest(previous, record.seq, record.received_at, record.digest)
        return link(previous, record.seq, record.received_at, record.raw)
    except ValueError:  # the stored hash is no hexadecimal number
        return ""


def _undo_swaps(by_seq: dict[int, Row]) -> list[Damage]:
    """Name pairs that changed places, and put them right in `by_seq` so that their neighbours fit again."""
    damages: list[Damage] = []
    broken = _broken(by_seq)
    if len(broken) > _MANY:
        return damages
    for a, b in combinations([row.record.seq for row in broken], 2):
        for repaired in _exchanged(by_seq[a], by_seq[b]):
            trial = by_seq | {row.record.seq: row for row in repaired}
            if _is_chained(a, trial) and _is_chained(b, trial):
                for seq, other in ((a, b), (b, a)):
                    detail = f"changed places with {other}"
                    damages.append(Damage(seq=seq, id=by_seq[seq].id, problem="swapped", detail=detail))
                by_seq.update(trial)
                break
    return damages


def _exchanged(a: Row, b: Row) -> Iterator[tuple[Row, Row]]:
    """Two rows with their bytes exchanged, with and without what the server added."""
    for with_time, with_hash in product((True, False), repeat=2):
        yield _in_place_of(a, b, with_time, with_hash), _in_place_of(b, a, with_time, with_hash)


def _in_place_of(place: Row, content: Row, with_time: bool, with_hash: bool) -> Row:
    whole = content if with_hash else place
    record = replace(
        whole.record,
        seq=place.record.seq,
        raw=content.record.raw,
        digest=content.record.digest,
        received_at=(content if with_time else place).record.received_at,
    )
    return Row(place.audit, content.id, record, whole.checksum)


def _changed(row: Row, detail: str) -> Damage:
    return Damage(seq=row.record.seq, id=row.id, problem="changed", detail=detail)


def erasures_in(rows: Iterable[Row]) -> list[Erasure]:
    """What the `erased` entries among these rows erased."""
    return [
        Erasure(entry.audit, named, entry.id)
        for entry in map(_erasing, rows)
        if entry is not None
        for named in entry.body.entries
    ]


def _erasing(row: Row) -> Erased | None:
    if row.record.standing != "stored" or b'"erased"' not in row.record.raw:
        return None
    try:
        entry = decode(row.record.raw)
    except ValueError:
        return None
    return entry if isinstance(entry, Erased) else None


def _erasures(rows: Iterable[Row]) -> dict[str, Erased]:
    """The `erased` entry of each entry that lost its bytes."""
    return {
        named: entry for entry in map(_erasing, rows) if entry is not None for named in entry.body.entries
    }


def _beside_the_chain(audit: str, row: Row, erasures: dict[str, Erased]) -> Iterator[Damage]:
    if checksum(row.record) != row.checksum:
        yield _changed(row, "its standing, reason or clock skew was changed")
    by = erasures.get(row.id)
    if row.record.digest:
        if by is None:
            yield _changed(row, "its bytes are gone and no erased entry says so")
        else:
            detail = f"{by.body.rule}; {by.body.person}; by entry {by.id}"
            yield Damage(seq=row.record.seq, id=row.id, problem="erased", detail=detail)
        return
    if by is not None:
        yield _changed(row, f"its bytes are here although entry {by.id} erased them")
    try:
        named = _named.decode(row.record.raw)
    except (ValueError, RecursionError) as error:
        yield _changed(row, f"its bytes can't be read: {error}")
        return
    if named.id != row.id:
        yield _changed(row, f"its bytes name the id {named.id}")
    if named.audit != audit:
        yield _changed(row, f"its bytes name the audit {named.audit}")


def _standing(rows: Sequence[Row]) -> Iterator[Damage]:
    """Releases whose digest of the server's decisions does not fit the entries before them."""
    ordered = sorted((row.record for row in rows), key=lambda record: record.seq)
    for row in rows:
        if b'"released"' not in row.record.raw:
            continue
        try:
            entry = decode(row.record.raw)
        except ValueError:
            continue
        if isinstance(entry, Released) and entry.body.standing:
            vouched = [record for record in ordered if record.seq <= entry.body.head]
            if standing_digest(vouched) != entry.body.standing:
                detail = (
                    f"standing, reason or skew of an entry up to {entry.body.head} changed after the release"
                )
                yield Damage(seq=row.record.seq, id=row.id, problem="standing", detail=detail)


def _missing(by_seq: dict[int, Row], head: Head | None) -> Iterator[Damage]:
    last = max(by_seq, default=0)
    seqs = [0, *sorted(by_seq)]
    for before, after in pairwise([*seqs, max(last, head.seq if head else 0) + 1]):
        for seq in range(before + 1, min(after, before + 1 + _MANY)):
            yield Damage(
                seq=seq, id="", problem="missing", detail=f"no entry from {before + 1} to {after - 1}"
            )


def _at_the_end(by_seq: dict[int, Row], head: Head | None) -> Iterator[Damage]:
    if head is None:
        yield Damage(seq=max(by_seq, default=0), id="", problem="head", detail="the audit has lost its head")
        return
    for seq in sorted(seq for seq in by_seq if seq > head.seq):
        yield Damage(seq=seq, id=by_seq[seq].id, problem="added", detail=f"the audit ends at {head.seq}")
    last = by_seq.get(head.seq)
    if last is not None and last.record.hash != head.hash:
        yield Damage(seq=head.seq, id=last.id, problem="head", detail="the head names another hash")
