"""The table of the 135 elements: where each comes from in the sample, and what `r.json` holds for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from server.audit.report import compile_report
from server.criteria.load import Criteria
from server.demo.sample import sample_file, sample_state

TABLE = Path(__file__).parents[1] / "tables" / "report_elements.tsv"


class Row(NamedTuple):
    ref: int
    key: str
    path: str
    expected: str


def rows() -> list[Row]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [Row(int(ref), key, path, expected) for ref, key, path, expected in (s.split("\t") for s in lines)]


@pytest.fixture(scope="module")
def sample() -> Any:
    return json.loads(sample_file())


@pytest.fixture(scope="module")
def elements(criteria: Criteria) -> dict[int, Any]:
    tree = json.loads(msgspec.json.encode(compile_report(sample_state(criteria), criteria)))
    return {element["ref"]: element for element in tree["elements"]}


def test_the_table_names_every_element_once(elements: dict[int, Any]) -> None:
    named = {row.ref: row.key for row in rows()}
    assert named == {ref: element["key"] for ref, element in elements.items()}
    assert sorted(named) == list(range(1, 136))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.ref}{row.path}")
def test_element_holds_what_the_sample_says(row: Row, elements: dict[int, Any], sample: Any) -> None:
    element = elements[row.ref]
    text = element["text"]["zh"]
    if row.expected.startswith("why "):
        assert element["status"] == "empty"
        return
    found = values(sample, row.path)
    assert found, f"the sample has nothing at {row.path}"
    if row.expected == "无":
        assert element["status"] == "none"
    else:
        assert element["status"] == "filled"
        wanted = [str(value) for value in found] if row.expected == "=" else [row.expected]
        for one in wanted:
            assert one in text


def values(sample: Any, path: str) -> list[Any]:
    """What a path leads to: one value, the texts of several observations, or a text of the house's file."""
    if path == "house":
        return ["-"]
    several = re.fullmatch(r"/observations\[(\w+)\]/text", path)
    if several:
        return [o["text"] for o in sample["observations"] if _is_named(sample, o, several[1])]
    for step in path.strip("/").split("/"):
        sample = sample[int(step)] if isinstance(sample, list) else sample[step]
    return [sample]


def _is_named(sample: Any, observation: Any, name: str) -> bool:
    if name == "next_focus":
        return observation["id"] in [one["from_observation"] for one in sample["judgements"]["next_focus"]]
    return int(name) in observation["report_element"]


def test_elements_that_stay_empty_are_listed_with_a_reason(elements: dict[int, Any]) -> None:
    reasons = {row.ref: row.expected for row in rows() if row.expected.startswith("why ")}
    empty = {ref for ref, element in elements.items() if element["status"] == "empty"}
    assert empty == set(reasons)
    assert all(len(reason) > len("why ") for reason in reasons.values())
