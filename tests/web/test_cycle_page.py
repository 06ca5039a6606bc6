"""The cycle of a client: its matrix, who was asked already, and what was taken last time at a stop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from server.app import create_app
from server.demo.sample import sample_file
from server.importing import import_file
from server.settings import Settings
from server.web.services import open_services
from tests.support.html import Html
from tests.support.sample import Sample, furnish

LEFT_OUT = ("findings", "opportunities", "changes", "objectives", "previous_findings")


def first_surveillance() -> bytes:
    """The sample a year earlier: the same plan, the first sixty records."""
    words = sample_file().decode()
    for now, then in (("2026-05-18", "2025-03-11"), ("2026-05-19", "2025-03-12"), ("QEO-2026", "QEO-2025")):
        words = words.replace(now, then)
    file: dict[str, Any] = json.loads(words)
    file["audit"] |= {"surveillance_no": 1, "purposes": [{"code": "surveillance", "no": 1, "zh": "第1次"}]}
    file["observations"] = file["observations"][:60]
    return json.dumps(file | {part: [] for part in LEFT_OUT} | {"judgements": {}}).encode()


@pytest.fixture(scope="module")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The program with the sample audit and the surveillance before it."""
    data = tmp_path_factory.mktemp("cycle") / "data"
    sampled = asyncio.run(furnish(data, date(2026, 11, 18)))
    asyncio.run(_add(data))
    with TestClient(create_app(Settings(data=data, cdn="off"))) as client:
        yield Sample(client, sampled)


async def _add(data: Path) -> None:
    async with open_services(Settings(data=data, cdn="off")) as services:
        await import_file(services.journal, services.blobs, services.criteria, first_surveillance())


def shown(sample: Sample, path: str, login: str = "wen") -> Html:
    answer = sample.visitor(login).get(f"/audits/{sample.audit}{path}")
    assert answer.status_code == 200, answer.text[:300]
    return Html(answer.text)


def test_the_matrix_has_both_audits_in_each_cell(cycle: Sample) -> None:
    page = shown(cycle, "/cycle?scheme=QMS")
    assert "2025 第1次监督 → 2026 第2次监督" in page.words
    assert "再认证前最后一次监督" in page.words
    heads = [tag.text for tag in page.all("th") if tag.attributes.get("scope") == "col"]
    assert heads[:2] == ["条款", "管理层"]
    assert len([tag for tag in page.all("th") if tag.attributes.get("scope") == "row"]) == 65
    marks = [tag.attributes["title"] for tag in page.all("span") if "title" in tag.attributes]
    assert "2025 第1次监督 计划了，没看到" in marks
    assert "2026 第2次监督 看过" in marks
    assert "最后一次机会" in marks


def test_what_nobody_took_yet(cycle: Sample) -> None:
    words = shown(cycle, "/cycle").words
    assert "还没抽过" in words
    assert "SZ-01~06 水胀机6台" in words
    assert "面谈的人 抽过：" in words


@pytest.mark.parametrize(
    ("login", "status"), [("wen", 200), ("tong", 200), ("sui", 200), ("office", 200), ("new", 404)]
)
def test_who_sees_it(cycle: Sample, login: str, status: int) -> None:
    assert cycle.visitor(login).get(f"/audits/{cycle.audit}/cycle").status_code == status


def test_last_time_at_a_stop(cycle: Sample) -> None:
    for page in ("/stops/S08", "/stops/S08/help"):
        assert "上次在此（2025）：" in shown(cycle, page).words


def test_what_is_left_at_a_stop_until_somebody_asks(cycle: Sample) -> None:
    asked = "还没问过、没看过：夜班、郁听涛"
    shifts = [{"name": {"zh": "夜班"}, "start": "02:00", "end": "05:00"}]
    people = [{"name": "郁听涛", "department": "生产部"}, {"name": "闻人晚", "department": "仓储部"}]
    found = {"client/shifts": shifts, "client/people": people}
    cycle.send("wen", cycle.audit, *(("configured", {"path": path, "value": found[path]}) for path in found))
    assert asked in shown(cycle, "/stops/S08").words
    by_day = "2026-05-18T13:10:00+08:00"
    cycle.record("wen", cycle.audit, {"stop": "S08", "people": [{"name": "郁听涛"}], "seen_at": by_day})
    words = shown(cycle, "/stops/S08").words
    assert asked not in words
    assert "还没问过、没看过：夜班" in words


def test_a_client_seen_for_the_first_time(reading: Sample) -> None:
    page = shown(reading, "/cycle")
    assert "不能断定哪些条款从没看过" in page.words
    stop = reading.visitor("wen").get(f"/audits/{reading.fresh}/stops/S08").text
    assert "上次在此" not in stop or "2026" in stop
