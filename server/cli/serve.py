"""`clausewalk serve`: plain HTTP on this machine; with `--tls` HTTPS for phones, and plain `/trust`."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import socket
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from server.cli import FAILURE, CommandError
from server.database import FILE_NAME
from server.settings import Settings

if TYPE_CHECKING:
    from server.web.listeners import Listener

_PORT = 8000
_TLS_PORT = 8443
_HERE = "127.0.0.1"


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `serve`."""
    serve = subparsers.add_parser("serve")
    serve.add_argument(
        "--host",
        help="address to serve at (default: this machine alone); with --tls the one that phones reach"
        " (default: all found)",
    )
    serve.add_argument(
        "--port", type=int, default=_PORT, help=f"port of plain HTTP (default {_PORT}; 0: a free one)"
    )
    serve.add_argument(
        "--tls", action="store_true", help="HTTPS for phones, with a certificate authority of its own"
    )
    serve.add_argument("--tls-port", type=int, default=_TLS_PORT, help=f"port of HTTPS (default {_TLS_PORT})")
    serve.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Serve until stopped."""
    # What is loaded at start stays: looking through it for rubbish again and again takes a fifth of the time.
    gc.disable()
    from server.app import create_app
    from server.evidence.uploads import OLD_UPLOADS, sweep
    from server.web.listeners import serve

    settings: Settings = args.settings
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(settings.data / "uploads", OLD_UPLOADS)
    is_empty = not (settings.data / FILE_NAME).exists()
    plan = _plan_tls(args, settings) if args.tls else _plan_plain(args, settings)
    plan.is_empty = is_empty
    app = create_app(settings)
    app.state.secure_url = plan.phones
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(app, plan.listeners, ready=lambda: _ready(plan)))
    return 0


def _ready(plan: _Plan) -> None:
    gc.freeze()
    # What is made from here on rarely holds cycles: looking for them less often gives appends a tenth.
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    plan.tell()


class _Plan(Struct, kw_only=True):
    """Where to listen, and what to tell the operator."""

    listeners: list[Listener]
    here: str
    phones: str = ""
    secure: list[str] = []
    trust: str = ""
    fingerprint: str = ""
    is_new_authority: bool = False
    is_empty: bool = False
    """Nobody can sign in yet."""

    def tell(self) -> None:
        """Print addresses and, for the phone, a QR code."""
        print("Clausewalk 现场审核")
        print(f"  本机 this machine   {self.here}")
        if self.phones:
            print(f"  手机 phones         {self.phones}")
        for address in self.secure:
            if address != self.phones:
                print(f"  监听 listens at     {address}")
        if self.trust:
            print(f"  证书 certificate    {self.trust}")
            print(f"  SHA-256             {self.fingerprint}")
        if self.is_new_authority:
            print(
                "  新证书机构：每台手机先装证书。 New certificate authority: install it on each phone first."
            )
        if self.is_empty:
            print(
                "  还没有账户 no account yet: clausewalk user add LOGIN --name NAME --role admin --data DIR"
            )
        if self.trust or self.phones:
            _print_qr(self.trust or self.phones)
        print("  ready — Ctrl+C 停止 stops", flush=True)


def _plan_plain(args: Namespace, settings: Settings) -> _Plan:
    from server.web.listeners import Listener

    bound = _bind(args.host or _HERE, args.port)
    listener = Listener(sockets=[bound], behind_proxy=settings.url is not None)
    return _Plan(listeners=[listener], here=_url("http", bound), phones=settings.url or "")


def _plan_tls(args: Namespace, settings: Settings) -> _Plan:
    from server.tls import ensure_certificates, lan_addresses
    from server.web.listeners import Listener

    addresses = [args.host] if args.host else lan_addresses() or [_HERE]
    host = urlsplit(settings.url).hostname if settings.url else None
    names, more = _names(host)
    certificates = ensure_certificates(settings.data, addresses=[*addresses, *more], names=names)
    here = _bind(_HERE, args.port)
    port = here.getsockname()[1]
    secure = [_bind(address, args.tls_port) for address in addresses]
    open_ones = [_bind(address, port) for address in addresses if address != _HERE]
    listeners = [
        Listener(sockets=[here]),
        Listener(sockets=secure, chain=certificates.chain, key=certificates.key),
    ]
    if open_ones:
        listeners.append(Listener(sockets=open_ones, trust_only=True))
    return _Plan(
        listeners=listeners,
        here=_url("http", here, "localhost"),
        phones=settings.url or _url("https", secure[0]),
        secure=[_url("https", bound) for bound in secure],
        trust=_url("http", open_ones[0] if open_ones else here) + "/trust",
        fingerprint=certificates.fingerprint,
        is_new_authority=certificates.is_new_authority,
    )


def _names(host: str | None) -> tuple[list[str], list[str]]:
    """The host of CLAUSEWALK_URL as (names, addresses) of the certificate."""
    if host is None:
        return [], []
    try:
        return [], [str(ipaddress.ip_address(host))]
    except ValueError:
        return [host], []


def _bind(host: str, port: int) -> socket.socket:
    from server.web.listeners import bind

    try:
        return bind(host, port)
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"can't listen at {host}:{port} ({error}); name another --port or --host", FAILURE
        ) from error


def _url(scheme: str, bound: socket.socket, host: str = "") -> str:
    address, port = bound.getsockname()[:2]
    name = host or (f"[{address}]" if ":" in address else address)
    return f"{scheme}://{name}:{port}"


def _print_qr(address: str) -> None:
    import segno

    print()
    segno.make(address, error="l").terminal(compact=True)
    print(f"\n  {address}")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where the extra `fast` is installed."""
    if find_spec("uvloop") is None:
        return None
    import uvloop

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
