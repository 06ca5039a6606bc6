"""Coverage by scheme and clause, by stop, by surveillance point."""

from __future__ import annotations

from server.audit.coverage import Coverage, PointMap, cover, lineage
from tests.audit.journals import TONG, Journal


def covered(journal: Journal, points: PointMap) -> Coverage:
    return cover(journal.state, points)


def scheme(coverage: Coverage, name: str) -> tuple[list[str], list[str]]:
    """Codes seen and missing."""
    found = next(one for one in coverage.schemes if one.scheme == name)
    return [c.code for c in found.seen], [c.code for c in found.missing]


def test_nothing_seen_yet(journal: Journal, points: PointMap) -> None:
    coverage = covered(journal, points)
    assert scheme(coverage, "QMS") == ([], ["Q6.2.1", "Q7.1.5"])
    assert [one.percent for one in coverage.schemes] == [0, 0]
    assert len(coverage.untouched) == 16


def test_an_outcome_or_words_make_a_clause_seen(journal: Journal, points: PointMap) -> None:
    journal.observe("s1", "QMS 6.2.1", outcome="conform")
    journal.observe("s1", "EMS 6.2.1", text={"zh": "看板上有目标"})
    journal.observe("s2", "EMS 8.1")
    coverage = covered(journal, points)
    assert scheme(coverage, "QMS") == (["Q6.2.1"], ["Q7.1.5"])
    assert scheme(coverage, "EMS") == (["E6.2.1"], ["E8.1"])


def test_not_seen_is_not_seen_even_with_words(journal: Journal, points: PointMap) -> None:
    journal.observe("s2", "EMS 8.1", outcome="not_seen", text={"zh": "停产"})
    assert scheme(covered(journal, points), "EMS")[1] == ["E6.2.1", "E8.1"]


def test_a_clause_may_differ_from_its_observation(journal: Journal, points: PointMap) -> None:
    journal.observe("s2", "EMS 8.1 not_seen", "QMS 7.1.5", outcome="conform")
    coverage = covered(journal, points)
    assert scheme(coverage, "QMS")[0] == ["Q7.1.5"]
    assert scheme(coverage, "EMS")[0] == []


def test_a_sub_clause_covers_the_planned_one(journal: Journal, points: PointMap) -> None:
    journal.observe("s2", "QMS 7.1.5.2", outcome="conform")
    assert scheme(covered(journal, points), "QMS")[0] == ["Q7.1.5"]


def test_a_parent_does_not_cover_what_lies_within(journal: Journal, points: PointMap) -> None:
    journal.observe("s2", "QMS 7.1", outcome="conform")
    assert scheme(covered(journal, points), "QMS")[0] == []


def test_unplanned_clauses_are_named_apart(journal: Journal, points: PointMap) -> None:
    journal.observe("s2", "QMS 8.4.1", "QMS 7.1.5.1", outcome="conform")
    found = next(one for one in covered(journal, points).schemes if one.scheme == "QMS")
    assert [clause.code for clause in found.extra] == ["Q8.4.1"]


def test_withdrawn_evidence_covers_nothing(journal: Journal, points: PointMap) -> None:
    key = journal.observe("s1", "QMS 6.2.1", outcome="conform")
    journal.add("withdrawn", {"target": key, "bases": [key], "reason": "重复"})
    assert scheme(covered(journal, points), "QMS")[0] == []


def test_a_photo_alone_covers(journal: Journal, points: PointMap) -> None:
    key = journal.observe("s2", "EMS 8.1", by=TONG)
    journal.add("photographed", {"observation": key}, by=TONG)
    coverage = covered(journal, points)
    assert scheme(coverage, "EMS")[0] == ["E8.1"]
    assert coverage.stops["s2"].photos == 1


def test_progress_of_a_stop(journal: Journal, points: PointMap) -> None:
    journal.observe("s1", "QMS 6.2.1", outcome="conform")
    journal.observe("s1", "QMS 6.2.1", outcome="nonconform")
    journal.observe("s2", "EMS 6.2.1", outcome="conform")
    progress = covered(journal, points).stops["s1"]
    assert (progress.seen, progress.planned) == (1, 2)
    assert progress.outcomes == {"conform": 1, "nonconform": 1}
    assert progress.by_scheme == {"QMS": (1, 1), "EMS": (0, 1)}


def untouched(coverage: Coverage, name: str) -> str:
    return "".join(one.point for one in coverage.untouched if one.scheme == name)


def test_an_item_touches_its_points_for_the_schemes_observed(journal: Journal, points: PointMap) -> None:
    item = next(key for key, letters in points.by_item.items() if letters == {"f"})
    journal.observe("s2", "EMS 8.1", item=item, outcome="conform")
    coverage = covered(journal, points)
    assert untouched(coverage, "EMS") == "abcdegh"
    assert untouched(coverage, "QMS") == "abcdefgh"


def test_an_answer_in_the_report_touches_every_scheme(journal: Journal, points: PointMap) -> None:
    journal.add("answered", {"element": "3.organization", "none": True})
    journal.add("answered", {"element": "5.use_of_marks", "text": {"zh": ""}})
    coverage = covered(journal, points)
    assert untouched(coverage, "EMS") == untouched(coverage, "QMS") == "abcdefh"


def test_elements_named_by_an_observation_count(journal: Journal, points: PointMap) -> None:
    journal.observe("s1", "QMS 6.2.1", outcome="conform", elements=[112], text={"zh": "官网标志已撤"})
    assert "h" not in untouched(covered(journal, points), "QMS")


def test_earlier_nonconformities_touch_b_once_verified(journal: Journal, points: PointMap) -> None:
    journal.configure("previous/01", {"number": "01", "clauses": [{"scheme": "EMS", "number": "8.1"}]})
    assert "b" in untouched(covered(journal, points), "EMS")
    assert "b" not in untouched(covered(journal, points), "QMS")
    journal.add("verified", {"target": "01", "result": "effective"})
    assert "b" not in untouched(covered(journal, points), "EMS")


def test_lineage() -> None:
    assert lineage("7.1.5.2") == ("7.1.5.2", "7.1.5", "7.1", "7")
