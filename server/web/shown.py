"""Words for an audit as pages show them: its name, its kind, its days, its stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.audit import walk
from server.audit.calendar import iso_day
from server.audit.coverage import audited_schemes
from server.audit.names import department_of
from server.audit.setup import Client, Setup, Stop
from server.criteria.load import Criteria
from server.criteria.model import Language, letter_of
from server.web.overview import Overview
from server.web.texts import texts

_COMPANY = ("有限责任公司", "股份有限公司", "有限公司", " Co., Ltd.", " Co. Ltd.", " Ltd.", " Inc.")
"""What a company's name loses where there is room for its own part alone."""

MEETING_OF = {"opening": "opening", "closing": "closing", "team_meeting": "team", "client_talk": "client"}
"""The meeting that a stop of this type is."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme as a tag: letter and word."""

    code: str
    letter: str
    word: str


def schemes(setup: Setup, language: Language, criteria: Criteria) -> list[Scheme]:
    """The schemes of an audit in printing order."""
    return [scheme_of(scheme, language, criteria) for scheme in audited_schemes(setup)]


def every_scheme(language: Language, criteria: Criteria) -> dict[str, Scheme]:
    """All that a house can audit, in printing order."""
    return {scheme: scheme_of(scheme, language, criteria) for scheme in criteria.schemes}


def scheme_of(scheme: str, language: Language, criteria: Criteria) -> Scheme:
    """One scheme as a tag; one that has no name any more stands by its letter alone."""
    t, key = texts(language), f"scheme.{scheme}"
    own = criteria.scheme_names.get(scheme)
    return Scheme(scheme, letter_of(scheme), t(key) if key in t else own.get(language) if own else "")


def client_name(client: Client, language: Language) -> str:
    """The client's name in the language, else as written in the other."""
    return client.name.get(language)


def short_name(client: Client, language: Language) -> str:
    """The client's name without its legal form."""
    name = client_name(client, language)
    return next((name.removesuffix(form).rstrip(",") for form in _COMPANY if name.endswith(form)), name)


def department(client: Client, name: str, language: Language) -> str:
    """A department as the client calls it in the language; as written where it lists none of that name."""
    return department_of(client, name).get(language)


def kind(setup: Setup, language: Language) -> str:
    """The type of the audit and how its schemes are put together: 监督审核 · 一体化审核."""
    t = texts(language)
    visit = setup.visit
    surveillance = next((one for one in visit.purposes if one.code == "surveillance" and one.no), None)
    number = visit.surveillance_no or (surveillance.no if surveillance else None)
    if visit.type == "surveillance" and number:
        name = t("visit.surveillance_no", n=number)
    elif visit.type_text.get(language):
        name = visit.type_text.get(language)
    else:
        name = t(f"visit.{visit.type}") if f"visit.{visit.type}" in t else visit.type
    return " · ".join(filter(None, (name, visit.combination.get(language))))


def days(setup: Setup, today: str, language: Language) -> str:
    """第 1 天 / 共 2 天 while the audit runs, else its days."""
    visit = setup.visit
    if not visit.start:
        return ""
    start, end, now = iso_day(visit.start), iso_day(visit.end or visit.start), iso_day(today)
    if start and end and now and start <= now <= end:
        total = (end - start).days + 1
        return texts(language)("visit.day_of", day=(now - start).days + 1, days=total)
    return span(visit.start, visit.end)


def span(start: str, end: str) -> str:
    """Two ISO days as 2026.05.18–19; both in full where their years differ."""
    if not start:
        return ""
    first = start.replace("-", ".")
    if not end or end == start:
        return first
    same = 8 if end[:7] == start[:7] else 5 if end[:4] == start[:4] else 0
    return f"{first}–{end[same:].replace('-', '.')}"


def stop_name(stop: Stop, setup: Setup, language: Language) -> str:
    """Department and process of a stop, as the client calls them; what kind of meeting it is without both.

    In English the process alone, where it has a name: with the department it would take two lines everywhere.
    """
    process = stop.process.get(language)
    if language == "en" and stop.process.en:
        return process
    name = " · ".join(filter(None, (department(setup.client, stop.department, language), process)))
    return name or texts(language)(f"stop.{stop.type}")


def hours(stop: Stop, zone: ZoneInfo) -> str:
    """10:30–11:30 in the audit's zone; "" for a stop without a time."""
    moments = [f"{moment.astimezone(zone):%H:%M}" for moment in (stop.start, stop.end) if moment]
    return "–".join(moments)


def capture_at_now(found: Overview, principal: str) -> str:
    """Where the dock's Capture leads from a page that belongs to no stop: the stop where one stands now."""
    route = walk.route(found.state, found.coverage, principal, datetime.now(UTC))
    stop = route.now or (route.stops[-1] if route.stops else None)
    return f"/audits/{found.state.audit}/stops/{stop.key}/capture" if stop else ""
