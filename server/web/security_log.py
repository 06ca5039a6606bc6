"""The administrator's log: who signed in, looked at evidence, changed rights. Names are looked up here."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response, Stream
from msgspec import Struct

from server.database import LARGEST
from server.people.security_log import EVENTS, Line, SecurityLog, Wanted
from server.web.new_audit import ZONE
from server.web.render import language_of, moment, page
from server.web.services import Services
from server.web.texts import texts

_PAGE = 100
_PIECE = 2000
_NAMED_AT_ONCE = 500
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Asked(Struct, frozen=True, kw_only=True):
    """The filters as typed."""

    person: str = ""
    audit: str = ""
    event: str = ""
    since: str = ""
    until: str = ""

    def address(self, before: int | None = None) -> str:
        """The filters as a query, for the next page and the file."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        if before:
            fields["before"] = str(before)
        return urlencode({name: value for name, value in fields.items() if value})


class Shown(Struct, frozen=True, kw_only=True):
    """A row in words. `number` is the audit's."""

    at: str
    event: str
    who: str
    whom: str
    number: str
    audit: str
    thing: str
    address: str


@get("/admin/log", opt={"needs": "log.read"}, include_in_schema=False)
async def log_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: FromQuery[str] = "",
    audit: FromQuery[str] = "",
    event: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    before: FromQuery[int] = 0,
) -> Response[bytes]:
    """The newest rows first, narrowed by person, audit, action and days."""
    asked = Asked(person=person, audit=audit, event=event, since=since, until=until)
    wanted = await _wanted(services, asked)
    lines = await SecurityLog(services.db).find(
        wanted, before=min(max(before, 0), LARGEST) or None, limit=_PAGE + 1
    )
    t = texts(language_of(request))
    return page(
        request,
        "pages/security-log.html",
        rows=await _in_words(services, lines[:_PAGE], t),
        more=asked.address(lines[_PAGE - 1].number) if len(lines) > _PAGE else "",
        query=asked.address(),
        asked=asked,
        events=EVENTS,
    )


@get("/admin/log.csv", opt={"needs": "log.read"}, include_in_schema=False)
async def log_file(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: FromQuery[str] = "",
    audit: FromQuery[str] = "",
    event: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Stream:
    """The same rows as a CSV file, all of them."""
    asked = Asked(person=person, audit=audit, event=event, since=since, until=until)
    headers = {
        "Content-Disposition": 'attachment; filename="security-log.csv"',
        "Cache-Control": "private, no-store",
    }
    pieces = _csv(services, await _wanted(services, asked), texts(language_of(request)))
    return Stream(pieces, media_type="text/csv", headers=headers)


async def _csv(services: Services, wanted: Wanted, t: Any) -> AsyncIterator[bytes]:
    names = ("number", "at", "event", "who", "whom", "audit", "thing", "address")
    yield "\ufeff".encode() + _rows([[t(f"log.{name}") for name in names]])
    before: int | None = None
    while lines := await SecurityLog(services.db).find(wanted, before=before, limit=_PIECE):
        shown = await _in_words(services, lines, t)
        yield _rows(
            [line.number, line.at, one.event, one.who, one.whom, one.number, line.object or "", one.address]
            for line, one in zip(lines, shown, strict=True)
        )
        before = lines[-1].number


def _rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows of CSV. What a spreadsheet would take for a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        cells = [str(cell) for cell in row]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in cells])
    return out.getvalue().encode()


async def _wanted(services: Services, asked: Asked) -> Wanted:
    """The filters as ids and moments. A day that is none narrows nothing."""
    people = audits = None
    if asked.person.strip():
        people = frozenset(one.id for one in await services.accounts.list(asked.person))
    if asked.audit.strip():
        found = await services.journal.audits_of(None, limit=_NAMED_AT_ONCE, search=asked.audit)
        audits = frozenset({asked.audit.strip(), *(row.id for row in found)})
    return Wanted(
        people=people,
        audits=audits,
        event=asked.event if asked.event in EVENTS else "",
        since=_midnight(asked.since, 0),
        until=_midnight(asked.until, 1),
    )


def _midnight(day: str, days: int) -> str:
    """The beginning of a day in the house's zone, so many days on, as the log writes moments."""
    try:
        begins = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(ZONE))
        return (begins + timedelta(days=days)).astimezone(UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        return ""


async def _in_words(services: Services, lines: list[Line], t: Any) -> list[Shown]:
    names = await services.register.names()
    names |= {one.id: f"{one.name} ({one.login})" for one in await services.accounts.list()}
    numbers = await _numbers(services, {line.audit for line in lines if line.audit})
    return [
        Shown(
            at=moment(datetime.fromisoformat(line.at), ZONE),
            event=t(f"log.event.{line.event}") if line.event in EVENTS else line.event,
            who=names.get(line.actor or "", line.actor or ""),
            whom=names.get(line.account or "", line.account or "") if line.account != line.actor else "",
            number=numbers.get(line.audit or "", line.audit or ""),
            audit=line.audit or "",
            thing=_thing(line, t),
            address=line.address or "",
        )
        for line in lines
    ]


def _thing(line: Line, t: Any) -> str:
    """What it was about, short enough for a line: a role in words, an id by its beginning."""
    thing = line.object or ""
    if line.event in ("role_changed", "account_added") and f"account.role.{thing}" in t:
        return str(t(f"account.role.{thing}"))
    return thing if len(thing) <= 20 else f"{thing[:12]}…"


async def _numbers(services: Services, audits: set[str]) -> dict[str, str]:
    """The numbers of audits by id."""
    await services.journal.audits_of(None, limit=1)  # brings the list of audits up to date
    listed = sorted(audits)
    numbers: dict[str, str] = {}
    for start in range(0, len(listed), _NAMED_AT_ONCE):
        some = listed[start : start + _NAMED_AT_ONCE]
        rows = await services.db.read(
            f"SELECT audit, number FROM audits WHERE audit IN ({', '.join('?' * len(some))})", *some
        )
        numbers |= {row[0]: row[1] for row in rows}
    return numbers


routes = [log_page, log_file]
