"""Compiling the report of small audits: whose word counts, what is 无, what is a gap, what stands where."""

from __future__ import annotations

from typing import Any

import pytest

from server.audit.entries import Text
from server.audit.report import Report, compile_report, compile_sheets
from server.audit.report.proposals import proposals
from server.audit.report.tree import Element, Options, Paragraph, Table
from server.criteria.load import Criteria
from server.demo.sample import sample_state
from tests.audit.journals import TONG, WEN, Journal

UNRESOLVED = "1.5.8.unresolved"


def compiled(journal: Journal, criteria: Criteria, **options: Any) -> Report:
    return compile_report(journal.state, criteria, **options)


def answer(journal: Journal, element: str, **body: Any) -> str:
    return journal.add("answered", {"element": element, **body})


def chosen(element: Element) -> list[str]:
    return [o.text.zh for b in element.blocks if isinstance(b, Options) for o in b.options if o.chosen]


def test_nothing_is_a_gap_and_none_is_an_answer(journal: Journal, criteria: Criteria) -> None:
    assert compiled(journal, criteria).element(UNRESOLVED).status == "empty"
    answer(journal, UNRESOLVED, none=True)
    report = compiled(journal, criteria)
    assert report.element(UNRESOLVED).status == "none"
    assert report.element(UNRESOLVED).text.zh == "无"
    assert UNRESOLVED not in report.empty


def test_an_empty_answer_leaves_the_element_as_it_was(journal: Journal, criteria: Criteria) -> None:
    answer(journal, UNRESOLVED)
    assert compiled(journal, criteria).element(UNRESOLVED).status == "empty"


def test_an_answer_stands_instead_of_what_is_compiled(journal: Journal, criteria: Criteria) -> None:
    seen = journal.observe("s1", "QMS 6.2.1", text={"zh": "目标8项"})
    key = "2.1.statement"
    assert compiled(journal, criteria).element(key).text.zh == "目标8项"
    answer(journal, key, text={"zh": "目标均已分解"}, sources=[seen])
    report = compiled(journal, criteria)
    assert report.element(key).text.zh == "目标均已分解"
    assert report.element(key).edited
    assert seen in report.element(key).sources
    assert report.others == [seen]


def test_what_no_element_prints_goes_to_the_appendix(journal: Journal, criteria: Criteria) -> None:
    homeless = journal.observe("s2", "QMS 7.2", text={"zh": "抽3人培训记录"})
    unsorted = journal.observe("", text={"zh": "待归类的一条"})
    placed = journal.observe("s2", "EMS 8.1", text={"zh": "除尘器停机"})
    report = compiled(journal, criteria)
    assert set(report.others) == {homeless, unsorted}
    assert report.element("2.2.ehs_on_site").sources == [placed]
    assert {line.id for line in report.observations} == {homeless, unsorted, placed}


@pytest.mark.parametrize(
    ("item", "clause", "home"),
    [
        ("waste-water-plant-running", "EMS 8.1", "2.2.ehs_on_site"),
        ("waste-water-plant-running", "", "2.2.products"),
        ("previous-nonconformities-verified", "QMS 10.2.1", "2.2.earlier_nonconformities"),
    ],
)
def test_clauses_say_where_a_record_stands_before_the_point_that_many_elements_share(
    item: str, clause: str, home: str, journal: Journal, criteria: Criteria
) -> None:
    placed = journal.observe("s2", *filter(None, [clause]), item=item, text={"zh": "除尘器停机"})
    report = compiled(journal, criteria)
    assert [one.key for one in report.elements if one.chapter == "2" and placed in one.sources] == [home]


def test_a_withdrawn_observation_is_printed_nowhere(journal: Journal, criteria: Criteria) -> None:
    seen = journal.observe("s2", "EMS 8.1", text={"zh": "写错了"})
    journal.add("withdrawn", {"target": seen, "bases": [seen], "reason": "重复"}, by=TONG)
    report = compiled(journal, criteria)
    assert report.observations == []
    assert "写错了" not in report.element("2.2.ehs_on_site").text.zh


def test_of_two_versions_the_first_is_printed_and_marked(journal: Journal, criteria: Criteria) -> None:
    seen = journal.observe("s2", "EMS 8.1", text={"zh": "原文"})
    clauses = [{"scheme": "EMS", "number": "8.1"}]
    for text in ("甲改", "乙改"):
        content = {"stop": "s2", "text": {"zh": text}, "clauses": clauses}
        journal.add("amended", {"target": seen, "bases": [seen], "observation": content})
    element = compiled(journal, criteria).element("2.2.ehs_on_site")
    (block,) = element.blocks
    assert isinstance(block, Paragraph)
    assert (block.text.zh, block.in_conflict) == ("甲改", True)


def test_two_answers_to_one_element_are_marked(journal: Journal, criteria: Criteria) -> None:
    answer(journal, UNRESOLVED, text={"zh": "一"})
    answer(journal, UNRESOLVED, text={"zh": "二"})
    element = compiled(journal, criteria).element(UNRESOLVED)
    assert (element.text.zh, element.in_conflict) == ("一", True)


def test_a_rating_shows_every_word_of_the_house_and_the_reason(journal: Journal, criteria: Criteria) -> None:
    choices = [{"option": 1, "reason": {"zh": "一处不符合", "en": "one nonconformity"}}]
    journal.add("judged", {"element": "7.capability", "choices": choices, "proposed": [0]})
    element = compiled(journal, criteria).element("7.capability")
    options = element.blocks[0]
    assert isinstance(options, Options)
    assert [option.text.zh for option in options.options] == ["满足", "基本满足", "不满足"]
    assert options.proposed == [0]
    assert chosen(element) == ["基本满足"]
    assert element.text.zh == "基本满足\n一处不符合"


def test_an_observation_of_cards_alone_is_printed_with_its_rows(journal: Journal, criteria: Criteria) -> None:
    rows = [{"name": "游标卡尺", "number": "KC-021", "certificate": "C-1", "valid_until": "2026-07-02"}]
    journal.observe("s2", "QMS 7.1.5.1", cards=[{"type": "calibration", "rows": rows}])
    element = compiled(journal, criteria).element("2.2.measuring_equipment")
    table = next(block for block in element.blocks if isinstance(block, Table))
    assert [cell.zh for cell in table.rows[0]] == ["游标卡尺", "KC-021", "C-1", "2026-07-02"]
    assert element.status == "filled"


def test_no_nonconformity_is_none_and_none_counted_is_zero(journal: Journal, criteria: Criteria) -> None:
    report = compiled(journal, criteria)
    assert report.element("1.5.6.major_count").text.zh == "0"
    assert report.element("1.5.6.departments_clauses").status == "none"
    journal.add(
        "found",
        {
            "type": "nonconformity",
            "grade": "minor",
            "department": "生产部",
            "clauses": [{"scheme": "QMS", "number": "7.1.5.2"}],
            "follow_up": "written",
        },
    )
    report = compiled(journal, criteria)
    assert report.element("1.5.6.minor_count").text.zh == "1"
    assert report.element("1.5.6.departments_clauses").text.zh == "生产部/Q7.1.5.2"
    assert chosen(report.element("1.5.6.follow_up")) == ["书面跟踪"]


def test_signatures_are_a_gap_until_everybody_has_signed(journal: Journal, criteria: Criteria) -> None:
    for at, name in enumerate(("闻砚秋", "佟牧野")):
        assert compiled(journal, criteria).element("7.signatures").status == "empty", at
        journal.add("signed", {"what": "report", "name": name, "signed_at": "2026-05-20"})
    element = compiled(journal, criteria).element("7.signatures")
    assert element.status == "filled"
    assert "佟牧野 2026-05-20" in element.text.zh


@pytest.mark.parametrize(("stated", "dated", "printed"), [("2026-06-01", "2026-06-09", "2026-06-01")])
def test_the_day_of_release_dates_a_report_that_nobody_dated(
    journal: Journal, criteria: Criteria, stated: str, dated: str, printed: str
) -> None:
    assert compiled(journal, criteria, dated=dated).element("cover.report_date").text.zh == dated
    journal.configure("visit", {"number": "1", "report_date": stated})
    assert compiled(journal, criteria, dated=dated).element("cover.report_date").text.zh == printed


def test_text_in_one_language_is_listed_once(journal: Journal, criteria: Criteria) -> None:
    for _ in range(2):
        journal.observe("s2", "EMS 8.1", text={"zh": "只有中文"})
    journal.observe("s2", "EMS 8.1", text={"zh": "两种", "en": "both"})
    journal.observe("s2", "EMS 8.1", text={"en": "English only"})
    listed = {(one.text, one.missing) for one in compiled(journal, criteria).untranslated}
    assert {("只有中文", "en"), ("English only", "zh")} <= listed
    assert not any(text == "两种" for text, _ in listed)
    texts = [one.text for one in compiled(journal, criteria).untranslated]
    assert len(texts) == len(set(texts))


def test_sheets_are_per_stop_and_auditor(journal: Journal, criteria: Criteria) -> None:
    for stop, by in (("s1", WEN), ("s2", TONG), ("s2", WEN), ("s2", TONG)):
        journal.observe(stop, "QMS 7.2", by=by, text={"zh": "记录"}, people=[{"name": "祝青峦"}])
    sheets = compile_sheets(journal.state, criteria).sheets
    assert [(s.place.label, s.auditor, len(s.lines)) for s in sheets] == [
        ("S01", "闻砚秋", 1),
        ("S02", "佟牧野", 2),
        ("S02", "闻砚秋", 1),
    ]
    assert sheets[0].people == ["祝青峦"]
    assert sheets[0].date == "2026-05-18"


def test_an_audit_of_an_unknown_house_is_printed_as_by_the_one_here(
    journal: Journal, criteria: Criteria
) -> None:
    journal.configure("house", "nobody")
    journal.configure("form", "none")
    assert compiled(journal, criteria).header.house.zh == criteria.house.name.zh


def test_proposals_follow_from_the_counts_of_the_sample(criteria: Criteria) -> None:
    made = proposals(sample_state(criteria), criteria)
    assert {key: proposal.options for key, proposal in made.items()} == {
        "2.1.rating": [1],
        "2.2.rating": [1],
        "2.3.rating": [0],
        "2.4.rating": [0],
        "7.criteria": [1],
        "7.applicable_requirements": [0],
        "7.capability": [1],
        "7.internal_audit_and_review": [0],
        "7.purpose": [0],
        "7.operation": [1],
        "7.recommendations": [0, 2],
    }
    assert made["2.1.rating"].basis.zh == "目标10项，达成9项"
    assert made["7.recommendations"].basis.en.endswith("3 still open")


def test_an_open_major_weighs_most_and_nothing_seen_proposes_nothing(
    journal: Journal, criteria: Criteria
) -> None:
    assert proposals(journal.state, criteria)["2.3.rating"].options == []
    clauses = [{"scheme": "EMS", "number": "8.1"}]
    found = journal.add("found", {"type": "nonconformity", "grade": "major", "clauses": clauses})
    made = proposals(journal.state, criteria)
    assert made["2.2.rating"].options == [2]
    assert made["7.recommendations"].options == [2]
    journal.add("verified", {"target": found, "result": "effective", "closed": True})
    made = proposals(journal.state, criteria)
    assert made["2.2.rating"].options == [1]
    assert made["7.recommendations"].options == [1]


def test_a_suspension_whose_cause_is_not_removed_proposes_to_stay_suspended(
    journal: Journal, criteria: Criteria
) -> None:
    journal.configure("suspension", {"reason": {"zh": "逾期"}, "schemes": ["QMS"]})
    assert proposals(journal.state, criteria)["7.recommendations"].options == [3]
    journal.add("judged", {"element": "1.5.4.suspension_removed", "choices": [{"option": 0}]})
    assert proposals(journal.state, criteria)["7.recommendations"].options == [0]


def test_a_text_in_one_language_is_placed_in_words(journal: Journal, criteria: Criteria) -> None:
    journal.observe("s2", "QMS 7.2", text={"zh": "没有归到报告项的记录"})
    answer(journal, "3.structure", text={"zh": "新设了质量部"})
    answer(journal, "cover.other_scheme", text={"zh": "其他体系甲"})
    places = {one.text: one.place for one in compiled(journal, criteria).untranslated}
    stop = places["没有归到报告项的记录"]
    assert stop.zh.startswith("S02 生产部 · 闻砚秋 2026-05-18 ")
    assert stop.en.startswith("S02 生产部 · 闻砚秋 2026-05-18 ")
    assert places["新设了质量部"] == Text(zh="三 2) 组织机构", en="3 2) Organizational structure")
    assert places["其他体系甲"].en == "Cover Other scheme (specify)"
