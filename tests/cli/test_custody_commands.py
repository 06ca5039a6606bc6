"""`audit export | verify | erase`, `backup`, `restore`, `rebuild`, `doctor` as an operator uses them."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from server.archive.snapshot import snapshots
from server.audit.admission import admit
from server.cli import main
from server.cli.services import with_services
from server.criteria.install import own_folder
from server.database import FILE_NAME
from server.demo.sample import sample_file
from server.documents.release import release
from server.journal.chain import checksum
from server.journal.verify import find_damage
from server.settings import Settings, data_root
from server.web.services import Services

Desk = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample audit. To be copied."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "sample.json").write_bytes(sample_file())
    assert main(["audit", "import", str(folder / "sample.json"), "--data", str(folder / "data")]) == 0
    return folder / "data"


@pytest.fixture
def data(imported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(imported, tmp_path / "data"))


@pytest.fixture
def desk(data: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Run a command on that folder, or on another: exit code, stdout, stderr."""

    def run(*words: str, at: Path = data) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*words, "--data", str(at)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def audit(desk: Desk) -> str:
    return str(json.loads(desk("audit", "list", "--json")[1])["audits"][0]["id"])


def test_export_verify_import_export(desk: Desk, audit: str, tmp_path: Path) -> None:
    first, second = str(tmp_path / "1.zip"), str(tmp_path / "2.zip")
    assert desk("audit", "export", audit, "-o", first)[0] == 0
    assert "everything is as it was stored" in desk("audit", "verify", first)[1]
    code, out, err = desk("audit", "import", first, at=tmp_path / "other")
    assert (code, out.splitlines()[-1]) == (0, audit), err
    assert desk("audit", "export", audit, "-o", second, at=tmp_path / "other")[0] == 0
    assert Path(first).read_bytes() == Path(second).read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_a_damaged_file_is_named_by_verify_and_import(desk: Desk, audit: str, tmp_path: Path) -> None:
    file = tmp_path / "1.zip"
    desk("audit", "export", audit, "-o", str(file))
    file.write_bytes(file.read_bytes()[:-100])
    code, out, err = desk("audit", "verify", str(file))
    assert (code, out.split("\t")[0]) == (1, "damaged")
    assert err.startswith("clausewalk: 1.zip: 1 ")
    code, _, err = desk("audit", "import", str(file), at=tmp_path / "other")
    assert code == 2
    assert "no whole zip file" in err
    assert json.loads(desk("audit", "list", "--json", at=tmp_path / "other")[1]) == {"audits": []}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("audit", "export", "no-such", "-o", "x.zip"), 2),
        (("audit", "verify", "no-such.zip"), 2),
        (("audit", "verify", "0190f111-0000-7000-8000-00000000ffff"), 2),
        (("restore", "no-such"), 1),
        (("audit", "erase", "no-such", "--entries", "x", "--rule", "r", "--person", "p"), 2),
    ],
)
def test_what_is_not_there_is_said_in_one_line(desk: Desk, words: tuple[str, ...], code: int) -> None:
    answered, _, err = desk(*words)
    assert (answered, err.count("\n")) == (code, 1)


def test_erasing_asks_first(desk: Desk, audit: str, data: Path) -> None:
    with closing(sqlite3.connect(data / FILE_NAME)) as raw:
        (entry,) = raw.execute(
            "SELECT id FROM entries WHERE CAST(raw AS TEXT) LIKE '%observed%' LIMIT 1"
        ).fetchone()
    words = ("audit", "erase", audit, "--entries", entry, "--rule", "合同 7.3", "--person", "王主任")
    code, out, err = desk(*words)
    assert code == 2
    assert entry in out
    assert "nothing was erased" in err
    code, out, _ = desk(*words, "--yes")
    assert code == 0
    assert "blob" in out  # the imported file says it all again
    verified = desk("audit", "verify", audit)
    assert verified[0] == 0
    assert f"{entry}\t合同 7.3; 王主任" in verified[1]
    code, _, err = desk(*words, "--yes")
    assert (code, "erased already" in err) == (2, True)


def test_backup_restore_rebuild(desk: Desk, audit: str, tmp_path: Path) -> None:
    out = tmp_path / "backups"
    code, printed, _ = desk("backup", str(out))
    assert (code, printed.strip()) == (0, str(snapshots(out)[0]))
    target = tmp_path / "restored"
    assert desk("restore", str(out), at=target)[0] == 0
    assert desk("rebuild", at=target)[0] == 0
    assert json.loads(desk("audit", "list", "--json", at=target)[1])["audits"][0]["id"] == audit
    assert desk("restore", str(out), at=target)[0] == 1


def test_a_lost_blob_fails_the_backup_and_is_not_all_that_is_done(
    desk: Desk, data: Path, tmp_path: Path
) -> None:
    blob = next(path for path in (data / "blobs").rglob("*") if path.is_file())
    blob.unlink()
    code, out, err = desk("backup", str(tmp_path / "backups"))
    assert (code, f"lost: {blob.name}" in err) == (1, True)
    assert Path(out.strip()).is_dir()


def levels(desk: Desk, *words: str) -> dict[str, str]:
    """What the doctor says, by name; the worst of each."""
    code, out, _ = desk("doctor", "--json", *words)
    found: dict[str, str] = {}
    for check in json.loads(out)["checks"]:
        assert bool(check["mend"]) == (check["level"] != "ok"), check
        worst = max(found.get(check["name"], "ok"), check["level"], key=("ok", "warning", "problem").index)
        found[check["name"]] = worst
    assert code == (1 if "problem" in found.values() else 0)
    return found


def test_a_sound_folder_has_no_problem(desk: Desk) -> None:
    found = levels(desk, "--deep")
    # The house that is shipped stands for no body, which is worth a warning.
    assert {name: level for name, level in found.items() if level != "ok" and name != "disk"} == {
        "house": "warning"
    }
    assert {"database", "migrations", "heads", "lists", "blobs", "chains", "uploads", "fonts"} <= found.keys()


def test_a_house_of_ones_own_is_in_whose_name_audits_are_begun(desk: Desk, data: Path) -> None:
    shipped = (data_root("checklists") / "houses/qinghe/house.toml").read_text(encoding="utf-8")
    own = own_folder(data) / "houses/ours/house.toml"
    own.parent.mkdir(parents=True)
    text = re.sub(r"^invented = .*\n", "", shipped, flags=re.MULTILINE).replace('"qinghe"', '"ours"')
    own.write_text(text, encoding="utf-8")
    assert levels(desk)["house"] == "ok"


def _sql(*statements: str) -> Callable[[Path], object]:
    def damage(data: Path) -> None:
        with closing(sqlite3.connect(data / FILE_NAME)) as raw, raw:
            for statement in statements:
                raw.execute(statement)

    return damage


def _any_blob(data: Path) -> Path:
    return next(path for path in (data / "blobs").rglob("*") if path.is_file())


def _scramble(data: Path) -> None:
    with (data / FILE_NAME).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 8192)


def _flip(data: Path) -> None:
    blob = _any_blob(data)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")


def _certificate(data: Path) -> None:
    (data / "tls").mkdir()
    (data / "tls" / "ca.crt").write_text("no certificate")


BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no database": (lambda data: (data / FILE_NAME).unlink(), "database", "problem"),
    "no SQLite": (lambda data: (data / FILE_NAME).write_bytes(b"x" * 9000), "database", "problem"),
    "pages overwritten": (_scramble, "database", "problem"),
    "a newer program": (
        _sql("INSERT INTO migrations VALUES ('journal', 999, '999_later.sql', 'x')"),
        "migrations",
        "problem",
    ),
    "a migration to come": (
        _sql("DELETE FROM migrations WHERE room = 'archive'"),
        "migrations",
        "warning",
    ),
    "a head behind": (_sql("UPDATE heads SET seq = seq - 1"), "heads", "problem"),
    "a head gone": (_sql("DELETE FROM heads"), "heads", "problem"),
    "not listed": (_sql("DELETE FROM stale_audits", "DELETE FROM audits"), "lists", "problem"),
    "a blob gone": (lambda data: _any_blob(data).unlink(), "blobs", "problem"),
    "a blob cut": (lambda data: _any_blob(data).write_bytes(b"x"), "blobs", "problem"),
    "a blob changed": (_flip, "chains", "problem"),
    "open to others": (lambda data: data.chmod(0o755), "permissions", "problem"),
    "no certificate": (_certificate, "certificates", "problem"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_doctor_names_what_is_broken(name: str, desk: Desk, data: Path) -> None:
    breaks, check, level = BROKEN[name]
    levels(desk)  # the lists are made
    with closing(sqlite3.connect(data / FILE_NAME)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    breaks(data)
    assert levels(desk, "--deep")[check] == level


def test_what_belongs_to_nothing_is_mended(desk: Desk, data: Path) -> None:
    (data / "uploads").mkdir(exist_ok=True)
    old, young = data / "uploads" / "old.part", data / "uploads" / "young.part"
    orphan = data / "blobs" / "ab" / ("ab" * 32)
    for path in (old, young, orphan):
        path.write_bytes(b"x")
    long_ago = time.time() - 8 * 24 * 3600
    for path in (old, orphan):
        os.utime(path, (long_ago, long_ago))
    found = levels(desk)
    assert (found["uploads"], found["orphans"]) == ("warning", "warning")
    levels(desk, "--mend")
    assert [path.exists() for path in (old, young, orphan)] == [False, True, False]
    assert levels(desk)["uploads"] == "ok"


def test_what_a_release_vouched_for_cannot_be_changed_unseen(desk: Desk, audit: str, data: Path) -> None:
    """An entry put aside after the release, with its checksum made to fit, is found by the release itself."""

    async def freeze(services: Services) -> Any:
        await release(services, audit, principal="x", admit=admit, now=datetime.now(UTC))
        return await services.journal.whole(audit)

    rows, head = with_services(Settings(data=data), freeze)
    assert find_damage(audit, rows, head) == []
    held = replace(rows[100].record, standing="held", reason="after_release")
    tampered = [*rows]
    tampered[100] = type(rows[100])(audit, rows[100].id, held, checksum(held))
    (damage,) = find_damage(audit, tampered, head)
    assert (damage.seq, damage.problem) == (308, "standing")
