"""`clausewalk report`: what it refuses, in one line that says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "-o", "x.pdf"], "there is no audit 'nobody'"),
        (["{id}", "-o", "x.txt"], ".docx, .pdf, .html or .json"),
        (["{id}", "-o", "nowhere/x.pdf"], "there is no such folder"),
        (["{id}", "-o", "x.pdf", "--house", "nobody"], "there is no house 'nobody'"),
        (["{id}", "-o", "x.pdf", "--lang", "de"], "invalid choice"),
        (["{id}"], "-o"),
    ],
)
def test_bad_input_is_told_in_one_line(
    sample_audit: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [argument.format(id=sample_audit.id) for argument in arguments]
    assert main(["report", *given, "--data", str(sample_audit.data)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_data_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["report", "any", "-o", str(tmp_path / "x.pdf"), "--data", str(tmp_path / "data")])
    assert code == 2
    assert "there is no data" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
