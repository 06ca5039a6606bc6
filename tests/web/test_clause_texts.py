"""What a house may quote of a standard prefills a nonconformity, and leaves with nothing that is exported."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from server.app import create_app
from server.criteria.clause_texts import load_clause_texts
from server.criteria.model import ClauseRef
from server.settings import Settings
from tests.support.html import Html
from tests.support.sample import Sample, Sampled
from tests.web.test_findings_pages import labelled

SECRET = "受控条件下进行生产，见本机构授权文本第 XQ-1 页"
PACK = f"""standard = "ISO 14001:2015"
[clauses]
"8".zh = "运行总则"
"8.1".zh = "{SECRET}"
"""


@pytest.fixture
def licensed(sampled: Sampled, tmp_path: Path) -> Iterator[Sample]:
    """The sample audit's program with a pack of clause texts, and a spoiled one beside it."""
    data = Path(shutil.copytree(sampled.data, tmp_path / "sampled"))
    folder = data / "clauses" / "qinghe"
    folder.mkdir(parents=True)
    (folder / "e.toml").write_text(PACK, "utf-8")
    (folder / "spoiled.toml").write_text("standard = 3", "utf-8")
    with TestClient(create_app(Settings(data=data, cdn="off"))) as client:
        yield Sample(client, sampled)


def required(sample: Sample, login: str = "tong") -> str:
    key = labelled(sample, "OB-048")
    page = sample.visitor(login).get(f"/audits/{sample.audit}/findings/new?observation={key}")
    return Html(page.text).one("textarea", name="requirement.zh").text


def test_the_houses_text_is_quoted(licensed: Sample) -> None:
    assert required(licensed) == SECRET


def test_it_leaves_with_no_export(licensed: Sample) -> None:
    exported = licensed.visitor("office").get(f"/audits/{licensed.audit}/export.zip").content
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        assert not [name for name in archive.namelist() if SECRET.encode() in archive.read(name)]


def test_without_a_text_it_is_what_the_author_wrote_before(sample: Sample) -> None:
    assert required(sample) == ""
    clause = [{"scheme": "EMS", "number": "8.1"}]
    body = {"type": "nonconformity", "clauses": clause, "requirement": {"zh": "公司程序 LH-08 第 3 条"}}
    sample.send("tong", sample.audit, ("found", body))
    assert required(sample) == "公司程序 LH-08 第 3 条"
    assert required(sample, "zhuo") == "", "another's words are another's"


def test_the_nearest_clause_above_counts_and_a_spoiled_file_stops_nobody(licensed: Sample) -> None:
    texts = load_clause_texts(licensed.client.app.state.services.settings.data / "clauses")
    (problem,) = texts.problems
    assert "spoiled.toml" in str(problem)
    at = {number: texts.quote("qinghe", "ISO 14001:2015", ClauseRef(scheme="EMS", number=number))
          for number in ("8.1", "8.1.1", "8.2", "9.1")}  # fmt: skip
    assert [one.zh if one else None for one in at.values()] == [SECRET, SECRET, "运行总则", None]
    assert texts.quote("other", "ISO 14001:2015", ClauseRef(scheme="EMS", number="8.1")) is None
