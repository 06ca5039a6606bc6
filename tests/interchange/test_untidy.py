"""Files as people and other programs really write them are taken, and mean the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from server.audit.entries import encode
from server.audit.interchange import parse, to_entries
from server.criteria.load import Criteria
from server.demo.sample import sample_file
from tests.interchange.conftest import Fold, Json

Change = Callable[[Json], Any]


def put(path: str, value: Any) -> Change:
    """A change that sets one place."""

    def change(file: Json) -> None:
        *steps, last = (int(part) if part.isdigit() else part for part in path.split("/"))
        target: Any = file
        for step in steps:
            target = target[step]
        target[last] = value

    return change


def both(*changes: Change) -> Change:
    def change(file: Json) -> None:
        for one in changes:
            one(file)

    return change


SAME: dict[str, Change] = {
    "full-width date": put("audit/start", "２０２６－０５－１８"),
    "date with slashes": put("audit/end", "2026/5/19"),
    "Chinese date": put("audit/report_date", "2026年6月10日"),
    "date with dots": put("findings/0/due", "2026.6.8"),
    "a moment instead of a day": put("audit/covered_to", "2026-05-19T00:00:00+08:00"),
    "a moment without seconds": put("observations/0/at", "2026-05-18T08:46+08:00"),
    "a moment without offset, with a blank": put("observations/0/at", "2026-05-18 08:46:00"),
    "a zone by its name": put("about/time_zone", "+08:00"),
    "a version in quotes": put("about/version", "1"),
    "schemes by their names": put("audit/schemes", ["QMS", "环境", "S"]),
    "a scheme in lower case": put("observations/0/clauses/0/scheme", "q"),
    "a clause with its letter, full-width": put("observations/2/clauses/0/clause", "Ｑ４．２"),
    "a clause with an item": put("observations/2/clauses/0/clause", "4.2 a)"),
    "a clause in a sentence": put("observations/2/clauses/0/clause", "第4.2条"),
    "a clause with its scheme letter again": put("observations/2/clauses/0/clause", "Q 4.2"),
    "a previous clause with its letter": put("previous_findings/0/clause", "E8.1"),
    "a previous clause as a code": both(
        put("previous_findings/0/clause", "E8.1"), put("previous_findings/0/scheme", "")
    ),
    "a clause as a code": put("observations/2/clauses/0", " Q4.2 "),
    "two schemes in one code": put("audit/plan/slots/0/clauses", ["Q6.3", "E/O4.3"]),
    "outcome in Chinese": put("observations/2/outcome", "符合"),
    "our own outcome word": put("observations/53/outcome", "improve"),
    "kind of evidence in Chinese": put("observations/0/evidence_kind", "称"),
    "grade in Chinese": put("findings/0/grade", "严重"),
    "role with capitals": put("audit/others/0/role", "Technical Expert"),
    "a number in quotes": put("client/headcount", "168"),
    "man-days in quotes": put("audit/man_days/required", "6"),
    "a truth in quotes": put("observations/0/verified", "false"),
    "blanks around an id": put("observations/0/slot", " S01 "),
    "an author by name": put("observations/0/auditor", "闻砚秋"),
    "a lone author instead of a list": put("audit/plan/slots/1/auditors", "A"),
    "null for an empty text": put("audit/plan/slots/0/department", None),
    "blank for nothing": put("findings/1/response", "  "),
    "null for an empty list": put("observations/0/photos", None),
    "an empty place in a list": put("audit/plan/slots/1/auditors", ["A", None, ""]),
    "an option by its word": both(
        put("judgements/sections/2.1/index", None), put("judgements/client_data_changed/index", None)
    ),
    "a recommendation by its code": put("judgements/recommendations/0/option_index", None),
    "an element by the number of the question": put("changes/3/report_element", None),
}


@pytest.mark.parametrize("change", SAME.values(), ids=list(SAME))
def test_untidy_values_mean_the_same(change: Change, sample: Json, criteria: Criteria) -> None:
    """Entry for entry the same bytes, but for what is kept word for word (`about`)."""
    tidy = [encode(entry) for entry in to_entries(parse(sample_file()), criteria).entries]
    change(sample)
    parsed = parse(json.dumps(sample).encode())
    untidy = [encode(entry) for entry in to_entries(parsed, criteria).entries]
    differing = [(a, b) for a, b in zip(tidy, untidy, strict=True) if a != b]
    assert all(b'"path":"about"' in a for a, _ in differing), differing
    assert parsed.warnings == ()


STANDARDS = {
    "uneven blanks": "GB/T  19001 -2016 / ISO9001 : 2015",
    "full-width punctuation": "ＧＢ／Ｔ１９００１－２０１６／ＩＳＯ ９００１：２０１５",
    "ISO alone": "ISO 9001:2015",
    "GB alone, with words": "质量管理体系 要求 GB/T 19001—2016",
    "GBT": "GBT19001-2016 idt ISO 9001:2015",
}


@pytest.mark.parametrize("name", STANDARDS.values(), ids=list(STANDARDS))
def test_standards_are_known_however_they_are_typed(name: str, sample: Json, fold: Fold) -> None:
    sample["audit"]["criteria"][0]["standard"] = name
    criterion = fold(sample).setup.visit.criteria[0]
    assert (criterion.standard, criterion.text) == ("ISO 9001:2015", name)


def test_a_standard_unknown_here_is_kept_with_a_warning(sample: Json, criteria: Criteria) -> None:
    sample["audit"]["criteria"][0]["standard"] = "ISO 9001:1994"
    parsed = parse(json.dumps(sample).encode())
    entries = to_entries(parsed, criteria).entries
    assert any(b"ISO 9001:1994" in encode(entry) for entry in entries)


def test_extra_keys_are_kept_in_the_source_and_named(sample: Json, fold: Fold) -> None:
    sample["about"]["exported_by"] = {"program": "其他系统", "build": 7}
    sample["observations"][0]["weather"] = "晴"
    sample["client"]["founded"] = 1998
    parsed = parse(json.dumps(sample).encode())
    assert [warning.path for warning in parsed.warnings] == ["/observations/0/weather"]
    assert "晴" in parsed.canonical.decode()
    setup = fold(sample).setup
    assert setup.about["exported_by"] == {"program": "其他系统", "build": 7}
    assert setup.client.more["founded"] == 1998


@pytest.mark.parametrize(
    "section",
    [
        "about",
        "client",
        "certificates",
        "previous_findings",
        "meetings",
        "objectives",
        "changes",
        "opportunities",
        "judgements",
        "traps",
    ],
)
@pytest.mark.parametrize("empty", [None, "", "missing"])
def test_optional_sections_may_be_missing(section: str, empty: str | None, sample: Json, fold: Fold) -> None:
    if empty == "missing":
        del sample[section]
    else:
        sample[section] = empty
    assert len(fold(sample).observations) == 90


def test_the_least_there_can_be(fold: Fold) -> None:
    state = fold({"house": {"short": "QHHZ"}, "audit": {"number": "1", "start": "2026-05-18"}})
    assert state.setup.visit.number == "1"
    assert state.setup.visit.end == "2026-05-18"


def test_a_note_without_anything_but_its_author_is_taken_and_named(sample: Json, criteria: Criteria) -> None:
    sample["observations"].append({"auditor": "B"})
    parsed = parse(json.dumps(sample).encode())
    entries = to_entries(parsed, criteria).entries
    assert sum(entry.__struct_config__.tag == "observed" for entry in entries) == 91


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding: str, sample: Json, criteria: Criteria) -> None:
    data = json.dumps(sample, ensure_ascii=False).encode(encoding)
    assert parse(data).canonical == parse(sample_file()).canonical


def test_attendees_listed_twice_are_one_person(sample: Json, fold: Fold) -> None:
    attendees = sample["meetings"]["attendees"]
    attendees[0]["present_at"] = ["opening"]
    attendees.append(
        {"name": " 祁云樵 ", "department": "管理层", "position": "总经理", "present_at": ["closing"]}
    )
    state = fold(sample)
    attended = state.attendance["祁云樵"].current
    assert attended is not None
    assert attended.meetings == ["opening", "closing"]
    assert not state.conflicts()


def test_what_is_stated_twice_stands_twice(sample: Json, fold: Fold) -> None:
    sample["certificates"].append({**sample["certificates"][0], "number": "SECOND"})
    sample["previous_findings"].append(dict(sample["previous_findings"][0]))
    sample["meetings"]["opening"]["points"].append({"ref": "p", "zh": "再次提问", "done": True})
    sample["audit"]["others"].append({**sample["audit"]["team"][0], "id": "A2"})
    state = fold(sample)
    assert [c.number for c in state.setup.certificates.values() if c.scheme == "QMS"] == [
        "QHHZ24Q00007R0M",
        "SECOND",
    ]
    assert set(state.setup.previous) == {"90017-2025-01", "90017-2025-02", "90017-2025-01-2"}
    assert state.setup.previous.keys() == state.verifications.keys() & state.setup.previous.keys()
    assert {"opening/p", "opening/p-2"} <= state.ticks.keys()
    assert [member.name for member in state.setup.team.values()].count("闻砚秋") == 1
    assert not state.conflicts()


def test_a_client_too_large_for_one_entry_is_set_piece_by_piece(sample: Json, fold: Fold) -> None:
    person = {"name": "某某", "department": "生产部", "position_zh": "操作工", "position_en": "Operator"}
    sample["client"]["people"] = [{**person, "id": f"P{n}"} for n in range(400)]
    sample["client"]["more_notes"] = "注" * 12_000
    assert len(fold(sample).setup.client.people) == 400


def test_refuses_what_no_entry_can_hold(sample: Json, criteria: Criteria) -> None:
    sample["observations"][5]["text"] = "长" * 30_000
    with pytest.raises(ValueError, match="/observations/5: holds more than the 64 KB"):
        to_entries(parse(json.dumps(sample).encode()), criteria)


def test_a_matrix_is_taken_row_by_row(sample: Json, fold: Fold) -> None:
    sample["audit"]["plan"]["matrix"] = [
        {"department": "生产部", "main": ["Q8.5.1", "E/O8.1"], "related": "Q7.2、Q8.5.1"},
        {"department": "生产部", "related": ["Q9.1.1"]},
    ]
    state = fold(sample)
    assert state.setup.matrix == {
        "生产部": {"Q7.2": "related", "Q8.5.1": "main", "E8.1": "main", "O8.1": "main", "Q9.1.1": "related"}
    }
    assert not state.conflicts()
