"""A local certificate authority in the data folder, and this server's certificate from it.

Phones give a page its offline parts only over HTTPS, and no public authority certifies an address on a
company's network. The authority may vouch for private addresses, local names and the name that was set
alone (name constraints), so a phone that trusts it trusts it for nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from server.files import write_whole

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CA_NAME = "Clausewalk local CA"
_LOCAL_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
_CA_LIFE = timedelta(days=3650)
# iOS refuses a server's certificate that is valid for more than 825 days; browsers are heading for less.
_LEAF_LIFE = timedelta(days=397)
_RENEW_BEFORE = timedelta(days=30)
# A phone's clock may be behind.
_BACKDATED = timedelta(days=1)


class Certificates(Struct, frozen=True, kw_only=True):
    """Files for TLS. `is_new_authority`: phones have to be told to trust it (again)."""

    chain: Path
    key: Path
    fingerprint: str
    is_new_authority: bool


def authority_certificate(data: Path) -> bytes | None:
    """The authority's certificate (DER), None where this server never made one."""
    path = data / "tls" / "ca.crt"
    return ssl.PEM_cert_to_DER_cert(path.read_text("ascii")) if path.exists() else None


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate (DER) as phones show it: pairs of capital hex digits."""
    return hashlib.sha256(certificate).digest().hex(" ").upper()


def lan_addresses() -> list[str]:
    """Addresses of this machine that other devices reach: IPv4, the default route's first."""
    found: list[str] = []
    # Connecting a datagram socket sends nothing; it only makes the system choose the outgoing address.
    for target in ("192.0.2.1", "192.168.255.254", "10.255.255.254", "172.31.255.254"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
            except OSError:
                continue
            found.append(probe.getsockname()[0])
    with contextlib.suppress(OSError):  # a machine that doesn't know its own name
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(found) if not ipaddress.ip_address(address).is_loopback]


def ensure_certificates(
    data: Path, *, addresses: Sequence[str], names: Sequence[str], now: datetime | None = None
) -> Certificates:
    """Certificates for these addresses and names beside localhost; made or renewed only where that is needed.

    The authority is replaced only when it has run out or may not vouch for one of them.
    """
    folder = data / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = now or datetime.now(UTC)
    hosts = sorted({name.lower() for name in names} | {"localhost"})
    ips = sorted({ipaddress.ip_address(a) for a in (*addresses, "127.0.0.1", "::1")}, key=str)
    authority, is_new = _authority(folder, hosts, ips, moment)
    chain, key = folder / "server.crt", folder / "server.key"
    if is_new or not _still_good(chain, hosts, ips, moment):
        _make_leaf(authority, chain, key, hosts, ips, moment)
    ca = authority_certificate(data) or b""
    return Certificates(chain=chain, key=key, fingerprint=fingerprint(ca), is_new_authority=is_new)


class _Authority(Struct, frozen=True):
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


def _authority(folder: Path, hosts: list[str], ips: list[Address], now: datetime) -> tuple[_Authority, bool]:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    crt, pem = folder / "ca.crt", folder / "ca.key"
    if crt.exists() and pem.exists():
        certificate = x509.load_pem_x509_certificate(crt.read_bytes())
        key = load_pem_private_key(pem.read_bytes(), None)
        in_time = certificate.not_valid_after_utc - _LEAF_LIFE > now
        if isinstance(key, EllipticCurvePrivateKey) and in_time and _may_vouch(certificate, hosts, ips):
            return _Authority(certificate, key), False
    return _make_authority(crt, pem, hosts, ips, now), True


def _may_vouch(certificate: x509.Certificate, hosts: list[str], ips: list[Address]) -> bool:
    from cryptography import x509

    permitted = (
        certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    domains = [name.value for name in permitted if isinstance(name, x509.DNSName)]
    networks = [name.value for name in permitted if isinstance(name, x509.IPAddress)]
    return all(_in_domains(host, domains) for host in hosts) and all(
        any(ip in network for network in networks if not isinstance(network, Address)) for ip in ips
    )


def _in_domains(host: str, domains: Iterable[str]) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in domains)


def _make_authority(crt: Path, pem: Path, hosts: list[str], ips: list[Address], now: datetime) -> _Authority:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(CA_NAME, socket.gethostname())
    domains = [*_LOCAL_DOMAINS, *(host for host in hosts if not _in_domains(host, _LOCAL_DOMAINS))]
    networks: list[Network] = [*_PRIVATE, *(ipaddress.ip_network(ip) for ip in ips if not _is_private(ip))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.NameConstraints(
                [
                    *(x509.DNSName(domain) for domain in domains),
                    *(x509.IPAddress(network) for network in networks),
                ],
                None,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    _write_pair(crt, pem, [certificate], key)
    return _Authority(certificate, key)


def _make_leaf(
    authority: _Authority, chain: Path, pem: Path, hosts: list[str], ips: list[Address], now: datetime
) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = ec.generate_private_key(ec.SECP256R1())
    alternatives = [*(x509.DNSName(host) for host in hosts), *(x509.IPAddress(ip) for ip in ips)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name("Clausewalk", hosts[0]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    _write_pair(chain, pem, [certificate, authority.certificate], key)


def _still_good(chain: Path, hosts: list[str], ips: list[Address], now: datetime) -> bool:
    from cryptography import x509

    if not chain.exists() or not chain.with_suffix(".key").exists():
        return False
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = set(hosts) <= set(names.get_values_for_type(x509.DNSName)) and set(ips) <= set(
        names.get_values_for_type(x509.IPAddress)
    )
    return covered and certificate.not_valid_after_utc - _RENEW_BEFORE > now


def _name(organization: str, common_name: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organization} {common_name}"[:64]),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _is_private(address: Address) -> bool:
    return any(address in network for network in _PRIVATE)


def _write_pair(
    crt: Path, pem: Path, certificates: Sequence[x509.Certificate], key: EllipticCurvePrivateKey
) -> None:
    """Write key and certificates; the certificate last, so that one on disk always has its key."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    write_whole(pem, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    write_whole(crt, b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates), 0o644)
