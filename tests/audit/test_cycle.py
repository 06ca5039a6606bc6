"""The cycle of a client: what was seen doesn't depend on the order of audits, and never shrinks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from server.audit.cycle import KINDS, Cell, Cycle, Looked, codes_of, cycle_of, known, look, parts_of, shift_at
from server.audit.entries import Text
from server.audit.setup.client import Client, Shift
from tests.audit.journals import TONG, Journal

NUMBERS = ("8.1", "8.5.1", "8.5.4")
CELLS = [Cell(department, "QMS", number) for department in ("生产部", "仓储部") for number in NUMBERS]
CLAUSES = sorted({(cell.scheme, cell.number) for cell in CELLS})
cells = st.frozensets(st.sampled_from(CELLS))


def looked(audit: str, no: int, planned: Any = (), seen: Any = (), kind: str = "surveillance") -> Looked:
    """What an audit saw; the n-th surveillance is of the n-th year."""
    start = f"{2024 + no}-05-18"
    nothing: Any = {one: frozenset() for one in KINDS}
    saw = frozenset(seen)
    return Looked(audit, audit, kind, no, start, frozenset(planned), saw, saw, nothing)


@st.composite
def clients(draw: st.DrawFn) -> list[Looked]:
    """The audits of a client: initial, then two surveillances, each with what it planned and saw."""
    begun = looked("a0", 0, draw(cells), draw(cells), "initial")
    return [begun, *(looked(f"a{no}", no, draw(cells), draw(cells)) for no in (1, 2))]


@generated(clients(), st.randoms(use_true_random=False))
def test_the_order_of_audits_is_irrelevant(audits: list[Looked], chance: Any) -> None:
    shuffled = list(audits)
    chance.shuffle(shuffled)
    one, other = cycle_of(audits, "a2"), cycle_of([*shuffled, *shuffled], "a2")
    assert one == other
    assert (one.seen, one.cells) == (other.seen, other.cells)


@generated(clients(), st.sampled_from(CELLS), st.integers(0, 2))
def test_one_more_observation_takes_no_mark_away(audits: list[Looked], cell: Cell, at: int) -> None:
    before = cycle_of(audits, "a2")
    one = audits[at]
    more = looked(one.audit, one.no, one.planned, one.seen | {cell}, one.type)
    after = cycle_of([*audits[:at], more, *audits[at + 1 :]], "a2")
    assert before.seen <= after.seen
    for old, new in zip(before.audits, after.audits, strict=True):
        assert all(new.mark(seen) == "seen" for seen in CELLS if old.mark(seen) == "seen")
    assert set(after.last_chance(CLAUSES)) <= set(before.last_chance(CLAUSES))
    assert {c for c in CELLS if after.is_last_chance(c)} <= {c for c in CELLS if before.is_last_chance(c)}


@generated(clients())
def test_what_was_never_seen_stays_so_until_the_last_audit(audits: list[Looked]) -> None:
    first, last = cycle_of(audits[:2], "a1"), cycle_of(audits, "a2")
    assert not first.last_chance(CLAUSES), "another surveillance follows"
    assert set(last.last_chance(CLAUSES)) <= set(first.never(CLAUSES))
    assert set(last.last_chance(CLAUSES)) == set(CLAUSES) - last.seen


def names(cycle: Cycle) -> list[str]:
    return [one.audit for one in cycle.audits]


def test_a_cycle_ends_where_the_next_begins() -> None:
    again = looked("r3", 3, kind="recertification")
    audits = [looked("a0", 0, kind="initial"), looked("a1", 1), looked("a2", 2), again]
    assert names(cycle_of(audits, "a1")) == ["a0", "a1"]
    assert names(cycle_of(audits, "r3")) == ["a0", "a1", "a2", "r3"]
    later = replace(audits[1], audit="b1", start="2028-05-18")
    assert names(cycle_of([*audits, later], "b1")) == ["r3", "b1"]
    with pytest.raises(KeyError):
        cycle_of(audits, "a9")


@pytest.mark.parametrize(
    ("known_numbers", "audit", "last", "complete"),
    [
        ([1], "a1", False, True),
        ([1, 2], "a2", True, True),
        ([2], "a2", True, False),
        ([0, 2], "a2", True, False),
    ],
)
def test_last_and_complete(known_numbers: list[int], audit: str, last: bool, complete: bool) -> None:
    audits = [looked(f"a{no}", no, kind="initial" if no == 0 else "surveillance") for no in known_numbers]
    cycle = cycle_of(audits, audit)
    assert (cycle.is_last, cycle.is_complete) == (last, complete)
    assert bool(cycle.last_chance(CLAUSES)) == (last and complete)


def test_who_saw_a_clause_saw_its_parts() -> None:
    one = looked("a2", 2, seen=[Cell("生产部", "QMS", "8.5")])
    assert cycle_of([one], "a2").never([("QMS", "8.5.1"), ("QMS", "8.6")]) == [("QMS", "8.6")]


def test_what_an_audit_planned_saw_and_took(journal: Journal) -> None:
    client = {
        "name": {"zh": "岚壶"},
        "shifts": [
            {"name": {"zh": "白班"}, "start": "08:00", "end": "16:30"},
            {"name": {"zh": "中班"}, "start": "16:30", "end": "00:30"},
        ],
        "products": [{"zh": "450 ml直身杯"}, {"zh": "750 ml运动壶"}],
        "equipment": [
            {"id": "LS-01~12", "name": {"zh": "拉伸机"}},
            {"id": "GH-02", "name": {"zh": "固化炉"}},
        ],
        "people": [{"name": "霍听澜"}, {"name": "谷雨眠"}],
    }
    journal.configure("client", client)
    card = {"type": "sampling", "rows": [{"what": "日点检表", "ids": "DJ-0518"}]}
    journal.observe(
        "s2",
        "EMS 8.1",
        by=TONG,
        outcome="conform",
        text={"zh": "450ml 直身杯在 LS-07 拉伸"},
        people=[{"name": "霍听澜"}],
        cards=[card],
        seen_at="2026-05-18T17:00:00+08:00",
    )
    journal.observe("s1", "QMS 6.2.1", outcome="not_seen", text={"zh": "没有时间"})
    one = look("a1", journal.state)
    assert one.mark(Cell("生产部", "EMS", "8.1")) == "seen"
    assert one.mark(Cell("管理层", "QMS", "6.2.1")) == "planned"
    assert one.mark(Cell("管理层", "QMS", "8.1")) == ""
    assert Cell("生产部", "EMS", "8") in one.seen
    assert one.samples == (("生产部", "日点检表", "DJ-0518"),)
    cycle, setup = cycle_of([one], "a1"), journal.state.setup
    fresh = {kind: cycle.fresh(kind, setup.client) for kind in KINDS}
    assert fresh["people"] == ["谷雨眠"]
    assert fresh["shifts"] == ["白班"]
    assert fresh["products"] == ["750 ml运动壶"]
    assert fresh["equipment"] == ["GH-02 固化炉"]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("GH-02", ["gh-02"]),
        ("LS-08~11", ["ls-08", "ls-09", "ls-10", "ls-11"]),
        ("ZK-1～2", ["zk-1", "zk-2"]),
        ("QR-31-45", ["qr-31-45"]),
        ("X-1~9999", ["x-1~9999"]),
    ],
)
def test_numbers_that_stand_for_several(written: str, codes: list[str]) -> None:
    assert codes_of(written) == codes


@pytest.mark.parametrize(
    ("clock", "shift"), [("08:00", "白班"), ("16:30", "中班"), ("00:10", "中班"), ("06:00", "")]
)
def test_shifts(clock: str, shift: str) -> None:
    times = (("白班", "08:00", "16:30"), ("中班", "16:30", "00:30"))
    shifts = [Shift(name=Text(zh=name), start=start, end=end) for name, start, end in times]
    assert shift_at(shifts, datetime.fromisoformat(f"2026-05-18T{clock}")) == shift


def test_parts_of_a_name() -> None:
    assert parts_of("下料、拉伸", "Blanking and drawing") == ["下料", "拉伸", "blankinganddrawing"]
    assert known("people", Client()) == []
