"""`clausewalk audit import`: once, completed, refused when changed; what is stored verifies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.audit.admission import admit
from server.audit.entries import encode
from server.audit.interchange import parse, to_entries
from server.audit.state import Record
from server.cli import main
from server.cli.services import with_services
from server.demo.sample import sample_file
from server.settings import Settings
from server.web.services import Services
from tests.interchange.conftest import Json
from tests.interchange.patches import apply
from tests.interchange.test_untidy import put

SAMPLE = parse(sample_file()).audit


class Desk:
    """A data folder and the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data = folder / "data"
        self.file = folder / "audit.json"
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command."""
        self._capsys.readouterr()
        code = main([*words, "--data", str(self.data)])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def bring(self, file: Json | bytes) -> tuple[int, str, str]:
        self.file.write_bytes(file if isinstance(file, bytes) else json.dumps(file).encode())
        return self.run("audit", "import", str(self.file))

    def records(self, audit: str = SAMPLE) -> list[Record]:
        return with_services(Settings(data=self.data), lambda services: services.journal.records(audit))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_the_id_stands_alone_on_the_last_line_and_again_adds_nothing(desk: Desk) -> None:
    code, out, err = desk.bring(sample_file())
    assert (code, out.splitlines()[-1]) == (0, SAMPLE)
    assert "warning" not in err
    before = desk.records()
    code, out, _ = desk.bring(json.dumps(json.loads(sample_file()), indent=4).encode("utf-8-sig"))
    assert (code, out.splitlines()[-1]) == (0, SAMPLE)
    assert desk.records() == before
    assert desk.run("audit", "verify", SAMPLE)[0] == 0
    listed = json.loads(desk.run("audit", "list", "--json")[1])["audits"]
    assert [(row["number"], row["schemes"]) for row in listed] == [
        ("90017-2024-QEO-2026", ["QMS", "EMS", "OHSMS"])
    ]


@pytest.mark.parametrize(
    ("place", "value", "pointer"),
    [
        ("observations/3/text", "另一段", "/observations/3/text"),
        ("client/headcount", 169, "/client/headcount"),
        ("observations/0/photos", [{"id": "PH-099"}], "/observations/0/photos/0"),
        ("meetings/closing/points/9/done", False, "/meetings/closing/points/9/done"),
        ("about/comment", "x", "/about/comment"),
    ],
)
def test_a_changed_file_is_refused_by_the_first_path_that_differs(
    place: str, value: Any, pointer: str, desk: Desk, sample: Json
) -> None:
    assert desk.bring(sample)[0] == 0
    before = desk.records()
    put(place, value)(sample)
    put("judgements/risk/en", "also changed, but later")(sample)
    code, out, err = desk.bring(sample)
    assert (code, out) == (2, "")
    assert f"audit.json {pointer}: " in err
    assert err.count("\n") == 1
    assert desk.records() == before


def test_an_unfinished_import_is_completed_and_nothing_else_touched(desk: Desk, sample: Json) -> None:
    parsed = parse(sample_file())

    async def begin(services: Services) -> None:
        source = await services.blobs.put(parsed.audit, parsed.canonical, media="application/json")
        raws = [encode(entry) for entry in to_entries(parsed, services.criteria, source).entries]
        await services.journal.append(parsed.audit, raws[:120], sender="", admit=admit, create=True)
        await services.journal.append(parsed.audit, raws[200:210], sender="", admit=admit)

    with_services(Settings(data=desk.data), begin, create=True)
    begun = desk.records()
    assert desk.bring(sample)[0] == 0
    records = desk.records()
    assert records[: len(begun)] == begun
    assert len(records) == len(to_entries(parsed, with_services(Settings(data=desk.data), _criteria)).entries)
    assert len({record.raw for record in records}) == len(records)


async def _criteria(services: Services) -> Any:
    return services.criteria


@pytest.mark.parametrize("trap", range(12))
def test_a_trap_imports_into_a_fresh_folder(trap: int, desk: Desk, sample: Json) -> None:
    apply(sample, sample["traps"][trap]["patch"])
    code, out, err = desk.bring(sample)
    assert (code, out.splitlines()[-1]) == (0, SAMPLE), err
    assert desk.run("audit", "verify", SAMPLE)[0] == 0


def test_a_refused_file_leaves_nothing_behind(desk: Desk, sample: Json) -> None:
    put("observations/3/outcome", "perfect")(sample)
    put("findings/0/grade", "fatal")(sample)
    code, out, err = desk.bring(sample)
    assert (code, out) == (2, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == [
        "audit.json /observations/3/outcome",
        "audit.json /findings/0/grade",
    ]
    assert json.loads(desk.run("audit", "list", "--json")[1]) == {"audits": []}


def test_doubtful_things_are_named_and_taken(desk: Desk, sample: Json) -> None:
    sample["observations"][0]["weather"] = "晴"
    sample["audit"]["criteria"][0]["standard"] = "ISO 9001:1994"
    sample["observations"].append({"auditor": "B"})
    code, _, err = desk.bring(sample)
    assert code == 0
    warned = [line.split(": ")[1] for line in err.splitlines() if line.startswith("warning")]
    assert warned == ["/observations/0/weather", "/audit/criteria/0/standard", "/observations/90"]


def test_no_such_file(desk: Desk) -> None:
    code, out, err = desk.run("audit", "import", str(desk.file))
    assert (code, out) == (2, "")
    assert str(desk.file) in err


def test_a_lost_source_is_a_failure_and_not_a_second_import(desk: Desk, sample: Json) -> None:
    assert desk.bring(sample)[0] == 0
    for blob in (desk.data / "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    code, out, err = desk.bring(sample)
    assert (code, out) == (1, "")
    assert "clausewalk audit verify" in err
