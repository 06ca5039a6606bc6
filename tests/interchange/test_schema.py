"""The public schema describes the sample, the traps and what the reader asks for."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

import server.audit
from server.audit.interchange.fields import as_markdown
from server.audit.interchange.schema import as_text, schema
from tests.interchange.conftest import Json
from tests.interchange.patches import apply

COMMITTED = Path(server.audit.__file__).parent / "data" / "interchange.schema.json"


def test_the_committed_schema_is_the_one_of_the_code() -> None:
    assert COMMITTED.read_text() == as_text(), (
        "run: python -m server.audit.interchange.schema > server/audit/data/interchange.schema.json"
    )


def test_the_documented_keys_are_the_ones_of_the_code() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "interchange-fields.md").read_text()
    assert documented == as_markdown(), (
        "run: python -m server.audit.interchange.fields > docs/interchange-fields.md"
    )
    for kind, part in schema()["$defs"].items():
        section = documented.split(f"\n## {kind}\n")[1].split("\n## ")[0]
        assert [key for key in part.get("properties", ()) if f"| `{key}` |" not in section] == []


def test_the_sample_and_its_traps_are_valid(sample: Json) -> None:
    validator = jsonschema_rs.validator_for(schema())
    validator.validate(sample)
    for trap in sample["traps"]:
        changed = json.loads(json.dumps(sample))
        apply(changed, trap["patch"])
        validator.validate(changed)


@pytest.mark.parametrize("missing", [("house", "short"), ("audit", "number"), ("audit", "start")])
def test_what_the_reader_requires_the_schema_requires(sample: Json, missing: tuple[str, str]) -> None:
    del sample[missing[0]][missing[1]]
    assert not jsonschema_rs.validator_for(schema()).is_valid(sample)
