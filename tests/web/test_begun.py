"""An audit asks what it began with, whatever a house changes in its own files afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from litestar.testing import TestClient

from server.app import create_app
from server.settings import Settings
from tests.support.html import Html
from tests.support.sample import Sample, Sampled

OWN = """\
id = "own-layer"
title.zh = "本机构的改动"
title.en = "Our changes"

[[changes]]
item = "pl-hw-count"
prompt.zh = "先看台账再数桶，数目写两遍。"
prompt.en = "Read the ledger first, then count the drums; write both numbers."
"""
STOP = "S08"


@contextmanager
def running(data: Path, sampled: Sampled) -> Iterator[Sample]:
    with TestClient(create_app(Settings(data=data, cdn="off"))) as client:
        yield Sample(client, sampled)


def pack(sample: Sample, audit: str) -> str:
    url = f"/audits/{audit}/stops/{STOP}/places/place-hazardous-waste"
    answer = sample.visitor("wen").get(url)
    assert answer.status_code == 200
    return Html(answer.text).words


def test_a_change_is_for_what_begins_after_it(sampled: Sampled, tmp_path: Path) -> None:
    data = Path(shutil.copytree(sampled.data, tmp_path / "data"))
    with running(data, sampled) as sample:
        before = pack(sample, sampled.audit)
    layer = data / "checklists" / "layers" / "own.toml"
    layer.parent.mkdir(parents=True)
    layer.write_text(OWN, encoding="utf-8")
    with running(data, sampled) as sample:
        assert pack(sample, sampled.audit) == before
        prompts = {i.id: i.prompt.zh for i in sample.criteria.lists["place-hazardous-waste"].items}
        assert prompts["pl-hw-count"] == "先看台账再数桶，数目写两遍。"
        state = sample.state()
        pins = sample.criteria.pins(house="qinghe", form="reference", standards=["ISO 9001:2015"])
        assert "layer:own-layer" in pins
        assert "layer:own-layer" not in state.setup.pins
        office = sample.visitor("office")
        page = Html(office.get(f"/audits/{sampled.fresh}/begun").text).words
        assert "提示语由「数或称三种" in page
        assert "改为「先看台账再数桶" in page
        assert office.fill(f"/audits/{sampled.fresh}/begun").status_code == 303
        assert "与现行版本相同" in office.get(f"/audits/{sampled.fresh}/begun").text
        assert "先看台账再数桶" in pack(sample, sampled.fresh)
        assert pack(sample, sampled.audit) == before, "each audit by itself"
        assert "先看台账再数桶" in office.get("/checklists/lists/place-hazardous-waste").text


def test_own_files_that_are_wrong_keep_nobody_from_working(sampled: Sampled, tmp_path: Path) -> None:
    data = Path(shutil.copytree(sampled.data, tmp_path / "data"))
    layer = data / "checklists" / "layers" / "own.toml"
    layer.parent.mkdir(parents=True)
    layer.write_text(OWN.replace("pl-hw-count", "pl-none"), encoding="utf-8")
    with running(data, sampled) as sample:
        assert "危险废物贮存间" in pack(sample, sampled.audit)
        assert "unknown item pl-none" in sample.visitor("office").get("/checklists").text
        assert "unknown item pl-none" not in sample.visitor("wen").get("/checklists").text
