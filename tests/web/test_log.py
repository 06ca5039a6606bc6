"""The log says what failed and where; no word of an audit and no way in stands in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from server.documents import bundle
from server.web import documents, shown
from server.web.log import logger, without_token, write_trace
from tests.support.world import AUDIT, World

WORDS = "真空炉十一月"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """A log that writes where this test looks."""
    logger.cache_clear()
    yield
    logger.cache_clear()


def broken(*_: object, **__: object) -> Any:
    try:
        int(WORDS)
    except ValueError as error:
        raise KeyError(WORDS) from error


def test_a_trace_names_types_and_places_and_quotes_nobody() -> None:
    out = io.StringIO()
    try:
        broken()
    except KeyError as error:
        write_trace(out, (KeyError, error, error.__traceback__))
    written = out.getvalue()
    assert "builtins.KeyError" in written
    assert "builtins.ValueError" in written
    assert "in broken" in written
    assert WORDS not in written


def test_a_page_that_fails_leaves_no_words_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shown, "stop_name", broken)
    assert world.visitor("leader").get(f"/audits/{AUDIT}").status_code == 500
    told = capfd.readouterr().err
    assert f"/audits/{AUDIT}" in told
    assert "KeyError" in told
    assert WORDS not in told


def test_a_document_that_can_not_be_made_is_logged_without_its_words(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = ['  File "/app/server/documents/pdf.py", line 96, in render', f"builtins.ValueError: {WORDS}"]

    async def failing(*_: object, **__: object) -> None:
        failed = bundle.MakingFailed(lines[-1])
        failed.add_note(bundle._place(lines))
        raise failed

    monkeypatch.setattr(documents, "make_paper", failing)
    assert world.visitor("leader").get(f"/audits/{AUDIT}/report.pdf").status_code == 500
    told = capfd.readouterr().err
    assert "ValueError" in told
    assert "pdf.py" in told
    assert WORDS not in told


@pytest.mark.parametrize("where", ["in", "plan", "welcome"])
def test_no_token_is_logged(where: str) -> None:
    assert without_token(f"/{where}/s3cret") == f"/{where}/…"
    assert without_token(f"/{where}/s3cret/qr.svg") == f"/{where}/…/qr.svg"
    assert without_token(f"/audits/{AUDIT}/{where}") == f"/audits/{AUDIT}/{where}"
