"""The doctor's look at what surrounds the data: rights, disk, clock, certificates, fonts, versions."""

from __future__ import annotations

import os
import shutil
import sqlite3
import ssl
import stat
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from server.archive.checks import Check, ok, problem, warning
from server.criteria.install import install, own_folder
from server.criteria.load import CriteriaError
from server.settings import data_root, font_dirs, libraries

_LEAST_FREE = 1 << 30
_LITTLE_FREE = 5 << 30
_AHEAD = timedelta(minutes=5)
_ANEW = "install the program anew (`make setup`)"
_SOON = timedelta(days=30)
_OLDEST_SQLITE = (3, 39, 0)
_KEYS = ("*.key", "*secret*", "*.db", "*.db-wal", "*.db-shm")


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def permissions(data: Path) -> Check:
    """Nobody else on this machine may read the data folder, its keys and its database."""
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        mend = f"run the program as the owner of the folder, or `chown` it ({data})"
        return problem("permissions", f"{data} can't be read and written", mend)
    files = [path for pattern in _KEYS for path in data.rglob(pattern) if path.is_file()]
    closed = not stat.S_IMODE(data.stat().st_mode) & 0o077
    keys = [path for path in files if path.suffix == ".key" or "secret" in path.name]
    wide = [str(path) for path in keys if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if not closed:
        wide.append(str(data))
    if wide:
        mend = f"`chmod -R go-rwx {data}`"
        return problem("permissions", f"others on this machine can read {', '.join(wide[:5])}", mend)
    return ok("permissions", "only the program's own user can read the data")


def disk(data: Path) -> Check:
    """Room for photos to come."""
    usage = shutil.disk_usage(data)
    free = f"{usage.free / (1 << 30):.1f} GiB of {usage.total / (1 << 30):.0f} GiB are free"
    mend = "free some space or move the data folder to a larger disk: a full disk takes no more photos"
    if usage.free < _LEAST_FREE:
        return problem("disk", free, mend)
    if usage.free < _LITTLE_FREE:
        return warning("disk", free, mend)
    return ok("disk", free)


def clock(last_received: str | None) -> Check:
    """The machine's clock can't be behind what it wrote itself."""
    here = datetime.now(UTC)
    mend = "set the machine's clock, best by NTP; times in new entries would be wrong"
    if last_received is not None:
        last = datetime.fromisoformat(last_received)
        if last > here + _AHEAD:
            return problem("clock", f"it is {here:%Y-%m-%d %H:%M} UTC, entries came at {last}", mend)
    if here.year < 2026:
        return problem("clock", f"it is {here:%Y-%m-%d} here", mend)
    return ok("clock", f"it is {here:%Y-%m-%d %H:%M} UTC")


def certificates(data: Path) -> Iterator[Check]:
    """The authority that phones trust, and this server's certificate from it."""
    folder = data / "tls"
    if not folder.is_dir():
        yield ok("certificates", "none: HTTPS comes from elsewhere, or not at all")
        return
    for name, mend in (
        ("ca.crt", "remove the folder tls, start `serve --tls`, and let each phone trust the new authority"),
        ("server.crt", "start `serve --tls` again: it makes a new one"),
    ):
        yield _certificate(folder / name, mend)


def _certificate(path: Path, mend: str) -> Check:
    if not path.exists():
        return warning("certificates", f"{path.name} is missing", mend)
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (ValueError, ssl.SSLError) as error:
        return problem("certificates", f"{path.name} can't be read: {error}", mend)
    if not path.with_suffix(".key").exists():
        return problem("certificates", f"the key of {path.name} is missing", mend)
    left = certificate.not_valid_after_utc - datetime.now(UTC)
    until = f"{path.name} is valid until {certificate.not_valid_after_utc:%Y-%m-%d}"
    if left < timedelta():
        return problem("certificates", until, mend)
    return warning("certificates", until, mend) if left < _SOON else ok("certificates", until)


def fonts() -> Check:
    """Without its font a PDF has no Chinese."""
    found = [font for folder in font_dirs() for font in folder.rglob("*.[ot]t[cf]")]
    if not found:
        return problem("fonts", "Noto Sans CJK is missing", _ANEW)
    return ok("fonts", f"{found[0].name} is there")


def versions() -> Check:
    """Python, SQLite, the program, and the browser's libraries."""
    wrong = []
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        wrong.append(f"SQLite {sqlite3.sqlite_version} is older than {'.'.join(map(str, _OLDEST_SQLITE))}")
    static = data_root("static")
    wrong += [f"{one.file} is missing" for one in libraries().values() if not (static / one.file).is_file()]
    if wrong:
        return problem("versions", "; ".join(wrong), _ANEW)
    python = ".".join(map(str, sys.version_info[:3]))
    return ok("versions", f"{program()}, Python {python}, SQLite {sqlite3.sqlite_version}")


def program() -> str:
    """Which version of the program this is."""
    try:
        return version("clausewalk")
    except PackageNotFoundError:
        return "checkout"


def criteria(data: Path) -> Iterator[Check]:
    """Standards, checklists, forms and houses as they are installed, with the house's own files."""
    try:
        installed = install(own_folder(data))
        if installed.problems:
            raise CriteriaError(installed.problems)
        loaded = installed.criteria
    except CriteriaError as error:
        first = error.problems[0]
        what = f"{first}; {len(error.problems)} in all"
        yield problem("criteria", what, "run `clausewalk checklists check`")
        return
    yield ok("criteria", f"{len(loaded.standards)} standards, {len(loaded.lists)} checklists")
    if loaded.house.invented:
        mend = (
            f"write a house of your own into {own_folder(data)} (docs/checklists.md), then restart the server"
        )
        yield warning(
            "house",
            f"plans and reports are printed in the name of {loaded.house.name.en}, which is invented",
            mend,
        )
    else:
        yield ok("house", f"new audits are printed in the name of {loaded.house.name.en}")
