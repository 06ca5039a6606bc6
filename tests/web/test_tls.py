"""The local authority: what it vouches for, when it is renewed, and what a phone that trusts it can do."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from playwright.sync_api import Page, Playwright

from server.tls import ensure_certificates
from server.web.cookies import SECURE_COOKIE
from tests.browser.support.phone import CHROMIUM, PATIENCE_S
from tests.support.live import LiveServer, live_server
from tests.support.world import PASSWORD

# A loopback address of its own stands for the address on the LAN.
LAN = "127.0.0.2"
HOST = "audit.example.test"


def alternative_names(chain: Path) -> set[str]:
    """Names and addresses of a certificate."""
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def test_the_certificate_holds_addresses_names_and_localhost(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path, addresses=["192.168.7.9"], names=[HOST])
    assert alternative_names(made.chain) == {"192.168.7.9", HOST, "localhost", "127.0.0.1", "::1"}
    assert made.is_new_authority


def test_keys_are_the_owners_alone(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path, addresses=[LAN], names=[])
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in made.key.parent.glob("*.key")} == {
        "ca.key": "0o600",
        "server.key": "0o600",
    }
    assert made.key.parent.stat().st_mode & 0o077 == 0


def test_it_is_made_once_and_the_leaf_anew_for_another_address(tmp_path: Path) -> None:
    first = ensure_certificates(tmp_path, addresses=["192.168.7.9"], names=[])
    before = first.chain.read_bytes()
    again = ensure_certificates(tmp_path, addresses=["192.168.7.9"], names=[])
    assert again.chain.read_bytes() == before
    moved = ensure_certificates(tmp_path, addresses=["10.0.0.4"], names=[])
    assert "10.0.0.4" in alternative_names(moved.chain)
    assert not moved.is_new_authority
    assert moved.fingerprint == first.fingerprint


def test_the_leaf_is_renewed_before_it_ends_and_the_authority_before_it_can_not_sign_one(
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)

    def at(days: int) -> tuple[str, bytes]:
        made = ensure_certificates(tmp_path, addresses=[LAN], names=[], now=now + timedelta(days=days))
        return made.fingerprint, made.chain.read_bytes()

    first = at(0)
    assert at(360) == first
    later = at(370)
    assert later[0] == first[0]
    assert later[1] != first[1]
    assert at(3400)[0] != first[0]


def test_the_authority_is_made_anew_where_it_may_not_vouch(tmp_path: Path) -> None:
    first = ensure_certificates(tmp_path, addresses=[LAN], names=["one.example.test"])
    assert (
        ensure_certificates(tmp_path, addresses=[LAN], names=["a.one.example.test"]).fingerprint
        == first.fingerprint
    )
    other = ensure_certificates(tmp_path, addresses=[LAN], names=["two.example.test"])
    assert other.is_new_authority
    assert other.fingerprint != first.fingerprint


@pytest.fixture
def secure(furnished: tuple[Path, dict[str, str]], data: Path) -> Iterator[LiveServer]:
    """A server with `--tls` on a LAN address of this machine alone, set to be reached as HOST."""
    url = f"https://{HOST}"
    with live_server(data, "--tls", "--host", LAN, "--tls-port", "0", CLAUSEWALK_URL=url) as running:
        yield running


def https_port(server: LiveServer) -> int:
    """The port that HTTPS listens at."""
    found = re.search(r"listens at +https://[^:]+:(\d+)", server.printed)
    assert found, server.printed
    return int(found[1])


def test_plain_http_on_the_lan_hands_out_the_authority_and_nothing_else(secure: LiveServer) -> None:
    trust = secure.address("certificate")
    assert trust.startswith(f"http://{LAN}:")
    base = trust.removesuffix("/trust")
    page = httpx.get(trust, timeout=PATIENCE_S)
    fingerprint = re.search(r"SHA-256 +([0-9A-F ]+)", secure.printed)
    assert fingerprint
    assert fingerprint[1].strip() in page.text
    certificate = httpx.get(f"{base}/trust/clausewalk-ca.crt", timeout=PATIENCE_S)
    assert certificate.headers["content-type"] == "application/x-x509-ca-cert"
    assert x509.load_der_x509_certificate(certificate.content)
    for method, path in (("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/account"), ("POST", "/trust")):
        answer = httpx.request(method, f"{base}{path}", headers={"Clausewalk": "1"}, timeout=PATIENCE_S)
        assert (answer.status_code, answer.headers["location"]) == (303, "/trust")
    assert httpx.get(f"{secure.url}/sign-in", timeout=PATIENCE_S).status_code == 200


def test_a_client_that_trusts_the_authority_gets_in_and_no_other(secure: LiveServer) -> None:
    url = f"https://{LAN}:{https_port(secure)}/sign-in"
    trusting = ssl.create_default_context(cafile=str(secure.data / "tls" / "ca.crt"))
    assert httpx.get(url, verify=trusting, timeout=PATIENCE_S).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(url, timeout=PATIENCE_S)


@pytest.fixture
def phone(playwright: Playwright, secure: LiveServer, tmp_path: Path) -> Iterator[Page]:
    """Chromium with the authority in its certificate store, no exception made; HOST leads to the server."""
    home = tmp_path / "home"
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certificate = secure.data / "tls" / "ca.crt"
    for arguments in (
        ["-N", "--empty-password"],
        ["-A", "-t", "C,,", "-n", "clausewalk", "-i", str(certificate)],
    ):
        subprocess.run(["certutil", "-d", f"sql:{store}", *arguments], check=True)
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", f"--host-resolver-rules=MAP {HOST} {LAN}"],
        env={"HOME": str(home)},
    )
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page.set_default_timeout(PATIENCE_S * 1000)
    yield page
    browser.close()


CAN_DO = """async () => {
  const open = indexedDB.open("probe");
  await new Promise((done, fail) => { open.onsuccess = done; open.onerror = fail; });
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array([1]));
  const locked = await navigator.locks.request("probe", async () => true);
  const can = { secure: isSecureContext, database: open.result.name, digest: digest.byteLength, locked };
  const hidden = document.getElementById("not-offline").hidden;
  return JSON.stringify({ ...can, workers: "serviceWorker" in navigator, notice_hidden: hidden });
}"""


@pytest.mark.browser
def test_a_phone_that_trusts_the_authority_is_in_a_secure_context(secure: LiveServer, phone: Page) -> None:
    account = f"https://{HOST}:{https_port(secure)}/account"
    phone.goto(account)
    phone.get_by_label("工号或登录名").fill("leader")
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url(account)  # whole: the sign-in page's own address ends with next=/account
    can: dict[str, Any] = json.loads(phone.evaluate(CAN_DO))
    assert can == {
        "secure": True,
        "database": "probe",
        "digest": 32,
        "locked": True,
        "workers": True,
        "notice_hidden": True,
    }
    [cookie] = [one for one in phone.context.cookies() if one["name"] == SECURE_COOKIE]
    assert cookie["secure"]
    assert cookie["httpOnly"]


@pytest.mark.browser
def test_without_a_secure_context_the_page_says_why(secure: LiveServer, phone: Page) -> None:
    phone.goto(secure.address("certificate").replace(LAN, HOST))  # a loopback address would count as secure
    notice = phone.locator("#not-offline")
    notice.wait_for(state="visible")
    assert "本机不能离线" in notice.inner_text()
    assert "HTTPS" in notice.inner_text()
