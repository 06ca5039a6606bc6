"""Gaps: each check finds what it is for, and nothing once that is put right."""

from __future__ import annotations

from typing import Any

import pytest

from server.audit import gaps
from server.audit.gaps import Beside, Given
from tests.audit.journals import STOPS, TONG, WEN, ZHUO, Journal


@pytest.fixture
def find(journal: Journal, given: Given) -> Any:
    def codes(code: str, **beside: Any) -> list[gaps.Gap]:
        return [gap for gap in gaps.find(journal.state, given, Beside(**beside)) if gap.code == code]

    return codes


def test_an_empty_stop(journal: Journal, find: Any) -> None:
    assert [gap.where for gap in find("SLOT_EMPTY")] == ["stops/s1", "stops/s2"]
    assert find("SLOT_EMPTY")[1].message.zh == "S02 生产部 抛光（佟牧野）没有审核记录"
    journal.observe("s1", "QMS 6.2.1", outcome="not_seen")
    assert [gap.where for gap in find("SLOT_EMPTY")] == ["stops/s2"]


def test_planned_clauses_nobody_saw(journal: Journal, find: Any) -> None:
    assert not find("CLAUSES_UNSEEN"), "an empty stop says enough"
    journal.observe("s2", "EMS 8.1", outcome="conform")
    (gap,) = find("CLAUSES_UNSEEN")
    assert gap.message.zh.endswith("Q7.1.5")
    journal.observe("s1", "QMS 7.1.5.1", "QMS 6.2.1", "EMS 6.2.1", outcome="conform")
    assert not find("CLAUSES_UNSEEN")


def test_a_stop_left_out_on_site_leaves_its_clauses_open(journal: Journal, find: Any) -> None:
    stop: Any = STOPS["s2"]
    journal.configure("stops/s2", {**stop, "status": "skipped"})
    assert [gap.where for gap in find("SLOT_EMPTY")] == ["stops/s1"]
    (gap,) = find("CLAUSES_UNSEEN")
    assert (gap.where, gap.about) == ("stops/s2", ["E8.1", "Q7.1.5"])


def test_nonconform_without_finding(journal: Journal, find: Any) -> None:
    key = journal.observe("s2", "EMS 8.1", outcome="nonconform", label="OB-1")
    (gap,) = find("NC_WITHOUT_FINDING")
    assert gap.entries == [key]
    assert gap.message.en.startswith("OB-1")
    journal.add("found", {"type": "nonconformity", "observations": [key]})
    assert not find("NC_WITHOUT_FINDING")


def test_an_incomplete_nonconformity(journal: Journal, find: Any) -> None:
    journal.add(
        "found", {"type": "nonconformity", "number": "01", "grade": "minor", "statement": {"zh": "缺"}}
    )
    assert find("NC_INCOMPLETE")[0].message.zh == "不符合01缺条款、证据、要求"


def test_a_number_given_twice(journal: Journal, find: Any) -> None:
    keys = [journal.add("found", {"type": "nonconformity", "number": "01"}) for _ in range(2)]
    assert find("NC_NUMBER_TWICE")[0].entries == keys
    journal.add("withdrawn", {"target": keys[1], "bases": [keys[1]], "reason": "合并"})
    assert not find("NC_NUMBER_TWICE")


def test_surveillance_points(journal: Journal, find: Any) -> None:
    assert len(find("POINT_UNTOUCHED")) == 16
    journal.add("answered", {"element": "5.use_of_marks", "none": True})
    assert len(find("POINT_UNTOUCHED")) == 14
    journal.configure("visit", {"type": "initial"})
    assert not find("POINT_UNTOUCHED")


def test_photos(journal: Journal, find: Any) -> None:
    key = journal.observe("s2", "EMS 8.1", outcome="conform")
    sha = "a" * 64
    journal.add("photographed", {"observation": key, "sha256": sha, "taken_at": "2026-05-18T11:00:00+08:00"})
    journal.add("photographed", {"observation": key, "label": "PH-2"})
    assert not find("PHOTO_NOT_ARRIVED"), "not asked for"
    assert len(find("PHOTO_NOT_ARRIVED", arrived=set())) == 1
    assert not find("PHOTO_NOT_ARRIVED", arrived={sha})
    (no_file,) = find("PHOTO_NO_FILE")
    assert (no_file.severity, no_file.message.zh) == ("note", "PH-2：无文件")
    assert len(find("PHOTO_NO_TIME")) == 1


@pytest.mark.parametrize(
    ("what", "where", "zh", "en"),
    [
        ("opening", "meetings/opening", "首次会议", "opening meeting"),
        ("commitment", "meetings/opening", "公正与保密承诺", "Commitment"),
        ("accompanied/s2", "stops/s2", "S02 生产部 抛光", "S02 Polishing"),
        ("report", "signatures", "报告", "Report"),
    ],
)
def test_signatures(journal: Journal, find: Any, what: str, where: str, zh: str, en: str) -> None:
    sha, again = "a" * 64, "b" * 64
    key = journal.add("signed", {"what": what, "name": "邱晓芸", "picture": sha})
    journal.add("signed", {"what": what, "name": "车明远", "imported": True})
    assert not find("SIGNATURE_NOT_ARRIVED"), "not asked for"
    (gap,) = find("SIGNATURE_NOT_ARRIVED", arrived=set())
    assert (gap.where, gap.entries, gap.gate, gap.severity) == (where, [key], "leave", "error")
    assert gap.message.zh == f"{zh}：邱晓芸的签名图样还没有送达"
    assert gap.message.en == f"{en}: the picture of 邱晓芸's signature has not arrived"
    assert not find("SIGNATURE_NOT_ARRIVED", arrived={sha})
    journal.add("signed", {"what": what, "name": "邱晓芸", "picture": again})
    assert not find("SIGNATURE_NOT_ARRIVED", arrived={again}), "signed again: the first one stands no more"


def test_the_signature_of_a_nonconformity_names_it(journal: Journal, find: Any) -> None:
    finding = journal.add("found", {"type": "nonconformity", "number": "01"})
    journal.add("signed", {"what": f"nonconformity/{finding}", "name": "车明远", "picture": "a" * 64})
    (gap,) = find("SIGNATURE_NOT_ARRIVED", arrived=set())
    assert (gap.where, gap.message.zh) == (f"findings/{finding}", "不符合01：车明远的签名图样还没有送达")


def test_two_versions(journal: Journal, find: Any) -> None:
    key = journal.observe("s2", "EMS 8.1", outcome="conform")
    for outcome in ("improve", "nonconform"):
        content = {"stop": "s2", "outcome": outcome}
        journal.add("amended", {"target": key, "bases": [key], "observation": content})
    (gap,) = find("TWO_VERSIONS")
    assert gap.where == f"observations/{key}"
    journal.add("amended", {"target": key, "bases": gap.entries, "observation": {"stop": "s2"}})
    assert not find("TWO_VERSIONS")


def test_held_entries(journal: Journal, find: Any) -> None:
    content = {"stop": "s1", "text": {"zh": "迟到"}, "outcome": "conform"}
    key = journal.add("observed", content, by=ZHUO, standing="held")
    assert find("ENTRY_HELD")[0].entries == [key]
    journal.add("accepted", {"entries": [key]})
    assert not find("ENTRY_HELD")


def test_clocks(find: Any) -> None:
    assert not find("CLOCK_OFF", clocks={WEN: 299_000})
    assert find("CLOCK_OFF", clocks={TONG: -601_000})[0].message.zh == "佟牧野的手机时钟差10分钟"


def test_unclassified(journal: Journal, find: Any) -> None:
    journal.observe("s1", text={"zh": "消防通道堆物"})
    assert len(find("NO_CLAUSE")) == 1


def test_stated_counts(journal: Journal, find: Any) -> None:
    journal.configure("stated/nonconformities", {"major": 0, "minor": 2})
    journal.add("found", {"type": "nonconformity", "grade": "minor"})
    assert find("NC_COUNT")[0].message.zh == "轻微不符合数2与清单1不一致"
    journal.add("found", {"type": "nonconformity", "grade": "minor"})
    assert not find("NC_COUNT")
    journal.add("answered", {"element": "1.5.6.major_count", "text": {"zh": "1"}})
    assert find("NC_COUNT")[0].where == "report#1.5.6.major_count"


def test_stated_places(journal: Journal, find: Any) -> None:
    journal.configure("stated/nonconformities", {"items": ["生产部/8.5.1", "生产部/E8.1", "仓储部/Q8.5.4"]})
    clauses = [{"scheme": "EMS", "number": "8.1"}]
    journal.add("found", {"type": "nonconformity", "department": "生产部", "clauses": clauses})
    assert find("SCHEME_LETTER")[0].message.en == '"生产部/8.5.1" has no scheme letter'
    assert [gap.message.zh for gap in find("NC_PLACE")] == ["“仓储部/Q8.5.4”不在不符合清单里"]


def test_cover_type(journal: Journal, find: Any) -> None:
    journal.configure("visit", {"cover_type": {"zh": "再认证审核"}, "type_text": {"zh": "监督审核"}})
    assert find("COVER_TYPE")
    journal.configure("visit", {"cover_type": {"zh": "监督审核"}, "type_text": {"zh": "监督审核"}})
    assert not find("COVER_TYPE")


def test_auditor_days(journal: Journal, find: Any) -> None:
    journal.configure("visit", {"auditor_days": {"required": 6, "actual": 5.5, "counted": [WEN, ZHUO]}})
    assert find("AUDITOR_DAYS_SHORT")[0].message.zh == "实际人日5.5少于要求6"
    assert len(find("AUDITOR_DAYS_COUNTED")) == 1
    journal.configure(f"team/{ZHUO}", {"name": "卓以宁", "role": "auditor"})
    assert not find("AUDITOR_DAYS_COUNTED")


def test_registrations(journal: Journal, find: Any) -> None:
    journal.observe("s2", "EMS 8.1", "QMS 7.1.5", by=TONG, outcome="conform", label="OB-83")
    assert not find("AUDITOR_NOT_QUALIFIED"), "no registration is known at all"
    registered = {"name": "佟牧野", "role": "auditor", "registrations": [{"scheme": "QMS"}]}
    journal.configure(f"team/{TONG}", registered)
    assert find("AUDITOR_NOT_QUALIFIED")[0].message.zh == "OB-83：佟牧野没有E的注册"


def test_times_outside_the_stop(journal: Journal, find: Any) -> None:
    journal.observe("s2", "EMS 8.1", outcome="conform", seen_at="2026-05-18T12:29:00+08:00")
    assert not find("OUTSIDE_SLOT")
    journal.observe("s2", "EMS 8.1", outcome="conform", seen_at="2026-05-18T12:31:00+08:00", label="OB-63")
    said = find("OUTSIDE_SLOT")[0].message
    assert said.zh.startswith("OB-63（05-18 12:31）不在 S02 的计划时间（05-18 ")
    assert said.zh.count("05-18") == 2, "the day of the plan is named once"
    journal.observe("s2", "EMS 8.1", outcome="conform", seen_at="2026-05-18T12:40:00+08:00")
    assert find("OUTSIDE_SLOT")[1].message.zh.startswith("05-18 12:40 的记录不在 S02 的")


def test_claims(journal: Journal, find: Any) -> None:
    claim: Any = {"evidence": [{"kind": "claim"}], "outcome": "conform", "text": {"zh": "据称"}}
    journal.observe("s1", "QMS 6.2.1", **claim)
    assert not find("CLAIM_VERIFIED")
    journal.observe("s1", "QMS 6.2.1", **claim, verified=True)
    assert len(find("CLAIM_VERIFIED")) == 1


def test_dates(journal: Journal, find: Any) -> None:
    key = journal.add("found", {"type": "nonconformity", "number": "03", "due": "2026-05-15"})
    assert find("NC_DUE_BEFORE_END")[0].message.zh == "03期限2026-05-15早于审核结束2026-05-19"
    journal.configure("visit", {"end": "2026-05-10", "report_date": "2026-06-10"})
    journal.add("verified", {"target": key, "date": "2026-06-10"})
    assert not find("DATE_AFTER_REPORT")
    journal.add("verified", {"target": key, "date": "2026-06-19"})
    assert find("DATE_AFTER_REPORT")


def test_signatures_and_attendance(journal: Journal, find: Any) -> None:
    for name in ("祁云樵", "骆一苇"):
        journal.add("attended", {"name": name, "meetings": ["closing"]})
    assert not find("SIGNATURE_NOT_ATTENDEE"), "nobody has signed yet"
    for name in ("祁云樵", "尤清越", "闻砚秋"):
        journal.add("signed", {"what": "closing", "name": name})
    assert (
        find("SIGNATURE_NOT_ATTENDEE")[0].message.zh
        == "尤清越签到末次会议，但不在参会名单；骆一苇缺末次会议签名"
    )


def test_gates_are_cumulative_and_sorted(journal: Journal, given: Given) -> None:
    journal.observe("s1", text={"zh": "待归类"})
    found = {gate: gaps.find(journal.state, given, gate=gate) for gate in gaps.GATES}
    assert {gap.gate for gap in found["leave"]} == {"leave"}
    assert {gap.gate for gap in found["closing"]} == {"leave", "closing"}
    order = [gaps.GATES.index(gap.gate) for gap in found["release"]]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}


def test_a_dismissed_gap_is_gone(journal: Journal, find: Any) -> None:
    (first, _) = find("SLOT_EMPTY")
    journal.add("dismissed", {"gap": first.id, "reason": "部门已并入"})
    assert [gap.where for gap in find("SLOT_EMPTY")] == ["stops/s2"]


def test_public_shape(journal: Journal, given: Given) -> None:
    (first, *_) = gaps.as_json(gaps.find(journal.state, given))["gaps"]
    assert list(first) == ["code", "severity", "gate", "message", "where", "entries"]
    assert set(first["message"]) == {"zh", "en"}
