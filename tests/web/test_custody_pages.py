"""The pages of custody: verify, export, import again, erase with a confirmation; who may what."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from server.archive.checking import check_file
from tests.support.sample import Sample
from tests.support.world import AUDIT, FINDING, OBSERVATION, Visitor, World


def bring(visitor: Visitor, name: str, data: bytes) -> httpx.Response:
    """Choose a file on the import page and send it."""
    headers = {"Origin": "http://testserver.local"}
    return visitor.ask("POST", "/office/import", files={"file": (name, data)}, headers=headers)


def test_an_export_is_downloaded_verified_and_imported_elsewhere(
    sample: Sample, world: World, tmp_path: Path
) -> None:
    answer = sample.visitor("wen").get(f"/audits/{sample.audit}/export.zip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert "90017-2024-QEO-2026.zip" in answer.headers["content-disposition"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    file = tmp_path / "export.zip"
    file.write_bytes(answer.content)
    audit, found = asyncio.run(check_file(file))
    assert (audit, [one for one in found if one.is_damage]) == (sample.audit, [])
    taken = bring(world.visitor("office"), "export.zip", answer.content)
    assert taken.status_code == 200, taken.text
    assert f'href="/audits/{sample.audit}"' in taken.text
    again = world.visitor("office").get(f"/audits/{sample.audit}/export.zip")
    assert again.content == answer.content
    assert "已经导入过" in bring(world.visitor("office"), "export.zip", answer.content).text


def test_a_damaged_export_is_refused_by_place(sample: Sample, world: World) -> None:
    whole = sample.visitor("office").get(f"/audits/{sample.audit}/export.zip").content
    at = whole.index(b'"kind":"observed"')
    taken = bring(world.visitor("office"), "export.zip", whole[:at] + b'"kind":"0bserved"' + whole[at + 17 :])
    assert taken.status_code == 400
    assert "journal/entries.jsonl" in taken.text
    assert world.visitor("office").get(f"/audits/{sample.audit}").status_code == 404


def test_the_page_verifies_on_request(world: World) -> None:
    page = world.visitor("leader").get(f"/audits/{AUDIT}/custody")
    state = world.run(world.services.journal.state, AUDIT)
    assert state.hash in page.text
    assert "都与存入时一致" not in page.text
    assert "都与存入时一致" in world.visitor("leader").get(f"/audits/{AUDIT}/custody?check=true").text


def test_the_leader_finds_the_page_from_the_report(world: World) -> None:
    assert f"/audits/{AUDIT}/custody" in world.visitor("leader").get(f"/audits/{AUDIT}/report").text
    assert f"/audits/{AUDIT}/custody" not in world.visitor("auditor").get(f"/audits/{AUDIT}/report").text


def test_a_download_stands_in_the_security_log(world: World) -> None:
    world.visitor("office").get(f"/audits/{AUDIT}/export.zip")
    rows = world.run(
        world.services.db.read, "SELECT event, audit, object FROM security_log WHERE event = 'downloaded'"
    )
    assert [tuple(row) for row in rows] == [("downloaded", AUDIT, "export.zip")]


def test_an_administrator_erases_after_a_look(world: World) -> None:
    admin = world.visitor("admin")
    url = f"/audits/{AUDIT}/erase"
    assert OBSERVATION in admin.get(f"{url}?find=真空炉").text
    fields = {"entry": OBSERVATION, "rule": "合同 7.3", "person": "王主任"}
    shown = admin.fill(url, **fields)
    assert shown.status_code == 200
    assert "合同 7.3" in shown.text
    assert "3 号真空炉" in shown.text
    assert "3 号真空炉" in admin.get(url).text
    head = str(world.run(world.services.journal.state, AUDIT).seq)
    stale = admin.fill(url, **fields, sure="yes", head="1")
    assert stale.status_code == 409
    done = admin.fill(url, **fields, sure="yes", head=head)
    assert (done.status_code, done.headers["location"]) == (303, f"/audits/{AUDIT}/custody")
    page = admin.get(f"/audits/{AUDIT}/custody?check=true").text
    assert "合同 7.3" in page
    assert "都与存入时一致" in page
    assert OBSERVATION not in world.run(world.services.journal.state, AUDIT).observations


def test_every_page_goes_on_after_an_erasure(world: World) -> None:
    """The finding rests on the observation that is gone; phones catch up past it."""
    admin, leader = world.visitor("admin"), world.visitor("leader")
    head = str(world.run(world.services.journal.state, AUDIT).seq)
    fields = {"entry": OBSERVATION, "rule": "合同 7.3", "person": "王主任", "sure": "yes", "head": head}
    assert admin.fill(f"/audits/{AUDIT}/erase", **fields).status_code == 303
    for part in ("", "/findings", f"/findings/{FINDING}", "/gaps", "/report", "/stops/s2", "/report.html"):
        assert leader.get(f"/audits/{AUDIT}{part}").status_code == 200, part
    assert leader.get(f"/audits/{AUDIT}/observations/{OBSERVATION}/view").status_code == 404
    entries = leader.get(f"/audits/{AUDIT}/entries").json()["entries"]
    assert [one["erased"] for one in entries if "erased" in one] == [OBSERVATION]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"rule": "合同 7.3", "person": "王主任"}, "请至少选一条"),
        ({"entry": "nothing", "rule": "合同 7.3", "person": "王主任"}, "不存在"),
    ],
)
def test_what_was_typed_is_kept_where_nothing_can_be_erased(
    world: World, fields: dict[str, str], sentence: str
) -> None:
    answer = world.visitor("admin").fill(f"/audits/{AUDIT}/erase", **fields)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'value="合同 7.3"' in answer.text


def test_a_phone_cannot_erase(world: World) -> None:
    from tests.support.world import entry

    body = {"entries": [OBSERVATION], "rule": "x", "person": "y"}
    (result,) = world.visitor("leader").send(entry("erased", body, by="leader")).json()["results"]
    assert (result["status"], result["reason"]) == ("refused", "not_allowed")


def test_a_released_report_goes_too_where_that_is_asked_for(world: World) -> None:
    admin, leader = world.visitor("admin"), world.visitor("leader")

    def head() -> str:
        return str(world.run(world.services.journal.state, AUDIT).seq)

    released = leader.fill(f"/audits/{AUDIT}/release", sure="yes", lang="zh", head=head(), reason="试用")
    assert released.status_code == 303, released.text
    assert "已提交的报告" in admin.get(f"/audits/{AUDIT}/erase").text
    fields = {"entry": OBSERVATION, "rule": "合同 7.3", "person": "王主任", "documents": "yes", "sure": "yes"}
    assert admin.fill(f"/audits/{AUDIT}/erase", **fields, head=head()).status_code == 303
    assert len(world.run(world.services.blobs.all_held, AUDIT)) == 0
    report = leader.get(f"/audits/{AUDIT}/report.html")
    assert report.status_code == 200
    assert "规定 30 min" not in report.text.replace("作业指导书 W-7 规定 30 min", "")
    assert "都与存入时一致" in admin.get(f"/audits/{AUDIT}/custody?check=true").text
