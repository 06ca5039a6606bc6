"""Signing in at a meeting on one's own phone, by the link of the sheet."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import struct
import subprocess
import time
import uuid
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from server.audit.state import State
from server.people.guests import LATE
from tests.evidence.pictures_made import photo
from tests.support.guests import GuestPhone, come_in, link
from tests.support.html import Html
from tests.support.world import AUDIT, ID, World, entry

TO_PNG = ["pdftoppm", "-r", "150", "-png", "-f", "1", "-singlefile", "-"]


def drawn(size: tuple[int, int] = (600, 200)) -> bytes:
    """A line on white, as the pad gives it."""
    picture = Image.new("RGB", size, "#fff")
    ImageDraw.Draw(picture).line([(20, 30), (size[0] // 2, size[1] - 20), (size[0] - 20, 40)], "#12181a", 4)
    bytes_ = io.BytesIO()
    picture.save(bytes_, "PNG")
    return bytes_.getvalue()


def signature_form(**changes: str) -> dict[str, str]:
    """What the script of a guest's page adds to its form."""
    return {
        "text": "韩启明参加了首次会议。",
        "id": str(uuid.uuid4()),
        "at": datetime.now(UTC).isoformat(),
        "picture": "data:image/png;base64," + base64.b64encode(drawn()).decode(),
    } | changes


def sign(phone: GuestPhone, meeting: str = "opening", **changes: str) -> httpx.Response:
    """Send the form as the page's script does."""
    form = signature_form() | {"meeting": meeting} | changes
    headers = {"Origin": "http://testserver.local", "Clausewalk": "1", "Accept": "application/json"}
    return phone.ask("POST", f"/guests/{phone.id}/attendance", data=form, headers=headers)


def state_of(world: World) -> State:
    state: State = world.run(world.services.journal.state, AUDIT)
    return state


def moved(world: World, guest: str, **changes: Any) -> None:
    """Change the times of a guest, as if they had come earlier."""

    async def change(connection: Any) -> None:
        for column, value in changes.items():
            await connection.execute(f"UPDATE guests SET {column} = ? WHERE id = ?", (value, guest))

    world.run(world.services.db.write, change)


def test_the_page_shows_the_text_and_keeps_it_with_the_signature(world: World) -> None:
    phone = come_in(world, name="韩启明")
    page = phone.get(f"/guests/{phone.id}/attendance")
    assert "首次会议" in page.text
    found = re.search(r'name="text" value="([^"]+)"', page.text)
    assert found
    assert "韩启明参加了临沅暖川真空器皿有限公司" in found[1]
    answer = sign(phone, text=found[1])
    assert answer.json() == {"status": "stored", "next": f"/guests/{phone.id}/attendance?meeting=opening"}
    state = state_of(world)
    assert state.attendance["韩启明"].current.meetings == ["opening"]  # type: ignore[union-attr]
    [signed] = state.signatures.values()
    assert (signed.what, signed.name, signed.way) == ("opening", "韩启明", "own_phone")
    assert signed.text == found[1]
    assert signed.text_sha256 == hashlib.sha256(found[1].encode()).hexdigest()
    assert signed.picture == hashlib.sha256(drawn()).hexdigest()
    assert world.visitor("leader").get(f"/audits/{AUDIT}/photos/{signed.picture}").content == drawn()
    assert "已签到" in phone.get(f"/guests/{phone.id}/attendance?meeting=opening").text
    assert "末次会议" in phone.get(f"/guests/{phone.id}/attendance").text


def test_both_meetings_stand_on_one_sheet_and_what_the_leader_wrote_stays(world: World) -> None:
    row = {
        "name": "韩启明",
        "name_en": "Han",
        "department": "管理层",
        "position": {"zh": "总经理"},
        "meetings": [],
    }
    world.visitor("leader").send(entry("attended", row, by="leader"))
    phone = come_in(world, name="韩启明")
    sign(phone, "opening")
    sign(phone, "closing")
    thing = state_of(world).attendance["韩启明"]
    assert thing.current is not None
    assert (thing.current.name_en, thing.current.position.zh) == ("Han", "总经理")
    assert thing.current.meetings == ["opening", "closing"]
    assert not thing.in_conflict


def test_the_same_form_sent_again_is_one_signature(world: World) -> None:
    phone = come_in(world)
    same = {"id": str(uuid.uuid4()), "at": datetime.now(UTC).isoformat()}
    assert sign(phone, **same).json()["status"] == "stored"
    head = state_of(world).seq
    assert sign(phone, **same).json()["status"] == "already"
    assert state_of(world).seq == head


def planned(world: World, key: str, start: datetime | None, kind: str = "audit") -> None:
    """A stop stands in the plan for this moment."""
    thing = state_of(world).configured.get(f"stops/{key}")
    value: dict[str, Any] = dict(thing.current or {}) if thing else {}
    value |= {"type": kind, "start": start.isoformat() if start else None, "end": None}
    body: dict[str, Any] = {"path": f"stops/{key}", "value": value, "bases": thing.heads if thing else []}
    answer = world.visitor("office").send(entry("configured", body, by="office"))
    assert answer.json()["results"][0]["status"] == "stored", answer.text


def released(world: World) -> None:
    head = str(state_of(world).seq)
    form = {"sure": "yes", "lang": "zh", "head": head, "reason": "试用"}
    answer = world.visitor("leader").fill(f"/audits/{AUDIT}/release", **form)
    assert answer.status_code == 303, answer.text


def test_nobody_signs_in_at_a_meeting_that_is_still_ahead(world: World) -> None:
    start = datetime.now(UTC) + timedelta(days=1)
    planned(world, "end", start, "closing")
    phone, head = come_in(world), state_of(world).seq
    page = phone.get(f"/guests/{phone.id}/attendance?meeting=closing").text
    assert "data-guest-sign" not in page
    assert "末次会议计划 " in page
    refused = sign(phone, "closing")
    assert (refused.status_code, refused.json()["error"]) == (409, "meeting_ahead")
    assert "还不能签" in refused.json()["message"]
    assert state_of(world).seq == head, "not on the sheet either"
    assert "data-guest-sign" in phone.get(f"/guests/{phone.id}/attendance").text, "the opening has no time"


def test_a_meeting_is_signed_once_it_has_begun_or_begins_soon(world: World) -> None:
    now, phone = datetime.now(UTC), come_in(world)
    planned(world, "first", now + timedelta(minutes=25), "opening")
    planned(world, "end", now + timedelta(hours=5), "closing")
    assert sign(phone, "opening").json()["status"] == "stored"
    assert sign(phone, "closing").status_code == 409
    body: dict[str, Any] = {"meeting": "closing", "start": now.isoformat()}
    world.visitor("leader").send(entry("meeting-held", body, by="leader"))
    assert "data-guest-sign" in phone.get(f"/guests/{phone.id}/attendance?meeting=closing").text
    same = {"id": str(uuid.uuid4()), "at": now.isoformat()}
    assert sign(phone, "closing", **same).json()["status"] == "stored"
    body = {"meeting": "closing", "bases": state_of(world).meetings["closing"].heads}
    world.visitor("leader").send(entry("meeting-held", body, by="leader"))
    assert sign(phone, "closing", **same).json()["status"] == "already", "the same form, whatever came since"


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_no_calendar_holds_is_none(world: World, at: str) -> None:
    planned(world, "end", datetime.now(UTC) + timedelta(days=1), "closing")
    phone = come_in(world)
    assert sign(phone, "closing", at=at).status_code == 409
    assert sign(phone, "opening", at=at).json()["status"] == "stored"


def test_when_it_was_signed_counts_not_when_it_comes(world: World) -> None:
    now, phone = datetime.now(UTC), come_in(world)
    moved(world, phone.id, bound_at=int(time.time()) - 7200)
    planned(world, "first", now - timedelta(minutes=10), "opening")
    early = (now - timedelta(minutes=55)).isoformat()
    assert sign(phone, "opening", at=early).status_code == 409
    assert sign(phone, "opening", at=(now - timedelta(minutes=35)).isoformat()).json()["status"] == "stored"


def test_what_is_signed_after_release_is_said_to_wait_for_the_reviewer(world: World) -> None:
    phone = come_in(world, name="韩启明")
    released(world)
    assert sign(phone).json()["status"] == "held"
    page = phone.get(f"/guests/{phone.id}/attendance?meeting=opening").text
    assert "data-guest-sign" not in page, "no empty pad again"
    assert "首次会议已签到" in page
    assert "待复核人员收下" in page
    other = come_in(world, name="丁雪松")
    assert "data-guest-sign" in other.get(f"/guests/{other.id}/attendance?meeting=opening").text


def said_to_be(pixels: int) -> bytes:
    """A small file that says of itself to be a picture as wide and high as this."""
    header = struct.pack(">2I5B", pixels, pixels, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize(
    "broken",
    [
        {"picture": ""},
        {"picture": "data:image/png;base64,AAAA"},
        {"picture": "data:image/svg+xml;base64,PHN2Zz4="},
        {"picture": "data:image/png;base64,%%%"},
        {"picture": "data:image/png;base64," + base64.b64encode(drawn((2500, 10))).decode()},
        {"picture": "data:image/png;base64," + base64.b64encode(said_to_be(60_000)).decode()},
        {"text": ""},
        {"meeting": "team"},
    ],
)
def test_what_is_no_signature_is_not_taken(world: World, broken: dict[str, str]) -> None:
    phone, head = come_in(world), state_of(world).seq
    assert sign(phone, **broken).status_code == 400
    assert state_of(world).seq == head


@pytest.mark.parametrize("stored", [b"%PDF-1.7 no picture", drawn()[:-200]])
def test_a_signature_without_a_sound_picture_stops_no_report(world: World, stored: bytes) -> None:
    picture = world.run(lambda: world.services.blobs.put(AUDIT, stored, media="image/png"))
    sign(come_in(world, name="韩启明"))
    body = {"what": "opening", "name": "韩启明", "picture": picture}
    answer = world.visitor("auditor").send(entry("signed", body, by="auditor"))
    assert answer.json()["results"][0]["status"] == "stored", answer.text
    for kind in ("docx", "pdf"):
        assert printed(world, kind)


def test_what_was_done_in_time_arrives_for_72_hours_and_then_waits_for_the_leader(world: World) -> None:
    now = int(time.time())
    phone = come_in(world, name="罗建平")
    in_time = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    moved(world, phone.id, bound_at=now - 5 * 3600, until=now - 3600)
    assert phone.get(f"/guests/{phone.id}/attendance").status_code == 403
    assert sign(phone, at=datetime.now(UTC).isoformat()).status_code == 403, "nothing new after the end"
    assert sign(phone, at=in_time).json() == {"status": "stored", "next": ""}
    late = (datetime.now(UTC) - timedelta(seconds=LATE + 7200)).isoformat()
    moved(world, phone.id, bound_at=now - 2 * LATE, until=now - LATE - 3600)
    assert sign(phone, "closing", at=late).json()["status"] == "held"
    assert {held.reason for held in state_of(world).held.values()} == {"link_late"}
    assert state_of(world).attendance["罗建平"].current.meetings == ["opening"]  # type: ignore[union-attr]
    page = world.visitor("leader").get(f"/audits/{AUDIT}/gaps")
    assert page.status_code == 200
    waits = Html(page.text).one("section", id="held").text
    assert "罗建平 · 链接到期 72 小时以后才送到" in waits
    assert "参加了首次会议。" in waits
    waiting = list(state_of(world).held)
    world.visitor("leader").send(entry("accepted", {"entries": waiting}, by="leader"))
    assert state_of(world).attendance["罗建平"].current.meetings == ["opening", "closing"]  # type: ignore[union-attr]


def test_who_was_shut_out_adds_nothing_new_and_what_was_done_before_is_held(world: World) -> None:
    phone = come_in(world)
    before = datetime.now(UTC).isoformat()
    world.visitor("leader").fill(f"/audits/{AUDIT}/guests/{phone.id}/end")
    moved(world, phone.id, ended_at=int(time.time()) + 1)
    assert sign(phone, at=before).json()["status"] == "held"
    moved(world, phone.id, ended_at=int(time.time()) - 60)
    assert sign(phone, at=datetime.now(UTC).isoformat()).status_code == 403


def test_a_clock_from_elsewhere_gets_nothing_in(world: World) -> None:
    phone = come_in(world)
    for at in (datetime.now(UTC) + timedelta(hours=3), datetime.now(UTC) - timedelta(days=2)):
        assert sign(phone, at=at.isoformat()).status_code == 409


def test_a_signature_whose_text_is_not_its_hashs_is_refused(world: World) -> None:
    body = {"what": "opening", "name": "x", "text": "a", "text_sha256": hashlib.sha256(b"b").hexdigest()}
    answer = world.visitor("leader").send(entry("signed", body, by="leader"))
    assert answer.json()["results"][0]["reason"] == "bad_value"


def test_drawn_signatures_are_printed_with_the_persons_of_the_report(world: World) -> None:
    phone = come_in(world, name="韩启明")
    sign(phone)
    page = world.visitor("leader").get(f"/audits/{AUDIT}/report.json")
    element = next(one for one in page.json()["elements"] if one["key"] == "1.3.persons")
    [signature] = [block for block in element["blocks"] if block["block"] == "signature"]
    assert signature["name"] == "韩启明"
    assert signature["picture"] == hashlib.sha256(drawn()).hexdigest()
    printed = world.visitor("leader").get(f"/audits/{AUDIT}/report.html").text
    assert "手写签名图样" in printed
    word = world.visitor("leader").get(f"/audits/{AUDIT}/report.docx").content
    assert b"word/media/" in word


def printed(world: World, kind: str = "html", audit: str = AUDIT, who: str = "leader") -> bytes:
    """The sheet to print."""
    answer = world.visitor(who).get(f"/audits/{audit}/attendance.{kind}")
    assert answer.status_code == 200, answer.text
    return answer.content


def code_on(world: World) -> str:
    """The number below the code of a sheet printed now."""
    found = re.search(rb"\d+-[0-9a-f]{12}\b", printed(world))
    assert found
    return found[0].decode()


def file_it(world: World, code: str, picture: bytes = b"", **form: Any) -> httpx.Response:
    """The leader files the photo of a sheet."""
    photo_of_it = picture or photo((320, 200))
    return world.visitor("leader").ask(
        "POST",
        f"/audits/{AUDIT}/attendance",
        data={"code": code, **form},
        files={"file": ("sheet.jpg", photo_of_it, "image/jpeg")},
        headers={"Origin": "http://testserver.local"},
    )


def test_the_sheet_is_printed_with_room_to_sign_and_what_was_drawn(world: World) -> None:
    sign(come_in(world, name="韩启明"))
    page = printed(world).decode()
    assert "韩启明" in page
    assert "leader 某" in page
    assert "手写签名图样" in page
    assert page.count("<svg") >= 1, "its code"
    assert b"word/media/" in printed(world, "docx")
    assert printed(world, "pdf").startswith(b"%PDF")


def test_the_sheet_says_when_and_where_the_meetings_were(world: World) -> None:
    assert about("首次会议", printed(world).decode(), 5) == ["", "", "", ""], "to be written by hand"
    body = {
        "meeting": "opening",
        "start": "2026-11-23T09:00:00+08:00",
        "end": "2026-11-23T09:25:00+08:00",
        "place": {"zh": "二楼会议室"},
        "chair": ID["leader"],
    }
    world.visitor("leader").send(entry("meeting-held", body, by="leader"))
    sheet = printed(world).decode()
    assert about("首次会议", sheet, 5) == ["2026-11-23", "09:00–09:25", "二楼会议室", "leader 某"]
    assert len(re.findall("<h[12][^>]*>[^/]*签到表", sheet)) == 1


def test_what_somebody_did_not_say_is_a_dash_once_signed_and_room_to_write_before(world: World) -> None:
    invited = link(world)
    assert "签到表才完整" in GuestPhone(world).get(f"/in/{invited}").text
    sign(come_in(world, name="韩启明"))
    sheet = printed(world).decode()
    assert about("韩启明", sheet) == ["—", "—"]
    assert about("leader 某", sheet) == ["审核组", "组长"]
    row = {"name": "卫来宾", "meetings": []}
    world.visitor("leader").send(entry("attended", row, by="leader"))
    assert about("卫来宾", printed(world).decode()) == ["", ""]
    assert about("韩启明", world.visitor("leader").get(f"/audits/{AUDIT}/report.html").text) == ["—", "—"]


def about(name: str, page: str, until: int = 3) -> list[str]:
    """What a printed table has behind a name: of somebody the department and the position."""
    rows = [re.findall("<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in page.split("<tr")]
    told = [[re.sub("<[^>]+>", "", cell).strip() for cell in row] for row in rows]
    return next(row[1:until] for row in told if row and row[0] == name)


def test_a_photographed_sheet_is_filed_by_its_code_whatever_came_since(world: World) -> None:
    code = code_on(world)
    world.visitor("leader").send(
        entry("attended", {"name": "后来的人", "meetings": ["opening"]}, by="leader")
    )
    assert code_on(world) != code
    for typed in (f" {code.upper()} ", f"{AUDIT}/attendance/{code}{'0' * 52}"):
        answer = file_it(world, typed, signed=["opening/leader 某", "closing/leader 某", "opening/nobody"])
        assert answer.status_code == 303, answer.text
    state = state_of(world)
    sheet = next(thing.current for thing in state.attachments.values() if thing.current)
    assert (sheet.sheet, sheet.number) == ("attendance", code)
    assert sheet.sheet_sha256 is not None
    assert sheet.sheet_sha256.startswith(code.split("-")[1])
    on_paper = [one for one in state.signatures.values() if one.way == "paper"]
    assert {(one.name, one.what) for one in on_paper} == {("leader 某", "opening"), ("leader 某", "closing")}
    assert {one.attachment for one in on_paper} == set(state.attachments)
    assert state.attendance["leader 某"].current.meetings == ["opening", "closing"]  # type: ignore[union-attr]
    assert "纸上已签" in world.visitor("leader").get(f"/audits/{AUDIT}/attendance").text


def photographed(pdf: bytes) -> bytes:
    """A printed sheet as a phone of 12 MP sees it: on a desk, askew, a little blurred, not evenly lit."""
    paper = Image.open(io.BytesIO(subprocess.run(TO_PNG, input=pdf, capture_output=True, check=True).stdout))
    desk = Image.new("RGB", (3024, 4032), "#665544")
    desk.paste(paper.convert("RGB").resize((2500, 3535)), (250, 240))
    lit = Image.linear_gradient("L").resize(desk.size).point(lambda grey: 110 + grey // 2)
    seen = ImageChops.multiply(desk.rotate(6, Image.Resampling.BICUBIC), Image.merge("RGB", [lit] * 3))
    data = io.BytesIO()
    seen.filter(ImageFilter.GaussianBlur(2)).save(data, "JPEG", quality=80)
    return data.getvalue()


def test_a_photographed_sheet_is_known_by_its_qr_code(world: World) -> None:
    code, picture = code_on(world), photographed(printed(world, "pdf"))
    answer = file_it(world, "", picture, signed=["opening/leader 某"])
    assert answer.status_code == 303, answer.text
    [thing] = state_of(world).attachments.values()
    assert thing.current is not None
    assert (thing.current.number, thing.current.size) == (code, len(picture))


def test_a_photo_without_a_code_is_told_and_not_kept(world: World) -> None:
    head = state_of(world).seq
    answer = file_it(world, "", photo((320, 200)))
    assert answer.status_code == 400
    assert "没有读到签字纸的二维码" in answer.text
    assert state_of(world).seq == head


def test_a_sheet_of_another_audit_or_none_is_not_filed(world: World) -> None:
    head, code = state_of(world).seq, code_on(world)
    other = "0" if code[-1] != "0" else "1"
    for typed, status in ((code[:-1] + other, 409), (f"999-{'a' * 12}", 409), ("x", 400), ("", 400)):
        assert file_it(world, typed).status_code == status, typed
    assert file_it(world, code, b"not a photo").status_code == 400
    assert state_of(world).seq == head
