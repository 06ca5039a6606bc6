"""Releasing goes by the same gaps as the page: errors want a reason, some have to be mended first."""

from __future__ import annotations

import httpx
import pytest

from tests.support.html import Html
from tests.support.sample import Sample


def release(sample: Sample, audit: str, **fields: str) -> httpx.Response:
    head = str(sample.state(audit).seq)
    return sample.visitor("wen").fill(f"/audits/{audit}/release", head=head, lang="zh", sure="yes", **fields)


def report(sample: Sample, audit: str) -> Html:
    return Html(sample.visitor("wen").get(f"/audits/{audit}/report").text)


def test_errors_want_a_reason_and_both_stand_in_the_entry(sample: Sample) -> None:
    page = report(sample, sample.fresh)
    assert page.one("textarea", name="reason").attributes.get("required") is not None
    refused = release(sample, sample.fresh)
    assert refused.status_code == 409
    assert "写明带着它们提交的理由" in refused.text
    assert not sample.state(sample.fresh).released
    assert release(sample, sample.fresh, reason="客户停产，改日再审").status_code == 303
    (body,) = sample.state(sample.fresh).releases
    assert body.reason == "客户停产，改日再审"
    assert any(gap.startswith("SLOT_EMPTY:stops/") for gap in body.gaps)


def test_no_reason_lets_a_report_contradict_itself(sample: Sample) -> None:
    sample.send("wen", sample.fresh, ("found", {"type": "nonconformity", "number": "01", "grade": "minor"}))
    assert "带锁的几项要先补" in report(sample, sample.fresh).words
    refused = release(sample, sample.fresh, reason="客户停产")
    assert refused.status_code == 409
    assert "先补上带锁的几项" in refused.text


@pytest.mark.parametrize("reason", ["", "不需要的理由"])
def test_without_errors_no_reason_is_kept(sample: Sample, reason: str) -> None:
    assert "reason" not in [
        tag.attributes.get("name") for tag in report(sample, sample.audit).all("textarea")
    ]
    assert release(sample, sample.audit, reason=reason).status_code == 303
    assert "报告已提交，内容不再改动" in sample.visitor("wen").get(f"/audits/{sample.audit}/report").text
    for page in ("stops/S08", "stops/S08/capture"):
        assert "复核人员收下后才算数" in sample.visitor("wen").get(f"/audits/{sample.audit}/{page}").text
    (body,) = sample.state(sample.audit).releases
    assert (body.gaps, body.reason) == ([], "")
