"""Every number of both editions leads somewhere, and back."""

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.criteria.command import add_parser
from server.criteria.crosswalk import Crosswalk
from server.criteria.load import Criteria, CriteriaError, load_criteria
from server.settings import Settings, data_root

CRITERIA = load_criteria(data_root("checklists"))
WALKS = [walk for shipped in CRITERIA.crosswalks.values() for walk in (shipped, shipped.inverted())]
NUMBERS = [(walk, clause.number) for walk in WALKS for clause in CRITERIA.standards[walk.from_].clauses]
EXPECTED = json.loads(Path(__file__).with_name("clauses.json").read_text(encoding="utf-8"))

CHANGED = {
    "ISO 9001:2015": {
        (("6.1.2",), ("6.1.2", "6.1.3"), "split"),
        (("10.1",), (), "dropped"),
        (("10.3",), ("10.1",), "moved"),
    },
    "ISO 14001:2015": {
        (("6.1.1",), ("6.1.1", "6.1.4"), "split"),
        (("6.1.4",), ("6.1.5",), "moved"),
        ((), ("6.3",), "new"),
        (("9.3",), ("9.3", "9.3.1", "9.3.2", "9.3.3"), "split"),
        (("10.1",), (), "dropped"),
        (("10.3",), ("10.1",), "moved"),
    },
}


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: f"{walk.from_} to {walk.to}")
def test_every_number_of_both_editions_stands_once(walk: Crosswalk) -> None:
    for side, standard in (("from_", walk.from_), ("to", walk.to)):
        named = Counter(number for row in walk.rows for number in getattr(row, side))
        assert named == Counter(clause[0] for clause in EXPECTED[standard])


@pytest.mark.parametrize(("old", "changed"), CHANGED.items())
def test_what_changed(old: str, changed: set[tuple[tuple[str, ...], tuple[str, ...], str]]) -> None:
    walk = CRITERIA.crosswalk(old, old.replace("2015", "2026"))
    found = {(tuple(row.from_), tuple(row.to), row.relation) for row in walk.rows if row.relation != "same"}
    assert found == changed
    assert all(row.note for row in walk.rows if row.relation != "same")


@given(st.sampled_from(NUMBERS))
def test_where_a_number_leads_it_comes_from(case: tuple[Crosswalk, str]) -> None:
    walk, number = case
    known = {clause.number for clause in CRITERIA.standards[walk.to].clauses}
    for other in walk.forward(number):
        assert other in known
        assert number in walk.backward(other)


@given(st.sampled_from(WALKS))
def test_read_backwards_twice_it_is_the_same(walk: Crosswalk) -> None:
    assert walk.inverted().inverted() == walk


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: f"{walk.from_} to {walk.to}")
def test_rows_stand_in_reading_order(walk: Crosswalk) -> None:
    first = [[int(part) for part in (row.from_ or row.to)[0].split(".")] for row in walk.rows]
    assert first == sorted(first)


def test_the_same_number_is_not_the_same_clause() -> None:
    walk = CRITERIA.crosswalk("GB/T 19001-2016", "ISO 9001:2026")
    assert walk.forward("10.1") == ()
    assert walk.forward("10.3") == ("10.1",)
    assert CRITERIA.crosswalk("ISO 14001:2026", "ISO 14001:2015").forward("6.1.4") == ("6.1.1",)
    with pytest.raises(KeyError):
        walk.forward("6.1.3")


def show(*words: str) -> int:
    parser = ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["checklists", "crosswalk", *words])
    args.settings = Settings()
    code: int = args.run(args)
    return code


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("ISO 14001:2015", "ISO 14001:2026", "--json") == 0
    shown = msgspec.json.decode(capsys.readouterr().out)
    assert (shown["from"], shown["to"]) == ("ISO 14001:2015", "ISO 14001:2026")
    assert {"from": ["4.1"], "to": ["4.1"], "relation": "same"} in shown["rows"]
    [new] = [row for row in shown["rows"] if row["relation"] == "new"]
    assert (new["from"], new["to"], new["note"].keys()) == ([], ["6.3"], {"zh", "en"})


def test_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("ISO 9001:2026", "ISO 9001:2015") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ISO 9001:2026\tISO 9001:2015\tconfidence: medium"
    assert "6.1.2 6.1.3\t6.1.2\tmerged\t应对风险与应对机遇分为两条" in lines
    assert "—\t10.1\tnew" in "\n".join(lines)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("ISO 9001:2015", "ISO 14001:2026"), "there is no crosswalk from ISO 9001:2015 to ISO 14001:2026"),
        (("ISO 9001:2015", "ISO 9001:2015"), "there is no crosswalk from ISO 9001:2015 to ISO 9001:2015"),
        (("ISO 9001", "ISO 9001:2026"), "names no edition"),
        (("ISO 9001:2015", "ISO 9001:2008"), "is not among the standards"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(
    words: tuple[str, str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(*words) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


BAD = {
    "number left out": (
        '  { from = ["4.1"], to = ["4.1"], relation = "same" },\n',
        "",
        "says nothing about 4.1",
    ),
    "number twice": ('from = ["4.2"]', 'from = ["4.1"]', "stands in an earlier row too"),
    "unknown number": ('to = ["4.2"]', 'to = ["4.9"]', "4.9 is not in ISO 9001:2026"),
    "unknown standard": ('to = "ISO 9001:2026"', 'to = "ISO 9001:2030"', "unknown standard ISO 9001:2030"),
    "other scheme": ('to = "ISO 9001:2026"', 'to = "ISO 14001:2026"', "another edition of the same scheme"),
    "moved nowhere": ('["4.1"], relation = "same"', '["4.1"], relation = "moved"', "do not make a row moved"),
    "split into one": (
        '["4.1"], relation = "same"',
        '["4.1"], relation = "split"',
        "do not make a row split",
    ),
    "unknown relation": ('relation = "moved"', 'relation = "renamed"', "unknown relation renamed"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_wrong_crosswalk_is_refused(bad: tuple[str, str, str], copy: Path) -> None:
    old, new, reason = bad
    file = copy / "crosswalks" / "iso-9001-2015-2026.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CriteriaError) as caught:
        load_criteria(copy)
    assert all(problem.file == str(file) for problem in caught.value.problems)
    assert any(reason in problem.reason for problem in caught.value.problems)


def test_criteria_give_the_crosswalk_by_any_name(criteria: Criteria) -> None:
    assert criteria.crosswalk("GB/T 24001-2016", "ISO 14001：2026").id == "iso-14001-2015-2026"
