"""`clausewalk audit import` of a phone's outbox: adds exactly what was missing, as its authors, once."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.live import COMMAND, ROOT, environment
from tests.support.world import AUDIT, ID, UNKNOWN_AUDIT, entry, observed


def drawn(colour: str) -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return out.getvalue()


def kept(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as the phone keeps it."""
    return {"raw": json.dumps(entry, ensure_ascii=False), "state": "waiting", "reason": ""}


def photo(note: dict[str, Any], content: bytes, *, phase: str = "ready", **changes: Any) -> dict[str, Any]:
    """A photo as the phone keeps it."""
    return {
        "id": "local",
        "audit": note["audit"],
        "account": note["by"],
        "observation": note["id"],
        "phase": phase,
        "media": "image/jpeg",
        "facts": {"taken_at": "2026-11-18T10:42:00.000+08:00", "subject": "equipment", "place": "炉区"},
        "entry": "0192c000-0000-7000-8000-0000000000f1",
        "sha256": hashlib.sha256(content).hexdigest() if phase == "ready" else "",
        "bytes": base64.b64encode(content).decode(),
        **changes,
    }


def exported(tmp_path: Path, *entries: dict[str, Any], photos: tuple[dict[str, Any], ...] = ()) -> Path:
    """The file of 全部交出."""
    head = {"clausewalk": "outbox", "version": 1, "account": ID["auditor"], "device": "phone-1"}
    rest = {
        "exported_at": "2026-11-18T18:00:00.000+08:00",
        "entries": [kept(one) for one in entries],
        "drafts": [{"form": {"text": "没有保存"}}],
        "photos": list(photos),
    }
    file = tmp_path / "clausewalk-20261118.json"
    file.write_text(json.dumps(head | rest, ensure_ascii=False, separators=(",", ":")), "utf-8")
    return file


def bring(data: Path, file: Path) -> tuple[int, str, str]:
    """Run the command: exit code, stdout and stderr."""
    command = [*COMMAND, "audit", "import", str(file), "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_what_was_missing_is_added_once(data: Path, tmp_path: Path) -> None:
    note, other = observed(text="没有送出的"), observed("leader", text="组长在同一部手机上")
    file = exported(tmp_path, note, other, photos=(photo(note, drawn("red"), phase="raw"),))
    assert bring(data, file) == (0, AUDIT, "3 entries stored, 0 here already, 0 held; 1 photos stored")
    assert bring(data, file) == (0, AUDIT, "0 entries stored, 3 here already, 0 held; 0 photos stored")


def test_what_comes_from_somebody_who_left_is_held(data: Path, tmp_path: Path) -> None:
    file = exported(tmp_path, observed("former"))
    assert bring(data, file) == (0, AUDIT, "0 entries stored, 0 here already, 1 held; 0 photos stored")


def test_what_can_not_be_taken_is_named_and_the_rest_is_stored(data: Path, tmp_path: Path) -> None:
    note = observed()
    damaged = photo(note, drawn("blue"), sha256="0" * 64)
    no_picture = photo(note, b"%PDF-1.7", entry="0192c000-0000-7000-8000-0000000000f2")
    file = exported(
        tmp_path,
        note,
        observed(audit=UNKNOWN_AUDIT),
        observed(by="0192c000-0000-7000-8000-00000000dead"),
        photos=(damaged, no_picture),
    )
    code, audit, said = bring(data, file)
    assert (code, audit) == (1, AUDIT)
    lines = said.splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == ["refused"] * 4
    assert "damaged" in lines[0]
    assert UNKNOWN_AUDIT in said
    assert "dead" in said
    assert lines[-1] == "1 entries stored, 0 here already, 0 held; 0 photos stored"


def test_a_file_that_was_cut_off_is_refused_whole(data: Path, tmp_path: Path) -> None:
    file = exported(tmp_path, observed())
    file.write_bytes(file.read_bytes()[:-20])
    code, audit, said = bring(data, file)
    assert (code, audit) == (2, "")
    assert "export it from the phone again" in said
    assert said.count("\n") == 0


def test_what_its_phone_carried_for_a_colleague_comes_in_as_the_colleagues(
    data: Path, tmp_path: Path
) -> None:
    note = observed(text="同事的")
    body = {"entry": note["id"], "raw": json.dumps(note, ensure_ascii=False)}
    file = exported(tmp_path, entry("copied", body, by="leader"))
    assert bring(data, file) == (0, AUDIT, "1 entries stored, 0 here already, 0 held; 0 photos stored")
    file = exported(tmp_path, note)
    assert bring(data, file) == (0, AUDIT, "0 entries stored, 1 here already, 0 held; 0 photos stored")
