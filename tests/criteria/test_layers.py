"""A house adds, hides and rewords items in files of its own; what is shipped stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.audit.entries import Text
from server.audit.setup import Client, Named, Setup, Visit
from server.audit.walk import checklist_items
from server.criteria.diff import between_forms, between_houses
from server.criteria.document import Document
from server.criteria.install import install
from server.criteria.load import Criteria, CriteriaError, as_begun, load_criteria
from server.settings import data_root

LAYER = """\
id = "own-layer"
title.zh = "本机构的改动"
title.en = "Our changes"

[[changes]]
item = "{hidden}"
hide = true
why.zh = "本机构的客户都没有这一过程。"
why.en = "No client of ours has this process."

[[changes]]
item = "{reworded}"
prompt.zh = "先抽三件量具，再到现场找同一编号。"
prompt.en = "Sample three gauges first, then find the same numbers at the machines."
"""
OWN_LIST = """\
id = "own-list"
kind = "surveillance"
title.zh = "本机构加问"
title.en = "What we ask on top"
schemes = ["QMS"]

[[items]]
id = "own-logo"
clauses = ["Q8.2.1"]
prompt.zh = "看网站和名片上认证标志的用法，截图写下网址。"
prompt.en = "Look at how the mark is used on website and cards; note the address."
evidence = ["site"]
stops = ["sales"]
"""


def asked(criteria: Criteria) -> list[str]:
    return [item.id for one in criteria.lists.values() for item in one.items]


@pytest.fixture(scope="module")
def items(criteria: Criteria) -> list[str]:
    return [item.id for item in criteria.lists["surveillance-support"].items]


def own(folder: Path, **files: str) -> Path:
    """A house's own folder with these files, by kind."""
    for kind, text in files.items():
        path = folder / kind / "own.toml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_items_are_added_hidden_and_reworded(tmp_path: Path, criteria: Criteria, items: list[str]) -> None:
    hidden, reworded = items[:2]
    layer = LAYER.format(hidden=hidden, reworded=reworded)
    installed = install(own(tmp_path, layers=layer, lists=OWN_LIST))
    assert not installed.problems
    ours = installed.criteria
    assert set(asked(ours)) == {*asked(criteria), "own-logo"} - {hidden}
    prompts = {item.id: item.prompt.zh for one in ours.lists.values() for item in one.items}
    before = {item.id: item for one in criteria.lists.values() for item in one.items}
    assert prompts[reworded] == "先抽三件量具，再到现场找同一编号。"
    assert hidden in {item.id for one in ours.written.values() for item in one.items}, "the file is as it was"
    changed = next(item for one in ours.lists.values() for item in one.items if item.id == reworded)
    assert (changed.clauses, changed.records) == (before[reworded].clauses, before[reworded].records)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("{hidden}", "no-such-item", 6, "unknown item no-such-item: in none of the lists"),
        ("{reworded}", "{hidden}", 12, "duplicate item"),
        ("why.zh", "#", 7, "say why"),
        ("hide = true", "hide = false", 5, "changes nothing of"),
        ("hide = true", 'hide = true\nrecords.zh = "甲"\nrecords.en = "a"', 7, "hidden and reworded at once"),
        ('prompt.en = "Sample', '# prompt.en = "Sample', 13, "prompt has no English (en)"),
    ],
)
def test_a_wrong_layer_is_refused_with_its_line_and_left_out(
    tmp_path: Path, criteria: Criteria, items: list[str], old: str, new: str, line: int, reason: str
) -> None:
    text = LAYER.replace(old, new)
    if new == "#":
        text = text.replace("why.en", "#")
    folder = own(tmp_path, layers=text.format(hidden=items[0], reworded=items[1]))
    installed = install(folder)
    assert installed.criteria.lists == criteria.lists, "auditors go on with what is shipped"
    assert [(one.line, reason in one.reason) for one in installed.problems] == [(line, True)]


def test_what_only_one_item_can_show_is_not_hidden(tmp_path: Path, criteria: Criteria) -> None:
    rules = tmp_path / "rules" / "own.toml"
    rules.parent.mkdir()
    rules.write_text(
        'id = "own-rule"\n[[points]]\nid = "own-mark"\ntitle = { zh = "标志", en = "Mark" }\n'
        'rule = { zh = "规则", en = "rule" }\nschemes = ["QMS"]\nitems = ["own-logo"]\nconfidence = "high"\n',
        encoding="utf-8",
    )
    text = LAYER.format(hidden="own-logo", reworded=asked(criteria)[0])
    own(tmp_path, layers=text, lists=OWN_LIST)
    with pytest.raises(CriteriaError, match="own-logo cannot be hidden: mandatory point own-mark"):
        load_criteria(tmp_path, data_root("checklists"))


def test_an_audit_keeps_what_it_began_with(tmp_path: Path, criteria: Criteria, items: list[str]) -> None:
    pins = criteria.pins(house="qinghe", form="reference", standards=["ISO 9001:2015"])
    layer = LAYER.format(hidden=items[0], reworded=items[1])
    ours = install(own(tmp_path, layers=layer, lists=OWN_LIST)).criteria
    assert asked(as_begun(ours, pins, [])) == asked(criteria), "the layer and the list came later"
    later = ours.pins(house="qinghe", form="reference", standards=["ISO 9001:2015"])
    kept = [Document(path) for path in sorted(tmp_path.rglob("*.toml"))]
    assert sorted(asked(as_begun(criteria, later, kept))) == sorted(asked(ours)), "and stays with it"


def shipped(folder: str, old: str, new: str) -> bytes:
    """A shipped house or form with other words."""
    (file,) = (data_root("checklists") / folder).rglob("*.toml")
    content = file.read_text(encoding="utf-8")
    assert old in content
    return content.replace(old, new).encode()


def test_house_and_form_stay_as_they_were(criteria: Criteria) -> None:
    house = Document(Path("h"), content=shipped("houses", "000-8800 0101", "000-8800 0999"), kind="house")
    form = Document(Path("f"), content=shipped("forms", "审核体系 其他（说明）", "其他体系"), kind="form")
    pins = criteria.pins(house="qinghe", form="reference", standards=[])
    pins |= {"house:qinghe": house.digest, "form:reference": form.digest}
    begun = as_begun(criteria, pins, [house, form])
    assert begun.houses["qinghe"].phone == "000-8800 0999"
    assert begun.forms["reference"].element("cover.other_scheme").title.zh == "其他体系"
    (said,) = between_houses(begun.houses["qinghe"], criteria.houses["qinghe"])
    assert (said.name, said.words.en) == ("phone", "was “000-8800 0999”, is “000-8800 0101”")
    (said,) = between_forms(begun.forms["reference"], criteria.forms["reference"])
    assert said.name == "cover.other_scheme"


def test_a_house_that_cannot_be_read_leaves_its_form_too(criteria: Criteria) -> None:
    house = Document(Path("h"), content=b'id = "qinghe"\nrules = 3', kind="house")
    form = Document(Path("f"), content=shipped("forms", "审核体系 其他（说明）", "其他体系"), kind="form")
    pins = criteria.pins(house="qinghe", form="reference", standards=[])
    begun = as_begun(criteria, pins | {"house:qinghe": house.digest}, [house, form])
    assert begun.houses == criteria.houses
    assert begun.forms == criteria.forms


def test_a_pinned_file_that_cannot_be_read_is_taken_as_it_is_now(criteria: Criteria) -> None:
    pins = criteria.pins(house="qinghe", form="reference", standards=[])
    broken = Document(Path("x"), content=b'id = "surveillance-support"\nitems = 3', kind="list")
    assert as_begun(criteria, pins, [broken]).lists == criteria.lists


def sector(words: str, replaces: str = "") -> str:
    text = OWN_LIST.replace('"surveillance"', f'"sector"\nwords = ["{words}"]\nreplaces = [{replaces}]')
    return text.replace("own-list", "own-sector")


def test_a_sector_is_asked_where_the_client_works_in_it(tmp_path: Path, criteria: Criteria) -> None:
    general = criteria.lists["surveillance-operation-quality"].items[0].id
    lists = install(own(tmp_path, sectors=sector("钎焊", f'"{general}"'))).criteria.lists.values()
    visit = Visit(schemes=["QMS"], type="surveillance")
    brazing = Client(processes=[Named(name=Text(zh="真空钎焊", en="Vacuum brazing"))])
    there = {item.id for item in checklist_items(lists, Setup(visit=visit, client=brazing))}
    elsewhere = {item.id for item in checklist_items(lists, Setup(visit=visit))}
    assert there - elsewhere == {"own-logo"}
    assert elsewhere - there == {general}


def test_a_sector_without_words_would_be_asked_nowhere(tmp_path: Path) -> None:
    text = sector("钎焊").replace('words = ["钎焊"]', "words = []")
    [problem] = install(own(tmp_path, sectors=text)).problems
    assert problem.reason == "a sector needs words that tell where it is asked"
