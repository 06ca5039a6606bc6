"""The parts of the page that the preview shows: every element leads back to its observations."""

from __future__ import annotations

import re

import pytest

from server.audit.report import Report, compile_report
from server.criteria.load import load_criteria
from server.demo.sample import sample_state
from server.documents import html
from server.documents.layout import lay_out
from server.settings import data_root


@pytest.fixture(scope="module")
def report() -> Report:
    criteria = load_criteria(data_root("checklists"))
    return compile_report(sample_state(criteria), criteria)


def test_every_element_leads_to_its_observations(report: Report) -> None:
    seen = {line.id for line in report.observations}

    def link(entry: str) -> str:
        return f"/observations/{entry}" if entry in seen else ""

    page = html.body(lay_out(report, "zh"), link, html.nowhere)
    parts = re.split(r'id="e-([^"]+)"', page)
    shown = dict(zip(parts[1::2], parts[2::2], strict=True))
    for element in report.elements:
        if element.chapter == "cover":
            continue
        wanted = {f"/observations/{source}" for source in element.sources if source in seen}
        assert wanted <= set(re.findall(r'href="(/observations/[^"]+)"', shown[element.key])), element.key


def test_text_is_never_markup(report: Report) -> None:
    page = html.body(lay_out(report, "both"), html.nowhere, html.nowhere)
    assert "<script" not in page
    assert "style=" not in page
    assert not re.search(r"\son\w+=", page)
