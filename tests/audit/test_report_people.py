"""Who is named in the report and on the record sheets, and how: nobody who wasn't there."""

from __future__ import annotations

from server.audit.report import compile_report, compile_sheets
from server.audit.report.tree import Signature
from server.criteria.load import Criteria
from tests.audit.journals import WEN, Journal


def escorts(journal: Journal, criteria: Criteria) -> list[list[str]]:
    return [sheet.escort for sheet in compile_sheets(journal.state, criteria).sheets]


def test_a_sheet_names_who_came_along_and_nobody_for_having_been_a_guide_somewhere(
    journal: Journal, criteria: Criteria
) -> None:
    journal.configure("companions", {"c1": {"name": "纪晚舟", "role": "guide"}})
    for stop in ("s1", "s2"):
        journal.observe(stop, "QMS 7.2", by=WEN, text={"zh": "记录"})
    journal.add("accompanied", {"stop": "s2", "name": "邬知远"})
    assert escorts(journal, criteria) == [[], ["邬知远"]]


def test_a_sheet_names_the_guides_whom_the_plan_gives_the_stop(journal: Journal, criteria: Criteria) -> None:
    guides = {"c1": {"name": "纪晚舟"}, "c2": {"name": "邬知远"}}
    journal.configure("companions", guides | {"c3": {"name": "苗观察", "role": "observer"}})
    journal.configure("stops/s1", {"label": "S01", "accompanied_by": ["c1", "c3"]})
    journal.observe("s1", "QMS 7.2", by=WEN, text={"zh": "记录"})
    assert escorts(journal, criteria) == [["纪晚舟"]]
    journal.add("accompanied", {"stop": "s1", "name": "纪晚舟", "there": False})
    assert escorts(journal, criteria) == [[]]


def test_people_are_called_in_english_as_they_are_registered(journal: Journal, criteria: Criteria) -> None:
    journal.configure(f"team/{WEN}", {"name": "闻砚秋", "name_en": "Wen Yanqiu", "role": "leader"})
    journal.configure("client", {"people": [{"name": "祝青峦", "name_en": "Zhu Qingluan"}]})
    people = [{"name": "祝青峦", "role": {"zh": "班长", "en": "foreman"}}, {"name": "路人甲"}]
    seen = journal.observe("s1", "QMS 7.2", by=WEN, text={"zh": "记录"}, people=people)
    journal.add("photographed", {"observation": seen, "photo": {"caption": {"zh": "看板"}}}, by=WEN)
    report, [sheet] = compile_report(journal.state, criteria), compile_sheets(journal.state, criteria).sheets
    [line], [picture] = report.observations, report.pictures
    assert (line.by, line.by_en) == ("闻砚秋", "Wen Yanqiu")
    assert line.people == ["祝青峦（班长）", "路人甲"]
    assert line.people_en == ["Zhu Qingluan (foreman)", "路人甲"]
    assert (picture.by, picture.by_en) == ("闻砚秋", "Wen Yanqiu")
    assert (sheet.auditor_en, sheet.people_en) == ("Wen Yanqiu", line.people_en)


def test_the_persons_audited_are_the_clients_also_among_what_was_drawn(
    journal: Journal, criteria: Criteria
) -> None:
    journal.add("attended", {"name": "祝青峦", "name_en": "Zhu Qingluan", "meetings": ["opening"]})
    for name in ("祝青峦", "闻砚秋"):
        drawn = {"what": "opening", "name": name, "picture": "a" * 64, "signed_at": "2026-05-18"}
        journal.add("signed", drawn)
    element = compile_report(journal.state, criteria).element("1.3.persons")
    signed = [block for block in element.blocks if isinstance(block, Signature)]
    assert [(one.name, one.name_en) for one in signed] == [("祝青峦", "Zhu Qingluan")]
