"""The outbox: kept before anything is sent, dropped only when the server names it. Tests count arrivals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.support.fake_server import FakeServer, Fault, Handler, drop, hang, lose_answer, refuse
from tests.browser.support.phone import (
    LAB,
    call,
    drained,
    items,
    online_again,
    phone_page,
    put,
    put_photo,
    rows,
    start_outbox,
    until,
    visit,
)
from tests.browser.support.pictures import camera_jpeg

ACCOUNT = "0192c000-0000-7000-8000-0000000000aa"
AUDIT = "0192c000-0000-7000-8000-00000000a0d1"
STOP = "0192c000-0000-7000-8000-000000000057"
PHOTOS = 80


def note(text: str, **more: Any) -> dict[str, Any]:
    return {"kind": "observed", "audit": AUDIT, "body": {"stop": STOP, "text": {"zh": text}, **more}}


@pytest.fixture
def lab(phone: Page, faulty: FakeServer) -> Page:
    """A phone on an empty page of the faulty server, its outbox open and draining."""
    return open_lab(phone, faulty)


def open_lab(page: Page, server: FakeServer, account: str = ACCOUNT) -> Page:
    server.pages["/lab"] = LAB.format(account=account)
    visit(page, f"{server.url}/lab")
    start_outbox(page, account)
    return page


def fails(server: FakeServer, first: Fault, then: Fault) -> None:
    """Requests with entries fail until the faults are cleared: nothing arrives while one looks."""
    server.fail("entries", first, *[then] * 20)


def texts(server: FakeServer) -> list[str]:
    return [body["text"]["zh"] for body in server.bodies("observed")]  # type: ignore[index]


def test_a_note_is_on_the_phone_before_the_network_is_asked(lab: Page, faulty: FakeServer) -> None:
    faulty.fail("entries", hang)
    [entry] = put(lab, note("炉门有裂纹"))
    until(lambda: faulty.requests, "the request is under way")
    [kept] = rows(lab, "entries")
    assert kept["id"] == entry
    assert kept["state"] == "sending"
    assert json.loads(kept["raw"])["by"] == ACCOUNT
    faulty.released.set()
    online_again(lab)
    drained(lab)
    assert texts(faulty) == ["炉门有裂纹"]


def test_half_a_character_is_kept_as_one_that_can_be_sent(lab: Page, faulty: FakeServer) -> None:
    """A text cut between the halves of an emoji, new or written anew, would be refused for ever."""
    cut = note("炉门有裂纹\ud83d")
    [entry, _] = call(lab, "outbox", "put", [note("初稿"), cut])
    assert call(lab, "outbox", "revise", entry, cut["body"])
    call(lab, "sync", "now")
    drained(lab)
    assert texts(faulty) == ["炉门有裂纹\ufffd"] * 2


def test_the_server_stores_the_very_characters_that_were_kept(lab: Page, faulty: FakeServer) -> None:
    fails(faulty, drop, drop)
    [entry] = put(lab, note('“3×10⁻³ Pa”\n\t"引号" \\ 🔥'))
    until(lambda: items(lab)[0]["reason"] == "network", "the first attempt failed")
    raw = rows(lab, "entries")[0]["raw"]
    faulty.faults.clear()
    online_again(lab)
    drained(lab)
    assert faulty.entries[entry] == raw.encode()


def test_what_was_kept_without_a_server_arrives_once_after_a_reload(lab: Page, faulty: FakeServer) -> None:
    fails(faulty, drop, drop)
    put(lab, note("一"))
    put(lab, note("二"), note("三"))
    until(lambda: len(items(lab)) == 3 and items(lab)[0]["reason"] == "network")
    faulty.faults.clear()
    lab.reload()
    start_outbox(lab, ACCOUNT)
    drained(lab)
    assert texts(faulty) == ["一", "二", "三"]


def test_photos_made_ready_without_a_network_are_not_each_an_attempt(phone: Page, faulty: FakeServer) -> None:
    """Each attempt writes down that everything was tried: with hundreds of photos that takes minutes."""
    attempts: list[bytes] = []

    def counted(handler: Handler, body: bytes) -> bool:
        attempts.append(body)
        return drop(handler, body)

    faulty.fail("entries", *[counted] * 1000)
    faulty.pages["/lab"] = LAB.format(account=ACCOUNT)
    visit(phone, f"{faulty.url}/lab")
    call(phone, "owner", "openFor", ACCOUNT)
    for number in range(PHOTOS):
        put_photo(phone, camera_jpeg(64, 48, seed=number), observation=STOP, audit=AUDIT)
    put(phone, note("一"))
    start_outbox(phone, ACCOUNT)
    until(lambda: {row["phase"] for row in rows(phone, "photos")} == {"ready"}, "all are ready")
    assert 0 < len(attempts) < PHOTOS / 10


def test_a_lost_answer_is_sent_again_and_counted_once(lab: Page, faulty: FakeServer) -> None:
    fails(faulty, lose_answer, drop)
    put(lab, note("已存但没有回执"))
    until(lambda: items(lab)[0]["reason"] == "network")
    assert texts(faulty) == ["已存但没有回执"]
    faulty.faults.clear()
    online_again(lab)
    drained(lab)
    assert texts(faulty) == ["已存但没有回执"]
    assert [kept["standing"] for kept in call(lab, "receipts", "receipts")] == ["already"]


PORTAL = b"<!doctype html><title>Wi-Fi</title>"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(refuse(401, b'{"error":"session"}'), "session", id="signed-out"),
        pytest.param(refuse(200, PORTAL, "text/html"), "server", id="captive-portal"),
        pytest.param(refuse(200, b'{"ok":true}'), "server", id="other-json"),
        pytest.param(refuse(200, b'{"results":[]}'), "server", id="names-nothing"),
        pytest.param(refuse(200, b'{"results":[{"id":1'), "server", id="cut-json"),
        pytest.param(
            refuse(302, b"", "text/html", Location="http://127.0.0.1:9/login"), "server", id="redirect"
        ),
        pytest.param(refuse(403, PORTAL, "text/html"), "server", id="forbidden"),
        pytest.param(refuse(404, PORTAL, "text/html"), "server", id="not-found"),
        pytest.param(refuse(500), "server", id="broken"),
        pytest.param(refuse(507), "server", id="disk-full"),
    ],
)
def test_whatever_is_not_understood_keeps_everything(
    lab: Page, faulty: FakeServer, fault: Fault, reason: str
) -> None:
    fails(faulty, fault, fault)
    put(lab, note("留着"))
    until(lambda: [(one["state"], one["reason"]) for one in items(lab)] == [("waiting", reason)])
    assert faulty.entries == {}
    faulty.faults.clear()
    online_again(lab)
    drained(lab)
    assert texts(faulty) == ["留着"]


def test_a_session_that_ran_out_is_told_and_over_after_signing_in(lab: Page, faulty: FakeServer) -> None:
    signed_out = refuse(401, b'{"error":"session"}')
    fails(faulty, signed_out, signed_out)
    put(lab, note("中午"))
    until(lambda: call(lab, "sync", "trouble") == "session")
    faulty.faults.clear()
    online_again(lab)
    drained(lab)
    until(lambda: call(lab, "sync", "trouble") == "")


def test_a_refused_entry_stays_with_its_reason_and_only_its_own_wait_for_it(
    lab: Page, faulty: FakeServer
) -> None:
    bad, other = "0192c000-0000-7000-8000-0000000000b1", "0192c000-0000-7000-8000-0000000000b2"
    faulty.verdicts[bad] = "malformed"
    behind = {
        "kind": "amended",
        "audit": AUDIT,
        "body": {"target": bad, "bases": [bad], "observation": {"stop": STOP}},
    }
    put(lab, {**note("坏的"), "id": bad}, behind, {**note("好的"), "id": other})
    until(lambda: faulty.order == [other], "the good one arrived")
    until(lambda: [item["state"] for item in items(lab)] == ["refused", "blocked"])
    assert items(lab)[0]["reason"] == "malformed"
    sent = len(faulty.requests)
    put(lab, note("后来的"))
    until(lambda: texts(faulty) == ["好的", "后来的"])
    assert len(faulty.requests) == sent + 1
    until(lambda: len(items(lab)) == 2, "the later one is no longer on the phone")


def test_a_refused_entry_sent_anew_takes_along_what_waited_for_it(lab: Page, faulty: FakeServer) -> None:
    bad = "0192c000-0000-7000-8000-0000000000b1"
    faulty.verdicts[bad] = "id_reused"
    behind = {
        "kind": "amended",
        "audit": AUDIT,
        "body": {"target": bad, "bases": [bad], "observation": {"stop": STOP}},
    }
    put(lab, {**note("重发"), "id": bad}, behind)
    until(lambda: [item["state"] for item in items(lab)] == ["refused", "blocked"])
    call(lab, "outbox", "resend", bad)
    online_again(lab)
    drained(lab)
    [observed] = [entry for entry in faulty.order if b"observed" in faulty.entries[entry]]
    assert observed != bad
    [amendment] = faulty.bodies("amended")
    assert (amendment["target"], amendment["bases"]) == (observed, [observed])


def test_too_large_a_batch_is_halved_until_it_fits(lab: Page, faulty: FakeServer) -> None:
    def only_small(handler: Any, body: bytes) -> bool:
        if len(json.loads(body)) <= 3:
            return False
        faulty.fail("entries", only_small)
        return refuse(413)(handler, body)

    faulty.fail("entries", *[only_small] * 40)
    put(lab, *[note(str(number)) for number in range(10)])
    drained(lab)
    assert texts(faulty) == [str(number) for number in range(10)]


def test_one_entry_that_breaks_the_server_does_not_hold_up_the_others(lab: Page, faulty: FakeServer) -> None:
    def poison(handler: Any, body: bytes) -> bool:
        faulty.fail("entries", poison)
        return "毒".encode() in body and refuse(500)(handler, body)

    faulty.fail("entries", poison)
    put(lab, note("一"), note("毒"), note("三"), note("四"))
    for _ in range(6):
        online_again(lab)
        call(lab, "sync", "now")
    assert sorted(texts(faulty)) == ["一", "三", "四"]
    assert len(items(lab)) == 1
    faulty.faults.clear()
    online_again(lab)
    drained(lab)


def test_batches_hold_200_entries_and_one_mebibyte(lab: Page, faulty: FakeServer) -> None:
    put(lab, *[note("短" * 10) for _ in range(230)], *[note("长" * 15_000) for _ in range(30)])
    drained(lab)
    sizes = [size for method, _, size in faulty.requests if method == "POST"]
    assert len(faulty.entries) == 260
    assert max(sizes) <= 1024 * 1024
    assert len(sizes) in (3, 4)


def test_an_amendment_goes_after_what_it_amends(lab: Page, faulty: FakeServer) -> None:
    first = "0192c000-0000-7000-8000-0000000000c1"
    second = {
        "kind": "amended",
        "audit": AUDIT,
        "body": {"target": first, "bases": [first], "observation": {"stop": STOP}},
    }
    fails(faulty, drop, drop)
    put(lab, {**note("原文"), "id": first}, second)
    until(lambda: items(lab)[0]["reason"] == "network")
    faulty.faults.clear()
    online_again(lab)
    drained(lab)
    assert faulty.order[0] == first
    assert len(faulty.order) == 2


def test_two_tabs_send_each_entry_once(lab: Page, faulty: FakeServer) -> None:
    other = open_lab(lab.context.new_page(), faulty)
    for number in range(10):
        put(lab if number % 2 else other, note(str(number)))
    drained(lab)
    drained(other)
    posted = sum(1 for method, _, _ in faulty.requests if method == "POST")
    assert sorted(texts(faulty)) == [str(number) for number in range(10)]
    assert posted <= 10


def test_an_unsent_entry_changes_in_place_and_a_sent_one_does_not(lab: Page, faulty: FakeServer) -> None:
    [entry] = call(lab, "outbox", "put", [note("初稿")])
    assert call(lab, "outbox", "revise", entry, note("定稿")["body"])
    fails(faulty, lose_answer, drop)
    call(lab, "sync", "now")
    until(lambda: items(lab)[0]["reason"] == "network")
    assert not call(lab, "outbox", "revise", entry, note("太晚")["body"])
    faulty.faults.clear()
    online_again(lab)
    drained(lab)
    assert texts(faulty) == ["定稿"]


def test_text_that_no_server_takes_is_refused_before_anything_is_kept(lab: Page) -> None:
    size = lab.evaluate(
        """async ([base, entry]) => {
          const outbox = await import(`${base}/outbox.js`);
          try { await outbox.put([entry]); } catch (error) { return error instanceof outbox.TooLarge; }
          return "kept";
        }""",
        ["/static/test/js", note("长" * 40_000)],
    )
    assert size is True
    assert items(lab) == []


def test_another_account_on_the_phone_neither_sees_nor_sends_the_first_ones(
    lab: Page, faulty: FakeServer
) -> None:
    fails(faulty, drop, drop)
    put(lab, note("甲的"))
    until(lambda: items(lab)[0]["reason"] == "network")
    other = "0192c000-0000-7000-8000-0000000000bb"
    open_lab(lab, faulty, other)
    faulty.faults.clear()
    assert items(lab) == []
    put(lab, note("乙的"))
    drained(lab)
    assert texts(faulty) == ["乙的"]
    open_lab(lab, faulty)
    drained(lab)
    assert texts(faulty) == ["乙的", "甲的"]


def test_deleting_one_item_leaves_the_others(lab: Page, faulty: FakeServer) -> None:
    fails(faulty, drop, drop)
    [first] = put(lab, note("删"))
    put(lab, note("留"))
    until(lambda: len(items(lab)) == 2)
    call(lab, "outbox", "remove", first)
    call(lab, "sync", "now")  # an attempt that began before, with both, has failed when this one has
    faulty.faults.clear()
    online_again(lab)
    drained(lab)
    assert texts(faulty) == ["留"]


def test_ids_rise_even_when_the_clock_is_set_back(lab: Page) -> None:
    ids = lab.evaluate(
        """async (base) => {
          const { uuid7 } = await import(`${base}/uuid7.js`);
          const real = Date.now;
          const ids = [];
          for (const shift of [0, -3600_000, 0, 5]) {
            Date.now = () => real() + shift;
            for (let n = 0; n < 5000; n += 1) ids.push(uuid7());
          }
          Date.now = real;
          return ids;
        }""",
        "/static/test/js",
    )
    assert ids == sorted(set(ids))
    assert all(entry[14] == "7" and entry[19] in "89ab" for entry in ids)


def test_a_phone_of_its_own_has_a_device_id_that_stays(lab: Page, faulty: FakeServer) -> None:
    device = call(lab, "owner", "owner")["device"]
    open_lab(lab, faulty)
    assert call(lab, "owner", "owner")["device"] == device
    browser = lab.context.browser
    assert browser is not None
    with phone_page(browser) as other:
        open_lab(other, faulty)
        assert call(other, "owner", "owner")["device"] != device
