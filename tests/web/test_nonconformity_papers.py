"""The nonconformity reports as they are handed over: every word of each, what is open as room to write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.demo.sample import sample_file
from tests.documents.reading import squeezed, words
from tests.support.sample import Sample


@pytest.fixture(scope="module")
def raised() -> list[dict[str, Any]]:
    """The nonconformities of the sample's file."""
    found: list[dict[str, Any]] = json.loads(sample_file())["findings"]
    return found


@pytest.mark.parametrize("kind", ["docx", "pdf", "html"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_nonconformity_is_printed(
    reading: Sample, raised: list[dict[str, Any]], kind: str, lang: str, tmp_path: Path
) -> None:
    answer = reading.visitor("wen").get(f"/audits/{reading.audit}/nonconformities.{kind}?lang={lang}")
    assert answer.status_code == 200
    file = tmp_path / f"made.{kind}"
    file.write_bytes(answer.content)
    printed = words(file)
    assert len(raised) == 4
    for one in raised:
        assert one["number"] in printed
        for part in ("statement", "evidence", "requirement"):
            assert squeezed(one[part][lang]) in printed, (one["number"], part)
        answered = one.get("response") or {}
        for part in ("correction", "cause", "corrective_action"):
            if part in answered:
                assert squeezed(answered[part][lang]) in printed, (one["number"], part)
    assert ("待签" if lang == "zh" else "tobesigned") in printed


def test_an_audit_without_any_says_so(reading: Sample, tmp_path: Path) -> None:
    answer = reading.visitor("wen").get(f"/audits/{reading.sampled.fresh}/nonconformities.html")
    file = tmp_path / "made.html"
    file.write_bytes(answer.content)
    assert "没有不符合" in words(file)
