"""A scheme that a house defines in files of its own is audited from the set-up to the report."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from litestar.testing import TestClient

from server.app import create_app
from server.settings import Settings
from tests.support.html import Html
from tests.support.world import ID, World, entry, make_world

STANDARD = """\
id = "WB 1:2025"
scheme = "WB"
letter = "WB"
scheme_name.zh = "水效"
scheme_name.en = "water use"
title.zh = "用水效率管理"
title.en = "Management of water use"
status = "in_force"
confidence = "high"

[[clauses]]
number = "4.1"
title.zh = "用水现状"
title.en = "How water is used"

[[clauses]]
number = "4.2"
title.zh = "计量和漏损"
title.en = "Meters and losses"
"""
LIST = """\
id = "own-water"
kind = "surveillance"
title.zh = "水效监督"
title.en = "Water use, surveillance"
schemes = ["WB", "QMS"]

[[items]]
id = "own-water-meters"
clauses = ["WB4.2", "Q7.1.5.1"]
prompt.zh = "抽三块水表，读数和台账对，差两成以上的写编号。"
prompt.en = "Read three water meters against the ledger; write the numbers of those that differ by a fifth."
evidence = ["sample"]
stops = ["utilities"]
"""
OBSERVATION = "0190f111-0000-7000-8000-000000000a01"
FINDING = "0190f111-0000-7000-8000-000000000a02"
STATEMENT = "3 号水表读数比台账多四成，未查明漏损"
METERS = {"scheme": "WB", "number": "4.2"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    """A certification body whose own files define a scheme."""
    data = tmp_path / "data"
    for folder, text in (("standards", STANDARD), ("lists", LIST)):
        file = data / "checklists" / folder / "water.toml"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    tokens = asyncio.run(make_world(data))
    with TestClient(create_app(Settings(data=data, cdn="off"))) as client:
        yield World(client, tokens)


def opened(house: World) -> str:
    """An audit of the own scheme and QMS, as the office's form makes it; its id."""
    fields = {"client.zh": "临沅暖川真空器皿有限公司", "number": "WB-2026-1", "start": "2026-11-18"}
    answer = house.visitor("office").fill(
        "/office/audits/new", **fields, **{"scheme.QMS": "on", "scheme.WB": "on"}
    )
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/audits/([0-9a-f-]+)/setup", answer.headers["location"])
    assert found is not None
    return found[1]


def words(house: World, url: str, login: str = "leader", language: str = "zh") -> str:
    answer = house.visitor(login).get(url)
    assert answer.status_code == 200, (url, answer.text[:500])
    return Html(answer.text).words


def in_team(house: World, audit: str) -> None:
    member = {"name": "leader 某", "role": "leader"}
    body = {"path": f"team/{ID['leader']}", "value": member, "bases": []}
    answer = house.visitor("office").send(entry("configured", body, by="office", audit=audit), audit=audit)
    assert answer.json()["results"][0]["status"] == "stored", answer.text


def planned(house: World, audit: str) -> str:
    """A row of the matrix and a stop with clauses of both schemes, as the pages take them; the stop's key."""
    leader, plan = house.visitor("leader"), f"/audits/{audit}/plan"
    table = "部门\tWB4.1\tWB4.2\tQ7.1.5.1\n设备部\t○\t●\t●"
    assert leader.fill(f"{plan}/table", table=table).status_code in (200, 303)
    fields = {"type": "audit", "day": "2026-11-18", "start": "09:00", "end": "10:00", "department": "设备部"}
    fields |= {"clauses": "WB4.2 Q7.1.5.1", f"person.{ID['leader']}": "on"}
    assert leader.fill(f"{plan}/stops", type="audit").status_code == 303
    (new,) = house.run(house.services.journal.state, audit).setup.stops
    answer = leader.fill(f"{plan}/stops/{new}", **fields)
    assert answer.status_code in (200, 303), answer.text[:500]
    setup = house.run(house.services.journal.state, audit).setup
    assert setup.matrix["设备部"] == {"WB4.1": "related", "WB4.2": "main", "Q7.1.5.1": "main"}
    ((key, stop),) = setup.stops.items()
    assert [clause.code for clause in stop.clauses] == ["WB4.2", "Q7.1.5.1"]
    return str(key)


def test_from_the_set_up_to_the_report(house: World) -> None:
    audit = opened(house)
    base = f"/audits/{audit}"
    in_team(house, audit)
    assert "WB 水效" in words(house, f"{base}/setup/scope")
    stop = planned(house, audit)
    assert "水效" in words(house, f"{base}/plan?scheme=WB")
    assert "抽三块水表" in words(house, f"{base}/stops/{stop}")
    assert "WB4.2" in words(house, f"{base}/stops/{stop}/capture?item=own-water-meters")

    observation = {
        "stop": stop,
        "item": "own-water-meters",
        "text": {"zh": STATEMENT},
        "clauses": [METERS],
        "outcome": "nonconform",
    }
    finding = {
        "type": "nonconformity",
        "grade": "minor",
        "number": "NC-01",
        "clauses": [METERS],
        "department": "设备部",
        "statement": {"zh": STATEMENT},
        "observations": [OBSERVATION],
        "auditor": ID["leader"],
    }
    answer = house.visitor("leader").send(
        entry("observed", observation, by="leader", audit=audit, id=OBSERVATION),
        entry("found", finding, by="leader", audit=audit, id=FINDING),
        audit=audit,
    )
    assert {one["status"] for one in answer.json()["results"]} == {"stored"}, answer.text
    assert "WB4.2" in words(house, f"{base}/findings/{FINDING}")
    assert "WB" in words(house, base)
    for page in ("gaps", "leave", "cycle", "ledger", "report", "team"):
        words(house, f"{base}/{page}")

    tree = house.visitor("leader").get(f"{base}/report.json").text
    assert "水效" in tree
    assert "WB4.2" in tree
    docx = Document(BytesIO(house.visitor("leader").get(f"{base}/report.docx").content))
    printed = "\n".join(
        [part.text for part in docx.paragraphs]
        + [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    )
    assert "水效" in printed
    assert "WB4.2" in printed
    assert STATEMENT in printed


def test_the_office_finds_it_wherever_schemes_are_listed(house: World) -> None:
    audit = opened(house)
    office = house.visitor("office")
    for url in ("/checklists", "/checklists/lists/own-water", "/checklists?find=WB4.2", "/office/people/new"):
        assert "WB" in words(house, url, "office"), url
    assert "水效" in words(house, "/checklists", "office")
    assert "用水现状" in words(house, "/checklists/standards/wb-1-2025", "office")
    assert audit in office.get("/office/audits?scheme=WB").text
    assert audit not in office.get("/office/audits?scheme=EMS").text
