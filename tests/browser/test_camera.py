"""Photos: kept raw at once, developed off the page, uploaded by chunks, let go on a receipt alone."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.support.fake_server import FakeServer, Fault, cut_in_chunk, drop, refuse
from tests.browser.support.phone import (
    LAB,
    call,
    develop,
    drained,
    items,
    online_again,
    put_photo,
    rows,
    start_outbox,
    until,
    visit,
)
from tests.browser.support.pictures import camera_jpeg

ACCOUNT = "0192c000-0000-7000-8000-0000000000aa"
AUDIT = "0192c000-0000-7000-8000-00000000a0d1"
NOTE = "0192c000-0000-7000-8000-0000000000d0"
CHUNK = 512 * 1024
LARGEST_CHUNK = 4 * CHUNK


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    """12 MP, held upright: the sensor's picture has to be turned by 90°."""
    return camera_jpeg(orientation=6)


@pytest.fixture(scope="module")
def small() -> bytes:
    """Large enough for several chunks, small enough to be quick."""
    return camera_jpeg(1600, 1200)


@pytest.fixture
def lab(phone: Page, faulty: FakeServer) -> Page:
    """A phone whose outbox is open, on an empty page."""
    faulty.pages["/lab"] = LAB.format(account=ACCOUNT)
    visit(phone, f"{faulty.url}/lab")
    call(phone, "owner", "openFor", ACCOUNT)
    return phone


def keep(page: Page, jpeg: bytes, **more: str) -> None:
    put_photo(page, jpeg, observation=NOTE, audit=AUDIT, **more)


def test_a_12_mp_photo_arrives_upright_and_hashed_with_its_entry(
    lab: Page, faulty: FakeServer, jpeg: bytes
) -> None:
    keep(lab, jpeg)
    start_outbox(lab, ACCOUNT)
    until(lambda: faulty.complete)
    drained(lab)
    [(sha256, uploaded)] = faulty.complete.items()
    [body] = faulty.bodies("photographed")
    assert body == {
        "observation": NOTE,
        "sha256": sha256,
        "camera_sha256": hashlib.sha256(jpeg).hexdigest(),
        "size": len(uploaded),
        "width": 1920,
        "height": 2560,
        "taken_at": "2026-11-18T10:42:00.000+08:00",
        "subject": "equipment",
        "place": "炉区",
    }
    picture = Image.open(io.BytesIO(uploaded))
    assert (picture.format, picture.size) == ("JPEG", (1920, 2560))
    right_top = picture.convert("RGB").getpixel((1900, 20))
    assert isinstance(right_top, tuple)
    assert right_top[0] > 180 > right_top[2], "the sensor's top left is the upright picture's top right"
    assert rows(lab, "bytes") == []


def test_the_cameras_bytes_are_on_the_phone_before_they_are_developed(lab: Page, small: bytes) -> None:
    keep(lab, small)
    [photo] = rows(lab, "photos")
    assert (photo["phase"], photo["size"]) == ("raw", len(small))
    assert rows(lab, "entries") == []
    kept = lab.evaluate(
        """async ([base, id]) => {
          const db = await (await import(`${base}/store.js`)).database();
          return (await import(`${base}/develop.js`)).digest(await db.get("bytes", id));
        }""",
        ["/static/test/js", photo["id"]],
    )
    assert kept == hashlib.sha256(small).hexdigest()


def test_a_page_killed_before_developing_leaves_it_to_the_next_one(
    lab: Page, faulty: FakeServer, small: bytes
) -> None:
    keep(lab, small)
    lab.reload()
    start_outbox(lab, ACCOUNT)
    drained_with_one_photo(lab, faulty)


def test_a_page_killed_while_developing_makes_one_entry(lab: Page, faulty: FakeServer, jpeg: bytes) -> None:
    for _ in range(3):
        if not rows(lab, "photos"):
            keep(lab, jpeg)
        lab.evaluate(
            "(base) => { import(`${base}/photos.js`).then((m) => m.developPhotos()); }", "/static/test/js"
        )
        lab.reload()
        call(lab, "owner", "openFor", ACCOUNT)
    start_outbox(lab, ACCOUNT)
    drained_with_one_photo(lab, faulty)


def drained_with_one_photo(page: Page, server: FakeServer) -> None:
    until(lambda: server.complete)
    drained(page)
    assert len(server.complete) == 1
    assert len(server.bodies("photographed")) == 1


def test_an_upload_cut_in_a_chunk_goes_on_where_the_server_is(
    lab: Page, faulty: FakeServer, small: bytes
) -> None:
    faulty.fail("PATCH", cut_in_chunk)
    # A phone asks again at once: it stays where it is until we have looked.
    faulty.fail("HEAD", lambda _handler, _body: False, *[drop] * 99)
    keep(lab, small)
    start_outbox(lab, ACCOUNT)
    until(lambda: items(lab) and items(lab)[0]["reason"] == "network")
    [half] = [len(upload.data) for upload in faulty.uploads.values()]
    assert 0 < half < CHUNK
    faulty.faults.clear()
    online_again(lab)
    drained_with_one_photo(lab, faulty)
    sizes = [size for method, _, size in faulty.requests if method == "PATCH"]
    [upload] = faulty.uploads.values()
    assert max(sizes) <= LARGEST_CHUNK
    assert half + sum(sizes) == upload.length, "no byte was sent twice"


def test_a_photo_whose_page_was_killed_in_the_upload_is_resumed(
    lab: Page, faulty: FakeServer, small: bytes
) -> None:
    def let_one_pass(_handler: Any, _body: bytes) -> bool:
        return False

    faulty.fail("PATCH", let_one_pass, drop)
    faulty.fail("HEAD", let_one_pass, *[drop] * 99)
    keep(lab, small)
    start_outbox(lab, ACCOUNT)
    until(lambda: items(lab) and items(lab)[0]["reason"] == "network")
    lab.reload()
    faulty.faults.clear()
    start_outbox(lab, ACCOUNT)
    drained_with_one_photo(lab, faulty)
    patched = sum(size for method, _, size in faulty.requests if method == "PATCH")
    [upload] = faulty.uploads.values()
    assert patched <= upload.length + LARGEST_CHUNK


def test_damaged_bytes_start_again_from_nothing(lab: Page, faulty: FakeServer, small: bytes) -> None:
    def damage(handler: Any, body: bytes) -> bool:
        upload = faulty.uploads[handler.path.rsplit("/", 1)[1]]
        upload.data += bytes(len(body))
        handler.answer(204, headers={"Upload-Offset": str(len(upload.data))})
        return True

    faulty.fail("PATCH", damage)
    keep(lab, small)
    start_outbox(lab, ACCOUNT)
    drained_with_one_photo(lab, faulty)


def test_bytes_that_never_match_are_kept_and_said(lab: Page, faulty: FakeServer, small: bytes) -> None:
    faulty.fail("PATCH", *[refuse(460)] * 3)
    keep(lab, small)
    start_outbox(lab, ACCOUNT)
    until(lambda: items(lab) and items(lab)[0]["state"] == "refused")
    assert items(lab)[0]["reason"] == "wrong_hash"
    assert call(lab, "store", "all", "photos")[0]["phase"] == "ready"
    assert lab.evaluate(
        "async (base) => (await (await import(`${base}/store.js`)).database()).count('bytes')",
        "/static/test/js",
    )


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        pytest.param("POST .*uploads", refuse(401, b'{"error":"session"}'), id="signed-out"),
        pytest.param("POST .*uploads", refuse(200, b"<html>", "text/html"), id="captive-portal"),
        pytest.param("POST .*uploads", refuse(302, Location="/x"), id="redirect"),
        pytest.param("POST .*uploads", drop, id="cut"),
        pytest.param("HEAD", refuse(200, b"", "text/html"), id="captive-portal-at-head"),
        pytest.param("HEAD", refuse(404), id="upload-forgotten"),
        pytest.param("PATCH", refuse(423), id="another-writer"),
        pytest.param("PATCH", refuse(409), id="other-offset"),
        pytest.param("PATCH", refuse(200, b"<html>", "text/html"), id="captive-portal-at-patch"),
        pytest.param("PATCH", refuse(507), id="disk-full"),
        pytest.param("PATCH", refuse(204, Upload_Offset="99999999"), id="says-it-has-all-without-receipt"),
        pytest.param("PATCH", refuse(204, Clausewalk_Receipt="0" * 64), id="receipt-for-other-bytes"),
    ],
)
def test_no_answer_but_the_receipt_lets_go_of_the_bytes(
    lab: Page, faulty: FakeServer, small: bytes, request_: str, fault: Fault
) -> None:
    faulty.fail(request_, fault)
    keep(lab, small)
    start_outbox(lab, ACCOUNT)
    until(lambda: not faulty.faults, "the fault was met")
    online_again(lab)
    drained_with_one_photo(lab, faulty)


def test_two_photos_of_which_one_is_refused(lab: Page, faulty: FakeServer, small: bytes) -> None:
    faulty.fail("POST .*uploads", refuse(415, b'{"error":"not_a_picture","message":"x"}'))
    keep(lab, small)
    keep(lab, camera_jpeg(800, 600))
    start_outbox(lab, ACCOUNT)
    until(lambda: faulty.complete)
    until(lambda: [item["state"] for item in items(lab)] == ["refused"])
    assert items(lab)[0]["reason"] == "not_a_picture"


def test_what_this_browser_cannot_read_goes_as_the_camera_made_it(lab: Page, faulty: FakeServer) -> None:
    heic = b"\0\0\0\x18ftypheic" + bytes(range(256)) * 64
    keep(lab, heic, media="image/heic")
    start_outbox(lab, ACCOUNT)
    drained_with_one_photo(lab, faulty)
    assert list(faulty.complete.values()) == [heic]
    [body] = faulty.bodies("photographed")
    assert body["sha256"] == body["camera_sha256"]


def test_a_photo_of_a_refused_note_waits_with_it(lab: Page, faulty: FakeServer, small: bytes) -> None:
    faulty.verdicts[NOTE] = "malformed"
    call(lab, "outbox", "put", [{"kind": "observed", "audit": AUDIT, "id": NOTE, "body": {"stop": "s"}}])
    keep(lab, small)
    start_outbox(lab, ACCOUNT)
    until(lambda: faulty.complete, "the bytes do not wait")
    until(lambda: {item["state"] for item in items(lab)} == {"refused", "blocked"})
    assert faulty.bodies("photographed") == []
    call(lab, "outbox", "resend", NOTE)
    online_again(lab)
    drained(lab)
    [note] = [entry for entry in faulty.order if b'"observed"' in faulty.entries[entry]]
    assert faulty.bodies("photographed")[0]["observation"] == note


def test_without_a_worker_the_page_develops_itself(lab: Page, faulty: FakeServer, jpeg: bytes) -> None:
    lab.add_init_script("delete globalThis.OffscreenCanvas")
    lab.reload()
    call(lab, "owner", "openFor", ACCOUNT)
    keep(lab, jpeg)
    develop(lab)
    start_outbox(lab, ACCOUNT)
    drained_with_one_photo(lab, faulty)
    assert faulty.bodies("photographed")[0]["width"] == 1920


@pytest.mark.parametrize(
    ("taken", "offset", "expected"),
    [
        ("2026:11:18 10:42:07", "+08:00", "2026-11-18T02:42:07.000Z"),
        ("2026:11:18 10:42:07", "", "2026-11-18T10:42:07.000Z"),
        ("", "", None),
    ],
)
def test_the_time_of_a_photo_is_read_from_its_exif(
    lab: Page, taken: str, offset: str, expected: str | None
) -> None:
    jpeg = camera_jpeg(64, 48, taken=taken, offset=offset)
    found = lab.evaluate(
        """async ([base, bytes]) => {
          const { takenAt } = await import(`${base}/exif.js`);
          const moment = takenAt(new Uint8Array(bytes).buffer);
          return moment ? moment.toISOString() : null;
        }""",
        ["/static/test/js", list(jpeg)],
    )
    assert found == expected
