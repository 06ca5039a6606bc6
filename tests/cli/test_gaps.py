"""`clausewalk audit gaps --json` is stable: the sample with two traps in it gives exactly this."""

from __future__ import annotations

import json
from pathlib import Path

from server.demo.sample import sample_file
from tests.cli.test_commands import run
from tests.interchange.patches import apply

GOLDEN = Path(__file__).with_name("gaps.json")
TRAPS = ("nc_due_before_end", "slot_without_observation")


def test_gaps_as_json_are_stable(tmp_path: Path) -> None:
    sample = json.loads(sample_file())
    for trap in sample["traps"]:
        if trap["name"] in TRAPS:
            apply(sample, trap["patch"])
    file, data = tmp_path / "audit.json", str(tmp_path / "data")
    file.write_text(json.dumps(sample, ensure_ascii=False), encoding="utf-8")
    imported = run("audit", "import", str(file), "--data", data)
    assert imported.returncode == 0, imported.stderr
    audit = imported.stdout.splitlines()[-1]
    found = json.loads(run("audit", "gaps", audit, "--json", "--data", data).stdout)
    found["gaps"] = [gap for gap in found["gaps"] if gap["severity"] != "note"]
    assert found == json.loads(GOLDEN.read_text("utf-8"))
    due = {}
    for gate in ("leave", "closing", "release"):
        said = run("audit", "gaps", audit, "--gate", gate, "--json", "--data", data).stdout
        due[gate] = [gap["code"] for gap in json.loads(said)["gaps"] if gap["severity"] != "note"]
    assert due["leave"] == ["SLOT_EMPTY"]
    assert due["closing"] == ["SLOT_EMPTY", "NC_DUE_BEFORE_END"]
    assert due["release"] == [gap["code"] for gap in found["gaps"]]
    lines = run("audit", "gaps", audit, "--gate", "leave", "--data", data).stdout.splitlines()
    assert [line.split("\t")[:4] for line in lines] == [
        ["leave", "error", "SLOT_EMPTY", "stops/S25"],
        *[["leave", "note", "OUTBOX_UNHEARD", "leave"]] * 4,
    ]
    refused = run("audit", "gaps", audit, "--gate", "lunch", "--data", data)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
