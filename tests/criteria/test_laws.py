"""Laws by name and number: found however written, judged for a day, and wrong data refused."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.criteria.law_names import LawMention, LawNames, find_law
from server.criteria.laws import Law, laws_for, successor
from server.criteria.load import CriteriaError, load_criteria
from server.settings import data_root

LAWS = load_criteria(data_root("checklists")).laws
NAMES = LawNames(LAWS.values())
SAMPLE = Path(__file__).parents[2] / "server" / "demo" / "sample-audit.json"
MAY = date(2026, 5, 20)
NOVEMBER = date(2026, 11, 23)


class Case(NamedTuple):
    """In ``text`` of that day ``written`` is found, wrong for ``fault``; ``instead`` should stand there."""

    text: str
    written: str
    fault: str | None
    instead: str
    on: date = MAY


CASES = [
    Case("按《大气污染防治法》第四十五条", "《大气污染防治法》", None, "air-law"),
    Case("《中华人民共和国大气污染防治法》", "《中华人民共和国大气污染防治法》", None, "air-law"),
    Case("《大气污染防治法》未收录", "《大气污染防治法》", "obsolete", "environment-code", NOVEMBER),
    Case("依据《固体废物污染防治法》", "《固体废物污染防治法》", "misnamed", "solid-waste-law"),
    Case("固体废弃物污染环境防治法已收集", "固体废弃物污染环境防治法", "misnamed", "solid-waste-law"),
    Case("《固体废物污染环境防冶法》", "《固体废物污染环境防冶法》", "misnamed", "solid-waste-law"),
    Case("《固废法》宣贯", "《固废法》", "obsolete", "environment-code", NOVEMBER),
    Case("清单有《环境噪声污染防治法》", "《环境噪声污染防治法》", "obsolete", "noise-law"),
    Case("《环境噪声污染防治法》", "《环境噪声污染防治法》", "obsolete", "environment-code", NOVEMBER),
    Case("《环境噪声污染防治法》", "《环境噪声污染防治法》", None, "noise-law-1996", date(2021, 3, 1)),
    Case("《生态环境法典》", "《生态环境法典》", "not_yet", "environment-code"),
    Case("《生态环境法典》", "《生态环境法典》", None, "environment-code", NOVEMBER),
    Case("违反环保法第42条", "环保法", "misnamed", "environmental-protection-law"),
    Case("《安全生产法》（2014年修正）", "《安全生产法》", "obsolete", "work-safety-law"),
    Case("《安全生产法（2021修正）》", "《安全生产法（2021修正）》", None, "work-safety-law"),
    Case("《大气污染防治法》（2016-01-01施行）", "《大气污染防治法》", None, "air-law"),
    Case("《危险化学品安全法》（2026-05-01施行）", "《危险化学品安全法》", None, "hazardous-chemicals-law"),
    Case(
        "《危险化学品安全法》", "《危险化学品安全法》", "not_yet", "hazardous-chemicals-law", date(2026, 3, 1)
    ),
    Case("危化品管理条例已识别", "危化品管理条例", "misnamed", "hazardous-chemicals-regulation"),
    Case("《合同法》规定", "《合同法》", "obsolete", "civil-code"),
    Case(
        "《国家危险废物名录（2021年版）》",
        "《国家危险废物名录（2021年版）》",
        "obsolete",
        "hazardous-waste-list",
    ),
    Case("《国家危险废物名录》（2025年版）", "《国家危险废物名录》", None, "hazardous-waste-list"),
    Case(
        "《排污许可管理办法（试行）》",
        "《排污许可管理办法（试行）》",
        "obsolete",
        "pollutant-permit-measures",
    ),
    Case("《排污许可管理办法》", "《排污许可管理办法》", None, "pollutant-permit-measures"),
    Case("危险废物转移联单管理办法", "危险废物转移联单管理办法", "obsolete", "hazardous-waste-transfer"),
    Case("《特种设备安全管理法》", "《特种设备安全管理法》", "misnamed", "special-equipment-law"),
    Case("贮存执行GB18597-2001", "GB18597-2001", "obsolete", "gb-18597"),
    Case("贮存执行ＧＢ　18597—2023", "ＧＢ　18597—2023", None, "gb-18597"),
    Case("贮存执行GB 18597-2001", "GB 18597-2001", None, "gb-18597", date(2022, 1, 1)),
    Case("GB/T 18597-2023", "GB/T 18597-2023", "misnamed", "gb-18597"),
    Case("抽样按GB 2828.1-2012", "GB 2828.1-2012", "misnamed", "gb-t-2828-1"),
    Case("限值见GBZ 2.1-2007", "GBZ 2.1-2007", "obsolete", "gbz-2-1"),
    Case("臭气GB14554-93二级", "GB14554-93", None, "gb-14554"),
    Case("GB 14881-2013", "GB 14881-2013", None, "gb-14881-2013"),
    Case("GB 14881-2013", "GB 14881-2013", "obsolete", "gb-14881", NOVEMBER),
    Case("GB 14881-2025", "GB 14881-2025", "not_yet", "gb-14881-2013"),
    Case("《食品生产通用卫生规范》", "《食品生产通用卫生规范》", None, "gb-14881", NOVEMBER),
    Case("GB 12348-2031", "GB 12348-2031", "unknown_edition", "gb-12348"),
    Case("执行DB33/2146－2018表1", "DB33/2146－2018", None, "db33-2146"),
    Case("TSG 08-2017", "TSG 08-2017", "obsolete", "tsg-08"),
    Case("厂界噪声按 GB 12348 评价", "GB 12348", None, "gb-12348"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text} {case.on}")
def test_a_law_is_found_and_judged(case: Case) -> None:
    [mention] = find_law(case.text, LAWS.values(), case.on)
    assert (mention.written, mention.fault, mention.instead.id) == (case.written, case.fault, case.instead)
    assert case.text[mention.start : mention.end] == mention.written


@pytest.mark.parametrize(
    "text",
    [
        "查安全生产法规清单",
        "法律法规与消防法律义务",
        "广东省工伤保险条例已执行",
        "《浙江省固体废物污染环境防治条例》",
        "《江苏省安全生产条例》",
        "《广东危险化学品安全管理条例》",
        "《危险废物管理规定》LH-HJ-15",
        "采用标准法测定，按计量法则折算",
        "《海商法》《粮食安全保障法》《数据安全法》",
        "GB/T 19001-2016",
        "8 GB 内存、U盘64GB",
        "记录LH-GB-12",
        "《》",
        "",
    ],
)
def test_what_is_no_such_law_is_left_alone(text: str) -> None:
    assert NAMES.find(text, MAY) == []


def test_several_in_one_text_come_in_order() -> None:
    text = "《固废法》、消防法第六十条、《消防安全法》和《危险废物贮存污染控制标准》（GB 18597-2023）"
    found = [(mention.written, mention.fault) for mention in NAMES.find(text, MAY)]
    assert found == [
        ("《固废法》", "misnamed"),
        ("消防法", None),
        ("《消防安全法》", "misnamed"),
        ("《危险废物贮存污染控制标准》", None),
        ("GB 18597-2023", None),
    ]


@given(st.sampled_from(list(LAWS.values())), st.dates(date(2000, 1, 1), date(2035, 1, 1)))
def test_a_right_name_is_never_called_misnamed(law: Law, on: date) -> None:
    [mention] = NAMES.find(f"《{law.name.zh}》", on)
    assert mention.fault != "misnamed"
    assert mention.law.name == law.name
    if law.in_force(on):
        assert (mention.law, mention.fault) == (law, None)


@given(st.text(alphabet="《》法条例环境保护GBZ/T -—0123456789.（）年版", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for mention in NAMES.find(text, MAY):
        assert text[mention.start : mention.end] == mention.written


def test_every_wrong_name_is_found_in_quotes() -> None:
    for law in LAWS.values():
        for wrong in law.misnamed:
            [mention] = NAMES.find(f"《{wrong}》", law.valid_from or MAY)
            assert (mention.law.name, mention.fault) == (law.name, "misnamed"), wrong


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _strings(child)


def test_the_sample_audit_names_its_laws_rightly() -> None:
    sample = json.loads((SAMPLE).read_text(encoding="utf-8"))
    found: list[LawMention] = [mention for text in _strings(sample) for mention in NAMES.find(text, MAY)]
    assert [mention.written for mention in found if mention.fault] == []
    ids = {mention.law.id for mention in found}
    assert ids >= {
        "air-law", "db33-2146", "db33-887", "environmental-protection-law", "fire-law",
        "food-safety-law", "gb-12348", "gb-15577", "gb-16297", "gb-18597", "gb-39800-1", "gb-4806-1",
        "gb-4806-11", "gb-4806-7", "gb-4806-9", "gb-8978", "gb-t-2828-1", "gb-t-29606", "gb-t-3280",
        "gbz-2-1", "gbz-2-2", "hazardous-chemicals-law", "hazardous-waste-list", "metrology-law",
        "noise-law", "occupational-disease-law", "product-quality-law", "qms-certification-rules",
        "solid-waste-law", "standardization-law", "water-law", "work-safety-law",
    }  # fmt: skip


def test_enough_laws_of_each_kind_and_scheme() -> None:
    assert len(LAWS) >= 60
    for scheme, least in {
        "QMS": 15,
        "EMS": 40,
        "OHSMS": 40,
        "EnMS": 8,
        "FSMS": 10,
        "HACCP": 10,
        "EC": 10,
    }.items():
        assert sum(scheme in law.schemes for law in LAWS.values()) >= least, scheme
    assert {law.confidence for law in LAWS.values()} == {"high", "medium", "low"}
    assert all(law.remark for law in LAWS.values() if law.confidence == "low")


def test_what_applies_to_an_aspect_on_a_day() -> None:
    before = [law.id for law in laws_for(LAWS.values(), "air", "EMS", MAY)]
    after = [law.id for law in laws_for(LAWS.values(), "air", "EMS", NOVEMBER)]
    assert before[0] == "air-law"
    assert "environment-code" not in before
    assert after[0] == "environment-code"
    assert "air-law" not in after
    assert laws_for(LAWS.values(), "air", "QMS", MAY) == []


def test_a_successor_is_one_in_force() -> None:
    assert successor(LAWS["noise-law-1996"], LAWS, MAY).id == "noise-law"
    assert successor(LAWS["noise-law-1996"], LAWS, NOVEMBER).id == "environment-code"
    assert successor(LAWS["fire-law"], LAWS, NOVEMBER).id == "fire-law"


BAD = {
    "unknown aspect": ('aspects = ["air"]', 'aspects = ["wind"]', "unknown aspect wind"),
    "unknown scheme": ('schemes = ["EMS"]', 'schemes = ["XMS"]', "unknown scheme XMS"),
    "no aspect": ('aspects = ["air"]', "aspects = []", "aspects of"),
    "id twice": ('id = "bidding-law"', 'id = "water-law"', "duplicate id water-law"),
    "unknown successor": ('replaced_by = "civil-code"', 'replaced_by = "no-code"', "unknown law no-code"),
    "ends before it begins": ("valid_to = 2020-12-31", "valid_to = 1990-12-31", "ends before it begins"),
    "replaced without end": ("valid_to = 2020-12-31\n", "", "has no last day"),
    "standard without number": ('number = "GB 18597-2023"\n', "", "has no number"),
    "right name as a wrong one": (
        'misnamed = ["经济合同法"]',
        'misnamed = ["消防法"]',
        "is the right name of fire-law",
    ),
    "two at once": ("valid_to = 2026-09-01", "valid_to = 2026-09-30", "is in force twice"),
    "unknown rank": ('rank = "regulation"', 'rank = "decree"', "unknown rank of law decree"),
    "no English": ('name.en = "Fire Protection Law"', 'name.en = ""', "name has no English"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_wrong_laws_are_refused(bad: tuple[str, str, str], copy: Path) -> None:
    old, new, reason = bad
    file = copy / "laws.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CriteriaError) as caught:
        load_criteria(copy)
    assert {problem.file for problem in caught.value.problems} == {str(file)}
    assert any(reason in problem.reason for problem in caught.value.problems)
