"""Static files as they are sent: compressed, and our scripts without comments."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from server.web import static_files as sent
from tests.support.node import node
from tests.support.world import World

ROOT = Path(__file__).parents[2]
SAME_CODE = """
import { parse } from "espree";
import { readFileSync } from "node:fs";
const places = ["start", "end", "range", "column"];
const code = (text) =>
  JSON.stringify(parse(text, { ecmaVersion: "latest", sourceType: "module", loc: true }), (key, value) =>
    places.includes(key) ? undefined : typeof value === "bigint" ? String(value) : value,
  );
for (const [name, plain] of JSON.parse(readFileSync(0, "utf-8")))
  if (code(readFileSync(name, "utf-8")) !== code(plain)) console.log(name);
"""


def test_a_script_without_its_comments_is_the_same_code_in_the_same_lines() -> None:
    files = sent.static_files()
    scripts = [
        (str(path), files.body(name, None).decode())
        for name, path in files.names.items()
        if name[:3] == "js/"
    ]
    assert len(scripts) > 100
    command = [node(), "--input-type=module", "-e", SAME_CODE]
    found = subprocess.run(
        command, input=json.dumps(scripts), capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert found.stdout.split() == []
    assert sum(len(plain) for _, plain in scripts) < 0.8 * sum(
        Path(name).stat().st_size for name, _ in scripts
    )


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("/** Why.\n * More. */\nlet a = 1; // stays\n", "\n\nlet a = 1; // stays\n"),
        ("  // gone\nlet b;\n", "\nlet b;\n"),
        ("/** @type {X} */ (a).b();\n/** gone */\n", "/** @type {X} */ (a).b();\n\n"),
    ],
)
def test_comments_go_where_they_have_their_lines_to_themselves(written: str, plain: str) -> None:
    assert sent.without_comments(written.encode()) == plain.encode()


def test_what_is_sent_is_what_the_list_vouches_for(world: World) -> None:
    files = sent.static_files()
    for name in ("js/outbox.js", "css/app.css", "icons/icons.svg"):
        plain = world.visitor(None).get(files.url(name))
        assert base64.b64encode(hashlib.sha256(plain.content).digest()).decode() == files.digests[name]
        assert gzip.decompress(files.body(name, "gzip")) == plain.content
        assert "accept-encoding" in plain.headers["vary"].lower()
