"""The sample audit in a data folder, three of its photos with bytes, and documents of it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from PIL import Image

from server.audit.admission import admit
from server.audit.entries import Amended, AmendedBody, encode
from server.audit.state import State
from server.cli import main
from server.demo.sample import sample_file
from server.importing import import_file
from server.settings import Settings
from server.web.services import Services, open_services

COLOURS = ((200, 60, 40), (40, 120, 200), (60, 160, 80))


@dataclass(frozen=True)
class Audit:
    """An audit in a data folder. `photos`: numbers in the appendix of those that have bytes."""

    data: Path
    id: str
    photos: tuple[int, ...] = ()

    def document(self, target: Path, *options: str) -> Path:
        """A document made by `clausewalk report`."""
        code = main(["report", self.id, "-o", str(target), "--data", str(self.data), *options])
        assert code == 0
        return target


def in_thread(job: Callable[[], Any]) -> Any:
    """Run async work whatever loop the tests have."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(job).result()


def with_services(data: Path, job: Callable[[Services], Any]) -> Any:
    async def run() -> Any:
        async with open_services(Settings(data=data)) as services:
            return await job(services)

    return in_thread(lambda: asyncio.run(run()))


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (1200, 900)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG", quality=85)
    return target.getvalue()


async def _with_photos(services: Services) -> str:
    """Import the sample; its first photos get bytes by amendment, as the demo gives them."""
    imported = await import_file(services.journal, services.blobs, services.criteria, sample_file())
    state = await services.journal.state(imported.audit)
    raws = []
    for thing, colour in zip(list(state.photos.values()), COLOURS, strict=False):
        sha = await services.blobs.put(imported.audit, jpeg(colour), media="image/jpeg")
        raws.append(encode(_amended(state, thing.id, sha)))
    await services.journal.append(imported.audit, raws, sender="", admit=admit)
    return imported.audit


def _amended(state: State, photo: str, sha: str) -> Amended:
    thing = state.photos[photo]
    assert thing.current is not None
    body = AmendedBody(
        target=photo, bases=thing.heads, photo=msgspec.structs.replace(thing.current, sha256=sha)
    )
    first = thing.first
    return Amended(id=str(uuid4()), audit=state.audit, made_at=first.made_at, by=first.by, body=body)


@pytest.fixture(scope="session")
def sample() -> Any:
    """The sample audit's file."""
    return json.loads(sample_file())


@pytest.fixture(scope="session")
def sample_audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """The sample audit, imported, with bytes for three photos."""
    data = tmp_path_factory.mktemp("sample") / "data"
    audit = with_services(data, _with_photos)
    return Audit(data, audit, (1, 2, 3))


@pytest.fixture(scope="session")
def made(sample_audit: Audit, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Documents of the sample audit by kind, language and options; each is made once."""
    folder = tmp_path_factory.mktemp("documents")
    known: dict[tuple[str, ...], Path] = {}

    def make(kind: str, lang: str = "zh", *options: str) -> Path:
        key = (kind, lang, *options)
        if key not in known:
            name = "-".join([lang, *(option.strip("-") for option in options)])
            known[key] = sample_audit.document(folder / f"{name}.{kind}", "--lang", lang, *options)
        return known[key]

    return make
