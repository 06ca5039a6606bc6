"""A client that was not written for this server can upload to it, and resume."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import httpx
from PIL import Image

from tests.support.live import LiveServer
from tests.support.world import AUDIT

ROOT = Path(__file__).parents[2]


def node() -> str:
    """The machine's Node.js, or the one of the virtual environment."""
    found = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    assert found, "no node: run `make test-setup`"
    return found


def test_tus_js_client_uploads_and_resumes(server: LiveServer, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(out, "JPEG", quality=90)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(out.getvalue())
    script = Path(__file__).with_name("stock_client.mjs")
    endpoint = f"{server.url}/audits/{AUDIT}/uploads"
    told = subprocess.run(
        [node(), str(script), endpoint, server.tokens["auditor"], str(photo)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    said = json.loads(told.stdout)
    assert said["begun"] == [64 * 1024]
    assert said["finished"][0] == 2 * 64 * 1024, "it went on where it had stopped"
    assert said["finished"][-1] == said["size"]
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    kept = httpx.get(
        f"{server.url}/audits/{AUDIT}/photos/{sha256}",
        headers={"Cookie": f"clausewalk={server.tokens['auditor']}"},
    )
    assert kept.content == out.getvalue()
