"""Wrong data is refused with file, line and reason; sound data is taken."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from server.criteria.check import uncovered
from server.criteria.command import add_parser
from server.criteria.load import CriteriaError, load_criteria
from server.settings import Settings

Checklists = Callable[..., tuple[int, str, str]]

SMALL = "lists/small.toml"
ISO_9001 = "standards/iso-9001-2015.toml"
FORM = "forms/reference.toml"
HOUSE = "houses/qinghe/house.toml"


@pytest.fixture
def checklists(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Checklists:
    """``clausewalk checklists …``: exit code, stdout, stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        parser = ArgumentParser()
        add_parser(parser.add_subparsers())
        args = parser.parse_args(["checklists", *map(str, words)])
        args.settings = Settings(data=tmp_path / "data")
        code: int = args.run(args)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


class Bad(NamedTuple):
    """In ``file`` the text ``old`` becomes ``new``; the line of ``at`` is refused for ``reason``."""

    file: str
    old: str
    new: str
    at: str
    reason: str


CASES = {
    "unknown clause": Bad(
        SMALL, '"Q7.1.5.2"', '"Q7.1.5.9"', "Q7.1.5.9", "unknown clause Q7.1.5.9: not in ISO 9001"
    ),
    "unknown clause in a list of several lines": Bad(
        SMALL, '"E8.2"', '"E8.3"', "E8.3", "unknown clause E8.3"
    ),
    "unknown clause in a joint code": Bad(SMALL, '"E8.2"', '"Q/E8.2.3.1"', "Q/E", "unknown clause E8.2.3.1"),
    "clause without letter": Bad(SMALL, '"E8.2"', '"8.2"', '"8.2"', "no scheme letter"),
    "zero for the letter O": Bad(SMALL, '"E8.2"', '"08.2"', "08.2", "letter O"),
    "clause of a scheme the list is not for": Bad(
        SMALL, '"E8.2"', '"O8.2"', "O8.2", "which this list is not for"
    ),
    "clause as a float": Bad(SMALL, '"E8.2"', "8.2", "8.2", "typed as a number; write it in quotes"),
    "number as a float": Bad(
        ISO_9001, 'number = "10.1"', "number = 10.1", "number = 10.1", "typed as a number"
    ),
    "clause number twice": Bad(
        ISO_9001, 'number = "10.1"', 'number = "4.1"', '"4.1"', "duplicate number 4.1: first"
    ),
    "malformed clause number": Bad(ISO_9001, '"10.1"', '"10.1."', "10.1.", "10.1. is not a clause number"),
    "wrong letter": Bad(ISO_9001, 'letter = "Q"', 'letter = "E"', "letter", "the letter of QMS is not E"),
    "duplicate item": Bad(
        SMALL, '"small.waste"', '"small.gauges"', "small.gauges", "duplicate id small.gauges"
    ),
    "empty id": Bad(SMALL, 'id = "small.waste"', 'id = ""', "id =", "id is empty"),
    "no English": Bad(
        SMALL, 'en = "Look at the hazardous waste store."', 'en = ""', "en =", "prompt has no English"
    ),
    "no Chinese": Bad(SMALL, 'prompt.zh = "看危废间。"\n', "", 'prompt.en = "Look', "prompt has no Chinese"),
    "blank language in one line": Bad(
        FORM, 'zh = "监督审核", en', 'zh = " ", en', 'zh = " "', "has no Chinese"
    ),
    "unknown key": Bad(SMALL, 'photo = ["label"]', 'foto = ["label"]', "foto", "unknown key foto"),
    "unknown key of the file": Bad(
        SMALL, "schemes =", 'owner = "x"\nschemes =', "owner", "unknown key owner"
    ),
    "missing key": Bad(SMALL, 'evidence = ["site"]\n', "", "[[items]]", "the key evidence is missing"),
    "unknown evidence": Bad(
        SMALL, '["site"]', '["sight"]', "sight", "unknown evidence word sight; one of document"
    ),
    "unknown photo": Bad(SMALL, '["label"]', '["selfie"]', "selfie", "unknown photo word selfie"),
    "unknown stop": Bad(SMALL, '["laboratory"]', '["lab"]', '"lab"', "unknown stop word lab"),
    "unknown card": Bad(
        SMALL, '["calibration"]', '["scales"]', "scales", "unknown card scales; one of calibration"
    ),
    "unknown point": Bad(SMALL, '["f"]', '["f", "i"]', '"i"', "unknown surveillance point i; one of a, b"),
    "unknown scheme": Bad(SMALL, '["QMS", "EMS"]', '["QMS", "EMS", "XMS"]', "XMS", "unknown scheme XMS"),
    "empty evidence": Bad(SMALL, '["site"]', "[]", "evidence = []", "evidence of item small.waste is empty"),
    "text where a list is meant": Bad(
        SMALL, '["site"]', '"site"', '"site"', "evidence must be a list, not a text"
    ),
    "syntax": Bad(SMALL, 'id = "small"', 'id = "small', 'id = "small', "is not valid TOML"),
    "key twice": Bad(SMALL, 'id = "small"', 'id = "small"\nid = "again"', "again", "is not valid TOML"),
    "element twice": Bad(
        FORM,
        'key = "cover.other_scheme"',
        'key = "cover.schemes"',
        "cover.schemes",
        "duplicate key cover.schemes",
    ),
    "ref twice": Bad(FORM, "ref = 135", "ref = 134", "ref = 134", "duplicate ref 134"),
    "unknown chapter": Bad(FORM, 'chapter = "4"', 'chapter = "14"', '"14"', "unknown chapter 14"),
    "kind of element": Bad(
        FORM, 'kind = "signature"', 'kind = "seal"', "seal", "unknown kind of element seal"
    ),
    "choice without options": Bad(
        FORM, 'kind = "date"', 'kind = "choice"', "[[elements]]", "a choice needs options"
    ),
    "boilerplate without text": Bad(
        FORM, 'house_text = "notes.4"', "", "[[elements]]", "names no text of the house"
    ),
    "same_as nothing": Bad(
        FORM, 'same_as = "cover', 'same_as = "covers', "same_as", "unknown element covers.org"
    ),
    "table of an unknown card": Bad(
        FORM, 'card = "objectives"', 'card = "aims"', "card =", "unknown card aims"
    ),
    "rating set": Bad(
        HOUSE, '"2.1.rating" = "conformity"', '"2.1.rating" = "x"', '"2.1.rating"', "unknown rating set x"
    ),
    "rated nothing": Bad(HOUSE, '"2.1.rating"', '"2.9.rating"', '"2.9.rating"', "unknown element 2.9.rating"),
    "no word for an outcome": Bad(
        HOUSE, 'code = "not_seen"', 'code = "unseen"', "outcomes =", "no word for not_seen"
    ),
    "pattern": Bad(
        HOUSE, "{project}-{year}-OFI", "{client}-{year}-OFI", "opportunity", "may hold only {n}, {project}"
    ),
    "broken pattern": Bad(HOUSE, "{n:02d}", "{n:02d", "nonconformity =", "may hold only"),
    "pattern of any width": Bad(HOUSE, "{n:02d}", "{n:>99}", "nonconformity =", "may hold only"),
    "pattern whose width is a field": Bad(HOUSE, "{n:02d}", "{n:{year}}", "nonconformity =", "may hold only"),
    "pattern that reaches inside": Bad(HOUSE, "{n:02d}", "{n.real}", "nonconformity =", "may hold only"),
    "text of the form": Bad(
        HOUSE,
        'covered_to.zh = "本次审核结束之日"\ncovered_to.en = "the last day of this audit"\n',
        "",
        "[texts]",
        "has no text texts.covered_to for 1.5.1.covered_to",
    ),
    "text in one language": Bad(
        HOUSE, 'covered_to.zh = "本', 'until.zh = "本', "covered_to.en", "has no Chinese"
    ),
    "word twice": Bad(HOUSE, 'code = "minor"', 'code = "major"', '"major"', "duplicate code major"),
    "meeting point twice": Bad(
        HOUSE, '{ ref = "f", text.zh = "告', '{ ref = "e", text.zh = "告', '"e"', "duplicate ref e"
    ),
    "unknown form": Bad(HOUSE, 'form = "reference"', 'form = "other"', "form =", "unknown form other"),
    "days as a text": Bad(
        HOUSE, "objection_days = 20", 'objection_days = "20"', "objection_days", "a whole number, not"
    ),
}


def spoil(root: Path, bad: Bad) -> int:
    """Apply ``bad``; the line that must be refused."""
    path = root / bad.file
    text = path.read_text(encoding="utf-8")
    assert bad.old in text
    before, _, after = text.rpartition(bad.old)
    path.write_text(before + bad.new + after, encoding="utf-8")
    whole = before + bad.new + after
    at = whole.find(bad.at, before.rfind("\n") + 1)
    if at == -1 or bad.at.startswith("["):
        at = before.rindex(bad.at)
    return whole.count("\n", 0, at) + 1


@pytest.mark.parametrize("name", CASES)
def test_wrong_data_is_refused_with_file_line_and_reason(
    name: str, copy: Path, checklists: Checklists
) -> None:
    bad = CASES[name]
    line = spoil(copy, bad)
    code, out, err = checklists("check", copy)
    assert code == 2
    assert out == ""
    wanted = f"{copy / bad.file}:{line}: "
    assert any(said.startswith(wanted) and bad.reason in said for said in err.splitlines()), (
        f"{wanted}\n{err}"
    )


def test_every_problem_has_its_line(copy: Path, checklists: Checklists) -> None:
    for name in ("unknown key", "no English", "unknown clause in a joint code", "unknown evidence"):
        spoil(copy, CASES[name])
    _, _, err = checklists("check", copy)
    lines = [int(said.split(":")[1]) for said in err.splitlines()]
    assert len(lines) == 4
    assert lines == sorted(lines)


def test_a_duplicate_in_another_file_names_the_first(copy: Path, checklists: Checklists) -> None:
    second = copy / "lists" / "tiny.toml"
    second.write_text((copy / SMALL).read_text(encoding="utf-8"), encoding="utf-8")
    code, _, err = checklists("check", copy)
    assert code == 2
    assert f"{second}:1: duplicate id small: first in {copy / SMALL}, line 1" in err
    assert f"{second}:8: duplicate id small.gauges: first in {copy / SMALL}, line 8" in err


def test_sound_data_is_taken_and_gaps_are_named(copy: Path, checklists: Checklists) -> None:
    code, out, err = checklists("check", copy)
    assert (code, err) == (0, "")
    assert "1 lists with 2 items" in out
    missing = [line for line in out.splitlines() if line.startswith("no surveillance item for ")]
    assert len(missing) == 65 + 32 - 3
    assert "no surveillance list for OHSMS" in out
    assert "no surveillance item for Q7.1.5.1 General" in missing
    assert not any("Q7.1.5.2 " in line for line in missing)


def test_the_shipped_data_is_sound_and_asks_about_every_clause(checklists: Checklists) -> None:
    code, out, err = checklists("check")
    assert (code, err) == (0, "")
    first, *rest = out.splitlines()
    assert first.startswith("OK: ")
    assert rest == []


def test_one_file_is_checked_against_the_shipped_data(copy: Path, checklists: Checklists) -> None:
    assert checklists("check", copy / SMALL)[0] == 0
    line = spoil(copy, CASES["unknown clause"])
    code, _, err = checklists("check", copy / SMALL)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"{copy / SMALL}:{line}: unknown clause")


def test_a_changed_copy_takes_the_place_of_the_shipped_file(copy: Path, checklists: Checklists) -> None:
    loose = copy.parent / "mine.toml"
    text = (copy / HOUSE).read_text(encoding="utf-8")
    loose.write_text(text, encoding="utf-8")
    assert checklists("check", loose)[0] == 0
    code, _, err = checklists("check", copy, loose)
    assert code == 2
    assert "duplicate id qinghe" in err
    loose.write_text(text.replace('id = "qinghe"', 'id = "mine"'), encoding="utf-8")
    assert checklists("check", copy, loose)[0] == 0


@pytest.mark.parametrize(
    ("file", "content", "line", "reason"),
    [
        ("lists/latin.toml", 'id = "a"\ntitle = "é"'.encode("latin-1"), 2, "is not UTF-8"),
        ("lists/open.toml", b'id = "a"\nitems = [', 2, "is not valid TOML"),
        ("lists/empty.toml", b"", 1, "the key id is missing"),
        ("misc/what.toml", b'id = "a"', 1, "is in none of the folders"),
        ("lists/items.toml", b'id = "a"\nitems = ["b"]', 2, "must be a table"),
        ("lists/prompt.toml", b'[[items]]\nid = "a"\nprompt = "b"', 3, "prompt must be a table (texts are"),
    ],
)
def test_files_that_cannot_be_read(
    copy: Path, checklists: Checklists, file: str, content: bytes, line: int, reason: str
) -> None:
    path = copy / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    code, _, err = checklists("check", copy)
    assert code == 2
    assert any(said.startswith(f"{path}:{line}: ") and reason in said for said in err.splitlines()), err


def test_a_path_without_data_is_refused(tmp_path: Path, checklists: Checklists) -> None:
    assert (
        checklists("check", tmp_path / "none")[2]
        == f"{tmp_path / 'none'}:1: there is no such file or folder\n"
    )
    assert checklists("check", tmp_path) == (2, "", f"{tmp_path}:1: holds no TOML file\n")


def test_names_of_folders_further_up_say_nothing(copy: Path, checklists: Checklists) -> None:
    moved = copy.parent / "lists" / "houses"
    moved.parent.mkdir()
    copy.rename(moved)
    assert checklists("check", moved)[0] == 0


def test_loading_is_all_or_nothing(copy: Path) -> None:
    criteria = load_criteria(copy)
    assert len(uncovered(criteria)) == 94
    assert len(criteria.digest("list", "small")) == 64
    assert criteria.digest("list", "small") != criteria.digest("house", "qinghe")
    spoil(copy, CASES["unknown card"])
    with pytest.raises(CriteriaError) as caught:
        load_criteria(copy)
    [problem] = caught.value.problems
    assert problem.reason.startswith("unknown card")


def test_list_as_json(checklists: Checklists) -> None:
    code, out, _ = checklists("list", "--json")
    assert code == 0
    shown = msgspec.json.decode(out)
    clauses = {s["id"]: {c["number"]: c["title"] for c in s["clauses"]} for s in shown["standards"]}
    assert clauses["ISO 9001:2015"]["7.1.5.2"]["zh"] == "测量溯源"
    assert {(s["id"], s["scheme"], s["letter"]) for s in shown["standards"]} == {
        ("ISO 9001:2015", "QMS", "Q"),
        ("ISO 14001:2015", "EMS", "E"),
        ("ISO 45001:2018", "OHSMS", "O"),
        ("ISO 9001:2026", "QMS", "Q"),
        ("ISO 14001:2026", "EMS", "E"),
        ("ISO 50001:2018", "EnMS", "En"),
        ("ISO 22000:2018", "FSMS", "F"),
        ("GB/T 50430-2017", "EC", "EC"),
        ("GB/T 27341-2009", "HACCP", "H"),
        ("HACCP体系认证要求 V1.0 (CNCA-N-001:2021)", "HACCP", "H"),
    }
    [code_of_2017] = [s for s in shown["standards"] if s["scheme"] == "EC"]
    uncertain = {clause["number"] for clause in code_of_2017["clauses"] if clause["confidence"] == "low"}
    assert "11.1" in uncertain
    assert "6" not in uncertain
    for item in (item for checklist in shown["lists"] for item in checklist["items"]):
        assert item["prompt"]["zh"]
        assert item["prompt"]["en"]
        assert all(clause.keys() == {"scheme", "number"} for clause in item["clauses"])


def test_forms_as_json(checklists: Checklists) -> None:
    code, out, _ = checklists("forms", "--json")
    assert code == 0
    [form] = msgspec.json.decode(out)["forms"]
    assert [element["ref"] for element in form["elements"]] == list(range(1, 136))
    for element in form["elements"]:
        assert {"key", "ref", "title", "kind", "options", "filled_by"} <= element.keys()
        assert all(text["zh"] and text["en"] for text in (element["title"], *element["options"]))


def test_lists_and_forms_as_text(checklists: Checklists) -> None:
    assert "ISO 45001:2018\tGB/T 45001-2020\t40 auditable clauses\tin_force" in checklists("list")[1]
    assert checklists("forms")[1].startswith("reference\t135 elements\t")
