"""Each contradiction that the sample offers is imported as stated: it is a gap later, never a refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.audit.entries import encode
from server.audit.interchange import parse, to_entries
from server.criteria.load import Criteria
from server.demo.sample import sample_file
from tests.interchange.conftest import Fold, Json
from tests.interchange.patches import apply

TRAPS = json.loads(sample_file())["traps"]


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["name"] for trap in TRAPS])
def test_a_trap_imports_and_changes_what_was_stated(
    trap: dict[str, Any], sample: Json, criteria: Criteria, fold: Fold
) -> None:
    before = {encode(entry) for entry in to_entries(parse(json.dumps(sample).encode()), criteria).entries}
    apply(sample, trap["patch"])
    parsed = parse(json.dumps(sample).encode())
    after = {encode(entry) for entry in to_entries(parsed, criteria).entries}
    assert after - before, "the contradiction is nowhere in the journal"
    assert parsed.warnings == ()
    assert len(fold(sample).observations) == 90
