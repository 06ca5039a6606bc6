"""What the sample's traps hide is found, each by its code at its place; the sample has one true gap."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.audit.gaps import Gap
from server.criteria.load import Criteria
from server.demo.sample import sample_file
from server.web.overview import overview
from tests.interchange.conftest import Fold, Json
from tests.interchange.patches import apply

TRAPS: dict[str, dict[str, Any]] = {trap["name"]: trap for trap in json.loads(sample_file())["traps"]}

FOUND = {
    # trap: code, place, words of the message
    "nc_count": ("NC_COUNT", "report#1.5.6.minor_count", "轻微不符合数2与清单3不一致"),
    "date_after_report": ("DATE_AFTER_REPORT", "findings/", "2026-06-19晚于报告日期2026-06-10"),
    "zh_en_number": ("NUMBER_MISMATCH", "observations/", "OB-032：中文186与英文286不一致"),
    "scheme_letter_missing": ("SCHEME_LETTER", "report#1.5.6.departments_clauses", "“生产部/8.5.1”"),
    "auditor_not_qualified": ("AUDITOR_NOT_QUALIFIED", "observations/", "OB-083：卓以宁没有E的注册"),
    "nc_due_before_end": ("NC_DUE_BEFORE_END", "findings/", "90017-2026-03期限2026-05-15"),
    "signature_not_in_list": ("SIGNATURE_NOT_ATTENDEE", "meetings/closing", "骆一苇缺末次会议签名"),
    "slot_without_observation": ("SLOT_EMPTY", "stops/S25", "卓以宁"),
    "outside_slot": (
        "OUTSIDE_SLOT",
        "observations/",
        "OB-063（05-18 12:20）不在 S12 的计划时间（05-18 15:00 至 16:30）内",
    ),
    "photo_without_time": ("PHOTO_NO_TIME", "observations/", "PH-030没有拍摄时间"),
    "claim_as_verified": ("CLAIM_VERIFIED", "observations/", "OB-088"),
    "cover_type": ("COVER_TYPE", "report#cover", "封面“再认证审核”与1.2“监督审核”不一致"),
}
TRUE_OF_THE_SAMPLE = {"MEETING_POINTS_OPEN"}
"""Its closing meeting has no tick at “conclusion”, which 9.4.7.1 asks for: read in the file, and true."""


def gaps_of(file: Json, criteria: Criteria, fold: Fold) -> list[Gap]:
    return [gap for gap in overview(criteria, fold(file)).look().open if gap.severity != "note"]


def test_every_trap_has_its_line() -> None:
    assert set(TRAPS) == set(FOUND)
    assert {name: trap["expected"]["code"] for name, trap in TRAPS.items()} == {
        name: code for name, (code, _, _) in FOUND.items()
    }


def test_the_sample_has_no_gap_that_is_not_true(sample: Json, criteria: Criteria, fold: Fold) -> None:
    found = gaps_of(sample, criteria, fold)
    assert {gap.code for gap in found} == TRUE_OF_THE_SAMPLE
    assert [gap.about for gap in found] == [["conclusion"]]
    assert not [point for point in sample["meetings"]["closing"]["points"] if point["ref"] == "conclusion"]


@pytest.mark.parametrize("name", FOUND)
def test_a_trap_is_found(name: str, sample: Json, criteria: Criteria, fold: Fold) -> None:
    code, where, words = FOUND[name]
    apply(sample, TRAPS[name]["patch"])
    (gap,) = [one for one in gaps_of(sample, criteria, fold) if one.code not in TRUE_OF_THE_SAMPLE]
    assert (gap.code, gap.severity) == (code, TRAPS[name]["level"])
    assert gap.where.startswith(where)
    assert words in gap.message.zh
    assert gap.message.en
