"""The standards hold every clause, and a clause as people write it is understood."""

import itertools
import json
import re
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.criteria.clauses import parse_clause
from server.criteria.load import Criteria
from server.criteria.model import SCHEME_LETTERS, ClauseRef

CLAUSES = Path(__file__).with_name("clauses.json")
"""Standard → its clauses: number, zh, en, and false where the standard prints no heading."""


def test_every_clause_is_there_in_order_with_its_titles(criteria: Criteria) -> None:
    found = {
        standard.id: [
            [clause.number, clause.title.zh, clause.title.en, *([] if clause.titled else [False])]
            for clause in standard.clauses
        ]
        for standard in criteria.standards.values()
    }
    assert found == json.loads(CLAUSES.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("standard", "gb", "auditable"),
    [
        ("ISO 9001:2015", "GB/T 19001-2016", 65),
        ("ISO 14001:2015", "GB/T 24001-2016", 32),
        ("ISO 45001:2018", "GB/T 45001-2020", 40),
    ],
)
def test_auditable_clauses(criteria: Criteria, standard: str, gb: str, auditable: int) -> None:
    found = criteria.standards[standard]
    assert found.gb == gb
    assert len(found.auditable) == auditable
    assert found.amendments == [f"{standard}/Amd 1:2024"]


@pytest.mark.parametrize(
    ("standard", "gb", "auditable"),
    [
        ("ISO 9001:2026", "", 65),
        ("ISO 14001:2026", "", 35),
        ("ISO 50001:2018", "GB/T 23331-2020", 36),
        ("ISO 22000:2018", "", 84),
        ("GB/T 50430-2017", "GB/T 50430-2017", 38),
        ("GB/T 27341-2009", "GB/T 27341-2009", 33),
        ("HACCP体系认证要求 V1.0 (CNCA-N-001:2021)", "", 0),
    ],
)
def test_further_standards(criteria: Criteria, standard: str, gb: str, auditable: int) -> None:
    found = criteria.standards[standard]
    assert found.gb == gb
    assert len(found.auditable) == auditable
    assert found.remark is not None


def test_what_is_uncertain_says_so(criteria: Criteria) -> None:
    construction = criteria.standards["GB/T 50430-2017"]
    sure = {clause.number: construction.confidence_of(clause) for clause in construction.clauses}
    assert (sure["6"], sure["6.2"], sure["3.5"]) == ("high", "medium", "low")
    energy = criteria.standards["ISO 50001:2018"]
    assert {c.number for c in energy.clauses if energy.confidence_of(c) != "high"} == {
        c.number for c in energy.clauses if not c.titled
    }
    assert construction.effective == date(2018, 1, 1)


def test_where_numbers_are_not_known_areas_are_named(criteria: Criteria) -> None:
    unnumbered = criteria.standards["HACCP体系认证要求 V1.0 (CNCA-N-001:2021)"]
    assert len(unnumbered.areas) == 21
    assert all(area.zh and area.en for area in unnumbered.areas)


def test_a_clause_without_heading_says_so(criteria: Criteria) -> None:
    by_number = {clause.number: clause for clause in criteria.standards["ISO 9001:2015"].clauses}
    assert by_number["7.1.5.2"].titled
    assert not by_number["4.4.1"].titled


def test_edition_and_title(criteria: Criteria) -> None:
    oldest = {scheme: criteria.standard_of(scheme).id for scheme in ("QMS", "EMS", "HACCP")}
    assert oldest == {"QMS": "ISO 9001:2015", "EMS": "ISO 14001:2015", "HACCP": "GB/T 27341-2009"}
    assert criteria.title(ClauseRef(scheme="QMS", number="10.1"), "ISO 9001:2026").zh == "持续改进"
    assert criteria.standard_of("QMS", "ISO 9001:2015").letter == "Q"
    assert criteria.title(ClauseRef(scheme="QMS", number="7.1.5.2")).zh == "测量溯源"
    with pytest.raises(KeyError):
        criteria.standard_of("QMS", "ISO 9001:1994")
    with pytest.raises(KeyError):
        criteria.title(ClauseRef(scheme="QMS", number="7.1.5.3"))


def test_the_oldest_is_told_by_its_date(criteria: Criteria) -> None:
    reissued = msgspec.structs.replace(criteria.standards["ISO 9001:2015"], published=date(2030, 1, 1))
    later = msgspec.structs.replace(criteria, standards={**criteria.standards, reissued.id: reissued})
    assert later.standard_of("QMS").id == "ISO 9001:2026"


schemes = st.sampled_from(list(SCHEME_LETTERS))
numbers = st.lists(st.integers(1, 99), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
refs = st.builds(ClauseRef, scheme=schemes, number=numbers)
FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
blanks = st.sampled_from(["", " ", "\u3000", "\t"])


@given(refs)
def test_a_code_reads_back(ref: ClauseRef) -> None:
    assert parse_clause(ref.code) == [ref]


@given(st.lists(refs, min_size=1, max_size=4, unique=True), blanks, st.booleans())
def test_joint_codes_read_back_however_written(several: list[ClauseRef], blank: str, wide: bool) -> None:
    written = f"{blank}/{blank}".join(blank.join(ref.code) for ref in several)
    assert parse_clause(written.translate(FULL_WIDTH) if wide else written) == several


@given(st.lists(schemes, min_size=1, max_size=3, unique=True), numbers)
def test_letters_before_one_number_share_it(some: list[str], number: str) -> None:
    expected = [ClauseRef(scheme=scheme, number=number) for scheme in some]
    assert parse_clause("/".join(SCHEME_LETTERS[scheme] for scheme in some) + number) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Q7.1.5.2", ["Q7.1.5.2"]),
        ("Ｑ 8.5.1", ["Q8.5.1"]),
        ("q8．5．1", ["Q8.5.1"]),
        ("E/O8.2", ["E8.2", "O8.2"]),
        ("ES8.1", ["E8.1", "O8.1"]),
        ("S6.1.2", ["O6.1.2"]),
        ("OS6.1.2", ["O6.1.2"]),
        ("QES9.2.1", ["Q9.2.1", "E9.2.1", "O9.2.1"]),
        ("E8.1／O8.1.1", ["E8.1", "O8.1.1"]),
        ("Q/EC8.1", ["Q8.1", "EC8.1"]),
        ("En6.3", ["En6.3"]),
    ],
)
def test_as_written(code: str, expected: list[str]) -> None:
    assert [ref.code for ref in parse_clause(code)] == expected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "empty"),
        ("8.5.1", "no scheme letter; write it like Q8.5.1"),
        ("08.1", "letter O"),
        ("Q", "no clause number"),
        ("Q8.5.1/E", "no clause number"),
        ("X8.1", '"X" in "X8.1" is no scheme letter'),
        ("Q8..1", "not a clause number"),
        ("Q8.1.", "not a clause number"),
        ("Q8.01", "not a clause number"),
        ("Q8.5.1a", "not a clause"),
        ("生产部/Q8.5.1", "not a clause"),
        ("Q8.1//E8.1", "not a clause"),
    ],
)
def test_what_is_no_clause_is_refused_with_a_reason(code: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        parse_clause(code)


def test_clauses_sort_as_people_read() -> None:
    in_order = [
        ref for code in ("Q4.1", "Q8.2.1", "Q8.10", "Q10.2.1", "E4.1", "O4.1") for ref in parse_clause(code)
    ]
    for shuffled in itertools.permutations(in_order):
        assert sorted(shuffled) == in_order


def test_within() -> None:
    [clause], [parent], [other] = parse_clause("Q8.1.2"), parse_clause("Q8.1"), parse_clause("Q8.10.1")
    assert clause.within(parent)
    assert parent.within(parent)
    assert not other.within(parent)
    assert not ClauseRef(scheme="EMS", number="8.1.2").within(parent)


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("ISO 9001:2015", "ISO 9001:2015"),
        ("GB/T 19001-2016", "ISO 9001:2015"),
        ("GB/T 19001-2016 / ISO 9001:2015", "ISO 9001:2015"),
        ("GB/T19001－2016／ISO9001：2015", "ISO 9001:2015"),
        ("gb/t　24001 — 2016 idt iso 14001 : 2015", "ISO 14001:2015"),
        ("职业健康安全管理体系 GB/T 45001-2020/ISO 45001:2018", "ISO 45001:2018"),
        ("ISO 45001:2018/Amd 1:2024", "ISO 45001:2018"),
        ("ISO9001：2026", "ISO 9001:2026"),
        ("GB/T 50430-2017《工程建设施工企业质量管理规范》", "GB/T 50430-2017"),
        ("GB/T 23331-2020/ISO 50001:2018", "ISO 50001:2018"),
        ("危害分析与关键控制点（HACCP）体系认证要求（V1.0）", "HACCP体系认证要求 V1.0 (CNCA-N-001:2021)"),
        ("CNCA-N-001：2021", "HACCP体系认证要求 V1.0 (CNCA-N-001:2021)"),
    ],
)
def test_a_standard_is_found_however_written(criteria: Criteria, name: str, standard: str) -> None:
    assert criteria.parse_standard(name).id == standard


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "names no edition"),
        ("ISO 9001", "names no edition"),
        ("ISO 9001:1994", "ISO 9001:1994 is not among"),
        ("GB/T 19001-2016/ISO 14001:2015", "names different standards"),
        ("GB/T 19001-2016/ISO 9001:2000", "ISO 9001:2000 is not among"),
    ],
)
def test_what_is_no_standard_is_refused_with_a_reason(criteria: Criteria, name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        criteria.parse_standard(name)
