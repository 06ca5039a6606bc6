"""Changes of the plan: which stand, what was before, and the sentences of the deviation paragraph."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest

from server.audit import setup as setups
from server.audit.entries import Configured, ConfiguredBody, encode
from server.audit.plan_changes import can_undo, original, sentence, standing, without_reason
from server.audit.report import compile_report
from server.audit.setup import PlanChange
from server.audit.state import Record, State, fold
from server.criteria.load import load_criteria
from server.settings import data_root

AUDIT = "0190f111-0000-7000-8000-000000000001"
A, B = "p-a", "p-b"


def stop(label: str = "S02", **changes: Any) -> dict[str, Any]:
    made = {
        "label": label,
        "start": "2026-11-18T10:00:00+08:00",
        "end": "2026-11-18T11:00:00+08:00",
        "auditors": [A],
        "department": "生产部",
        "process": {"zh": "真空钎焊", "en": "Vacuum brazing"},
        "clauses": [{"scheme": "QMS", "number": "8.5.1"}],
    }
    return made | changes


SET_UP: dict[str, Any] = {
    "house": "qinghe",
    "client": {"name": {"zh": "某公司"}, "departments": [{"zh": "生产部", "en": "Production"}]},
    f"team/{A}": {"name": "闻砚秋", "name_en": "Wen Yanqiu", "role": "leader"},
    f"team/{B}": {"name": "佟牧野", "name_en": "Tong Muye", "role": "auditor"},
    "stops/s2": stop(),
}


def state(*configured: tuple[str, Any]) -> State:
    """The audit after these further paths were set."""
    records = []
    values = [*SET_UP.items(), *configured]
    heads: dict[str, str] = {}
    for seq, (path, value) in enumerate(values, start=1):
        setups.check_value(path, value)
        key = str(uuid.UUID(int=seq))
        body = ConfiguredBody(path=path, value=value, bases=[heads[path]] if path in heads else [])
        heads[path] = key
        entry = msgspec.convert(
            {"kind": "configured", "id": key, "audit": AUDIT, "made_at": "2026-11-18T09:00:00+08:00", "by": A}
            | {"body": msgspec.to_builtins(body)},
            Configured,
        )
        records.append(Record(seq, encode(entry), "stored", "2026-11-18T01:00:00Z", str(seq)))
    return fold(AUDIT, records)


def change(
    kind: str,
    before: dict[str, Any],
    after: dict[str, Any],
    at: str = "2026-11-18T09:40:00+08:00",
    **more: Any,
) -> dict[str, Any]:
    return {"kind": kind, "at": at, "before": before, "after": after, "stops": list(after), **more}


def drafted(value: dict[str, Any]) -> tuple[str, str]:
    said = sentence(state(), msgspec.convert(value, PlanChange))
    return said.zh, said.en


CASES = {
    "swap": (
        change("swap", {"s2": stop()}, {"s2": stop(auditors=[B])}),
        "11月18日09:40，S02 生产部·真空钎焊审核员由闻砚秋改为佟牧野",
        "18 Nov 09:40: S02 Production · Vacuum brazing: auditor Tong Muye instead of Wen Yanqiu",
    ),
    "skip": (
        change("skip", {"s2": stop()}, {"s2": stop(status="skipped")}),
        "11月18日09:40，S02 生产部·真空钎焊（11月18日10:00–11:00）未审",
        "18 Nov 09:40: S02 Production · Vacuum brazing (18 Nov 10:00–11:00) was not audited",
    ),
    "move, in the audit's zone": (
        change(
            "move",
            {"s2": stop()},
            {"s2": stop(start="2026-11-19T01:00:00Z", end="2026-11-19T02:00:00Z")},
            at="2026-11-18T01:40:00Z",
        ),
        "11月18日09:40，S02 生产部·真空钎焊时间由11月18日10:00–11:00改为11月19日09:00–10:00",
        "18 Nov 09:40: S02 Production · Vacuum brazing:"
        " time 19 Nov 09:00–10:00 instead of 18 Nov 10:00–11:00",
    ),
    "split": (
        change(
            "split",
            {"s2": stop(), "n": None},
            {
                "s2": stop(end="2026-11-18T10:30:00+08:00"),
                "n": stop("S02-2", start="2026-11-18T10:30:00+08:00", auditors=[B]),
            },
        ),
        "11月18日09:40，S02 生产部·真空钎焊拆成2站：生产部·真空钎焊（11月18日10:00–10:30，闻砚秋）、"
        "生产部·真空钎焊（11月18日10:30–11:00，佟牧野）",
        "18 Nov 09:40: S02 Production · Vacuum brazing was split into 2: Production · Vacuum brazing"
        " (18 Nov 10:00–10:30, Wen Yanqiu), Production · Vacuum brazing (18 Nov 10:30–11:00, Tong Muye)",
    ),
    "merge": (
        change(
            "merge",
            {"s2": stop(), "s3": stop("S03", department="", process={"zh": "库房", "en": "Stores"})},
            {
                "s2": stop(status="merged", clauses=[]),
                "s3": stop("S03", department="", process={"zh": "库房", "en": "Stores"}, auditors=[A, B]),
            },
        ),
        "11月18日09:40，S02 生产部·真空钎焊并入S03 库房；S03 库房审核员由闻砚秋改为闻砚秋、佟牧野",
        "18 Nov 09:40: S02 Production · Vacuum brazing was joined with S03 Stores;"
        " S03 Stores: auditor Wen Yanqiu, Tong Muye instead of Wen Yanqiu",
    ),
    "add": (
        change("add", {"n": None}, {"n": stop("", process={"zh": "", "en": ""})}),
        "11月18日09:40，增加生产部（11月18日10:00–11:00，闻砚秋）",
        "18 Nov 09:40: Production was added (18 Nov 10:00–11:00, Wen Yanqiu)",
    ),
    "clauses": (
        change("edit", {"s2": stop()}, {"s2": stop(clauses=[{"scheme": "EMS", "number": "8.1"}])}),
        "11月18日09:40，S02 生产部·真空钎焊增加条款E8.1，不审条款Q8.5.1",
        "18 Nov 09:40: S02 Production · Vacuum brazing: clauses E8.1 added, clauses Q8.5.1 left out",
    ),
    "own words": (
        change("time", {}, {}, text={"zh": "改到次日", "en": "next day"}),
        "改到次日",
        "next day",
    ),
    "nothing said": (change("move", {"s2": stop()}, {"s2": stop()}), "", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_as_a_sentence(case: str) -> None:
    value, zh, en = CASES[case]
    assert drafted(value) == (zh, en)


def test_a_member_who_left_keeps_the_name_in_the_paragraph() -> None:
    after = state((f"team/{B}", None))
    swap = msgspec.convert(CASES["swap"][0], PlanChange)
    assert "改为佟牧野" in sentence(after, swap).zh


SWAP = change(
    "swap", {"s2": stop()}, {"s2": stop(auditors=[B])}, reason={"zh": "另有会议"}, agreed_with="阮知微"
)
SKIP = change(
    "skip",
    {"s2": stop(auditors=[B])},
    {"s2": stop(auditors=[B], status="skipped")},
    at="2026-11-18T09:50:00+08:00",
)


def test_what_was_undone_is_no_deviation() -> None:
    undo = {"kind": "undo", "undoes": "c2", "at": "2026-11-18T09:55:00+08:00"}
    setup = state(("plan_changes/c2", SKIP), ("plan_changes/c1", SWAP), ("plan_changes/c3", undo)).setup
    assert [key for key, _ in standing(setup)] == ["c1"]
    assert original(setup)["s2"] == state().setup.stops["s2"]


def test_only_the_last_change_of_a_stop_can_be_undone() -> None:
    setup = state(("plan_changes/c2", SKIP), ("plan_changes/c1", SWAP)).setup
    assert [key for key in ("c1", "c2", "c9") if can_undo(setup, key)] == ["c2"]
    assert without_reason(setup) == ["c2"]


def test_the_paragraph_stands_in_the_report_with_reason_and_who_agreed() -> None:
    criteria = load_criteria(data_root("checklists"))
    changed = state(("plan_changes/c2", SKIP), ("plan_changes/c1", SWAP), ("stops/s2", SKIP["after"]["s2"]))
    report = compile_report(changed, criteria)
    element = report.element("1.5.5.plan_changes")
    assert element.text.zh.splitlines() == [
        "11月18日09:40，S02 生产部·真空钎焊审核员由闻砚秋改为佟牧野；原因：另有会议；同意人：阮知微",
        "11月18日09:50，S02 生产部·真空钎焊（11月18日10:00–11:00）未审",
    ]
    assert element.text.en.splitlines()[0].startswith("18 Nov 09:40: S02 Production")
    assert len(element.sources) == 2
    assert "有调整" in report.element("1.5.5.plan_changed").text.zh


def test_a_plan_that_was_changed_and_changed_back_is_unchanged() -> None:
    criteria = load_criteria(data_root("checklists"))
    undo = {"kind": "undo", "undoes": "c1", "at": "2026-11-18T09:55:00+08:00"}
    report = compile_report(state(("plan_changes/c1", SWAP), ("plan_changes/c2", undo)), criteria)
    assert report.element("1.5.5.plan_changes").status == "none"
    assert "未调整" in report.element("1.5.5.plan_changed").text.zh


def test_moments_beyond_the_calendar_are_refused_inside_a_change_too() -> None:
    value = change("move", {"s2": stop(start="0001-01-01T00:00:00Z")}, {"s2": stop()})
    with pytest.raises(setups.BadPath, match="calendar"):
        setups.check_value("plan_changes/c1", value)
