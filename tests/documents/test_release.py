"""Releasing freezes tree, DOCX and PDF; what was released is served for ever, never compiled again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from server.audit.admission import Admission, admit
from server.audit.entries import Observation, Observed, SignedBody, Text, encode
from server.audit.entries import Signed as SignedEntry
from server.audit.report import compile_report, freeze
from server.cli import main
from server.documents.make import make_report
from server.documents.release import NotReleased, release
from server.web.services import Services
from tests.documents.conftest import Audit, with_services
from tests.documents.reading import words

NOW = datetime(2026, 6, 11, 1, 30, tzinfo=UTC)


@pytest.fixture
def audit(sample_audit: Audit, tmp_path: Path) -> Audit:
    """The sample audit in a data folder of the test's own."""
    shutil.copytree(sample_audit.data, tmp_path / "data")
    return Audit(tmp_path / "data", sample_audit.id)


@pytest.fixture(scope="module")
def released(sample_audit: Audit, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """The sample audit, released by its leader, and then one more observation that came too late."""
    data = tmp_path_factory.mktemp("released") / "data"
    shutil.copytree(sample_audit.data, data)
    audit = Audit(data, sample_audit.id)
    with_services(data, lambda services: _release(services, audit.id))
    with_services(data, lambda services: _append(services, _observation(audit.id)))
    return audit


async def _release(services: Services, audit: str, **changes: Any) -> Any:
    given: dict[str, Any] = {"principal": await _leader(services, audit), "admit": admit, "now": NOW}
    return await release(services, audit, **(given | changes))


async def _leader(services: Services, audit: str) -> str:
    state = await services.journal.state(audit)
    return next(key for key, member in state.setup.team.items() if member.role == "leader")


def _observation(audit: str) -> bytes:
    body = Observation(stop="S02", text=Text(zh="提交以后才到的记录"))
    return encode(Observed(id=str(uuid4()), audit=audit, made_at=NOW, by="late", body=body))


async def _append(services: Services, raw: bytes) -> Any:
    audit = (await services.journal.audits_of(None))[0].id
    return (await services.journal.append(audit, [raw], sender="", admit=admit)).results[0]


def test_the_entry_names_what_was_frozen(released: Audit) -> None:
    async def look(services: Services) -> None:
        state = await services.journal.state(released.id)
        body = state.releases[0]
        for sha in (body.tree, body.docx, body.pdf):
            content = services.blobs.path(sha).read_bytes()
            assert hashlib.sha256(content).hexdigest() == sha
            assert await services.blobs.has(released.id, sha)
        records = await services.journal.records(released.id)
        assert body.head_hash == next(record.hash for record in records if record.seq == body.head)
        assert body.head == next(record.seq for record in records if b'"released"' in record.raw) - 1
        assert body.pins["form:reference"] == services.criteria.digest("form", "reference")
        assert body.pins["house:qinghe"] == services.criteria.digest("house", "qinghe")
        assert body.build

    with_services(released.data, look)


def test_documents_are_served_as_released(released: Audit, tmp_path: Path) -> None:
    async def blobs(services: Services) -> dict[str, bytes]:
        body = (await services.journal.state(released.id)).releases[0]
        named = {"docx": body.docx, "pdf": body.pdf, "json": body.tree}
        return {kind: services.blobs.path(sha).read_bytes() for kind, sha in named.items()}

    for kind, content in with_services(released.data, blobs).items():
        assert released.document(tmp_path / f"r.{kind}").read_bytes() == content
    for lang, kind, leader in (("zh", "html", "闻砚秋"), ("en", "docx", "WenYanqiu")):
        printed = words(released.document(tmp_path / f"{lang}.{kind}", "--lang", lang))
        assert "提交以后才到的记录" not in printed
        assert leader in printed
    assert json.loads((tmp_path / "r.json").read_bytes())["header"]["number"] == "90017-2024-QEO-2026"


def test_the_frozen_tree_holds_no_signature(released: Audit) -> None:
    async def tree(services: Services) -> bytes:
        body = (await services.journal.state(released.id)).releases[0]
        return services.blobs.path(body.tree).read_bytes()

    frozen = freeze.read(with_services(released.data, tree))
    signatures = [e for e in frozen.elements if e.kind == "signature"]
    assert [e.status for e in signatures] == ["empty"] * len(signatures)
    assert "按导入" not in frozen.element("cover.leader_signature").text.zh
    assert frozen.element("cover.leader_signature").blocks


def test_a_signature_given_later_does_not_change_the_frozen_tree(audit: Audit) -> None:
    async def trees(services: Services) -> tuple[bytes, bytes]:
        async def tree() -> bytes:
            report = compile_report(await services.journal.state(audit.id), services.criteria)
            frozen = json.loads(freeze.canonical(freeze.without_signatures(report)))
            del frozen["header"]
            return json.dumps(frozen, ensure_ascii=False).encode()

        before = await tree()
        body = SignedBody(what="commitment", name="闻砚秋", signed_at="2026-05-18")
        signed = SignedEntry(id=str(uuid4()), audit=audit.id, made_at=NOW, by="leader", body=body)
        assert (await _append(services, encode(signed))).status == "stored"
        return before, await tree()

    before, after = with_services(audit.data, trees)
    assert before == after


def test_released_once_and_only_by_whom_rights_admit(audit: Audit) -> None:
    async def attempts(services: Services) -> None:
        def never(_: Any, __: Any) -> Admission:
            return Admission("refused", "not_allowed")

        with pytest.raises(NotReleased, match="not_allowed"):
            await _release(services, audit.id, admit=never)
        assert not (await services.journal.state(audit.id)).released
        await _release(services, audit.id)
        with pytest.raises(NotReleased, match="already_released"):
            await _release(services, audit.id)

    with_services(audit.data, attempts)


def test_an_entry_that_arrives_meanwhile_stops_the_release(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def attempt(services: Services) -> None:
        put: Callable[..., Any] = services.blobs.put

        async def put_while_somebody_writes(*args: Any, **kwargs: Any) -> str:
            await _append(services, _observation(audit.id))
            return str(await put(*args, **kwargs))

        monkeypatch.setattr(services.blobs, "put", put_while_somebody_writes)
        with pytest.raises(NotReleased, match="moved_on"):
            await _release(services, audit.id)
        assert not (await services.journal.state(audit.id)).released

    with_services(audit.data, attempt)


def test_another_house_cannot_reprint_what_is_released(
    released: Audit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "r.html"
    options = ["--data", str(released.data), "--house", "nobody"]
    assert main(["report", released.id, "-o", str(target), *options]) == 2
    assert "no house 'nobody'" in capsys.readouterr().err


def test_what_is_made_for_one_request_can_be_discarded(audit: Audit) -> None:
    async def make(services: Services) -> None:
        made = await make_report(services, audit.id, "json")
        assert made.path.is_file()
        made.discard()
        assert not made.path.parent.exists()

    with_services(audit.data, make)
