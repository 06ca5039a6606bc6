"""The page that checks an interchange file: what is wrong by its place, in both languages; nothing stored."""

from __future__ import annotations

import json

import httpx
import pytest

from server.demo.sample import sample_file
from tests.interchange.test_untidy import put
from tests.support.sample import Sample
from tests.support.world import Visitor, World

ORIGIN = {"Origin": "http://testserver.local"}


def check(visitor: Visitor, text: str = "", file: bytes | None = None) -> httpx.Response:
    """Paste a text, or choose a file."""
    files = {"file": ("audit.json", file)} if file is not None else {"file": ("", b"")}
    return visitor.ask("POST", "/interchange/check", data={"text": text}, files=files, headers=ORIGIN)


def test_a_sound_file_is_said_to_be_sound_and_not_stored(world: World) -> None:
    answer = check(world.visitor("auditor"), file=sample_file())
    assert answer.status_code == 200
    assert "90017-2024-QEO-2026" in answer.text
    assert "307" in answer.text
    assert len(world.run(world.services.journal.audits)) == 1
    assert world.run(world.services.db.read, "SELECT * FROM blobs_held") == []


@pytest.mark.parametrize(("language", "words"), [("zh", "不是日期"), ("en", "is no day")])
def test_what_is_wrong_is_named_by_its_path(language: str, words: str, sample: Sample) -> None:
    source = json.loads(sample_file())
    put("audit/end", "2026-02-30")(source)
    put("observations/3/outcome", "perfect")(source)
    text = json.dumps(source, ensure_ascii=False)
    answer = check(sample.visitor("tong", language), text=text)  # type: ignore[arg-type]
    assert "/audit/end" in answer.text
    assert "/observations/3/outcome" in answer.text
    assert words in answer.text


def test_what_was_pasted_comes_back(world: World) -> None:
    answer = check(world.visitor("observer"), text='{"house": 7} <script>')
    assert "{&#34;house&#34;: 7} &lt;script&gt;" in answer.text
    assert check(world.visitor("observer")).status_code == 400


@pytest.mark.parametrize("text", ["[" * 10_000, "{}", "NaN", '{"a": "\\ud800"}', "\ud800"])
def test_nonsense_is_answered(text: str, world: World) -> None:
    answer = check(world.visitor("auditor"), file=text.encode("utf-8", "surrogatepass"))
    assert answer.status_code == 200
    assert "没有保存任何内容" in answer.text


def test_the_schema_is_at_an_address_that_stays(world: World) -> None:
    answer = world.visitor(None).get("/interchange/1/schema.json")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json()["$id"] == "urn:clausewalk:interchange:1"
