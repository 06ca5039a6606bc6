"""What reviewers send back: each check finds its own, and nothing once that is put right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.audit import gaps
from server.audit.cycle import Looked, cycle_of
from server.audit.gaps import KINDS, Beside, Gap, Given
from server.audit.gaps.catalogue import code_of, may_be_dismissed
from tests.audit.journals import TONG, WEN, Journal

Find = Callable[..., list[Gap]]


@pytest.fixture
def find(journal: Journal, given: Given) -> Find:
    def found(code: str, **beside: Any) -> list[Gap]:
        return [gap for gap in gaps.find(journal.state, given, Beside(**beside)) if gap.code == code]

    return found


CLIENT = {
    "name": {"zh": "泽溪市岚壶不锈钢制品有限公司"},
    "legal_representative": "祁云樵",
    "departments": [{"zh": "管理层"}, {"zh": "生产部"}],
    "processes": [{"name": {"zh": "粉末喷涂、固化"}, "special": True}],
}
FINDING = {
    "type": "nonconformity",
    "number": "01",
    "grade": "minor",
    "clauses": [{"scheme": "EMS", "number": "8.1"}],
    "department": "生产部",
    "statement": {"zh": "停用期间没有替代控制"},
    "evidence": {"zh": "2026-05-18 在抛光车间：CC-02 停转，抽 8 人中 3 人未戴口罩"},
    "requirement": {"zh": "LH-HJ-12 第 4.3 条"},
}


def observed(journal: Journal, zh: str, *clauses: str, **content: Any) -> str:
    return journal.observe("s2", *(clauses or ("EMS 8.1",)), text={"zh": zh}, outcome="conform", **content)


def sampled(**row: Any) -> dict[str, Any]:
    return {"cards": [{"type": "sampling", "rows": [{"what": "记录", **row}]}]}


def test_praise_needs_something_beside(journal: Journal, find: Find) -> None:
    observed(journal, "现场管理有效，符合要求。")
    assert len(find("PRAISE_WITHOUT_EVIDENCE")) == 1
    observed(journal, "看了《废气规程》，有效。")
    observed(journal, "抽 3 份，符合要求。")
    observed(journal, "符合要求。", people=[{"name": "田柏舟"}])
    journal.observe("s2", "EMS 8.1", text={"zh": "控制有效"}, outcome="nonconform")
    assert len(find("PRAISE_WITHOUT_EVIDENCE")) == 1


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"n": "3", "ids": "A-1、A-2"}, True),
        ({"n": "3 份", "ids": "A-1、A-2、A-3"}, False),
        ({"n": "12", "ids": "A-01~A-12、B-1"}, False),
        ({"n": "26", "population": "26", "ids": "A-1、A-2"}, False),
        ({"n": "12", "ids": "A-1、A-2两月签领表12人"}, False),
        ({"n": "3", "ids": "LH-JL-009"}, False),
        ({"n": "约十", "ids": "A-1、A-2"}, False),
        ({"n": "3", "records": [{"number": "1"}, {"number": "2"}]}, True),
    ],
)
def test_as_many_samples_as_were_taken(
    row: dict[str, Any], found: bool, journal: Journal, find: Find
) -> None:
    observed(journal, "抽查", **sampled(**row))
    assert bool(find("SAMPLE_COUNT")) is found


def test_samples_lie_in_the_period(journal: Journal, find: Find) -> None:
    visit = {"start": "2026-05-18", "end": "2026-05-19", "schemes": ["EMS"]}
    journal.configure("visit", visit | {"covered_from": "2025-03-12", "covered_to": "2026-05-19"})
    days = [
        {"number": "1", "date": "2025-03-12"},
        {"number": "2", "date": "2025-03-11"},
        {"number": "3", "date": "?"},
    ]
    observed(journal, "抽查", **sampled(n="3", records=days))
    (gap,) = find("RECORD_OUTSIDE_PERIOD")
    assert "2025-03-11" in gap.message.zh


def test_an_objective_is_told_whole(journal: Journal, find: Find) -> None:
    rows = [
        {"name": "满意度", "target": "92", "actual": "94", "period": "2025"},
        {"name": "交付", "target": "97"},
    ]
    observed(journal, "目标", cards=[{"type": "objectives", "rows": rows}])
    (gap,) = find("OBJECTIVE_INCOMPLETE")
    assert gap.message.zh.endswith("目标“交付”缺实绩、周期")


def test_laws_have_their_right_name(journal: Journal, find: Find) -> None:
    observed(journal, "按《固体废物污染防治法》管理")
    (gap,) = find("LAW_MISNAMED")
    assert "应为《固体废物污染环境防治法》" in gap.message.zh
    observed(journal, "按《固体废物污染环境防治法》、《大气污染防治法》管理")
    assert len(find("LAW_MISNAMED")) == 1


def test_what_is_written_late_says_so(journal: Journal, find: Find) -> None:
    journal.configure("visit", {"start": "2026-05-16", "end": "2026-05-17", "schemes": ["EMS"]})
    observed(journal, "补充：风机型号")
    assert len(find("WRITTEN_LATE")) == 1
    observed(journal, "补录（当天没有网络）：风机型号")
    assert len(find("WRITTEN_LATE")) == 1


def test_unknown_departments(journal: Journal, find: Find) -> None:
    observed(journal, "看了", department="抛光车间")
    assert not find("DEPARTMENT_UNKNOWN"), "the client lists no departments"
    journal.configure("client", CLIENT)
    observed(journal, "看了", department="生产部、管理层")
    (gap,) = find("DEPARTMENT_UNKNOWN")
    assert gap.about == ["抛光车间"]


def test_processes_nobody_speaks_of(journal: Journal, find: Find) -> None:
    journal.configure("client", CLIENT)
    assert not find("PROCESS_NOT_SEEN"), "the walk has not begun"
    observed(journal, "看了拉伸")
    assert find("PROCESS_NOT_SEEN")
    observed(journal, "固化炉当天没有开")
    assert not find("PROCESS_NOT_SEEN")


def test_a_special_process_is_confirmed(journal: Journal, find: Find) -> None:
    journal.configure("client", CLIENT)
    assert find("SPECIAL_PROCESS_UNCONFIRMED")
    confirmed = [{"name": {"zh": "粉末喷涂"}, "special": True, "confirmed": "2025-06-10"}]
    journal.configure("client", CLIENT | {"processes": confirmed})
    assert not find("SPECIAL_PROCESS_UNCONFIRMED")


def test_records_of_somebody_else(journal: Journal, find: Find) -> None:
    journal.configure("client", CLIENT)
    for holder in ("", "岚壶不锈钢制品有限公司", "云岑工业园物业公司"):
        journal.add("attached", {"title": {"zh": "监测报告"}, "holder": holder})
    (gap,) = find("RECORD_OF_OTHERS")
    assert gap.message.zh == "“监测报告”是云岑工业园物业公司的"


def test_a_nonconformity_a_stranger_can_check(journal: Journal, find: Find) -> None:
    journal.add("found", FINDING)
    assert not find("NC_VAGUE")
    assert not find("NC_WORDING")
    journal.add("found", FINDING | {"number": "02", "evidence": {"zh": "有人没戴口罩"}})
    (vague,) = find("NC_VAGUE")
    assert "文件或设备编号" in vague.message.zh
    journal.add("found", FINDING | {"number": "03", "clauses": [{"scheme": "QMS", "number": "7.1.5"}]})
    assert "最低一级条款" in find("NC_VAGUE")[1].message.zh
    journal.add("found", FINDING | {"number": "04", "statement": {"zh": "由于培训不到位，没有替代控制"}})
    assert find("NC_WORDING")[0].message.zh == "04里有原因"
    journal.add("found", {"type": "opportunity", "number": "OFI-1", "statement": {"zh": "违反规程第 3 条"}})
    assert [gap.message.zh for gap in find("NC_WORDING")] == ["04里有原因", "OFI-1里有写成改进机会的不符合"]


def test_what_a_nonconformity_is_about_is_not_praised_elsewhere(journal: Journal, find: Find) -> None:
    own = observed(journal, "CC-02 停转", department="生产部")
    journal.add("found", FINDING | {"observations": [own]})
    observed(journal, "CC-02 运行正常，符合规程", department="管理层")
    observed(journal, "CC-01 运行正常", department="生产部")
    assert not find("NC_CONTRADICTED")
    key = observed(journal, "CC-02 运行正常", department="生产部")
    (gap,) = find("NC_CONTRADICTED")
    assert gap.where == f"observations/{key}"


def test_earlier_nonconformities(journal: Journal, find: Find) -> None:
    journal.configure("previous/p1", {"number": "2025-01", "clauses": [{"scheme": "EMS", "number": "8.1"}]})
    assert find("PREVIOUS_UNVERIFIED")[0].message.zh == "上次不符合2025-01还没有验证"
    assert "points/EMS/b" not in {gap.where for gap in find("POINT_UNTOUCHED")}, "told once"
    journal.add("verified", {"target": "p1", "result": "effective"})
    assert "没有写这次看到的证据" in find("PREVIOUS_THIN")[0].message.zh
    journal.add("verified", {"target": "p1", "text": {"zh": "36 只容器都有标签"}, "result": "effective"})
    assert not find("PREVIOUS_THIN")
    assert not find("PREVIOUS_UNVERIFIED")


CERTIFICATE = {
    "scheme": "EMS",
    "status": "suspended",
    "history": [{"status": "suspended", "until": "2026-09-30"}],
}


@pytest.mark.parametrize(
    ("status", "purposes", "start", "recommended", "removed", "about"),
    [
        ("suspended", ["restore"], "2026-05-18", 0, 0, []),
        ("suspended", ["surveillance"], "2026-05-18", 0, 0, ["purpose"]),
        ("valid", ["restore"], "2026-05-18", 1, None, ["status"]),
        ("suspended", ["restore"], "2026-05-18", 0, 1, ["removed"]),
        ("suspended", ["restore"], "2026-05-18", 1, 0, ["restored"]),
        ("suspended", ["restore"], "2026-10-08", 0, 0, ["EMS until 2026-09-30"]),
    ],
)
def test_a_suspension_is_told_the_same_everywhere(
    status: str,
    purposes: list[str],
    start: str,
    recommended: int,
    removed: int | None,
    about: list[str],
    journal: Journal,
    find: Find,
) -> None:
    listed = [{"code": code} for code in purposes]
    journal.configure("visit", {"start": start, "schemes": ["EMS"], "purposes": listed})
    journal.configure("certificates/EMS", CERTIFICATE | {"status": status})
    journal.add("judged", {"element": "7.recommendations", "choices": [{"option": recommended}]})
    if removed is not None:
        journal.add("judged", {"element": "1.5.4.suspension_removed", "choices": [{"option": removed}]})
    assert [gap.about[0] for gap in find("SUSPENSION_DISAGREES")] == about


def test_the_best_rating_over_a_major(journal: Journal, find: Find) -> None:
    journal.add("found", FINDING | {"grade": "major"})
    journal.add("judged", {"element": "2.2.rating", "choices": [{"option": 0}]})
    journal.add("judged", {"element": "2.3.rating", "choices": [{"option": 0}]})
    assert [gap.where for gap in find("RATING_OVER_MAJOR")] == ["report#2.2.rating"]
    heads = journal.state.judgements["2.2.rating"].heads
    reason = {
        "element": "2.2.rating",
        "choices": [{"option": 0}],
        "basis": {"zh": "当场消除"},
        "bases": heads,
    }
    journal.add("judged", reason)
    assert not find("RATING_OVER_MAJOR")


def test_the_report_follows_the_closing_meeting(journal: Journal, find: Find) -> None:
    journal.add("meeting-held", {"meeting": "closing", "end": "2026-05-19T16:00:00+08:00"})
    visit = {"start": "2026-05-18", "end": "2026-05-19", "schemes": ["EMS"]}
    journal.configure("visit", visit | {"report_date": "2026-05-18"})
    assert find("REPORT_BEFORE_CLOSING")
    journal.configure("visit", visit | {"report_date": "2026-05-19"})
    assert not find("REPORT_BEFORE_CLOSING")


def test_top_management_attends(journal: Journal, find: Find) -> None:
    journal.configure("client", CLIENT)
    journal.add("attended", {"name": "纪晚舟", "position": {"zh": "行政部经理"}, "meetings": ["closing"]})
    assert find("TOP_MANAGEMENT_ABSENT")
    journal.add("attended", {"name": "祁云樵", "meetings": ["closing"]})
    assert not find("TOP_MANAGEMENT_ABSENT")


def test_competence_of_team_and_plan(journal: Journal, find: Find) -> None:
    mild = {gap.about[0]: gap.severity for gap in find("TEAM_NOT_COMPETENT")}
    assert mild == {"no_registration": "warning"}
    for principal, role in ((WEN, "leader"), (TONG, "auditor")):
        held = [{"scheme": "QMS", "valid_until": "2027-12-31"}]
        journal.configure(f"team/{principal}", {"name": "某", "role": role, "registrations": held})
    wrong = [(gap.about[0], gap.where) for gap in find("TEAM_NOT_COMPETENT") if gap.severity == "error"]
    assert ("not_registered", "stops/s2") in wrong


def test_a_registration_that_has_expired(journal: Journal, find: Find) -> None:
    held = [{"scheme": "EMS", "valid_until": "2026-05-01"}]
    journal.configure(f"team/{TONG}", {"name": "佟牧野", "role": "auditor", "registrations": held})
    journal.observe("s2", "EMS 8.1", by=TONG, outcome="conform", label="OB-1")
    assert find("AUDITOR_NOT_QUALIFIED")[0].message.zh == "OB-1：佟牧野的E注册已过期"


def test_auditor_days_of_the_plan_where_none_are_stated(journal: Journal, find: Find) -> None:
    assert not find("AUDITOR_DAYS_SHORT"), "nobody knows how many people work there"
    visit = {"start": "2026-05-18", "end": "2026-05-19", "schemes": ["QMS", "EMS"]}
    journal.configure("visit", visit | {"auditor_days": {"required": 6}})
    (gap,) = find("AUDITOR_DAYS_SHORT")
    assert gap.where == "plan"


def test_the_last_chance_of_a_cycle(journal: Journal, find: Find) -> None:
    def looked(audit: str, no: int, start: str) -> Looked:
        none: Any = {kind: frozenset() for kind in ("people", "shifts", "products", "processes", "equipment")}
        empty: frozenset[Any] = frozenset()
        return Looked(audit, audit, "surveillance", no, start, empty, empty, empty, none)

    first, second = looked("a", 1, "2025-05-18"), looked("b", 2, "2026-05-18")
    assert not find("CYCLE_LAST_CHANCE"), "not asked"
    assert not find("CYCLE_LAST_CHANCE", cycle=cycle_of([first], "a")), "another follows"
    assert not find("CYCLE_LAST_CHANCE", cycle=cycle_of([second], "b")), "the first is not known here"
    found = find("CYCLE_LAST_CHANCE", cycle=cycle_of([second, first], "b"))
    assert sum(len(gap.about) for gap in found) == 65 + 32 + 40


def test_a_digest_is_of_facts_not_of_words(journal: Journal, find: Find) -> None:
    (first, second) = find("SLOT_EMPTY")
    assert first.id != second.id
    assert code_of(first.id) == "SLOT_EMPTY"
    renamed = {"name": "闻砚秋（组长）", "role": "leader"}
    journal.configure(f"team/{WEN}", renamed)
    assert find("SLOT_EMPTY")[0].message != first.message
    assert find("SLOT_EMPTY")[0].id == first.id


def test_only_what_contradicts_the_report_is_kept() -> None:
    kept = {code for code, kind in KINDS.items() if kind.kept}
    assert kept == {"NC_INCOMPLETE", "NC_NUMBER_TWICE", "NC_COUNT", "TWO_VERSIONS"}
    assert not may_be_dismissed("TWO_VERSIONS:observations/1:0")
    assert may_be_dismissed("OF_A_NEWER_VERSION:x:0")


def test_kept_gaps_stay_open_whatever_a_journal_says(journal: Journal, find: Find) -> None:
    journal.add("found", {"type": "nonconformity", "number": "01"})
    (gap,) = find("NC_INCOMPLETE")
    journal.add("dismissed", {"gap": gap.id, "reason": "旧版本收下的"})
    assert find("NC_INCOMPLETE")
