"""Settings from the environment, and where the program finds its own data, libraries and fonts.

Every setting is one variable `CLAUSEWALK_<NAME>`; a variable that is none of them is refused by name, because
a misspelt setting that is silently ignored is found out on site.
"""

import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

PREFIX = "CLAUSEWALK_"
NO_CDN = "off"

_PACKAGE = Path(__file__).parent
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_PORTS = 65536
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:]+\](:\d{1,5})?")
_CDN = re.compile(r"(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d{1,5})?(/[A-Za-z0-9._@-]+)*")


class SettingsError(ValueError):
    """A variable is unknown or its value can't be used; the text is one line and says what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator may set.

    data: folder with the database and the blobs.
    url: the address people use (scheme, host, port), where it isn't the one the server listens on.
    cdn: base address of the npm files from which pages take htmx; `off` means from this server only.
    session_hours: a sign-in on a shared device ends after so many hours without use.
    own_phone_days: a sign-in on 本人手机 ends after so many days without use.
    offline: `off` removes the service worker and its cached pages from every phone that comes by; what waits
        in a phone's outbox stays there and is sent.
    smtp_host and the like: the mail server for reminders; without a host none are sent. smtp_security:
        `starttls`, `tls` from the beginning, or `none`.
    """

    data: Path = Path("data")
    url: str | None = None
    cdn: str = "https://cdn.jsdelivr.net/npm"
    session_hours: int = 12
    own_phone_days: int = 30
    offline: Literal["on", "off"] = "on"
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = "clausewalk@localhost"

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.smtp_from):
            raise ValueError("the address that mails come from, such as audit@example.com")
        if not 0 < self.smtp_port < _PORTS:
            raise ValueError("a port: 1 to 65535")
        if self.url is not None and not _ORIGIN.fullmatch(self.url):
            raise ValueError("scheme, host and port only, such as https://audit.example.com")
        if self.cdn != NO_CDN and not _CDN.fullmatch(self.cdn):
            raise ValueError("an https address without a trailing slash, or off")
        for name in ("session_hours", "own_phone_days"):
            if getattr(self, name) < 1:
                raise ValueError("at least 1")

    @property
    def cdn_base(self) -> str | None:
        """Base address of the CDN, or None where pages load nothing from elsewhere."""
        return None if self.cdn == NO_CDN else self.cdn


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment; raises SettingsError that names the variable."""
    known = {PREFIX + field.upper(): field for field in Settings.__struct_fields__}
    values: dict[str, str] = {}
    settings = Settings()
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            raise SettingsError(f"{name}: no such setting; there are {', '.join(sorted(known))}")
        if value.strip():
            values[known[name]] = value.strip()
        try:
            settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
        except msgspec.ValidationError as error:
            raise SettingsError(f"{name}: {error}") from error
    return settings


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value)).expanduser()
    raise NotImplementedError(kind)


def data_root(name: Literal["checklists", "templates", "static"]) -> Path:
    """Folder of the program's own data: inside the package in a wheel, else in the checkout."""
    shipped = _PACKAGE / "_data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


class Library(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A browser library: its npm package, and the file of it that is vendored as `static/<file>`.

    integrity: SHA-384 as in HTML's `integrity`; the same bytes are checked at set-up and in the browser.
    """

    package: str
    version: str
    path: str
    file: str
    integrity: str

    def cdn_url(self, cdn_base: str) -> str:
        """Address of the same bytes on a CDN that serves npm packages."""
        return f"{cdn_base}/{self.package}@{self.version}/{self.path}"


def libraries() -> dict[str, Library]:
    """The browser libraries by name (`htmx`, `idb`), from `static/vendor.json`."""
    return msgspec.json.decode((data_root("static") / "vendor.json").read_bytes(), type=dict[str, Library])


def font_dirs() -> list[Path]:
    """Folders with the fonts for documents: Noto Sans CJK, weight Regular.

    Documents use these and never the system's fonts, so that the same audit gives the same bytes everywhere.
    """
    return [Path(str(files("noto_cjk_sans_otc")))]
