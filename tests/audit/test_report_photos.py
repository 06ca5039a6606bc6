"""Photos in the report and in nonconformity reports: where they were taken, of what, and by which number."""

from __future__ import annotations

from typing import get_args

from server.audit.entries import Text
from server.audit.report import compile_report
from server.audit.report.nonconformities import NonconformityPaper, compile_nonconformities
from server.audit.report.pictures import SUBJECTS
from server.criteria.load import Criteria
from server.criteria.model import PhotoSubject
from tests.audit.journals import Journal


def test_a_photo_says_where_it_was_taken_and_of_what(journal: Journal, criteria: Criteria) -> None:
    said = "除尘器压差表读数在范围以内，滤袋于上月更换，更换记录与备件领用单一致"
    seen = journal.observe("s2", "EMS 8.1", "QMS 7.1.5", text={"zh": said})
    journal.add("photographed", {"observation": seen, "subject": "equipment"})
    [picture] = compile_report(journal.state, criteria).pictures
    assert picture.stop == Text(zh="S02 生产部", en="S02 生产部")
    assert (picture.subject.zh, picture.clauses) == ("设备", ["E8.1", "Q7.1.5"])
    assert picture.note.zh == said[:30] + "…"


def test_every_kind_of_thing_on_a_photo_has_a_word() -> None:
    assert set(get_args(PhotoSubject)) <= set(SUBJECTS)


def test_a_nonconformity_names_the_photos_of_its_evidence(journal: Journal, criteria: Criteria) -> None:
    seen = journal.observe("s1", "QMS 6.2.1", text={"zh": "没有照片"})
    shown = journal.observe("s2", "EMS 8.1", text={"zh": "除尘器停机"})
    for observation in (seen, shown):
        journal.add("photographed", {"observation": observation})
    journal.add("found", {"type": "nonconformity", "number": "1", "observations": [shown]})
    journal.add("found", {"type": "nonconformity", "number": "2"})
    first, second = (dict(_rows(one)) for one in compile_nonconformities(journal.state, criteria).papers)
    assert first["照片"] == "审核报告照片附录 2"
    assert "照片" not in second


def _rows(paper: NonconformityPaper) -> list[tuple[str, str]]:
    return [(label.zh, text.zh) for label, text in paper.parts[0].rows]
